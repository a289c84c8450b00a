//! `empty-stage-copied`

use dfopt_semantic::context::join_clean;
use dfopt_semantic::effects::is_below;
use dfopt_semantic::model::{Base, Model, Reference, ReferenceKind, ReferenceTarget, Stage};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// Files are copied from a stage that has none.
    ///
    /// ## Why
    ///
    /// The stage starts from nothing, and no instruction puts a file there. The copy fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM scratch AS files
    /// ENV A=1
    /// FROM alpine:3.22
    /// COPY --from=files /app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM scratch AS files
    /// COPY app /app
    /// FROM alpine:3.22
    /// COPY --from=files /app /app
    /// ```
    "empty-stage-copied" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["tally/copy-from-empty-scratch-stage"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for reference in model.references().iter().filter(|reference| reference.kind != ReferenceKind::From) {
        match reference.target {
            ReferenceTarget::Scratch => {
                ctx.report(reference.range, "`scratch` holds no files");
            }
            ReferenceTarget::Stage(index) => {
                let Some(stage) = model.stages().get(index) else { continue };
                if is_empty(model, stage) && !copies_directory(model, reference, stage) {
                    ctx.report(reference.range, "this stage holds no files");
                }
            }
            _ => {}
        }
    }
}

/// Whether nothing in the stage or below it puts a file there.
fn is_empty(model: &Model<'_>, stage: &Stage) -> bool {
    let puts = |ast: &Instruction| {
        matches!(ast, Instruction::Copy(_) | Instruction::Add(_) | Instruction::Run(_) | Instruction::Onbuild(_))
    };
    let mut steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    model.root_base(stage) == Some(&Base::Scratch) && !steps.any(|step| puts(&step.ast))
}

/// Whether a directory is copied that a WORKDIR of the stage makes.
fn copies_directory(model: &Model<'_>, reference: &Reference, stage: &Stage) -> bool {
    let steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    let made: Vec<String> = steps
        .filter(|step| matches!(step.ast, Instruction::Workdir(_)))
        .filter_map(|step| Some(join_clean(step.workdir.known()?, &step.argument(model)?.into_known()?)))
        .collect();
    let copied = model.steps().get(reference.step).and_then(|step| step.copied(model));
    // A mount takes the whole.
    let Some(copied) = copied else { return !made.is_empty() };
    copied.sources.iter().any(|source| {
        let Some(path) = source.text.known().map(|path| join_clean("/", path)) else { return true };
        made.iter().any(|made| is_below(made, &path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_stage_is_marked() {
        check(
            &RULE,
            "
FROM scratch AS x
LABEL a=b
WORKDIR /w
FROM x AS y
FROM a
COPY --from=y /a /b
            ^ this stage holds no files
COPY --from=scratch /a /b
            ^^^^^^^ `scratch` holds no files
",
        );
    }

    #[test]
    fn what_may_hold_files() {
        check_ok(
            &RULE,
            "FROM scratch AS x\nWORKDIR /w\nFROM scratch AS y\nCOPY a /a\nFROM y AS z\nFROM a\nCOPY --from=x /w /w\nCOPY --from=z /a /b\nCOPY --from=0 / /\n",
        );
    }
}
