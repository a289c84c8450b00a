//! An ordered list of patterns, some of which take paths back in.

use super::path::clean;
use super::pattern::{BadPattern, Pattern};

/// Patterns in the order of their lines; the last that applies decides.
#[derive(Debug, Clone, Default)]
pub struct PatternSet {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    /// Cleaned, without `!`.
    text: String,
    takes_back: bool,
    pattern: Pattern,
}

/// Which patterns a directory has matched, for judging what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParentMatch(Vec<bool>);

impl PatternSet {
    /// Of patterns as flags have them; a leading `!` takes back. Blank ones are skipped, the first bad one is reported.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<PatternSet, BadPattern> {
        let mut set = PatternSet::default();
        for pattern in patterns {
            set.push(pattern)?;
        }
        Ok(set)
    }

    /// Adds one more pattern.
    pub fn push(&mut self, pattern: &str) -> Result<(), BadPattern> {
        let trimmed = pattern.trim();
        if trimmed.is_empty() {
            return Ok(());
        }
        let cleaned = clean(trimmed);
        let (takes_back, text) = match cleaned.strip_prefix('!') {
            Some("") => return Err(BadPattern { at: 0 }),
            Some(text) => (true, text),
            None => (false, cleaned.as_str()),
        };
        let pattern = Pattern::parse(text)?;
        self.rules.push(Rule { text: text.to_owned(), takes_back, pattern });
        Ok(())
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether any pattern takes paths back.
    pub fn takes_back(&self) -> bool {
        self.rules.iter().any(|rule| rule.takes_back)
    }

    /// Whether `path` matches, given what its parent directory matched; and what it matches itself.
    ///
    /// A pattern that could not change the outcome is not tried, and then counts as unmatched for what is below. That is
    /// what builders do when they walk a tree, and it differs from judging each path by itself.
    pub fn matches_below(&self, path: &str, parent: Option<&ParentMatch>) -> (bool, ParentMatch) {
        let mut matched = false;
        let mut own = vec![false; self.rules.len()];
        for (at, rule) in self.rules.iter().enumerate() {
            let inherited = parent.is_some_and(|parent| parent.0.get(at) == Some(&true));
            if !inherited && rule.takes_back != matched {
                continue;
            }
            if inherited || rule.pattern.matches(path) {
                own[at] = true;
                matched = !rule.takes_back;
            }
        }
        (matched, ParentMatch(own))
    }

    /// Whether `path` matches when a walk from the root comes to it.
    pub fn matches(&self, path: &str) -> bool {
        let mut result = (false, None);
        for end in path.match_indices('/').map(|(at, _)| at).chain([path.len()]) {
            let (matched, own) = self.matches_below(&path[..end], result.1.as_ref());
            result = (matched, Some(own));
        }
        result.0
    }

    /// Whether `path` matches when judged by itself: each pattern is tried on it and on every directory above it.
    pub fn matches_alone(&self, path: &str) -> bool {
        let mut matched = false;
        for rule in &self.rules {
            if rule.takes_back != matched {
                continue;
            }
            let mut ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            if ends.any(|end| rule.pattern.matches(&path[..end])) {
                matched = !rule.takes_back;
            }
        }
        matched
    }

    /// Whether a walk may leave out a matching directory: no pattern can take back anything below it.
    pub(super) fn can_prune(&self, directory: &str) -> bool {
        let inside = format!("{directory}/");
        let mut exceptions = self.rules.iter().filter(|rule| rule.takes_back).map(|rule| {
            let text = rule.text.strip_suffix("/**").unwrap_or(&rule.text);
            text.strip_suffix("/*").unwrap_or(text)
        });
        // An exception with wildcards may apply anywhere.
        exceptions
            .all(|text| !text.contains(['*', '[', ']', '?', '^', '\\']) && !format!("{text}/").starts_with(&inside))
    }
}
