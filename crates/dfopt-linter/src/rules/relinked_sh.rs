//! `relinked-sh`

use dfopt_semantic::command::files::FileAction;
use dfopt_semantic::command::{Invocation, Understood};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{TextRange, TextSize};

use crate::peer;
use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::{Applicability, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// `/bin/sh` is made to be another shell.
    ///
    /// ## Why
    ///
    /// Scripts of the distribution expect the `sh` that it ships; with another one they may be slower or act differently. `SHELL` sets the
    /// shell of the instructions that follow and changes nothing in the image.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN ln -sf /bin/bash /bin/sh
    /// RUN source /etc/os-release && echo "$ID" > /id
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// SHELL ["/bin/bash", "-c"]
    /// RUN source /etc/os-release && echo "$ID" > /id
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The image keeps its own `sh`: scripts that are started in a container and rely on the other shell have to name it.
    "relinked-sh" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL4005"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        let relinks = |one: &Invocation| peer::is_any(one, &["ln"]) && peer::has_arg(one, &["/bin/sh"]);
        for step in model.steps() {
            if let Some(found) = peer::first(model, step, relinks) {
                report(ctx, step, peer::start(found), None);
            }
        }
        return;
    }
    for step in steps(model) {
        visit(model, step, &mut |command, understood, at| {
            let Some(name) = command.name_word().map(Place::place) else { return };
            match understood {
                Understood::File(op) if op.action == FileAction::Link => {
                    let is_sh = |path: &str| matches!(path, "/bin/sh" | "/usr/bin/sh");
                    let target = op.targets.iter().find(|target| at.state.path(**target).as_deref().is_some_and(is_sh));
                    if let Some(target) = target {
                        let shell = op.sources.first().and_then(|source| source.text());
                        let end = TextSize::new(target.word.range.end.max(name.end().into()));
                        report(ctx, step, TextRange::new(name.start(), end), shell);
                    }
                }
                _ if command.name() == Some("dpkg-reconfigure")
                    && command.args().iter().any(|word| word.is_any(&["dash"])) =>
                {
                    report(ctx, step, name, None);
                }
                _ => {}
            }
        });
    }
}

fn report(ctx: &mut Context<'_>, step: &Step, place: TextRange, shell: Option<&str>) {
    let shell = shell.filter(|shell| is_alone(ctx.model(), step) && shell.rsplit('/').next() == Some("bash"));
    let report = ctx.report(place, "`/bin/sh` becomes another shell");
    match shell {
        Some(shell) => {
            let shell = if shell.starts_with('/') { shell } else { "/bin/bash" };
            let instruction = format!("SHELL [\"{shell}\", \"-c\"]");
            report.fix(format!("Use `{instruction}`"), |fix| fix.replace(step.range(), instruction));
        }
        None => {
            report.help("set the shell of the instructions that follow with `SHELL`");
        }
    }
}

/// Whether the link is all that a RUN makes.
fn is_alone(model: &Model<'_>, step: &Step) -> bool {
    let script = model.script(step);
    let is_one = script.is_some_and(|script| script.script.complete && script.invocations().len() == 1);
    // `rm /bin/sh` before it makes room for the link.
    let is_two = script.is_some_and(|script| {
        let commands = script.invocations();
        script.script.complete
            && commands.len() == 2
            && commands[0].words.first().is_some_and(|word| word.is_any(&["rm"]))
    });
    matches!(step.ast, Instruction::Run(_)) && step.ast.flags().next().is_none() && (is_one || is_two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn links_and_settings() {
        check(
            &RULE,
            "
FROM debian
RUN rm /bin/sh && ln -s /bin/bash /bin/sh
                  ^^^^^^^^^^^^^^^^^^^^^^^ `/bin/sh` becomes another shell [fix]
RUN cd /bin && ln -sf bash sh && x
               ^^^^^^^^^^^^^^ `/bin/sh` becomes another shell
RUN dpkg-reconfigure dash
    ^^^^^^^^^^^^^^^^ `/bin/sh` becomes another shell
",
        );
    }

    #[test]
    fn other_links() {
        check_ok(
            &RULE,
            "
FROM debian
RUN ln -s /bin/sh /usr/bin/shell && ln -s /bin/bash /usr/local/bin/sh && cd /bin && ln -s busybox wget
",
        );
    }

    #[test]
    fn the_instruction_takes_its_place() {
        check_fix(
            &RULE,
            "FROM debian\nRUN ln -sf /bin/bash /bin/sh\nRUN a\n",
            "FROM debian\nSHELL [\"/bin/bash\", \"-c\"]\nRUN a\n",
        );
    }

    #[test]
    fn hadolint_looks_at_arguments() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM debian
RUN x && ln -s /bin/sh /y
         ^^ `/bin/sh` becomes another shell
RUN cd /bin && ln -s bash sh
ONBUILD RUN ln -s bash /bin/sh
            ^^ `/bin/sh` becomes another shell
",
        );
    }
}
