//! Settings: what flags, files and the environment say, put together for each Dockerfile.
//!
//! The nearest settings file upward counts, laid over those of the folders above until one says `root = true`; `extends` lays
//! files below it, `overrides` lays parts over it by path. Where there is none, hadolint's file is obeyed. Flags have the last word.

mod date;
mod hadolint;
mod layer;
mod migrate;
mod schema;
mod show;
mod toml_file;

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dfopt_linter::{Preset, Selection, Settings, SettingsError, Severity};

pub use layer::{FailFrom, Layer, Origin, Override, Place, RuleLayer, Set};
pub use show::run as config;

use crate::args::{PresetVersion, RuleArgs};
use crate::exit::Failure;

/// Names of a settings file, the first one in a folder counts.
pub(crate) const NAMES: [&str; 3] = ["dfopt.toml", ".dfopt.toml", "pyproject.toml"];

/// What one Dockerfile is judged by.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Which rules are on.
    pub settings: Settings,
    /// From which severity on the exit status is 1; `None` for never.
    pub fail_on: Option<Severity>,
    /// Further stages that somebody builds by name.
    pub targets: Vec<String>,
    /// How diagnostics are printed, where settings say so.
    pub format: Option<String>,
    /// What somebody should know about the settings.
    pub notices: Vec<String>,
    /// What was said, each value with its place.
    pub layer: Layer,
    /// The files that were read, the nearest last.
    pub files: Vec<PathBuf>,
}

impl Default for Resolved {
    fn default() -> Self {
        let settings = Settings::default();
        Resolved {
            fail_on: Some(default_fail_on(settings.preset())),
            settings,
            targets: Vec::new(),
            format: None,
            notices: Vec::new(),
            layer: Layer::default(),
            files: Vec::new(),
        }
    }
}

/// The files that hold in a folder, the nearest last.
#[derive(Debug, Clone, Default)]
struct Stack {
    layers: Vec<Arc<Layer>>,
    files: Vec<PathBuf>,
}

/// What was found out already.
type Known<K, T> = Mutex<HashMap<K, Result<Arc<T>, Failure>>>;

/// Finds the settings of Dockerfiles, reading every settings file once.
#[derive(Debug)]
pub struct Resolver {
    flags: RuleLayer,
    /// The only files there are, with `--config` or `--no-config`.
    only: Option<Arc<Stack>>,
    reads_environment: bool,
    stacks: Known<PathBuf, Stack>,
    /// By folder, and by which overrides apply.
    resolved: Known<(PathBuf, Vec<bool>), Resolved>,
}

impl Resolver {
    /// Takes what flags say; rules in `also` are on besides.
    ///
    /// # Errors
    /// When the file of `--config` cannot be read, or a flag names an unknown rule.
    pub fn new(args: &RuleArgs, also: &[String]) -> Result<Self, Failure> {
        let only = match &args.config {
            Some(path) => Some(Arc::new(single(&absolute(path))?)),
            None if args.no_config => Some(Arc::default()),
            None => None,
        };
        let resolver = Resolver {
            flags: flags(args, also),
            only,
            reads_environment: !args.no_config,
            stacks: Mutex::default(),
            resolved: Mutex::default(),
        };
        let (selection, _) = selection_of(&resolver.flags);
        Settings::resolve(&selection).map_err(|errors| unknown(&errors))?;
        Ok(resolver)
    }

    /// The settings of a Dockerfile; of one in the current folder for standard input without a name.
    ///
    /// # Errors
    /// When a settings file cannot be read or says something wrong.
    pub fn of(&self, file: Option<&Path>) -> Result<Arc<Resolved>, Failure> {
        let file = absolute(file.unwrap_or(Path::new("Dockerfile")));
        let folder = file.parent().unwrap_or(Path::new("/")).to_owned();
        let stack = match &self.only {
            Some(stack) => stack.clone(),
            None => self.stack(&folder)?,
        };
        let overrides = stack.layers.iter().flat_map(|layer| &layer.overrides);
        let applies: Vec<bool> = overrides.map(|one| is_matched(one, &file)).collect();
        let key = (folder, applies);
        let mut resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = resolved.get(&key) {
            return known.clone();
        }
        let found = self.resolve(&stack, &key.1).map(Arc::new);
        resolved.insert(key, found.clone());
        found
    }

    fn resolve(&self, stack: &Stack, applies: &[bool]) -> Result<Resolved, Failure> {
        let mut whole = Layer::default();
        let mut applies = applies.iter();
        for layer in &stack.layers {
            lay_over(&mut whole, layer);
            for one in &layer.overrides {
                if applies.next() == Some(&true) {
                    whole.rules.overlay(&one.rules);
                }
            }
        }
        let preset = self.flags.preset.as_ref().or(whole.rules.preset.as_ref()).map(|set| set.value.0);
        if self.reads_environment && preset == Some(Preset::Hadolint) {
            let environment = hadolint::environment(&whole, |name| env::var(name).ok());
            lay_over(&mut whole, &environment);
        }
        whole.rules.overlay(&self.flags);
        let (mut selection, fail_on) = selection_of(&whole.rules);
        selection.today = date::today();
        let settings = Settings::resolve(&selection).map_err(|errors| unknown(&errors))?;
        let fail_on = whole.fail_on.as_ref().map_or(Some(fail_on), |set| set.value.severity());
        let mut notices = whole.notices.clone();
        notices.extend(settings.notices().iter().cloned());
        Ok(Resolved {
            fail_on,
            targets: whole.targets.as_ref().map(|set| set.value.clone()).unwrap_or_default(),
            format: whole.format.as_ref().map(|set| set.value.clone()),
            notices,
            settings,
            layer: whole,
            files: stack.files.clone(),
        })
    }

