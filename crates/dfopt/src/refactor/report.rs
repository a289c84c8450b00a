//! What a refactor did and found, as data: the JSON report, and the same in Markdown for a pull request.

use std::fmt::Write as _;

use dfopt_optimizer::{Item, Plan, RungState};
use dfopt_semantic::model::Model;
use dfopt_verify::engine::EngineFacts;
use dfopt_verify::expectations::Expectations;
use dfopt_verify::facts::ImageFacts;
use dfopt_verify::verdict::{Counterexample, Verdict};
use serde::Serialize;
use similar::TextDiff;

use super::prover::Built;
use super::show::{change, megabytes, status_word};

/// The report of one refactor or comparison.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Of this format.
    pub version: u32,
    /// `split-stages` or `verify`.
    pub command: &'static str,
    /// The Dockerfile.
    pub file: String,
    /// How it ended.
    pub result: Result,
    /// Why, in one line, where there is no verdict that says it.
    pub reason: String,
    /// The engine that built.
    pub engine: Option<EngineFacts>,
    /// The original image.
    pub before: Option<ImageReport>,
    /// The candidate, the best one if none passed.
    pub after: Option<ImageReport>,
    /// Every attempt.
    pub rounds: Vec<Round>,
    /// What was decided, with reasons.
    pub plan: Option<PlanReport>,
    /// What the comparison was told about what was left out on purpose.
    pub expectations: Option<Expectations>,
    /// The change as a unified diff.
    pub diff: Option<String>,
    /// The comparison.
    pub verdict: Option<Verdict>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Result {
    /// Every mandatory check passed.
    Proved,
    /// A difference remained.
    Refuted,
    /// Too little could be seen.
    Inconclusive,
    /// It cannot be done soundly.
    Refused,
    /// There is nothing to do.
    Nothing,
    /// It was written without a build.
    Unverified,
    /// It could not be done.
    Failed,
}

/// An image.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ImageReport {
    /// The engine's id.
    pub id: String,
    /// Bytes of all files.
    pub bytes: u64,
    /// Seconds that the build took, with the cache as it was.
    pub build_seconds: f64,
    /// What it is.
    pub facts: ImageFacts,
}

impl ImageReport {
    pub fn of(built: &Built) -> Self {
        ImageReport {
            id: built.id.clone(),
            bytes: built.image.size(),
            build_seconds: built.seconds,
            facts: ImageFacts::of(&built.image),
        }
    }
}

/// One attempt.
#[derive(Debug, Serialize)]
pub(super) struct Round {
    /// Its number on this base.
    pub round: usize,
    /// The base of the runtime stage.
    pub runtime: String,
    /// How it ended.
    pub end: RoundEnd,
    /// Why.
    pub message: String,
    /// What the comparison found.
    pub counterexamples: Vec<Counterexample>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RoundEnd {
    /// It passed.
    Proved,
    /// The comparison found a difference.
    Refuted,
    /// The comparison could not tell.
    Inconclusive,
    /// The candidate does not build.
    BuildFailed,
    /// There is no plan for this base.
    Refused,
    /// The base cannot be had.
    Unfit,
}

/// A plan.
#[derive(Debug, Serialize)]
pub(super) struct PlanReport {
    /// The recipe that supplied the facts.
    pub recipe: &'static str,
    /// The name of the build stage, if there is one.
    pub build_stage: Option<String>,
    /// The base of the runtime stage.
    pub runtime: String,
    /// The bases that were considered.
    pub ladder: Vec<RungReport>,
    /// What gets into the runtime stage.
    pub carried: Vec<ItemReport>,
    /// What does not.
    pub dropped: Vec<ItemReport>,
    /// What is taken for granted.
    pub assumptions: Vec<String>,
}

/// A base that was considered.
#[derive(Debug, Serialize)]
pub(super) struct RungReport {
    /// Its name.
    pub image: String,
    /// Why it was considered.
    pub why: String,
    /// What became of it.
    pub state: &'static str,
}

/// A thing and the reason for what became of it.
#[derive(Debug, Serialize)]
pub(super) struct ItemReport {
    /// `path`, `package`, `user`, `variable` or `instruction`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl PlanReport {
    pub fn of(plan: &Plan, model: &Model<'_>) -> Self {
        let item = |item: &Item, reason: &str| {
            let (kind, name) = named(item, model);
            ItemReport { kind, name, reason: reason.to_owned() }
        };
        PlanReport {
            recipe: plan.recipe,
            build_stage: plan.build_stage.clone(),
            runtime: plan.runtime.clone(),
            ladder: plan
                .ladder
                .iter()
                .map(|rung| RungReport {
                    image: rung.image.clone(),
                    why: rung.why.clone(),
                    state: match rung.state {
                        RungState::Chosen => "chosen",
                        RungState::Waiting => "waiting",
                        RungState::Failed => "failed",
                        RungState::Unfit => "unfit",
                    },
                })
                .collect(),
            carried: plan.carried.iter().map(|carried| item(&carried.item, &carried.reason)).collect(),
            dropped: plan.dropped.iter().map(|dropped| item(&dropped.item, &dropped.reason)).collect(),
            assumptions: plan.assumptions.clone(),
        }
    }
}

/// What kind of thing an item is, and its name.
pub(super) fn named(item: &Item, model: &Model<'_>) -> (&'static str, String) {
    match item {
        Item::Instruction { start, end, .. } => {
            let text = model.text().get(*start as usize..*end as usize).unwrap_or_default();
            let line = text.lines().next().unwrap_or_default();
            let more = if text.lines().nth(1).is_some() { " …" } else { "" };
            ("instruction", format!("{}{more}", line.trim_end_matches(['\\', '`', ' '])))
        }
        Item::Path(path) => ("path", path.clone()),
        Item::Package(name) => ("package", name.clone()),
        Item::User(name) => ("user", name.clone()),
        Item::Variable(name) => ("variable", name.clone()),
    }
}

impl Report {
    pub fn new(command: &'static str, file: &str) -> Self {
        Report {
            version: 1,
            command,
            file: file.to_owned(),
            result: Result::Failed,
            reason: String::new(),
            engine: None,
            before: None,
            after: None,
            rounds: Vec::new(),
            plan: None,
            expectations: None,
            diff: None,
            verdict: None,
        }
    }

