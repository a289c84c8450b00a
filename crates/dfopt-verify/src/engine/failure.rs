//! Tells from an engine's words what kind of failure it was.

use std::sync::LazyLock;

use regex::Regex;

use super::steps::Steps;
use crate::error::{BuildError, BuildFailure, EngineError};
use crate::text::{printable, printable_line};

/// Words by which a full disk is known, whoever reports it.
const NO_SPACE: [&str; 4] =
    ["no space left on device", "disk quota exceeded", "not enough space on the disk", "enospc"];

/// Words of a client that lost its engine.
const LOST: [&str; 8] = [
    "cannot connect to the docker daemon",
    "error during connect",
    "code = unavailable",
    "transport is closing",
    "connection reset by peer",
    "connection refused",
    "unexpected eof",
    "reading from server: eof",
];

/// What comes before a reason.
const MARKS: [&str; 2] = ["ERROR: ", "Error response from daemon: "];

const MOST_LOG_LINES: usize = 30;

pub(crate) fn says_no_space(words: &str) -> bool {
    let words = words.to_lowercase();
    NO_SPACE.iter().any(|sign| words.contains(sign))
}

fn says_lost(words: &str) -> bool {
    let words = words.to_lowercase();
    LOST.iter().any(|sign| words.contains(sign)) || words.trim_end().ends_with(": eof")
}

/// The engine's answer when it could not be reached at all.
pub(crate) fn not_answering(words: &str) -> EngineError {
    let message = last_words(words);
    if words.to_lowercase().contains("permission denied") {
        EngineError::PermissionDenied { message }
    } else {
        EngineError::NotAnswering { message }
    }
}

/// Any failed command but a build.
pub(crate) fn refused(doing: &str, words: &str) -> EngineError {
    let message = last_words(words);
    let doing = doing.to_owned();
    if says_no_space(words) {
        EngineError::NoSpace { doing, message }
    } else if words.to_lowercase().contains("permission denied while trying to connect") {
        EngineError::PermissionDenied { message }
    } else if says_lost(words) {
        EngineError::Died { doing, message }
    } else {
        EngineError::Refused { doing, message }
    }
}

/// A file operation of our own that failed.
pub(crate) fn own_files(doing: &str, error: &std::io::Error) -> EngineError {
    let message = printable_line(&error.to_string());
    let doing = doing.to_owned();
    if error.kind() == std::io::ErrorKind::StorageFull || error.kind() == std::io::ErrorKind::QuotaExceeded {
        EngineError::NoSpace { doing, message }
    } else {
        EngineError::Refused { doing, message }
    }
}

/// The line that gives the reason, safe to show: the last that is marked as one, since hints may follow it, else the last.
pub(crate) fn last_words(words: &str) -> String {
    let lines = || words.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut marked =
        lines().filter_map(|line| MARKS.iter().find_map(|mark| line.split_once(mark).map(|(_, reason)| reason)));
    printable_line(marked.next_back().or_else(|| lines().next_back()).unwrap_or("no reason given"))
}

/// Why a build failed, from its steps and from what the builder said after them.
pub(crate) fn of_build(dockerfile: &str, steps: &Steps, said: &str, engine_answers: &dyn Fn() -> bool) -> BuildError {
    let failed = steps.failed();
    let step_error = failed.and_then(|step| step.error.clone()).unwrap_or_default();
    let reason = last_words(if said.trim().is_empty() { &step_error } else { said });
    let all = format!("{step_error}\n{said}");
    let log: Vec<String> = failed.map(|step| step.log.iter().cloned().collect()).unwrap_or_default();
    let doing = "building".to_owned();
    if says_no_space(&all) || (log.iter().rev().take(5).any(|line| says_no_space(line))) {
        let message = log.iter().rev().find(|line| says_no_space(line)).cloned().unwrap_or(reason);
        return EngineError::NoSpace { doing, message }.into();
    }
    if let Some(id) = missing_secret(&all) {
        return BuildError::SecretMissing {
            id,
            looked_for: "the Dockerfile requires it and no value was given".to_owned(),
        };
    }
    // A command that cannot reach its own server says the same as a client that lost the engine: an exit status means that
    // the step ran to its end, and the engine is asked in any case.
    let exit = capture(&EXIT, &all).and_then(|code| code.parse().ok());
    let lost = says_lost(said)
        || (failed.is_none() && said.trim().is_empty())
        || said.to_lowercase().contains("context canceled");
    if exit.is_none() && lost {
        if !engine_answers() || says_engine_lost(said) {
            return EngineError::Died { doing, message: reason }.into();
        }
        if failed.is_none() && !said.contains("failed to solve") {
            return EngineError::Died { doing, message: reason }.into();
        }
    }
    if failed.is_none() && exit.is_none() && said.to_lowercase().contains("permission denied while trying to connect") {
        return EngineError::PermissionDenied { message: reason }.into();
    }
    let (line, instruction) = excerpt(said);
    BuildError::Failed(Box::new(BuildFailure {
        dockerfile: dockerfile.to_owned(),
        step: failed.map(|step| step.name.clone()),
        line: line.or_else(|| capture(&PARSE_LINE, said).and_then(|line| line.parse().ok())),
        instruction,
        log: log.into_iter().rev().take(MOST_LOG_LINES).rev().collect(),
        exit,
        message: reason.strip_prefix("failed to solve: ").map(str::to_owned).unwrap_or(reason),
    }))
}