    /// The files that hold in a folder: of dfopt, or else of hadolint.
    fn stack(&self, folder: &Path) -> Result<Arc<Stack>, Failure> {
        let own = self.own_stack(folder)?;
        if !own.files.is_empty() {
            return Ok(own);
        }
        let mut names = folder.ancestors().flat_map(|folder| hadolint::NAMES.map(|name| folder.join(name)));
        match names.find(|path| path.is_file()) {
            Some(path) => Ok(Arc::new(single(&path)?)),
            None => Ok(own),
        }
    }

    fn own_stack(&self, folder: &Path) -> Result<Arc<Stack>, Failure> {
        if let Some(known) = self.stacks.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return known.clone();
        }
        let found = self.read_stack(folder).map(Arc::new);
        self.stacks.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), found.clone());
        found
    }

    fn read_stack(&self, folder: &Path) -> Result<Stack, Failure> {
        let mut own = Stack::default();
        for path in NAMES.map(|name| folder.join(name)) {
            if path.is_file() && push(&mut own, &path, &mut Vec::new())? {
                break;
            }
        }
        let is_root = own.layers.last().is_some_and(|layer| layer.is_root);
        let above = match folder.parent().filter(|_| !is_root) {
            Some(parent) => self.own_stack(parent)?,
            None => Arc::default(),
        };
        let mut stack = (*above).clone();
        stack.layers.append(&mut own.layers);
        stack.files.append(&mut own.files);
        Ok(stack)
    }
}

/// One file with those it extends.
fn single(path: &Path) -> Result<Stack, Failure> {
    let mut stack = Stack::default();
    push(&mut stack, path, &mut Vec::new())?;
    Ok(stack)
}

/// Adds a file and below it those that it extends; `false` when it says nothing about dfopt.
fn push(stack: &mut Stack, path: &Path, open: &mut Vec<PathBuf>) -> Result<bool, Failure> {
    let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    let layer = if is_yaml { Some(hadolint::read(path)?) } else { toml_file::read(path)? };
    let Some(layer) = layer else { return Ok(false) };
    open.push(path.to_owned());
    for extended in &layer.extends {
        let path = absolute(&extended.value);
        if open.iter().any(|other| same(other, &path)) {
            return Err(Failure::new(format!("{}: `{}` extends itself", extended.place, layer::shown(&path))));
        }
        if !path.is_file() {
            return Err(Failure::new(format!("{}: there is no file {}", extended.place, layer::shown(&path))));
        }
        push(stack, &path, open)?;
    }
    open.pop();
    stack.layers.push(Arc::new(layer));
    stack.files.push(path.to_owned());
    Ok(true)
}

fn same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn lay_over(whole: &mut Layer, layer: &Layer) {
    whole.rules.overlay(&layer.rules);
    if layer.fail_on.is_some() {
        whole.fail_on.clone_from(&layer.fail_on);
    }
    if layer.targets.is_some() {
        whole.targets.clone_from(&layer.targets);
    }
    if layer.format.is_some() {
        whole.format.clone_from(&layer.format);
    }
    whole.notices.extend(layer.notices.iter().cloned());
}

fn is_matched(one: &Override, file: &Path) -> bool {
    // A path outside of the folder of the settings is matched by nothing.
    file.starts_with(one.paths.path()) && one.paths.matched_path_or_any_parents(file, false).is_ignore()
}

fn absolute(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            std::path::Component::ParentDir => {
                tidy.pop();
            }
            part => tidy.push(part),
        }
    }
    tidy
}

fn flags(args: &RuleArgs, also: &[String]) -> RuleLayer {
    fn set<T>(flag: &'static str, value: T) -> Set<T> {
        Set { value, place: Place { origin: Arc::new(Origin::Flag(flag)), line: None } }
    }
    let extended = args.extend_select.iter().map(|name| set("--extend-select", name.clone()));
    RuleLayer {
        preset: args.preset.map(|PresetVersion(preset, version)| set("--preset", (preset, version))),
        select: (!args.select.is_empty()).then(|| set("--select", args.select.clone())),
        extend_select: extended.chain(also.iter().map(|name| set("--rule", name.clone()))).collect(),
        ignore: args.ignore.iter().map(|name| set("--ignore", name.clone())).collect(),
        severities: args.severity.iter().map(|one| set("--severity", (one.rule.clone(), one.level))).collect(),
        ..RuleLayer::default()
    }
}

/// What the rules are asked to be, and from which severity on the preset makes the exit status 1.
fn selection_of(rules: &RuleLayer) -> (Selection, Severity) {
    let (preset, version) = rules.preset.as_ref().map_or((Preset::Recommended, None), |set| set.value);
    let values = |sets: &[Set<String>]| sets.iter().map(|set| set.value.clone()).collect();
    let selection = Selection {
        preset,
        preset_version: version,
        dialect: rules.dialect.as_ref().map(|set| set.value),
        select: rules.select.as_ref().map(|set| set.value.clone()).unwrap_or_default(),
        extend_select: values(&rules.extend_select),
        ignore: values(&rules.ignore),
        severities: rules.severities.iter().map(|set| set.value.clone()).collect(),
        options: rules.options.iter().map(|set| set.value.clone()).collect(),
        suppressions: rules.suppressions.as_ref().map(|set| set.value).unwrap_or_default(),
        today: None,
    };
    (selection, default_fail_on(preset))
}

fn default_fail_on(preset: Preset) -> Severity {
    match preset {
        Preset::Hadolint => Severity::Info,
        Preset::Recommended | Preset::Buildkit | Preset::All => Severity::Warning,
    }
}

fn unknown(errors: &[SettingsError]) -> Failure {
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Failure::new(format!("{}; `dfopt rules` lists them all", errors.join(", ")))
}

#[cfg(test)]
mod tests;
