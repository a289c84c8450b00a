//! `base-named-like-later-stage`

use dfopt_semantic::base::BaseFacts;
use dfopt_semantic::model::Base;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// `FROM` names an image that is called like a stage below.
    ///
    /// ## Why
    ///
    /// A stage can start only from one above it. A name that is defined below is taken for an image of a registry.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM runtime
    /// FROM alpine:3.22 AS runtime
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22 AS runtime
    /// FROM runtime
    /// ```
    "base-named-like-later-stage" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        let (Base::Image(image), Some(text)) = (&stage.base, &stage.base_text) else { continue };
        if text.contains(['/', ':', '@']) || BaseFacts::knows(image) {
            continue;
        }
        let mut later = model.stages()[stage.index + 1..].iter().filter_map(|other| other.name.as_ref());
        let Some(later) = later.find(|name| name.name == *text) else { continue };
        let Some(Instruction::From(from)) = model.stage_steps(stage).first().map(|step| &step.ast) else { continue };
        let Some(word) = from.image() else { continue };
        ctx.report(word.range(), format!("an image called `{text}` is pulled here"))
            .related(later.range, "the stage of that name comes later")
            .help("move the stage above this one");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_base_is_marked() {
        check(
            &RULE,
            "
FROM build
     ^^^^^ an image called `build` is pulled here
FROM a AS Build
FROM build
",
        );
        check_ok(&RULE, "FROM alpine\nFROM alpine AS alpine\nFROM x/b\nFROM b:1\nFROM a AS b\n");
    }
}
