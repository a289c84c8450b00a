//! `apt-recommended-packages`

use dfopt_semantic::command::packages::{Manager, Setting};
use dfopt_semantic::command::{Command, Invocation, Understood, Word, understand};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// An installation with `apt` takes recommended packages along.
    ///
    /// ## Why
    ///
    /// Besides what a package needs, `apt` installs what it recommends: documentation, helpers, whole programs. They often make up
    /// most of what is installed.
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
    /// RUN apt-get update && apt-get install --no-install-recommends -y curl
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A program may rely on a package that was only recommended, such as `ca-certificates`.
    "apt-recommended-packages" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3015", "DS-0029", "DF016"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

const MESSAGE: &str = "recommended packages are installed too";

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        if ctx.dialect() == Dialect::Hadolint {
            let found =
                peer::commands(model, step, Triggers::Read).iter().find(|invocation| is_wrong_as_hadolint(invocation));
            if let Some(verb) =
                found.and_then(|invocation| invocation.words.iter().find(|word| word.text() == Some("install")))
            {
                report(ctx, verb);
            }
            continue;
        }
        let is_run = matches!(step.ast, Instruction::Run(_));
        let is_shipped = model.stage_of(step).is_some_and(|stage| stage.is_shipped());
        if !is_run || !is_shipped || model.has_error(step) || is_configured(model, step) {
            continue;
        }
        let Some(script) = model.script(step) else { continue };
        for invocation in script.invocations() {
            let Some(command) = Command::of(invocation) else { continue };
            let Understood::PackageInstall(install) = understand(&command) else { continue };
            // Packages may come from a variable; none at all is a repair.
            let installs = !install.packages.is_empty() || !install.complete;
            if install.manager == Manager::Apt
                && install.recommends != Setting::Off
                && installs
                && install.root.is_none()
            {
                report(ctx, install.verb);
            }
        }
    }
}

fn report(ctx: &mut Context<'_>, verb: &Word) {
    let place = verb.range.place();
    ctx.report(place, MESSAGE).fix("Add `--no-install-recommends`", |fix| {
        fix.insert(TextSize::new(verb.range.end), " --no-install-recommends")
    });
}

fn is_wrong_as_hadolint(invocation: &Invocation) -> bool {
    peer::name(invocation).is_some_and(|(name, _)| name == "apt-get")
        && peer::args(invocation).any(|arg| arg == "install")
        && !peer::has_flag(invocation, "no-install-recommends")
        && !peer::args(invocation).any(|arg| arg == "APT::Install-Recommends=false")
}

/// Whether a setting written earlier in the chain, or in the same instruction, turns recommendations off.
fn is_configured(model: &Model<'_>, step: &Step) -> bool {
    let Some(stage) = model.stage_of(step) else { return false };
    let earlier =
        model.chain(stage).flat_map(|stage| model.stage_steps(stage)).filter(|other| other.index <= step.index);
    earlier.into_iter().any(|other| {
        let text = model.text_at(other.ast.syntax().text_range());
        let setting = text.find("Install-Recommends").map(|at| &text[at + "Install-Recommends".len()..]);
        let value = setting.map(|rest| rest.trim_start_matches(['"', '\'', '\\', ' ', '=', '\t']));
        value.is_some_and(|value| ["0", "false", "no"].iter().any(|off| value.starts_with(off)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_verb_is_marked() {
        check(
            &RULE,
            "
FROM debian
RUN apt-get update && \\
    apt-get -y install a \\
               ^^^^^^^ recommended packages are installed too [fix]
    && apt install -y $B
           ^^^^^^^ recommended packages are installed too [fix]
",
        );
    }

    #[test]
    fn what_turns_them_off() {
        check_ok(
            &RULE,
            "FROM debian\nRUN apt-get install --no-install-recommends a\nRUN apt-get -o APT::Install-Recommends=0 install a\nRUN echo 'APT::Install-Recommends \"false\";' > /etc/apt/apt.conf.d/x\nRUN apt-get install a\n",
        );
        check_ok(&RULE, "FROM debian AS b\nRUN apt-get install a\nFROM scratch\nCOPY --from=b a b\n");
        check_ok(&RULE, "FROM debian\nRUN apt-get -f install\nRUN apk add a\n");
    }

    #[test]
    fn the_option_is_added() {
        check_fix(
            &RULE,
            "FROM debian\nRUN apt-get install -y a\n",
            "FROM debian\nRUN apt-get install --no-install-recommends -y a\n",
        );
    }

    #[test]
    fn hadolint_looks_at_every_stage() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "FROM debian\nRUN apt-get install a && apt-get install b\n            ^^^^^^^ recommended packages are installed too [fix]\nRUN sudo apt-get install a\nFROM scratch\n",
        );
    }
}
