//! `apt-in-script`

use dfopt_semantic::command::{Command, Word};
use dfopt_semantic::model::{Model, Step};

use crate::peer;
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::{Applicability, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// `apt` is used in a script.
    ///
    /// ## Why
    ///
    /// `apt` is made for people at a terminal: it says itself that its interface may change from version to version. `apt-get` does the
    /// same and stays as it is.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt update && apt install -y curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// ```
    ///
    /// ## Fix safety
    ///
    /// `apt` deletes the packages it fetched and `apt-get` keeps them. Images of Debian and Ubuntu delete them in any case: there the fix
    /// is safe, and unsafe where the base is not known to do so, or where the command is one that `apt-get` may not have.
    "apt-in-script" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &["DL3027", "CKV_DOCKER_9", "DF059"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for step in model.steps() {
            let found = peer::first(model, step, |one| peer::is_any(one, &["apt"]));
            if let Some((found, (_, name))) = found.and_then(|found| Some((found, peer::name(found)?))) {
                report(ctx, step, name, &found.words[1..]);
            }
        }
        return;
    }
    for step in steps(model) {
        model.walk(step, &mut |at| {
            let Some(command) = Command::of(at.invocation).filter(|command| command.name() == Some("apt")) else {
                return;
            };
            if let Some(name) = command.name_word() {
                report(ctx, step, name, command.args());
            }
        });
    }
}

fn report(ctx: &mut Context<'_>, step: &Step, name: &Word, args: &[Word]) {
    let model = ctx.model();
    let place = name.place();
    let verb = args.iter().find_map(|word| word.text().filter(|text| !text.starts_with('-')));
    let report = ctx.report(place, "`apt` is not made for scripts");
    let is_exact = model.text_at(place) == "apt";
    match verb {
        Some("install" | "update" | "remove" | "purge" | "autoremove" | "clean" | "upgrade") if is_exact => {
            report.fix("Use `apt-get`", |fix| {
                if is_safe(model, step, verb, args) {
                    fix.safe();
                }
                fix.replace(place, "apt-get");
            });
        }
        _ => {
            report.help("use `apt-get`, or `apt-cache` to look something up");
        }
    }
}

/// Whether `apt-get` leaves the same files: it fetches nothing, or the base deletes what it fetches.
fn is_safe(model: &Model<'_>, step: &Step, verb: Option<&str>, args: &[Word]) -> bool {
    const BOTH: &[&str] = &["--no-install-recommends", "--yes", "--assume-yes", "--purge", "--auto-remove", "--quiet"];
    let are_shared = args.iter().all(|word| match word.text() {
        Some(text) if text.starts_with("--") => BOTH.contains(&text),
        Some(text) => text != "--" && !text.starts_with("-o"),
        None => true,
    });
    let cleans = model.stage_of(step).and_then(|stage| model.base_facts(stage)).is_some_and(|facts| facts.cleans_apt());
    are_shared && cleans && verb != Some("upgrade")
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
FROM debian:12
RUN apt update && sudo apt -y install a
    ^^^ `apt` is not made for scripts [safe fix]
                       ^^^ `apt` is not made for scripts [safe fix]
RUN apt list && apt install --solver 3 b
    ^^^ `apt` is not made for scripts
                ^^^ `apt` is not made for scripts [fix]
",
        );
    }

    #[test]
    fn others() {
        check_ok(
            &RULE,
            "
FROM debian:12
RUN apt-get update && apt-cache show apt && echo apt
",
        );
    }

    #[test]
    fn apt_get_takes_its_place() {
        check_fix(
            &RULE,
            "FROM debian:12\nRUN apt update && sh -c \"apt install -y a\"\n",
            "FROM debian:12\nRUN apt-get update && sh -c \"apt-get install -y a\"\n",
        );
    }

    #[test]
    fn hadolint_marks_one() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM x
RUN apt update && apt install a
    ^^^ `apt` is not made for scripts [fix]
RUN sudo apt update && /usr/bin/apt update
ONBUILD RUN apt list
            ^^^ `apt` is not made for scripts
",
        );
    }
}
