//! The fewest COPY sources for a set of paths.

use std::collections::{BTreeMap, BTreeSet};

/// What one COPY brings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    /// A directory with everything in it.
    Directory(String),
    /// Files of one directory.
    Files {
        /// The directory, without a slash at the end (empty for the root).
        parent: String,
        /// Their names.
        names: Vec<String>,
    },
}

/// How much that is not wanted a COPY of a whole directory may bring along, in parts of what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tolerance {
    /// Bytes that may come along …
    pub extra: u64,
    /// … for so many that are wanted.
    pub wanted: u64,
}

impl Tolerance {
    /// Only what is wanted.
    pub const NONE: Tolerance = Tolerance { extra: 0, wanted: 1 };
}

/// A path of the original, as far as grouping cares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    /// Bytes.
    pub size: u64,
    /// Whether it is to be copied.
    pub is_wanted: bool,
}

#[derive(Default)]
struct Node<'a> {
    children: BTreeMap<&'a str, Node<'a>>,
    /// Itself, if it is to be copied or has nothing below.
    is_wanted: bool,
    size: u64,
    wanted_below: u64,
    extra_below: u64,
    /// Paths below and here that are to be copied, and that are not.
    counts: (usize, usize),
}

impl<'a> Node<'a> {
    fn at(&mut self, path: &'a str) -> &mut Node<'a> {
        path.split('/').filter(|part| !part.is_empty()).fold(self, |node, part| node.children.entry(part).or_default())
    }

    /// Sums up from the leaves.
    fn weigh(&mut self) {
        if self.children.is_empty() {
            (self.wanted_below, self.extra_below) = if self.is_wanted { (self.size, 0) } else { (0, self.size) };
            self.counts = (usize::from(self.is_wanted), usize::from(!self.is_wanted));
            return;
        }
        for child in self.children.values_mut() {
            child.weigh();
            self.wanted_below += child.wanted_below;
            self.extra_below += child.extra_below;
            self.counts.0 += child.counts.0;
            self.counts.1 += child.counts.1;
        }
    }

    /// Whether everything below may be copied at once.
    fn is_whole(&self, tolerance: Tolerance) -> bool {
        let within =
            || self.extra_below.saturating_mul(tolerance.wanted) <= self.wanted_below.saturating_mul(tolerance.extra);
        self.counts.1 == 0 || (tolerance.extra > 0 && self.counts.0 > 0 && within())
    }

    fn has_wanted(&self) -> bool {
        self.counts.0 > 0
    }
}

/// Groups the wanted among all `leaves`. Directories in `never_whole` are opened up even when all of them is wanted; those in
/// `directories` may be empty.
pub(crate) fn groups<'a>(
    leaves: impl IntoIterator<Item = (&'a str, Leaf)>,
    directories: &BTreeSet<&str>,
    never_whole: &BTreeSet<&str>,
    tolerance: Tolerance,
) -> Vec<Group> {
    let mut root = Node::default();
    for (path, leaf) in leaves {
        let node = root.at(path);
        node.is_wanted = leaf.is_wanted;
        node.size = leaf.size;
    }
    root.weigh();
    let mut found = Vec::new();
    visit(&root, "", directories, never_whole, tolerance, &mut found);
    found
}

fn visit(
    node: &Node<'_>,
    path: &str,
    directories: &BTreeSet<&str>,
    never_whole: &BTreeSet<&str>,
    tolerance: Tolerance,
    found: &mut Vec<Group>,
) {
    let mut names = Vec::new();
    for (name, child) in &node.children {
        if !child.has_wanted() {
            continue;
        }
        let below = format!("{path}/{name}");
        let is_directory = directories.contains(&*below) || !child.children.is_empty();
        if !is_directory {
            names.push((*name).to_owned());
        } else if child.is_whole(tolerance) && !never_whole.contains(&*below) {
            found.push(Group::Directory(below));
        } else {
            visit(child, &below, directories, never_whole, tolerance, found);
        }
    }
    if !names.is_empty() {
        found.push(Group::Files { parent: path.to_owned(), names });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(wanted: &[&str], exists: &[&str], directories: &[&str], tolerance: Tolerance) -> Vec<Group> {
        let directories = directories.iter().copied().collect();
        let leaves = exists.iter().map(|&path| {
            let size = if path.ends_with(".big") { 1000 } else { 10 };
            (path, Leaf { size, is_wanted: wanted.contains(&path) })
        });
        groups(leaves, &directories, &BTreeSet::new(), tolerance)
    }

    fn files(parent: &str, names: &[&str]) -> Group {
        Group::Files { parent: parent.into(), names: names.iter().map(|&name| name.into()).collect() }
    }

    #[test]
    fn whole_directories_are_one_source() {
        let exists = ["/app", "/app/t", "/app/t/a", "/app/t/b", "/app/main.go", "/app/server"];
        let dirs = ["/app", "/app/t"];
        let wanted = ["/app/t/a", "/app/t/b", "/app/server"];
        let of = |wanted: &[&str]| grouped(wanted, &exists, &dirs, Tolerance::NONE);
        assert_eq!(of(&wanted), [Group::Directory("/app/t".into()), files("/app", &["server"])]);
        assert_eq!(of(&["/app/t/a", "/app/t/b", "/app/server", "/app/main.go"]), [Group::Directory("/app".into())]);
    }

    #[test]
    fn empty_directories_count_when_wanted() {
        let exists = ["/srv", "/srv/data", "/srv/app"];
        let dirs = ["/srv", "/srv/data"];
        let of = |wanted: &[&str]| grouped(wanted, &exists, &dirs, Tolerance::NONE);
        assert_eq!(of(&["/srv/app", "/srv/data"]), [Group::Directory("/srv".into())]);
        assert_eq!(of(&["/srv/app"]), [files("/srv", &["app"])]);
        assert_eq!(of(&["/srv/data"]), [Group::Directory("/srv/data".into())]);
    }

    #[test]
    fn a_little_may_come_along_when_that_is_asked_for() {
        let exists = ["/a", "/a/x", "/a/x/1.big", "/a/x/2", "/a/y", "/a/y/3.big", "/a/y/4"];
        let dirs = ["/a", "/a/x", "/a/y"];
        let tolerance = Tolerance { extra: 1, wanted: 10 };
        let of = |tolerance| grouped(&["/a/x/1.big", "/a/y/4"], &exists, &dirs, tolerance);
        assert_eq!(of(Tolerance::NONE), [files("/a/x", &["1.big"]), files("/a/y", &["4"])]);
        assert_eq!(of(tolerance), [Group::Directory("/a/x".into()), files("/a/y", &["4"])]);
    }
}
