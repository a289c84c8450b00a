//! dfopt's parser reads Dockerfiles as BuildKit's does: what instructions there are, on which lines, their flags, words,
//! heredocs and comments. Over real files, broken ones, cuts of them, and generated ones that nobody would write.
//!
//! What differs on purpose is in `ALLOWED`, by name, and counted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dfopt_syntax::ErrorKind;
use dfopt_tests::mutate;
use dfopt_tests::oracle::Oracle;
use dfopt_tests::place::{self, Inputs};
use dfopt_tests::reading::{Entry, Reading};
use serde_json::{Value, json};

/// Generated files; `DFOPT_MUTATIONS` asks for another number of them.
const MUTATIONS: usize = 100_000;

/// Requests that are under way at once.
const BATCH: usize = 4_000;

/// What may differ, and why.
const ALLOWED: &[(&str, &str)] = &[
    (
        "flag-bytes",
        "BuildKit cuts flags at bytes, so that a letter such as `à` ends one; dfopt reads characters and reports it",
    ),
    ("comment-bytes", "BuildKit cuts the first byte of an indented comment, which may be half a character"),
    ("overlong-line", "BuildKit gives up at a line of 64 KiB; dfopt reads on and a rule reports the line"),
];

#[test]
fn whole_files_are_read_as_buildkit_reads_them() {
    let Some(mut oracle) = Oracle::start() else { return };
    let mut findings = Findings::default();
    findings.compare(&mut oracle, place::dockerfiles());
    findings.done("whole files", 90);
}

#[test]
fn cut_files_are_read_as_buildkit_reads_them() {
    let Some(mut oracle) = Oracle::start() else { return };
    let mut findings = Findings::default();
    for cuts in place::dockerfiles().chunks(40).map(|files| mutate::cuts(files, 400, 40)) {
        findings.compare(&mut oracle, cuts);
    }
    findings.done("cut files", 5_000);
}

#[test]
fn generated_files_are_read_as_buildkit_reads_them() {
    let Some(mut oracle) = Oracle::start() else { return };
    let count = std::env::var("DFOPT_MUTATIONS").map_or(MUTATIONS, |count| count.parse().unwrap());
    let files: Vec<String> = place::dockerfiles().into_iter().map(|(_, text)| text).collect();
    let mut findings = Findings::default();
    for from in (0..count).step_by(BATCH) {
        findings.compare(&mut oracle, mutate::mutants(&files, from..(from + BATCH).min(count)));
    }
    findings.done("generated files", count);
}

/// A second, weaker opinion: the crate `dockerfile-parser`, which knows neither heredocs nor broken instructions.
#[test]
fn another_parser_sees_the_same_instructions() {
    let (mut both, mut differences) = (0, Vec::new());
    for (name, text) in place::dockerfiles() {
        let reading = Reading::of(&text);
        let Ok(theirs) = dockerfile_parser::Dockerfile::parse(&text) else { continue };
        if !reading.fatal().is_empty() {
            continue;
        }
        both += 1;
        let theirs: Vec<String> = theirs.instructions.iter().map(keyword_of_other).collect();
        let ours: Vec<String> = reading.parsed.file().instructions().map(|ours| ours.name().to_owned()).collect();
        let is_weakness = text.contains("<<") || reading.escape != '\\';
        if ours != theirs && !is_weakness {
            differences.push(format!("{name}:\n  it    {theirs:?}\n  dfopt {ours:?}\n"));
        }
    }
    println!("another parser: {both} files that both accept, {} differences", differences.len());
    assert!(both > 30, "only {both} files that both accept");
    assert!(differences.len() * 100 <= both, "{} of {both}\n{}", differences.len(), differences.concat());
}

fn keyword_of_other(instruction: &dockerfile_parser::Instruction) -> String {
    use dockerfile_parser::Instruction as Other;
    match instruction {
        Other::From(_) => "FROM".to_owned(),
        Other::Arg(_) => "ARG".to_owned(),
        Other::Label(_) => "LABEL".to_owned(),
        Other::Run(_) => "RUN".to_owned(),
        Other::Entrypoint(_) => "ENTRYPOINT".to_owned(),
        Other::Cmd(_) => "CMD".to_owned(),
        Other::Copy(_) => "COPY".to_owned(),
        Other::Env(_) => "ENV".to_owned(),
        Other::Misc(misc) => misc.instruction.content.to_ascii_uppercase(),
    }
}

/// What was compared and what differed.
#[derive(Default)]
struct Findings {
    files: usize,
    refused: usize,
    instructions: usize,
    allowed: BTreeMap<&'static str, usize>,
    differences: Vec<String>,
}

