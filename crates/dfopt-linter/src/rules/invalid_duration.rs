//! `invalid-duration`

use dfopt_semantic::duration::{DurationError, parse_duration};
use dfopt_semantic::flags::drops_flags;
use dfopt_semantic::model::FlagText;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A time of `HEALTHCHECK` is none that the builder reads.
    ///
    /// ## Why
    ///
    /// Each number needs a unit: `ns`, `us`, `ms`, `s`, `m` or `h`, as in `1m30s`. A time other than `0` must be at least a
    /// millisecond. The builder refuses the file otherwise.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// HEALTHCHECK --interval=30 CMD true
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// HEALTHCHECK --interval=30s CMD true
    /// ```
    "invalid-duration" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["FLAG_INVALID_DURATION", "FLAG_MISSING_DURATION", "FLAG_LESS_THAN_1MS", "FLAG_UNKNOWN_UNIT"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let escape = ctx.model().escape();
    for site in
        sites(ctx.model()).filter(|site| matches!(site.ast, Instruction::Healthcheck(_)) && !drops_flags(&site.ast))
    {
        for flag in site.ast.flags() {
            let name = flag.name().unwrap_or_default();
            if !matches!(&*name, "interval" | "timeout" | "start-period" | "start-interval") {
                continue;
            }
            let text = FlagText::of(&flag, escape);
            if text.value.is_empty() {
                continue;
            }
            let Err(error) = parse_duration(&text.value) else { continue };
            let range = text.range(error.range().clone());
            let message = match &error {
                DurationError::Empty { .. } | DurationError::MissingNumber { .. } => {
                    "expected a number with a unit, as in `30s`"
                }
                DurationError::MissingUnit { .. } => "missing unit, as in `30s`",
                DurationError::UnknownUnit { .. } => "unknown unit; there are `ns`, `us`, `ms`, `s`, `m` and `h`",
                DurationError::TooLong { .. } => "longer than the builder can count",
                DurationError::TooShort { .. } => "shorter than a millisecond, and not `0`",
            };
            ctx.report(range, message).at(&site);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_smallest_cause_is_marked() {
        check(
            &RULE,
            "
FROM a
HEALTHCHECK --interval=30 --timeout=1d --start-period=-5s --start-interval=x CMD y
                       ^^ missing unit, as in `30s`
                                     ^ unknown unit; there are `ns`, `us`, `ms`, `s`, `m` and `h`
                                                      ^^^ shorter than a millisecond, and not `0`
                                                                           ^ expected a number with a unit, as in `30s`
",
        );
        check_ok(
            &RULE,
            "FROM a\nHEALTHCHECK --interval=1m30s --timeout=1.5h --start-period=0 --start-interval= CMD y\nHEALTHCHECK --interval=30 NONE\n",
        );
    }
}
