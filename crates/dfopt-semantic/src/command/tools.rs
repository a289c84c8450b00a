//! Build and dependency tools that one table describes: which verb fetches, builds, installs, tests or starts, and which options name outputs.

mod table;

use super::options::{Parsed, Spec, Style, parse};
use super::python::is_python;
use super::understood::{Development, Understood};
use super::view::Command;
use super::word::{Value, Word};

use table::{DevelopmentRule, Goals, ToolSpec};
pub use table::{Tool, javascript_builder};

/// What a tool is asked to do, strongest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Looks something up.
    Query,
    /// Changes settings of the tool or the manifest.
    Configure,
    /// Removes products or caches.
    Clean,
    /// Fetches dependencies.
    Fetch,
    /// Installs dependencies, compiling those that need it.
    InstallDependencies,
    /// Runs some program that the project or a dependency brings.
    Run,
    /// Tests or checks the sources.
    Test,
    /// Starts the program from its sources, or serves them for development.
    Start,
    /// Makes the product.
    Build,
    /// Makes the product and puts it where it is used.
    Install,
    /// Not known.
    Other,
}

/// A run of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolRun<'a> {
    /// The tool.
    pub tool: Tool,
    /// The program as named.
    pub program: &'a str,
    /// What it does.
    pub action: Action,
    /// The verb, or the program name where there is none.
    pub word: &'a Word,
    /// The words after the verb that are not options; for tools with goals, all of them.
    pub operands: Vec<&'a Word>,
    /// Where the product goes.
    pub output: Option<Value<'a>>,
    /// The directory it works in.
    pub directory: Option<Value<'a>>,
    /// Whether development dependencies come along.
    pub development: Development,
    /// True if a switch keeps the cache from being filled.
    pub no_cache: bool,
    /// True if the command follows a lock file and fails where it does not fit.
    pub locked: bool,
    /// True if some word is not static.
    pub open: bool,
    arguments: &'a [Word],
}

/// The meaning of a run of a tool in the table.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let program = command.name()?;
    if is_python(program) {
        return python(command, program);
    }
    if matches!(program, "java") {
        return java(command, program);
    }
    let spec = table::all().find(|s| s.names.contains(&program))?;
    read(command.name_word()?, program, command.args(), spec).map(Understood::Tool)
}

fn read<'a>(name: &'a Word, program: &'a str, args: &'a [Word], spec: &ToolSpec) -> Option<ToolRun<'a>> {
    let parsed = parse(args, &spec.options);
    let (action, word, operands) = match spec.goals {
        Goals::Verb => first_verb(spec, name, &parsed),
        Goals::All => all_goals(spec, name, &parsed),
        Goals::Options(table) => by_options(table, name, &parsed),
        Goals::Always(action) => {
            let query = parsed.has(&["--version", "--help", "-version", "-h"]) && parsed.operands.is_empty();
            (if query { Action::Query } else { action }, name, parsed.operands.clone())
        }
    };
    let mut run = ToolRun {
        tool: spec.tool,
        program,
        action,
        word,
        operands,
        output: parsed.value(spec.output),
        directory: parsed.value(spec.directory),
        development: Development::None,
        no_cache: parsed.has(&["--no-cache", "--no-cache-dir"]),
        locked: parsed.has(&[
            "--locked",
            "--frozen",
            "--frozen-lockfile",
            "--deploy",
            "--deployment",
            "--offline",
            "--locked-mode",
        ]),
        open: parsed.open,
        arguments: args,
    };
    if matches!(action, Action::Fetch | Action::InstallDependencies | Action::Install | Action::Run) {
        run.development = development(&spec.development, &parsed);
    }
    Some(run)
}

fn development(rule: &DevelopmentRule, parsed: &Parsed<'_>) -> Development {
    match rule {
        DevelopmentRule::None => Development::None,
        DevelopmentRule::UnlessExcluded { excluded, variable } => {
            let named = excluded.iter().any(|given| match given.split_once('=') {
                Some((name, value)) => {
                    parsed.values(&[name]).any(|v| v.text().is_some_and(|t| t.split([',', ' ']).any(|p| p == value)))
                }
                None => parsed.has(&[given]),
            });
            match (named, variable) {
                (true, _) => Development::Excluded,
                (false, Some(variable)) => Development::ByEnvironment(variable),
                (false, None) => Development::Included,
            }
        }
        DevelopmentRule::IfIncluded(included) => {
            if parsed.has(included) {
                Development::Included
            } else {
                Development::Excluded
            }
        }
    }
}

fn first_verb<'a>(spec: &ToolSpec, name: &'a Word, parsed: &Parsed<'a>) -> (Action, &'a Word, Vec<&'a Word>) {
    let Some((first, rest)) = parsed.operands.split_first() else {
        let query = parsed.has(&["--version", "--help", "-v", "-V", "-h", "-version"]);
        return (if query { Action::Query } else { spec.bare }, name, Vec::new());
    };
    let Some(text) = first.text() else {
        return (Action::Other, first, rest.to_vec());
    };
    // Two-word verbs stand in the table with a blank.
    if let Some((second, others)) = rest.split_first()
        && let Some(next) = second.text()
    {
        let both = format!("{text} {next}");
        if let Some((_, action)) = spec.verbs.iter().find(|(verb, _)| *verb == both) {
            return (*action, second, others.to_vec());
        }
    }
    match spec.verbs.iter().find(|(verb, _)| matches(verb, text)) {
        Some((_, action)) => (*action, first, rest.to_vec()),
        None => (spec.other, first, parsed.operands.clone()),
    }
}

