//! The `go` command.

use super::options::{Spec, Style};
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// What a `go` command is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GoVerb {
    /// `go build`
    Build,
    /// `go install`
    Install,
    /// `go run`
    Run,
    /// `go test`
    Test,
    /// `go get`
    Get,
    /// `go generate`: runs any program
    Generate,
    /// `go mod download`
    ModDownload,
    /// `go mod tidy`
    ModTidy,
    /// `go mod vendor`
    ModVendor,
    /// `go mod init`, `edit`, `verify`, `graph`, `why`; `go work …`
    ModOther,
    /// `go env -w`
    EnvWrite,
    /// `go clean`
    Clean,
    /// `go vet`, `go list`, `go fmt`, `go doc`
    Inspect,
    /// `go version`, `go env`
    Query,
    /// `go tool …`
    Tool,
}

/// A `go` command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Go<'a> {
    /// What it does.
    pub verb: GoVerb,
    /// The word of the verb.
    pub word: &'a Word,
    /// `-o`
    pub output: Option<Value<'a>>,
    /// `-C`
    pub directory: Option<Value<'a>>,
    /// `-buildmode`
    pub buildmode: Option<&'a str>,
    /// `-ldflags`
    pub ldflags: Option<Value<'a>>,
    /// `-tags`
    pub tags: Option<Value<'a>>,
    /// `-mod`
    pub module_mode: Option<&'a str>,
    /// `-modfile`
    pub module_file: Option<Value<'a>>,
    /// `-race`, `-msan`, `-asan`
    pub sanitizer: bool,
    /// `go clean`: which caches go
    pub cleans: GoCaches,
    /// The packages, modules or files; none means the directory itself.
    pub packages: Vec<&'a Word>,
    /// True if some word is not static, so that flags may hide in it.
    pub open: bool,
}

/// The caches that `go clean` empties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct GoCaches {
    /// `-cache`
    pub build: bool,
    /// `-modcache`
    pub modules: bool,
}

static GO: Spec = Spec {
    style: Style::OneDash,
    short: "CopS",
    attached: "",
    long: &[
        "tags",
        "ldflags",
        "gcflags",
        "asmflags",
        "mod",
        "modfile",
        "exec",
        "overlay",
        "toolexec",
        "buildmode",
        "compiler",
        "gccgoflags",
        "installsuffix",
        "pkgdir",
        "pgo",
        "coverpkg",
        "covermode",
        "coverprofile",
        "run",
        "bench",
        "count",
        "timeout",
        "parallel",
        "cpu",
        "outputdir",
        "vet",
        "reuse",
        "f",
    ],
};

static GO_RUN: Spec = Spec { style: Style::OneDashUntilOperand, ..GO };

/// The meaning of a command of `go`, or of a cross-compiling wrapper that takes the same arguments.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    if !matches!(command.name()?, "go" | "xx-go" | "garble" | "tinygo") {
        return None;
    }
    let mut args = command.args();
    // `go -C dir build` is not accepted by go itself, but `garble -literals build` is.
    while args.first().is_some_and(|w| w.static_prefix().starts_with('-')) {
        args = args.get(1..)?;
    }
    let mut word = args.first()?;
    args = args.get(1..)?;
    let mut verb = match word.text()? {
        "build" => GoVerb::Build,
        "install" => GoVerb::Install,
        "run" => GoVerb::Run,
        "test" => GoVerb::Test,
        "get" => GoVerb::Get,
        "generate" => GoVerb::Generate,
        "mod" | "work" => {
            let group = word.text()?;
            word = args.first()?;
            args = args.get(1..)?;
            match (group, word.text()?) {
                ("mod", "download") => GoVerb::ModDownload,
                ("mod", "tidy") => GoVerb::ModTidy,
                (_, "vendor") => GoVerb::ModVendor,
                _ => GoVerb::ModOther,
            }
        }
        "env" => GoVerb::Query,
        "version" | "help" => GoVerb::Query,
        "clean" => GoVerb::Clean,
        "vet" | "list" | "fmt" | "doc" | "fix" => GoVerb::Inspect,
        "tool" => GoVerb::Tool,
        _ => return None,
    };
    let spec = if verb == GoVerb::Run { &GO_RUN } else { &GO };
    let parsed = super::options::parse(args, spec);
    if word.is_any(&["env"]) && parsed.has(&["-w", "-u", "--w", "--u"]) {
        verb = GoVerb::EnvWrite;
    }
    let has = |name: &str| parsed.options.iter().any(|o| o.name.trim_start_matches('-') == name);
    let value =
        |name: &str| parsed.options.iter().rev().find(|o| o.name.trim_start_matches('-') == name).and_then(|o| o.value);
    Some(Understood::Go(Go {
        verb,
        word,
        output: value("o"),
        directory: value("C"),
        buildmode: value("buildmode").and_then(|v| v.text()),
        ldflags: value("ldflags"),
        tags: value("tags"),
        module_mode: value("mod").and_then(|v| v.text()),
        module_file: value("modfile"),
        sanitizer: has("race") || has("msan") || has("asan"),
        cleans: GoCaches { build: has("cache"), modules: has("modcache") },
        packages: parsed.operands,
        open: parsed.open,
    }))
}

impl Go<'_> {
    /// True if the command writes a program or a library.
    #[must_use]
    pub fn produces(&self) -> bool {
        matches!(self.verb, GoVerb::Build | GoVerb::Install)
    }

    /// True if the command fetches modules that a manifest names; a build does so where nothing did before.
    #[must_use]
    pub fn fetches(&self) -> bool {
        match self.verb {
            GoVerb::ModDownload | GoVerb::ModVendor | GoVerb::ModTidy | GoVerb::Get => true,
            GoVerb::Install | GoVerb::Run => self.packages.iter().any(|w| w.static_prefix().contains('@')),
            _ => false,
        }
    }
}
