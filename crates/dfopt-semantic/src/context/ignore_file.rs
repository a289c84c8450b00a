//! `.dockerignore` and its relatives: which one applies, and what its lines say.

use std::ops::Range;

use super::matcher::PatternSet;
use super::path::clean;

/// The names a Dockerfile has when none is given, in the order they are tried.
pub const DOCKERFILE_NAMES: [&str; 2] = ["Dockerfile", "dockerfile"];

const LONGEST_LINE: usize = 65_535;

/// Where a context comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextOrigin {
    /// The main context, a local directory.
    Local,
    /// A further named context, a local directory.
    Named,
    /// Git, HTTP or a tar stream, or no context at all.
    Remote,
}

/// A place to look for an ignore file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IgnorePlace {
    /// This path, beside the Dockerfile.
    BesideDockerfile(String),
    /// `.dockerignore` in the root of the context.
    ContextRoot,
}

/// Where the ignore file may be; the first that exists applies, alone.
pub fn ignore_file_places(origin: ContextOrigin, dockerfile: &str) -> Vec<IgnorePlace> {
    match origin {
        ContextOrigin::Local => {
            vec![IgnorePlace::BesideDockerfile(format!("{dockerfile}.dockerignore")), IgnorePlace::ContextRoot]
        }
        ContextOrigin::Named => vec![IgnorePlace::ContextRoot],
        ContextOrigin::Remote => Vec::new(),
    }
}

/// One line that holds a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreLine {
    /// The pattern as written, without blanks around it, with its `!`.
    pub range: Range<usize>,
    /// The pattern in normal form, with its `!`.
    pub pattern: String,
}

impl IgnoreLine {
    /// Whether it can match nothing, because no path of a context looks like it.
    pub fn is_useless(&self) -> bool {
        let pattern = self.pattern.strip_prefix('!').unwrap_or(&self.pattern);
        matches!(pattern, "." | "/" | "..") || pattern.starts_with("../")
    }
}

/// Why a builder refuses an ignore file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IgnoreError {
    /// A line that is `!` alone, or takes back the root.
    NothingTakenBack {
        /// The line's text.
        range: Range<usize>,
    },
    /// Malformed pattern syntax.
    BadPattern {
        /// The pattern.
        range: Range<usize>,
    },
    /// A line of more than 65,535 bytes.
    LineTooLong {
        /// The line.
        range: Range<usize>,
    },
}

impl IgnoreError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            IgnoreError::NothingTakenBack { range }
            | IgnoreError::BadPattern { range }
            | IgnoreError::LineTooLong { range } => range,
        }
    }
}

/// A parsed ignore file. What is faulty is left out of its patterns.
#[derive(Debug, Clone, Default)]
pub struct IgnoreFile {
    lines: Vec<IgnoreLine>,
    errors: Vec<IgnoreError>,
    patterns: PatternSet,
}

impl IgnoreFile {
    /// Reads the text of an ignore file; never fails.
    pub fn parse(text: &str) -> IgnoreFile {
        let mut file = IgnoreFile::default();
        let mut start = 0;
        for raw in text.split_inclusive('\n') {
            let mut here = start..start + raw.len();
            start = here.end;
            if here.start == 0 && raw.starts_with('\u{feff}') {
                here.start = '\u{feff}'.len_utf8();
            }
            file.line(text, here);
        }
        file
    }

    fn line(&mut self, text: &str, mut here: Range<usize>) {
        let line = text[here.clone()].trim_end_matches('\n');
        here.end = here.start + line.len();
        if line.len() > LONGEST_LINE {
            self.errors.push(IgnoreError::LineTooLong { range: here });
            return;
        }
        if line.starts_with('#') {
            return;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() {
            return;
        }
        let offset = here.start + (line.len() - line.trim_start().len());
        let range = offset..offset + trimmed.len();
        let (mark, body) = trimmed.strip_prefix('!').map_or(("", trimmed), |body| ("!", body.trim()));
        let mut body = if body.is_empty() { String::new() } else { clean(body) };
        if body.len() > 1 && body.starts_with('/') {
            body.remove(0);
        }
        let pattern = format!("{mark}{body}");
        match self.patterns.push(&pattern) {
            Ok(()) => self.lines.push(IgnoreLine { range, pattern }),
            Err(_) if matches!(pattern.as_str(), "!" | "!/") => {
                self.errors.push(IgnoreError::NothingTakenBack { range });
            }
            Err(_) => self.errors.push(IgnoreError::BadPattern { range }),
        }
    }

    /// The lines with a pattern, in order.
    pub fn lines(&self) -> &[IgnoreLine] {
        &self.lines
    }

    /// What a builder refuses.
    pub fn errors(&self) -> &[IgnoreError] {
        &self.errors
    }

    /// The patterns of all lines.
    pub fn patterns(&self) -> &PatternSet {
        &self.patterns
    }
}
