//! SARIF 2.1.0, the format of code scanning services.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::io::{self, Write as _};
use std::path::Path;

use dfopt_linter::{Applicability, Diagnostic, Rule, Severity, rules};
use dfopt_syntax::TextRange;
use serde_json::{Value, json};

use super::{Linted, Report, json::fingerprint};
use crate::terminal::Out;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    // Only the rules that reported: a log with the whole catalogue would be mostly catalogue.
    let used: Vec<&'static Rule> =
        rules().iter().copied().filter(|rule| report.diagnostics().any(|(_, one)| one.rule == *rule)).collect();
    let results: Vec<Value> = report.diagnostics().map(|(file, one)| result(file, one, &used)).collect();
    let notifications: Vec<Value> = report
        .errors()
        .map(|(name, error)| {
            json!({
                "level": "error",
                "descriptor": {"id": error.kind},
                "message": {"text": error.message},
                "locations": [{"physicalLocation": {"artifactLocation": artifact(name)}}],
            })
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dfopt",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": used.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": notifications.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log).map_err(io::Error::from)?;
    writeln!(out)
}

fn described(rule: &Rule) -> Value {
    let page = rule.page();
    json!({
        "id": rule.name,
        "name": pascal(rule.name),
        "shortDescription": {"text": rule.summary()},
        "fullDescription": {"text": rule.summary()},
        "help": {"text": page, "markdown": page},
        "helpUri": rule.url(),
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"category": rule.category.name(), "tags": tags(rule)},
    })
}

fn tags(rule: &Rule) -> Vec<&'static str> {
    std::iter::once(rule.category.name()).chain(rule.aliases()).collect()
}

fn result(file: &Linted, diagnostic: &Diagnostic, used: &[&'static Rule]) -> Value {
    let mut message = diagnostic.message.clone();
    for more in diagnostic.notes.iter().chain(&diagnostic.help) {
        message.push('\n');
        message.push_str(more);
    }
    let mut value = json!({
        "ruleId": diagnostic.rule.name,
        "level": level(diagnostic.severity),
        "message": {"text": message},
        "locations": [location(file, diagnostic.range)],
        "partialFingerprints": {"dfopt/v1": fingerprint(diagnostic)},
        "properties": {
            "category": diagnostic.rule.category.name(),
            "severity": diagnostic.severity.name(),
            "failsBuild": diagnostic.fails_build,
        },
    });
    if let Some(index) = used.iter().position(|rule| *rule == diagnostic.rule) {
        value["ruleIndex"] = index.into();
    }
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().enumerate().map(|(number, related)| {
            let mut place = location(file, related.range);
            place["id"] = number.into();
            place["message"] = json!({"text": related.message});
            place
        });
        value["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        let replacements: Vec<Value> = fix
            .edits
            .as_slice()
            .iter()
            .map(|edit| json!({"deletedRegion": region(file, edit.range()), "insertedContent": {"text": edit.text}}))
            .collect();
        let title = match fix.applicability {
            Applicability::Safe => fix.title.clone(),
            Applicability::Unsafe => format!("{} (unsafe: look at the result)", fix.title),
        };
        value["fixes"] = json!([{
            "description": {"text": title},
            "artifactChanges": [{"artifactLocation": artifact(&file.source.name), "replacements": replacements}],
        }]);
    }
    value
}

fn location(file: &Linted, range: TextRange) -> Value {
    json!({"physicalLocation": {"artifactLocation": artifact(&file.source.name), "region": region(file, range)}})
}

fn region(file: &Linted, range: TextRange) -> Value {
    let (start, end) = (file.position(range.start()), file.position(range.end()));
    let (first, last) = (file.source.byte_in_file(range.start()), file.source.byte_in_file(range.end()));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": first,
        "byteLength": last.saturating_sub(first),
    })
}

fn artifact(name: &str) -> Value {
    if Path::new(name).is_absolute() {
        json!({"uri": format!("file://{}", percent(name))})
    } else {
        json!({"uri": percent(name), "uriBaseId": "%SRCROOT%"})
    }
}

/// A path as part of a URI.
fn percent(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'+' | b'@' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// `relative-workdir` as `RelativeWorkdir`.
fn pascal(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    name.split('-').map(capital).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Style => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_uris() {
        assert_eq!(pascal("relative-workdir"), "RelativeWorkdir");
        assert_eq!(percent("a b/Dockerfile#é"), "a%20b/Dockerfile%23%C3%A9");
        assert_eq!(artifact("a/Dockerfile")["uriBaseId"], "%SRCROOT%");
        assert_eq!(artifact("/a/Dockerfile"), json!({"uri": "file:///a/Dockerfile"}));
    }
}
