//! `missing-equals`

use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A word of `ENV` or `LABEL` lacks its `=`.
    ///
    /// ## Why
    ///
    /// When the first word is `name=value`, all must be. A value with blanks needs quotes, and there are no comments behind
    /// an instruction. The builder refuses the file.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ENV GREETING=hello world
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ENV GREETING="hello world"
    /// ```
    "missing-equals" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["SYNTAX_MISSING_EQUALS"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()).filter(|site| matches!(site.ast, Instruction::Env(_) | Instruction::Label(_))) {
        let bare = site.ast.pairs().find(|pair| !pair.is_legacy() && !pair.has_equals());
        if let Some(pair) = bare {
            ctx.report(&pair, "expected `name=value`").help("put a value with blanks into quotes");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_first_such_word_is_marked() {
        check(
            &RULE,
            "FROM a\nENV a=1 b c=2 d\n        ^ expected `name=value`\nLABEL a=1 # x\n          ^ expected `name=value`\n",
        );
        check_ok(&RULE, "FROM a\nENV a b c\nENV a=\"b c\" d=\nARG a=1 b\n");
    }
}
