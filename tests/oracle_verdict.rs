//! What BuildKit refuses to build has a diagnostic that `fails_build`, and what it accepts has none. Over real files, broken
//! ones, cuts of them, and generated ones.
//!
//! What differs on purpose is in `ALLOWED`, by name, and counted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use dfopt_linter::{Diagnostic, Selection, Settings, Suppressions, check, rules};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use dfopt_tests::mutate;
use dfopt_tests::oracle::Oracle;
use dfopt_tests::place::{self, Inputs};
use serde_json::{Value, json};

/// Generated files; `DFOPT_MUTATIONS` asks for another number of them.
const MUTATIONS: usize = 100_000;

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
        name: "warnings-as-errors",
        reason: "`# check=error=true` makes errors of BuildKit's warnings; dfopt says so by severity, in BuildKit's dialect",
        is_it: |it| says(it, &["lint violation found for rules"]) && it.text.contains("error="),
    },
    Allowed {
        name: "partly-unknown-value",
        reason: "whatever the variable in it is, the value stays invalid; dfopt judges only values that it knows as a whole",
        is_it: |it| {
            let values = [
                "invalid signal",
                "invalid port",
                "invalid containerPort",
                "invalid reference format",
                "parse platform",
            ];
            says(it, &values) && it.text.contains('$')
        },
    },
];

/// Whether BuildKit refuses the file for one of these reasons.
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
    /// Files for a frontend that is not Docker's: dfopt does not judge their language.
    foreign: usize,
    /// Files that BuildKit refuses with one base image or build argument and accepts with another.
    dependent: usize,
    allowed: BTreeMap<&'static str, usize>,
    /// Kinds of disagreement with how often they came up and the first few files.
    differences: BTreeMap<String, (usize, Vec<String>)>,
}

impl Findings {
    fn compare(&mut self, oracle: &mut Oracle, inputs: Inputs) {
        let requests: Vec<Value> = inputs.iter().map(|(_, text)| json!({"mode": ["verdict"], "text": text})).collect();
        let mut undecided = Vec::new();
        oracle.ask_each(&requests, |i, answer| {
            let (name, text) = &inputs[i];
            let verdict = &answer["verdict"];
            assert!(verdict.get("panic").is_none() && answer.get("error").is_none(), "{name}: {answer}\n{text:?}");
            let theirs = verdict["error"]["message"].as_str();
            let Some(ours) = failing(text) else {
                self.foreign += 1;
                return;
            };
            self.files += 1;
            self.refused += usize::from(theirs.is_some());
            match theirs {
                Some(message) if ours.is_empty() => undecided.push((name, text, message.to_owned())),
                None if !ours.is_empty() => self.differ(name, &Disagreement { text, theirs, ours: &ours }),
                _ => {}
            }
        });
        // What the oracle assumes of base images and build arguments decides some of them: with others it accepts the file.
        let requests: Vec<Value> = undecided.iter().map(|(_, text, _)| in_another_world(text)).collect();
        oracle.ask_each(&requests, |i, answer| {
            let (name, text, message) = &undecided[i];
            if answer["verdict"].get("error").is_some() {
                self.differ(name, &Disagreement { text, theirs: Some(message), ours: &[] });
            } else {
                self.dependent += 1;
            }
        });
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
        let mut summary = format!(
            "{what}: {} files, {} of them refused, {} that depend on base image or build arguments, {} for other frontends; {count} disagreements",
            self.files, self.refused, self.dependent, self.foreign
        );
        for (name, count) in &self.allowed {
            let reason = ALLOWED.iter().find(|allowed| allowed.name == *name).expect("it is in the list").reason;
            write!(summary, "\n  {count:6} {name}: {reason}").unwrap();
        }
        println!("{summary}");
        assert!(self.files + self.foreign >= at_least, "only {} files", self.files);
        assert!(self.refused > 0 && self.refused < self.files, "{summary}");
        let all: usize = self.allowed.values().sum();
        let mut kinds: Vec<_> = self.differences.iter().collect();
        kinds.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        let mut list = String::new();
        for (kind, (count, examples)) in kinds {
            write!(list, "\n{count:6} {kind}\n    {}", examples.join("\n    ")).unwrap();
        }
        assert!(self.differences.is_empty(), "{summary}\n{list}");
        assert!(all * 1000 <= self.files.max(1000), "too much is allowed for\n{summary}");
        assert!((self.dependent + self.foreign) * 50 <= self.files, "too little was decided\n{summary}");
    }
}

/// The request with a base image and build arguments that give every variable of the file a value.
fn in_another_world(text: &str) -> Value {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names = text.split('$').skip(1).map(|rest| {
        let rest = rest.trim_start_matches('{');
        &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]
    });
    let args: BTreeMap<&str, &str> = names.filter(|name| !name.is_empty()).map(|name| (name, "1")).collect();
    let env: Vec<String> = args.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let images = json!({"*": {"config": {"Env": env, "WorkingDir": "/srv"}}});
    json!({"mode": ["verdict"], "text": text, "args": args, "images": images})
}

/// The rules that say that the build of the file fails; `None` for a language that dfopt does not judge.
fn failing(text: &str) -> Option<Vec<&'static str>> {
    let parsed = parse(text);
    let model = Model::new(text, &parsed, Options::default());
    if !model.frontend().is_docker() {
        return None;
    }
    let found = check(&model, settings());
    let mut rules: Vec<_> = found.iter().filter(|one| one.fails_build).map(|one: &Diagnostic| one.rule.name).collect();
    rules.sort_unstable();
    rules.dedup();
    Some(rules)
}

/// Only the rules that may say so: the others would be most of the time of this test.
fn settings() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let select = rules().iter().filter(|rule| rule.fails_build).map(|rule| rule.name.to_owned()).collect();
        let selection = Selection { select, ..Selection::default() };
        Settings::resolve(&selection).unwrap().with_suppressions(Suppressions::Shown)
    })
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