    pub fn end(&mut self, result: Result, reason: &str) {
        self.result = result;
        self.reason = reason.to_owned();
    }

    pub fn plan(&mut self, plan: &Plan, model: &Model<'_>) {
        self.plan = Some(PlanReport::of(plan, model));
    }

    pub fn diff(&mut self, name: &str, before: &str, after: &str) {
        let diff = TextDiff::from_lines(before, after);
        self.diff = Some(diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string());
    }

    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        let _ = self.write_markdown(&mut text);
        text
    }

    fn write_markdown(&self, to: &mut String) -> std::fmt::Result {
        writeln!(to, "# `{}`: {}\n", self.file, result_word(self.result))?;
        if !self.reason.is_empty() {
            writeln!(to, "{}\n", escaped(&self.reason))?;
        }
        if let (Some(before), Some(after)) = (&self.before, &self.after) {
            writeln!(to, "| | before | after | change |\n|---|---:|---:|---:|")?;
            writeln!(
                to,
                "| size | {} | {} | {} |",
                megabytes(before.bytes),
                megabytes(after.bytes),
                change(before.bytes, after.bytes)
            )?;
            writeln!(to, "| packages | {} | {} | |", before.facts.packages, after.facts.packages)?;
            writeln!(to, "| paths | {} | {} | |\n", before.facts.paths, after.facts.paths)?;
        }
        if let Some(verdict) = &self.verdict {
            writeln!(to, "## Checks\n\n| check | says |\n|---|---|")?;
            for check in &verdict.checks {
                writeln!(to, "| {} | {} |", check.name.title(), status_word(check.status))?;
            }
            writeln!(to)?;
            for check in
                verdict.checks.iter().filter(|check| !check.differences.is_empty() || !check.undecided.is_empty())
            {
                writeln!(to, "**{}**\n", check.name.title())?;
                for line in check.differences.iter().chain(&check.undecided).take(30) {
                    writeln!(to, "- {}", escaped(line))?;
                }
                writeln!(to)?;
            }
            writeln!(to, "Not exercised:\n")?;
            for line in &verdict.not_exercised {
                writeln!(to, "- {}", escaped(line))?;
            }
            writeln!(to)?;
        }
        if !self.rounds.is_empty() {
            writeln!(to, "## Attempts\n\n| runtime base | round | ended | why |\n|---|---:|---|---|")?;
            for round in &self.rounds {
                writeln!(
                    to,
                    "| `{}` | {} | {} | {} |",
                    round.runtime,
                    round.round,
                    round_word(round.end),
                    escaped(&round.message)
                )?;
            }
            writeln!(to)?;
        }
        if let Some(plan) = &self.plan {
            writeln!(to, "## Carried\n")?;
            for item in &plan.carried {
                writeln!(to, "- {} `{}`: {}", item.kind, item.name, escaped(&item.reason))?;
            }
            writeln!(to, "\n## Left behind\n")?;
            for item in &plan.dropped {
                writeln!(to, "- {} `{}`: {}", item.kind, item.name, escaped(&item.reason))?;
            }
            writeln!(to)?;
        }
        if let Some(diff) = &self.diff {
            writeln!(to, "## Change\n\n```diff\n{}```", diff)?;
        }
        if let Some(engine) = &self.engine {
            writeln!(
                to,
                "\nBuilt and compared with {} {} (BuildKit {}).",
                engine.engine,
                engine.server_version,
                engine.buildkit_version.as_deref().unwrap_or("of an unknown version")
            )?;
        }
        Ok(())
    }
}

/// Text as Markdown shows it literally, on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in dfopt_verify::text::printable_line(text).chars() {
        match c {
            '|' | '*' | '_' | '<' | '>' | '#' | '[' | ']' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// The result in a word.
pub(super) fn result_word(result: Result) -> &'static str {
    match result {
        Result::Proved => "proved",
        Result::Refuted => "refuted",
        Result::Inconclusive => "inconclusive",
        Result::Refused => "refused",
        Result::Nothing => "nothing to do",
        Result::Unverified => "unverified",
        Result::Failed => "failed",
    }
}

/// The end of an attempt in words.
pub(super) fn round_word(end: RoundEnd) -> &'static str {
    match end {
        RoundEnd::Proved => "proved",
        RoundEnd::Refuted => "refuted",
        RoundEnd::Inconclusive => "inconclusive",
        RoundEnd::BuildFailed => "does not build",
        RoundEnd::Refused => "no plan",
        RoundEnd::Unfit => "not tried",
    }
}
