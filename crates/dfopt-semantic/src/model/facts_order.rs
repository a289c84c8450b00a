//! Sources that are copied before what does not depend on them, so that an edit makes builds do it again.

use std::ops::Range;

use dfopt_syntax::ast::Instruction;

use super::{Brought, ContextSource, Model, Stage, Step};
use crate::command::Understood;
use crate::command::ecosystems::{self, Ecosystem};
use crate::command::go::GoVerb;
use crate::command::node::NodeVerb;
use crate::command::rust::CargoVerb;
use crate::command::tools::{Action, Tool};
use crate::effects::{Meant, normalize};

/// A copy of sources with what comes behind it and does not need it there.
#[derive(Clone, Debug)]
pub struct EarlyCopy {
    /// The instruction that copies.
    pub step: usize,
    /// What it copies.
    pub source: ContextSource,
    /// Installations of what manifests ask for.
    pub dependencies: Vec<DependencyInstall>,
    /// Installations of packages of the distribution, by the name and the verb of the command.
    pub packages: Vec<Range<u32>>,
}

/// A command that installs the dependencies of a project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DependencyInstall {
    /// The instruction.
    pub step: usize,
    /// The name and the verb of the command.
    pub command: Range<u32>,
    /// The language.
    pub ecosystem: Ecosystem,
    /// Whether it does nothing but fetch: no build follows in the same command.
    pub only_fetches: bool,
    /// Whether a mount keeps its cache between builds.
    pub has_cache_mount: bool,
    /// The files it reads by name.
    pub named: Vec<String>,
    /// Whether it needs the sources, as `pip install .` does.
    pub needs_sources: bool,
}

