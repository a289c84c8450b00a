//! `forward-stage-reference`

use dfopt_semantic::model::{ReferenceKind, ReferenceTarget, Role};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `COPY --from` or a mount names a stage that comes later.
    ///
    /// ## Why
    ///
    /// A stage can only be used below its definition. The builder refuses the file when the instruction is reached.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine AS app
    /// COPY --from=build /app /app
    /// FROM golang:1.25 AS build
    /// RUN go build -o /app .
    /// FROM app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// RUN go build -o /app .
    /// FROM alpine AS app
    /// COPY --from=build /app /app
    /// FROM app
    /// ```
    "forward-stage-reference" {
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
    for reference in model.references().iter().filter(|reference| reference.kind != ReferenceKind::From) {
        let ReferenceTarget::Later(later) = reference.target else { continue };
        let Some(step) = model.steps().get(reference.step) else { continue };
        let Some(stage) = model.stage_of(step).filter(|_| !matches!(step.ast, Instruction::Onbuild(_))) else {
            continue;
        };
        // A ring is refused as such.
        if model.copies_between(later, stage.index).is_some() {
            continue;
        }
        let definition = model.stages().get(later).and_then(|stage| model.stage_steps(stage).first());
        let mut report = ctx.report(reference.range, "this stage is defined later");
        if let Some(definition) = definition {
            report = report.related(definition.keyword_range(), "here");
        }
        if stage.role == Role::Unreachable {
            report.builds_anyway();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM a AS x
COPY --from=Y b c
            ^ this stage is defined later
COPY --from=1 b c
            ^ this stage is defined later
RUN --mount=from=y,target=/x true
                 ^ this stage is defined later
FROM x AS y
",
        );
        check_ok(&RULE, "FROM a AS x\nFROM a\nCOPY --from=x b c\nCOPY --from=z b c\n");
    }
}
