//! `unlocked-install`

use dfopt_semantic::command::go::GoVerb;
use dfopt_semantic::command::node::{Node, NodeTool, NodeVerb};
use dfopt_semantic::command::rust::CargoVerb;
use dfopt_semantic::command::tools::{Tool, ToolRun};
use dfopt_semantic::command::{Command, Understood, Word};
use dfopt_semantic::model::{Brought, Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::runs::visit;
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// An installation may go beyond the lock file that is there.
    ///
    /// ## Why
    ///
    /// The lock file says which versions belong together. A command that may change it installs others as soon as manifest and lock differ, and
    /// what was tested is not what is in the image.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24
    /// COPY package.json package-lock.json .
    /// RUN npm install
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// COPY package.json package-lock.json .
    /// RUN npm ci
    /// ```
    ///
    /// ## Fix safety
    ///
    /// `npm ci` deletes `node_modules` first, and fails where manifest and lock differ.
    "unlocked-install" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["S7023", "DF031", "tally/ruby/missing-bundle-deployment"],
        since: "0.1.0",
        check: check,
    }
}

/// What is wrong with a command, and how bad it is.
struct Unlocked {
    help: &'static str,
    severity: Severity,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        let mut locks: Vec<String> = Vec::new();
        for step in model.layers(stage) {
            match &step.ast {
                Instruction::Copy(_) | Instruction::Add(_) => locks.extend(copied_locks(model, step)),
                Instruction::Run(_) if step.stage == Some(stage.index) && !model.has_error(step) => {
                    run(ctx, step, &locks);
                }
                _ => {}
            }
        }
    }
}

const LOCKS: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "composer.lock",
    "Gemfile.lock",
    "poetry.lock",
    "Pipfile.lock",
    "uv.lock",
    "Cargo.lock",
    "go.sum",
    "mix.lock",
    "packages.lock.json",
];

/// The lock files that an instruction brings, as far as the file or the context says.
fn copied_locks(model: &Model<'_>, step: &Step) -> Vec<String> {
    let mut found = Vec::new();
    for source in model.context_sources(step) {
        let name = source.path.rsplit('/').next().unwrap_or_default();
        if LOCKS.contains(&name) {
            found.push(name.to_owned());
        } else if let (Some(context), Brought::Directory) = (model.context(), source.kind) {
            let root = if source.path == "." { String::new() } else { format!("{}/", source.path) };
            found.extend(
                LOCKS
                    .iter()
                    .filter(|lock| context.entry(&format!("{root}{lock}")).is_some())
                    .map(|lock| (*lock).to_owned()),
            );
        } else if let (Some(context), true) = (model.context(), name.contains('*')) {
            let (start, end) = name.split_once('*').unwrap_or((name, ""));
            let fits = LOCKS.iter().filter(|lock| lock.starts_with(start) && lock.ends_with(end));
            found.extend(fits.filter(|lock| context.entry(lock).is_some()).map(|lock| (*lock).to_owned()));
        }
    }
    found
}

fn run(ctx: &mut Context<'_>, step: &Step, locks: &[String]) {
    let model = ctx.model();
    let has = |names: &[&str]| locks.iter().any(|lock| names.contains(&lock.as_str()));
    visit(model, step, &mut |command, understood, at| {
        let Some(name) = command.name_word() else { return };
        let set = |variable: &str| {
            at.state.for_command(command).lookup(variable).is_some_and(|value| !matches!(&*value, "" | "0" | "false"))
        };
        let (word, unlocked) = match understood {
            Understood::Node(node) => match of_node(node, &has, &set) {
                Some(found) => (node.word, found),
                None => return,
            },
            Understood::Cargo(cargo) => {
                let builds = matches!(cargo.verb, CargoVerb::Build)
                    || (cargo.verb == CargoVerb::Install && cargo.path.is_some());
                if !builds || cargo.locked || !has(&["Cargo.lock"]) {
                    return;
                }
                (cargo.word, Unlocked { help: "add `--locked`", severity: Severity::Info })
            }
            Understood::Go(go) if go.verb == GoVerb::Get && has(&["go.sum"]) => {
                if !command.args().iter().any(|word| word.is_any(&["-u", "-u=patch"])) {
                    return;
                }
                (
                    go.word,
                    Unlocked {
                        help: "update `go.mod` before the build, and use `go mod download` here",
                        severity: Severity::Warning,
                    },
                )
            }
            Understood::Tool(run) => match of_tool(run, command, &has, &set) {
                Some(found) => (run.word, found),
                None => return,
            },
            _ => return,
        };
        if is_configured(model, step) && matches!(understood, Understood::Tool(_)) {
            return;
        }
        let verb = word.place();
        let place = name.place().cover(verb);
        let fix = npm_ci(model, command, understood, verb);
        let report =
            ctx.report(place, "this may install other versions than the lock file says").severity(unlocked.severity);
        match fix {
            Some(place) => report.fix("Use `npm ci`", |fix| fix.replace(place, "ci")),
            None => report.help(unlocked.help),
        };
    });
}

fn of_node(node: &Node<'_>, has: &dyn Fn(&[&str]) -> bool, set: &dyn Fn(&str) -> bool) -> Option<Unlocked> {
    if node.verb != NodeVerb::Install || node.locked || !node.packages.is_empty() {
        return None;
    }
    let info = |help| Some(Unlocked { help, severity: Severity::Info });
    match node.tool {
        NodeTool::Npm if has(&["package-lock.json", "npm-shrinkwrap.json"]) => info("use `npm ci`"),
        // Berry follows the lock file where `CI` is set.
        NodeTool::Yarn if has(&["yarn.lock"]) && !set("CI") && !set("YARN_ENABLE_IMMUTABLE_INSTALLS") => {
            info("add `--frozen-lockfile`, or `--immutable` with a later version than 1")
        }
        NodeTool::Bun if has(&["bun.lock", "bun.lockb"]) => info("add `--frozen-lockfile`"),
        _ => None,
    }
}

