//! `noisy-wget`

use dfopt_semantic::base::PackageManager;
use dfopt_semantic::command::{Command, Connector, Invocation, Word};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextSize;

use crate::peer;
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::{Applicability, ByDefault, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// `wget` prints its progress into the build log.
    ///
    /// ## Why
    ///
    /// Where there is no terminal, `wget` prints a line for each 50 kilobytes. A download of some hundred megabytes fills the log with
    /// thousands of lines in which the error is hard to find.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN wget https://example.com/data.tar.gz
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN wget --progress=dot:giga https://example.com/data.tar.gz
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Only what is printed changes.
    "noisy-wget" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &["DL3047", "DF056"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for step in model.steps() {
            let found = peer::first(model, step, |one| peer::is_any(one, &["wget"]) && is_noisy(one));
            if let Some((_, name)) = found.and_then(peer::name) {
                report(ctx, name);
            }
        }
        return;
    }
    for step in steps(model).filter(|step| !is_busybox(model, step)) {
        model.walk(step, &mut |at| {
            let Some(command) = Command::of(at.invocation).filter(|command| command.name() == Some("wget")) else {
                return;
            };
            let meant = Invocation::simple(
                command.name_word().into_iter().chain(command.args()).cloned().collect(),
                Connector::Start,
            );
            let is_query = command.args().iter().any(|word| word.is_any(&["--version", "--help", "--spider"]));
            if let Some(name) = command.name_word().filter(|_| is_noisy(&meant) && !is_query) {
                report(ctx, name);
            }
        });
    }
}

fn is_noisy(invocation: &Invocation) -> bool {
    const QUIET: &[&str] = &["progress", "q", "quiet", "o", "output-file", "a", "append-output", "no-verbose"];
    !peer::has_any_flag(invocation, QUIET) && !peer::has_arg(invocation, &["-nv"])
}

/// BusyBox's `wget` prints one line that it overwrites.
fn is_busybox(model: &Model<'_>, step: &Step) -> bool {
    let Some(stage) = model.stage_of(step) else { return false };
    let is_alpine = model.base_facts(stage).is_some_and(|facts| facts.package_manager == Some(PackageManager::Apk));
    let installs = || {
        let layers = model.layers(stage);
        let packages = layers.into_iter().filter(|other| other.index <= step.index);
        packages.flat_map(|other| model.installations(other)).any(|one| one.packages.iter().any(|it| it.name == "wget"))
    };
    is_alpine && !installs()
}

fn report(ctx: &mut Context<'_>, name: &Word) {
    let place = name.place();
    let is_exact = ctx.model().text_at(place).ends_with("wget");
    let report = ctx.report(place, "`wget` prints its progress into the log");
    if is_exact {
        report.fix("Add `--progress=dot:giga`", |fix| {
            fix.safe();
            fix.insert(TextSize::new(name.range.end), " --progress=dot:giga");
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM debian
RUN sudo wget -O x y && wget -nv z
         ^^^^ `wget` prints its progress into the log [safe fix]
FROM alpine:3.22
RUN apk add wget && wget x
                    ^^^^ `wget` prints its progress into the log [safe fix]
",
        );
    }

    #[test]
    fn quiet() {
        check_ok(
            &RULE,
            "
FROM debian
RUN wget -q x && wget -qO- y && wget --no-verbose z && wget --progress=bar w && wget --version
FROM alpine:3.22
RUN wget x
",
        );
    }

    #[test]
    fn the_option_follows_the_name() {
        check_fix(&RULE, "FROM debian\nRUN wget \\\n  x\n", "FROM debian\nRUN wget --progress=dot:giga \\\n  x\n");
    }

    #[test]
    fn hadolint_reads_letters() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM alpine:3.22
RUN wget -O x y
    ^^^^ `wget` prints its progress into the log [safe fix]
RUN wget -o x y && sudo wget z
RUN wget -Sa x && wget y
                  ^^^^ `wget` prints its progress into the log [safe fix]
",
        );
    }
}
