//! `build-platform-in-final-stage`

use dfopt_semantic::model::{Base, TextRole};
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::flag_with_blank;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// The image is made of a base for the machine that builds it.
    ///
    /// ## Why
    ///
    /// `$BUILDPLATFORM` is meant for stages that cross-compile. The image that is shipped would be of the builder's architecture,
    /// whatever it was built for.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM --platform=$BUILDPLATFORM alpine:3.22
    /// COPY app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Without the flag the base is of the platform that is built for, and so are the programs that `RUN` starts.
    "build-platform-in-final-stage" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| stage.is_shipped() && !matches!(stage.base, Base::Stage(_))) {
        let Some(step) = model.stage_steps(stage).first() else { continue };
        let Some(flag) = step.ast.flag("platform").filter(|_| matches!(step.ast, Instruction::From(_))) else {
            continue;
        };
        let texts = model.expanded_texts(step, &step.ast);
        let text = texts.iter().find(|text| text.role == TextRole::Flag("platform".to_owned()));
        let Some(text) = text else { continue };
        let is_builders = text.expansion.references.iter().any(|reference| reference.name == "BUILDPLATFORM");
        let tells = model.stages().iter().filter(|other| other.is_target).any(|target| target.is_for_development());
        if is_builders && !tells && !stage.is_for_development() {
            ctx.report(text.whole(), "the image is of the platform that builds, not of the one that is built for")
                .fix("Remove `--platform`", |fix| fix.delete(flag_with_blank(model, flag.range())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_platform_is_marked() {
        check(
            &RULE,
            "
FROM --platform=$BUILDPLATFORM a AS x
                ^^^^^^^^^^^^^^ the image is of the platform that builds, not of the one that is built for [fix]
FROM x
",
        );
        check_ok(&RULE, "FROM --platform=$BUILDPLATFORM a AS x\nFROM b\nCOPY --from=x /a /a\n");
        check_ok(&RULE, "FROM --platform=$BUILDPLATFORM a AS test\n");
    }

    #[test]
    fn the_flag_goes() {
        check_fix(&RULE, "FROM --platform=$BUILDPLATFORM a\n", "FROM a\n");
    }
}
