//! `forbidden-onbuild-trigger`

use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::is_forbidden;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `ONBUILD` is followed by an instruction that may not stand there.
    ///
    /// ## Why
    ///
    /// The builder refuses `ONBUILD`, `FROM` and `MAINTAINER` as triggers.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ONBUILD FROM debian
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian
    /// ONBUILD COPY . /app
    /// ```
    "forbidden-onbuild-trigger" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["DL3043", "ONBUILD_CHAINING_DISALLOWED", "ONBUILD_TRIGGER_DISALLOWED", "DF068", "tally/invalid-onbuild-trigger"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for step in ctx.model().steps() {
        let Instruction::Onbuild(onbuild) = &step.ast else { continue };
        if let Some(trigger) = onbuild.trigger().filter(is_forbidden) {
            ctx.report(trigger.keyword_range(), format!("`{}` may not stand behind `ONBUILD`", trigger.name()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_inner_keyword_is_marked() {
        check(
            &RULE,
            "
FROM a
ONBUILD onbuild RUN x
        ^^^^^^^ `ONBUILD` may not stand behind `ONBUILD`
ONBUILD FROM b
        ^^^^ `FROM` may not stand behind `ONBUILD`
ONBUILD MAINTAINER me
        ^^^^^^^^^^ `MAINTAINER` may not stand behind `ONBUILD`
",
        );
        check_ok(&RULE, "FROM a\nONBUILD RUN x\nONBUILD nonsense\n");
    }
}
