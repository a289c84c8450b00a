//! `blank-base-name`

use dfopt_semantic::model::TextRole;
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// The image or the platform of `FROM` is always empty.
    ///
    /// ## Why
    ///
    /// Only `ARG`s before the first `FROM` count in `FROM`. A variable that none of them declares is empty, and no build
    /// argument can change that; the builder refuses the file.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM $BASE
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG BASE=alpine:3.22
    /// FROM $BASE
    /// ```
    "blank-base-name" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["BASE_NAME_EMPTY"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        for text in model.expanded_texts(step, &step.ast) {
            let is_image = text.role == TextRole::Image;
            // An empty value of the flag counts as no flag.
            if text.known() != Some("") || (!is_image && text.raw.is_empty()) {
                continue;
            }
            if model.awaits_argument(step, text) {
                continue;
            }
            let place: TextRange = match text.expansion.references.as_slice() {
                [reference] => text.range(reference.range.clone()),
                _ => text.whole(),
            };
            let what = if is_image { "image" } else { "platform" };
            ctx.report(place, format!("the {what} is always empty"))
                .note("only `ARG`s before the first `FROM` count here");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_variable_is_marked() {
        check(
            &RULE,
            "
ARG E=
FROM $X
     ^^ the image is always empty
ARG Y=a
FROM --platform=${P} ${E}$Y
                ^^^^ the platform is always empty
                     ^^^^^^ the image is always empty
FROM \"\"
     ^^ the image is always empty
",
        );
    }

    #[test]
    fn what_may_be_given() {
        check_ok(&RULE, "ARG X\nFROM $X\nFROM --platform= ${Y:-a}\nFROM --platform=$BUILDPLATFORM a$Z\n");
    }
}
