//! `base-without-default`

use dfopt_semantic::image_ref::ImageRef;
use dfopt_semantic::model::TextRole;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A base image depends on an argument that has no default.
    ///
    /// ## Why
    ///
    /// Without `--build-arg` the image's name is empty or incomplete, and the build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// ARG VERSION
    /// FROM alpine:$VERSION
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG VERSION=3.22
    /// FROM alpine:$VERSION
    /// ```
    "base-without-default" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["InvalidDefaultArgInFrom"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        for text in model.expanded_texts(step, &step.ast).iter().filter(|text| text.role == TextRole::Image) {
            let is_bad = text.known().is_some_and(|name| name.is_empty() || ImageRef::parse(name).is_err());
            if is_bad && model.awaits_argument(step, text) {
                ctx.report(text.whole(), "without a build argument this is no image").help("give the `ARG` a default");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_image_is_marked() {
        check(
            &RULE,
            "
ARG A
FROM $A
     ^^ without a build argument this is no image
FROM b:${A}
     ^^^^^^ without a build argument this is no image
",
        );
        check_ok(&RULE, "ARG A\nARG B=c\nFROM ${A:-b}\nFROM $B\nFROM b$A\nFROM B\nFROM $D\n");
    }
}
