//! Packages of Node that are there for development only, by the manifests and the rules by which Node finds a package.

use std::collections::{BTreeMap, BTreeSet};

use crate::closure::{Certainty, Closure, commands};
use crate::image::{Command, Image, Language, Node, NodeManifest, file_name, is_below, join, parent};

/// The development packages of an image that nothing else needs or names.
#[derive(Default)]
pub(super) struct Development<'a> {
    /// Folders, or links to them, each a package in some `node_modules`.
    packages: BTreeSet<String>,
    original: Option<&'a Image>,
}

impl<'a> Development<'a> {
    pub(super) fn new(original: &'a Image, candidate: &Image, needs: &Closure, commands: &[Vec<String>]) -> Self {
        let applications: Vec<(&str, &NodeManifest)> = original
            .root
            .iter()
            .filter(|(path, node)| !original.is_from_base(node) && !path.contains("/node_modules/"))
            .filter_map(|(path, node)| Some((parent(path), manifest(node)?)))
            .collect();
        let mut start = Vec::new();
        let mut development = Vec::new();
        for (folder, manifest) in &applications {
            start.extend(manifest.needs.iter().map(|name| (*folder, name.as_str())));
            development.extend(manifest.develops_with.iter().map(|name| (*folder, name.as_str())));
        }
        if development.is_empty() {
            return Self::default();
        }
        let runs = reached(original, start);
        let mut packages = reached(original, development);
        packages.retain(|path| !runs.contains(path) && candidate.root.get(path).is_none());
        let mut found = Self { packages, original: Some(original) };
        let named = found.named(original, candidate, needs, &applications, commands);
        // What a package that is named needs to run is needed as well.
        let named = named.iter().flat_map(|path| {
            let within = manifest_of(original, path).map(|(folder, manifest)| {
                reached(original, manifest.needs.iter().map(|name| (folder.as_str(), name.as_str())).collect())
            });
            within.unwrap_or_default().into_iter().chain([path.clone()])
        });
        let named: BTreeSet<String> = named.collect();
        found.packages.retain(|path| !named.contains(path));
        found
    }

    /// Whether the path belongs to such a package: its folder, what is in it, or a link to it in `.bin`.
    pub(super) fn covers(&self, path: &str, node: &Node) -> bool {
        let Some(original) = self.original else { return false };
        if self.is_in(path) {
            return true;
        }
        // The link's own way, not where it ends: a package may be a link itself.
        parent(path).ends_with("/node_modules/.bin")
            && node.entry.link_target().is_some_and(|target| {
                self.is_in(&join(parent(path), target)) || {
                    let end = original.root.resolve(path).map(|found| found.path).unwrap_or_default();
                    self.ends().any(|folder| is_below(&end, &folder))
                }
            })
    }

    fn is_in(&self, path: &str) -> bool {
        // The last package that the path leads through, and those around it.
        std::iter::successors(Some(path), |path| Some(parent(path)).filter(|folder| *folder != "/"))
            .any(|folder| self.packages.contains(folder))
    }

    fn ends(&self) -> impl Iterator<Item = String> {
        self.packages.iter().filter_map(|path| Some(self.original?.root.resolve(path).ok()?.path))
    }

    /// Those that a kept program text or a script that is run names.
    fn named(
        &self,
        original: &Image,
        candidate: &Image,
        needs: &Closure,
        applications: &[(&str, &NodeManifest)],
        started: &[Vec<String>],
    ) -> BTreeSet<String> {
        let mut by_name: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
        for path in &self.packages {
            let programs = manifest_of(original, path).map(|(_, manifest)| manifest.programs.clone());
            for name in programs.unwrap_or_default().into_iter().chain([package_name(path).to_owned()]) {
                by_name.entry(name).or_default().insert(path);
            }
        }
        let mut named = BTreeSet::new();
        let mut take = |word: &str| {
            // `name/file` is a file of the package; a program may be named by its path.
            let mut parts = word.split('/');
            let first = parts.next().unwrap_or_default();
            let scoped = parts.next().filter(|_| first.starts_with('@')).map(|second| format!("{first}/{second}"));
            for name in [word, first, file_name(word), scoped.as_deref().unwrap_or_default()] {
                named.extend(by_name.get(name).into_iter().flatten().map(|path| (*path).clone()));
            }
        };
        for (path, node) in original.root.iter() {
            let Some(content) = &node.entry.content else { continue };
            let Some(names) = content.names.as_ref().filter(|_| !original.is_from_base(node)) else { continue };
            let is_manifest = content.node.is_some() || is_lock(path);
            let runs = needs.get(path).is_some_and(|need| need.certainty == Certainty::Certain);
            if is_manifest || self.is_in(path) || candidate.root.get(path).is_none() || (is_test(path) && !runs) {
                continue;
            }
            // Names of dependencies are not words of their programs: they say by their manifests what they need.
            if path.contains("/node_modules/") && content.language == Some(Language::Data) {
                continue;
            }
            names.found.iter().for_each(|name| take(&name.text));
        }
        for word in script_words(original, applications, started) {
            take(&word);
        }
        named
    }
}

