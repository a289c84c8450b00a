//! `pip` and `uv pip`; the project managers of Python are in the table of tools.

use super::options::{Spec, Style, parse};
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// What pip is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PipVerb {
    /// `install`, `uv pip sync`
    Install,
    /// `uninstall`
    Uninstall,
    /// `wheel`
    Wheel,
    /// `download`
    Download,
    /// `cache purge`
    CachePurge,
    /// `config`
    Configure,
    /// `list`, `freeze`, `show`, `check`
    Query,
}

/// A pip command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pip<'a> {
    /// What it does.
    pub verb: PipVerb,
    /// The word of the verb.
    pub word: &'a Word,
    /// The program as named: `pip3`, `python3`, `uv`.
    pub tool: &'a str,
    /// `-r`
    pub requirements: Vec<Value<'a>>,
    /// `-c`
    pub constraints: Vec<Value<'a>>,
    /// `-e`
    pub editable: Vec<Value<'a>>,
    /// Packages, archives, directories and addresses.
    pub packages: Vec<&'a Word>,
    /// `--no-cache-dir`, `--no-cache`
    pub no_cache: bool,
    /// `--user`
    pub user: bool,
    /// `--target`
    pub target: Option<Value<'a>>,
    /// `--prefix`, `--root`
    pub prefix: Option<Value<'a>>,
    /// `-w`, `-d`: where wheels or archives go
    pub directory: Option<Value<'a>>,
    /// `-f`
    pub find_links: Vec<Value<'a>>,
    /// `--no-index`
    pub no_index: bool,
    /// `--require-hashes`
    pub require_hashes: bool,
    /// True if some word is not static.
    pub open: bool,
}

static PIP: Spec = Spec {
    style: Style::Gnu,
    short: "bcCdefirtw",
    attached: "",
    long: &[
        "abi",
        "build",
        "cache-dir",
        "cert",
        "client-cert",
        "config-settings",
        "constraint",
        "dest",
        "editable",
        "exists-action",
        "extra-index-url",
        "find-links",
        "global-option",
        "group",
        "implementation",
        "index-url",
        "keyring-provider",
        "log",
        "no-binary",
        "only-binary",
        "platform",
        "prefix",
        "progress-bar",
        "proxy",
        "python",
        "python-version",
        "report",
        "requirement",
        "retries",
        "root",
        "root-user-action",
        "src",
        "target",
        "timeout",
        "trusted-host",
        "upgrade-strategy",
        "use-deprecated",
        "use-feature",
        "wheel-dir",
        "default-timeout",
        "override",
        "index",
        "default-index",
        "index-strategy",
        "link-mode",
        "resolution",
        "exclude-newer",
        "torch-backend",
        "build-constraint",
        "excludes",
    ],
};

/// Where the arguments of pip begin, if the command is pip in any spelling.
fn pip_arguments<'a>(command: &Command<'a>) -> Option<&'a [Word]> {
    let name = command.name()?;
    let args = command.args();
    if is_pip(name) {
        return Some(args);
    }
    if is_python(name) {
        let at = args.iter().position(|w| w.is_any(&["-m"]))?;
        // Only options of the interpreter may stand before `-m`.
        if args.get(..at)?.iter().any(|w| !w.static_prefix().starts_with('-')) {
            return None;
        }
        return match args.get(at + 1)?.text()? {
            "pip" => args.get(at + 2..),
            "uv" if args.get(at + 2)?.is_any(&["pip"]) => args.get(at + 3..),
            _ => None,
        };
    }
    if name == "uv" && args.first()?.is_any(&["pip"]) {
        return args.get(1..);
    }
    None
}

/// True for `pip`, `pip3`, `pip3.12`.
#[must_use]
pub fn is_pip(name: &str) -> bool {
    name.strip_prefix("pip").is_some_and(version_or_nothing)
}

/// True for `python`, `python3`, `python3.12`, `pypy3`.
#[must_use]
pub fn is_python(name: &str) -> bool {
    name.strip_prefix("python").or_else(|| name.strip_prefix("pypy")).is_some_and(version_or_nothing)
}

