//! `missing-main-process`

use dfopt_semantic::model::{Base, Model, Stage};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// The image does not say what a container starts.
    ///
    /// ## Why
    ///
    /// Without `CMD` and `ENTRYPOINT`, here and in the base, a container cannot be started unless whoever does so knows the command. Images that
    /// only carry files are an exception.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// ENTRYPOINT ["/app"]
    /// ```
    "missing-main-process" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: None,
        aliases: &["DF036"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| model.is_built(stage)) {
        let says = |stage: &Stage| {
            let mut steps = model.stage_steps(stage).iter();
            steps.any(|step| matches!(step.ast, Instruction::Cmd(_) | Instruction::Entrypoint(_)))
        };
        if model.chain(stage).take(model.stages().len()).any(says) || !is_silent(model, stage) {
            continue;
        }
        let Some(Instruction::From(from)) = model.stage_steps(stage).first().map(|step| step.ast.clone()) else {
            continue;
        };
        if let Some(image) = from.image() {
            ctx.report(&image, "nothing says what a container starts").help("add `ENTRYPOINT` or `CMD`");
        }
    }
}

/// Whether the base is known to start nothing.
fn is_silent(model: &Model<'_>, stage: &Stage) -> bool {
    if model.root_base(stage) == Some(&Base::Scratch) {
        return true;
    }
    let facts = model.base_facts(stage);
    facts.is_some_and(|facts| facts.entrypoint.is_some_and(<[_]>::is_empty) && facts.cmd.is_some_and(<[_]>::is_empty))
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
FROM scratch AS a
FROM a
     ^ nothing says what a container starts
",
        );
    }

    #[test]
    fn said_here_or_in_the_base() {
        check_ok(
            &RULE,
            "
FROM scratch AS a
FROM debian:13
FROM unknown/x
FROM scratch AS b
CMD [\"x\"]
FROM b
",
        );
    }
}
