//! What the build commands of a stage make, where it ends up, and whether it is what a container starts.

use std::ops::Range;

use dfopt_syntax::ast::Instruction;

use super::{Model, RunCommand, Stage, Step};
use crate::command::ecosystems::{self, Ecosystem};
use crate::command::files::FileAction;
use crate::command::{Command, Understood, Value, Word, understand};
use crate::effects::artifacts::{ProjectFiles, artifacts_of};
use crate::effects::{Meant, PathPattern, State, normalize};

/// What a build command makes.
#[derive(Clone, Debug)]
pub struct Product {
    /// The instruction that makes it.
    pub step: usize,
    /// The command that makes it, as a place in the file: the name and the verb.
    pub command: Range<u32>,
    /// The language of the tool, where it has one.
    pub ecosystem: Option<Ecosystem>,
    /// The directory that the command ran in.
    pub directory: Option<String>,
    /// Where it may be, copies made later included; empty when that cannot be told.
    pub paths: Vec<PathPattern>,
}

impl Product {
    /// Whether a file may be a part of it.
    #[must_use]
    pub fn may_be(&self, path: &str) -> bool {
        let path = PathPattern::literal(path);
        self.paths.iter().any(|place| !place.is_any() && place.overlaps(&path))
    }

    /// Whether it is not known where it is put.
    #[must_use]
    pub fn is_unplaced(&self) -> bool {
        self.paths.iter().all(PathPattern::is_any)
    }
}

/// How a container uses a product.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// It is the program.
    Started,
    /// An interpreter or a virtual machine runs it.
    Interpreted,
    /// A server hands its files out.
    Served,
}

/// Files of the build context by their path in the image.
struct InImage<'m, 'a> {
    model: &'m Model<'a>,
    stage: &'m Stage,
}

impl ProjectFiles for InImage<'_, '_> {
    fn text(&self, path: &str) -> Option<String> {
        self.model.copied_script(self.stage, path)
    }
}

/// Directories of programs that are on `PATH` in most images.
const PROGRAMS: &[&str] = &[
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    "/go/bin",
    "/root/go/bin",
    "/usr/local/cargo/bin",
    "/root/.cargo/bin",
    "/root/.local/bin",
];

