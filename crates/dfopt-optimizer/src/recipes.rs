//! What is peculiar to an ecosystem: which files are its sources, what its builds make, what its programs need. One file each;
//! none knows another.

mod generic;
mod go;
mod java;
mod native;
mod node;
mod python;
mod rust;

use dfopt_semantic::command::ecosystems::{self, Ecosystem};
use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::effects::is_below;
use dfopt_semantic::model::{Base, Model, Stage};
use dfopt_syntax::ast::Instruction;

use crate::evidence::{Evidence, ImageFile};

/// What a recipe says of a path, where it has something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The running program may need it.
    Keep(String),
    /// It serves building only.
    Leave(String),
}

/// What a build makes, as far as its command says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// The absolute path.
    pub path: String,
    /// The instruction, by index.
    pub step: usize,
}

/// A command that ends the build stage and removes from it what only building needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trim {
    /// The directory it works in.
    pub directory: String,
    /// The command.
    pub command: String,
    /// The paths that are gone afterwards.
    pub removes: Vec<String>,
    /// Why nothing needs them.
    pub reason: String,
}

/// Facts about one ecosystem.
pub(crate) trait Recipe {
    /// Its name, as plans show it.
    fn name(&self) -> &'static str;

    /// What becomes of a path, whoever made it.
    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement>;

    /// What the build commands of a stage make; `None` when that cannot be told from the file.
    fn made(&self, model: &Model<'_>, stage: &Stage) -> Option<Vec<Made>>;

    /// Trees of the base image that only builds need, which a program may still name in a string.
    fn toolchain(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether programs built this way are known to be linked statically; `None` when only a look at them can tell.
    fn is_static(&self, _: &Model<'_>, _: &Stage) -> Option<bool> {
        None
    }

    /// What can be removed at the end of the build stage.
    fn trims(&self, _: &Model<'_>, _: &Stage, _: &Evidence) -> Vec<Trim> {
        Vec::new()
    }
}

/// The recipe for a stage: that of the ecosystem whose tools build last, else that of the base image.
pub(crate) fn select(model: &Model<'_>, stage: &Stage) -> Box<dyn Recipe> {
    let found = go::recipe(model, stage)
        .or_else(|| rust::recipe(model, stage))
        .or_else(|| java::recipe(model, stage))
        .or_else(|| node::recipe(model, stage))
        .or_else(|| python::recipe(model, stage))
        .or_else(|| native::recipe(model, stage));
    found.unwrap_or_else(|| generic::recipe(model, stage))
}

/// Whether the stage starts from one of these images, by the last part of their name.
fn starts_from(model: &Model<'_>, stage: &Stage, names: &[&str]) -> bool {
    let bottom = model.chain(stage).last().unwrap_or(stage);
    matches!(&bottom.base, Base::Image(image) if names.contains(&image.name()))
}

/// Whether some RUN of the stage does a thing.
fn runs(model: &Model<'_>, stage: &Stage, wanted: &dyn Fn(&Understood<'_>) -> bool) -> bool {
    let steps = model.stage_steps(stage).iter().filter(|step| matches!(step.ast, Instruction::Run(_)));
    steps.filter_map(|step| model.script(step)).any(|script| {
        script.invocations().into_iter().filter_map(Command::of).any(|command| wanted(&understand(&command)))
    })
}

/// Whether some RUN of the stage makes something with the tools of an ecosystem.
fn builds_with(model: &Model<'_>, stage: &Stage, ecosystem: Ecosystem) -> bool {
    runs(model, stage, &|understood| understood.produces() && ecosystems::of(understood) == Some(ecosystem))
}

/// What the build commands make, of one ecosystem or of all; `None` if some place is not known or only one of several is meant.
fn products(model: &Model<'_>, stage: &Stage, ecosystem: Option<Ecosystem>) -> Option<Vec<Made>> {
    let products = model.products(stage);
    let of_it = products.iter().filter(|product| ecosystem.is_none() || product.ecosystem == ecosystem);
    let mut found = Vec::new();
    for product in of_it {
        let [only] = product.paths.as_slice() else { return None };
        found.push(Made { path: only.as_literal()?, step: product.step });
    }
    Some(found)
}

/// Whether a path is one of these trees or in it.
fn in_trees(path: &str, trees: &[&str]) -> bool {
    trees.iter().any(|tree| is_below(path, tree))
}
