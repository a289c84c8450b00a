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

#[derive(Default)]
struct Node<'a> {
    children: BTreeMap<&'a str, Node<'a>>,
    wanted: bool,
    exists: bool,
}

impl<'a> Node<'a> {
    fn at(&mut self, path: &'a str) -> &mut Node<'a> {
        path.split('/').filter(|part| !part.is_empty()).fold(self, |node, part| node.children.entry(part).or_default())
    }

    /// Whether everything that exists below is wanted, and there is something.
    fn is_whole(&self) -> bool {
        if self.children.is_empty() {
            return self.wanted;
        }
        self.children.values().all(Node::is_whole)
    }

    fn has_wanted(&self) -> bool {
        self.wanted || self.children.values().any(Node::has_wanted)
    }
}

/// Groups `wanted` paths, given every path that exists beside them. Directories in `never_whole` are opened up even when all
/// of them is wanted; those in `directories` may be empty.
pub(crate) fn groups<'a>(
    wanted: impl IntoIterator<Item = &'a str>,
    exists: impl IntoIterator<Item = &'a str>,
    directories: &BTreeSet<&str>,
    never_whole: &BTreeSet<&str>,
) -> Vec<Group> {
    let mut root = Node::default();
    for path in exists {
        root.at(path).exists = true;
    }
    for path in wanted {
        let node = root.at(path);
        node.wanted = true;
        node.exists = true;
    }
    let mut found = Vec::new();
    visit(&root, "", directories, never_whole, &mut found);
    found
}

fn visit(
    node: &Node<'_>,
    path: &str,
    directories: &BTreeSet<&str>,
    never_whole: &BTreeSet<&str>,
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
        } else if child.is_whole() && !never_whole.contains(&*below) {
            found.push(Group::Directory(below));
        } else {
            visit(child, &below, directories, never_whole, found);
        }
    }
    if !names.is_empty() {
        found.push(Group::Files { parent: path.to_owned(), names });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(wanted: &[&str], exists: &[&str], directories: &[&str]) -> Vec<Group> {
        let directories = directories.iter().copied().collect();
        groups(wanted.iter().copied(), exists.iter().copied(), &directories, &BTreeSet::new())
    }

    fn files(parent: &str, names: &[&str]) -> Group {
        Group::Files { parent: parent.into(), names: names.iter().map(|&name| name.into()).collect() }
    }

    #[test]
    fn whole_directories_are_one_source() {
        let exists = ["/app", "/app/t", "/app/t/a", "/app/t/b", "/app/main.go", "/app/server"];
        let dirs = ["/app", "/app/t"];
        let wanted = ["/app/t/a", "/app/t/b", "/app/server"];
        assert_eq!(grouped(&wanted, &exists, &dirs), [Group::Directory("/app/t".into()), files("/app", &["server"])]);
        let all = ["/app/t/a", "/app/t/b", "/app/server", "/app/main.go"];
        assert_eq!(grouped(&all, &exists, &dirs), [Group::Directory("/app".into())]);
    }

    #[test]
    fn empty_directories_count_when_wanted() {
        let exists = ["/srv", "/srv/data", "/srv/app"];
        let dirs = ["/srv", "/srv/data"];
        assert_eq!(grouped(&["/srv/app", "/srv/data"], &exists, &dirs), [Group::Directory("/srv".into())]);
        assert_eq!(grouped(&["/srv/app"], &exists, &dirs), [files("/srv", &["app"])]);
        assert_eq!(grouped(&["/srv/data"], &exists, &dirs), [Group::Directory("/srv/data".into())]);
    }
}
