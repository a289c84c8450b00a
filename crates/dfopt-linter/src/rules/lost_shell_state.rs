//! `lost-shell-state`

use dfopt_semantic::command::{Command, Invocation, Nesting};
use dfopt_semantic::model::{Model, ScriptSource, ShellScript, Step};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::runs;
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// A `RUN` ends by changing what only its own shell has.
    ///
    /// ## Why
    ///
    /// Each `RUN` starts a new shell. A directory, a variable or an alias set by the last one is gone.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN cd /srv
    /// RUN ls
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// WORKDIR /srv
    /// RUN ls
    /// ```
    ///
    /// ## Fix safety
    ///
    /// What the fix sets also holds for the instructions below and for the program that the image starts.
    "lost-shell-state" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in runs(model) {
        let Some(script) = model.script(step) else { continue };
        let is_shell = script.source != ScriptSource::Exec && script.script.complete && !model.has_error(step);
        let Some(last) = script.script.invocations.last().filter(|_| is_shell) else { continue };
        let is_outer = last.nesting == Nesting::Always && last.subshells.is_empty();
        // `cd x || exit`: the test is what it is for.
        if let Some(first) = guarded_cd(script) {
            ctx.report(&first.words[0].range, "the next `RUN` starts in another directory again")
                .severity(Severity::Info);
            continue;
        }
        let Some(lost) = lost(script, last).filter(|_| is_outer) else { continue };
        let instruction = instruction(model, step, script, last);
        let place = (last.words.first().map_or(last.range(), |word| word.range.clone())).place();
        let report = ctx.report(place, format!("{lost} is gone at the end of this `RUN`"));
        if let Some(instruction) = instruction {
            let head = step.ast.head_range();
            report.fix(format!("Change to `{instruction}`"), |fix| fix.replace(head, instruction.as_str()));
        }
    }
}

/// A script that is a `cd` and what happens when it fails.
fn guarded_cd(script: &ShellScript) -> Option<&Invocation> {
    let [first, second] = script.script.invocations.as_slice() else { return None };
    let name = |invocation: &Invocation| invocation.words.first().and_then(|word| word.text().map(str::to_owned));
    let is_guarded = second.connector_before == dfopt_semantic::command::Connector::Or;
    let is_outer = first.nesting == Nesting::Always && first.subshells.is_empty();
    (is_outer && name(first).as_deref() == Some("cd") && name(second).as_deref() == Some("exit") && is_guarded)
        .then_some(first)
}

/// What the command changes in its shell alone.
fn lost(script: &ShellScript, last: &Invocation) -> Option<&'static str> {
    let command = Command::of(last)?;
    let words: Vec<&str> = command.args().iter().map(|word| word.text().unwrap_or(&word.raw)).collect();
    let earlier = &script.script.invocations[..script.script.invocations.len() - 1];
    let is_plain = command.wrappers().is_empty() && last.redirects.is_empty();
    let what = match (command.name()?, words.as_slice()) {
        // A way back from an earlier `cd` only tidies up.
        ("cd" | "pushd", words) => {
            let moves = |one: &Invocation| one.words.first().is_some_and(|word| word.is_any(&["cd", "pushd"]));
            let goes_back = earlier.iter().any(moves) || matches!(words, [] | ["-" | ".." | "/"]);
            return (is_plain && !goes_back).then_some("the change of directory");
        }
        ("export", [_, ..]) => "the variable",
        ("unset", [_, ..]) => "the change of the variable",
        ("alias", [definition, ..]) if definition.contains('=') => "the alias",
        ("umask", [_, ..]) => "the mask",
        ("ulimit", [_, _, ..]) => "the limit",
        ("set", [_, ..]) => "the option of the shell",
        ("nvm", ["use", ..]) | ("conda" | "mamba" | "micromamba", ["activate", ..]) => "the environment",
        ("." | "source", [file, ..]) if sets_only(file) => "what the file sets",
        _ => return None,
    };
    is_plain.then_some(what)
}

/// Whether a file is one that sets variables and writes nothing.
fn sets_only(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    matches!(
        name,
        "activate"
            | ".bashrc"
            | ".bash_profile"
            | ".profile"
            | ".zshrc"
            | "profile"
            | "bashrc"
            | "environment"
            | "env"
            | "nvm.sh"
            | ".env"
            | "setup.bash"
            | "setup.sh"
            | "conda.sh"
            | "sdkman-init.sh"
    )
}

/// The instruction that says the same for all that follow, when the script is nothing else.
fn instruction(model: &Model<'_>, step: &Step, script: &ShellScript, last: &Invocation) -> Option<String> {
    let is_alone = script.script.invocations.len() == 1
        && script.source == ScriptSource::Text
        && matches!(step.ast, Instruction::Run(_))
        && step.ast.flags().next().is_none()
        && !step.ast.has_inner_comments()
        && !model.is_windows(step);
    let [name, argument] = last.words.as_slice() else { return None };
    let text = argument.text().filter(|text| is_alone && !text.is_empty() && text.chars().all(is_plain))?;
    match name.text()? {
        "cd" if text.starts_with('/') => Some(format!("WORKDIR {text}")),
        "export" => {
            let (name, _) = text.split_once('=')?;
            dfopt_semantic::command::word::is_name(name).then(|| format!("ENV {text}"))
        }
        _ => None,
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | ':' | '=' | '+' | ',' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_last_command_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN mkdir /b && cd /b
                ^^ the change of directory is gone at the end of this `RUN`
RUN x; export A=1
       ^^^^^^ the variable is gone at the end of this `RUN`
RUN . venv/bin/activate
    ^ what the file sets is gone at the end of this `RUN`
RUN cd /c || exit 1
    ^^ the next `RUN` starts in another directory again
RUN <<E
umask 022
^^^^^ the mask is gone at the end of this `RUN`
E
",
        );
    }

    #[test]
    fn what_is_used_or_tidied_up() {
        check_ok(
            &RULE,
            "FROM a\nRUN cd /b && x\nRUN cd /b && x && cd /\nRUN cd -\nRUN export A=1 && x\nRUN (cd /b)\nRUN . ./install.sh\nRUN if x; then cd /b; fi\nRUN alias\nRUN [\"cd\", \"/b\"]\n",
        );
    }

    #[test]
    fn an_instruction_takes_its_place() {
        check_fix(&RULE, "FROM a\nRUN cd /b\nRUN export A=1:2\n", "FROM a\nWORKDIR /b\nENV A=1:2\n");
    }
}
