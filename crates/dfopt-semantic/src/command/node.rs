//! npm, yarn, pnpm, bun and what runs through them.

use super::options::{Parsed, Spec, Style};
use super::tools;
use super::understood::{Development, Understood};
use super::view::Command;
use super::word::{Value, Word};

/// A package manager of JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeTool {
    /// npm, npx
    Npm,
    /// yarn, any version
    Yarn,
    /// pnpm, pnpx
    Pnpm,
    /// bun, bunx
    Bun,
}

/// What it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeVerb {
    /// Installs what the manifest asks for.
    Install,
    /// Installs exactly what the lock file says (`npm ci`).
    CleanInstall,
    /// Adds named packages to the project.
    Add,
    /// Installs named packages for the whole system.
    AddGlobal,
    /// Removes packages.
    Remove,
    /// Removes what production does not need.
    Prune,
    /// Runs a script of the manifest.
    Run,
    /// Runs a program of an installed or fetched package.
    Exec,
    /// Fetches into the store only (`pnpm fetch`).
    Fetch,
    /// Copies a workspace with its dependencies to a directory of its own (`pnpm deploy`).
    Deploy,
    /// Empties the cache.
    CacheClean,
    /// Changes settings.
    Configure,
    /// Builds native addons again.
    Rebuild,
    /// Looks something up.
    Query,
    /// `bun build`
    Bundle,
    /// Anything else.
    Other,
}

/// A command of a JavaScript package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// The manager.
    pub tool: NodeTool,
    /// What it does.
    pub verb: NodeVerb,
    /// The word of the verb, or of the program name when there is none (bare `yarn`).
    pub word: &'a Word,
    /// The script or program that is run.
    pub script: Option<&'a str>,
    /// Packages named.
    pub packages: Vec<&'a Word>,
    /// Whether development dependencies come along.
    pub development: Development,
    /// True with `--ignore-scripts`.
    pub ignores_scripts: bool,
    /// True if the lock file must match (`npm ci`, `--frozen-lockfile`, `--immutable`).
    pub locked: bool,
    /// The directory it works in, if it is told.
    pub directory: Option<Value<'a>>,
    /// `--outfile`, `--outdir` of `bun build`.
    pub output: Option<Value<'a>>,
    /// True if the command ends with the arguments of another program.
    pub open: bool,
}

static NODE: Spec = Spec {
    style: Style::Gnu,
    short: "CwF",
    attached: "",
    long: &[
        "loglevel",
        "registry",
        "prefix",
        "cache",
        "userconfig",
        "globalconfig",
        "tag",
        "workspace",
        "omit",
        "include",
        "location",
        "before",
        "cpu",
        "os",
        "libc",
        "access",
        "script-shell",
        "fetch-timeout",
        "fetch-retries",
        "cwd",
        "cache-folder",
        "modules-folder",
        "network-timeout",
        "network-concurrency",
        "mutex",
        "proxy",
        "filter",
        "dir",
        "store-dir",
        "cache-dir",
        "outfile",
        "outdir",
        "target",
        "only",
        "package",
        "maxsockets",
        "backend",
        "https-proxy",
        "virtual-store-dir",
    ],
};

/// The meaning of a command of a JavaScript package manager.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let name = command.name()?;
    let (tool, exec_only) = match name {
        "npm" => (NodeTool::Npm, false),
        "npx" => (NodeTool::Npm, true),
        "yarn" | "yarnpkg" => (NodeTool::Yarn, false),
        "pnpm" => (NodeTool::Pnpm, false),
        "pnpx" => (NodeTool::Pnpm, true),
        "bun" => (NodeTool::Bun, false),
        "bunx" => (NodeTool::Bun, true),
        "corepack" => return corepack(command),
        _ => return None,
    };
    let name_word = command.name_word()?;
    let mut node = Node {
        tool,
        verb: NodeVerb::Other,
        word: name_word,
        script: None,
        packages: Vec::new(),
        development: Development::None,
        ignores_scripts: false,
        locked: false,
        directory: None,
        output: None,
        open: false,
    };
    if exec_only {
        let spec = Spec { style: Style::GnuUntilOperand, short: "pc", ..NODE };
        let parsed = command.options(&spec);
        node.verb = NodeVerb::Exec;
        node.script = parsed.operand(0).map(without_version);
        node.packages = parsed.operands.get(1..).unwrap_or(&[]).to_vec();
        node.open = parsed.open;
        return Some(Understood::Node(node));
    }
    let parsed = command.options(&NODE);
    read(&mut node, &parsed);
    Some(Understood::Node(node))
}

