//! What `dfopt check` found, and the formats it is printed in.

mod checkstyle;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod markdown;
mod sarif;
mod short;
mod shown;
mod sonarqube;
mod xml;

use std::collections::BTreeMap;
use std::io;

use dfopt_linter::{Diagnostic, Severity};
use dfopt_syntax::TextSize;

use crate::args::Format;
use crate::position::{Lines, Position};
use crate::source::{ReadError, Source};
use crate::terminal::Out;

/// What was found in one file.
#[derive(Debug)]
pub struct FileReport {
    /// The file as output calls it.
    pub name: String,
    /// What came of it.
    pub content: Result<Linted, ReadError>,
}

/// A file that was linted.
#[derive(Debug)]
pub struct Linted {
    /// The file.
    pub source: Source,
    /// Where its lines start.
    pub lines: Lines,
    /// What was found, by position.
    pub diagnostics: Vec<Diagnostic>,
}

impl Linted {
    /// A file with what was found in it.
    #[must_use]
    pub fn new(source: Source, diagnostics: Vec<Diagnostic>) -> Linted {
        let lines = Lines::new(source.text());
        Linted { source, lines, diagnostics }
    }

    /// Line and column of a place in the text.
    #[must_use]
    pub fn position(&self, offset: TextSize) -> Position {
        self.lines.position(self.source.text(), offset)
    }
}

/// What was found in all files.
#[derive(Debug)]
pub struct Report<'r> {
    /// The files in order.
    pub files: &'r [FileReport],
    /// How it is told.
    pub wanted: Wanted,
}

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// What is told of the rules.
    pub detail: Detail,
    /// What is told besides.
    pub ending: Ending,
}

/// What is told of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Each diagnostic.
    Diagnostics,
    /// How often each rule reported.
    Statistics,
}

/// What is told besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A summary.
    Summary,
    /// Nothing.
    Nothing,
}

impl<'r> Report<'r> {
    /// The files that were linted.
    pub fn linted(&self) -> impl Iterator<Item = &'r Linted> + use<'r> {
        self.files.iter().filter_map(|file| file.content.as_ref().ok())
    }

    /// All diagnostics with their files.
    pub fn diagnostics(&self) -> impl Iterator<Item = (&'r Linted, &'r Diagnostic)> + use<'r> {
        self.linted().flat_map(|file| file.diagnostics.iter().map(move |diagnostic| (file, diagnostic)))
    }

    /// The files that could not be read.
    pub fn errors(&self) -> impl Iterator<Item = (&'r str, &'r ReadError)> + use<'r> {
        self.files.iter().filter_map(|file| Some((file.name.as_str(), file.content.as_ref().err()?)))
    }

    /// The numbers of all.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { files: self.files.len(), ..Summary::default() };
        for (_, diagnostic) in self.diagnostics() {
            let count = match diagnostic.severity {
                Severity::Error => &mut summary.errors,
                Severity::Warning => &mut summary.warnings,
                Severity::Info => &mut summary.infos,
                Severity::Style => &mut summary.styles,
            };
            *count += 1;
            summary.fixable += usize::from(diagnostic.fix.is_some());
        }
        summary
    }

    /// How often each rule reported, the most frequent first.
    #[must_use]
    pub fn statistics(&self) -> Vec<RuleCount> {
        let mut counts: BTreeMap<&'static str, RuleCount> = BTreeMap::new();
        for (_, diagnostic) in self.diagnostics() {
            let count = counts.entry(diagnostic.rule.name).or_insert(RuleCount {
                rule: diagnostic.rule.name,
                severity: diagnostic.severity,
                count: 0,
                fixable: 0,
            });
            count.severity = count.severity.max(diagnostic.severity);
            count.count += 1;
            count.fixable += usize::from(diagnostic.fix.is_some());
        }
        let mut counts: Vec<RuleCount> = counts.into_values().collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.count));
        counts
    }

    /// Writes it in a format.
    ///
    /// # Errors
    /// When the stream takes no more.
    pub fn write(&self, format: Format, out: &mut Out) -> io::Result<()> {
        match format {
            Format::Human => human::write(self, out),
            Format::Short => short::write(self, out),
            Format::Json => json::write(self, out),
            Format::Jsonl => json::write_lines(self, out),
            Format::Sarif => sarif::write(self, out),
            Format::Github => github::write(self, out),
            Format::Gitlab => gitlab::write(self, out),
            Format::Checkstyle => checkstyle::write(self, out),
            Format::Junit => junit::write(self, out),
            Format::Sonarqube => sonarqube::write(self, out),
            Format::Markdown => markdown::write(self, out),
        }
    }
}

/// The numbers of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Files, those included that could not be read.
    pub files: usize,
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Hints.
    pub infos: usize,
    /// Matters of taste.
    pub styles: usize,
    /// Diagnostics with a fix.
    pub fixable: usize,
}

/// How often a rule reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCount {
    /// Its name.
    pub rule: &'static str,
    /// The worst severity.
    pub severity: Severity,
    /// How often.
    pub count: usize,
    /// How often with a fix.
    pub fixable: usize,
}

/// `1 file`, `2 files`
pub(crate) fn counted(count: usize, singular: &str) -> String {
    if count == 1 { format!("1 {singular}") } else { format!("{count} {singular}s") }
}

/// A number of bytes for people, in decimal units as image sizes are given.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut unit = "B";
    let mut amount = bytes as f64;
    for next in UNITS {
        if amount < 999.5 {
            break;
        }
        amount /= 1000.0;
        unit = next;
    }
    if unit == "B" || amount >= 9.95 { format!("{amount:.0} {unit}") } else { format!("{amount:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(0, "file"), "0 files");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_500), "1.5 kB");
        assert_eq!(size(999_600), "1.0 MB");
        assert_eq!(size(812_000_000), "812 MB");
    }
}