impl Model<'_> {
    /// What the build commands of a stage and of those below it make, in order.
    #[must_use]
    pub fn products(&self, stage: &Stage) -> &[Product] {
        self.facts.products.get(stage.index, || self.find_products(stage))
    }

    fn find_products(&self, stage: &Stage) -> Vec<Product> {
        let mut stages: Vec<&Stage> = self.chain(stage).take(self.stages().len()).collect();
        stages.reverse();
        let files = InImage { model: self, stage };
        let mut products: Vec<Product> = Vec::new();
        for step in stages.into_iter().flat_map(|stage| self.stage_steps(stage)) {
            if matches!(step.ast, Instruction::Run(_)) {
                self.products_of(step, &files, &mut products);
            }
        }
        products
    }

    fn products_of(&self, step: &Step, files: &InImage<'_, '_>, products: &mut Vec<Product>) {
        let first = products.len();
        self.walk(step, &mut |at| {
            let Some(Meant { command, understood }) = at.meant else { return };
            let state = at.state.for_command(command);
            if understood.produces() {
                let command = verb_range(command, understood);
                let ecosystem = ecosystems::of(understood);
                let directory = state.directory().map(str::to_owned);
                products.push(Product { step: step.index, command, ecosystem, directory, paths: Vec::new() });
            }
        });
        let Some(artifacts) = self.with_script(step, |script, env| artifacts_of(script, env, files)) else { return };
        for artifact in artifacts.found {
            let own = products.iter_mut().skip(first).rev();
            let made = own
                .filter(|product| product.command.start <= artifact.word.start)
                .max_by_key(|product| product.command.start);
            if let Some(product) = made {
                product.paths.push(artifact.path);
            }
        }
        self.walk(step, &mut |at| {
            let Some(Meant { command, understood }) = at.meant else { return };
            if let Understood::File(op) = understood
                && matches!(op.action, FileAction::Copy | FileAction::Move | FileAction::Link)
            {
                let state = at.state.for_command(command);
                for source in &op.sources {
                    carry(products, &state, source, &op.targets);
                }
            }
        });
    }

    /// Which product a container starts, and how; the last one that fits.
    #[must_use]
    pub fn started_product<'p>(
        &self,
        stage: &Stage,
        run: &RunCommand,
        products: &'p [Product],
    ) -> Option<(&'p Product, Use)> {
        run.invocations.iter().rev().find_map(|invocation| {
            let command = Command::of(invocation)?;
            let name = command.name()?;
            let how = how_used(name, command.args());
            match how {
                Use::Started => {
                    let path = self.resolved(stage, command.name_word()?)?;
                    products.iter().rev().find(|product| self.is_started(stage, run, product, &path, name))
                }
                Use::Interpreted | Use::Served => {
                    let words: Vec<String> =
                        command.args().iter().filter_map(|word| self.resolved(stage, word)).collect();
                    let is_site = |product: &&Product| {
                        how != Use::Served
                            || matches!(
                                product.ecosystem,
                                Some(Ecosystem::Node | Ecosystem::SiteGenerator | Ecosystem::Dart)
                            )
                    };
                    products.iter().rev().filter(is_site).find(|product| {
                        words.iter().any(|word| self.is_argument(run, product, name, word))
                            || (how == Use::Served && words.is_empty() && product.directory.is_some())
                    })
                }
            }
            .map(|product| (product, how))
        })
    }

    fn is_started(&self, stage: &Stage, run: &RunCommand, product: &Product, path: &str, name: &str) -> bool {
        if path.contains('/') {
            let Some(path) = run.path(path) else { return false };
            let is_system =
                ["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/"].iter().any(|system| path.starts_with(system));
            let may_be = product.may_be(&path);
            return may_be
                || (product.is_unplaced()
                    && !is_system
                    && !self.is_copied_to(stage, &path)
                    && !looks_like_script(&path));
        }
        let own = self.path_directories(stage);
        let places = PROGRAMS.iter().copied().chain(own.iter().map(String::as_str));
        let found = places.into_iter().any(|place| product.may_be(&normalize(name, place)));
        found || (product.is_unplaced() && !is_known_program(name) && !looks_like_script(name))
    }

    fn is_argument(&self, run: &RunCommand, product: &Product, program: &str, word: &str) -> bool {
        if word.starts_with('-') {
            return false;
        }
        let is_java = matches!(product.ecosystem, Some(Ecosystem::Java | Ecosystem::Scala | Ecosystem::Clojure));
        if program == "java" && is_java && (word.ends_with(".jar") || word.ends_with(".war")) {
            return true;
        }
        if program == "dotnet" && product.ecosystem == Some(Ecosystem::DotNet) && word.ends_with(".dll") {
            return true;
        }
        run.path(word).is_some_and(|path| product.may_be(&path))
    }

    /// A word of the run command with the variables of the image put in.
    fn resolved(&self, stage: &Stage, word: &Word) -> Option<String> {
        use crate::expand::{Environment, Lookup};
        let scope = self.scope_after(stage);
        word.resolve(&|name: &str| match scope.lookup(name) {
            Lookup::Set(value) => Some(value.into_owned()),
            _ => None,
        })
    }

    /// Directories that the file adds to `PATH`.
    fn path_directories(&self, stage: &Stage) -> Vec<String> {
        let steps = self.chain(stage).flat_map(|stage| self.stage_steps(stage));
        let pairs = steps.filter(|step| matches!(step.ast, Instruction::Env(_))).flat_map(|step| step.ast.pairs());
        let values =
            pairs.filter(|pair| pair.name().is_some_and(|name| name.raw() == "PATH")).filter_map(|pair| pair.value());
        values
            .flat_map(|value| value.raw().trim_matches('"').split(':').map(str::to_owned).collect::<Vec<_>>())
            .filter(|directory| directory.starts_with('/'))
            .collect()
    }

    /// Whether COPY or ADD names `path` itself as its destination.
    #[must_use]
    pub fn is_copied_to(&self, stage: &Stage, path: &str) -> bool {
        let steps = self.chain(stage).flat_map(|stage| self.stage_steps(stage));
        steps.filter_map(|step| Some((step, step.copied(self)?))).any(|(step, copied)| {
            let Some(destination) =
                copied.destination.as_ref().and_then(|destination| destination.text.known().map(str::to_owned))
            else {
                return false;
            };
            let whole = normalize(&destination, step.workdir.known().unwrap_or("/"));
            let into = copied.sources.iter().filter_map(|source| source.text.known()).any(|source| {
                let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
                normalize(name, &whole) == path
            });
            whole == path || into
        })
    }
}

/// The places of a product that a copy brings elsewhere.
fn carry(products: &mut [Product], state: &State<'_>, source: &Word, targets: &[Value<'_>]) {
    let from = state.pattern(Value::whole(source));
    if from.is_any() {
        return;
    }
    let name = source.static_prefix();
    let name = name.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    for product in products.iter_mut() {
        let whole = from.clone().with_everything_below();
        if !product.paths.iter().any(|path| !path.is_any() && (path.overlaps(&from) || path.overlaps(&whole))) {
            continue;
        }
        for target in targets.iter().map(|target| state.pattern(*target)).filter(|target| !target.is_any()) {
            let inside = target.directory().map(|directory| PathPattern::literal(&normalize(&name, &directory)));
            product.paths.push(target.clone());
            product.paths.extend(inside.filter(|_| !name.is_empty()));
            // A tree keeps its shape; a file with an unknown name may have any.
            if source.value.is_none() || product.paths.iter().any(PathPattern::is_tree) {
                product.paths.push(target.with_everything_below());
            }
        }
    }
}

