//! Takes out of a program's output what changes from run to run by itself.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;

/// Patterns of changing values, each with what takes its place; order matters.
const PATTERNS: &[(&str, &str)] = &[
    (r"\x1b\[[0-9;]*[A-Za-z]", ""),
    (r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b", "<uuid>"),
    (
        r"\b\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?)?(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?",
        "<time>",
    ),
    (
        r"\b\d{1,2}/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}(?::\d{2}:\d{2}:\d{2})?(?: [+-]\d{4})?",
        "<time>",
    ),
    (
        r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* {1,2}(?:\d{1,2},? )?(?:\d{4} )?\d{1,2}:\d{2}(?::\d{2})?(?: (?:UTC|GMT))?(?: \d{4})?",
        "<time>",
    ),
    (r"\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?: ?[AP]M)?\b", "<time>"),
    (r"\b1[5-9]\d{8}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?\b", "<time>"),
    (r"\b0x[0-9a-fA-F]{4,}\b", "<address>"),
    (r"\b[0-9a-f]{12,}\b", "<hex>"),
    (r"(?i)\b(pid|process|thread|tid)(\W{0,3})\d+\b", "${1}${2}<pid>"),
    (r"\[\d+\]", "[<pid>]"),
    (r"\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|seconds|secs|sec|s|minutes)\b", "<duration>"),
    (r"\b(?:127\.0\.0\.1|0\.0\.0\.0|localhost|\[::1?\]):(?:3[2-9]\d{3}|[4-6]\d{4})\b", "<port>"),
];

/// One line without its changing values.
pub(super) fn line(text: &str) -> String {
    static COMPILED: OnceLock<Vec<(Regex, &'static str)>> = OnceLock::new();
    let patterns = COMPILED.get_or_init(|| {
        PATTERNS.iter().filter_map(|(pattern, place)| Some((Regex::new(pattern).ok()?, *place))).collect()
    });
    let mut text = Cow::Borrowed(text.trim_end());
    for (pattern, place) in patterns {
        if let Cow::Owned(changed) = pattern.replace_all(&text, *place) {
            text = Cow::Owned(changed);
        }
    }
    text.into_owned()
}

/// What the candidate's output is, next to that of two original runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outputs {
    /// The same.
    Same,
    /// The same lines in another order.
    Reordered,
    /// The same but for lines that change from run to run.
    Masked,
    /// The original itself varies too much to tell.
    Unclear(String),
    /// Different: a line that the original wrote, and what stands in its place.
    Different(String, String),
}

/// Compares texts; `cut` says that some of them may end early.
pub(super) fn compare(first: &str, second: &str, candidate: &str, cut: bool) -> Outputs {
    let lines = |text: &str| -> Vec<String> {
        let mut lines: Vec<String> = text.lines().map(line).collect();
        if cut {
            lines.pop();
        }
        lines
    };
    let (mut first, mut second, mut candidate) = (lines(first), lines(second), lines(candidate));
    if cut {
        let shortest = first.len().min(second.len()).min(candidate.len());
        first.truncate(shortest);
        second.truncate(shortest);
        candidate.truncate(shortest);
    }
    if candidate == first || candidate == second {
        return Outputs::Same;
    }
    if counted(&candidate) == counted(&first) || counted(&candidate) == counted(&second) {
        return Outputs::Reordered;
    }
    if first == second {
        let at = first.iter().zip(&candidate).position(|(a, b)| a != b).unwrap_or(first.len().min(candidate.len()));
        let shown = |list: &[String]| list.get(at).cloned().unwrap_or_else(|| "(end of output)".into());
        return Outputs::Different(shown(&first), shown(&candidate));
    }
    if first.len() == second.len() && first.len() == candidate.len() {
        for ((a, b), c) in first.iter().zip(&second).zip(&candidate) {
            if !fits(a, b, c) {
                return Outputs::Different(a.clone(), c.clone());
            }
        }
        return Outputs::Masked;
    }
    let (a, b, c) = (counted(&first), counted(&second), counted(&candidate));
    for (line, count) in &a {
        let stable = (*count).min(b.get(line).copied().unwrap_or(0));
        if stable > c.get(line).copied().unwrap_or(0) {
            return Outputs::Different((*line).clone(), "(missing)".into());
        }
    }
    match c.keys().find(|line| !a.contains_key(*line) && !b.contains_key(*line)) {
        Some(line) => Outputs::Unclear((*line).clone()),
        None => Outputs::Masked,
    }
}

fn counted(lines: &[String]) -> BTreeMap<&String, usize> {
    let mut counts = BTreeMap::new();
    for line in lines {
        *counts.entry(line).or_default() += 1;
    }
    counts
}

/// Whether a line agrees with two others wherever those two agree.
fn fits(a: &str, b: &str, c: &str) -> bool {
    if c == a || c == b {
        return true;
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (a, b, c) = (words(a), words(b), words(c));
    if a == b || a.len() != b.len() || a.len() != c.len() {
        return false;
    }
    a.iter().zip(&b).zip(&c).all(|((a, b), c)| a != b || a == c)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_valid() {
        for (pattern, _) in PATTERNS {
            Regex::new(pattern).unwrap();
        }
    }

    #[test]
    fn changing_values_are_masked_and_others_stay() {
        assert_eq!(line("2024-05-01T10:11:12.123Z started [17] in 35ms"), "<time> started [<pid>] in <duration>");
        assert_eq!(line("at 0x7ffdeadbeef pid=12"), "at <address> pid=<pid>");
        assert_eq!(line("12:00:01 id 3f2504e0-4f89-11d3-9a0c-0305e82c3301"), "<time> id <uuid>");
        assert_eq!(line("port 8080, 3 items, v1.2.3"), "port 8080, 3 items, v1.2.3");
        assert_eq!(line("container 0123456789ab up"), "container <hex> up");
    }

    #[test]
    fn outputs_are_compared_next_to_two_originals() {
        assert_eq!(compare("a\nb\n", "a\nb\n", "a\nb\n", false), Outputs::Same);
        assert_eq!(compare("a\nb\n", "a\nb\n", "b\na\n", false), Outputs::Reordered);
        assert!(matches!(compare("a\nb\n", "a\nb\n", "a\n", false), Outputs::Different(line, _) if line == "b"));
        assert_eq!(compare("seed 1 ok", "seed 2 ok", "seed 3 ok", false), Outputs::Masked);
        assert!(matches!(compare("seed 1 ok", "seed 2 ok", "seed 3 bad", false), Outputs::Different(..)));
        assert!(matches!(compare("x\na", "x\na\nb", "a", false), Outputs::Different(line, _) if line == "x"));
        assert!(matches!(compare("x\na", "x\na\nb", "x\na\nnew\nnew", false), Outputs::Unclear(_)));
    }
}
