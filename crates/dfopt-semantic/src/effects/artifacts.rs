//! What build commands make and where: the products that a run command is looked for among, and that a split carries over.

mod go;
mod others;

use std::collections::BTreeSet;
use std::ops::Range;

use super::path::PathPattern;
use super::state::{Env, Meant, State, walk};
use crate::command::ecosystems::{self, Ecosystem};
use crate::command::files::FileAction;
use crate::command::{Script, Understood, Value};

/// Files of the project by their path in the image, as far as they can be read.
pub trait ProjectFiles {
    /// The text of a file.
    fn text(&self, path: &str) -> Option<String>;

    /// Whether a path is a directory; `None` if that is not known.
    fn is_directory(&self, _path: &str) -> Option<bool> {
        None
    }
}

impl<F: Fn(&str) -> Option<String>> ProjectFiles for F {
    fn text(&self, path: &str) -> Option<String> {
        self(path)
    }
}

/// How sure it is that an artifact is made at its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// It is.
    Surely,
    /// It is one of the places where it may be.
    Possibly,
}

/// A product of a build command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Where it is: a file, a pattern of files, or a tree.
    pub path: PathPattern,
    /// How sure that is.
    pub certainty: Certainty,
    /// The language of the tool, where it has one.
    pub ecosystem: Option<Ecosystem>,
    /// The words that say so: the value of `-o`, the package, or the verb.
    pub word: Range<u32>,
    /// The command that makes it, as an index into the script.
    pub command: usize,
}

/// The products of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifacts {
    /// Those whose place is known, in order.
    pub found: Vec<Artifact>,
    /// Commands that make something at a place that is not known, by their place in the file.
    pub unplaced: Vec<Range<u32>>,
}

/// The products of a script; `files` answers for the project as it stands in the image before the script runs.
#[must_use]
pub fn artifacts_of(script: &Script, env: &Env<'_>, files: &dyn ProjectFiles) -> Artifacts {
    let mut artifacts = Artifacts::default();
    let mut made_directories = BTreeSet::new();
    walk(script, env, &mut |step| {
        let Some(Meant { command, understood }) = step.meant else {
            return;
        };
        let state = step.state.for_command(command);
        if let Understood::File(op) = understood
            && op.action == FileAction::MakeDirectory
        {
            made_directories.extend(op.targets.iter().filter_map(|t| state.path(*t)));
        }
        if !understood.produces() {
            return;
        }
        let mut maker = Maker {
            state: &state,
            files,
            made_directories: &made_directories,
            ecosystem: ecosystems::of(understood),
            certain: step.certain,
            command: step.index,
            found: Vec::new(),
        };
        match understood {
            Understood::Go(go) => go::artifacts(&mut maker, go),
            other => others::artifacts(&mut maker, other),
        }
        let found = maker.found;
        if found.is_empty() {
            artifacts.unplaced.push(command.range());
        }
        artifacts.found.extend(found);
    });
    artifacts
}

struct Maker<'m> {
    state: &'m State<'m>,
    files: &'m dyn ProjectFiles,
    made_directories: &'m BTreeSet<String>,
    ecosystem: Option<Ecosystem>,
    certain: bool,
    command: usize,
    found: Vec<Artifact>,
}

impl Maker<'_> {
    fn add(&mut self, path: PathPattern, certainty: Certainty, word: Range<u32>) {
        let certainty = if self.certain { certainty } else { Certainty::Possibly };
        self.found.push(Artifact { path, certainty, ecosystem: self.ecosystem, word, command: self.command });
    }

    /// A pattern below a directory, `dir/**` in the usual notation.
    fn add_in(&mut self, directory: Option<&str>, below: &str, certainty: Certainty, word: Range<u32>) {
        let path = match directory {
            Some(directory) => {
                PathPattern::parse(&format!("{}/{below}", super::path::escape(directory.trim_end_matches('/'))))
            }
            None => PathPattern::any(),
        };
        self.add(path, certainty, word);
    }

    fn add_value(&mut self, value: Value<'_>, certainty: Certainty) {
        let path = self.state.pattern(value);
        let certainty = if path.as_literal().is_some() { certainty } else { Certainty::Possibly };
        self.add(path, certainty, value.word.range.clone());
    }

    fn add_tree(&mut self, value: Value<'_>, certainty: Certainty) {
        let path = self.state.pattern(value).with_everything_below();
        self.add(path, certainty, value.word.range.clone());
    }

    /// True if the path is surely a directory, false if surely not.
    fn is_directory(&self, path: &str) -> Option<bool> {
        const USUAL: &[&str] = &[
            "/",
            "/bin",
            "/sbin",
            "/usr/bin",
            "/usr/sbin",
            "/usr/local/bin",
            "/usr/local/sbin",
            "/usr/local",
            "/usr/lib",
            "/opt",
            "/tmp",
            "/srv",
            "/root",
            "/home",
            "/etc",
            "/go/bin",
            "/go",
            "/usr/local/lib",
        ];
        if USUAL.contains(&path) || self.state.directory() == Some(path) {
            return Some(true);
        }
        let made = |d: &String| d == path || d.strip_prefix(path).is_some_and(|r| r.starts_with('/'));
        if self.made_directories.iter().any(made) {
            return Some(true);
        }
        self.files.is_directory(path)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
