//! Which Dockerfile, in which context, and what it starts from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dfopt_semantic::model::{Base, Model, Options};
use dfopt_syntax::parse;

use crate::args::BuildArgs;
use crate::discover::Origin;
use crate::exit::Failure;
use crate::source::{Source, shown};

/// A Dockerfile and the folder it is built in.
#[derive(Debug)]
pub(super) struct Subject {
    /// The Dockerfile.
    pub source: Source,
    /// Its path.
    pub path: PathBuf,
    /// The build context.
    pub context: PathBuf,
}

impl Subject {
    /// The Dockerfile at `path`, or in it if it is a folder.
    pub fn at(path: &Path, context: Option<&Path>) -> Result<Self, Failure> {
        let (path, folder) = if path.is_dir() {
            let names = ["Dockerfile", "dockerfile", "Containerfile"];
            // Without the `./` that nobody typed.
            let place = |name: &&str| if path == Path::new(".") { PathBuf::from(name) } else { path.join(name) };
            let found = names.iter().map(place).find(|path| path.is_file());
            let found = found.ok_or_else(|| {
                Failure::new(format!("{}: no Dockerfile in this folder; name one with `--file`", shown(path)))
            })?;
            (found, path.to_owned())
        } else {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            (path.to_owned(), parent.to_owned())
        };
        let context = context.map_or(folder, Path::to_owned);
        if !context.is_dir() {
            return Err(Failure::new(format!("{}: the build context is no folder", shown(&context))));
        }
        let source = Source::read(&Origin::File(path.clone()), None)
            .map_err(|(name, error)| Failure::new(format!("{name}: {}", error.message)))?;
        if !source.is_whole() {
            return Err(Failure::new(format!("{}: not valid UTF-8; a refactor would lose bytes", shown(&path))));
        }
        Ok(Subject { source, path, context })
    }
}

/// The image that the built stage starts from, looking through stages; `None` for scratch.
pub(super) fn base_of(text: &str, build: &BuildArgs) -> Option<String> {
    let args: BTreeMap<String, String> = build.known_args();
    let parsed = parse(text);
    let options = Options { build_args: Some(&args), target: build.target.as_deref(), ..Options::default() };
    let model = Model::new(text, &parsed, options);
    let stage = model.target()?;
    let last = model.chain(stage).last()?;
    match &last.base {
        Base::Image(_) => last.base_text.clone(),
        _ => None,
    }
}