/// The name of a command and its verb.
fn verb_range(command: &Command<'_>, understood: &Understood<'_>) -> Range<u32> {
    let whole = command.range();
    let verb = match understood {
        Understood::Go(go) => Some(go.word),
        Understood::Cargo(cargo) => Some(cargo.word),
        Understood::Node(node) => {
            node.script.and_then(|script| command.args().iter().find(|word| word.is_any(&[script]))).or(Some(node.word))
        }
        Understood::Tool(run) => Some(run.word),
        _ => None,
    };
    let name_end = command.name_word().map_or(whole.start, |word| word.range.end);
    let end = verb.map_or(name_end, |word| word.range.end);
    whole.start..if end > whole.start { end.max(name_end) } else { name_end }
}

fn how_used(name: &str, args: &[Word]) -> Use {
    let interprets = matches!(
        name,
        "java"
            | "dotnet"
            | "node"
            | "nodejs"
            | "bun"
            | "deno"
            | "erl"
            | "elixir"
            | "mono"
            | "php"
            | "ruby"
            | "pm2"
            | "pm2-runtime"
    );
    let serves = matches!(
        name,
        "serve"
            | "http-server"
            | "nginx"
            | "caddy"
            | "httpd"
            | "static-web-server"
            | "http-server-spa"
            | "lite-server"
            | "apache2-foreground"
    );
    let is_module = |module: &str| args.windows(2).any(|pair| pair[0].is_any(&["-m"]) && pair[1].is_any(&[module]));
    let runs = |program: &str| {
        matches!(name, "npx" | "bunx" | "pnpx" | "yarn") && args.iter().any(|word| word.is_any(&[program]))
    };
    if serves || is_module("http.server") || runs("serve") || runs("http-server") {
        Use::Served
    } else if interprets {
        Use::Interpreted
    } else {
        Use::Started
    }
}

fn looks_like_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.contains("entrypoint")
        || [".sh", ".bash", ".py", ".js", ".rb", ".pl", ".php"].iter().any(|ending| name.ends_with(ending))
}

/// Programs that no project makes.
fn is_known_program(name: &str) -> bool {
    let invocation = crate::command::Invocation::simple(vec![Word::literal(name, 0)], crate::command::Connector::Start);
    let is_understood = Command::of(&invocation).is_some_and(|command| understand(&command) != Understood::Unknown);
    is_understood
        || matches!(
            name,
            "python"
                | "python3"
                | "perl"
                | "ruby"
                | "php"
                | "java"
                | "node"
                | "sh"
                | "bash"
                | "supervisord"
                | "gunicorn"
                | "uvicorn"
                | "celery"
                | "cron"
                | "crond"
                | "nginx"
                | "apache2"
                | "apachectl"
                | "httpd"
                | "sshd"
                | "/usr/sbin/sshd"
                | "php-fpm"
                | "catalina.sh"
                | "jupyter"
                | "R"
                | "puma"
                | "unicorn"
                | "rails"
                | "rake"
                | "uwsgi"
        )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    fn started(text: &str) -> Option<(String, Use)> {
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let stage = model.target()?;
        let run = model.run_command(stage)?;
        let products = model.products(stage);
        let (product, how) = model.started_product(stage, run, products)?;
        Some((text[product.command.start as usize..product.command.end as usize].to_owned(), how))
    }

    #[test]
    fn programs_are_found_where_they_are_put() {
        for (text, want) in [
            ("FROM golang\nWORKDIR /app\nRUN go build -o app .\nCMD [\"./app\"]\n", Some(("go build", Use::Started))),
            (
                "FROM golang\nWORKDIR /app\nRUN go build -o /bin/app . \nCMD [\"app\"]\n",
                Some(("go build", Use::Started)),
            ),
            (
                "FROM golang\nWORKDIR /app\nRUN go build -o out . && mv out /usr/local/bin/server\nCMD server\n",
                Some(("go build", Use::Started)),
            ),
            (
                "FROM golang\nWORKDIR /app\nRUN go install ./cmd/x\nENTRYPOINT [\"x\"]\n",
                Some(("go install", Use::Started)),
            ),
            (
                "FROM rust\nWORKDIR /app\nRUN cargo build --release\nCMD [\"./target/release/x\"]\n",
                Some(("cargo build", Use::Started)),
            ),
            (
                "FROM maven\nWORKDIR /app\nRUN mvn -q package\nCMD java $OPTS -jar target/x.jar\n",
                Some(("mvn -q package", Use::Interpreted)),
            ),
            ("FROM gcc\nWORKDIR /app\nRUN make\nCMD [\"./x\"]\n", Some(("make", Use::Started))),
            (
                "FROM node\nWORKDIR /app\nRUN npm run build\nCMD [\"npx\", \"serve\", \"-s\", \"build\"]\n",
                Some(("npm run build", Use::Served)),
            ),
            ("FROM golang\nWORKDIR /app\nRUN go build -o app .\nCMD [\"nginx\"]\n", None),
            ("FROM golang\nWORKDIR /app\nRUN go build -o app .\nCMD [\"./start.sh\"]\n", None),
            ("FROM gcc\nWORKDIR /app\nRUN make\nCMD [\"python3\", \"x.py\"]\n", None),
        ] {
            assert_eq!(started(text), want.map(|(text, how)| (text.to_owned(), how)), "{text}");
        }
    }
}
