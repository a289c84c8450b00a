//! What an instruction deletes although an earlier one put it into a layer.

use std::ops::Range;

use dfopt_syntax::ast::Instruction;

use super::{Brought, Installation, Model, Stage, Step};
use crate::command::downloads::{DownloadTarget, GitVerb};
use crate::command::files::{Depth, FileAction};
use crate::command::node::NodeVerb;
use crate::command::packages::Manager;
use crate::command::python::PipVerb;
use crate::command::{Understood, Value};
use crate::effects::caches::Cache;
use crate::effects::{Meant, PathPattern, normalize};

/// Something that is deleted too late.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deletion {
    /// A file or a directory.
    Path {
        /// Its path, as it was made.
        path: String,
        /// The word that deletes it.
        place: Range<u32>,
        /// What made it.
        creator: Range<u32>,
    },
    /// A package, of the system or of a language.
    Package {
        /// Its name.
        name: String,
        /// The word that removes it.
        place: Range<u32>,
        /// What installed it.
        creator: Range<u32>,
    },
    /// The cache of a package manager.
    Cache {
        /// Which.
        cache: Cache,
        /// The command that empties it.
        place: Range<u32>,
        /// The command that filled it.
        creator: Range<u32>,
    },
}

impl Deletion {
    /// Where it is deleted, and where it was made.
    #[must_use]
    pub fn places(&self) -> (&Range<u32>, &Range<u32>) {
        match self {
            Self::Path { place, creator, .. }
            | Self::Package { place, creator, .. }
            | Self::Cache { place, creator, .. } => (place, creator),
        }
    }
}

/// A file or tree that an instruction put into its layer.
struct Made {
    step: usize,
    pattern: PathPattern,
    creator: Range<u32>,
}

/// A package that an instruction put into its layer.
struct Added {
    step: usize,
    manager: Option<Manager>,
    name: String,
    creator: Range<u32>,
}

#[derive(Default)]
struct Layers {
    made: Vec<Made>,
    added: Vec<Added>,
    caches: Vec<(usize, Cache, Range<u32>)>,
    /// Dependencies of a Node project.
    modules: Option<(usize, Range<u32>)>,
    found: Vec<Deletion>,
}

