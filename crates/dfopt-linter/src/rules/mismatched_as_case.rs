//! `mismatched-as-case`

use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Severity};

declare_rule! {
    /// `FROM` and its `AS` are written in different case.
    ///
    /// ## Why
    ///
    /// Either case works. One of them throughout is easier to read.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 as build
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Case means nothing here, so the fix is safe.
    "mismatched-as-case" {
        category: Category::Layout,
        severity: Severity::Style,
        fix: Some(Applicability::Safe),
        aliases: &["FromAsCasing", "DF079"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        let Instruction::From(from) = &step.ast else { continue };
        let Some(word) = from.as_word() else { continue };
        let keyword: String = step.ast.keyword_tokens().map(|token| token.text().to_owned()).collect();
        let wanted = match &*keyword {
            "FROM" => "AS",
            "from" => "as",
            _ => continue,
        };
        let written = word.raw();
        if written == wanted {
            continue;
        }
        let place = word.range();
        ctx.report(place, format!("`{written}` and `{keyword}` differ in case")).fix(
            format!("Write `{wanted}`"),
            |fix| {
                fix.replace(place, wanted);
                fix.safe();
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_word_is_marked() {
        check(
            &RULE,
            "
FROM a as b
       ^^ `as` and `FROM` differ in case [safe fix]
from a As b
       ^^ `As` and `from` differ in case [safe fix]
",
        );
        check_ok(&RULE, "FROM a AS b\nfrom a as c\nFrom a As d\n");
    }

    #[test]
    fn the_keyword_decides() {
        check_fix(&RULE, "FROM a as b\nfrom a AS c\n", "FROM a AS b\nfrom a as c\n");
    }
}
