//! `debug-mode-in-final-stage`

use dfopt_semantic::model::{Model, Stage, VariableKind};
use dfopt_syntax::ast::Instruction;

use crate::peer;
use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// The image runs its program in a mode for development.
    ///
    /// ## Why
    ///
    /// Such modes show code and settings to whoever causes an error, open a port for a debugger, or reload code. A target that is named for development
    /// (`dev`, `debug`, `test`) is left alone.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.14-slim
    /// ENV FLASK_DEBUG=1
    /// CMD ["flask", "run"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.14-slim
    /// CMD ["flask", "run"]
    /// ```
    "debug-mode-in-final-stage" {
        category: Category::Security,
        severity: Severity::Info,
        fix: None,
        aliases: &["S4507"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

const MESSAGE: &str = "a mode for development";

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| model.is_built(stage) && !stage.is_for_development()) {
        of_variables(ctx, stage);
        let Some(run) = model.run_command(stage) else { continue };
        for step in run.steps.iter().filter_map(|&index| model.steps().get(index)) {
            let Some(script) = model.script(step) else { continue };
            for invocation in script.invocations() {
                for (name, value) in &invocation.assignments {
                    if is_debug(name, value.text().unwrap_or_default()) {
                        ctx.report(&value.range, MESSAGE);
                    }
                }
                for word in invocation.words.iter().filter(|word| opens_debugger(peer::text(word))) {
                    ctx.report(&word.range, "a debugger can be attached");
                }
            }
        }
    }
}

/// The variables that a container of the stage has.
fn of_variables(ctx: &mut Context<'_>, stage: &Stage) {
    let model: &Model<'_> = ctx.model();
    let mut set: Vec<(&str, Option<&str>, dfopt_syntax::TextRange)> = Vec::new();
    let mut chain: Vec<&Stage> = model.chain(stage).take(model.stages().len()).collect();
    chain.reverse();
    for step in chain.into_iter().flat_map(|stage| model.stage_steps(stage)) {
        if !matches!(step.ast, Instruction::Env(_)) {
            continue;
        }
        for variable in step.variables.iter().filter(|variable| variable.kind == VariableKind::Env) {
            set.retain(|(name, _, _)| *name != variable.name);
            set.push((&variable.name, variable.value.known(), variable.name_range));
        }
    }
    for (name, value, place) in set {
        let opens = value.is_some_and(|value| value.split_ascii_whitespace().any(opens_debugger));
        if value.is_some_and(|value| is_debug(name, value)) {
            ctx.report(place, MESSAGE);
        } else if opens {
            ctx.report(place, "a debugger can be attached");
        }
    }
}

/// Whether a variable with this value switches such a mode on.
fn is_debug(name: &str, value: &str) -> bool {
    let is_true = ["1", "true", "yes", "on"].iter().any(|word| value.eq_ignore_ascii_case(word));
    match name {
        "FLASK_DEBUG" | "DJANGO_DEBUG" | "APP_DEBUG" | "DEBUG" => is_true,
        "FLASK_ENV" | "RAILS_ENV" | "NODE_ENV" | "RACK_ENV" => value == "development",
        "ASPNETCORE_ENVIRONMENT" | "DOTNET_ENVIRONMENT" => value.eq_ignore_ascii_case("development"),
        "XDEBUG_MODE" => value.split(',').any(|mode| matches!(mode, "debug" | "develop")),
        _ => false,
    }
}

/// `--inspect=0.0.0.0`, `-agentlib:jdwp=…`
fn opens_debugger(word: &str) -> bool {
    word.starts_with("-agentlib:jdwp")
        || ["--inspect=0.0.0.0", "--inspect-brk=0.0.0.0"].iter().any(|start| word.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn modes_are_marked() {
        check(
            &RULE,
            "
FROM a AS base
ENV NODE_ENV=development
    ^^^^^^^^ a mode for development
FROM base
CMD node --inspect=0.0.0.0:9229 x.js
         ^^^^^^^^^^^^^^^^^^^^^^ a debugger can be attached
",
        );
        check(&RULE, "FROM a\nCMD FLASK_DEBUG=1 flask run\n                ^ a mode for development\n");
    }

    #[test]
    fn what_is_for_development_is_left_alone() {
        check_ok(&RULE, "FROM a AS dev\nENV NODE_ENV=development\n");
        check_ok(
            &RULE,
            "FROM a\nENV NODE_ENV=development\nENV NODE_ENV=production DEBUG=app:*\nCMD node --inspect x\n",
        );
        check_ok(&RULE, "FROM a AS x\nENV DEBUG=1\nFROM b\n");
    }
}
