//! `malformed-from`

use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::{keyword, sites};
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A `FROM` is neither `FROM image` nor `FROM image AS name`.
    ///
    /// ## Why
    ///
    /// The builder refuses the file. There are no comments behind an instruction: a `#` there is one more word.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 build
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// ```
    "malformed-from" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["ARGUMENT_REQUIRES_ONE_OR_THREE", "INVALID_AS"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()).filter(|site| !site.is_trigger() && matches!(site.ast, Instruction::From(_))) {
        let words: Vec<_> = site.ast.words().collect();
        let is_as = words.get(1).is_some_and(|word| word.raw().eq_ignore_ascii_case("as"));
        match words.as_slice() {
            [_] => {}
            [_, _, _] if is_as => {}
            [] => {
                ctx.report(keyword(&site), "`FROM` without an image");
            }
            [_, second] if is_as => {
                ctx.report(second, "missing stage name behind `AS`");
            }
            [_, _, _, fourth, ..] if is_as => {
                ctx.report(fourth.range(), "nothing may follow the stage's name");
            }
            [_, second, ..] => {
                ctx.report(second.range(), "expected `AS` and a stage name, or nothing");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_first_wrong_word_is_marked() {
        check(
            &RULE,
            "
FROM
^^^^ `FROM` without an image
FROM a b
       ^ expected `AS` and a stage name, or nothing
FROM a AS
       ^^ missing stage name behind `AS`
FROM a AS b c
            ^ nothing may follow the stage's name
FROM a # remark
       ^ expected `AS` and a stage name, or nothing
",
        );
        check_ok(&RULE, "FROM a\nFROM --platform=linux/amd64 a as b\n");
    }
}
