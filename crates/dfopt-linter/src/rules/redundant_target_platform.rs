//! `redundant-target-platform`

use dfopt_semantic::expand::Operator;
use dfopt_semantic::model::{ExpandedText, TextRole};
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::flag_with_blank;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// `FROM --platform=$TARGETPLATFORM` asks for what is taken anyway.
    ///
    /// ## Why
    ///
    /// A stage is of the target's platform unless it says otherwise.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM --platform=$TARGETPLATFORM alpine:3.22
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Without the flag the builder takes a base that is not of the target's platform as well, where there is no other.
    "redundant-target-platform" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3065", "RedundantTargetPlatform", "DF083"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        let Some(flag) = step.ast.flag("platform") else { continue };
        let texts = model.expanded_texts(step, &step.ast);
        let Some(text) = texts.iter().find(|text| text.role == TextRole::Flag("platform".to_owned())) else { continue };
        let is_redundant = match ctx.dialect() {
            Dialect::Hadolint => matches!(flag.raw_value().as_str(), "$TARGETPLATFORM" | "${TARGETPLATFORM}"),
            _ => is_target_platform(text),
        };
        if is_redundant {
            ctx.report(text.whole(), "the platform is the target's anyway")
                .fix("Remove `--platform`", |fix| fix.delete(flag_with_blank(model, flag.range())));
        }
    }
}

/// The variable's value, and nothing else.
fn is_target_platform(text: &ExpandedText) -> bool {
    let [reference] = text.expansion.references.as_slice() else { return false };
    let keeps_value = reference
        .operation
        .as_ref()
        .is_none_or(|operation| matches!(operation.operator, Operator::Default(_) | Operator::Require(_)));
    reference.name == "TARGETPLATFORM" && reference.range == (0..text.raw.len()) && keeps_value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_value_is_marked() {
        check(
            &RULE,
            "
FROM --platform=${TARGETPLATFORM:-linux/amd64} a
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the platform is the target's anyway [fix]
",
        );
        check_ok(
            &RULE,
            "FROM --platform=$BUILDPLATFORM a\nFROM --platform=linux/$TARGETARCH a\nFROM --platform=${TARGETPLATFORM:+x} a\n",
        );
    }

    #[test]
    fn the_flag_goes() {
        check_fix(&RULE, "FROM --platform=$TARGETPLATFORM a\n", "FROM a\n");
    }

    #[test]
    fn hadolint_knows_two_spellings() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "FROM --platform=${TARGETPLATFORM:-x} a\nFROM --platform=$TARGETPLATFORM a\n                ^^^^^^^^^^^^^^^ the platform is the target's anyway [fix]\n",
        );
    }
}
