//! What rules about caches left in a layer share.

use dfopt_semantic::base::Kind;
use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{LeftCache, Model, Step};
use dfopt_syntax::TextRange;

use crate::runs::steps;
use crate::{Context, Place, Report, peer};

/// A cache that a rule is about.
pub(crate) struct Leftover {
    /// The caches.
    pub caches: &'static [Cache],
    /// What is wrong.
    pub message: &'static str,
    /// What empties it, with `{tool}` for the program that filled it; nothing where that takes more than one command.
    pub clean: Option<&'static str>,
    /// What to do.
    pub help: &'static str,
}

/// The instructions whose layers are in an image and that leave one of the caches there.
pub(crate) fn left<'m>(model: &'m Model<'_>, caches: &[Cache]) -> Vec<(&'m Step, LeftCache)> {
    let is_shipped = |step: &&Step| model.stage_of(step).is_some_and(|stage| stage.is_shipped());
    let shipped = steps(model).filter(is_shipped).filter(|step| !model.is_windows(step));
    shipped.filter_map(|step| Some((step, model.left_cache(step, caches)?))).collect()
}

/// This project's verdict.
pub(crate) fn check(ctx: &mut Context<'_>, leftover: &Leftover) {
    for (step, left) in left(ctx.model(), leftover.caches) {
        report(ctx, step, left.filled.place(), Some(&left), leftover);
    }
}

/// This project's verdict, but for images that are there to build with.
pub(crate) fn check_but_toolchains(ctx: &mut Context<'_>, leftover: &Leftover) {
    let model = ctx.model();
    for (step, left) in left(model, leftover.caches) {
        let facts = model.stage_of(step).and_then(|stage| model.base_facts(stage));
        if facts.is_none_or(|facts| facts.kind != Kind::Toolchain) {
            report(ctx, step, left.filled.place(), Some(&left), leftover);
        }
    }
}

/// hadolint's verdict: the instructions for which `find` gives a place.
pub(crate) fn check_as_hadolint(
    ctx: &mut Context<'_>,
    leftover: &Leftover,
    find: impl Fn(&Model<'_>, &Step) -> Option<TextRange>,
) {
    let model = ctx.model();
    for step in model.steps() {
        if let Some(place) = find(model, step) {
            report(ctx, step, place, None, leftover);
        }
    }
}

/// Relates the command that empties a cache too late.
pub(crate) fn with_later<'r>(report: Report<'r>, left: &LeftCache) -> Report<'r> {
    match &left.emptied_later {
        Some(later) => report.related(later, "too late: it stays in the earlier layer"),
        None => report,
    }
}

fn report(ctx: &mut Context<'_>, step: &Step, place: TextRange, left: Option<&LeftCache>, leftover: &Leftover) {
    let model = ctx.model();
    let tool = model.text_at(place).split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    let fix = leftover.clean.and_then(|clean| {
        let clean = clean.replace("{tool}", tool);
        let appended = model.appended(step, &clean)?;
        Some((clean, appended))
    });
    let mut report = ctx.report(place, leftover.message);
    if let Some(left) = left {
        report = with_later(report, left);
    }
    match fix {
        Some((clean, (at, text))) => {
            report.fix(format!("End the `RUN` with `{clean}`"), |fix| fix.insert(at, text));
        }
        None => {
            report.help(leftover.help);
        }
    }
}

/// hadolint's verdict on commands that install before they clean: the first that installs, unless a cleaning one follows it.
pub(crate) fn uncleaned(
    model: &Model<'_>,
    step: &Step,
    installs: impl Fn(&dfopt_semantic::command::Invocation) -> bool,
    cleans: impl Fn(&dfopt_semantic::command::Invocation) -> bool,
) -> Option<TextRange> {
    let commands = peer::commands(model, step, peer::Triggers::Read);
    let first = commands.iter().position(installs)?;
    let is_cleaned = commands.iter().position(cleans).is_some_and(|clean| first < clean);
    if is_cleaned { None } else { commands.get(first).map(peer::start) }
}