/// `corepack yarn install` is `yarn install`; the rest prepares package managers.
fn corepack<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let word = command.args().first()?;
    matches!(word.text()?, "enable" | "disable" | "prepare" | "install" | "use" | "up" | "hydrate" | "pack").then(
        || {
            Understood::Node(Node {
                tool: NodeTool::Npm,
                verb: NodeVerb::Configure,
                word,
                script: None,
                packages: Vec::new(),
                development: Development::None,
                ignores_scripts: true,
                locked: false,
                directory: None,
                output: None,
                open: false,
            })
        },
    )
}

fn without_version(spec: &str) -> &str {
    match spec.get(1..).and_then(|rest| rest.find('@')) {
        Some(at) => spec.get(..=at).unwrap_or(spec),
        None => spec,
    }
}

fn read<'a>(node: &mut Node<'a>, parsed: &Parsed<'a>) {
    node.open = parsed.open;
    node.ignores_scripts = parsed.has(&["--ignore-scripts"]);
    node.locked = parsed.has(&["--frozen-lockfile", "--immutable", "--pure-lockfile", "--frozen"]);
    node.directory = parsed.value(&["--prefix", "-C", "--cwd", "--dir"]);
    node.output = parsed.value(&["--outfile", "--outdir"]);
    let global = parsed.has(&["-g", "--global"])
        || parsed.text(&["--location"]) == Some("global")
        || parsed.text(&["--global"]) == Some("true");
    let Some((first, mut rest)) = parsed.operands.split_first() else {
        // Bare `yarn` installs; the others print help.
        node.verb = match node.tool {
            _ if parsed.has(&["--version", "-v", "--help", "-h"]) => NodeVerb::Query,
            NodeTool::Yarn => NodeVerb::Install,
            _ => NodeVerb::Query,
        };
        node.development = development(node, parsed);
        return;
    };
    node.word = first;
    let mut verb = first.text().unwrap_or("");
    if node.tool == NodeTool::Yarn && matches!(verb, "workspace" | "global" | "workspaces") {
        let group = verb;
        let skip = usize::from(group == "workspace");
        let Some(second) = rest.get(skip) else { return };
        node.word = second;
        rest = rest.get(skip + 1..).unwrap_or(&[]);
        verb = second.text().unwrap_or("");
        if group == "global" {
            node.verb = match verb {
                "add" => NodeVerb::AddGlobal,
                "remove" => NodeVerb::Remove,
                _ => NodeVerb::Other,
            };
            node.packages = rest.to_vec();
            return;
        }
        if verb == "focus" {
            node.verb = NodeVerb::Install;
            node.development =
                if parsed.has(&["--production"]) { Development::Excluded } else { Development::Included };
            return;
        }
        if verb == "foreach" {
            let Some((third, others)) = rest.split_first() else {
                return;
            };
            node.word = third;
            verb = third.text().unwrap_or("");
            rest = others;
        }
    }
    node.verb = verb_of(node.tool, verb);
    match node.verb {
        NodeVerb::Install | NodeVerb::CleanInstall | NodeVerb::Add => {
            node.packages = rest.to_vec();
            if !rest.is_empty() && node.verb == NodeVerb::Install {
                node.verb = NodeVerb::Add;
            }
            if global && matches!(node.verb, NodeVerb::Add | NodeVerb::Install) {
                node.verb = NodeVerb::AddGlobal;
            }
            node.locked |= node.verb == NodeVerb::CleanInstall;
            node.development = development(node, parsed);
        }
        NodeVerb::Prune => node.development = Development::Excluded,
        NodeVerb::Deploy => {
            node.packages = rest.to_vec();
            node.development = development(node, parsed);
        }
        NodeVerb::Remove | NodeVerb::Bundle => node.packages = rest.to_vec(),
        NodeVerb::Run => {
            node.script = match verb {
                "start" | "test" | "t" | "tst" | "restart" | "stop" => Some(verb),
                _ if matches!(verb, "run" | "run-script" | "rum" | "urn") => rest.first().and_then(|w| w.text()),
                _ => Some(verb),
            };
        }
        NodeVerb::Exec => {
            node.script = rest.first().and_then(|w| w.text()).map(without_version);
            node.packages = rest.get(1..).unwrap_or(&[]).to_vec();
        }
        NodeVerb::CacheClean => {
            let clean = rest.first().is_some_and(|w| w.is_any(&["clean", "clear", "rm", "prune"]));
            if !clean {
                node.verb = NodeVerb::Other;
            }
        }
        _ => {}
    }
}

