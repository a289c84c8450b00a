//! `invalid-retries`

use dfopt_semantic::flags::drops_flags;
use dfopt_semantic::model::FlagText;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `HEALTHCHECK --retries` has a value that is no count.
    ///
    /// ## Why
    ///
    /// The builder refuses anything but a whole number that is not negative and fits into 32 bits. `0` means the default.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// HEALTHCHECK --retries=many CMD true
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// HEALTHCHECK --retries=5 CMD true
    /// ```
    "invalid-retries" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["INVALID_SYNTAX"],
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
        for flag in site.ast.flags().filter(|flag| flag.name().as_deref() == Some("retries")) {
            let text = FlagText::of(&flag, escape);
            if text.value.is_empty() || text.value.parse::<i32>().is_ok_and(|count| count >= 0) {
                continue;
            }
            ctx.report(text.range(0..text.value.len()), "`--retries` takes a whole number from 0 on").at(&site);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_value_is_marked() {
        for value in ["x", "-1", "1.5", "2147483648"] {
            let carets = "^".repeat(value.len());
            check(
                &RULE,
                &format!(
                    "FROM a\nHEALTHCHECK --retries={value} CMD y\n                      {carets} `--retries` takes a whole number from 0 on\n"
                ),
            );
        }
        check_ok(&RULE, "FROM a\nHEALTHCHECK --retries=0 CMD y\nHEALTHCHECK --retries=+3 CMD y\n");
    }
}
