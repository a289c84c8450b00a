//! The presets `hadolint` and `buildkit` give the verdicts of those tools: over probes for each of their rules, and over real
//! Dockerfiles.
//!
//! What differs on purpose is in `ALLOWED`, by name; `docs/hadolint.md` tells users of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is test code all through")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dfopt_linter::{Diagnostic, Group, Preset, Settings, check};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use dfopt_tests::oracle::Oracle;
use dfopt_tests::peers::{Hadolint, Reported, probes};
use dfopt_tests::place;
use serde_json::json;

/// A verdict that dfopt does not share.
struct Allowed {
    name: &'static str,
    is_it: fn(&Difference<'_>) -> bool,
}

const ALLOWED: &[Allowed] = &[
    // The oracle makes its base images up: all are for linux/amd64 and set nothing but PATH.
    Allowed { name: "made-up base: platform", is_it: |it| it.code == "InvalidBaseImagePlatform" && it.by == By::Them },
    Allowed {
        name: "made-up base: environment",
        is_it: |it| {
            let is_about_variables = matches!(it.code, "UndefinedVar" | "WorkdirRelativePath");
            let variables = ["GOPATH", "CATALINA_HOME", "JAVA_HOME", "LD_LIBRARY_PATH", "HOME"];
            let names = |name: &&str| {
                it.instruction().contains(&format!("${name}")) || it.instruction().contains(&format!("${{{name}}}"))
            };
            is_about_variables && it.by == By::Them && variables.iter().any(names)
        },
    },
    // On Windows `C:\x` is absolute.
    Allowed {
        name: "made-up base: Windows",
        is_it: |it| {
            let path = it.shown().trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start();
            it.code == "WorkdirRelativePath" && it.by == By::Them && path.get(1..2) == Some(":")
        },
    },
    // Comments for other tools are obeyed whatever the preset is.
    Allowed {
        name: "suppressed by a comment of another form",
        is_it: |it| {
            it.by == By::Them
                && ["hadolint ignore=", "dfopt ignore", "check=skip="].iter().any(|form| it.text.contains(form))
        },
    },
    Allowed {
        name: "hadolint reads `--link=` as a source",
        is_it: |it| it.code == "DL3021" && it.by == By::Them && it.shown().contains("--link="),
    },
    Allowed {
        name: "hadolint reads PowerShell as bash",
        is_it: |it| it.code == "DL3059" && it.by == By::Us && it.text.to_ascii_lowercase().contains("powershell"),
    },
];

/// Something that only one of the two reports.
struct Difference<'t> {
    input: &'t str,
    text: &'t str,
    line: usize,
    code: &'t str,
    by: By,
}