fn version_or_nothing(rest: &str) -> bool {
    rest.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// The meaning of a pip command.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let args = pip_arguments(command)?;
    let parsed = parse(args, &PIP);
    let tool = command.name()?;
    let Some((word, rest)) = parsed.operands.split_first() else {
        let word = args.first()?;
        return parsed
            .has(&["--version", "-V", "--help", "-h"])
            .then(|| Understood::Pip(empty(PipVerb::Query, word, tool)));
    };
    let verb = match word.text()? {
        "install" | "sync" | "i" => PipVerb::Install,
        "uninstall" => PipVerb::Uninstall,
        "wheel" => PipVerb::Wheel,
        "download" => PipVerb::Download,
        "cache" if rest.first().is_some_and(|w| w.is_any(&["purge", "remove"])) => PipVerb::CachePurge,
        "config" => PipVerb::Configure,
        "list" | "freeze" | "show" | "check" | "debug" | "index" | "hash" | "cache" | "help" | "inspect" | "tree"
        | "compile" => PipVerb::Query,
        _ => return None,
    };
    let mut pip = empty(verb, word, tool);
    pip.requirements = parsed.values(&["-r", "--requirement"]).collect();
    pip.constraints = parsed.values(&["-c", "--constraint", "--override"]).collect();
    pip.editable = parsed.values(&["-e", "--editable"]).collect();
    pip.packages = rest.to_vec();
    if word.is_any(&["sync"]) {
        pip.requirements = rest.iter().map(|w| Value::whole(w)).collect();
        pip.packages = Vec::new();
    }
    pip.no_cache = parsed.has(&["--no-cache-dir", "--no-cache"]) || (tool == "uv" && parsed.has(&["-n"]));
    pip.user = parsed.has(&["--user"]);
    pip.target = parsed.value(&["-t", "--target"]);
    pip.prefix = parsed.value(&["--prefix", "--root"]);
    pip.directory = parsed.value(&["-w", "--wheel-dir", "-d", "--dest"]);
    pip.find_links = parsed.values(&["-f", "--find-links"]).collect();
    pip.no_index = parsed.has(&["--no-index"]);
    pip.require_hashes = parsed.has(&["--require-hashes"]);
    pip.open = parsed.open;
    Some(Understood::Pip(pip))
}

fn empty<'a>(verb: PipVerb, word: &'a Word, tool: &'a str) -> Pip<'a> {
    Pip {
        verb,
        word,
        tool,
        requirements: Vec::new(),
        constraints: Vec::new(),
        editable: Vec::new(),
        packages: Vec::new(),
        no_cache: false,
        user: false,
        target: None,
        prefix: None,
        directory: None,
        find_links: Vec::new(),
        no_index: false,
        require_hashes: false,
        open: false,
    }
}

impl Pip<'_> {
    /// True if packages are installed.
    #[must_use]
    pub fn installs(&self) -> bool {
        self.verb == PipVerb::Install
    }

    /// True if sources of the project itself are built or linked: `pip install .`, `-e .`, `./lib`.
    #[must_use]
    pub fn uses_project_sources(&self) -> bool {
        !self.editable.is_empty()
            || self.packages.iter().any(|w| {
                let prefix = w.static_prefix();
                let path = prefix.split('[').next().unwrap_or("");
                path == "."
                    || path == ".."
                    || path.starts_with("./")
                    || path.starts_with("../")
                    || (path.starts_with('/') && !is_archive(path))
            })
    }

    /// True if development requirements are named: `requirements-dev.txt`, `.[dev]`.
    #[must_use]
    pub fn names_development(&self) -> bool {
        let file = |v: &Value<'_>| {
            v.text().is_some_and(|t| {
                let base = t.rsplit('/').next().unwrap_or(t).to_ascii_lowercase();
                let stem = base.split('.').next().unwrap_or("");
                let dir = t.rsplit('/').nth(1).unwrap_or("");
                let dev = |p: &str| {
                    matches!(p, "dev" | "develop" | "development" | "test" | "tests" | "testing" | "lint" | "local")
                };
                stem.split(['-', '_']).any(dev) || (dir == "requirements" && dev(stem))
            })
        };
        self.requirements.iter().any(file)
            || self
                .packages
                .iter()
                .filter_map(|w| w.text())
                .chain(self.editable.iter().filter_map(Value::text))
                .filter_map(|t| t.split_once('[').map(|(_, e)| e.trim_end_matches(']')))
                .any(|extras| {
                    extras.split(',').any(|e| matches!(e.trim(), "dev" | "test" | "tests" | "testing" | "lint"))
                })
    }
}

fn is_archive(path: &str) -> bool {
    [".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2"].iter().any(|end| path.ends_with(end))
}
