//! `shell-form-in-scratch`

use dfopt_semantic::base::Shell;
use dfopt_semantic::model::{Base, Model, Stage, Step};
use dfopt_syntax::ast::{CommandForm, Instruction};

use crate::exec_form::exec_form;
use crate::rule::declare_rule;
use crate::site::absolute;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A command needs a shell, and the image has none.
    ///
    /// ## Why
    ///
    /// Shell text is run by `/bin/sh`. Where that is missing the build fails, or the container does not start.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// CMD /app --serve
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// CMD ["/app", "--serve"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The program then runs without a shell, which there is none of anyway.
    "shell-form-in-scratch" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/shell-run-in-scratch"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        let Some(stage) = model.stage_of(step) else { continue };
        let is_run = matches!(step.ast, Instruction::Run(_));
        let is_started =
            matches!(step.ast, Instruction::Cmd(_) | Instruction::Entrypoint(_) | Instruction::Healthcheck(_));
        let is_wanted = is_run || (is_started && model.is_built(stage));
        if !is_wanted || !matches!(step.ast.command(), Some(CommandForm::Shell(_))) || step.shell.set_by.is_some() {
            continue;
        }
        if !lacks_shell(model, stage) || may_have_got_one(model, stage, step) {
            continue;
        }
        let arguments = step.ast.arguments();
        let text = arguments.as_str();
        let first = text.find(char::is_whitespace).unwrap_or(text.len());
        let what = if is_run { "the build fails" } else { "the container does not start" };
        let report = ctx.report(arguments.file_range(0..first), format!("there is no shell to run this, and {what}"));
        let place = arguments.file_range(0..text.len());
        if let Some(exec) = exec_form(model, step) {
            report.fix("Write it as a JSON array", |fix| fix.replace(place, exec));
        }
    }
}

fn lacks_shell(model: &Model<'_>, stage: &Stage) -> bool {
    model.root_base(stage) == Some(&Base::Scratch)
        || model.base_facts(stage).is_some_and(|facts| facts.shell == Some(Shell::None) && !facts.is_windows())
}

/// Whether an instruction above may have brought a shell.
fn may_have_got_one(model: &Model<'_>, stage: &Stage, step: &Step) -> bool {
    let above = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    above.filter(|other| other.index < step.index).any(|other| match &other.ast {
        Instruction::Run(_) => !matches!(other.ast.command(), Some(CommandForm::Shell(_))),
        Instruction::Onbuild(_) => true,
        Instruction::Copy(_) | Instruction::Add(_) => may_bring_shell(model, other),
        _ => false,
    })
}

fn may_bring_shell(model: &Model<'_>, step: &Step) -> bool {
    let Some(copied) = step.copied(model) else { return true };
    let to = copied.destination.as_ref().and_then(|to| to.text.known());
    let Some(path) = to.and_then(|to| absolute(step, to)) else { return true };
    let may_be_directory = |text: &str| {
        let name = text.trim_end_matches('/').rsplit('/').next().unwrap_or(text);
        let is_known_file = copied.from.is_none()
            && model
                .context()
                .and_then(|context| context.entry(text.trim_start_matches("./")))
                .is_some_and(|entry| !entry.is_directory());
        !is_known_file && !name.contains('.') || matches!(name, "" | "." | "..")
    };
    copied.sources.iter().filter(|source| !source.is_heredoc).any(|source| {
        let Some(text) = source.text.known() else { return true };
        let is_packed = matches!(step.ast, Instruction::Add(_)) && text.contains(".tar");
        let is_shell = |path: &str| path.ends_with("sh") || path.ends_with("busybox");
        let reaches_shell =
            path == "/" || path == "/bin" || path.starts_with("/bin/") || path == "/usr" || path.starts_with("/usr/");
        is_packed || is_shell(text) || is_shell(&path) || (reaches_shell && may_be_directory(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_first_word_is_marked() {
        check(
            &RULE,
            "
FROM scratch AS x
RUN mkdir /a
    ^^^^^ there is no shell to run this, and the build fails
CMD a
FROM x
COPY --from=b /app /app
CMD /app -v && y
    ^^^^ there is no shell to run this, and the container does not start
",
        );
        check(
            &RULE,
            "
FROM gcr.io/distroless/static-debian12
ENTRYPOINT /app
           ^^^^ there is no shell to run this, and the container does not start [fix]
",
        );
    }

    #[test]
    fn where_a_shell_may_be() {
        check_ok(&RULE, "FROM scratch\nADD rootfs.tar.gz /\nRUN x\nCMD y\n");
        check_ok(&RULE, "FROM scratch\nCOPY --from=busybox:1 /bin/busybox /bin/sh\nRUN x\n");
        check_ok(&RULE, "FROM scratch\nCOPY --from=a / /\nRUN x\n");
        check_ok(&RULE, "FROM scratch\nSHELL [\"/app\"]\nRUN x\nFROM alpine\nRUN x\nFROM scratch\nRUN [\"/x\"]\n");
    }

    #[test]
    fn an_array_takes_its_place() {
        check_fix(
            &RULE,
            "FROM scratch\nCOPY app /app\nCMD /app -v\n",
            "FROM scratch\nCOPY app /app\nCMD [\"/app\", \"-v\"]\n",
        );
    }
}
