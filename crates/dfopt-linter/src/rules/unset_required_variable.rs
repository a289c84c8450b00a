//! `unset-required-variable`

use dfopt_semantic::expand::ExpandError;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A variable that is required by `${name:?}` certainly has no value.
    ///
    /// ## Why
    ///
    /// The build ends there with the message behind `?`. A variable that a build argument can set is not reported.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:${TAG:?missing}
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG TAG
    /// FROM alpine:${TAG:?missing}
    /// ```
    "unset-required-variable" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model) {
        for text in model.expanded_texts(site.step, &site.ast) {
            for error in &text.expansion.errors {
                let ExpandError::Required { name, message, range } = error else { continue };
                // Someone who declares it without a value means to give it.
                if model.scope(site.step).variable(name).is_some_and(|(variable, _)| variable.value.known().is_none()) {
                    continue;
                }
                let report = ctx.report(text.range(range.clone()), format!("`{name}` has no value here")).at(&site);
                if let Some(message) = message {
                    report.note(format!("the build ends with: {message}"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_expression_is_marked() {
        check(
            &RULE,
            "
FROM scratch
ENV E=
WORKDIR /${X:?give X}${E:?}
         ^^^^^^^^^^^^ `X` has no value here
                     ^^^^^^ `E` has no value here
",
        );
    }

    #[test]
    fn what_may_be_given() {
        check_ok(&RULE, "ARG T\nFROM a:${T:?}\nARG V\nENV x=${V?} y=${BASE?}\n");
        check_ok(&RULE, "FROM scratch\nENV E=\nWORKDIR /${E?}\n");
    }
}
