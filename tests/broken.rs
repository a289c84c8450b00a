//! The malformed shapes in `corpus/broken`: each has its diagnostic at the smallest place that shows it, and no other; what
//! follows is read and checked as if nothing had happened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dfopt_linter::{Group, Settings, check};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::{Parse, TextRange, parse};
use dfopt_tests::place;

/// A file's number, what it is read as, and its diagnostics.
type Shape = (&'static str, &'static [&'static str], &'static [Expected]);

/// Who reports it (a rule, or `parser` for what only the tree's errors say so far), on which line, and the marked text.
type Expected = (&'static str, usize, &'static str);

const END: [&str; 2] = ["WORKDIR", "MAINTAINER"];

const SHAPES: &[Shape] = &[
    ("01", &["FROM", "RUN"], &[("unknown-instruction", 1, "FORM")]),
    ("02", &["FROM", "RUN"], &[("unknown-instruction", 2, "")]),
    ("03", &["FROM", "CMD", "COPY"], &[("unknown-instruction", 2, "CMD"), ("unknown-instruction", 3, "COPY")]),
    ("04", &["FROM", "EXPOSE"], &[("missing-argument", 2, "EXPOSE")]),
    ("05", &["FROM", "COPY"], &[("missing-argument", 2, "app")]),
    ("06", &["FROM", "COPY"], &[("unknown-flag", 2, "form")]),
    ("07", &["FROM", "COPY"], &[("flag-without-value", 2, "--link=")]),
    ("08", &["FROM", "COPY"], &[("flag-without-value", 2, "--from")]),
    ("09", &["FROM", "RUN"], &[("unclosed-quote", 2, "\"")]),
    ("10", &["FROM", "RUN"], &[("invalid-mount", 2, "targe")]),
    ("11", &["FROM", "RUN", "USER"], &[("unterminated-heredoc", 2, "<<E")]),
    ("12", &["FROM", "RUN"], &[("unterminated-heredoc", 2, "'")]),
    ("13", &["FROM", "RUN"], &[]),
    ("14", &["FROM", "RUN"], &[("unterminated-heredoc", 2, "E)")]),
    ("15", &["FROM", "ENV", "ENV"], &[("unclosed-quote", 2, "\"")]),
    ("16", &["FROM", "ENV"], &[("missing-equals", 2, "b")]),
    ("17", &["FROM", "ENV"], &[("missing-argument", 2, "a")]),
    ("18", &["FROM", "ARG"], &[("blank-variable-name", 2, "=")]),
    (
        "19",
        &["FROM", "RUN", "WORKDIR", "MAINTAINER", "FROM", "RUN", "WORKDIR", "MAINTAINER", "FROM", "RUN"],
        &[("malformed-from", 1, "FROM"), ("malformed-from", 5, "b"), ("malformed-from", 9, "AS")],
    ),
    ("20", &["FROM", "RUN"], &[("invalid-stage-name", 1, "2nd")]),
    ("21", &["RUN", "FROM"], &[("instruction-before-from", 1, "RUN")]),
    ("22", &["FROM", "CMD"], &[("json-array-of-non-strings", 2, "1")]),
    ("23", &["FROM", "CMD"], &[("broken-json-form", 2, "'")]),
    ("24", &["FROM", "ENTRYPOINT"], &[("broken-json-form", 2, "[")]),
    ("25", &["FROM", "SHELL"], &[("shell-not-json", 2, "/bin/bash -c")]),
    ("26", &["FROM", "HEALTHCHECK"], &[("unknown-healthcheck-type", 2, "curl")]),
    ("27", &["FROM", "HEALTHCHECK"], &[("invalid-duration", 2, "30")]),
    ("28", &["FROM", "RUN", "USER"], &[("parser", 2, "if")]),
    ("29", &["FROM", "RUN", "COPY"], &[("parser", 2, "\"")]),
    // These two build; what is odd about them is a matter of style and looks.
    ("30", &["FROM", "RUN"], &[]),
    ("31", &["FROM", "RUN", "RUN"], &[]),
    ("32", &["FROM", "ENV"], &[("unsupported-substitution", 2, "${")]),
    ("33", &["FROM", "ENV"], &[("unsupported-substitution", 2, "${b^")]),
    ("34", &["FROM", "ONBUILD"], &[("forbidden-onbuild-trigger", 2, "ONBUILD")]),
    ("35", &["FROM", "RUN"], &[("invalid-escape-directive", 1, "x")]),
    ("36", &["FROM", "RUN", "RUN"], &[("unknown-instruction", 2, "<<<<<<< ours")]),
    ("37", &["FROM", "RUN"], &[("unknown-instruction", 2, "{{ install_steps }}")]),
    ("38", &[], &[("unknown-instruction", 1, "{")]),
];

/// Rules that report syntax although the file builds.
const ABOUT_SYNTAX: [&str; 1] = ["broken-json-form"];

struct Broken {
    name: String,
    text: String,
    parsed: Parse,
}

impl Broken {
    /// Line and text of a place.
    fn place(&self, range: TextRange) -> (usize, &str) {
        let (start, end) = (usize::from(range.start()), usize::from(range.end()));
        (self.text[..start].matches('\n').count() + 1, &self.text[start..end])
    }
}

fn files() -> Vec<(Broken, &'static Shape)> {
    let files = place::own_dockerfiles("broken");
    assert_eq!(files.len(), SHAPES.len(), "a row for each file");
    let broken = |(name, text): (String, String)| Broken { parsed: parse(&text), name, text };
    let files: Vec<_> = files.into_iter().map(broken).zip(SHAPES).collect();
    for (file, (number, ..)) in &files {
        assert!(file.name.starts_with(&format!("corpus/broken/{number}-")), "{}: row {number}", file.name);
    }
    files
}

#[test]
fn each_shape_has_its_one_diagnostic_at_the_right_place() {
    for (file, (_, _, expected)) in files() {
        let model = Model::new(&file.text, &file.parsed, Options::default());
        let found = check(&model, &Settings::default());
        let about_syntax =
            found.iter().filter(|one| one.rule.group == Some(Group::Syntax) || ABOUT_SYNTAX.contains(&one.rule.name));
        let mut told: Vec<Expected> = Vec::new();
        let mut found_at: Vec<(&str, usize, &str)> = about_syntax
            .map(|one| {
                let (line, text) = file.place(one.range);
                (one.rule.name, line, text)
            })
            .collect();
        if found_at.is_empty() {
            found_at.extend(file.parsed.errors().iter().map(|error| {
                let (line, text) = file.place(error.range);
                ("parser", line, text)
            }));
        }
        told.extend_from_slice(expected);
        assert_eq!(found_at, told, "{}\n{}", file.name, file.text);
        // The parser reports what it sees itself once as well.
        assert!(file.parsed.errors().len() <= expected.len(), "{}: {:?}", file.name, file.parsed.errors());
    }
}

#[test]
fn what_follows_is_there_and_checked() {
    for (file, (number, before, _)) in files() {
        let expected: Vec<&str> = before.iter().chain(&END).copied().filter(|_| *number != "38").collect();
        let read: Vec<&str> = file.parsed.file().instructions().map(|instruction| instruction.name()).collect();
        assert_eq!(read, expected, "{}", file.name);
        let model = Model::new(&file.text, &file.parsed, Options::default());
        let found = check(&model, &Settings::default());
        for rule in ["relative-workdir", "maintainer-instruction"] {
            let times = found.iter().filter(|one| one.rule.name == rule).count();
            let due = expected.iter().filter(|&&name| name == "WORKDIR").count();
            assert_eq!(times, due, "{}: {rule}", file.name);
        }
    }
}

#[test]
fn a_blank_line_does_not_end_an_instruction_and_an_odd_blank_does() {
    let files = files();
    let run = |number: &str, index: usize| {
        let (file, _) = files.iter().find(|(_, (row, ..))| *row == number).unwrap();
        let instruction = file.parsed.file().instructions().nth(index).unwrap();
        instruction.arguments().as_str().to_owned()
    };
    assert_eq!(run("30", 1), "echo x && COPY a /b");
    assert!(run("31", 1).starts_with("echo x \\"), "the escape is text there");
    assert_eq!(run("31", 2), "echo y");
}
