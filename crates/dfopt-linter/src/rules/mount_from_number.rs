//! `mount-from-number`

use dfopt_semantic::model::{Model, Reference, ReferenceKind};
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A mount names a stage by its number.
    ///
    /// ## Why
    ///
    /// `COPY --from` knows the numbers of stages, `RUN --mount` does not: the number is taken for the name of an image.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN go build -o /app .
    /// FROM alpine:3.22
    /// RUN --mount=from=0,target=/build cp /build/app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// RUN go build -o /app .
    /// FROM alpine:3.22
    /// RUN --mount=from=build,target=/build cp /build/app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix takes the stage of that number, and gives it a name where it has none. Without it the mount is another.
    "mount-from-number" {
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
    let is_meant = |reference: &&Reference| reference.kind == ReferenceKind::Mount && reference.is_number;
    for reference in model.references().iter().filter(is_meant) {
        let report = ctx.report(reference.range, "mounts know stages by name only; this is an image");
        let Some((name, at)) = stage_of(model, reference) else { continue };
        report.fix(format!("Change to `{name}`"), |fix| {
            fix.replace(reference.range, name.as_str());
            if let Some(at) = at {
                fix.insert(at, format!(" AS {name}"));
            }
        });
    }
}

/// The name of the stage of that number, and where to write it if it has none.
fn stage_of(model: &Model<'_>, reference: &Reference) -> Option<(String, Option<TextSize>)> {
    let here = model.steps().get(reference.step)?.stage?;
    let number = reference.name.parse::<usize>().ok().filter(|number| *number < here)?;
    let stage = model.stages().get(number)?;
    if let Some(name) = &stage.name {
        return Some((name.name.clone(), None));
    }
    let name = format!("stage-{number}");
    let is_taken = model.stages().iter().any(|other| other.name.as_ref().is_some_and(|other| other.name == name));
    let Instruction::From(from) = &model.stage_steps(stage).first()?.ast else { return None };
    (!is_taken).then_some((name, Some(from.image()?.range().end())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_number_is_marked() {
        check(
            &RULE,
            "
FROM a AS x
FROM b
RUN --mount=type=bind,from=0,target=/x --mount=from=7,target=/y true
                           ^ mounts know stages by name only; this is an image [fix]
                                                    ^ mounts know stages by name only; this is an image
",
        );
        check_ok(&RULE, "FROM a AS x\nFROM b\nCOPY --from=0 /a /b\nRUN --mount=from=x,target=/x true\n");
    }

    #[test]
    fn the_stage_gets_a_name() {
        check_fix(
            &RULE,
            "FROM a\nFROM b AS y\nFROM c\nRUN --mount=from=0,target=/x --mount=from=1,target=/y true\n",
            "FROM a AS stage-0\nFROM b AS y\nFROM c\nRUN --mount=from=stage-0,target=/x --mount=from=y,target=/y true\n",
        );
    }
}
