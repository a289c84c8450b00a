//! `blank-variable-name`

use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{SyntaxElement, SyntaxKind};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// Nothing stands before the `=` of `ENV`, `LABEL` or `ARG`.
    ///
    /// ## Why
    ///
    /// The builder refuses the file. Blanks around `=` are not allowed: `ARG a = b` has three words.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ARG VERSION = 1
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ARG VERSION=1
    /// ```
    "blank-variable-name" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["SYNTAX_MISSING_NAMES"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()) {
        if !matches!(site.ast, Instruction::Env(_) | Instruction::Label(_) | Instruction::Arg(_)) {
            continue;
        }
        for pair in site.ast.pairs().filter(|pair| pair.name().is_none()) {
            let tokens = pair.syntax().children_with_tokens().filter_map(SyntaxElement::into_token);
            let equals = tokens.filter(|token| token.kind() == SyntaxKind::EQ).map(|token| token.text_range()).next();
            ctx.report(equals.unwrap_or_else(|| pair.range()), "a name is missing here").at(&site);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_equals_sign_is_marked() {
        check(
            &RULE,
            "
FROM scratch
ENV a=1 =b
        ^ a name is missing here
ARG a = b
      ^ a name is missing here
",
        );
        check_ok(&RULE, "FROM a\nENV a = b\nARG a=\nLABEL $x=y \"\"=z\n");
    }
}
