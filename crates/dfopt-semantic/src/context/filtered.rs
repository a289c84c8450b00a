//! A context without what its ignore file leaves out.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{BuildContext, Entry, IgnoreFile, ParentMatch, walk_order};

/// What a client sends of a context.
pub struct FilteredContext<'a> {
    inner: &'a dyn BuildContext,
    sent: Vec<Entry>,
}

impl<'a> FilteredContext<'a> {
    /// Applies an ignore file. Directories above a path that was taken back are sent as well.
    pub fn new(inner: &'a dyn BuildContext, ignore: &IgnoreFile) -> FilteredContext<'a> {
        let patterns = ignore.patterns();
        let mut parents: Vec<(&Entry, ParentMatch)> = Vec::new();
        let mut sent: BTreeSet<&str> = BTreeSet::new();
        let entries = inner.entries();
        let mut at = 0;
        while let Some(entry) = entries.get(at) {
            at += 1;
            let above =
                |parent: &Entry| entry.path.strip_prefix(&parent.path).is_some_and(|tail| tail.starts_with('/'));
            while parents.last().is_some_and(|(parent, _)| !above(parent)) {
                parents.pop();
            }
            let inherited = parents.last().map(|(_, matched)| matched);
            let (excluded, own) = patterns.matches_below(&entry.path, inherited);
            if excluded {
                if entry.is_directory() && patterns.can_prune(&entry.path) {
                    at += inner.below(&entry.path).len();
                    continue;
                }
            } else {
                sent.extend(parents.iter().map(|(parent, _)| parent.path.as_str()));
                sent.insert(&entry.path);
            }
            if entry.is_directory() {
                parents.push((entry, own));
            }
        }
        let sent = entries.iter().filter(|entry| sent.contains(entry.path.as_str())).cloned().collect();
        FilteredContext { inner, sent }
    }

    /// Whether the whole context has `path`, but it is not sent.
    pub fn is_ignored(&self, path: &str) -> bool {
        self.inner.entry(path).is_some() && self.entry(path).is_none()
    }
}

impl BuildContext for FilteredContext<'_> {
    fn entries(&self) -> &[Entry] {
        &self.sent
    }

    fn read(&self, path: &str) -> Option<Cow<'_, [u8]>> {
        self.sent.binary_search_by(|entry| walk_order(&entry.path, path)).ok()?;
        self.inner.read(path)
    }
}
