//! The formats of `dfopt check` for other programs, read back the way those programs read them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is test code all through")]

use std::collections::BTreeMap;

use dfopt_tests::folder::Folder;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Value, json};

/// A warning and an error in one file, nothing in the next, characters that formats escape in names and texts.
fn folder() -> Folder {
    Folder::with(&[
        ("a & b/Dockerfile", "FROM alpine:3.22\nWORKDIR app\nEXPOSE \"<x>\"\n"),
        ("sound/Dockerfile", "FROM alpine:3.22\nWORKDIR /app\n"),
    ])
}

fn written(format: &str) -> String {
    folder()
        .dfopt(&["check", "--format", format, "--select", "relative-workdir,invalid-port", ".", "none"])
        .status(2)
        .stdout
}

/// An element of an XML document: its name, its attributes, its text, how deep it stands.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    depth: usize,
}

fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(start) => {
                found.push(element(&start, open.len()));
                open.push(found.len() - 1);
            }
            Event::Empty(start) => found.push(element(&start, open.len())),
            Event::End(_) => drop(open.pop()),
            Event::Text(text) => {
                if let Some(at) = open.last() {
                    found[*at].text.push_str(&text.decode().unwrap());
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

fn element(start: &BytesStart<'_>, depth: usize) -> Element {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let attributes = start.attributes().map(|one| {
        let one = one.expect("an attribute");
        (text(one.key.as_ref()), one.unescape_value().unwrap().into_owned())
    });
    Element { name: text(start.name().as_ref()), attributes: attributes.collect(), text: String::new(), depth }
}

#[test]
fn gitlab_code_quality() {
    let report: Value = serde_json::from_str(&written("gitlab")).unwrap();
    let issues = report.as_array().expect("an array");
    assert_eq!(issues.len(), 3);
    let mut fingerprints: Vec<&str> = Vec::new();
    for issue in issues {
        for member in ["description", "check_name", "fingerprint", "severity"] {
            assert!(issue[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {issue}");
        }
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
        // A path that begins with `./` is not found in the repository.
        assert!(!issue["location"]["path"].as_str().unwrap().starts_with("./"));
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        fingerprints.push(issue["fingerprint"].as_str().unwrap());
    }
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), issues.len());
    assert_eq!(issues[0]["check_name"], "relative-workdir");
    assert_eq!(issues[0]["location"], json!({"path": "a & b/Dockerfile", "lines": {"begin": 2, "end": 2}}));
    assert_eq!((&issues[1]["severity"], &issues[2]["severity"]), (&json!("critical"), &json!("blocker")));
}

#[test]
fn checkstyle() {
    let found = elements(&written("checkstyle"));
    let names: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.depth)).collect();
    let expected = [("checkstyle", 0), ("file", 1), ("error", 2), ("error", 2), ("file", 1), ("file", 1), ("error", 2)];
    assert_eq!(names, expected);
    assert_eq!(found[1].attributes["name"], "a & b/Dockerfile");
    let first = &found[2].attributes;
    assert_eq!((first["line"].as_str(), first["column"].as_str()), ("2", "9"));
    assert_eq!((first["severity"].as_str(), first["source"].as_str()), ("warning", "relative-workdir"));
    assert_eq!(found[3].attributes["severity"], "error");
    assert_eq!(found[3].attributes["message"], "not a port number");
    assert_eq!(found[6].attributes["source"], "not-found");
}

#[test]
fn junit() {
    let found = elements(&written("junit"));
    let count = |name: &str| found.iter().filter(|one| one.name == name).count();
    assert_eq!((count("testsuites"), count("testsuite"), count("testcase")), (1, 3, 4));
    assert_eq!((count("failure"), count("error")), (2, 1));
    let numbers = |element: &Element| {
        ["tests", "failures", "errors"].map(|name| element.attributes[name].parse::<usize>().unwrap())
    };
    assert_eq!(numbers(&found[0]), [4, 2, 1]);
    let suites: Vec<_> = found.iter().filter(|one| one.name == "testsuite").map(numbers).collect();
    assert_eq!(suites, [[2, 2, 0], [1, 0, 0], [1, 0, 1]]);
    let failure = found.iter().find(|one| one.name == "failure").unwrap();
    assert_eq!(failure.attributes["type"], "warning");
    assert!(failure.text.contains("b/Dockerfile:2:9: warning[relative-workdir]"), "{failure:?}");
    let cases: Vec<_> = found.iter().filter(|one| one.name == "testcase").collect();
    assert!(cases.iter().all(|case| !case.attributes["name"].is_empty() && !case.attributes["classname"].is_empty()));
}

#[test]
fn sonarqube_generic_issues() {
    let report: Value = serde_json::from_str(&written("sonarqube")).unwrap();
    let rules = report["rules"].as_array().unwrap();
    let issues = report["issues"].as_array().unwrap();
    assert_eq!((rules.len(), issues.len()), (2, 2));
    for rule in rules {
        for member in ["id", "name", "description", "engineId", "cleanCodeAttribute"] {
            assert!(rule[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {rule}");
        }
        let impact = &rule["impacts"][0];
        assert!(["SECURITY", "RELIABILITY", "MAINTAINABILITY"].contains(&impact["softwareQuality"].as_str().unwrap()));
        assert!(["HIGH", "MEDIUM", "LOW"].contains(&impact["severity"].as_str().unwrap()));
    }
    for issue in issues {
        assert!(rules.iter().any(|rule| rule["id"] == issue["ruleId"]), "{issue}");
    }
    let place = &issues[0]["primaryLocation"];
    assert_eq!(place["filePath"], "a & b/Dockerfile");
    assert_eq!(place["textRange"], json!({"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 11}));
}

#[test]
fn a_clean_run_is_a_whole_document_too() {
    let folder = Folder::with(&[("Dockerfile", "FROM alpine:3.22\nWORKDIR /app\n")]);
    let run = |format: &str| folder.dfopt(&["check", "--format", format, "Dockerfile"]).status(0).stdout;
    assert_eq!(serde_json::from_str::<Value>(&run("gitlab")).unwrap(), json!([]));
    assert_eq!(serde_json::from_str::<Value>(&run("sonarqube")).unwrap(), json!({"rules": [], "issues": []}));
    assert_eq!(elements(&run("checkstyle")).len(), 2);
    assert_eq!(elements(&run("junit")).iter().filter(|one| one.name == "testcase").count(), 1);
}
