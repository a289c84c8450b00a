//! The code quality report of GitLab.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::io::{self, Write as _};

use dfopt_linter::Severity;
use serde_json::{Value, json};

use super::{Linted, Report, json::fingerprint};
use crate::terminal::Out;

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    let mut issues: Vec<Value> = Vec::new();
    for file in report.files {
        match &file.content {
            Ok(linted) => issues.extend(linted.diagnostics.iter().map(|one| issue(linted, one))),
            Err(error) => issues.push(json!({
                "description": error.message,
                "check_name": error.kind,
                "fingerprint": format!("{}:{}", error.kind, file.name),
                "severity": "blocker",
                "location": {"path": file.name, "lines": {"begin": 1}},
            })),
        }
    }
    serde_json::to_writer_pretty(&mut *out, &issues).map_err(io::Error::from)?;
    writeln!(out)
}

fn issue(file: &Linted, diagnostic: &dfopt_linter::Diagnostic) -> Value {
    let (start, end) = (file.position(diagnostic.range.start()), file.position(diagnostic.range.end()));
    json!({
        "description": diagnostic.message,
        "check_name": diagnostic.rule.name,
        // Two files may have the same mistake; GitLab takes issues of one fingerprint for one.
        "fingerprint": format!("{}:{}", fingerprint(diagnostic), file.source.name),
        "severity": severity(diagnostic.severity),
        "location": {
            "path": file.source.name,
            "lines": {"begin": start.line, "end": end.line},
        },
        "url": diagnostic.rule.url(),
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "minor",
        Severity::Style => "info",
    }
}
