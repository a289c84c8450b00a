//! `apt-lists-in-layer`

use dfopt_semantic::command::Invocation;
use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::peer;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// The package lists of `apt` stay in the image.
    ///
    /// ## Why
    ///
    /// `apt-get update` fetches the lists of all packages, some 20 to 50 MB. Nothing needs them once the packages are installed,
    /// and a later `RUN` that deletes them leaves them in the layer where they are.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A later `apt-get install` without an update of its own finds no lists any more.
    "apt-lists-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3009", "DF004", "DKL-DI-0005"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

const MESSAGE: &str = "the package lists stay in the image";
const CLEAN: &str = "rm -rf /var/lib/apt/lists/*";

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        if ctx.dialect() == Dialect::Hadolint {
            if let Some(place) = as_hadolint(model, step) {
                report(ctx, step, place, None);
            }
            continue;
        }
        let is_shipped = model.stage_of(step).is_some_and(|stage| stage.is_shipped());
        if !matches!(step.ast, Instruction::Run(_)) || !is_shipped || model.has_error(step) {
            continue;
        }
        if let Some(left) = model.left_cache(step, &[Cache::AptLists]) {
            let emptied = left.emptied_later.map(|later| later.place());
            report(ctx, step, left.filled.place(), emptied);
        }
    }
}

fn report(ctx: &mut Context<'_>, step: &Step, place: TextRange, emptied_later: Option<TextRange>) {
    let fix = ctx.model().appended(step, CLEAN);
    let mut report = ctx.report(place, MESSAGE);
    report = match emptied_later {
        Some(later) => report.related(later, "too late: they stay in the earlier layer"),
        None => report,
    };
    match fix {
        Some((at, text)) => report.fix("Delete them in the same `RUN`", |fix| fix.insert(at, text)),
        None => report.help("end the `RUN` with `rm -rf /var/lib/apt/lists/*`"),
    };
}

/// hadolint's verdict.
fn as_hadolint(model: &Model<'_>, step: &Step) -> Option<TextRange> {
    let is_apt = |one: &Invocation| peer::is_any(one, &["apt-get", "apt", "aptitude"]);
    let updates = peer::first(model, step, |one| is_apt(one) && peer::has_arg(one, &["update"]))?;
    let cleans = |one: &Invocation| peer::is_any(one, &["rm"]) && peer::has_arg(one, &["-rf", "/var/lib/apt/lists/*"]);
    let is_mounted = peer::is_mounted(model, step, "/var/lib/apt/lists")
        || (peer::is_mounted(model, step, "/var/lib/apt") && peer::is_mounted(model, step, "/var/cache/apt"));
    if peer::first(model, step, cleans).is_some() || is_mounted || !peer::counts_as_last(model, step) {
        return None;
    }
    Some(peer::start(updates))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_update_is_marked() {
        check(
            &RULE,
            "
FROM debian:12
RUN apt-get update && apt-get install -y a
    ^^^^^^^^^^^^^^ the package lists stay in the image [fix]
RUN set -e; \\
    apt update; apt install b
    ^^^^^^^^^^ the package lists stay in the image
RUN rm -rf /var/lib/apt/lists/*
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(&RULE, "FROM debian:12\nRUN apt-get update && apt-get install a && rm -r /var/lib/apt/lists\n");
        check_ok(&RULE, "FROM debian:12\nRUN apt-get update && find /var/lib/apt/lists -type f -delete\n");
        check_ok(&RULE, "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n");
        check_ok(&RULE, "FROM debian:12 AS a\nRUN apt-get update\nFROM scratch\nCOPY --from=a /x /x\n");
        check_ok(&RULE, "FROM debian:12\nRUN apt-get install a\nRUN apk update\n");
    }

    #[test]
    fn the_lists_are_deleted_at_the_end() {
        check_fix(
            &RULE,
            "FROM debian:12\nRUN apt-get update \\\n && apt-get install -y a\nCMD a\n",
            "FROM debian:12\nRUN apt-get update \\\n && apt-get install -y a \\\n && rm -rf /var/lib/apt/lists/*\nCMD a\n",
        );
    }

    #[test]
    fn hadolint_takes_any_forced_removal() {
        let settings = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &settings,
            Options::default(),
            "
FROM debian:12 AS a
RUN apt-get update
FROM debian:12
RUN apt-get update && rm -rf /x
RUN sudo apt-get update
RUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt update
RUN aptitude update && rm -r /var/lib/apt/lists
    ^^^^^^^^ the package lists stay in the image [fix]
ONBUILD RUN apt update
            ^^^ the package lists stay in the image [fix]
",
        );
        check_with(
            &RULE,
            &settings,
            Options::default(),
            "FROM debian:12 AS a\nRUN apt update\n    ^^^ the package lists stay in the image [fix]\nFROM a:x\n",
        );
    }
}
