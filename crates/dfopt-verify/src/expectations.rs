//! What a plan changed on purpose, with its reasons: the comparison reports these as expected instead of refusing.
//!
//! An expectation explains a loss; it cannot excuse one that a kept file needs.

use serde::{Deserialize, Serialize};

use crate::image::is_below;

/// All that is expected to differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectations {
    /// How equal the images have to be.
    pub mode: Mode,
    /// Paths that were dropped.
    #[serde(default)]
    pub dropped: Vec<Expected>,
    /// Paths whose content, owner or mode differs.
    #[serde(default)]
    pub changed: Vec<Expected>,
    /// Packages that were dropped.
    #[serde(default)]
    pub packages: Vec<Expected>,
    /// Environment variables that were dropped or changed.
    #[serde(default)]
    pub variables: Vec<Expected>,
    /// Users and groups that were dropped.
    #[serde(default)]
    pub users: Vec<Expected>,
    /// Labels that were dropped or changed.
    #[serde(default)]
    pub labels: Vec<Expected>,
}

/// How equal two images have to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The second runs what the first runs, with less beside it.
    #[default]
    Split,
    /// Nothing may differ.
    Identity,
}

/// One expected difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// A name, or a path; a path that ends with `/` stands for the folder and all below it, and `*` in the last component
    /// for any characters.
    pub what: String,
    /// Why.
    pub reason: String,
}

impl Expected {
    /// An expectation with its reason.
    #[must_use]
    pub fn new(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { what: what.into(), reason: reason.into() }
    }

    /// Whether it speaks of this path.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        if let Some(folder) = self.what.strip_suffix('/') {
            return is_below(path, if folder.is_empty() { "/" } else { folder });
        }
        if let Some((before, after)) = self.what.split_once('*') {
            return path.len() >= before.len() + after.len()
                && path.starts_with(before)
                && path.ends_with(after)
                && !path[before.len()..path.len() - after.len()].contains('/');
        }
        self.what == path
    }
}

/// The reason given for a path, if any.
#[must_use]
pub fn reason_for<'a>(list: &'a [Expected], path: &str) -> Option<&'a str> {
    list.iter().find(|expected| expected.covers(path)).map(|expected| expected.reason.as_str())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn folders_names_and_stars() {
        let covers = |what: &str, path: &str| Expected::new(what, "r").covers(path);
        assert!(covers("/src/", "/src/a/b") && covers("/src/", "/src") && !covers("/src/", "/srcs"));
        assert!(covers("/a/*.o", "/a/x.o") && !covers("/a/*.o", "/a/b/x.o"));
        assert!(covers("gcc", "gcc") && !covers("gcc", "gcc-14"));
    }
}
