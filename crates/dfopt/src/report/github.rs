//! Annotations as GitHub Actions reads them from a log.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::io::{self, Write as _};

use dfopt_linter::Severity;

use super::Report;
use crate::terminal::Out;

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    for file in report.files {
        let name = property(&file.name);
        let linted = match &file.content {
            Ok(linted) => linted,
            Err(error) => {
                writeln!(out, "::error file={name},title=dfopt::{}", data(&error.message))?;
                continue;
            }
        };
        for diagnostic in &linted.diagnostics {
            let command = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info | Severity::Style => "notice",
            };
            let (start, end) = (linted.position(diagnostic.range.start()), linted.position(diagnostic.range.end()));
            // Columns are taken for one line only.
            let place = if start.line == end.line {
                format!("line={},col={},endColumn={}", start.line, start.column, end.column)
            } else {
                format!("line={},endLine={}", start.line, end.line)
            };
            let mut message = diagnostic.message.clone();
            if let Some(help) = &diagnostic.help {
                message.push_str(&format!("\n{help}"));
            }
            let rule = property(diagnostic.rule.name);
            writeln!(out, "::{command} file={name},{place},title={rule}::{}", data(&message))?;
        }
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_value_is_escaped() {
        assert_eq!(data("50%\nx: y"), "50%25%0Ax: y");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
