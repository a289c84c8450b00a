//! `literal-brace-or-bracket`

use crate::rule::declare_rule;
use crate::shell::{Arg, Tree};
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::WordPart;
use dfopt_syntax::{SyntaxToken, TextRange, TextSize};

declare_rule! {
    /// A brace is literal, or a bracket matches one letter only.
    ///
    /// ## Why
    ///
    /// A lone `{` or `}` is an ordinary character, mostly the rest of a group or an expansion gone wrong. `[foo]` is no word
    /// in brackets but one of the letters `f` and `o`; when no such file is there, it stays as it is.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.13-slim
    /// RUN pip install --no-cache-dir uvicorn[standard]==0.34.0
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.13-slim
    /// RUN pip install --no-cache-dir 'uvicorn[standard]==0.34.0'
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix puts single quotes around a word without anything to expand. No file of an image has such a name, so the word
    /// stays the same.
    "literal-brace-or-bracket" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &["SC1083", "SC2102"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for cmd in &tree.commands {
            for arg in cmd.words.iter().skip(usize::from(!is_peer)) {
                if is_placeholder(arg) || (!is_peer && matches!(cmd.name(), "tr" | "find" | "xargs" | "sed" | "grep")) {
                    continue;
                }
                for part in arg.word.parts() {
                    match part {
                        WordPart::Literal(token) => braces(ctx, tree, arg, &token),
                        WordPart::Glob(token) if has_repeated_letter(token.text()) => {
                            let report = ctx.report_in(
                                tree,
                                token.text_range(),
                                "SC2102",
                                "matches one of the letters, not the word",
                            );
                            let report = report.severity_in(Dialect::Hadolint, Severity::Info);
                            quote(report, tree, arg);
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

/// `{}` of `find -exec` and `xargs -I`, and `@{u}` of git.
fn is_placeholder(arg: &Arg) -> bool {
    arg.value.as_deref().is_some_and(|text| text.contains("{}"))
}

fn braces(ctx: &mut Context<'_>, tree: &Tree, arg: &Arg, token: &SyntaxToken) {
    for (at, brace) in token.text().match_indices(['{', '}']) {
        let start = token.text_range().start() + TextSize::new(u32::try_from(at).unwrap_or(u32::MAX));
        let range = TextRange::at(start, TextSize::of(brace));
        quote(ctx.report_in(tree, range, "SC1083", format!("`{brace}` is an ordinary character here")), tree, arg);
    }
}

fn quote(report: crate::Report<'_>, tree: &Tree, arg: &Arg) {
    let text = arg.text();
    if tree.is_in_place()
        && !text.contains(['\'', '"', '$', '`', '\\', '*', '?', '~'])
        && u32::from(arg.range().len()) as usize == text.len()
    {
        let range = arg.range();
        report.fix("Quote the word", |fix| {
            fix.replace(range, format!("'{text}'"));
            fix.safe();
        });
    }
}

/// `[foo]`, but not `[[:space:]]` or `[0-9]`.
fn has_repeated_letter(glob: &str) -> bool {
    let Some(inner) = glob.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
    let inner = inner.trim_start_matches(['!', '^']);
    !inner.contains(['-', ':', '[']) && inner.char_indices().any(|(at, c)| inner[..at].contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn braces_and_brackets() {
        check(
            &RULE,
            "
FROM a
RUN echo } a{b && pip install x[all] y[abc]
         ^ `}` is an ordinary character here [safe fix]
            ^ `{` is an ordinary character here [safe fix]
                               ^^^^^ matches one of the letters, not the word [safe fix]
",
        );
        check_ok(&RULE, "FROM a\nRUN { a; } && find . -exec rm {} + && echo {a,b} '{' \"}\" ${x} [0-9] [[:alpha:]]\n");
        check_fix(&RULE, "FROM a\nRUN pip install x[all]==1\n", "FROM a\nRUN pip install 'x[all]==1'\n");
    }
}
