//! Diagnostics for people: the lines they are about, what to do, and a summary.

use std::io::{self, Write as _};

use codespan_reporting::diagnostic::{Diagnostic as Excerpt, Label, LabelStyle, Severity as Kind};
use codespan_reporting::term::termcolor::Ansi;
use codespan_reporting::term::{self, Config, Styles, StylesWriter};
use dfopt_linter::{Applicability, Diagnostic, Severity};
use dfopt_syntax::TextRange;
use dfopt_verify::text::{printable, printable_line};

use super::shown::Shown;
use super::{Detail, Ending, Linted, Report, counted, size};
use crate::terminal::{Look, Out, Paint};

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    if report.wanted.detail == Detail::Statistics {
        write_statistics(report, out)?;
    } else {
        let printer = Printer { config: Config::default(), styles: Styles::default() };
        for linted in report.linted() {
            printer.file(linted, out)?;
        }
    }
    if report.wanted.ending == Ending::Summary { write_summary(report, out) } else { Ok(()) }
}

/// How often each rule reported.
pub(super) fn write_statistics(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    let counts = report.statistics();
    let width = counts.first().map_or(1, |count| count.count.to_string().len());
    for count in counts {
        let severity = out.paint(count.severity.name(), paint(count.severity));
        let fix = if count.fixable > 0 { " [fix]" } else { "" };
        writeln!(out, "{:width$} {severity:7} {}{fix}", count.count, count.rule)?;
    }
    Ok(())
}

fn write_summary(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    let summary = report.summary();
    let unread = report.errors().count();
    let kinds = [
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.infos, "info"),
        (summary.styles, "style remark"),
    ];
    let found: Vec<String> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| counted(*count, kind)).collect();
    let files = counted(summary.files, "file");
    let mut line =
        if found.is_empty() { format!("Nothing found in {files}") } else { format!("{} in {files}", found.join(", ")) };
    if unread > 0 {
        line.push_str(&format!(", {} could not be read", counted(unread, "file")));
    }
    let of = |wanted: Applicability| {
        report.diagnostics().filter(|(_, one)| one.fix.as_ref().is_some_and(|fix| fix.applicability == wanted)).count()
    };
    match (of(Applicability::Safe), of(Applicability::Unsafe)) {
        (0, 0) => {}
        (safe, 0) => line.push_str(&format!("; {safe} fixable with `dfopt fix`")),
        (0, others) => line.push_str(&format!("; {others} fixable with `dfopt fix --unsafe`")),
        (safe, others) => line.push_str(&format!("; {safe} fixable with `dfopt fix`, {others} more with `--unsafe`")),
    }
    writeln!(out, "{line}")
}

fn paint(severity: Severity) -> Paint {
    match severity {
        Severity::Error => Paint::Red,
        Severity::Warning => Paint::Yellow,
        Severity::Info => Paint::Green,
        Severity::Style => Paint::Cyan,
    }
}

struct Printer {
    config: Config,
    styles: Styles,
}

impl Printer {
    fn file(&self, linted: &Linted, out: &mut Out) -> io::Result<()> {
        if linted.diagnostics.is_empty() {
            return Ok(());
        }
        let name = printable_line(&linted.source.name);
        let shown = Shown::new(&name, linted.source.text(), &linted.lines);
        for diagnostic in &linted.diagnostics {
            let text = self.rendered(diagnostic, &shown, out.look());
            out.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    fn rendered(&self, diagnostic: &Diagnostic, shown: &Shown<'_>, look: Look) -> String {
        let excerpt = excerpt(diagnostic, shown);
        let mut bytes = Vec::new();
        let drawn = match look {
            Look::Plain => term::emit_to_io_write(&mut bytes, &self.config, shown, &excerpt),
            Look::Colored => {
                let mut writer = StylesWriter::new(Ansi::new(&mut bytes), &self.styles);
                term::emit_to_write_style(&mut writer, &self.config, shown, &excerpt)
            }
        };
        if drawn.is_err() {
            let (severity, rule) = (diagnostic.severity.name(), diagnostic.rule.name);
            return format!("{severity}[{rule}]: {}\n\n", printable(&diagnostic.message));
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // The first of these words is always the head's: ours are other ones.
        match diagnostic.severity {
            Severity::Info => text.replacen("note[", "info[", 1),
            Severity::Style => text.replacen("help[", "style[", 1),
            Severity::Warning | Severity::Error => text,
        }
    }
}

fn excerpt(diagnostic: &Diagnostic, shown: &Shown<'_>) -> Excerpt<()> {
    let label = |style: LabelStyle, range: TextRange, message: &str| {
        Label::new(style, (), shown.range(range.start().into()..range.end().into())).with_message(printable(message))
    };
    let mut labels = vec![label(LabelStyle::Primary, diagnostic.range, "")];
    labels
        .extend(diagnostic.related.iter().map(|related| label(LabelStyle::Secondary, related.range, &related.message)));
    let mut notes: Vec<String> = diagnostic.notes.iter().map(|note| printable(note).into_owned()).collect();
    if let Some(weight) = diagnostic.weight {
        notes.push(match weight.measured {
            Some(measured) => format!("adds {} to the image", size(measured)),
            None => format!("adds about {} to the image", size(weight.estimated)),
        });
    }
    notes.extend(diagnostic.help.as_ref().map(|help| format!("help: {}", printable(help))));
    notes.extend(diagnostic.fix.as_ref().map(|fix| {
        let title = printable_line(&fix.title);
        match fix.applicability {
            Applicability::Safe => format!("fix: {title} (`dfopt fix`)"),
            Applicability::Unsafe => format!("fix: {title} (`dfopt fix --unsafe`)"),
        }
    }));
    let kind = match diagnostic.severity {
        Severity::Error => Kind::Error,
        Severity::Warning => Kind::Warning,
        Severity::Info => Kind::Note,
        Severity::Style => Kind::Help,
    };
    Excerpt::new(kind)
        .with_code(diagnostic.rule.name)
        .with_message(printable(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes)
}