impl Findings {
    fn compare(&mut self, oracle: &mut Oracle, inputs: Inputs) {
        let mut round: Vec<Case> = inputs.into_iter().map(|(name, text)| Case::new(name, text)).collect();
        self.files += round.len();
        // BuildKit stops at the first broken instruction. What follows it is seen once its lines are made blank.
        for _ in 0..4 {
            if round.is_empty() {
                break;
            }
            let requests: Vec<Value> = round.iter().map(|case| json!({"mode": ["parse"], "text": case.seen})).collect();
            let mut cases = std::mem::take(&mut round).into_iter();
            oracle.ask_each(&requests, |_, answer| {
                let case = cases.next().expect("an answer for each");
                round.extend(self.one(case, &answer["parse"]));
            });
        }
    }

    /// Compares one file; gives it back with the instruction made blank that BuildKit stopped at.
    fn one(&mut self, mut case: Case, theirs: &Value) -> Option<Case> {
        if let Some(message) = theirs.get("panic") {
            self.differ(&case, format!("the oracle panicked: {message}"));
            return None;
        }
        let error = theirs["error"]["message"].as_str();
        self.refused += usize::from(error.is_some() && case.blanked.is_empty());
        if case.blanked.is_empty() && theirs["directives"] != json!(case.ours.directives) && !is_directive_error(error)
        {
            self.differ(
                &case,
                format!("directives:\n  BuildKit {}\n  dfopt    {}", theirs["directives"], json!(case.ours.directives)),
            );
        }
        let Some(list) = theirs["instructions"].as_array() else {
            return self.refusal(case, theirs);
        };
        if case.blanked.is_empty() && theirs["escape"] != json!(case.ours.escape.to_string()) {
            self.differ(&case, format!("escape {} {:?}", theirs["escape"], case.ours.escape));
        }
        self.instructions(&mut case, list);
        if error.is_none() && case.blanked.is_empty() && !case.ours.fatal().is_empty() {
            self.differ(&case, format!("BuildKit accepts it, dfopt says {:?}", case.ours.fatal()));
        }
        None
    }

    fn instructions(&mut self, case: &mut Case, list: &[Value]) {
        let mut ours = case.ours.entries.iter().filter(|entry| !case.blanked.contains(&entry.start));
        let mut problems = Vec::new();
        for theirs in list {
            self.instructions += 1;
            let Some(entry) = ours.next() else {
                problems.push(format!("line {}: BuildKit sees {}, dfopt nothing", theirs["start"], theirs["original"]));
                break;
            };
            if entry.is_recovered {
                break; // the lines that follow are meant to be read in another way
            }
            match different(entry, theirs, !case.blanked.is_empty()) {
                Difference::None => {}
                Difference::Allowed(name) => *self.allowed.entry(name).or_default() += 1,
                Difference::Found(problem) => {
                    problems.push(problem);
                    break;
                }
            }
        }
        if problems.is_empty()
            && list.len() < case.ours.entries.len()
            && let Some(more) = ours.next()
            && !case.ours.entries.iter().any(|entry| entry.is_recovered)
        {
            problems.push(format!("line {}: dfopt sees {}, BuildKit nothing", more.start, more.facts));
        }
        for problem in problems {
            self.differ(case, problem);
        }
    }

