//! What follows the repository in a git source of ADD: `#ref:subdir`, or a query of named parts.

use std::ops::Range;

use crate::mount::parse_bool;

/// A git source, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitRef {
    /// Branch, tag or commit.
    pub reference: Option<String>,
    /// The directory in the repository.
    pub subdir: Option<String>,
    /// The commit that must be found.
    pub commit: Option<String>,
    /// Whether `.git` is kept.
    pub keep_git_dir: Option<bool>,
    /// What the builder refuses; the first is the one it would report.
    pub errors: Vec<GitRefError>,
}

/// Why a git source is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitRefError {
    /// A key that means nothing.
    UnknownKey {
        /// The key.
        range: Range<usize>,
    },
    /// A key without value.
    MissingValue {
        /// The key.
        range: Range<usize>,
    },
    /// A value that the key does not take.
    BadValue {
        /// The value.
        range: Range<usize>,
    },
    /// A part that says otherwise than one before it.
    Conflict {
        /// The later part.
        range: Range<usize>,
    },
}

impl GitRefError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            GitRefError::UnknownKey { range }
            | GitRefError::MissingValue { range }
            | GitRefError::BadValue { range }
            | GitRefError::Conflict { range } => range,
        }
    }
}

impl GitRef {
    /// Reads a source that names a git repository.
    pub fn parse(text: &str) -> GitRef {
        let (main, fragment) = text.split_once('#').map_or((text, None), |(main, fragment)| (main, Some(fragment)));
        let mut git = GitRef::default();
        if let Some(fragment) = fragment {
            let (reference, subdir) =
                fragment.split_once(':').map_or((fragment, ""), |(reference, subdir)| (reference, subdir));
            git.reference = Some(reference.to_owned()).filter(|reference| !reference.is_empty());
            git.subdir = Some(subdir.to_owned()).filter(|subdir| !subdir.is_empty());
        }
        if let Some(query) = main.find('?') {
            git.query(main, query + 1);
        }
        git
    }

    fn query(&mut self, main: &str, start: usize) {
        let mut at = start;
        let mut named: Option<&str> = None;
        for part in main[start..].split('&') {
            let range = at..at + part.len();
            at = range.end + 1;
            if part.is_empty() {
                continue;
            }
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let key_range = range.start..range.start + key.len();
            let value_range = range.end - value.len()..range.end;
            let may_be_bare = matches!(key, "keep-git-dir" | "submodules" | "fetch-by-commit");
            let is_known =
                may_be_bare || matches!(key, "ref" | "tag" | "branch" | "subdir" | "commit" | "checksum" | "mtime");
            if !is_known {
                self.errors.push(GitRefError::UnknownKey { range: key_range });
                continue;
            }
            if value.is_empty() && !may_be_bare {
                self.errors.push(GitRefError::MissingValue { range: key_range });
                continue;
            }
            match key {
                "ref" | "tag" | "branch" => {
                    let full = match key {
                        "tag" => format!("refs/tags/{value}"),
                        "branch" => format!("refs/heads/{value}"),
                        _ => value.to_owned(),
                    };
                    let twice = matches!((named, key), (Some("tag"), "branch") | (Some("branch"), "tag"));
                    let differs = self.reference.as_ref().is_some_and(|other| *other != full && other != value);
                    if twice || differs {
                        self.errors.push(GitRefError::Conflict { range: range.clone() });
                    }
                    named = Some(key);
                    self.reference.get_or_insert(full);
                }
                "subdir" => {
                    if self.subdir.as_ref().is_some_and(|other| other != value) {
                        self.errors.push(GitRefError::Conflict { range: range.clone() });
                    }
                    self.subdir.get_or_insert(value.to_owned());
                }
                "commit" | "checksum" => {
                    if self.commit.as_ref().is_some_and(|other| other != value) {
                        self.errors.push(GitRefError::Conflict { range: range.clone() });
                    }
                    self.commit = Some(value.to_owned());
                }
                "mtime" if !matches!(value, "checkout" | "commit") => {
                    self.errors.push(GitRefError::BadValue { range: value_range });
                }
                "mtime" => {}
                _ => match (value, parse_bool(value)) {
                    ("", _) if key == "keep-git-dir" => self.keep_git_dir = Some(true),
                    ("", _) => {}
                    (_, Some(value)) if key == "keep-git-dir" => self.keep_git_dir = Some(value),
                    (_, Some(_)) => {}
                    (_, None) => self.errors.push(GitRefError::BadValue { range: value_range }),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_and_queries() {
        let git = GitRef::parse("https://h/o/r.git#v1:sub");
        assert_eq!((git.reference.as_deref(), git.subdir.as_deref()), (Some("v1"), Some("sub")));
        let git = GitRef::parse("https://h/o/r.git?tag=v1&commit=abc&keep-git-dir=true");
        assert_eq!(
            (git.reference.as_deref(), git.commit.as_deref(), git.keep_git_dir),
            (Some("refs/tags/v1"), Some("abc"), Some(true))
        );
        assert_eq!(git.errors, []);
    }

    #[test]
    fn faults_mark_their_part() {
        for (query, marked) in [
            ("x=1", "x"),
            ("ref", "ref"),
            ("ref=", "ref"),
            ("tag=a&branch=b", "branch=b"),
            ("ref=a#b", "ref=a"),
            ("subdir=a#b:c", "subdir=a"),
            ("submodules=x", "x"),
            ("mtime=now", "now"),
        ] {
            let text = format!("https://h/r.git?{query}");
            let error = GitRef::parse(&text).errors.remove(0);
            assert_eq!(&text[error.range().clone()], marked, "{query}");
        }
    }
}
