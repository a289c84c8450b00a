//! Stages that nothing uses, taken out: neither what is built nor a target that others name starts from them or copies out of them.

use std::collections::BTreeSet;

use dfopt_semantic::model::{Base, Model, ReferenceTarget, Stage};
use dfopt_syntax::{Edit, Edits, TextRange, TextSize};

use crate::plan::{Change, Refusal, Rewrite, Rewritten};

/// Plans the removal of the stages that neither the target nor any of `targets` (names or numbers, as `--target` takes them) needs.
#[must_use]
pub fn prune_stages(model: &Model<'_>, targets: &BTreeSet<String>) -> Rewritten {
    if let Some(error) = model.parse().errors().first() {
        return refuse(Some(error.range), "the file has syntax errors", "repair them (`dfopt check` shows each)");
    }
    let unknown = model.references().iter().find(|reference| reference.target == ReferenceTarget::Unknown);
    if let Some(reference) = unknown {
        let reason = "it is not known which stage this names";
        return refuse(Some(reference.range), reason, "give the variable a default, or pass --build-arg");
    }
    let is_asked = |stage: &Stage| {
        let named = stage
            .name
            .as_ref()
            .is_some_and(|name| targets.iter().any(|target| target.eq_ignore_ascii_case(&name.name)));
        named || targets.contains(&stage.index.to_string()) || stage.is_for_development()
    };
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    let mut open: Vec<usize> =
        model.stages().iter().filter(|stage| stage.is_target || is_asked(stage)).map(|stage| stage.index).collect();
    while let Some(index) = open.pop() {
        if needed.insert(index) {
            open.extend(uses(model, index));
        }
    }
    // The last stage is what a build without `--target` makes.
    needed.extend(model.stages().len().checked_sub(1));
    let unused: Vec<&Stage> = model.stages().iter().filter(|stage| !needed.contains(&stage.index)).collect();
    if unused.is_empty() {
        let kept = model.stages().iter().filter(|stage| is_asked(stage) && !stage.is_target).count();
        let reason =
            if kept > 0 { "every stage is used, or built by itself" } else { "every stage is part of what is built" };
        return Rewritten::Nothing { reason: reason.into() };
    }
    let names = |stage: &Stage| stage.name.as_ref().map(|name| name.name.clone());
    let twice = unused.iter().find(|stage| {
        names(stage).is_some()
            && model.stages().iter().any(|other| other.index != stage.index && names(other) == names(stage))
    });
    if let Some(stage) = twice {
        let range = stage.name.as_ref().map(|name| name.range);
        return refuse(
            range,
            "another stage has the same name, which would then mean something else",
            "rename one of the two",
        );
    }
    let mut edits: Vec<Edit> = Vec::new();
    let mut changes = Vec::new();
    for stage in &unused {
        let range = lines_of(model, stage);
        changes
            .push(Change { range, reason: "nothing that is built starts from this stage or copies out of it".into() });
        edits.push(Edit::delete(range));
    }
    for reference in model.references().iter().filter(|reference| reference.is_number) {
        let ReferenceTarget::Stage(to) = reference.target else { continue };
        let before = unused.iter().filter(|stage| stage.index < to).count();
        let of_unused =
            model.stages().iter().any(|stage| stage.steps.contains(&reference.step) && !needed.contains(&stage.index));
        if before > 0 && !of_unused {
            let number = (to - before).to_string();
            changes.push(Change { range: reference.range, reason: format!("stage {to} is number {number} now") });
            edits.push(Edit::replace(reference.range, number));
        }
    }
    match Edits::new(model.text(), edits) {
        Ok(edits) => Rewritten::Done(Rewrite { edits, changes }),
        Err(error) => refuse(None, &format!("the edits do not fit together: {error}"), "please report this file"),
    }
}

/// The stages that a stage starts from or takes files of.
fn uses(model: &Model<'_>, index: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let Some(stage) = model.stages().get(index) else { return found };
    if let Base::Stage(base) = &stage.base {
        found.push(*base);
    }
    found.extend(model.references().iter().filter(|reference| stage.steps.contains(&reference.step)).filter_map(
        |reference| match reference.target {
            ReferenceTarget::Stage(to) => Some(to),
            _ => None,
        },
    ));
    found
}

/// A stage's lines, with the comments above its FROM and without those above the next.
fn lines_of(model: &Model<'_>, stage: &Stage) -> TextRange {
    let start_of = |stage: &Stage| {
        let from = model.stage_steps(stage).first().map_or(TextSize::new(0), |step| step.ast.full_range().start());
        with_comments_above(model, from)
    };
    let end = match model.stages().get(stage.index + 1) {
        Some(next) => start_of(next),
        None => TextSize::of(model.text()),
    };
    TextRange::new(start_of(stage).min(end), end)
}

/// The start of the comment lines right above a place, directives of the file aside.
pub(crate) fn with_comments_above(model: &Model<'_>, at: TextSize) -> TextSize {
    let text = model.text();
    let mut start = usize::from(at);
    while let Some(above) = text[..start].strip_suffix('\n') {
        let line_start = above.rfind('\n').map_or(0, |at| at + 1);
        let is_first = line_start == 0;
        if is_first || !text[line_start..start].trim_start().starts_with('#') {
            break;
        }
        start = line_start;
    }
    TextSize::new(u32::try_from(start).unwrap_or(u32::MAX))
}

fn refuse(range: Option<TextRange>, reason: &str, remedy: &str) -> Rewritten {
    Rewritten::Refused(Refusal { range, reason: reason.into(), remedy: remedy.into() })
}
