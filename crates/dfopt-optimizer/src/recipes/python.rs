//! Python: what pip and its relatives install is carried whole, wherever it is: `site-packages`, a virtual environment, `--user`.

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::ecosystems::{self, Ecosystem};
use dfopt_semantic::model::{Model, Stage};

use super::{Judgement, Made, Recipe, in_trees, runs, starts_from};
use crate::evidence::ImageFile;
use crate::split::projects::{self, Reads};

struct Python;

/// The recipe, if the stage is of Python or installs its packages.
pub(super) fn recipe(model: &Model<'_>, stage: &Stage) -> Option<Box<dyn Recipe>> {
    let installs = |understood: &Understood<'_>| {
        ecosystems::of(understood) == Some(Ecosystem::Python) && understood.fetches_dependencies()
    };
    let is_python =
        starts_from(model, stage, &["python", "pypy", "uv", "miniconda3", "micromamba", "uvicorn-gunicorn"])
            || runs(model, stage, &installs);
    is_python.then(|| Box::new(Python) as Box<dyn Recipe>)
}

/// Caches of the tools that install.
const CACHES: &[&str] = &[
    "/root/.cache",
    "/root/.local/share/uv/python/.cache",
    "/root/.local/share/virtualenv",
    "/root/.config/pypoetry",
    "/opt/conda/pkgs",
    "/root/.conda",
];

impl Recipe for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement> {
        file.step?;
        let leave = |reason: &str| Some(Judgement::Leave(reason.into()));
        if in_trees(path, CACHES) {
            return leave("a cache of the installer");
        }
        let parts = || path.split('/');
        if parts().any(|part| matches!(part, ".tox" | ".pytest_cache" | ".mypy_cache" | ".ruff_cache")) {
            return leave("made by tests and checks");
        }
        // Modules find their data by their own place, and headers and sources lie between them.
        if parts().any(|part| matches!(part, "site-packages" | "dist-packages" | ".venv" | "venv")) {
            return Some(Judgement::Keep("installed for the interpreter".into()));
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if matches!(
            name,
            "Pipfile" | "Pipfile.lock" | "poetry.lock" | "uv.lock" | "pdm.lock" | "MANIFEST.in" | "tox.ini"
        ) {
            return leave("directs the installation");
        }
        if name.ends_with(".pyx") || name.ends_with(".pxd") {
            return leave("source that a compiler has read");
        }
        projects::judge(path, file, Reads::Sources)
    }

    fn made(&self, _: &Model<'_>, _: &Stage) -> Option<Vec<Made>> {
        // Where the interpreter looks for modules, and what an installation brings, only a build shows.
        None
    }
}
