//! `blank-continuation-line`

use dfopt_syntax::ast::AstNode;
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxToken, TextRange};

use crate::rule::{PrintedLine, declare_rule};
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A blank line stands inside an instruction that continues.
    ///
    /// ## Why
    ///
    /// It looks like the end of the instruction, and the builder skips it only for old times' sake: a later version will refuse
    /// it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add curl \
    ///
    ///     git
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add curl \
    ///     git
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The builder skips the lines that the fix deletes.
    "blank-continuation-line" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["NoEmptyContinuation", "EMPTY_CONTINUATION_LINE"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
        printed: PrintedLine::Last,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        let head = step.ast.head_range();
        let blank: Vec<TextRange> = step
            .ast
            .syntax()
            .descendants_with_tokens()
            .filter_map(SyntaxElement::into_token)
            .filter(|token| token.kind() == SyntaxKind::BLANK_LINE && !is_in_heredoc(token))
            .map(|token| token.text_range())
            .collect();
        let (Some(&first), Some(&last)) = (blank.first(), blank.last()) else { continue };
        let place = match ctx.dialect() {
            Dialect::Buildkit => TextRange::empty(head.end().max(last.start())),
            _ => first,
        };
        let mut report = ctx.report(place, "blank line inside an instruction");
        for &other in blank.iter().skip(usize::from(place == first)) {
            report = report.related(other, "blank line");
        }
        report.fix("Delete the blank lines", |fix| {
            fix.delete_all(blank);
            fix.safe();
        });
    }
}

fn is_in_heredoc(token: &SyntaxToken) -> bool {
    token.parent_ancestors().any(|node| node.kind() == SyntaxKind::HEREDOC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_first_blank_line_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN x \\
  
^^ blank line inside an instruction [safe fix]
  y \\

  z
",
        );
        check_ok(&RULE, "FROM a\n\nRUN x \\\n# remark\n  y\n\nRUN <<E\nx \\\n\ny\nE\n\n");
    }

    #[test]
    fn all_of_them_go() {
        check_fix(&RULE, "FROM a\nRUN x \\\n\n  # c\n\n  y\n\n# end\n", "FROM a\nRUN x \\\n  # c\n  y\n\n# end\n");
    }

    #[test]
    fn buildkit_names_the_last_line() {
        let settings = Settings::of_preset(Preset::Buildkit);
        let options = dfopt_semantic::model::Options::default();
        let found = crate::testing::diagnostics(&RULE, &settings, options, "FROM a\nRUN x \\\n\n  y\nUSER b\n");
        let starts: Vec<u32> = found.iter().map(|one| one.range.start().into()).collect();
        assert_eq!(starts, [19]);
        check_with(&RULE, &settings, options, "FROM a\nRUN x\n");
    }
}
