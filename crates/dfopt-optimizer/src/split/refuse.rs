//! When a split would be unsound, or there is nothing to split.

use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::model::{Base, Model, Role, Stage, Step};
use dfopt_syntax::ast::Instruction;

use crate::plan::{Outcome, Refusal};

/// Programs that start others and watch over them.
const SUPERVISORS: &[&str] =
    &["supervisord", "s6-svscan", "s6-overlay", "runsvdir", "runit", "init", "systemd", "circusd", "foreman", "honcho"];

/// The end of planning, where it is clear from the file alone.
pub(crate) fn early(model: &Model<'_>) -> Option<Outcome> {
    if let Some(error) = model.parse().errors().first() {
        return refuse(Some(error.range), "the file has syntax errors", "repair them (`dfopt check` shows each)");
    }
    let Some(stage) = model.target() else {
        return refuse(None, "the file has no stage", "begin it with FROM");
    };
    let from = model.stage_steps(stage).first();
    if model.stages().len() > 1 {
        if model.stages().iter().any(|stage| stage.role == Role::Feeder) {
            return nothing("already split: the final stage takes what it needs from others");
        }
        if model.stages().iter().filter(|stage| stage.is_shipped()).count() > 1 {
            let range = from.map(Step::keyword_range);
            return refuse(
                range,
                "the final stage is built on another stage of the file",
                "join the two stages, then split",
            );
        }
    }
    match &stage.base {
        Base::Scratch => return nothing("the stage starts from scratch: there is nothing to leave behind"),
        Base::Unknown => {
            let range = from.map(Step::range);
            return refuse(range, "the base image is not known", "give its ARG a default, or pass --build-arg");
        }
        Base::Stage(_) | Base::Image(_) => {}
    }
    if model.escape() == '`' || stage_is_windows(model, stage) {
        return refuse(
            from.map(Step::range),
            "Windows images are not split",
            "none: runtime bases differ too much there",
        );
    }
    let steps = model.stage_steps(stage);
    if let Some(onbuild) = steps.iter().find(|step| matches!(step.ast, Instruction::Onbuild(_))) {
        let reason = "ONBUILD: the image is a base for others, which may need all of it";
        return refuse(Some(onbuild.keyword_range()), reason, "split the images that build on it");
    }
    let starts = |step: &&Step| matches!(step.ast, Instruction::Cmd(_) | Instruction::Entrypoint(_));
    let Some(start) = steps.iter().rev().find(starts) else {
        let reason = "neither CMD nor ENTRYPOINT: the image is a toolchain or a base, and all of it may be wanted";
        return refuse(from.map(Step::range), reason, "say with CMD what the image runs");
    };
    steps.iter().filter(starts).find_map(|step| of_command(model, step)).or_else(|| of_command(model, start))
}

fn stage_is_windows(model: &Model<'_>, stage: &Stage) -> bool {
    model.stage_steps(stage).first().is_some_and(|step| {
        step.shell.argv.first().is_some_and(|shell| matches!(&**shell, "cmd" | "powershell" | "pwsh"))
    })
}

/// Run commands that need what a split leaves behind.
fn of_command(model: &Model<'_>, step: &Step) -> Option<Outcome> {
    let script = model.script(step)?;
    for invocation in &script.script.invocations {
        let Some(command) = Command::of(invocation) else { continue };
        let name = command.name().unwrap_or_default();
        let range = Some(step.ast.head_range());
        if SUPERVISORS.contains(&name) {
            let reason = format!("`{name}` runs several services, each with needs of its own");
            return refuse(range, &reason, "one image a service, each with its own Dockerfile");
        }
        let understood = understand(&command);
        // What a target of `make` does is written in its file: with the products there it may well build nothing.
        if understood.needs_toolchain() && !matches!(understood, Understood::Make(_)) {
            let words =
                command.name_word().into_iter().chain(command.args()).map(|word| word.text().unwrap_or(&word.raw));
            let text = words.take(4).collect::<Vec<_>>().join(" ");
            let reason = format!("the image runs `{text}` when it starts, which needs the toolchain and the sources");
            return refuse(range, &reason, "build the program in a RUN, and let CMD start what was built");
        }
    }
    None
}

pub(crate) fn refuse(range: Option<dfopt_syntax::TextRange>, reason: &str, remedy: &str) -> Option<Outcome> {
    Some(Outcome::Refused(Refusal { range, reason: reason.into(), remedy: remedy.into() }))
}

fn nothing(reason: &str) -> Option<Outcome> {
    Some(Outcome::Nothing { reason: reason.into() })
}
