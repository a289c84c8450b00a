//! `--plan`: what would be done and why, before anything is built.

use std::io::{self, Write as _};

use dfopt_optimizer::{Outcome, RungState};
use dfopt_semantic::model::Model;
use dfopt_verify::text::printable_line;
use serde_json::json;

use super::report::{PlanReport, named};
use crate::diff::{For, write_diff};
use crate::terminal::Out;

/// For people.
pub(super) fn text(name: &str, model: &Model<'_>, outcome: &Outcome, out: &mut Out) -> io::Result<()> {
    let plan = match outcome {
        Outcome::Plan(plan) => plan,
        Outcome::Nothing { reason } => return writeln!(out, "{name}: nothing to do: {reason}"),
        Outcome::Refused(refusal) => {
            let line =
                refusal.range.map(|range| format!(":{}", model.line_of(range.start().into()) + 1)).unwrap_or_default();
            writeln!(out, "{name}{line}: refused: {}", refusal.reason)?;
            return writeln!(out, "to make it possible: {}", refusal.remedy);
        }
    };
    match &plan.build_stage {
        Some(stage) => {
            writeln!(
                out,
                "{name}: split into `{stage}` and a runtime stage from {} ({} recipe)",
                plan.runtime, plan.recipe
            )?;
        }
        None => writeln!(out, "{name}: nothing is built, so one stage from {} is enough", plan.runtime)?,
    }
    writeln!(out, "\nbases considered:")?;
    for rung in &plan.ladder {
        let mark = if rung.state == RungState::Chosen { "*" } else { " " };
        writeln!(out, "{mark} {}: {}", rung.image, rung.why)?;
    }
    let mut section = |title: &str, items: &[(&'static str, String, &str)]| -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{title}:")?;
        for (kind, name, reason) in items {
            writeln!(out, "  {kind} {}: {}", printable_line(name), printable_line(reason))?;
        }
        Ok(())
    };
    let carried: Vec<_> = plan
        .carried
        .iter()
        .map(|carried| {
            let (kind, name) = named(&carried.item, model);
            (kind, name, carried.reason.as_str())
        })
        .collect();
    section("carried into the runtime stage", &carried)?;
    let dropped: Vec<_> = plan
        .dropped
        .iter()
        .map(|dropped| {
            let (kind, name) = named(&dropped.item, model);
            (kind, name, dropped.reason.as_str())
        })
        .collect();
    section("left behind", &dropped)?;
    for assumption in &plan.assumptions {
        writeln!(out, "\nassumed: {assumption}")?;
    }
    writeln!(out)?;
    let after = plan.edits.apply(model.text()).map_err(io::Error::other)?;
    write_diff(name, model.text(), &after, For::People, out)
}

/// For programs.
pub(super) fn json(name: &str, model: &Model<'_>, outcome: &Outcome, out: &mut Out) -> io::Result<()> {
    let document = match outcome {
        Outcome::Plan(plan) => {
            let edits: Vec<_> = plan
                .edits
                .as_slice()
                .iter()
                .map(|edit| json!({"start": u32::from(edit.range().start()), "end": u32::from(edit.range().end()), "text": edit.text}))
                .collect();
            json!({"version": 1, "file": name, "outcome": "plan", "plan": PlanReport::of(plan, model), "edits": edits})
        }
        Outcome::Nothing { reason } => json!({"version": 1, "file": name, "outcome": "nothing", "reason": reason}),
        Outcome::Refused(refusal) => {
            let line = refusal.range.map(|range| model.line_of(range.start().into()) + 1);
            json!({"version": 1, "file": name, "outcome": "refused", "reason": refusal.reason, "remedy": refusal.remedy, "line": line})
        }
    };
    writeln!(out, "{document:#}")
}
