//! The build context: what of it is sent, and what COPY and ADD take out of it.
//!
//! Nothing here reads a disk. Who owns one hands in a [`BuildContext`].

mod archive;
mod filtered;
mod glob;
mod ignore_file;
mod matcher;
mod memory;
mod path;
mod pattern;
mod sources;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;

pub use archive::{Archive, archive_kind};
pub use filtered::FilteredContext;
pub use glob::{Glob, has_wildcards};
pub use ignore_file::{
    ContextOrigin, DOCKERFILE_NAMES, IgnoreError, IgnoreFile, IgnoreLine, IgnorePlace, ignore_file_places,
};
pub use matcher::{ParentMatch, PatternSet};
pub use memory::MemoryContext;
pub use path::{clean, join_clean};
pub use pattern::BadPattern;
pub use sources::{
    CopiedEntry, CopyOutcome, CopySpec, CopyTarget, DestinationState, Layout, SourceKind, SourceProblem,
    SourceProblemKind, resolve_copy, source_kind,
};

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, with its target as stored.
    Symlink(String),
    /// A socket, device or pipe.
    Other,
}

/// One path of a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the root, with `/` between parts, none at either end.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes of a file, zero for others.
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
}

impl Entry {
    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.kind == EntryKind::Directory
    }
}

/// A tree of files that a build can copy from.
pub trait BuildContext {
    /// All entries but the root in the order of [`walk_order`]; each one's parents are there too.
    fn entries(&self) -> &[Entry];

    /// The bytes of the file at `path`, `None` if they cannot be had.
    fn read(&self, path: &str) -> Option<Cow<'_, [u8]>>;

    /// The entry at a cleaned relative path.
    fn entry(&self, path: &str) -> Option<&Entry> {
        let entries = self.entries();
        entries.binary_search_by(|entry| walk_order(&entry.path, path)).ok().and_then(|at| entries.get(at))
    }

    /// The entries below the directory `path`, at any depth; all for the root, which is the empty path.
    fn below(&self, path: &str) -> &[Entry] {
        let entries = self.entries();
        if path.is_empty() {
            return entries;
        }
        let start = entries.partition_point(|entry| walk_order(&entry.path, path) != Ordering::Greater);
        let rest = &entries[start..];
        let inside = |entry: &Entry| entry.path.strip_prefix(path).is_some_and(|tail| tail.starts_with('/'));
        &rest[..rest.partition_point(inside)]
    }
}

/// The order in which a directory walk meets paths: names of one directory sorted, each directory before what it holds.
pub fn walk_order(a: &str, b: &str) -> Ordering {
    let key = |byte: u8| if byte == b'/' { 0 } else { byte };
    a.bytes().map(key).cmp(b.bytes().map(key))
}