fn verb_of(tool: NodeTool, verb: &str) -> NodeVerb {
    match verb {
        "ci" | "clean-install" | "ic" | "install-clean" | "isntall-clean" if tool == NodeTool::Npm => {
            NodeVerb::CleanInstall
        }
        "install-ci-test" | "cit" | "install-test" | "it" if tool == NodeTool::Npm => NodeVerb::CleanInstall,
        "ci" if tool == NodeTool::Bun => NodeVerb::CleanInstall,
        "install" | "i" | "in" | "ins" | "inst" | "insta" | "instal" | "isnt" | "isnta" | "isntal" | "isntall" => {
            NodeVerb::Install
        }
        "add" | "a" => NodeVerb::Add,
        "upgrade" | "update" | "up" | "udpate" => NodeVerb::Add,
        "remove" | "rm" | "r" | "un" | "uninstall" | "unlink" => NodeVerb::Remove,
        "prune" | "autoclean" => NodeVerb::Prune,
        "dedupe" | "ddp" => NodeVerb::Add,
        "run" | "run-script" | "rum" | "urn" | "start" | "test" | "t" | "tst" | "restart" | "stop" => NodeVerb::Run,
        "exec" | "x" | "dlx" | "create" | "init" => NodeVerb::Exec,
        "fetch" => NodeVerb::Fetch,
        "deploy" if tool == NodeTool::Pnpm => NodeVerb::Deploy,
        "cache" => NodeVerb::CacheClean,
        "store" if tool == NodeTool::Pnpm => NodeVerb::CacheClean,
        "config" | "set" | "c" | "setup" | "env" | "plugin" | "policies" | "link" | "login" | "adduser" | "pm" => {
            NodeVerb::Configure
        }
        "rebuild" | "rb" => NodeVerb::Rebuild,
        "build" if tool == NodeTool::Bun => NodeVerb::Bundle,
        "ls" | "list" | "la" | "ll" | "view" | "info" | "show" | "v" | "outdated" | "audit" | "why" | "bin"
        | "root" | "help" | "ping" | "whoami" | "get" | "version" | "licenses" | "explain" | "search"
        | "licenses-list" => NodeVerb::Query,
        "" => NodeVerb::Other,
        // yarn and pnpm and bun run a script or a program by its bare name.
        _ if tool != NodeTool::Npm => NodeVerb::Run,
        _ => NodeVerb::Other,
    }
}