fn of_tool(
    run: &ToolRun<'_>,
    command: &Command<'_>,
    has: &dyn Fn(&[&str]) -> bool,
    set: &dyn Fn(&str) -> bool,
) -> Option<Unlocked> {
    let is = |verbs: &[&str]| run.word.is_any(verbs);
    let option = |names: &[&str]| command.args().iter().any(|word| word.is_any(names));
    let warn = |help| Some(Unlocked { help, severity: Severity::Warning });
    let info = |help| Some(Unlocked { help, severity: Severity::Info });
    match run.tool {
        Tool::Composer if is(&["update", "upgrade", "u"]) && has(&["composer.lock"]) => warn("use `composer install`"),
        Tool::Bundler if is(&["update"]) && has(&["Gemfile.lock"]) => warn("use `bundle install`"),
        Tool::Bundler if is(&["install"]) && has(&["Gemfile.lock"]) => {
            let is_locked =
                run.locked || set("BUNDLE_DEPLOYMENT") || set("BUNDLE_FROZEN") || option(&["--deployment", "--frozen"]);
            if is_locked { None } else { info("set `BUNDLE_DEPLOYMENT=1`") }
        }
        Tool::Poetry if is(&["update", "lock"]) && has(&["poetry.lock"]) => warn("use `poetry install`"),
        Tool::Pipenv if is(&["install"]) && has(&["Pipfile.lock"]) && run.operands.is_empty() => {
            let is_locked = run.locked || option(&["--deploy", "--ignore-pipfile"]);
            if is_locked { None } else { info("add `--deploy`, or use `pipenv sync`") }
        }
        Tool::Uv if is(&["sync"]) && has(&["uv.lock"]) => {
            let is_locked = run.locked || option(&["--locked", "--frozen"]) || set("UV_FROZEN") || set("UV_LOCKED");
            if is_locked { None } else { info("add `--locked`") }
        }
        Tool::Mix if is(&["deps.update"]) && has(&["mix.lock"]) => warn("use `mix deps.get`"),
        Tool::Dotnet if is(&["restore"]) && has(&["packages.lock.json"]) => {
            if option(&["--locked-mode"]) {
                None
            } else {
                info("add `--locked-mode`")
            }
        }
        _ => None,
    }
}

/// Whether bundler is told by its own settings before.
fn is_configured(model: &Model<'_>, step: &Step) -> bool {
    let Some(stage) = model.stage_of(step) else { return true };
    let layers = model.layers(stage);
    let mut before = layers.iter().filter(|other| other.index <= step.index);
    before.any(|other| {
        let text = model.text_at(other.range());
        let names = ["deployment", "frozen"];
        text.contains("bundle config") && names.iter().any(|name| text.contains(name))
    })
}

/// The verb of `npm install` where `npm ci` takes all its options.
fn npm_ci(model: &Model<'_>, command: &Command<'_>, understood: &Understood<'_>, verb: TextRange) -> Option<TextRange> {
    let Understood::Node(node) = understood else { return None };
    const SHARED: &[&str] = &[
        "--omit=dev",
        "--omit",
        "dev",
        "--production",
        "--only=production",
        "--only=prod",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
        "-s",
        "--quiet",
        "-q",
        "--verbose",
        "--legacy-peer-deps",
        "--no-optional",
        "--no-update-notifier",
        "--no-progress",
        "--include=dev",
    ];
    let is_shared = |word: &&Word| {
        word.text().is_some_and(|text| {
            SHARED.contains(&text) || text.starts_with("--loglevel=") || text.starts_with("--registry=")
        })
    };
    let is_plain = command.args().iter().filter(|word| word.range != node.word.range).all(|word| is_shared(&word));
    let is_verb = matches!(model.text_at(verb), "install" | "i");
    (node.tool == NodeTool::Npm && is_plain && is_verb).then_some(verb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn commands_that_may_change_the_lock() {
        check(
            &RULE,
            "
FROM node
COPY package.json package-lock.json yarn.lock Gemfile.lock Cargo.lock uv.lock composer.lock .
RUN npm i --omit=dev && npm install -g a && yarn && bundle install
    ^^^^^ this may install other versions than the lock file says [fix]
                                            ^^^^ this may install other versions than the lock file says
                                                    ^^^^^^^^^^^^^^ this may install other versions than the lock file says
RUN cargo build --release && uv sync && composer update
    ^^^^^^^^^^^ this may install other versions than the lock file says
                             ^^^^^^^ this may install other versions than the lock file says
                                        ^^^^^^^^^^^^^^^ this may install other versions than the lock file says
",
        );
    }

    #[test]
    fn locked_or_without_lock() {
        check_ok(
            &RULE,
            "
FROM node
COPY package.json .
RUN npm install && yarn install && cargo build
COPY package-lock.json yarn.lock Gemfile.lock Cargo.lock uv.lock .
RUN npm ci && yarn --frozen-lockfile && yarn install --immutable && npm install express
RUN bundle config set deployment true && bundle install && cargo build --locked && uv sync --frozen
ENV CI=true
RUN yarn install
",
        );
    }

    #[test]
    fn ci_takes_its_place() {
        check_fix(
            &RULE,
            "FROM node\nCOPY package.json package-lock.json .\nRUN npm install --omit=dev\n",
            "FROM node\nCOPY package.json package-lock.json .\nRUN npm ci --omit=dev\n",
        );
    }
}
