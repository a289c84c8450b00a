//! One stage into two: what builds the program, and what runs it.

pub(crate) mod commands;
mod files;
mod in_place;
mod ladder;
mod packages;
pub(crate) mod projects;
mod refuse;
pub(crate) mod render;
mod route;
mod statics;
mod users;
mod write;

use dfopt_semantic::model::{Model, Stage};
use dfopt_syntax::ast::Instruction;

use crate::evidence::{Evidence, Repair};
use crate::plan::{Outcome, Plan, Refusal, Rung, RungState};
use crate::recipes;

pub use ladder::{Candidate, Known, When, candidates};

/// Which base the runtime stage starts from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Runtime {
    /// The smallest that is safe to try without being asked: same libc, same release.
    #[default]
    Auto,
    /// The smallest of all that passes.
    Smallest,
    /// The original base.
    Same,
    /// The slim variant.
    Slim,
    /// Distroless.
    Distroless,
    /// Alpine.
    Alpine,
    /// Nothing.
    Scratch,
    /// An image by name.
    Image(String),
}

/// What a split is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// What a build has shown; without it the plan rests on what the file and the context say.
    pub evidence: Option<&'r Evidence>,
    /// The base images to consider, in order.
    pub ladder: &'r [Candidate],
    /// The one to plan for, by position in the ladder.
    pub rung: usize,
    /// The positions of those that failed or cannot be had.
    pub failed: &'r [usize],
}

/// What is known of a refusal, or that there is nothing to do, from the file alone.
#[must_use]
pub fn refusal(model: &Model<'_>) -> Option<Outcome> {
    refuse::early(model)
}

/// The recipe's name for the stage that is built.
#[must_use]
pub fn recipe_name(model: &Model<'_>) -> Option<&'static str> {
    model.target().map(|stage| recipes::select(model, stage).name())
}

/// Plans the split of the stage that is built.
#[must_use]
pub fn split_stages(model: &Model<'_>, request: &Request<'_>) -> Outcome {
    if let Some(outcome) = refuse::early(model) {
        return outcome;
    }
    let Some(stage) = model.target() else {
        return Outcome::Nothing { reason: "there is no stage to split".into() };
    };
    let recipe = recipes::select(model, stage);
    let assumed;
    let mut assumptions = Vec::new();
    let evidence = match request.evidence {
        Some(evidence) => evidence,
        None => match statics::evidence(model, stage, &*recipe) {
            Ok((evidence, notes)) => {
                assumed = evidence;
                assumptions = notes;
                &assumed
            }
            Err(refusal) => return Outcome::Refused(refusal),
        },
    };
    let Some(candidate) = request.ladder.get(request.rung) else {
        return Outcome::Nothing { reason: "no smaller base image is known for this one".into() };
    };
    let base = evidence.bases.get(&candidate.image);
    let done = done(model, stage);
    let trims = trims(model, stage, &*recipe, evidence);
    let files = files::Files::decide(evidence, base, &*recipe, &done, &trims);
    if let Some((script, compiler)) = evidence.compiles.iter().next() {
        return compiles_at_start(model, stage, compiler, script);
    }
    let routed = route::route(model, stage, &files);
    let cut = route::cut(&routed);
    let writer = write::Writer {
        model,
        stage,
        evidence,
        base,
        candidate,
        files: &files,
        routed: &routed,
        cut,
        trims: &trims,
        has_engine_facts: request.evidence.is_some(),
    };
    let written = match if writer.one_stage_is_enough() { writer.write_in_place() } else { writer.write() } {
        Ok(written) => written,
        Err(outcome) => return *outcome,
    };
    let ladder = request.ladder.iter().enumerate().map(|(at, candidate)| Rung {
        image: candidate.image.clone(),
        why: candidate.why.clone(),
        state: match at {
            at if at == request.rung => RungState::Chosen,
            at if request.failed.contains(&at) => RungState::Failed,
            _ => RungState::Waiting,
        },
    });
    assumptions.extend(written.assumptions);
    let mut left: Vec<(String, String)> = files
        .left()
        .filter(|(path, _)| !written.along.contains(*path))
        .map(|(path, reason)| (path.to_owned(), reason.to_owned()))
        .collect();
    left.extend(
        recipe
            .toolchain()
            .iter()
            .map(|tree| (format!("{tree}/"), "the toolchain, whose place programs name only in messages".to_owned())),
    );
    Outcome::Plan(Box::new(Plan {
        recipe: recipe.name(),
        trims: if written.build_stage.is_some() {
            trims.iter().map(|trim| trim.command.clone()).collect()
        } else {
            Vec::new()
        },
        build_stage: written.build_stage,
        runtime: candidate.image.clone(),
        ladder: ladder.collect(),
        carried: written.carried,
        dropped: written.dropped,
        left,
        along: written.along,
        edits: written.edits,
        assumptions,
    }))
}

/// What the recipe removes at the end of the build stage, unless a candidate has shown that some of it is needed.
fn trims(model: &Model<'_>, stage: &Stage, recipe: &dyn recipes::Recipe, evidence: &Evidence) -> Vec<recipes::Trim> {
    if evidence.repairs.contains(&Repair::Untrimmed) {
        return Vec::new();
    }
    let mut trims = recipe.trims(model, stage, evidence);
    let asked = |path: &str| {
        evidence.repairs.iter().any(|repair| matches!(repair, Repair::Path { path: asked, .. } if asked == path))
    };
    trims.retain(|trim| !trim.removes.iter().any(|path| asked(path)));
    trims
}

/// The refusal of an image that needs its compiler.
fn compiles_at_start(model: &Model<'_>, stage: &Stage, compiler: &str, script: &str) -> Outcome {
    let starts = |ast: &Instruction| matches!(ast, Instruction::Cmd(_) | Instruction::Entrypoint(_));
    let start = model.stage_steps(stage).iter().rev().find(|step| starts(&step.ast));
    Outcome::Refused(Refusal {
        range: start.map(|step| step.ast.head_range()),
        reason: format!("the image runs `{compiler}` when it starts, in {script}"),
        remedy: "compile in a RUN, and let the container start what was built".into(),
    })
}

/// What the instructions do that decides over files.
fn done(model: &Model<'_>, stage: &Stage) -> files::Done {
    let mut done = files::Done::default();
    for step in model.stage_steps(stage).iter().filter(|step| matches!(step.ast, Instruction::Run(_))) {
        if commands::of_run(model, step).only_packages {
            done.installs.insert(step.index);
        }
        done.scripts.extend(commands::scripts(model, step));
    }
    done
}
