//! What BuildKit refuses to build has a diagnostic that `fails_build`, and what it accepts has none. Over real files, broken
//! ones, cuts of them, and generated ones.
//!
//! What differs on purpose is in `ALLOWED`, by name, and counted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dfopt_linter::{Diagnostic, Settings, Suppressions, check};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use dfopt_tests::mutate;
use dfopt_tests::oracle::Oracle;
use dfopt_tests::place::{self, Inputs};
use serde_json::{Value, json};

/// Generated files; `DFOPT_MUTATIONS` asks for another number of them.
const MUTATIONS: usize = 110_000;

/// Requests that are under way at once.
const BATCH: usize = 4_000;

/// Where the two may disagree.
struct Allowed {
    name: &'static str,
    reason: &'static str,
    is_it: fn(&Disagreement<'_>) -> bool,
}

const ALLOWED: &[Allowed] = &[
    Allowed {
        name: "flag-bytes",
        reason: "BuildKit cuts flags at bytes, so that a letter such as `à` ends one; dfopt reads characters and reports it",
        is_it: |it| {
            let is_blank_byte = |b| matches!(b, 0x85 | 0xa0);
            it.text.contains("--") && it.text.chars().any(|c| !c.is_ascii() && c.to_string().bytes().any(is_blank_byte))
        },
    },
    Allowed {
        name: "other-frontend",
        reason: "`# syntax=` names a frontend that is not Docker's, whose language dfopt does not judge",
        is_it: |it| {
            let parsed = parse(it.text);
            it.theirs.is_some() && !Model::new(it.text, &parsed, Options::default()).frontend().is_docker()
        },
    },
    Allowed {
        name: "unknown-value",
        reason: "the value is that of a variable which the base image or the build may set; dfopt does not guess it",
        is_it: |it| {
            let reasons = ["VOLUME specified can not be an empty string", "should not be blank"];
            says(it, &reasons) && it.text.contains('$')
        },
    },
    Allowed {
        name: "unknown-directory",
        reason: "the mount's target is relative to the working directory of a base image that nobody knows here",
        is_it: |it| says(it, &["invalid mount target"]),
    },
];

/// Whether BuildKit's reason is one of these.
fn says(it: &Disagreement<'_>, reasons: &[&str]) -> bool {
    it.theirs.is_some_and(|message| reasons.iter().any(|reason| message.contains(reason)))
}

/// A file on which the two disagree.
struct Disagreement<'t> {
    text: &'t str,
    /// Why BuildKit refuses it.
    theirs: Option<&'t str>,
    /// The rules that say it fails.
    ours: &'t [&'static str],
}

#[test]
fn whole_files_are_refused_as_buildkit_refuses_them() {
    let Some(mut oracle) = Oracle::start() else { return };
    let mut findings = Findings::default();
    findings.compare(&mut oracle, place::dockerfiles());
    findings.done("whole files", 90);
}

#[test]
fn cut_files_are_refused_as_buildkit_refuses_them() {
    let Some(mut oracle) = Oracle::start() else { return };
    let mut findings = Findings::default();
    for cuts in place::dockerfiles().chunks(40).map(|files| mutate::cuts(files, 120, 12)) {
        findings.compare(&mut oracle, cuts);
    }
    findings.done("cut files", 5_000);
}

#[test]
fn generated_files_are_refused_as_buildkit_refuses_them() {
    let Some(mut oracle) = Oracle::start() else { return };
    let count = std::env::var("DFOPT_MUTATIONS").map_or(MUTATIONS, |count| count.parse().unwrap());
    let files: Vec<String> = place::dockerfiles().into_iter().map(|(_, text)| text).collect();
    let mut findings = Findings::default();
    for from in (0..count).step_by(BATCH) {
        findings.compare(&mut oracle, mutate::mutants(&files, from..(from + BATCH).min(count)));
    }
    findings.done("generated files", count);
}

/// What was compared and where the two disagreed.
#[derive(Default)]
struct Findings {
    files: usize,
    refused: usize,
    allowed: BTreeMap<&'static str, usize>,
    /// Kinds of disagreement with how often they came up and the first few files.
    differences: BTreeMap<String, (usize, Vec<String>)>,
}

impl Findings {
    fn compare(&mut self, oracle: &mut Oracle, inputs: Inputs) {
        let requests: Vec<Value> = inputs.iter().map(|(_, text)| json!({"mode": ["verdict"], "text": text})).collect();
        let answers = oracle.ask_all(&requests);
        for ((name, text), answer) in inputs.iter().zip(&answers) {
            self.files += 1;
            let verdict = &answer["verdict"];
            assert!(verdict.get("panic").is_none() && answer.get("error").is_none(), "{name}: {answer}\n{text:?}");
            let theirs = verdict["error"]["message"].as_str();
            self.refused += usize::from(theirs.is_some());
            let ours = failing(text);
            if theirs.is_some() == ours.is_empty() {
                self.differ(name, &Disagreement { text, theirs, ours: &ours });
            }
        }
    }

    fn differ(&mut self, name: &str, it: &Disagreement<'_>) {
        if let Some(allowed) = ALLOWED.iter().find(|allowed| (allowed.is_it)(it)) {
            *self.allowed.entry(allowed.name).or_default() += 1;
            return;
        }
        let kind = match it.theirs {
            Some(message) => format!("only BuildKit refuses: {}", without_quotations(message)),
            None => format!("only dfopt refuses: {}", it.ours.join(", ")),
        };
        let (count, examples) = self.differences.entry(kind).or_default();
        *count += 1;
        if examples.len() < 3 {
            examples.push(format!("{name}: {}\n      {:?}", it.theirs.unwrap_or_default(), it.text));
        }
    }

    fn done(&self, what: &str, at_least: usize) {
        let count: usize = self.differences.values().map(|(count, _)| count).sum();
        let mut summary =
            format!("{what}: {} files, {} of them refused; {count} disagreements", self.files, self.refused);
        for (name, count) in &self.allowed {
            let reason = ALLOWED.iter().find(|allowed| allowed.name == *name).expect("it is in the list").reason;
            write!(summary, "\n  {count:6} {name}: {reason}").unwrap();
        }
        println!("{summary}");
        assert!(self.files >= at_least, "only {} files", self.files);
        assert!(self.refused > 0 && self.refused < self.files, "{summary}");
        let all: usize = self.allowed.values().sum();
        assert!(all * 1000 <= self.files.max(1000), "too much is allowed for\n{summary}");
        let mut kinds: Vec<_> = self.differences.iter().collect();
        kinds.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        let mut list = String::new();
        for (kind, (count, examples)) in kinds {
            write!(list, "\n{count:6} {kind}\n    {}", examples.join("\n    ")).unwrap();
        }
        assert!(self.differences.is_empty(), "{summary}\n{list}");
    }
}

/// The rules that say that the build of the file fails.
fn failing(text: &str) -> Vec<&'static str> {
    let parsed = parse(text);
    let model = Model::new(text, &parsed, Options::default());
    let settings = Settings::default().with_suppressions(Suppressions::Shown);
    let found = check(&model, &settings);
    let mut rules: Vec<_> = found.iter().filter(|one| one.fails_build).map(|one: &Diagnostic| one.rule.name).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// The message without what it quotes and counts, and without the path of causes before it.
fn without_quotations(message: &str) -> String {
    let mut kept = String::new();
    let mut quote = None;
    for c in message.chars().take(300) {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '`') => {
                quote = Some(c);
                kept.push('…');
            }
            None if c.is_ascii_digit() => {}
            None => kept.push(c),
        }
    }
    kept.chars().take(100).collect()
}
