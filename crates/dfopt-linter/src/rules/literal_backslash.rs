//! `literal-backslash`

use crate::rule::declare_rule;
use crate::shell::{Spot, spot};
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode};

declare_rule! {
    /// A backslash stands before a letter that needs none.
    ///
    /// ## Why
    ///
    /// The shell drops the backslash: `\n` is the letter `n`, and `C:\Users` becomes `C:Users`. Quotes keep it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN printf a\nb > /etc/list
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN printf 'a\nb' > /etc/list
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix quotes the backslash with its letter. It is unsafe because the letter alone may have been meant.
    "literal-backslash" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC1001", "SC1012"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for node in tree.of(SyntaxKind::SH_WORD) {
            let escapes = node.children_with_tokens().filter_map(SyntaxElement::into_token);
            let mut escapes = escapes.filter(|token| token.kind() == SyntaxKind::ESCAPED).peekable();
            if escapes.peek().is_none() || node.ancestors().any(|around| around.kind() == SyntaxKind::SH_COND) {
                continue;
            }
            for token in escapes {
                let Some(c) = token.text().strip_prefix('\\').and_then(|rest| rest.chars().next()) else { continue };
                let is_first = token.text_range().start() == node.text_range().start();
                let is_name = is_first && spot(&node.clone()) == Spot::CommandWord;
                let code = match c {
                    'n' | 't' | 'r' => "SC1012",
                    _ if c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | ':' | '_') => "SC1001",
                    '=' | '%' | '^' if is_peer => "SC1001",
                    _ => continue,
                };
                if is_name || is_command_word(node) {
                    continue;
                }
                let range = token.text_range();
                let report = ctx.report_in(tree, range, code, format!("the backslash vanishes, `{c}` stays"));
                let report =
                    if code == "SC1012" { report.severity_in(Dialect::Hadolint, Severity::Warning) } else { report };
                if tree.is_in_place() && token.text().len() == 2 {
                    report.fix("Quote it", |fix| fix.replace(range, format!("'\\{c}'")));
                }
            }
        }
    }
}

/// `\ls` calls a program past an alias of its name.
fn is_command_word(word: &SyntaxNode) -> bool {
    let command = word.parent().filter(|parent| parent.kind() == SyntaxKind::SH_COMMAND);
    command.is_some_and(|command| {
        command.children().find(|child| child.kind() == SyntaxKind::SH_WORD).as_ref() == Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn letters_need_no_protection() {
        check(
            &RULE,
            "
FROM a
RUN echo a\\nb D:\\Users \\; \\* \\$ \"\\n\" '\\t'
          ^^ the backslash vanishes, `n` stays [fix]
                ^^ the backslash vanishes, `U` stays [fix]
",
        );
        check_ok(&RULE, "FROM a\nRUN find . -exec rm {} \\; && \\\n  \\ls && [[ a =~ \\d ]]\n");
        check_fix(&RULE, "FROM a\nRUN echo a\\nb\n", "FROM a\nRUN echo a'\\n'b\n");
    }
}
