//! `and-or-as-if`

use crate::rule::declare_rule;
use crate::shell::Tree;
use crate::{Category, Context, Dialect, Severity};
use dfopt_syntax::SyntaxKind;
use dfopt_syntax::shell::ast::{self as sh, AstNode};

declare_rule! {
    /// `a && b || c` runs `c` also when `b` fails.
    ///
    /// ## Why
    ///
    /// It reads like *if a then b else c*, but `c` runs whenever the last command before it failed, be it `a` or `b`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN test -f /etc/a && cp /etc/a /srv || touch /srv/a
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN if test -f /etc/a; then cp /etc/a /srv; else touch /srv/a; fi
    /// ```
    "and-or-as-if" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2015"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for node in tree.of(SyntaxKind::SH_AND_OR) {
            let Some(and_or) = sh::AndOr::cast(node.clone()) else { continue };
            let operators: Vec<_> = and_or.operators().collect();
            let operands: Vec<_> = and_or.operands().collect();
            for (at, pair) in operators.windows(2).enumerate() {
                if pair[0].kind() != SyntaxKind::SH_AND_IF || pair[1].kind() != SyntaxKind::SH_OR_IF {
                    continue;
                }
                if at + 2 != operators.len() {
                    continue;
                }
                let (Some(second), Some(third)) = (operands.get(at + 1), operands.get(at + 2)) else { continue };
                let is_condition = node
                    .parent()
                    .and_then(|list| list.parent())
                    .is_some_and(|around| matches!(around.kind(), SyntaxKind::SH_IF | SyntaxKind::SH_WHILE));
                if is_condition || is_harmless(tree, third, is_peer) || cannot_fail(tree, second, is_peer) {
                    continue;
                }
                ctx.report_in(
                    tree,
                    pair[0].text_range(),
                    "SC2015",
                    "what stands behind `||` runs also when this part fails",
                )
                .help("write `if …; then …; else …; fi`");
            }
        }
    }
}

fn name(tree: &Tree, statement: &sh::Statement) -> Option<String> {
    tree.command(statement.syntax()).map(|cmd| cmd.name().to_owned())
}

/// `true`, `exit`, and what ends with it.
fn is_harmless(tree: &Tree, third: &sh::Statement, is_peer: bool) -> bool {
    if let sh::Statement::Group(group) = third
        && !is_peer
    {
        let last = group.list().and_then(|list| list.statements().last());
        return last.is_some_and(|last| is_harmless(tree, &last, is_peer));
    }
    name(tree, third).is_some_and(|name| matches!(name.as_str(), "true" | ":" | "exit" | "return" | "echo" | "printf"))
}

/// Assignments, `echo`, tests.
fn cannot_fail(tree: &Tree, second: &sh::Statement, is_peer: bool) -> bool {
    if matches!(second, sh::Statement::Cond(_) | sh::Statement::Arith(_)) {
        return true;
    }
    let Some(cmd) = tree.command(second.syntax()) else { return false };
    cmd.words.is_empty()
        || matches!(cmd.name(), "[" | "test")
        || (!is_peer && matches!(cmd.name(), "echo" | "printf" | "true" | ":" | "exit" | "return" | "set"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_operator_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN a && b || c
      ^^ what stands behind `||` runs also when this part fails
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN a && b || true; a && b || exit 1; a && echo b || c; [ a ] && [ b ] || c; if a && b || c; then d; fi; a && b || { e; exit 1; }\n",
        );
    }
}