impl Model<'_> {
    /// What the instructions of a stage delete of what earlier ones, of stages below too, added.
    #[must_use]
    pub fn late_deletions(&self, stage: &Stage) -> Vec<Deletion> {
        let mut layers = Layers::default();
        for step in self.layers(stage) {
            // What stages below delete is told of them.
            if step.stage != Some(stage.index) {
                layers.found.clear();
            }
            match &step.ast {
                Instruction::Run(_) if !self.has_error(step) => self.run(step, &mut layers),
                Instruction::Copy(_) | Instruction::Add(_) => layers.made.extend(self.copied_files(step)),
                _ => {}
            }
        }
        if self.stage_steps(stage).len() <= 1 {
            layers.found.clear();
        }
        let range = self.stage_range(stage);
        layers.found.retain(|deletion| range.contains(&deletion.places().0.start));
        layers.found
    }

    fn stage_range(&self, stage: &Stage) -> Range<u32> {
        let steps = self.stage_steps(stage);
        let start = steps.first().map_or(0, |step| step.range().start().into());
        let end = steps.last().map_or(0, |step| step.range().end().into());
        start..end
    }

    fn copied_files(&self, step: &Step) -> Vec<Made> {
        let place = |range: dfopt_syntax::TextRange| range.start().into()..range.end().into();
        let context = self.context_sources(step).iter().filter(|source| !source.destination.is_any());
        let mut made: Vec<Made> = context
            .map(|source| {
                let pattern = match (source.kind, source.destination.directory()) {
                    (Brought::Directory, Some(directory)) => contents(&directory),
                    _ => source.destination.clone(),
                };
                Made { step: step.index, pattern, creator: place(source.word.range) }
            })
            .collect();
        let Some(copied) = step.copied(self) else { return made };
        let destination =
            copied.destination.as_ref().and_then(|to| Some(normalize(to.text.known()?, step.workdir.known()?)));
        let (Some(whole), Some(to)) = (destination, copied.destination.as_ref().and_then(|to| to.text.known())) else {
            return made;
        };
        for source in &copied.sources {
            let Some(text) = source.text.known() else { continue };
            let is_elsewhere = copied.from.is_some() || text.contains("://");
            let name =
                text.split(['?', '#']).next().unwrap_or(text).trim_end_matches('/').rsplit('/').next().unwrap_or(text);
            // Of a copied path only the name tells what it is.
            if is_elsewhere && name.contains('.') && !text.ends_with(".git") {
                let path =
                    if to.ends_with('/') || copied.sources.len() > 1 { normalize(name, &whole) } else { whole.clone() };
                made.push(Made { step: step.index, pattern: PathPattern::parse(&path), creator: place(source.range) });
            }
        }
        made
    }

    fn run(&self, step: &Step, layers: &mut Layers) {
        let mut made: Vec<Made> = Vec::new();
        let mut removed: Vec<PathPattern> = Vec::new();
        let installed = self.installations(step);
        self.walk(step, &mut |at| {
            let Some(Meant { command, understood }) = at.meant else { return };
            let state = at.state.for_command(command);
            let mut make = |pattern: PathPattern, creator: Range<u32>| {
                if !pattern.is_any() {
                    made.push(Made { step: step.index, pattern, creator });
                }
            };
            match understood {
                Understood::Download(download) => {
                    let directory = download
                        .directory
                        .and_then(|directory| state.path(directory))
                        .or_else(|| state.directory().map(str::to_owned));
                    match download.target {
                        DownloadTarget::File(value) => make(state.pattern(value), value.word.range.clone()),
                        DownloadTarget::RemoteName => {
                            for url in &download.urls {
                                let text = url.resolve(&|name: &str| state.lookup(name));
                                let name = text.as_deref().and_then(|text| {
                                    text.split(['?', '#']).next()?.rsplit('/').next().map(str::to_owned)
                                });
                                if let Some((name, directory)) =
                                    name.filter(|name| !name.is_empty()).zip(directory.as_deref())
                                {
                                    make(PathPattern::literal(&normalize(&name, directory)), url.word.range.clone());
                                }
                            }
                        }
                        DownloadTarget::Stdout => {}
                    }
                }
                Understood::Git(git) if git.verb == GitVerb::Clone => {
                    let name = git.url.and_then(|url| url.text()).map(|url| {
                        url.trim_end_matches('/')
                            .trim_end_matches(".git")
                            .rsplit(['/', ':'])
                            .next()
                            .unwrap_or(url)
                            .to_owned()
                    });
                    let path = match git.directory {
                        Some(directory) => state.path(Value::whole(directory)),
                        None => name.zip(state.directory()).map(|(name, directory)| normalize(&name, directory)),
                    };
                    if let (Some(path), false) = (path, git.directory.is_some_and(|word| word.is_any(&["."]))) {
                        make(contents(&path), command.range());
                    }
                }
                Understood::File(op) if matches!(op.action, FileAction::Remove) => {
                    for target in &op.targets {
                        let mut pattern = state.pattern(*target);
                        if pattern.is_any() || self.is_mounted(step, &pattern) {
                            continue;
                        }
                        if op.depth == Depth::Trees {
                            pattern = pattern.with_everything_below();
                        }
                        layers.delete(step, &pattern, &target.word.range);
                        removed.push(pattern);
                    }
                }
                Understood::PackageRemove(remove) => {
                    for package in &remove.packages {
                        layers.uninstall(step, Some(remove.manager), &package.name, &package.word.range);
                    }
                }
                Understood::Pip(pip) => {
                    for word in &pip.packages {
                        let name = word.static_prefix();
                        let name =
                            name.split(['=', '<', '>', '~', '[', ' ']).next().unwrap_or_default().to_ascii_lowercase();
                        match pip.verb {
                            PipVerb::Uninstall => layers.uninstall(step, None, &name, &word.range),
                            PipVerb::Install if !name.is_empty() => layers.added.push(Added {
                                step: step.index,
                                manager: None,
                                name,
                                creator: word.range.clone(),
                            }),
                            _ => {}
                        }
                    }
                }
                Understood::Node(node) => {
                    let place = command.range().start..node.word.range.end.max(command.range().start);
                    match node.verb {
                        NodeVerb::Install | NodeVerb::CleanInstall => layers.modules = Some((step.index, place)),
                        NodeVerb::Prune => {
                            let earlier = layers.modules.take().filter(|(other, _)| *other < step.index);
                            layers.found.extend(earlier.map(|(_, creator)| Deletion::Package {
                                name: "development dependencies".into(),
                                place,
                                creator,
                            }));
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        });
        made.retain(|one| {
            !removed.iter().any(|pattern| pattern.covers(&one.pattern)) && !self.is_mounted(step, &one.pattern)
        });
        layers.made.extend(made);
        layers.added.extend(installed.iter().flat_map(|one| added(step, one)));
        self.caches(step, layers);
    }

    fn caches(&self, step: &Step, layers: &mut Layers) {
        for found in self.cache_uses(step) {
            // What Debian's own images fetch into the archive they delete themselves.
            if matches!(found.cache, Cache::AptArchives | Cache::GoBuild | Cache::GoModules) {
                continue;
            }
            let earlier =
                layers.caches.iter().position(|(other, cache, _)| *cache == found.cache && *other < step.index);
            if let (Some(at), Some(place), true) = (earlier, found.emptied.last(), found.filled.is_empty()) {
                let (_, cache, creator) = layers.caches.remove(at);
                layers.found.push(Deletion::Cache { cache, place: place.clone(), creator });
            }
            if let Some(filled) = found.filled.last().filter(|_| !found.clean_at_end) {
                layers.caches.push((step.index, found.cache, filled.clone()));
            }
        }
    }
}

impl Layers {
    fn delete(&mut self, step: &Step, pattern: &PathPattern, place: &Range<u32>) {
        let at = self.made.iter().position(|made| made.step < step.index && pattern.covers(&made.pattern));
        if let Some(at) = at {
            let made = self.made.remove(at);
            let path = made.pattern.to_string();
            let path = path.trim_end_matches("/**").trim_end_matches("/*").to_owned();
            self.found.push(Deletion::Path { path, place: place.clone(), creator: made.creator });
            self.made.retain(|made| made.step >= step.index || !pattern.covers(&made.pattern));
        }
    }

    fn uninstall(&mut self, step: &Step, manager: Option<Manager>, name: &str, place: &Range<u32>) {
        let is_it = |added: &Added| {
            added.step < step.index && added.manager == manager && added.name == name && !name.is_empty()
        };
        if let Some(at) = self.added.iter().rposition(is_it) {
            let added = self.added.remove(at);
            self.found.push(Deletion::Package { name: name.to_owned(), place: place.clone(), creator: added.creator });
        }
    }
}

/// What an install command leaves, a virtual package by its own name too.
fn added(step: &Step, one: &Installation) -> Vec<Added> {
    let kept = one.packages.iter().filter(|package| !package.is_removed);
    let mut added: Vec<Added> = kept
        .map(|package| Added {
            step: step.index,
            manager: Some(one.manager),
            name: package.name.clone(),
            creator: package.range.clone(),
        })
        .collect();
    if let (Some((name, creator)), false) = (&one.virtual_name, added.is_empty()) {
        added.push(Added {
            step: step.index,
            manager: Some(one.manager),
            name: name.clone(),
            creator: creator.clone(),
        });
    }
    added
}

/// Everything in a directory.
fn contents(directory: &str) -> PathPattern {
    PathPattern::parse(&format!("{}/*", directory.trim_end_matches('/'))).with_everything_below()
}
