//! Tables for pull requests and wikis.

use std::io::{self, Write as _};

use dfopt_verify::text::printable_line;

use super::{Detail, Ending, Report, counted};
use crate::terminal::Out;

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    if report.wanted.detail == Detail::Statistics {
        writeln!(out, "| count | severity | rule |\n|---:|---|---|")?;
        for count in report.statistics() {
            writeln!(out, "| {} | {} | `{}` |", count.count, count.severity.name(), count.rule)?;
        }
    } else {
        write_files(report, out)?;
    }
    if report.wanted.ending == Ending::Nothing {
        return Ok(());
    }
    let summary = report.summary();
    writeln!(
        out,
        "\n{}: {}, {}, {}, {}; {} fixable.",
        counted(summary.files, "file"),
        counted(summary.errors, "error"),
        counted(summary.warnings, "warning"),
        counted(summary.infos, "info"),
        counted(summary.styles, "style remark"),
        summary.fixable,
    )
}

fn write_files(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    writeln!(out, "| place | severity | rule | message |\n|---|---|---|---|")?;
    for file in report.files {
        let name = cell(&file.name);
        match &file.content {
            Err(error) => writeln!(out, "| {name} | error | | {} |", cell(&error.message))?,
            Ok(linted) => {
                for diagnostic in &linted.diagnostics {
                    let at = linted.position(diagnostic.range.start());
                    let rule = diagnostic.rule;
                    writeln!(
                        out,
                        "| {name}:{}:{} | {} | [{}]({}) | {} |",
                        at.line,
                        at.column,
                        diagnostic.severity.name(),
                        rule.name,
                        rule.url(),
                        cell(&diagnostic.message),
                    )?;
                }
            }
        }
    }
    Ok(())
}

/// Text that cannot end a cell or begin HTML; code in backticks stays code.
fn cell(text: &str) -> String {
    let text = printable_line(text).replace("\\n", " ").replace('|', "\\|");
    let mut escaped = String::with_capacity(text.len());
    for (number, part) in text.split('`').enumerate() {
        if number > 0 {
            escaped.push('`');
        }
        let is_code = number % 2 == 1;
        escaped.push_str(&if is_code { part.to_owned() } else { part.replace('&', "&amp;").replace('<', "&lt;") });
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_what_is_put_in_them() {
        assert_eq!(cell("a|b <x> `<y>`"), "a\\|b &lt;x> `<y>`");
    }
}
