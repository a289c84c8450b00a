//! Generic issues of SonarQube.
//!
//! <https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/importing-external-issues/generic-issue-import-format>

use std::io::{self, Write as _};

use dfopt_linter::{Category, Rule, Severity, rules};
use dfopt_syntax::TextRange;
use serde_json::{Map, Value, json};

use super::{Linted, Report};
use crate::terminal::Out;

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    let used = rules().iter().filter(|rule| report.diagnostics().any(|(_, one)| one.rule == **rule));
    // Of one rule all issues have the same severity there: the worst that was met.
    let worst = |rule: &Rule| {
        report
            .diagnostics()
            .filter(|(_, one)| one.rule == rule)
            .map(|(_, one)| one.severity)
            .max()
            .unwrap_or(rule.severity)
    };
    let described: Vec<Value> = used.map(|rule| described(rule, worst(rule))).collect();
    let issues: Vec<Value> = report
        .diagnostics()
        .map(|(file, one)| {
            let mut issue = Map::new();
            issue.insert("ruleId".to_owned(), one.rule.name.into());
            issue.insert("primaryLocation".to_owned(), location(file, one.range, &one.message));
            if !one.related.is_empty() {
                let related = one.related.iter().map(|related| location(file, related.range, &related.message));
                issue.insert("secondaryLocations".to_owned(), related.collect());
            }
            Value::Object(issue)
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &json!({"rules": described, "issues": issues})).map_err(io::Error::from)?;
    writeln!(out)
}

fn described(rule: &Rule, severity: Severity) -> Value {
    let (attribute, quality) = match rule.category {
        Category::Security => ("TRUSTWORTHY", "SECURITY"),
        Category::Correctness | Category::Shell => ("LOGICAL", "RELIABILITY"),
        Category::Size | Category::Cache => ("EFFICIENT", "MAINTAINABILITY"),
        Category::Layout => ("FORMATTED", "MAINTAINABILITY"),
        Category::Reproducibility | Category::Maintainability | Category::Policy => ("CONVENTIONAL", "MAINTAINABILITY"),
    };
    let impact = match severity {
        Severity::Error => "HIGH",
        Severity::Warning => "MEDIUM",
        Severity::Info | Severity::Style => "LOW",
    };
    json!({
        "id": rule.name,
        "name": rule.summary(),
        "description": format!("{} See {}", rule.summary(), rule.url()),
        "engineId": "dfopt",
        "cleanCodeAttribute": attribute,
        "impacts": [{"softwareQuality": quality, "severity": impact}],
    })
}

fn location(file: &Linted, range: TextRange, message: &str) -> Value {
    let (start, end) = (file.position(range.start()), file.position(range.end()));
    // Columns count from 0 there, and a range that is empty is refused: the line says enough then.
    let place = if range.is_empty() {
        json!({"startLine": start.line})
    } else {
        json!({
            "startLine": start.line,
            "startColumn": start.column - 1,
            "endLine": end.line,
            "endColumn": end.column - 1,
        })
    };
    json!({"message": message, "filePath": file.source.name, "textRange": place})
}
