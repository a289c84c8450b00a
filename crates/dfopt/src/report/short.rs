//! One line for each diagnostic.

use std::io::{self, Write as _};

use dfopt_verify::text::printable_line;

use super::{Detail, Report};
use crate::terminal::Out;

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    if report.wanted.detail == Detail::Statistics {
        return super::human::write_statistics(report, out);
    }
    for linted in report.linted() {
        let name = printable_line(&linted.source.name);
        for diagnostic in &linted.diagnostics {
            let at = linted.position(diagnostic.range.start());
            let (severity, rule) = (diagnostic.severity.name(), diagnostic.rule.name);
            let message = printable_line(&diagnostic.message);
            writeln!(out, "{name}:{}:{}: {severity}[{rule}] {message}", at.line, at.column)?;
        }
    }
    Ok(())
}
