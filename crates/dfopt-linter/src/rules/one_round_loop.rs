//! `one-round-loop`

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};
use dfopt_syntax::SyntaxKind;
use dfopt_syntax::shell::ast::{self as sh, AstNode};

declare_rule! {
    /// A loop goes over one word.
    ///
    /// ## Why
    ///
    /// `for v in word` runs once. Perhaps an expansion or a glob was meant: `$words`, `*.txt`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN for f in list; do cat "$f"; done
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cat list
    /// ```
    "one-round-loop" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2043"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for node in tree.of(SyntaxKind::SH_FOR) {
            let Some(found) = sh::For::cast(node.clone()) else { continue };
            let words: Vec<_> = found.words().collect();
            let [word] = words.as_slice() else { continue };
            if word.value().is_some() && found.has_in() && !found.is_select() {
                ctx.report_in(tree, word.range(), "SC2043", "the loop runs once");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn one_literal_word() {
        check(
            &RULE,
            "
FROM a
RUN for i in a; do b; done; for j in \"c d\"; do e; done
             ^ the loop runs once
                                     ^^^^^ the loop runs once
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN for i in a b; do c; done; for i in $x *.c {1..3}; do d; done; for i in *; do e; done; for k; do f; done\n",
        );
    }
}
