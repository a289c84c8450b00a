//! `ignored-cmd`

use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::{CommandForm, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A `CMD` has no effect, because the `ENTRYPOINT` does not pass it on.
    ///
    /// ## Why
    ///
    /// A shell-form `ENTRYPOINT` starts `sh -c` with its own text. The words of `CMD`, and those of `docker run`, are dropped.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT exec app
    /// CMD ["--serve"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT ["app"]
    /// CMD ["--serve"]
    /// ```
    "ignored-cmd" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DF017"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| model.is_built(stage)) {
        let commands = Commands::of(model, stage);
        if let (Some(entrypoint), Some(cmd)) = (commands.entrypoint, commands.cmd) {
            if drops_words(entrypoint) && !is_empty(cmd) {
                ctx.report(cmd.keyword_range(), "its words are never passed on")
                    .related(entrypoint.keyword_range(), "this starts a shell with a text of its own")
                    .help("write the `ENTRYPOINT` as a JSON array");
            }
        } else if let (Some(entrypoint), Some(cleared)) = (commands.entrypoint, commands.cleared)
            && !is_empty(cleared)
        {
            ctx.report(cleared.keyword_range(), "a later `ENTRYPOINT` clears this `CMD`")
                .severity(Severity::Info)
                .related(entrypoint.keyword_range(), "an `ENTRYPOINT` forgets the `CMD` of the stage below");
        }
    }
}

/// What is in force in an image.
#[derive(Default)]
struct Commands<'m> {
    entrypoint: Option<&'m Step>,
    cmd: Option<&'m Step>,
    /// A CMD that an ENTRYPOINT took back.
    cleared: Option<&'m Step>,
}

impl<'m> Commands<'m> {
    fn of(model: &'m Model<'_>, stage: &'m Stage) -> Self {
        let mut stages: Vec<&Stage> = model.chain(stage).take(model.stages().len()).collect();
        stages.reverse();
        let mut found = Commands::default();
        for stage in stages {
            let mut is_own = false;
            for step in model.stage_steps(stage) {
                match &step.ast {
                    Instruction::Cmd(_) => {
                        (found.cmd, found.cleared, is_own) = (Some(step), None, true);
                    }
                    Instruction::Entrypoint(_) => {
                        found.entrypoint = Some(step);
                        if !is_own {
                            found.cleared = found.cmd.take().or(found.cleared);
                        }
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

/// An array without strings clears what was there.
fn is_empty(step: &Step) -> bool {
    match step.ast.command() {
        Some(CommandForm::Exec(json)) => json.strings().next().is_none(),
        _ => false,
    }
}

/// Whether an ENTRYPOINT starts a shell with a text that does not mention its arguments.
fn drops_words(entrypoint: &Step) -> bool {
    match entrypoint.ast.command() {
        Some(CommandForm::Shell(_)) => true,
        Some(CommandForm::Exec(json)) => {
            let strings: Vec<String> = json.strings().map(|string| string.value()).collect();
            let [shell, option, script] = strings.as_slice() else { return false };
            let name = shell.rsplit('/').next().unwrap_or(shell);
            let is_shell = matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh");
            let is_script = option.starts_with('-') && option.ends_with('c');
            let takes = |c: char| matches!(c, '@' | '*' | '{') || c.is_ascii_digit();
            let mentions = script.match_indices('$').any(|(at, _)| {
                let rest = &script[at + 1..];
                let rest = rest.strip_prefix('{').unwrap_or(rest);
                rest.starts_with(takes)
            });
            is_shell && is_script && !mentions
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_cmd_is_marked() {
        check(
            &RULE,
            "
FROM x AS y
ENTRYPOINT a
FROM y
CMD [\"b\"]
^^^ its words are never passed on
",
        );
        check(&RULE, "FROM x\nCMD b\n^^^ its words are never passed on\nENTRYPOINT [\"sh\", \"-c\", \"exec a\"]\n");
        check(
            &RULE,
            "FROM x AS y\nCMD [\"b\"]\n^^^ a later `ENTRYPOINT` clears this `CMD`\nFROM y\nENTRYPOINT [\"a\"]\n",
        );
    }

    #[test]
    fn what_is_passed_on() {
        check_ok(&RULE, "FROM x\nENTRYPOINT [\"a\"]\nCMD b\n");
        check_ok(&RULE, "FROM x\nENTRYPOINT [\"sh\", \"-c\", \"exec a \\\"$@\\\"\", \"--\"]\nCMD [\"b\"]\n");
        check_ok(&RULE, "FROM x\nENTRYPOINT [\"sh\", \"-c\", \"a ${0}\"]\nCMD [\"b\"]\n");
        check_ok(&RULE, "FROM x\nENTRYPOINT a\nCMD []\n");
        check_ok(&RULE, "FROM x AS y\nCMD b\nFROM y\nENTRYPOINT [\"a\"]\nCMD c\n");
        check_ok(&RULE, "FROM x AS y\nENTRYPOINT a\nCMD b\nFROM z\n");
    }
}
