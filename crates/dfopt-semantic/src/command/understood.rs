//! The one type that says what a command does, and the function that finds it out.

use super::accounts::{self, Account};
use super::archives::{self, Extract, Pack};
use super::downloads::{self, Download, Git};
use super::files::{self, FileOp};
use super::go::{self, Go};
use super::native::{self, Compile, Make};
use super::node::{self, Node};
use super::packages::{self, PackageInstall, PackageMaintenance, PackageRemove};
use super::plain;
use super::python::{self, Pip};
use super::rust::{self, Cargo};
use super::script::ShellOptions;
use super::services::{self, EditInPlace, Print, StateChange};
use super::tools::{self, ToolRun};
use super::view::{Command, InlineScript};
use super::word::{Value, Word};

/// Whether dependencies needed only for development are taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Development {
    /// The tool has no such notion here, or the command installs nothing.
    #[default]
    None,
    /// They are.
    Included,
    /// A switch leaves them out.
    Excluded,
    /// They are, unless a variable (`NODE_ENV`, `MIX_ENV`, `BUNDLE_WITHOUT` …) says otherwise.
    ByEnvironment(&'static str),
}

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Understood<'a> {
    /// Installs packages of the distribution.
    PackageInstall(PackageInstall<'a>),
    /// Removes packages of the distribution.
    PackageRemove(PackageRemove<'a>),
    /// Refreshes, upgrades, cleans or asks the package manager.
    PackageMaintenance(PackageMaintenance<'a>),
    /// `pip`, `uv pip`
    Pip(Pip<'a>),
    /// `npm`, `yarn`, `pnpm`, `bun`, `npx`
    Node(Node<'a>),
    /// `go`
    Go(Go<'a>),
    /// `cargo`
    Cargo(Cargo<'a>),
    /// A compiler of the C family, or another that makes one program of its inputs.
    Compile(Compile<'a>),
    /// `make`, `ninja`
    Make(Make<'a>),
    /// Any other build or dependency tool.
    Tool(ToolRun<'a>),
    /// `curl`, `wget` and the like
    Download(Download<'a>),
    /// `git` and other version control
    Git(Git<'a>),
    /// Unpacks an archive.
    Extract(Extract<'a>),
    /// Packs an archive.
    Pack(Pack<'a>),
    /// Copies, moves, removes, links files or changes their mode or owner.
    File(FileOp<'a>),
    /// Makes, changes or removes users and groups.
    Account(Account<'a>),
    /// Changes other state of the system that only a running program sees.
    State(StateChange<'a>),
    /// Changes the directory; `None` is the home directory.
    Cd(Option<&'a Word>),
    /// `export`, `readonly`, `declare`, `local` with the variables it sets; a name without value is only marked.
    Export(Vec<(Box<str>, Option<Value<'a>>)>),
    /// `unset`
    Unset(Vec<&'a Word>),
    /// `set -e`, `set -o pipefail`, with the options it turns on and off.
    SetOption {
        /// Turned on.
        on: ShellOptions,
        /// Turned off.
        off: ShellOptions,
    },
    /// `. file`, `source file`
    Source(&'a Word),
    /// `echo`, `printf`, `yes`: prints its words.
    Print(Print<'a>),
    /// `sed -i`, `perl -pi`: changes files where they are.
    EditInPlace(EditInPlace<'a>),
    /// `tee`: writes the files it is given.
    Tee {
        /// The files.
        files: Vec<&'a Word>,
        /// True with `-a`.
        append: bool,
    },
    /// `test`, `[`, `[[`
    Test(Vec<&'a Word>),
    /// Reads at most the files it names and prints something.
    Pure(Pure<'a>),
    /// A script in a word.
    Script(InlineScript<'a>),
    /// Not understood: it may do anything.
    Unknown,
}

/// A command without lasting effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pure<'a> {
    /// The files it may read.
    pub reads: Vec<&'a Word>,
    /// What it may look at besides.
    pub looks_at: LooksAt,
}

/// What a pure command looks at besides the files it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LooksAt {
    /// Nothing.
    Nothing,
    /// Directories below the files it names.
    Trees,
    /// The clock.
    Clock,
    /// The system in general: programs on `PATH`, users, memory.
    System,
}

/// What `command` does.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Understood<'a> {
    if command.name().is_none() {
        return Understood::Unknown;
    }
    if let Some(inline) = command.inline_script() {
        return Understood::Script(inline);
    }
    packages::understand(command)
        .or_else(|| files::understand(command))
        .or_else(|| plain::understand(command))
        .or_else(|| downloads::understand(command))
        .or_else(|| archives::understand(command))
        .or_else(|| accounts::understand(command))
        .or_else(|| services::understand(command))
        .or_else(|| go::understand(command))
        .or_else(|| rust::understand(command))
        .or_else(|| node::understand(command))
        .or_else(|| python::understand(command))
        .or_else(|| native::understand(command))
        .or_else(|| tools::understand(command))
        .or_else(|| version_query(command))
        .unwrap_or(Understood::Unknown)
}

/// `anything --version` only speaks.
fn version_query<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let [only] = command.args() else { return None };
    only.is_any(&["--version", "-version", "--help"])
        .then(|| Understood::Pure(Pure { reads: Vec::new(), looks_at: LooksAt::System }))
}

impl Understood<'_> {
    /// True if the command makes a program, a library, a site or another product out of sources.
    #[must_use]
    pub fn produces(&self) -> bool {
        match self {
            Self::Go(go) => go.produces(),
            Self::Cargo(cargo) => cargo.produces(),
            Self::Compile(compile) => compile.produces(),
            Self::Make(make) => make.produces(),
            Self::Node(node) => node.produces(),
            Self::Tool(run) => run.produces(),
            _ => false,
        }
    }

    /// True if the command starts a program from its sources, tests or lints them, or serves them for development, so that it needs the toolchain to run.
    #[must_use]
    pub fn needs_toolchain(&self) -> bool {
        match self {
            Self::Go(_) | Self::Cargo(_) | Self::Compile(_) | Self::Make(_) => true,
            Self::Node(node) => node.needs_toolchain(),
            Self::Tool(run) => run.needs_toolchain(),
            _ => false,
        }
    }

    /// True if the command fetches or installs what a manifest of a language asks for.
    #[must_use]
    pub fn fetches_dependencies(&self) -> bool {
        match self {
            Self::Pip(pip) => pip.installs(),
            Self::Node(node) => node.installs(),
            Self::Go(go) => go.fetches(),
            Self::Cargo(cargo) => cargo.fetches(),
            Self::Tool(run) => run.fetches(),
            _ => false,
        }
    }
}
