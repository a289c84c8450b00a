//! `unterminated-heredoc`

use dfopt_syntax::ErrorKind;

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// The line that would end a heredoc never comes.
    ///
    /// ## Why
    ///
    /// A heredoc ends at a line that is exactly its delimiter: no blanks before or behind, and tabs before only with `<<-`.
    /// Whatever is glued to the delimiter is part of it, so `(cat <<E)` waits for a line `E)`. Without that line the builder
    /// refuses the file.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// RUN <<EOF
    /// apk add curl
    ///   EOF
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// RUN <<EOF
    /// apk add curl
    /// EOF
    /// ```
    "unterminated-heredoc" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for error in ctx.model().parse().errors() {
        match &error.kind {
            ErrorKind::UnterminatedHeredoc { name } => {
                let near = near_miss(ctx.model().text(), error.range.end().into(), name);
                let report = ctx.report(error.range, format!("no line `{name}` ends this heredoc"));
                if let Some(line) = near {
                    report.help(format!("line {line} has blanks around `{name}`; only the bare word ends it"));
                }
            }
            ErrorKind::GluedDelimiter { name } => {
                ctx.report(error.range, format!("the delimiter is `{name}`, and no such line ends the heredoc"))
                    .help("separate the delimiter from what follows with a blank");
            }
            ErrorKind::HiddenHeredoc => {
                ctx.report(error.range, "this keeps the builder from seeing the heredoc")
                    .note("an open quote or an odd substitution on the line makes its lines instructions");
            }
            _ => {}
        }
    }
}

/// The first line, from 1, that is the delimiter but for blanks.
fn near_miss(text: &str, from: usize, name: &str) -> Option<usize> {
    let skipped = text.get(..from)?.matches('\n').count();
    let line = text.lines().enumerate().skip(skipped + 1).find(|(_, line)| line.trim() == name);
    line.map(|(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_opener_is_marked() {
        check(&RULE, "FROM a\nRUN cat <<E\n        ^^^ no line `E` ends this heredoc\nx\nUSER y\n");
        check(
            &RULE,
            "FROM a\nRUN (cat <<E)\n           ^^ the delimiter is `E)`, and no such line ends the heredoc\nx\nE\n",
        );
        check(
            &RULE,
            "FROM a\nRUN cat <<E # it's\n                ^ this keeps the builder from seeing the heredoc\nx\nE\n",
        );
    }

    #[test]
    fn terminated_ones_are_fine() {
        check_ok(&RULE, "FROM a\nRUN <<-E\nx\n\tE\nCOPY <<A <<B /c/\nA\nB\n");
    }
}