    /// BuildKit's parser stopped: dfopt has an error, or the tree shows what is wrong, and it stays in its instruction.
    fn refusal(&mut self, mut case: Case, theirs: &Value) -> Option<Case> {
        let message = theirs["error"]["message"].as_str().unwrap_or_default().to_owned();
        let start = usize::try_from(theirs["error"]["lines"][0][0].as_u64().unwrap_or(0)).unwrap();
        let end = theirs["error"]["lines"].as_array().and_then(|lines| lines.last()?[0].as_u64()).unwrap_or(0);
        let end = usize::try_from(end).unwrap();
        let at = case.ours.entries.iter().find(|entry| entry.start == start);
        let facts = at.map(|entry| &entry.facts);
        // A file that looks like none has one error for all.
        let error = |wanted: &dyn Fn(&ErrorKind) -> bool| {
            let is_it = |&(kind, line): &(&ErrorKind, usize)| {
                *kind == ErrorKind::NotADockerfile || (wanted(kind) && (start..=end).contains(&line))
            };
            case.ours.fatal().iter().any(is_it)
        };
        let known = if message.contains("greater than max allowed size") {
            *self.allowed.entry("overlong-line").or_default() += 1;
            return None;
        } else if message == "unterminated heredoc" {
            error(&|kind| matches!(kind, ErrorKind::UnterminatedHeredoc { .. } | ErrorKind::GluedDelimiter { .. }))
        } else if message.contains("failed to process") {
            error(&|kind| matches!(kind, ErrorKind::HiddenHeredoc))
        } else if message == "file with no instructions" {
            case.ours.entries.iter().all(|entry| case.blanked.contains(&entry.start))
        } else if is_directive_error(Some(&message)) {
            return (!case.ours.fatal().iter().any(|(kind, _)| {
                matches!(
                    kind,
                    ErrorKind::InvalidEscapeDirective | ErrorKind::RepeatedDirective { .. } | ErrorKind::NotADockerfile
                )
            }))
            .then(|| self.differ(&case, format!("no error for {message:?}")))
            .and(None);
        } else if message.contains("comprised of strings only") {
            facts.is_some_and(|facts| facts["json"] == true || facts["trigger"]["json"] == true)
        } else if message.contains("must have two arguments") {
            facts.is_some_and(|facts| pairs(facts).first().is_some_and(|pair| pair[1].is_empty() && pair[2].is_empty()))
        } else if message.contains("can't find = in") {
            facts.is_some_and(|facts| pairs(facts).iter().skip(1).any(|pair| pair[2].is_empty()))
        } else {
            false
        };
        if !known {
            let ours = at.map_or(Value::Null, |entry| entry.facts.clone());
            let problem = format!("line {start}: BuildKit stops: {message}\n  dfopt {ours}\n  {:?}", case.ours.fatal());
            self.differ(&case, problem);
            return None;
        }
        if start == 0
            || message == "unterminated heredoc"
            || message.contains("failed to process")
            || at.is_none_or(|at| at.is_recovered)
        {
            return None;
        }
        case.blank(start, end);
        Some(case)
    }

    fn differ(&mut self, case: &Case, problem: String) {
        if self.differences.len() < 25 {
            self.differences.push(format!("{}: {problem}\n--- the file\n{:?}\n", case.name, case.seen));
        } else {
            self.differences.push(String::new());
        }
    }

    fn done(&self, what: &str, at_least: usize) {
        let mut summary = format!(
            "{what}: {} files, {} of them refused; {} instructions compared; {} differences",
            self.files,
            self.refused,
            self.instructions,
            self.differences.len()
        );
        for (name, count) in &self.allowed {
            let reason = ALLOWED.iter().find(|(allowed, _)| allowed == name).expect("it is in the list").1;
            write!(summary, "\n  {count:6} {name}: {reason}").unwrap();
        }
        println!("{summary}");
        assert!(self.files >= at_least, "only {} files", self.files);
        assert!(self.refused < self.files && self.instructions > self.files / 2, "{summary}");
        let all: usize = self.allowed.values().sum();
        assert!(all * 1000 <= self.files.max(1000), "too much is allowed for\n{summary}");
        assert!(self.differences.is_empty(), "{summary}\n\n{}", self.differences.concat());
    }
}

/// A file under comparison.
struct Case {
    name: String,
    ours: Reading,
    /// What BuildKit is shown: the file, or the file with instructions made blank.
    seen: String,
    /// The first lines of those.
    blanked: Vec<usize>,
}

impl Case {
    fn new(name: String, text: String) -> Self {
        Self { name, ours: Reading::of(&text), seen: text, blanked: Vec::new() }
    }

    fn blank(&mut self, start: usize, end: usize) {
        let lines = self.seen.split_inclusive('\n').enumerate();
        let is_blank = |i: usize| (start..=end).contains(&(i + 1));
        self.seen = lines.map(|(i, line)| if is_blank(i) { "\n" } else { line }).collect();
        self.blanked.push(start);
    }
}

