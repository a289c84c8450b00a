//! `sudo-in-run`

use dfopt_semantic::command::{Command, Invocation, Wrapper};
use dfopt_semantic::model::Step;
use dfopt_syntax::ast::Instruction;

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// A `RUN` uses `sudo`.
    ///
    /// ## Why
    ///
    /// During a build commands run as root already, or as the user of `USER`. `sudo` brings a program with many rights into the
    /// image, resets the environment, and hides which user a command needs.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// USER root
    /// RUN sudo apt-get update
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// USER root
    /// RUN apt-get update
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix drops `sudo` where the user is known to be root. It is unsafe because `sudo` also resets the environment.
    "sudo-in-run" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3004", "DS-0010", "CKV2_DOCKER_1", "DF010", "DKL-DI-0001"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        if ctx.dialect() == Dialect::Hadolint {
            let sudo = peer::commands(model, step, Triggers::Read)
                .iter()
                .filter_map(peer::name)
                .find(|(name, _)| *name == "sudo");
            if let Some((_, word)) = sudo {
                ctx.report(word, "`sudo` in a build");
            }
            continue;
        }
        let is_run = match &step.ast {
            Instruction::Run(_) => true,
            Instruction::Onbuild(onbuild) => matches!(onbuild.trigger(), Some(Instruction::Run(_))),
            _ => false,
        };
        let Some(script) = model.script(step).filter(|_| is_run && !model.has_error(step)) else { continue };
        for invocation in script.invocations() {
            let Some(command) = Command::of(invocation) else { continue };
            for wrapper in command.wrappers().iter().filter(|wrapper| wrapper.name == "sudo") {
                report(ctx, step, invocation, wrapper);
            }
        }
    }
}

fn report(ctx: &mut Context<'_>, step: &Step, invocation: &Invocation, wrapper: &Wrapper<'_>) {
    let model = ctx.model();
    let Some(word) = invocation.words.get(wrapper.words.start) else { return };
    let report = ctx.report(word, "`sudo` in a build");
    if wrapper.user.is_some() {
        report.severity(Severity::Info).help("switch with `USER` where one command after the other needs it");
        return;
    }
    let report = report.help("put the commands that need root behind `USER root`");
    let Some(next) = invocation.words.get(wrapper.words.end) else { return };
    let dropped = (word.range.start..next.range.start).place();
    let is_plain = !model.text_at(dropped).contains(['\n', '#', '\'', '"']);
    if model.runs_as_root(step) == Some(true) && is_plain {
        report.fix("Drop `sudo`", |fix| fix.delete(dropped));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn each_sudo_is_marked() {
        check(
            &RULE,
            "
FROM a
USER app
RUN sudo x && \\
    ^^^^ `sudo` in a build
  # remark
  /usr/bin/sudo -E y | z
  ^^^^^^^^^^^^^ `sudo` in a build
RUN sh -c 'sudo x'
           ^^^^ `sudo` in a build
ONBUILD RUN sudo -u www x
            ^^^^ `sudo` in a build
",
        );
        check_ok(&RULE, "FROM a\nRUN apt-get install -y sudo\nRUN echo sudo\nCMD sudo x\n");
    }

    #[test]
    fn root_needs_no_sudo() {
        check_fix(&RULE, "FROM a\nUSER root\nRUN sudo -E x && sudo y\n", "FROM a\nUSER root\nRUN x && y\n");
    }
}
