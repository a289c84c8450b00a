//! The outcome of a comparison, as plain data in a fixed order.

use serde::{Deserialize, Serialize};

/// Whether one image can replace another, and what says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// Every check, in a fixed order.
    pub checks: Vec<Check>,
    /// What would have to be repaired, as data.
    pub counterexamples: Vec<Counterexample>,
    /// What no check looked at.
    pub not_exercised: Vec<String>,
    /// Sizes before and after.
    pub sizes: Sizes,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every mandatory check passed.
    Proved,
    /// A check found a difference.
    Refuted,
    /// No difference was found, but not enough was seen.
    Inconclusive,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// What it says.
    pub status: Status,
    /// Differences that nobody expected.
    pub differences: Vec<String>,
    /// Differences that were expected, each with its reason.
    pub expected: Vec<ExpectedDifference>,
    /// What it could not decide.
    pub undecided: Vec<String>,
}

/// The checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// Image configuration.
    Config,
    /// The entry point, command and health check can be started.
    EntryPoint,
    /// Loaders, linked libraries and symbol versions.
    Libraries,
    /// Needed files, and files that the original added.
    Files,
    /// Libraries, paths and programs that strings name.
    Names,
    /// Users, owners, modes, capabilities, folders.
    Owners,
    /// What the system offers: certificates, time zones, locales, C library.
    System,
    /// Runs compared.
    Runs,
    /// What was touched in runs under trace; where that is not possible nothing is lost but evidence.
    Touched,
    /// Size; says nothing about equality.
    Size,
    /// Equality of everything.
    Identity,
}

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// No difference.
    Same,
    /// Only expected differences.
    Expected,
    /// Something could not be decided.
    Undecided,
    /// It was not run.
    NotRun,
    /// A difference.
    Difference,
}

/// A difference that is no reason to refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedDifference {
    /// What differs.
    pub what: String,
    /// Why that is expected.
    pub reason: String,
}

/// One concrete thing that is wrong with the second image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Counterexample {
    /// A library cannot be found.
    MissingLibrary {
        /// Its name.
        soname: String,
        /// The file that needs it.
        needed_by: String,
        /// Where it was in the original.
        path: Option<String>,
        /// The package that provided it in the original.
        provider_package: Option<String>,
    },
    /// A file, folder or link is gone.
    MissingFile {
        /// Its path; for a folder, all below it is gone as well.
        path: String,
        /// Number of paths that are gone with it.
        count: usize,
        /// Why it is needed.
        because: String,
        /// The package that owned it in the original.
        owner: Option<String>,
    },
    /// A file has another content.
    ChangedFile {
        /// Its path.
        path: String,
        /// Why it matters.
        because: String,
    },
    /// A program cannot be found, or is another one.
    MissingProgram {
        /// The program as it is named.
        program: String,
        /// Where it was in the original.
        path: String,
        /// The file that runs it; `None` for the image's configuration.
        needed_by: Option<String>,
        /// The package that owned it in the original.
        owner: Option<String>,
    },
    /// A file cannot be executed by the image's user.
    NotExecutable {
        /// Its path.
        path: String,
    },
    /// A package that was asked for is gone, and nobody said why.
    MissingPackage {
        /// Its name.
        package: String,
    },
    /// A user is gone or has other ids.
    MissingUser {
        /// Its name.
        user: String,
        /// Its ids in the original.
        uid: u32,
        /// Its group in the original.
        gid: u32,
    },
    /// Permission bits differ.
    WrongMode {
        /// The path.
        path: String,
        /// The mode in the original.
        want: u32,
        /// The mode found.
        have: u32,
    },
    /// Owner or group differ.
    WrongOwner {
        /// The path.
        path: String,
        /// User and group in the original.
        want: (u32, u32),
        /// User and group found.
        have: (u32, u32),
    },
    /// A file lost capabilities or another attribute.
    MissingCapability {
        /// The path.
        path: String,
        /// The attribute.
        attribute: String,
        /// Its value in the original, in hex.
        value: String,
    },
    /// The C library is older than a file needs.
    GlibcTooOld {
        /// The version needed.
        need: String,
        /// The newest one found.
        have: String,
        /// The file that needs it.
        needed_by: String,
    },
    /// A library lacks a symbol version that a file needs.
    MissingVersion {
        /// The library.
        soname: String,
        /// The version needed.
        need: String,
        /// The file that needs it.
        needed_by: String,
    },
    /// An environment variable is gone or has another value.
    MissingEnv {
        /// Its name.
        name: String,
        /// Its value in the original.
        want: String,
        /// The value found.
        have: Option<String>,
    },
    /// Another setting of the configuration differs.
    WrongSetting {
        /// Its name.
        setting: String,
        /// Its value in the original.
        want: String,
        /// The value found.
        have: String,
    },
    /// The runs differ.
    RunDiffers {
        /// What differs: `ending`, `stdout`, `listening`, ….
        what: String,
        /// In the original.
        want: String,
        /// Found.
        have: String,
    },
}

