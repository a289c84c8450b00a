//! `apk-cache-in-layer`

use dfopt_semantic::command::packages::Manager;
use dfopt_semantic::command::{Command, Invocation, Understood, Word, understand};
use dfopt_semantic::effects::caches::Cache;
use dfopt_syntax::{TextRange, TextSize};

use crate::leftover::{left, with_later};
use crate::peer::{self, packages::APK};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// What `apk` fetches stays in the image.
    ///
    /// ## Why
    ///
    /// `apk` keeps the index of all packages, a few megabytes, in `/var/cache/apk`. Nothing needs it once the packages are installed, and
    /// a later `RUN` that deletes it leaves it in the layer where it is. With `--no-cache` it is fetched and never stored.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --update curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The same packages are installed; only the index is missing. `--no-cache` fetches a fresh one, so `--update` goes.
    "apk-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &["DL3019", "DS-0025", "DF029", "DKL-DI-0004"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for step in model.steps() {
            let is_open = |one: &Invocation| APK.installs(one) && !peer::has_flag(one, "no-cache");
            let found = peer::first(model, step, is_open).filter(|_| !peer::is_mounted(model, step, "/var/cache/apk"));
            if let Some((found, (_, name))) = found.and_then(|found| Some((found, peer::name(found)?))) {
                let verb = found.words.iter().find(|word| peer::text(word) == "add");
                let switches = found.words.iter().filter(|word| is_update(word)).collect();
                report(ctx, name.place(), verb, switches);
            }
        }
        return;
    }
    for (step, cache) in left(model, &[Cache::Apk]) {
        let mut fix = None;
        model.walk(step, &mut |at| {
            let Some(command) = Command::of(at.invocation) else { return };
            if command.range() != cache.filled {
                return;
            }
            if let Understood::PackageInstall(install) = understand(&command)
                && install.manager == Manager::Apk
            {
                let switches = command.args().iter().filter(|word| is_update(word)).map(|word| word.range.clone());
                fix = Some((install.verb.clone(), switches.collect::<Vec<_>>()));
            }
        });
        let range = cache.filled.place();
        let report = with_later(ctx.report(range, MESSAGE), &cache);
        match fix {
            Some((verb, switches)) if model.text_at(verb.place()) == peer::text(&verb) => {
                add_switch(report, model.text(), &verb, switches);
            }
            _ => {
                report.help(HELP);
            }
        }
    }
}

const MESSAGE: &str = "the index of `apk` stays in the image";
const HELP: &str = "end the `RUN` with `rm -rf /var/cache/apk/*`";

fn is_update(word: &Word) -> bool {
    word.is_any(&["--update", "-U", "--update-cache"])
}

fn report(ctx: &mut Context<'_>, range: TextRange, verb: Option<&Word>, switches: Vec<&Word>) {
    let model = ctx.model();
    let report = ctx.report(range, MESSAGE);
    if let Some(verb) = verb.filter(|verb| model.text_at(verb.place()) == "add") {
        let switches = switches.into_iter().map(|word| word.range.clone()).collect();
        add_switch(report, model.text(), verb, switches);
    }
}

fn add_switch(report: crate::Report<'_>, text: &str, verb: &Word, switches: Vec<std::ops::Range<u32>>) {
    report.fix("Add `--no-cache`", |fix| {
        fix.safe();
        fix.insert(TextSize::new(verb.range.end), " --no-cache");
        for switch in switches {
            // The blank behind goes too, unless the line ends there.
            let rest = text.get(switch.end as usize..).unwrap_or_default();
            let blank = u32::from(rest.starts_with(' ') && !rest.starts_with(" \\"));
            fix.delete(TextRange::new(switch.start.into(), (switch.end + blank).into()));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_command_is_marked() {
        check(
            &RULE,
            "
FROM alpine
RUN apk update && apk add a
                  ^^^^^^^^^ the index of `apk` stays in the image [safe fix]
RUN apk update
    ^^^^^^^^^^ the index of `apk` stays in the image
",
        );
    }

    #[test]
    fn off_cleaned_or_mounted() {
        check_ok(
            &RULE,
            "
FROM alpine AS a
RUN apk add a
FROM alpine
RUN apk add --no-cache a && apk del a
RUN apk add -U a && rm -rf /var/cache/apk/*
RUN --mount=type=cache,target=/var/cache/apk apk add a
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn the_switch_takes_the_place_of_updates() {
        check_fix(
            &RULE,
            "FROM alpine\nRUN apk --update add a \\\n    b\n",
            "FROM alpine\nRUN apk add --no-cache a \\\n    b\n",
        );
    }

    #[test]
    fn hadolint_wants_the_switch() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM alpine AS a
RUN apk add -U a && rm -rf /var/cache/apk/*
    ^^^ the index of `apk` stays in the image [safe fix]
RUN --mount=type=cache,target=/var/cache/apk apk add a
RUN apk --no-cache add a && sudo apk add b
FROM scratch
",
        );
    }
}