impl Model<'_> {
    /// The copies of sources in a stage that stand before installations, the first of each kind.
    #[must_use]
    pub fn early_copies(&self, stage: &Stage) -> &[EarlyCopy] {
        self.facts.early_copies.get(stage.index, || self.find_early_copies(stage))
    }

    fn find_early_copies(&self, stage: &Stage) -> Vec<EarlyCopy> {
        let mut copies: Vec<EarlyCopy> = Vec::new();
        let mut seen: Vec<Ecosystem> = Vec::new();
        for step in self.stage_steps(stage) {
            for source in self.context_sources(step).iter().filter(|source| source.kind != Brought::Manifests) {
                let source = source.clone();
                copies.push(EarlyCopy { step: step.index, source, dependencies: Vec::new(), packages: Vec::new() });
            }
            if !matches!(step.ast, Instruction::Run(_)) || self.has_error(step) {
                continue;
            }
            for install in self.dependency_installs(step) {
                // What was installed before is only built now.
                if seen.contains(&install.ecosystem) {
                    continue;
                }
                seen.push(install.ecosystem);
                if install.needs_sources {
                    continue;
                }
                let read = |source: &ContextSource| {
                    install.named.iter().any(|name| {
                        let is_whole = source.path == "."
                            || step.workdir.known().is_some_and(|workdir| source.destination.contains(workdir));
                        source.destination.contains(name) && !is_whole
                    })
                };
                // A tool that only compiles fetches what a manifest names; a lone file has none.
                let has_manifest = |copy: &EarlyCopy| {
                    let manifests = self.stage_steps(stage).iter().filter(|other| other.index < step.index);
                    copy.source.kind == Brought::Directory
                        || manifests
                            .into_iter()
                            .flat_map(|other| self.context_sources(other))
                            .any(|one| one.kind == Brought::Manifests)
                };
                let fits = |copy: &&mut EarlyCopy| {
                    !read(&copy.source)
                        && !ecosystems::is_manifest_directory(install.ecosystem, &copy.source.path)
                        && !self.is_used(stage, copy, step)
                        && (install.only_fetches || has_manifest(copy))
                };
                let first = copies.iter_mut().filter(fits).max_by_key(|copy| weight(copy));
                if let Some(copy) = first {
                    copy.dependencies.push(install.clone());
                }
            }
            if copies.is_empty() {
                continue;
            }
            let installed = self.installations(step);
            let Some(first) = installed.first() else { continue };
            let reads = self.reads(step);
            let independent = |copy: &&mut EarlyCopy| {
                copy.source.kind == Brought::Directory
                    && !reads.is_everything()
                    && !copy.source.destination.is_any()
                    && !reads.paths().any(|path| path.overlaps(&copy.source.destination))
            };
            let command = first.command.clone();
            if let Some(copy) = copies.iter_mut().filter(independent).max_by_key(|copy| weight(copy)) {
                copy.packages.push(command);
            }
        }
        copies.retain(|copy| !copy.dependencies.is_empty() || !copy.packages.is_empty());
        copies
    }

    /// Whether a RUN from the copy of a file up to `last` names the file, so that it cannot come later.
    fn is_used(&self, stage: &Stage, copy: &EarlyCopy, last: &Step) -> bool {
        let name = copy.source.path.rsplit('/').next().unwrap_or(&copy.source.path);
        let runs = self.stage_steps(stage).iter().filter(|step| step.index > copy.step && step.index <= last.index);
        let mut runs = runs.filter(|step| matches!(step.ast, Instruction::Run(_)));
        copy.source.kind == Brought::File && runs.any(|step| self.text_at(step.range()).contains(name))
    }

    /// The commands of a RUN that install what manifests ask for.
    #[must_use]
    pub fn dependency_installs(&self, step: &Step) -> &[DependencyInstall] {
        self.facts.dependency_installs.get(step.index, || self.find_dependency_installs(step))
    }

    fn find_dependency_installs(&self, step: &Step) -> Vec<DependencyInstall> {
        let mounts = self.mounts(step);
        let has_cache_mount = mounts.iter().any(|mount| mount.effective_kind() == Some(crate::mount::MountKind::Cache));
        let mut found: Vec<DependencyInstall> = Vec::new();
        self.walk(step, &mut |at| {
            let Some(Meant { command, understood }) = at.meant else { return };
            let Some(ecosystem) = ecosystems::of(understood) else { return };
            let Some(only_fetches) = installs(understood) else { return };
            let state = at.state.for_command(command);
            let named = match understood {
                Understood::Pip(pip) => {
                    let values = pip.requirements.iter().chain(&pip.constraints).filter_map(|value| state.path(*value));
                    values.collect()
                }
                _ => Vec::new(),
            };
            let needs_sources = matches!(understood, Understood::Pip(pip) if pip.uses_project_sources());
            let verb = match understood {
                Understood::Go(go) => go.word,
                Understood::Cargo(cargo) => cargo.word,
                Understood::Node(node) => node.word,
                Understood::Pip(pip) => pip.word,
                Understood::Tool(run) => run.word,
                _ => return,
            };
            let start = command.range().start;
            found.push(DependencyInstall {
                step: step.index,
                command: start..verb.range.end.max(start),
                ecosystem,
                only_fetches,
                has_cache_mount,
                named,
                needs_sources,
            });
        });
        found
    }

    /// Whether files of the build context hold `text`: manifests are asked for what they declare.
    #[must_use]
    pub fn context_file_holds(&self, path: &str, text: &str) -> Option<bool> {
        let bytes = self.context()?.read(normalize(path, "/").trim_start_matches('/'))?.into_owned();
        Some(String::from_utf8_lossy(&bytes).contains(text))
    }
}

/// A whole directory changes more often than a file; of two the first counts.
fn weight(copy: &EarlyCopy) -> (bool, std::cmp::Reverse<usize>) {
    (copy.source.kind == Brought::Directory, std::cmp::Reverse(copy.step))
}

