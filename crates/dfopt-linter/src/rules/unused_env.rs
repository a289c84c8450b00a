//! `unused-env`

use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{TextRange, TextSize};

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Severity, Tag};

declare_rule! {
    /// A variable of a build stage is used by nothing.
    ///
    /// ## Why
    ///
    /// The stage is not part of the image, so no container sees the variable, and no command runs after it that could read it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// RUN go build -o /app .
    /// ENV MODE=release
    /// FROM scratch
    /// COPY --from=build /app /app
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
    /// Somebody may build the stage by its name and run it.
    "unused-env" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| !stage.is_shipped() && !model.is_built(stage)) {
        let later = later_steps(model, stage);
        for (at, step) in later.iter().enumerate() {
            if !matches!(step.ast, Instruction::Env(_)) || step.stage != Some(stage.index) || model.has_error(step) {
                continue;
            }
            let behind = &later[at + 1..];
            // A command sees all variables, whether its text names them or not.
            if behind.iter().any(|other| matches!(other.ast, Instruction::Run(_) | Instruction::Onbuild(_))) {
                continue;
            }
            let is_mentioned =
                |name: &str| behind.iter().any(|other| mentions(model.text_at(other.ast.syntax().text_range()), name));
            let unused: Vec<_> = step.variables.iter().filter(|one| !is_mentioned(&one.name)).collect();
            let is_all = unused.len() == step.variables.len();
            for pair in step.ast.pairs() {
                let Some(name) = pair.name() else { continue };
                if !unused.iter().any(|one| one.name == name.raw()) {
                    continue;
                }
                let report = ctx.report(&name, "nothing uses this variable").tag(Tag::Unnecessary);
                if let Some(line) = line(model, step).filter(|_| is_all && step.variables.len() == 1) {
                    report.fix("Delete it", |fix| fix.delete(line));
                }
            }
        }
    }
}

/// Whether the name stands in the text as a word.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name)
}

/// The instructions of a stage and of all that is built from it.
fn later_steps<'m>(model: &'m Model<'_>, stage: &Stage) -> Vec<&'m Step> {
    let users = model
        .stages()
        .iter()
        .filter(|other| model.chain(other).take(model.stages().len()).any(|below| below.index == stage.index));
    users.flat_map(|stage| model.stage_steps(stage)).collect()
}

/// The lines of the instruction.
fn line(model: &Model<'_>, step: &Step) -> Option<TextRange> {
    let range = step.ast.syntax().text_range();
    let text = model.text();
    let end = usize::from(range.end());
    let end = match text[..end].ends_with('\n') {
        true => end,
        false => text[end..].find('\n').map_or(text.len(), |at| end + at + 1),
    };
    Some(TextRange::new(range.start(), TextSize::new(u32::try_from(end).ok()?).max(range.start())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM a AS b
ENV C=d E=f
    ^ nothing uses this variable
COPY x $E
FROM g
COPY --from=b x x
",
        );
    }

    #[test]
    fn used_or_seen() {
        check_ok(
            &RULE,
            "
FROM a AS b
ENV C=d
RUN x
FROM g
ENV H=i
COPY --from=b x x
",
        );
    }

    #[test]
    fn it_is_deleted() {
        check_fix(
            &RULE,
            "FROM a AS b\nENV C=d\nFROM g\nCOPY --from=b x x\n",
            "FROM a AS b\nFROM g\nCOPY --from=b x x\n",
        );
    }
}
