//! `base-without-digest`

use dfopt_semantic::model::{Base, ReferenceKind, ReferenceTarget};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// A base image is named without a digest.
    ///
    /// ## Why
    ///
    /// A tag can be moved to another image at any time, by mistake or by somebody with bad intentions. A digest names one image for good. It
    /// has to be looked after: with a digest no security fix arrives by itself.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13@sha256:0000000000000000000000000000000000000000000000000000000000000000
    /// ```
    "base-without-digest" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        let Base::Image(image) = &stage.base else { continue };
        let from = model.stage_steps(stage).first();
        let word = from.and_then(|step| match &step.ast {
            Instruction::From(from) => from.image(),
            _ => None,
        });
        if let Some(word) = word.filter(|_| image.digest.is_none()) {
            ctx.report(&word, MESSAGE);
        }
    }
    for reference in model.references().iter().filter(|reference| reference.kind != ReferenceKind::From) {
        if let ReferenceTarget::Image(image) = &reference.target
            && image.digest.is_none()
        {
            ctx.report(reference.range, MESSAGE);
        }
    }
}

const MESSAGE: &str = "this image has no digest";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn images_of_others() {
        check(
            &RULE,
            "
FROM debian:13 AS a
     ^^^^^^^^^ this image has no digest
COPY --from=nginx:1 b c
            ^^^^^^^ this image has no digest
",
        );
    }

    #[test]
    fn stages_digests_and_nothing() {
        check_ok(
            &RULE,
            "
FROM scratch AS a
FROM a
FROM b@sha256:0000000000000000000000000000000000000000000000000000000000000000
COPY --from=a b c
",
        );
    }
}