impl Difference<'_> {
    /// The lines of the instruction that it is about.
    fn instruction(&self) -> String {
        let mut lines = Vec::new();
        for line in self.text.lines().skip(self.line.saturating_sub(1)) {
            lines.push(line);
            if !line.trim_end().ends_with(['\\', '`']) {
                break;
            }
        }
        lines.join("\n")
    }

    /// The line that it is about.
    fn shown(&self) -> &str {
        self.text.lines().nth(self.line.saturating_sub(1)).unwrap_or_default()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum By {
    Us,
    Them,
}

/// How often both report a code, and how often only one does.
#[derive(Default)]
struct Tally {
    both: usize,
    differing: usize,
}

/// The parse error of hadolint; there it says nothing else of the file.
const FATAL: &str = "DL1000";

#[test]
fn hadolint_agrees() {
    let Some(hadolint) = Hadolint::find() else { return };
    let mut inputs = probes("hadolint");
    inputs.extend(place::dockerfiles());
    let theirs = hadolint.check(&inputs);
    let settings = Settings::of_preset(Preset::Hadolint);
    let mut comparison = Comparison::default();
    let mut fatal = 0;
    for ((name, text), theirs) in inputs.iter().zip(&theirs) {
        let found = diagnostics(text, &settings);
        if theirs.iter().any(|(_, code, _)| code == FATAL) {
            fatal += 1;
            // Where it gives up, dfopt reports at least one syntax error, or reads on where BuildKit does too.
            continue;
        }
        let ours = found.iter().filter_map(|one| {
            let code = code(one)?;
            Some((line(text, one), code.to_owned(), one.severity.name().to_owned()))
        });
        let theirs: Vec<Reported> = theirs.iter().filter(|(_, code, _)| code.starts_with("DL")).cloned().collect();
        comparison.add(name, text, ours.collect(), theirs);
    }
    assert!(fatal < inputs.len() / 4, "{fatal} files of {} are not read by hadolint", inputs.len());
    comparison.done("hadolint");
}

#[test]
fn buildkit_agrees() {
    let Some(mut oracle) = Oracle::start() else { return };
    let mut inputs = probes("buildkit");
    inputs.extend(place::dockerfiles());
    let settings = Settings::of_preset(Preset::Buildkit);
    let requests: Vec<_> =
        inputs.iter().map(|(name, text)| json!({"name": name, "text": text, "mode": ["lint"]})).collect();
    let mut comparison = Comparison::default();
    oracle.ask_each(&requests, |number, answer| {
        let (name, text) = &inputs[number];
        let lint = &answer["lint"];
        // A file that is refused is not checked to its end; that both refuse it is the matter of another test.
        if lint["error"].is_string() || answer["error"].is_string() {
            return;
        }
        let none = Vec::new();
        let theirs = lint["findings"].as_array().unwrap_or(&none).iter().map(|one| {
            let line = one["lines"][0][0].as_u64().or_else(|| one["lines"][0]["start"].as_u64()).unwrap_or(0);
            (usize::try_from(line).unwrap(), one["rule"].as_str().unwrap().to_owned(), "warning".to_owned())
        });
        let found = diagnostics(text, &settings);
        if found.iter().any(|one| one.fails_build) {
            return;
        }
        let ours = found
            .iter()
            .filter(|one| one.rule.group != Some(Group::Syntax))
            .filter_map(|one| Some((line(text, one), one.rule.buildkit_name()?.to_owned(), "warning".to_owned())));
        comparison.add(name, text, ours.collect(), theirs.collect());
    });
    comparison.done("buildkit");
}

fn diagnostics(text: &str, settings: &Settings) -> Vec<Diagnostic> {
    let parse = parse(text);
    check(&Model::new(text, &parse, Options::default()), settings)
}

fn line(text: &str, diagnostic: &Diagnostic) -> usize {
    1 + text[..usize::from(diagnostic.range.start())].matches('\n').count()
}

/// The code that hadolint has for it; the parse error and ShellCheck's codes are other matters.
fn code(diagnostic: &Diagnostic) -> Option<&'static str> {
    diagnostic.rule.aliases().find(|alias| alias.starts_with("DL") && *alias != FATAL)
}

#[derive(Default)]
struct Comparison {
    tallies: BTreeMap<String, Tally>,
    told: String,
    allowed: BTreeMap<&'static str, usize>,
}

impl Comparison {
    fn add(&mut self, input: &str, text: &str, ours: Vec<Reported>, theirs: Vec<Reported>) {
        let mut theirs = theirs;
        for one in ours {
            let tally = self.tallies.entry(one.1.clone()).or_default();
            match theirs.iter().position(|other| *other == one) {
                Some(at) => {
                    theirs.swap_remove(at);
                    tally.both += 1;
                }
                None => self.differ(input, text, &one, By::Us),
            }
        }
        for one in theirs {
            self.differ(input, text, &one, By::Them);
        }
    }

    fn differ(&mut self, input: &str, text: &str, (line, code, level): &Reported, by: By) {
        let difference = Difference { input, text, line: *line, code, by };
        if let Some(allowed) = ALLOWED.iter().find(|allowed| (allowed.is_it)(&difference)) {
            *self.allowed.entry(allowed.name).or_default() += 1;
            return;
        }
        self.tallies.entry(code.clone()).or_default().differing += 1;
        let Difference { input, line, code, by, .. } = difference;
        let _ = writeln!(self.told, "{code} {level} by {by:?} in {input}:{line}: {}", difference.shown());
    }

    /// Fails unless 998 of 1,000 reports agree, and of each code 99 of 100.
    fn done(self, peer: &str) {
        let both: usize = self.tallies.values().map(|tally| tally.both).sum();
        let differing: usize = self.tallies.values().map(|tally| tally.differing).sum();
        assert!(both > 100, "{peer}: only {both} reports to compare");
        let mut table = format!("{peer}: {both} reports agree, {differing} differ, allowed: {:?}\n", self.allowed);
        for (code, tally) in self.tallies.iter().filter(|(_, tally)| tally.differing > 0) {
            let _ = writeln!(table, "  {code}: {} agree, {} differ", tally.both, tally.differing);
        }
        let is_worse = self.tallies.values().any(|tally| tally.differing * 99 > tally.both);
        assert!(!is_worse && differing * 998 <= both * 2, "{table}{}", self.told);
        eprintln!("{table}{}", self.told);
    }
}
