//! JSON as `docs/schema/check.schema.json` describes it: one document, or one line for each diagnostic.

use std::io::{self, Write as _};

use dfopt_linter::Diagnostic;
use dfopt_syntax::{TextRange, TextSize};
use serde::Serialize;

use super::{Detail, Linted, Report};
use crate::source::ReadError;
use crate::terminal::Out;

/// The version of the document's shape.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    files: Vec<File<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Vec<Count>>,
    summary: Numbers,
}

#[derive(Serialize)]
struct File<'r> {
    path: &'r str,
    error: Option<Error<'r>>,
    diagnostics: Vec<Found<'r>>,
}

#[derive(Serialize)]
struct Error<'r> {
    kind: &'static str,
    message: &'r str,
}

#[derive(Serialize)]
struct Found<'r> {
    rule: &'static str,
    aliases: Vec<&'r str>,
    category: &'static str,
    severity: &'static str,
    fails_build: bool,
    message: &'r str,
    notes: &'r [String],
    help: Option<&'r str>,
    url: String,
    range: Range,
    related: Vec<Related<'r>>,
    fix: Option<Fix<'r>>,
    weight: Option<Weight>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Related<'r> {
    message: &'r str,
    range: Range,
}

#[derive(Serialize)]
struct Fix<'r> {
    title: &'r str,
    applicability: &'static str,
    edits: Vec<Edit<'r>>,
}

#[derive(Serialize)]
struct Edit<'r> {
    start: usize,
    end: usize,
    text: &'r str,
}

#[derive(Serialize)]
struct Weight {
    estimated: u64,
    measured: Option<u64>,
}

#[derive(Serialize)]
struct Count {
    rule: &'static str,
    severity: &'static str,
    count: usize,
    fixable: usize,
}

#[derive(Serialize)]
struct Numbers {
    files: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    styles: usize,
    fixable: usize,
}

/// A line of the other shape: a diagnostic, or a file that could not be read.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'r> {
    Found {
        version: u32,
        path: &'r str,
        #[serde(flatten)]
        found: Box<Found<'r>>,
    },
    Error {
        version: u32,
        path: &'r str,
        error: Error<'r>,
    },
}

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    let files = report.files.iter().map(|file| File {
        path: &file.name,
        error: file.content.as_ref().err().map(error),
        diagnostics: file.content.as_ref().map(diagnostics).unwrap_or_default(),
    });
    let count = |count: super::RuleCount| Count {
        rule: count.rule,
        severity: count.severity.name(),
        count: count.count,
        fixable: count.fixable,
    };
    let statistics =
        (report.wanted.detail == Detail::Statistics).then(|| report.statistics().into_iter().map(count).collect());
    let summary = report.summary();
    let document = Document {
        version: VERSION,
        files: files.collect(),
        statistics,
        summary: Numbers {
            files: summary.files,
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            styles: summary.styles,
            fixable: summary.fixable,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &document).map_err(io::Error::from)?;
    writeln!(out)
}

pub(super) fn write_lines(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    for file in report.files {
        let path = file.name.as_str();
        let lines: Vec<Line<'_>> = match &file.content {
            Err(trouble) => vec![Line::Error { version: VERSION, path, error: error(trouble) }],
            Ok(linted) => diagnostics(linted)
                .into_iter()
                .map(|found| Line::Found { version: VERSION, path, found: Box::new(found) })
                .collect(),
        };
        for line in lines {
            serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn error(error: &ReadError) -> Error<'_> {
    Error { kind: error.kind, message: &error.message }
}

fn diagnostics(linted: &Linted) -> Vec<Found<'_>> {
    linted.diagnostics.iter().map(|diagnostic| found(linted, diagnostic)).collect()
}

fn found<'r>(linted: &'r Linted, diagnostic: &'r Diagnostic) -> Found<'r> {
    let rule = diagnostic.rule;
    let related = diagnostic.related.iter();
    Found {
        rule: rule.name,
        aliases: diagnostic.aliases().collect(),
        category: rule.category.name(),
        severity: diagnostic.severity.name(),
        fails_build: diagnostic.fails_build,
        message: &diagnostic.message,
        notes: &diagnostic.notes,
        help: diagnostic.help.as_deref(),
        url: rule.url(),
        range: range(linted, diagnostic.range),
        related: related.map(|one| Related { message: &one.message, range: range(linted, one.range) }).collect(),
        fix: diagnostic.fix.as_ref().map(|fix| Fix {
            title: &fix.title,
            applicability: fix.applicability.name(),
            edits: fix.edits.as_slice().iter().map(|edit| self::edit(linted, edit)).collect(),
        }),
        weight: diagnostic.weight.map(|weight| Weight { estimated: weight.estimated, measured: weight.measured }),
        fingerprint: fingerprint(diagnostic),
    }
}

fn edit<'r>(linted: &Linted, edit: &'r dfopt_syntax::Edit) -> Edit<'r> {
    let place = |offset| linted.source.byte_in_file(offset);
    Edit { start: place(edit.range().start()), end: place(edit.range().end()), text: &edit.text }
}

fn range(linted: &Linted, range: TextRange) -> Range {
    Range { start: place(linted, range.start()), end: place(linted, range.end()) }
}

fn place(linted: &Linted, offset: TextSize) -> Place {
    let position = linted.position(offset);
    Place { line: position.line, column: position.column, offset: linted.source.byte_in_file(offset) }
}

/// The fingerprint as all formats write it.
pub(super) fn fingerprint(diagnostic: &Diagnostic) -> String {
    format!("{:016x}", diagnostic.fingerprint)
}