fn development(node: &Node<'_>, parsed: &Parsed<'_>) -> Development {
    if node.verb == NodeVerb::AddGlobal {
        return Development::None;
    }
    let on = |names: &[&str]| {
        parsed
            .option(names)
            .is_some_and(|o| !o.value.and_then(|v| v.text()).is_some_and(|v| matches!(v, "false" | "0")))
    };
    let omitted = parsed.values(&["--omit"]).any(|v| v.text().is_some_and(|t| t.split(',').any(|p| p.trim() == "dev")));
    let included =
        parsed.values(&["--include"]).any(|v| v.text().is_some_and(|t| t.split(',').any(|p| p.trim() == "dev")));
    let only = parsed.text(&["--only"]).is_some_and(|t| t.starts_with("prod"));
    if included || (parsed.has(&["--production", "--prod"]) && !on(&["--production", "--prod"])) {
        return Development::Included;
    }
    let short_prod = node.tool == NodeTool::Pnpm && parsed.has(&["-P"]);
    if omitted || only || short_prod || on(&["--production", "--prod", "--no-dev"]) || parsed.has(&["--no-dev"]) {
        return Development::Excluded;
    }
    Development::ByEnvironment("NODE_ENV")
}

impl Node<'_> {
    /// True if it installs what a manifest asks for.
    #[must_use]
    pub fn installs(&self) -> bool {
        matches!(self.verb, NodeVerb::Install | NodeVerb::CleanInstall | NodeVerb::Fetch)
    }

    /// True if it builds a site, a bundle or compiled scripts.
    #[must_use]
    pub fn produces(&self) -> bool {
        match self.verb {
            NodeVerb::Bundle | NodeVerb::Deploy => true,
            NodeVerb::Run => self.script.is_some_and(is_build_script),
            NodeVerb::Exec => self.script.is_some_and(|script| {
                let verb = self.packages.first().and_then(|w| w.text());
                tools::javascript_builder(script, verb)
            }),
            _ => false,
        }
    }

    /// True if it serves for development, tests or lints.
    #[must_use]
    pub fn needs_toolchain(&self) -> bool {
        match self.verb {
            NodeVerb::Run => self.script.is_some_and(is_development_script),
            NodeVerb::Exec => self.script.is_some_and(|script| {
                is_development_script(script)
                    || matches!(
                        script,
                        "nodemon"
                            | "ts-node"
                            | "ts-node-dev"
                            | "tsx"
                            | "jest"
                            | "vitest"
                            | "mocha"
                            | "eslint"
                            | "cypress"
                            | "playwright"
                    )
                    || (script == "vite" && !self.packages.iter().any(|w| w.is_any(&["build", "preview"])))
                    || self.packages.iter().any(|w| {
                        w.is_any(&["dev", "serve"])
                            && matches!(script, "next" | "nuxt" | "ng" | "vue-cli-service" | "astro")
                    })
            }),
            NodeVerb::Install | NodeVerb::CleanInstall | NodeVerb::Add | NodeVerb::Bundle => true,
            _ => false,
        }
    }
}

/// True for names of scripts that build: `build`, `build:prod`, `generate`, `export`, `compile`.
#[must_use]
pub fn is_build_script(name: &str) -> bool {
    let head = name.split([':', '-', '.']).next().unwrap_or(name);
    matches!(
        head,
        "build" | "generate" | "export" | "compile" | "bundle" | "dist" | "prod" | "production" | "webpack" | "tsc"
    ) || name.ends_with(":build")
        || name.ends_with("-build")
}

/// True for names of scripts that serve, test or lint the sources.
#[must_use]
pub fn is_development_script(name: &str) -> bool {
    name.split([':', '-', '.']).any(|part| {
        matches!(
            part,
            "dev"
                | "develop"
                | "development"
                | "watch"
                | "test"
                | "tests"
                | "lint"
                | "e2e"
                | "storybook"
                | "debug"
                | "hot"
                | "tst"
        )
    }) || name == "t"
}