/// All words of the scripts in manifests that the image's commands run, directly or through another script.
fn script_words(image: &Image, applications: &[(&str, &NodeManifest)], started: &[Vec<String>]) -> BTreeSet<String> {
    let config = &image.config.config;
    let mut words: BTreeSet<String> = started.iter().flatten().cloned().collect();
    words.extend(config.command());
    let shell = |text: &str| {
        commands(text).into_iter().flat_map(|command| command.words.into_iter().flatten()).collect::<Vec<String>>()
    };
    match config.health_command() {
        Some(Command::Words(check)) => words.extend(check.iter().cloned()),
        Some(Command::Shell(text)) => words.extend(shell(text)),
        None => {}
    }
    for (_, node) in image.root.iter().filter(|(_, node)| !image.is_from_base(node)) {
        let content = node.entry.content.as_ref().filter(|content| content.language == Some(Language::Shell));
        words.extend(content.and_then(|content| content.text.as_deref()).map(shell).unwrap_or_default());
    }
    let first: Vec<String> = words.iter().flat_map(|word| shell(word)).collect();
    words.extend(first);
    let scripts: Vec<(&String, &String)> = applications.iter().flat_map(|(_, manifest)| &manifest.scripts).collect();
    let mut done = BTreeSet::new();
    loop {
        let before = done.len();
        for (at, (name, text)) in scripts.iter().enumerate() {
            let plain = name.strip_prefix("pre").or_else(|| name.strip_prefix("post")).unwrap_or(name);
            if (words.contains(name.as_str()) || words.contains(plain)) && done.insert(at) {
                words.extend(shell(text));
            }
        }
        if done.len() == before {
            return words;
        }
    }
}

fn manifest(node: &Node) -> Option<&NodeManifest> {
    node.entry.content.as_ref()?.node.as_deref()
}

/// The folder where a package really is, and its manifest.
fn manifest_of<'a>(image: &'a Image, package: &str) -> Option<(String, &'a NodeManifest)> {
    let folder = image.root.resolve(package).ok()?.path;
    let node = image.root.resolve(&join(&folder, "package.json")).ok()?.node;
    Some((folder, manifest(node)?))
}

/// The packages that these names lead to, and all that those need to run. Each name is looked up from a folder upward.
fn reached(image: &Image, start: Vec<(&str, &str)>) -> BTreeSet<String> {
    let mut todo: Vec<(String, String)> =
        start.into_iter().map(|(folder, name)| (folder.to_owned(), name.to_owned())).collect();
    let mut found = BTreeSet::new();
    while let Some((folder, name)) = todo.pop() {
        let place =
            std::iter::successors(Some(folder.as_str()), |folder| Some(parent(folder)).filter(|_| *folder != "/"))
                .map(|folder| join(folder, &format!("node_modules/{name}")))
                .find(|place| image.root.exists(place));
        let Some(place) = place else { continue };
        let Some((end, manifest)) = manifest_of(image, &place) else { continue };
        if found.insert(place) {
            todo.extend(manifest.needs.iter().map(|name| (end.clone(), name.clone())));
        }
    }
    found
}

/// The name of the package at a path, with its scope.
fn package_name(path: &str) -> &str {
    path.rsplit_once("/node_modules/").map_or(path, |(_, name)| name)
}

fn is_lock(path: &str) -> bool {
    matches!(
        file_name(path),
        "package-lock.json"
            | ".package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "bun.lock"
    )
}

/// Tests and settings of tools, where they usually lie: only tools of development read them.
fn is_test(path: &str) -> bool {
    let name = file_name(path);
    ["/test/", "/tests/", "/__tests__/", "/spec/"].iter().any(|folder| path.contains(folder))
        || [".test.", ".spec.", ".config."].iter().any(|part| name.contains(part))
        || name.starts_with(".eslintrc")
        || name.starts_with("tsconfig")
}
