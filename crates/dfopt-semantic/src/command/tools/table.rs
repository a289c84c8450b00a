//! The table of tools, one file per family. A row says how a tool writes its options and what its verbs do.

mod beam;
mod jvm;
mod native;
mod python;
mod scripting;
mod web;

use super::super::options::{Spec, Style};
use super::Action;

/// A tool of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Tool {
    Ant,
    Autotools,
    Bundler,
    Cabal,
    Cmake,
    Clojure,
    Composer,
    Conda,
    Cpan,
    Crystal,
    Dart,
    Deno,
    Dotnet,
    Dune,
    Elixir,
    Flutter,
    Gem,
    Gleam,
    Gradle,
    Hugo,
    Jar,
    Javac,
    Jekyll,
    Jlink,
    JsBuild,
    Kotlinc,
    Leiningen,
    Luarocks,
    Maven,
    Meson,
    Mix,
    Mkdocs,
    NativeImage,
    Nim,
    Opam,
    Pdm,
    Pecl,
    PhpExtension,
    PhpScript,
    Pipenv,
    Pipx,
    Poetry,
    Protoc,
    PyInstaller,
    PythonBuild,
    PythonBytecode,
    PythonTest,
    PythonWeb,
    R,
    Rake,
    Rebar,
    Rustup,
    Sbt,
    Scons,
    SetupPy,
    Shards,
    Sphinx,
    Stack,
    Swift,
    Uv,
    Virtualenv,
    Zig,
}

/// Where the words that say what to do stand.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goals {
    /// The first operand, or the first two.
    Verb,
    /// Every operand; the strongest action counts.
    All,
    /// An option; an empty name is the rest.
    Options(&'static [(&'static str, Action)]),
    /// There is only one thing the tool does.
    Always(Action),
}

/// How development dependencies are left out or asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum DevelopmentRule {
    None,
    /// They come unless one of the options is given (`--name` or `--name=value`), or the variable says so.
    UnlessExcluded {
        excluded: &'static [&'static str],
        variable: Option<&'static str>,
    },
    IfIncluded(&'static [&'static str]),
}

/// A row of the table.
#[derive(Debug)]
pub(super) struct ToolSpec {
    pub(super) names: &'static [&'static str],
    pub(super) tool: Tool,
    pub(super) options: Spec,
    pub(super) goals: Goals,
    pub(super) verbs: &'static [(&'static str, Action)],
    /// What an unknown verb does.
    pub(super) other: Action,
    /// What no verb does.
    pub(super) bare: Action,
    pub(super) output: &'static [&'static str],
    pub(super) directory: &'static [&'static str],
    pub(super) development: DevelopmentRule,
}

const fn gnu(short: &'static str, attached: &'static str, long: &'static [&'static str]) -> Spec {
    Spec { style: Style::Gnu, short, attached, long }
}

const fn one_dash(long: &'static [&'static str]) -> Spec {
    Spec { style: Style::OneDash, short: "", attached: "", long }
}

const fn row(
    names: &'static [&'static str],
    tool: Tool,
    options: Spec,
    goals: Goals,
    verbs: &'static [(&'static str, Action)],
) -> ToolSpec {
    ToolSpec {
        names,
        tool,
        options,
        goals,
        verbs,
        other: Action::Other,
        bare: Action::Query,
        output: &[],
        directory: &[],
        development: DevelopmentRule::None,
    }
}

const fn always(names: &'static [&'static str], tool: Tool, options: Spec, action: Action) -> ToolSpec {
    row(names, tool, options, Goals::Always(action), &[])
}

/// Every row.
pub(super) fn all() -> impl Iterator<Item = &'static ToolSpec> {
    [beam::TOOLS, jvm::TOOLS, native::TOOLS, python::TOOLS, scripting::TOOLS, web::TOOLS].into_iter().flatten()
}

/// True if a program of a JavaScript package builds, given its first argument.
#[must_use]
pub fn javascript_builder(program: &str, verb: Option<&str>) -> bool {
    let Some(spec) = all().find(|s| s.tool == Tool::JsBuild && s.names.contains(&program)) else {
        return false;
    };
    match spec.goals {
        Goals::Always(action) => action == Action::Build,
        _ => verb.is_some_and(|verb| {
            spec.verbs.iter().any(|(v, action)| super::matches(v, verb) && *action == Action::Build)
        }),
    }
}
