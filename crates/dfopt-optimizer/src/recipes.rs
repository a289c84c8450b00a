//! What is peculiar to an ecosystem: which files are its sources, what its builds make, what its programs need. One file each;
//! none knows another.

mod generic;
mod go;

use dfopt_semantic::model::{Model, Stage};

use crate::evidence::ImageFile;

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

/// Facts about one ecosystem.
pub(crate) trait Recipe {
    /// Its name, as plans show it.
    fn name(&self) -> &'static str;

    /// What becomes of a path, whoever made it.
    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement>;

    /// What the build commands of a stage make; `None` when that cannot be told from the file.
    fn made(&self, model: &Model<'_>, stage: &Stage) -> Option<Vec<Made>>;

    /// Trees of the base image that only builds need, which a program may still name in a string.
    fn toolchain(&self) -> &'static [&'static str];

    /// Whether programs built this way are known to be linked statically; `None` when only a look at them can tell.
    fn is_static(&self, model: &Model<'_>, stage: &Stage) -> Option<bool>;
}

/// The recipe for a stage.
pub(crate) fn select(model: &Model<'_>, stage: &Stage) -> Box<dyn Recipe> {
    match go::recipe(model, stage) {
        Some(recipe) => recipe,
        None => generic::recipe(model, stage),
    }
}
