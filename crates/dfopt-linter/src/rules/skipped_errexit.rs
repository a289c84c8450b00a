//! `skipped-errexit`

use crate::rule::declare_rule;
use crate::shell::Cmd;
use crate::{Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::{self as sh, AstNode};
use dfopt_syntax::{SyntaxKind, TextRange, TextSize};

declare_rule! {
    /// `set -e` ignores the status of a command behind `!`.
    ///
    /// ## Why
    ///
    /// A statement that begins with `!` never ends the script, whatever its status. Write `! command || exit 1`, or `if
    /// command; then exit 1; fi`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN set -e; ! grep -q root /etc/shadow; echo fine
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN set -e; if grep -q root /etc/shadow; then exit 1; fi; echo fine
    /// ```
    "skipped-errexit" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2251"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        let has_set = tree.commands.iter().any(Cmd::sets_errexit);
        if !has_set && (is_peer || !tree.ends_on_failure()) {
            continue;
        }
        for node in tree.of(SyntaxKind::SH_PIPELINE) {
            let Some(pipeline) = sh::Pipeline::cast(node.clone()).filter(sh::Pipeline::is_negated) else { continue };
            let Some(list) = node.parent().filter(|parent| parent.kind() == SyntaxKind::SH_LIST) else { continue };
            let is_script = list.parent().is_some_and(|around| {
                matches!(
                    around.kind(),
                    SyntaxKind::SH_SCRIPT | SyntaxKind::SH_BRANCH | SyntaxKind::SH_GROUP | SyntaxKind::SH_CASE_ITEM
                )
            });
            let is_last = list.children().last().as_ref() == Some(node);
            if is_script && !is_last {
                let end = pipeline
                    .operands()
                    .next()
                    .map_or(node.text_range().end(), |first| first.syntax().text_range().start());
                let range = TextRange::new(node.text_range().start(), end);
                let bang = TextRange::at(range.start(), TextSize::of('!'));
                ctx.report_in(tree, bang, "SC2251", "a failure behind `!` does not end the script");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_bang_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN set -e; ! a; b
            ^ a failure behind `!` does not end the script
",
        );
        check_ok(&RULE, "FROM a\nRUN ! a; b\nRUN set -e; if ! a; then b; fi; ! c && exit 1; ! d\n");
    }
}