/// Whether the words can only come from a client that lost its engine.
fn says_engine_lost(said: &str) -> bool {
    let said = said.to_lowercase();
    said.contains("cannot connect to the docker daemon")
        || said.contains("code = unavailable")
        || said.contains("error during connect")
}

#[allow(clippy::expect_used, reason = "the patterns are constants, compiled by the tests")]
static EXIT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"did not complete successfully: exit code: (-?\d+)").expect("valid pattern"));
#[allow(clippy::expect_used, reason = "as above")]
static PARSE_LINE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"error on line (\d+)").expect("valid pattern"));
#[allow(clippy::expect_used, reason = "as above")]
static SECRET: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"secret ([^\s:]+): not found").expect("valid pattern"));
#[allow(clippy::expect_used, reason = "as above")]
static EXCERPT_LINE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(\d+) \| >>> (.*)$").expect("valid pattern"));

fn capture(pattern: &Regex, text: &str) -> Option<String> {
    Some(pattern.captures(text)?.get(1)?.as_str().to_owned())
}

fn missing_secret(words: &str) -> Option<String> {
    capture(&SECRET, words).map(|id| printable_line(&id))
}

/// The marked lines of the builder's source excerpt.
fn excerpt(said: &str) -> (Option<u32>, Option<String>) {
    let marked: Vec<_> = said.lines().filter_map(|line| EXCERPT_LINE.captures(line)).collect();
    let first = marked.first().and_then(|captures| captures.get(1)?.as_str().parse().ok());
    let lines: Vec<_> = marked
        .iter()
        .filter_map(|captures| captures.get(2))
        .map(|text| printable(text.as_str()).into_owned())
        .collect();
    (first, (!lines.is_empty()).then(|| lines.join("\n")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_whoever_reports_it() {
        let ours = own_files("writing", &std::io::Error::from_raw_os_error(28));
        assert!(matches!(&ours, EngineError::NoSpace { doing, .. } if doing == "writing"), "{ours:?}");
        let theirs = refused("copying", "Error response from daemon: write /var/lib/x: no space left on device");
        assert!(theirs.to_string().starts_with("no disk space left while copying: write /var/lib/x"), "{theirs}");
    }

    #[test]
    fn words_of_the_engine_are_one_safe_line() {
        assert_eq!(last_words("warning\nERROR: first \u{1b}[1mreason\n\n"), "first \\x1b[1mreason");
        assert_eq!(last_words(" \n"), "no reason given");
        assert_eq!(
            last_words("docker: Error response from daemon: no command specified.\nSee 'docker create --help'."),
            "no command specified."
        );
        assert_eq!(last_words("ERROR: failed to solve: x\n\nView build details: desktop://y\n"), "failed to solve: x");
    }

    #[test]
    fn the_excerpt_gives_line_and_instruction() {
        let said =
            "Dockerfile:2\n----\n   1 |     FROM busybox\n   2 | >>> RUN a \\\n   3 | >>>   && b\n   4 |     \n----\n";
        assert_eq!(excerpt(said), (Some(2), Some("RUN a \\\n  && b".to_owned())));
        assert_eq!(excerpt("nothing"), (None, None));
    }
}