enum Difference {
    None,
    Allowed(&'static str),
    Found(String),
}

/// Compares what both say of an instruction.
fn different(ours: &Entry, theirs: &Value, without_comments: bool) -> Difference {
    let trimmed = |text: &Value| text.as_str().unwrap_or_default().trim().to_owned();
    let found = |field: &str, a: &Value, b: &Value| {
        let (original, start) = (&theirs["original"], &theirs["start"]);
        Difference::Found(format!("line {start}, {field} of {original}:\n  BuildKit {a}\n  dfopt    {b}"))
    };
    let lines = json!([ours.start, ours.end]);
    if json!([theirs["start"], theirs["end"]]) != lines {
        return found("lines", &json!([theirs["start"], theirs["end"]]), &lines);
    }
    let original = trimmed(&theirs["original"]);
    if original != ours.facts["original"].as_str().unwrap() {
        return found("text", &theirs["original"], &ours.facts["original"]);
    }
    if theirs["keyword"] != ours.facts["keyword"] {
        return found("keyword", &theirs["keyword"], &ours.facts["keyword"]);
    }
    let is_unknown =
        theirs["error"]["message"].as_str().is_some_and(|message| message.starts_with("unknown instruction"));
    if is_unknown == ours.is_known {
        return found("being an instruction", &json!(!is_unknown), &json!(ours.is_known));
    }
    if !without_comments {
        let comments = theirs["comments"].as_array().cloned().unwrap_or_default();
        if json!(comments) != ours.facts["comments"] {
            if comments.iter().any(|comment| comment.as_str().unwrap().contains('\u{fffd}')) {
                return Difference::Allowed("comment-bytes");
            }
            return found("comments", &json!(comments), &ours.facts["comments"]);
        }
    }
    if is_unknown {
        return Difference::None;
    }
    let heredocs: Vec<Value> = theirs["heredocs"].as_array().into_iter().flatten().map(without_fd).collect();
    if json!(heredocs) != ours.facts["heredocs"] {
        return found("heredocs", &theirs["heredocs"], &ours.facts["heredocs"]);
    }
    if let Some((field, a, b)) = fields_differ(theirs, &ours.facts) {
        // U+0085 and U+00A0 as the end of a longer character, or as a character of their own.
        let by_bytes =
            original.chars().any(|c| c as u32 > 0x7f && c.to_string().bytes().any(|b| matches!(b, 0x85 | 0xa0)));
        let has_flags = original.contains(" --") || original.contains("\t--") || original.contains("\u{a0}--");
        if by_bytes && (has_flags || theirs["flags"].as_array().is_some_and(|flags| !flags.is_empty())) {
            return Difference::Allowed("flag-bytes");
        }
        return found(&field, &a, &b);
    }
    Difference::None
}

/// Whether it is a HEALTHCHECK with neither CMD nor NONE.
fn is_untyped_healthcheck(facts: &Value) -> bool {
    let is = |value: &Value, word: &str| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(word));
    let kind = &facts["words"][0];
    is(&facts["keyword"], "healthcheck") && !kind.is_null() && !is(kind, "cmd") && !is(kind, "none")
}

fn without_fd(heredoc: &Value) -> Value {
    let mut heredoc = heredoc.clone();
    heredoc.as_object_mut().unwrap().shift_remove("fd");
    heredoc
}

/// The first of flags, form, words and trigger that differs.
fn fields_differ(theirs: &Value, ours: &Value) -> Option<(String, Value, Value)> {
    if is_untyped_healthcheck(theirs) {
        let is_same = theirs["flags"].as_array().map_or(0, Vec::len) == ours["flags"].as_array().map_or(0, Vec::len);
        let is_same = is_same && ours["words"] == json!([]);
        return (!is_same).then(|| ("type".to_owned(), theirs["words"].clone(), ours["words"].clone()));
    }
    for (field, empty) in [("flags", json!([])), ("json", json!(false)), ("words", json!([]))] {
        let value =
            |facts: &Value| facts.get(field).filter(|value| !value.is_null()).cloned().unwrap_or_else(|| empty.clone());
        if value(theirs) != value(ours) {
            return Some((field.to_owned(), value(theirs), value(ours)));
        }
    }
    match (theirs.get("trigger"), ours.get("trigger")) {
        (Some(a), Some(b)) => {
            if a["keyword"] != b["keyword"] || a["original"] != b["original"] {
                return Some(("trigger".to_owned(), a.clone(), b.clone()));
            }
            // An unknown instruction has none: BuildKit looks at it in the child build.
            b.get("words")?;
            fields_differ(a, b).map(|(field, a, b)| (format!("trigger's {field}"), a, b))
        }
        (None, None) => None,
        (a, b) => Some(("trigger".to_owned(), json!(a), json!(b))),
    }
}

/// The pairs of an ENV or LABEL, or of such a trigger: name, value, `=`.
fn pairs(facts: &Value) -> Vec<Vec<String>> {
    let facts = facts.get("trigger").map_or(facts, |trigger| trigger.get("trigger").unwrap_or(trigger));
    let words: Vec<String> =
        facts["words"].as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect();
    words.chunks_exact(3).map(<[String]>::to_vec).collect()
}

fn is_directive_error(message: Option<&str>) -> bool {
    message.is_some_and(|message| {
        message.contains("invalid escape token") || message.contains("parser directive can be used")
    })
}
