//! What a build leaves behind and nobody gave a reason for: each principle here shows from the images that nothing is lost.

use std::collections::{BTreeMap, BTreeSet};

use super::node::Development;
use crate::closure::{Certainty, Closure};
use crate::image::{Image, Node, file_name, is_below, parent};

/// The first line of the file that marks a folder as a cache (<https://bford.info/cachedir/>).
const CACHE_SIGNATURE: &str = "Signature: 8a477f597d28d172789f06886806bc55";

/// What is known about leftovers of the original.
pub(super) struct Leftovers<'a> {
    original: &'a Image,
    candidate: &'a Image,
    /// Folders that their maker marked as caches.
    caches: Vec<&'a str>,
    /// Name, length and checksum of what is in archives that the candidate uses.
    archived: BTreeSet<(&'a str, u64, u32)>,
    /// Names of classes that the candidate has, alone or in an archive it uses.
    classes: BTreeSet<&'a str>,
    development: Development<'a>,
}

impl<'a> Leftovers<'a> {
    pub(super) fn new(
        original: &'a Image,
        candidate: &'a Image,
        needs: &Closure,
        after_needs: &Closure,
        commands: &[Vec<String>],
    ) -> Self {
        let mut found = Self {
            original,
            candidate,
            caches: Vec::new(),
            archived: BTreeSet::new(),
            classes: BTreeSet::new(),
            development: Development::new(original, candidate, needs, commands),
        };
        for (path, node) in original.root.iter() {
            if file_name(path) == "CACHEDIR.TAG"
                && node.entry.text().is_some_and(|text| text.starts_with(CACHE_SIGNATURE))
            {
                found.caches.push(parent(path));
            }
        }
        for (path, node) in candidate.root.iter() {
            let Some(content) = &node.entry.content else { continue };
            if content.class.is_some() {
                found.classes.insert(stem(path));
            }
            let used = after_needs.get(path).is_some_and(|need| need.certainty >= Certainty::Likely);
            for member in content.members.iter().flatten().filter(|_| used) {
                found.archived.insert((file_name(&member.name), member.size, member.crc32));
                if member.name.ends_with(".class") {
                    found.classes.insert(stem(&member.name));
                }
            }
        }
        found
    }

    /// Why a path that the candidate does not have is no loss; `needs` are those of the original.
    pub(super) fn reason(&self, path: &str, node: &Node, needs: &Closure) -> Option<&'static str> {
        if self.development.covers(path, node) {
            return Some("a package that the manifest names for development only, and that nothing kept names");
        }
        if needs.needs.contains_key(path) {
            return None;
        }
        let content = node.entry.content.as_ref();
        if let Some(crc32) = content.and_then(|content| content.class) {
            let key = (file_name(path), node.entry.size(), crc32);
            return self.archived.contains(&key).then_some("the same class is in the archive that is run");
        }
        if path.ends_with(".java") && self.classes.contains(stem(path)) {
            return Some("source text whose compiled class is there");
        }
        if node.entry.is_folder() && self.caches.iter().any(|cache| is_below(path, cache)) {
            return Some("an empty folder in a cache that its maker marked as one");
        }
        self.is_own_state(path, node).then_some("state of a tool in its own folder, and the tool is gone")
    }

    /// A hidden file that a command of the build wrote into a folder of the original's base which the candidate's has not.
    fn is_own_state(&self, path: &str, node: &Node) -> bool {
        let folder = parent(path);
        let made_by_command = self
            .original
            .layers
            .get(node.layer)
            .and_then(|layer| layer.created_by.as_deref())
            .is_some_and(|command| command.starts_with("RUN "));
        node.entry.is_file()
            && file_name(path).starts_with('.')
            && node.entry.mode & 0o111 == 0
            && made_by_command
            && self.original.layers.iter().take(self.original.base_layers).any(|layer| layer.index.writes(folder))
            && !self.candidate.root.exists(folder)
    }
}

/// The name without folders and what follows the first dot or dollar sign: inner classes have their outer one's source.
fn stem(path: &str) -> &str {
    file_name(path).split(['.', '$']).next().unwrap_or_default()
}

/// Whether only compilers, linkers and the like read such a file.
pub(super) fn is_for_compiling(path: &str) -> bool {
    let name = file_name(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "h" | "hh" | "hpp" | "hxx" | "a" | "la" | "o" | "pc" | "jmod")
        || is_below(path, "/usr/include")
        || path.contains("/pkgconfig/")
        || matches!(name, "ct.sym" | "src.zip")
}

/// Version that a Java runtime states for the folder of its libraries.
pub(super) fn stated_version<'a>(image: &'a Image, folder: &str) -> Option<&'a str> {
    let text = image.root.text(&format!("{}/release", parent(folder)))?;
    let lines: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
    lines.get("JAVA_RUNTIME_VERSION").or_else(|| lines.get("JAVA_VERSION")).copied()
}
