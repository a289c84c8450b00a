//! The `cargo` command; `rustc` is a compiler like others.

use super::options::{Spec, Style};
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// What a `cargo` command is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CargoVerb {
    /// `build`, `rustc`, `zigbuild`, `auditable build`
    Build,
    /// `install`
    Install,
    /// `run`
    Run,
    /// `test`, `bench`, `nextest`
    Test,
    /// `check`, `clippy`, `doc`, `fmt`
    Inspect,
    /// `fetch`, `vendor`
    Fetch,
    /// `chef prepare`
    ChefPrepare,
    /// `chef cook`: builds the dependencies alone
    ChefCook,
    /// `init`, `new`, `add`, `update`, `generate-lockfile`
    Manifest,
    /// `clean`
    Clean,
    /// `--version`, `metadata`, `tree`, `search`
    Query,
}

/// A `cargo` command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cargo<'a> {
    /// What it does.
    pub verb: CargoVerb,
    /// The word of the verb.
    pub word: &'a Word,
    /// The profile: `release` with `--release`, else `--profile`, else `dev`; `None` when not static.
    pub profile: Option<&'a str>,
    /// `--target`
    pub target: Option<Value<'a>>,
    /// `--target-dir`
    pub target_directory: Option<Value<'a>>,
    /// `--manifest-path`
    pub manifest: Option<Value<'a>>,
    /// `--path`, of `install`
    pub path: Option<Value<'a>>,
    /// `--root`, of `install`
    pub root: Option<Value<'a>>,
    /// `--bin`
    pub binaries: Vec<Value<'a>>,
    /// `-p`
    pub packages: Vec<Value<'a>>,
    /// `--example`
    pub examples: Vec<Value<'a>>,
    /// `--locked`, `--frozen`
    pub locked: bool,
    /// Crates named without option, of `install`.
    pub crates: Vec<&'a Word>,
}

static CARGO: Spec = Spec {
    style: Style::Gnu,
    short: "pFjZC",
    attached: "",
    long: &[
        "package",
        "features",
        "jobs",
        "target",
        "target-dir",
        "manifest-path",
        "path",
        "root",
        "bin",
        "example",
        "test",
        "bench",
        "profile",
        "exclude",
        "config",
        "color",
        "message-format",
        "git",
        "branch",
        "tag",
        "rev",
        "version",
        "registry",
        "index",
        "recipe-path",
        "lockfile-path",
        "artifact-dir",
        "out-dir",
        "explicit-version",
    ],
};

/// The meaning of a `cargo` command.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    if !matches!(command.name()?, "cargo" | "cross" | "xx-cargo") {
        return None;
    }
    let mut args = command.args();
    while args.first().is_some_and(|w| w.static_prefix().starts_with('+')) {
        args = args.get(1..)?;
    }
    let parsed = super::options::parse(args, &CARGO);
    let Some((word, rest)) = parsed.operands.split_first() else {
        let word = args.first()?;
        let query = parsed.has(&["--version", "-V", "--list", "--help"]);
        return query.then(|| Understood::Cargo(empty(CargoVerb::Query, word)));
    };
    let mut rest = rest;
    let verb = match word.text()? {
        "build" | "b" | "rustc" | "zigbuild" | "xwin" | "leptos" => CargoVerb::Build,
        "auditable" | "component" => {
            rest = rest.get(1..).unwrap_or(&[]);
            CargoVerb::Build
        }
        "install" | "binstall" => CargoVerb::Install,
        "run" | "r" | "watch" => CargoVerb::Run,
        "test" | "t" | "bench" | "nextest" | "llvm-cov" | "tarpaulin" => CargoVerb::Test,
        "check" | "c" | "clippy" | "doc" | "fmt" | "audit" | "deny" => CargoVerb::Inspect,
        "fetch" | "vendor" => CargoVerb::Fetch,
        "chef" => match rest.first()?.text()? {
            "cook" => CargoVerb::ChefCook,
            _ => CargoVerb::ChefPrepare,
        },
        "init" | "new" | "add" | "remove" | "update" | "generate-lockfile" | "generate" => CargoVerb::Manifest,
        "clean" => CargoVerb::Clean,
        "metadata" | "tree" | "search" | "version" | "help" | "pkgid" | "locate-project" => CargoVerb::Query,
        _ => return None,
    };
    let profile = match parsed.option(&["--profile"]) {
        Some(option) => option.value.and_then(|v| v.text()),
        None if parsed.has(&["--release", "-r"]) => Some("release"),
        None if verb == CargoVerb::Install && !parsed.has(&["--debug"]) => Some("release"),
        None => Some("dev"),
    };
    Some(Understood::Cargo(Cargo {
        verb,
        word,
        profile,
        target: parsed.value(&["--target"]),
        target_directory: parsed.value(&["--target-dir"]),
        manifest: parsed.value(&["--manifest-path"]),
        path: parsed.value(&["--path"]),
        root: parsed.value(&["--root"]),
        binaries: parsed.values(&["--bin"]).collect(),
        packages: parsed.values(&["-p", "--package"]).collect(),
        examples: parsed.values(&["--example"]).collect(),
        locked: parsed.has(&["--locked", "--frozen"]),
        crates: if verb == CargoVerb::Install { rest.to_vec() } else { Vec::new() },
    }))
}

fn empty(verb: CargoVerb, word: &Word) -> Cargo<'_> {
    Cargo {
        verb,
        word,
        profile: None,
        target: None,
        target_directory: None,
        manifest: None,
        path: None,
        root: None,
        binaries: Vec::new(),
        packages: Vec::new(),
        examples: Vec::new(),
        locked: false,
        crates: Vec::new(),
    }
}

impl Cargo<'_> {
    /// True if the command writes a program or a library meant to be kept.
    #[must_use]
    pub fn produces(&self) -> bool {
        matches!(self.verb, CargoVerb::Build | CargoVerb::Install)
    }

    /// True if fetching dependencies is all it does.
    #[must_use]
    pub fn fetches(&self) -> bool {
        matches!(self.verb, CargoVerb::Fetch | CargoVerb::ChefCook)
            || (self.verb == CargoVerb::Install && self.path.is_none())
    }
}
