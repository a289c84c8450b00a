//! A context made of data, for tests and for editors that hold unsaved files.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::path::inside;
use super::{BuildContext, Entry, EntryKind, walk_order};

/// A build context in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryContext {
    entries: Vec<Entry>,
    contents: BTreeMap<String, Vec<u8>>,
}

impl MemoryContext {
    /// An empty context.
    pub fn new() -> MemoryContext {
        MemoryContext::default()
    }

    /// With a file, mode 0644.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> MemoryContext {
        let content = content.into();
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        self.contents.insert(inside(path), content);
        self.insert(Entry { path: inside(path), kind: EntryKind::File, size, mode: 0o644 });
        self
    }

    /// With a directory, mode 0755.
    #[must_use]
    pub fn directory(mut self, path: &str) -> MemoryContext {
        self.insert(Entry { path: inside(path), kind: EntryKind::Directory, size: 0, mode: 0o755 });
        self
    }

    /// With a symbolic link.
    #[must_use]
    pub fn symlink(mut self, path: &str, target: &str) -> MemoryContext {
        let kind = EntryKind::Symlink(target.to_owned());
        self.insert(Entry { path: inside(path), kind, size: 0, mode: 0o777 });
        self
    }

    /// From paths and contents; a path that ends in `/` is a directory.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> MemoryContext {
        files.into_iter().fold(MemoryContext::new(), |context, (path, content)| match path.strip_suffix('/') {
            Some(directory) => context.directory(directory),
            None => context.file(path, content),
        })
    }

    /// Puts an entry in its place, and makes the directories above it.
    pub fn insert(&mut self, entry: Entry) {
        if entry.path.is_empty() {
            return;
        }
        if let Some((parent, _)) = entry.path.rsplit_once('/')
            && self.entry(parent).is_none()
        {
            self.insert(Entry { path: parent.to_owned(), kind: EntryKind::Directory, size: 0, mode: 0o755 });
        }
        match self.entries.binary_search_by(|other| walk_order(&other.path, &entry.path)) {
            Ok(at) => self.entries[at] = entry,
            Err(at) => self.entries.insert(at, entry),
        }
    }
}

impl BuildContext for MemoryContext {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, path: &str) -> Option<Cow<'_, [u8]>> {
        self.contents.get(path).map(|content| Cow::Borrowed(content.as_slice()))
    }
}
