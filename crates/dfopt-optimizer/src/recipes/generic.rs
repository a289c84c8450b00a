//! Everything without a recipe of its own: what a build has shown decides, together with the sources that ecosystems are known by.

use dfopt_semantic::model::{Model, Stage};

use super::{Judgement, Made, Recipe, products};
use crate::evidence::ImageFile;
use crate::split::projects::{self, Reads};

struct Generic {
    reads: Reads,
}

/// The recipe that fits everything.
pub(super) fn recipe(model: &Model<'_>, stage: &Stage) -> Box<dyn Recipe> {
    Box::new(Generic { reads: projects::reads(model, stage) })
}

impl Recipe for Generic {
    fn name(&self) -> &'static str {
        "generic"
    }

    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement> {
        projects::judge(path, file, self.reads)
    }

    fn made(&self, model: &Model<'_>, stage: &Stage) -> Option<Vec<Made>> {
        products(model, stage, None)
    }
}
