//! `implicit-root-user`

use dfopt_semantic::model::Base;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// No `USER` is set, so the container runs as root.
    ///
    /// ## Why
    ///
    /// Images run as root unless they say otherwise. Few programs need that once they are installed.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// COPY app /usr/local/bin/
    /// CMD ["app"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// COPY app /usr/local/bin/
    /// USER 10001
    /// CMD ["app"]
    /// ```
    "implicit-root-user" {
        category: Category::Security,
        severity: Severity::Info,
        fix: None,
        aliases: &["DS-0002", "CKV_DOCKER_3", "S6471", "DF020", "tally/stateful-root-runtime"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| model.is_built(stage)) {
        let mut steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
        if steps.any(|step| matches!(step.ast, Instruction::User(_))) {
            continue;
        }
        // A name that holds a variable may be any image.
        let is_unknown = matches!(model.root_base(stage), Some(Base::Unknown) | None);
        let facts = model.base_facts(stage);
        let other = facts
            .as_ref()
            .and_then(|facts| facts.user())
            .is_some_and(|user| !matches!(user.split(':').next().unwrap_or_default(), "" | "root" | "0"));
        let Some(from) = model.stage_steps(stage).first().filter(|_| !other && !is_unknown) else { continue };
        let Instruction::From(image) = &from.ast else { continue };
        let place = image.image().map_or(from.keyword_range(), |image| image.range());
        let report = ctx.report(place, "no `USER`, so the container runs as root");
        if facts.is_some_and(|facts| facts.drops_privileges) {
            report.note("the image's own start script gives up its rights");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_base_of_the_target_is_marked() {
        check(&RULE, "FROM a AS x\nUSER b\nFROM c\n     ^ no `USER`, so the container runs as root\n");
        check_ok(&RULE, "FROM a AS x\nUSER b\nFROM x\nRUN c\n");
        check_ok(&RULE, "FROM gcr.io/distroless/static-debian12:nonroot\nCOPY a /\n");
        check_ok(&RULE, "FROM $BASE\nCOPY a /\n");
    }
}
