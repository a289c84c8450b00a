//! What one source of settings says, each value with its place: a file, the environment, the command line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dfopt_linter::{Dialect, Level, Preset, SetOption, Severity, Suppressions};
use ignore::gitignore::Gitignore;

/// Where settings come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// A variable of the environment.
    Environment(&'static str),
    /// A flag.
    Flag(&'static str),
}

/// Where a value stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The source.
    pub origin: Arc<Origin>,
    /// The line in the file, from 1.
    pub line: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.origin {
            Origin::File(path) => to.write_str(&shown(path))?,
            Origin::Environment(name) => to.write_str(name)?,
            Origin::Flag(name) => to.write_str(name)?,
        }
        match self.line {
            Some(line) => write!(to, ":{line}"),
            None => Ok(()),
        }
    }
}

/// A path as people know it: below the current folder without it.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    below.as_deref().unwrap_or(path).display().to_string()
}

/// A value and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// From which severity on the exit status is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailFrom {
    /// From this one.
    At(Severity),
    /// Never.
    Never,
}

impl FailFrom {
    /// The severity, `None` for never.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            FailFrom::At(severity) => Some(severity),
            FailFrom::Never => None,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.severity().map_or("never", Severity::name)
    }
}

/// What is said about rules.
#[derive(Clone, Debug, Default)]
pub struct RuleLayer {
    /// The set of rules to start from, and its version.
    pub preset: Option<Set<(Preset, Option<u16>)>>,
    /// Whose verdict counts.
    pub dialect: Option<Set<Dialect>>,
    /// What suppressions do.
    pub suppressions: Option<Set<Suppressions>>,
    /// Only these; with it what was said before about which rules are on is forgotten.
    pub select: Option<Set<Vec<String>>>,
    /// These too.
    pub extend_select: Vec<Set<String>>,
    /// Not these.
    pub ignore: Vec<Set<String>>,
    /// How bad some are.
    pub severities: Vec<Set<(String, Level)>>,
    /// What options are set to.
    pub options: Vec<Set<SetOption>>,
}

impl RuleLayer {
    /// Lays another one over this, which has the last word.
    pub fn overlay(&mut self, over: &RuleLayer) {
        fn replace<T: Clone>(this: &mut Option<T>, over: &Option<T>) {
            if over.is_some() {
                this.clone_from(over);
            }
        }
        replace(&mut self.preset, &over.preset);
        replace(&mut self.dialect, &over.dialect);
        replace(&mut self.suppressions, &over.suppressions);
        if over.select.is_some() {
            self.select.clone_from(&over.select);
            self.extend_select.clear();
            self.ignore.clear();
        }
        let is_selected = |name: &str| over.extend_select.iter().any(|set| set.value.eq_ignore_ascii_case(name));
        self.ignore.retain(|set| !is_selected(&set.value));
        self.extend_select.extend(over.extend_select.iter().cloned());
        self.ignore.extend(over.ignore.iter().cloned());
        self.severities.extend(over.severities.iter().cloned());
        self.options.extend(over.options.iter().cloned());
    }
}

/// What holds for some paths only.
#[derive(Clone, Debug)]
pub struct Override {
    /// Which.
    pub paths: Gitignore,
    /// What.
    pub rules: RuleLayer,
}

/// What one source says.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Whether files of folders above are left out.
    pub is_root: bool,
    /// Files that are laid below this one, the last over the ones before.
    pub extends: Vec<Set<PathBuf>>,
    /// What is said about rules.
    pub rules: RuleLayer,
    /// From which severity on the exit status is 1.
    pub fail_on: Option<Set<FailFrom>>,
    /// Further stages that somebody builds by name.
    pub targets: Option<Set<Vec<String>>>,
    /// How diagnostics are printed.
    pub format: Option<Set<String>>,
    /// What holds for some paths only.
    pub overrides: Vec<Override>,
    /// What somebody should know about it.
    pub notices: Vec<String>,
}
