//! `backtick-substitution`

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};
use dfopt_syntax::SyntaxKind;
use dfopt_syntax::shell::ast::{self as sh, AstNode};

declare_rule! {
    /// A command substitution is written with backticks.
    ///
    /// ## Why
    ///
    /// Backticks are hard to see, do not nest without backslashes, and treat backslashes inside differently. `$(…)` does the
    /// same and nests.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN echo "built on `date +%F`" > /etc/built
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN echo "built on $(date +%F)" > /etc/built
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix replaces the two backticks. Without backslashes inside, both forms run the same commands.
    "backtick-substitution" {
        category: Category::Maintainability,
        severity: Severity::Style,
        fix: Some(Applicability::Safe),
        aliases: &["SC2006"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Style),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for node in tree.of(SyntaxKind::SH_COMMAND_SUBST) {
            let Some(subst) = sh::CommandSubst::cast(node.clone()).filter(sh::CommandSubst::is_backtick) else {
                continue;
            };
            let mut delimiters =
                node.children_with_tokens().filter(|element| element.kind() == SyntaxKind::SH_SUBST_DELIM);
            let (Some(open), Some(close)) = (delimiters.next(), delimiters.next()) else { continue };
            let range = node.text_range();
            let report = ctx.report_in(tree, range, "SC2006", "backticks, which do not nest");
            // Escapes that the backticks take away first would mean something else between parentheses.
            if subst.list().is_some() && tree.is_in_place() {
                report.fix("Write `$(…)`", |fix| {
                    fix.replace(open.text_range(), "$(");
                    fix.replace(close.text_range(), ")");
                    fix.safe();
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_whole_substitution_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN x=`a b` && echo \"c `d` $(e)\" 'f `g`' `h \\`i\\``
      ^^^^^ backticks, which do not nest [safe fix]
                       ^^^ backticks, which do not nest [safe fix]
                                         ^^^^^^^^^ backticks, which do not nest
",
        );
        check_fix(&RULE, "FROM a\nRUN a `b \\\n  c` d\n", "FROM a\nRUN a $(b \\\n  c) d\n");
        check_ok(&RULE, "FROM a\nRUN a $(b)\nSHELL [\"pwsh\", \"-c\"]\nRUN a `b`\n");
    }
}