/// Whether a command installs dependencies, and whether that is all it does.
fn installs(understood: &Understood<'_>) -> Option<bool> {
    match understood {
        // Packages named in the command hang on no manifest.
        Understood::Pip(pip) if pip.installs() => {
            (!pip.requirements.is_empty() || pip.uses_project_sources()).then_some(true)
        }
        Understood::Node(node) => {
            matches!(node.verb, NodeVerb::Install | NodeVerb::CleanInstall | NodeVerb::Fetch).then_some(true)
        }
        Understood::Go(go) => match go.verb {
            GoVerb::ModDownload | GoVerb::ModVendor => Some(true),
            GoVerb::Get if go.packages.iter().all(|word| word.static_prefix().starts_with('.')) => Some(true),
            GoVerb::Build if go.module_mode != Some("vendor") => Some(false),
            GoVerb::Install if !go.fetches() && go.module_mode != Some("vendor") => Some(false),
            _ => None,
        },
        Understood::Cargo(cargo) => match cargo.verb {
            CargoVerb::Fetch | CargoVerb::ChefCook => Some(true),
            CargoVerb::Build => Some(false),
            CargoVerb::Install if cargo.path.is_some() => Some(false),
            _ => None,
        },
        Understood::Tool(run) => {
            let is_listed = matches!(
                run.tool,
                Tool::Poetry
                    | Tool::Pipenv
                    | Tool::Uv
                    | Tool::Pdm
                    | Tool::Conda
                    | Tool::Maven
                    | Tool::Gradle
                    | Tool::Sbt
                    | Tool::Dotnet
                    | Tool::Composer
                    | Tool::Bundler
                    | Tool::Mix
                    | Tool::Rebar
                    | Tool::Swift
                    | Tool::Stack
                    | Tool::Cabal
                    | Tool::Dart
                    | Tool::Flutter
                    | Tool::Deno
                    | Tool::Shards
            );
            let compiles = matches!(
                run.tool,
                Tool::Maven | Tool::Gradle | Tool::Sbt | Tool::Dotnet | Tool::Swift | Tool::Stack | Tool::Cabal
            );
            match run.action {
                // `uv python install`, `conda install numpy`: what is named hangs on no manifest.
                Action::InstallDependencies | Action::Fetch if is_listed => {
                    let names = matches!(run.tool, Tool::Conda | Tool::Uv)
                        && !run.operands.is_empty()
                        && run.option("-f").is_none();
                    (!names && !run.word.is_any(&["python", "update"])).then_some(true)
                }
                Action::Build if compiles => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    fn early(text: &str) -> Vec<(String, usize, usize)> {
        let text = format!("FROM x\nWORKDIR /app\n{text}");
        let parse = dfopt_syntax::parse(&text);
        let model = Model::new(&text, &parse, Options::default());
        let copies = model.early_copies(model.stages().last().unwrap());
        copies.iter().map(|copy| (copy.source.path.clone(), copy.dependencies.len(), copy.packages.len())).collect()
    }

    #[test]
    fn what_stands_behind_sources() {
        for (text, want) in [
            ("COPY . .\nRUN npm ci\n", Some((".", 1, 0))),
            ("COPY package.json .\nRUN npm ci\nCOPY . .\nRUN npm ci && npm run build\n", None),
            ("COPY . .\nRUN apt-get install -y curl\nRUN npm ci\n", Some((".", 1, 1))),
            ("COPY . .\nRUN apt-get install -y curl && ./x\n", None),
            ("COPY . /srv\nRUN apt-get install -y curl\n", Some((".", 0, 1))),
            ("COPY deps /deps\nRUN pip install -r /deps/all.txt\n", None),
            ("COPY . .\nRUN pip install -r requirements.txt\n", Some((".", 1, 0))),
            ("COPY . .\nRUN pip install .\n", None),
            ("COPY . .\nRUN pip install x\n", None),
            ("COPY . .\nRUN go build .\n", Some((".", 1, 0))),
            ("COPY config config\nRUN mix deps.get\n", None),
            ("COPY x.patch .\nRUN git clone https://x/y . && patch -p1 < x.patch\nRUN go build .\n", None),
            ("COPY main.go .\nRUN go build .\n", None),
            ("COPY go.mod main.go ./\nRUN go build .\n", Some(("main.go", 1, 0))),
            ("COPY go.mod .\nRUN go mod download\nCOPY . .\nRUN go build .\n", None),
        ] {
            let found = early(text);
            let want: Vec<_> = want.into_iter().map(|(path, a, b)| (path.to_owned(), a, b)).collect();
            assert_eq!(found, want, "{text}");
        }
    }
}
