//! Which instructions build and which describe the running program, and where the file is cut between them.

use dfopt_semantic::command::distro::{BuildOnly, build_only};
use dfopt_semantic::command::packages::Manager;
use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::Instruction;

use super::commands::{self, RunFacts};
use super::files::Files;

/// An instruction with what planning needs to know of it.
#[derive(Clone, Debug)]
pub(crate) struct Routed<'m> {
    /// The instruction.
    pub step: &'m Step,
    /// What it does, if it is a RUN.
    pub run: Option<RunFacts>,
    /// Whether the runtime stage can carry it out as it stands, from context and base alone.
    pub can_stay: bool,
}

/// The instructions of the stage behind FROM.
pub(crate) fn route<'m>(model: &'m Model<'_>, stage: &'m Stage, files: &Files<'_>) -> Vec<Routed<'m>> {
    let steps = model.stage_steps(stage);
    steps.iter().skip(1).map(|step| routed(model, step, files)).collect()
}

fn routed<'m>(model: &'m Model<'_>, step: &'m Step, files: &Files<'_>) -> Routed<'m> {
    let run = matches!(step.ast, Instruction::Run(_)).then(|| commands::of_run(model, step));
    let can_stay = match &step.ast {
        Instruction::Run(_) => run.as_ref().is_some_and(|run| {
            run.only_accounts
                || run.does_nothing
                || (run.only_packages
                    && !run.packages.is_empty()
                    && run.packages.iter().all(|name| !is_build_only(name)))
        }),
        Instruction::Copy(_) | Instruction::Add(_) => {
            let from_context = step.ast.flag("from").is_none();
            let is_remote = matches!(step.ast, Instruction::Add(_));
            from_context && !is_remote && files.all_kept_of(step.index)
        }
        _ => true,
    };
    Routed { step, run, can_stay }
}

/// Whether a package of a distribution serves building only, whichever manager knows the name.
pub(crate) fn is_build_only(name: &str) -> bool {
    [Manager::Apt, Manager::Apk, Manager::Rpm].into_iter().any(|manager| build_only(manager, name).is_some())
}

/// Whether a package of a distribution holds what programs are compiled against.
pub(crate) fn is_for_headers(name: &str) -> bool {
    let managers = [Manager::Apt, Manager::Apk, Manager::Rpm];
    managers.into_iter().any(|manager| build_only(manager, name) == Some(BuildOnly::Headers))
}

/// How many of the instructions make up the build stage: up to the last one that only a build stage can carry out.
pub(crate) fn cut(routed: &[Routed<'_>]) -> usize {
    routed.iter().rposition(|routed| !routed.can_stay).map_or(0, |last| last + 1)
}
