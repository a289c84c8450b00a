//! `debian-frontend-in-env`

use dfopt_semantic::model::Step;
use dfopt_syntax::ast::{Instruction, KeyValue};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// `DEBIAN_FRONTEND` is set in the image.
    ///
    /// ## Why
    ///
    /// The variable is meant for the build, where nobody can answer questions. With `ENV` it also holds in every container and in images built
    /// on this one, where somebody may well want to be asked.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ENV DEBIAN_FRONTEND=noninteractive
    /// RUN apt-get update && apt-get install -y tzdata
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ARG DEBIAN_FRONTEND=noninteractive
    /// RUN apt-get update && apt-get install -y tzdata
    /// ```
    ///
    /// ## Fix safety
    ///
    /// In stages built on this one, and in containers, the variable is not set any more.
    "debian-frontend-in-env" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

const NAME: &str = "DEBIAN_FRONTEND";

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| stage.is_shipped()) {
        let steps = model.stage_steps(stage);
        for (at, step) in steps.iter().enumerate().filter(|(_, step)| matches!(step.ast, Instruction::Env(_))) {
            let Some(pair) = pair(step) else { continue };
            let is_off = |step: &Step| {
                step.variables.iter().any(|one| one.name == NAME && one.value.known().is_some_and(is_default))
            };
            if is_off(step) || steps[at + 1..].iter().any(is_off) {
                continue;
            }
            let is_alone = step.ast.pairs().count() == 1;
            let value = pair.value().map(|value| value.raw());
            let report = ctx.report(&pair, "this holds in every container too");
            match value.filter(|value| is_alone && !value.is_empty()) {
                Some(value) => {
                    let place = step.keyword_range().cover(crate::Place::place(&pair));
                    report.fix("Use `ARG`", |fix| fix.replace(place, format!("ARG {NAME}={value}")));
                }
                None => {
                    report.help("use `ARG`, or set it before the command");
                }
            }
        }
    }
}

fn pair(step: &Step) -> Option<KeyValue> {
    step.ast.pairs().find(|pair| pair.name().is_some_and(|name| name.raw() == NAME))
}

/// What the package manager does without the variable.
fn is_default(value: &str) -> bool {
    matches!(value, "" | "dialog" | "newt" | "readline")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_pair_is_marked() {
        check(
            &RULE,
            "
FROM debian
ENV A=b DEBIAN_FRONTEND=noninteractive
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this holds in every container too
ENV DEBIAN_FRONTEND noninteractive
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this holds in every container too [fix]
",
        );
    }

    #[test]
    fn not_shipped_or_reset() {
        check_ok(
            &RULE,
            "
FROM debian AS a
ENV DEBIAN_FRONTEND=noninteractive
FROM debian
ARG DEBIAN_FRONTEND=noninteractive
COPY --from=a /x /x
ENV DEBIAN_FRONTEND=noninteractive
RUN x
ENV DEBIAN_FRONTEND=dialog
",
        );
    }

    #[test]
    fn arg_takes_its_place() {
        check_fix(
            &RULE,
            "FROM debian\nENV DEBIAN_FRONTEND noninteractive\nRUN x\n",
            "FROM debian\nARG DEBIAN_FRONTEND=noninteractive\nRUN x\n",
        );
    }
}
