//! `shell-syntax-error`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity};
use dfopt_syntax::ErrorKind;

declare_rule! {
    /// A shell script does not parse.
    ///
    /// ## Why
    ///
    /// The shell reads the whole command before it runs any of it, so the build fails in this instruction. A quote, a
    /// bracket, `fi`, `done` or `esac` is missing, or something stands where a command must.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN if true; then echo yes
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN if true; then echo yes; fi
    /// ```
    "shell-syntax-error" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["SC1072", "SC1073", "SC1009", "SC1010", "SC1036", "SC1056", "SC1065", "SC1070", "SC1088", "SC1089", "SC1105", "SC1133", "SC1141"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.shells() {
        let first = tree.errors.iter().min_by_key(|(place, _)| place.start());
        if let Some((place, error)) = first {
            let (message, code) = describe(&error.kind);
            // A quoted script that is put together from parts is not seen as a whole.
            if tree.is_in_place() {
                ctx.report(*place, message).code(code);
            }
            continue;
        }
        if is_peer {
            for cmd in &tree.commands {
                let word = cmd.args().iter().find(|arg| {
                    matches!(arg.value.as_deref(), Some("then" | "do" | "done" | "fi" | "esac"))
                        && !arg.word.is_quoted()
                });
                if let Some(word) = word.filter(|_| !matches!(cmd.name(), "echo" | "printf" | "")) {
                    ctx.report_in(tree, word.range(), "SC1010", "a reserved word as an argument")
                        .severity_in(Dialect::Hadolint, Severity::Warning);
                }
            }
        }
    }
}

/// What to say, and the number that comes nearest.
fn describe(kind: &ErrorKind) -> (String, &'static str) {
    match kind {
        ErrorKind::ShellUnclosed { opener, closer } => (format!("`{opener}` has no `{closer}`"), "SC1073"),
        ErrorKind::ShellMissingOperand { operator } => (format!("a command is missing beside `{operator}`"), "SC1133"),
        ErrorKind::ShellUnexpected { token } if &**token == "(" => ("`(` cannot stand here".into(), "SC1088"),
        ErrorKind::ShellUnexpected { token } if &**token == ")" => ("`)` closes nothing".into(), "SC1089"),
        ErrorKind::ShellUnexpected { token } => (format!("`{token}` cannot stand here"), "SC1072"),
        ErrorKind::ShellBadSubstitution => ("no shell knows this expansion".into(), "SC1072"),
        ErrorKind::ShellUnterminatedHeredoc { name } => (format!("the here-document has no `{name}`"), "SC1072"),
        _ => ("the shell cannot read this".into(), "SC1072"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_first_error_of_a_script_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN if a; then b
    ^^ `if` has no `fi`
RUN a && && b
      ^^ a command is missing beside `&&`
RUN a; done
       ^^^^ `done` cannot stand here
RUN echo (a)
         ^ `(` cannot stand here
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN if a; then b; fi && { c; } && (d) && mix do e\nSHELL [\"pwsh\", \"-c\"]\nRUN if (a) { b }\n",
        );
    }
}