/// Sizes before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Bytes of all files before.
    pub before: u64,
    /// Bytes of all files after.
    pub after: u64,
    /// Bytes by who brought them.
    pub owners: Vec<OwnerSize>,
    /// Bytes by layer, before.
    pub layers_before: Vec<LayerSize>,
    /// Bytes by layer, after.
    pub layers_after: Vec<LayerSize>,
    /// Bytes before that a later layer replaced or deleted.
    pub wasted_before: u64,
    /// Bytes after that a later layer replaced or deleted.
    pub wasted_after: u64,
}

/// Bytes of one owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerSize {
    /// The owner: `package NAME`, `application`, `base`, `cache`, `package manager`.
    pub owner: String,
    /// Bytes before.
    pub before: u64,
    /// Bytes after.
    pub after: u64,
}

impl OwnerSize {
    /// What was added, negative when something was saved.
    #[must_use]
    pub fn delta(&self) -> i64 {
        i64::try_from(self.after).unwrap_or(i64::MAX) - i64::try_from(self.before).unwrap_or(i64::MAX)
    }
}

/// Bytes of one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerSize {
    /// The instruction that made it, as the engine recorded it.
    pub created_by: String,
    /// Bytes of the files it writes.
    pub bytes: u64,
    /// Whether it belongs to the base image.
    pub from_base: bool,
}

impl Verdict {
    /// The check of this name.
    #[must_use]
    pub fn check(&self, name: CheckName) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }

    /// Whether the second image can replace the first.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.outcome == Outcome::Proved
    }
}

impl CheckName {
    /// The name as reports show it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Config => "image configuration",
            Self::EntryPoint => "entry point",
            Self::Libraries => "libraries",
            Self::Files => "files",
            Self::Names => "names in strings",
            Self::Owners => "users, owners and modes",
            Self::System => "system data",
            Self::Runs => "runs",
            Self::Touched => "touched files",
            Self::Size => "size",
            Self::Identity => "identity",
        }
    }
}

impl std::fmt::Display for Counterexample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MissingLibrary { soname, needed_by, provider_package, .. } => {
                write!(f, "the library `{soname}` that `{needed_by}` needs is missing")?;
                match provider_package {
                    Some(package) => write!(f, " (package `{package}`)"),
                    None => Ok(()),
                }
            }
            Self::MissingFile { path, count, because, owner } => {
                write!(f, "`{path}` is missing")?;
                if *count > 1 {
                    write!(f, " with {count} paths")?;
                }
                write!(f, ": {because}")?;
                match owner {
                    Some(package) => write!(f, " (package `{package}`)"),
                    None => Ok(()),
                }
            }
            Self::ChangedFile { path, because } => write!(f, "`{path}` differs: {because}"),
            Self::MissingProgram { program, path, needed_by, owner } => {
                write!(f, "the program `{program}` (`{path}`)")?;
                match needed_by {
                    Some(file) => write!(f, " that `{file}` runs is missing or another one")?,
                    None => f.write_str(" is missing or another one")?,
                }
                match owner {
                    Some(package) => write!(f, " (package `{package}`)"),
                    None => Ok(()),
                }
            }
            Self::NotExecutable { path } => write!(f, "the image's user may not execute `{path}`"),
            Self::MissingPackage { package } => write!(f, "the package `{package}` is missing and no reason was given"),
            Self::MissingUser { user, uid, gid } => {
                write!(f, "the user `{user}` ({uid}:{gid}) is missing or has other ids")
            }
            Self::WrongMode { path, want, have } => write!(f, "`{path}` has mode {have:04o} instead of {want:04o}"),
            Self::WrongOwner { path, want, have } => {
                write!(f, "`{path}` belongs to {}:{} instead of {}:{}", have.0, have.1, want.0, want.1)
            }
            Self::MissingCapability { path, attribute, .. } => write!(f, "`{path}` has lost `{attribute}`"),
            Self::GlibcTooOld { need, have, needed_by } => {
                write!(f, "`{needed_by}` needs {need}, the C library offers {have}")
            }
            Self::MissingVersion { soname, need, needed_by } => {
                write!(f, "`{needed_by}` needs {need}, which `{soname}` does not offer")
            }
            Self::MissingEnv { name, want, have } => match have {
                Some(have) => write!(f, "the variable `{name}` is `{have}` instead of `{want}`"),
                None => write!(f, "the variable `{name}` is missing (was `{want}`)"),
            },
            Self::WrongSetting { setting, want, have } => write!(f, "{setting} is {have} instead of {want}"),
            Self::RunDiffers { what, want, have } => {
                write!(f, "the runs differ in {what}: {want} before, {have} after")
            }
        }
    }
}
