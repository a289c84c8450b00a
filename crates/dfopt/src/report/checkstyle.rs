//! The XML of Checkstyle, which many code review tools read.
//!
//! <https://github.com/checkstyle/checkstyle/blob/master/src/main/java/com/puppycrawl/tools/checkstyle/XMLLogger.java>

use std::io::{self, Write as _};

use dfopt_linter::Severity;

use super::xml::{document, legal};
use super::{FileReport, Report};
use crate::terminal::Out;

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    let mut xml = document(out)?;
    let root = xml.create_element("checkstyle").with_attribute(("version", "4.3"));
    root.write_inner_content(|xml| {
        for file in report.files {
            let name = legal(&file.name);
            let element = xml.create_element("file").with_attribute(("name", name.as_str()));
            let errors = errors(file);
            if errors.is_empty() {
                element.write_empty()?;
                continue;
            }
            element.write_inner_content(|xml| {
                for error in &errors {
                    let (line, column) = (error.line.to_string(), error.column.to_string());
                    let attributes = [
                        ("line", line.as_str()),
                        ("column", column.as_str()),
                        ("severity", error.severity),
                        ("message", error.message.as_str()),
                        ("source", error.source),
                    ];
                    xml.create_element("error").with_attributes(attributes).write_empty()?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    writeln!(out)
}

struct Entry {
    line: usize,
    column: usize,
    severity: &'static str,
    message: String,
    source: &'static str,
}

fn errors(file: &FileReport) -> Vec<Entry> {
    match &file.content {
        Err(error) => {
            vec![Entry { line: 1, column: 1, severity: "error", message: legal(&error.message), source: error.kind }]
        }
        Ok(linted) => linted
            .diagnostics
            .iter()
            .map(|one| {
                let at = linted.position(one.range.start());
                // Checkstyle knows ignore, info, warning and error.
                let severity = match one.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Info | Severity::Style => "info",
                };
                let message = legal(&one.message);
                Entry { line: at.line, column: at.column, severity, message, source: one.rule.name }
            })
            .collect(),
    }
}