fn all_goals<'a>(spec: &ToolSpec, name: &'a Word, parsed: &Parsed<'a>) -> (Action, &'a Word, Vec<&'a Word>) {
    let mut strongest: Option<(Action, &'a Word)> = None;
    for word in &parsed.operands {
        let Some(text) = word.text() else { continue };
        let task = text.rsplit_once(':').map_or(text, |(module, task)| {
            // Maven goals keep their plugin; Gradle tasks lose their project path.
            if spec.tool == Tool::Gradle || module.is_empty() { task } else { text }
        });
        let action = spec.verbs.iter().find(|(verb, _)| matches(verb, task)).map_or(spec.other, |(_, action)| *action);
        if strongest.is_none_or(|(a, _)| action > a) {
            strongest = Some((action, word));
        }
    }
    match strongest {
        Some((action, word)) => (action, word, parsed.operands.clone()),
        None => {
            let query = parsed.has(&["--version", "--help", "-v", "-V", "-version"]);
            (if query { Action::Query } else { spec.bare }, name, Vec::new())
        }
    }
}

fn by_options<'a>(table: &[(&str, Action)], name: &'a Word, parsed: &Parsed<'a>) -> (Action, &'a Word, Vec<&'a Word>) {
    for (option, action) in table {
        if option.is_empty() {
            return (*action, name, parsed.operands.clone());
        }
        if let Some(found) = parsed.option(&[option]) {
            return (*action, found.word, parsed.operands.clone());
        }
    }
    (Action::Other, name, parsed.operands.clone())
}

/// True if `text` is the verb of the table, which may end with `*`.
fn matches(verb: &str, text: &str) -> bool {
    match verb.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => verb == text,
    }
}

/// `python -m tool …`, `python setup.py …`, `python manage.py …`.
fn python<'a>(command: &Command<'a>, program: &'a str) -> Option<Understood<'a>> {
    let args = command.args();
    let at = args.iter().position(|w| !w.static_prefix().starts_with('-') || w.is_any(&["-m", "-c"]))?;
    let first = args.get(at)?;
    let rest = args.get(at + 1..)?;
    if first.is_any(&["-m"]) {
        let module = rest.first()?;
        let name = module.text()?;
        let args = rest.get(1..)?;
        let name = match name {
            "venv" | "virtualenv" => "virtualenv",
            "PyInstaller" => "pyinstaller",
            "build" => "pyproject-build",
            "compileall" | "py_compile" => "python-compileall",
            "pytest" | "unittest" | "tox" | "nox" => "pytest",
            "flask" | "http.server" => "flask",
            other => other,
        };
        let spec = table::all().find(|s| s.names.contains(&name))?;
        return read(module, program, args, spec).map(Understood::Tool);
    }
    let script = first.text()?;
    let base = script.rsplit('/').next().unwrap_or(script);
    let name = match base {
        "setup.py" => "setup.py",
        "manage.py" => "manage.py",
        "waf" | "scons" | "b2" => "scons",
        "poetry" => "poetry",
        _ => return None,
    };
    let spec = table::all().find(|s| s.names.contains(&name))?;
    read(first, program, rest, spec).map(Understood::Tool)
}

/// `java -Djarmode=tools -jar app.jar extract` unpacks layers; everything else starts a program.
fn java<'a>(command: &Command<'a>, program: &'a str) -> Option<Understood<'a>> {
    let args = command.args();
    let name = command.name_word()?;
    let version = args.len() == 1 && args.first()?.is_any(&["-version", "--version", "-fullversion"]);
    let layers = args.iter().any(|w| w.static_prefix().starts_with("-Djarmode="));
    if !version && !layers {
        return None;
    }
    let extract = args.iter().any(|w| w.is_any(&["extract"]));
    Some(Understood::Tool(ToolRun {
        tool: Tool::Jar,
        program,
        action: if extract { Action::Build } else { Action::Query },
        word: name,
        operands: Vec::new(),
        output: parse(args, &Spec { style: Style::Gnu, short: "", attached: "", long: &["destination"] })
            .value(&["--destination"]),
        directory: None,
        development: Development::None,
        no_cache: false,
        locked: false,
        open: false,
        arguments: args,
    }))
}

impl<'a> ToolRun<'a> {
    /// All arguments of the command after the program or module name.
    #[must_use]
    pub fn arguments(&self) -> &'a [Word] {
        self.arguments
    }

    /// The static value of `name` in any of the spellings `name value`, `name=value`.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<Value<'a>> {
        let spec = table::all().find(|s| s.tool == self.tool)?;
        let parsed = parse(self.arguments, &spec.options);
        parsed.value(&[name])
    }

    /// True if it tells later installs to leave development dependencies out: `bundle config set without development`.
    #[must_use]
    pub fn turns_development_off(&self) -> bool {
        let names = |text: &str| {
            self.arguments.iter().filter_map(Word::text).any(|t| t.split([' ', ':', ',', '=']).any(|part| part == text))
        };
        self.tool == Tool::Bundler && self.action == Action::Configure && names("without") && names("development")
    }

    /// True if it makes a product.
    #[must_use]
    pub fn produces(&self) -> bool {
        matches!(self.action, Action::Build | Action::Install)
    }

    /// True if it starts, tests or serves from sources.
    #[must_use]
    pub fn needs_toolchain(&self) -> bool {
        matches!(
            self.action,
            Action::Start
                | Action::Test
                | Action::Build
                | Action::Install
                | Action::Fetch
                | Action::InstallDependencies
        )
    }

    /// True if it fetches or installs the dependencies of a manifest.
    #[must_use]
    pub fn fetches(&self) -> bool {
        matches!(self.action, Action::Fetch | Action::InstallDependencies)
    }
}
