//! C, C++ and what is compiled like them: compilers called by hand, make, CMake, Meson, autotools. Installed trees are carried whole.

use dfopt_semantic::command::ecosystems::Ecosystem;
use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::model::{Model, Stage};
use dfopt_syntax::ast::Instruction;

use super::{Judgement, Made, Recipe, builds_with, products, starts_from};
use crate::evidence::ImageFile;
use crate::split::projects::{self, Reads};

struct Native {
    reads: Reads,
    /// The directory in which the image starts `make`, which looks at the sources of what it starts.
    make: Option<String>,
}

/// The recipe, if the stage compiles something.
pub(super) fn recipe(model: &Model<'_>, stage: &Stage) -> Option<Box<dyn Recipe>> {
    let is_native = starts_from(model, stage, &["gcc", "clang", "buildpack-deps", "emsdk"])
        || builds_with(model, stage, Ecosystem::Native);
    is_native.then(|| {
        Box::new(Native { reads: projects::reads(model, stage), make: make_at_start(model, stage) }) as Box<dyn Recipe>
    })
}

/// Where the image starts `make`, if it does.
fn make_at_start(model: &Model<'_>, stage: &Stage) -> Option<String> {
    let starts = |ast: &Instruction| matches!(ast, Instruction::Cmd(_) | Instruction::Entrypoint(_));
    let steps = model.stage_steps(stage).iter().filter(|step| starts(&step.ast));
    let mut directories = steps.filter_map(|step| {
        let script = model.script(step)?;
        let makes = script
            .invocations()
            .into_iter()
            .filter_map(Command::of)
            .any(|command| matches!(understand(&command), Understood::Make(_)));
        makes.then(|| step.workdir.known().unwrap_or("/").to_owned())
    });
    directories.next()
}

impl Recipe for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement> {
        file.step?;
        if let Some(directory) = &self.make
            && path.strip_prefix(directory.as_str()).is_some_and(|rest| rest.starts_with('/') || directory == "/")
        {
            return Some(Judgement::Keep("`make` compares it with what was built from it".into()));
        }
        projects::judge(path, file, self.reads)
    }

    fn made(&self, model: &Model<'_>, stage: &Stage) -> Option<Vec<Made>> {
        products(model, stage, None)
    }
}
