//! The XML of JUnit as CI servers read it: a suite for each file, a failed case for each diagnostic.
//!
//! <https://github.com/testmoapp/junitxml>

use std::io::{self, Write as _};

use quick_xml::events::BytesText;

use super::xml::{document, legal};
use super::{FileReport, Report};
use crate::terminal::Out;

pub(super) fn write(report: &Report<'_>, out: &mut Out) -> io::Result<()> {
    let all: Vec<(String, Vec<Case>)> = report.files.iter().map(|file| (legal(&file.name), cases(file))).collect();
    let failures = all.iter().flat_map(|(_, cases)| cases).filter(|case| case.kind == Kind::Failure).count();
    let errors = all.iter().flat_map(|(_, cases)| cases).filter(|case| case.kind == Kind::Error).count();
    let tests: usize = all.iter().map(|(_, cases)| cases.len()).sum();
    let mut xml = document(out)?;
    let numbers = Numbers { tests, failures, errors }.texts();
    let root = xml.create_element("testsuites").with_attribute(("name", "dfopt")).with_attributes(pairs(&numbers));
    root.write_inner_content(|xml| {
        for (name, cases) in &all {
            let count = |kind| cases.iter().filter(|case| case.kind == kind).count();
            let numbers = Numbers { tests: cases.len(), failures: count(Kind::Failure), errors: count(Kind::Error) };
            let numbers = numbers.texts();
            let suite = xml.create_element("testsuite").with_attribute(("name", name.as_str()));
            suite.with_attributes(pairs(&numbers)).write_inner_content(|xml| {
                for case in cases {
                    let attributes = [("name", case.name.as_str()), ("classname", name.as_str()), ("time", "0")];
                    let element = xml.create_element("testcase").with_attributes(attributes);
                    let child = match case.kind {
                        Kind::Passed => {
                            element.write_empty()?;
                            continue;
                        }
                        Kind::Failure => "failure",
                        Kind::Error => "error",
                    };
                    element.write_inner_content(|xml| {
                        let attributes = [("message", case.message.as_str()), ("type", case.class)];
                        let failure = xml.create_element(child).with_attributes(attributes);
                        failure.write_text_content(BytesText::new(&case.text))?;
                        Ok(())
                    })?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    writeln!(out)
}

struct Numbers {
    tests: usize,
    failures: usize,
    errors: usize,
}

impl Numbers {
    fn texts(&self) -> [String; 3] {
        [self.tests.to_string(), self.failures.to_string(), self.errors.to_string()]
    }
}

fn pairs(numbers: &[String; 3]) -> [(&str, &str); 3] {
    [("tests", &numbers[0]), ("failures", &numbers[1]), ("errors", &numbers[2])]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Passed,
    Failure,
    Error,
}

struct Case {
    name: String,
    kind: Kind,
    class: &'static str,
    message: String,
    text: String,
}

fn cases(file: &FileReport) -> Vec<Case> {
    let linted = match &file.content {
        Err(error) => {
            let message = legal(&error.message);
            let text = message.clone();
            return vec![Case { name: error.kind.to_owned(), kind: Kind::Error, class: error.kind, message, text }];
        }
        Ok(linted) => linted,
    };
    // A suite without a case counts as not run.
    if linted.diagnostics.is_empty() {
        let (name, message, text) = ("check".to_owned(), String::new(), String::new());
        return vec![Case { name, kind: Kind::Passed, class: "", message, text }];
    }
    let cases = linted.diagnostics.iter().map(|one| {
        let at = linted.position(one.range.start());
        let (severity, rule) = (one.severity.name(), one.rule.name);
        let message = legal(&one.message);
        let mut text = format!("{}:{}:{}: {severity}[{rule}] {message}", legal(&file.name), at.line, at.column);
        for more in one.notes.iter().chain(&one.help) {
            text.push('\n');
            text.push_str(&legal(more));
        }
        Case {
            name: format!("{rule} at {}:{}", at.line, at.column),
            kind: Kind::Failure,
            class: severity,
            message,
            text,
        }
    });
    cases.collect()
}
