//! `numeric-stage-reference`

use dfopt_semantic::model::{Model, ReferenceKind, ReferenceTarget};
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A stage is named by its number.
    ///
    /// ## Why
    ///
    /// A stage that somebody puts before it makes another one of the number, and the build copies from there.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN go build -o /app .
    /// FROM scratch
    /// COPY --from=0 /app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// RUN go build -o /app .
    /// FROM scratch
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Somebody may build the stage by its number.
    "numeric-stage-reference" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DF023"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for reference in model.references() {
        let ReferenceTarget::Stage(index) = reference.target else { continue };
        if reference.kind != ReferenceKind::Copy || !reference.is_number {
            continue;
        }
        let Some(stage) = model.stages().get(index) else { continue };
        let report = ctx.report(reference.range, "a number that changes when a stage is put before it");
        if let Some(name) = &stage.name {
            let written = model.text_at(name.range).to_owned();
            report.fix(format!("Use `{written}`"), |fix| fix.replace(reference.range, written));
        } else if let Some((at, name)) = new_name(model, index) {
            report.fix(format!("Name the stage `{name}`"), |fix| {
                fix.insert(at, format!(" AS {name}"));
                fix.replace(reference.range, name);
            });
        }
    }
}

/// A name that no stage has yet, and where it goes.
fn new_name(model: &Model<'_>, index: usize) -> Option<(TextSize, String)> {
    let stage = model.stages().get(index)?;
    let Instruction::From(from) = &model.stage_steps(stage).first()?.ast else { return None };
    let image = from.image()?;
    let names: Vec<&str> = model.stages().iter().filter_map(|stage| Some(&*stage.name.as_ref()?.name)).collect();
    let candidates = std::iter::once("build".to_owned()).chain((index..).map(|number| format!("stage{number}")));
    let name = candidates.take(names.len() + 2).find(|name| !names.contains(&name.as_str()))?;
    let text = image.raw();
    // An image of that name is meant as such elsewhere.
    let is_image = model.stages().iter().any(|stage| stage.base_text.as_deref() == Some(&name));
    (from.as_word().is_none() && !text.is_empty() && !is_image).then(|| (crate::Place::place(&image).end(), name))
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
FROM a
FROM b AS c
FROM d
COPY --from=0 x y
            ^ a number that changes when a stage is put before it [fix]
COPY --from=1 x y
            ^ a number that changes when a stage is put before it [fix]
",
        );
    }

    #[test]
    fn names_and_images() {
        check_ok(
            &RULE,
            "
FROM a AS b
FROM c
COPY --from=b x y
COPY --from=nginx:1 x y
COPY --from=7 x y
",
        );
    }

    #[test]
    fn the_stage_gets_a_name() {
        check_fix(
            &RULE,
            "FROM a\nFROM b\nCOPY --from=0 x y\nCOPY --from=0 z y\n",
            "FROM a AS build\nFROM b\nCOPY --from=build x y\nCOPY --from=build z y\n",
        );
    }
}
