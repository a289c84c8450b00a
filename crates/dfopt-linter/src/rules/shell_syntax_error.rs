//! `shell-syntax-error`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity};
use dfopt_semantic::model::Model;
use dfopt_syntax::{ErrorKind, TextRange};

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
            let code = peer_code(ctx.model(), *place, &error.kind);
            // A quoted script that is put together from parts is not seen as a whole.
            if is_peer || tree.is_in_place() {
                ctx.report(*place, describe(&error.kind)).code(code);
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

fn describe(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::ShellUnclosed { opener, closer } => format!("`{opener}` has no `{closer}`"),
        ErrorKind::ShellMissingOperand { operator } => format!("a command is missing beside `{operator}`"),
        ErrorKind::ShellUnexpected { token } if &**token == ")" => "`)` closes nothing".into(),
        ErrorKind::ShellUnexpected { token } => format!("`{token}` cannot stand here"),
        ErrorKind::ShellBadSubstitution => "no shell knows this expansion".into(),
        ErrorKind::ShellUnterminatedHeredoc { name } => format!("the here-document has no `{name}`"),
        _ => "the shell cannot read this".into(),
    }
}

/// The number that ShellCheck ends with: most errors are told several times, the last where it gives up.
fn peer_code(model: &Model<'_>, place: TextRange, kind: &ErrorKind) -> &'static str {
    let start = usize::from(place.start());
    let before = model.text().get(..start).unwrap_or_default().trim_end();
    let is_at_start = before.ends_with("RUN") || before.ends_with(['\n', '\\']);
    match kind {
        ErrorKind::ShellMissingOperand { .. } if is_at_start => "SC1133",
        ErrorKind::ShellUnexpected { token } if &**token == "&" && is_at_start => "SC1133",
        ErrorKind::ShellUnexpected { token } => match &**token {
            ")" | "done" | "fi" | "then" | "else" | "elif" | "esac" | "do" | ";;" => "SC1089",
            ";" | "&" => "SC1070",
            "(" => {
                let command = before.rsplit([';', '|', '&', '\n', '(', '{']).next().unwrap_or_default();
                let words = command.split_whitespace().filter(|word| *word != "RUN").count();
                let inside = model.text().get(start + 1..).unwrap_or_default().split(')').next().unwrap_or_default();
                match words {
                    2.. => "SC1088",
                    _ if inside.contains(char::is_whitespace) => "SC1065",
                    _ => "SC1072",
                }
            }
            _ => "SC1072",
        },
        _ => "SC1072",
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
