//! `full-variant-base`

use dfopt_semantic::base::{Programs, Rung};
use dfopt_semantic::command::Understood;
use dfopt_semantic::effects::Meant;
use dfopt_semantic::model::{Model, Stage};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// The full variant of an image is used where nothing shows a need for it.
    ///
    /// ## Why
    ///
    /// The full variants of the images of languages bring compilers, headers and version control for building extensions, several hundred
    /// megabytes. Whether a program loads one of their libraries cannot be told from the file; trying the smaller variant tells.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.13
    /// COPY app.py .
    /// CMD ["python", "app.py"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.13-slim
    /// COPY app.py .
    /// CMD ["python", "app.py"]
    /// ```
    "full-variant-base" {
        category: Category::Size,
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
    for stage in model.stages().iter().filter(|stage| model.is_built(stage) && !stage.is_for_development()) {
        let Some(facts) = model.base_facts(stage).filter(|facts| facts.programs == Programs::BuildpackDeps) else {
            continue;
        };
        let Some(smaller) = facts.candidates.iter().find(|one| one.rung == Rung::SmallerVariant) else { continue };
        let root = model.chain(stage).take(model.stages().len()).last().unwrap_or(stage);
        let Some(Instruction::From(from)) = model.stage_steps(root).first().map(|step| step.ast.clone()) else {
            continue;
        };
        if let Some(image) = from.image().filter(|_| !needs_more(model, stage)) {
            ctx.report(&image, "nothing here shows a need for the full variant")
                .help(format!("try `{}`", smaller.image));
        }
    }
}

/// Whether something is compiled, or may be, or a tool of the full variant is used.
fn needs_more(model: &Model<'_>, stage: &Stage) -> bool {
    let mut needs = false;
    for step in model.layers(stage) {
        if !matches!(step.ast, Instruction::Run(_)) {
            continue;
        }
        model.walk(step, &mut |at| {
            let Some(Meant { command: _, understood }) = at.meant else { return };
            needs |= match understood {
                // Packages of a language may hold sources of extensions.
                Understood::Download(_) | Understood::Git(_) | Understood::Unknown | Understood::Script(_) => true,
                other => other.produces() || other.fetches_dependencies(),
            };
        });
    }
    let uses = model.run_command(stage).is_none_or(|run| {
        run.is_interactive()
            || run.needs_toolchain()
            || ["git", "curl", "wget", "gcc", "make"].iter().any(|tool| run.names(tool))
    });
    needs || uses
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
FROM python:3.13 AS a
     ^^^^^^^^^^^ nothing here shows a need for the full variant
FROM a
COPY x.py .
CMD [\"python\", \"x.py\"]
",
        );
    }

    #[test]
    fn needed_or_slim() {
        check_ok(
            &RULE,
            "
FROM python:3.13
RUN pip install -r x
CMD [\"python\", \"x.py\"]
",
        );
    }
}
