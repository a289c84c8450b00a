//! Compares two images and the runs of both, check by check, and says whether the second can replace the first.
//!
//! Errors are only allowed in one direction: what is not known is never called the same.

mod build_tools;
mod config;
mod entry;
mod files;
mod identity;
mod kept;
mod leftovers;
mod libraries;
mod mask;
mod names;
mod node;
mod owners;
mod runs;
mod size;
mod system;
mod touched;

use std::collections::BTreeSet;

pub use touched::used_files;

use serde::{Deserialize, Serialize};

use crate::closure::{Certainty, Closure, Need, Start, closure};
use crate::expectations::{Expectations, Mode, reason_for};
use crate::image::{Image, ImageConfig};
use crate::run::{RunRecord, Trace};
use crate::verdict::{Check, CheckName, Counterexample, ExpectedDifference, Outcome, Status, Verdict};

/// An image with what is known beside it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The image.
    pub image: &'a Image,
    /// The configuration of its base image; without it every setting counts as the user's own.
    pub base: Option<&'a ImageConfig>,
    /// The runs that were made, in the same order for both images.
    pub runs: &'a [RunSet],
}

/// All runs of one command in one image; the original is run at least twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSet {
    /// What was run, for messages.
    pub name: String,
    /// The runs.
    pub records: Vec<RunRecord>,
    /// Further runs of the same, under trace: as many of the original as there are others, one of a candidate.
    #[serde(default)]
    pub traces: Vec<Trace>,
}

/// Compares the original with a candidate.
#[must_use]
pub fn compare(before: &Subject<'_>, after: &Subject<'_>, expectations: &Expectations) -> Verdict {
    let mut results = Results::default();
    let sizes = size::sizes(before.image, after.image);
    if expectations.mode == Mode::Identity {
        identity::check(before, after, &mut results);
        results.status(CheckName::Size, Status::Same);
        return results.verdict(sizes, Vec::new());
    }
    let kept = kept::Kept::new(before.image, after.image, expectations);
    let start = Start {
        paths: kept.paths.iter().map(|path| (path.clone(), Certainty::Likely)).collect(),
        commands: before
            .runs
            .iter()
            .filter_map(|set| set.records.first())
            .map(|record| record.command.clone())
            .filter(|command| *command != before.image.config.config.command())
            .collect(),
    };
    let needs = closure(before.image, &start);
    let after_needs = closure(after.image, &Start { paths: Vec::new(), commands: start.commands.clone() });
    let pair = Pair {
        before,
        after,
        expectations,
        needs: &needs,
        kept: &kept,
        leftovers: leftovers::Leftovers::new(before.image, after.image, &needs, &after_needs, &start.commands),
        after_needs: &after_needs,
    };
    config::check(&pair, &mut results);
    entry::check(&pair, &mut results);
    libraries::check(&pair, &mut results);
    files::check(&pair, &mut results);
    names::check(&pair, &mut results);
    owners::check(&pair, &mut results);
    system::check(&pair, &mut results);
    runs::check(&pair, &mut results);
    touched::check(&pair, &mut results);
    results.status(CheckName::Size, Status::Same);
    let not_exercised = not_exercised(&pair);
    results.verdict(sizes, not_exercised)
}

/// Both images with what the checks share.
struct Pair<'a> {
    before: &'a Subject<'a>,
    after: &'a Subject<'a>,
    expectations: &'a Expectations,
    /// What the original needs, its kept files included.
    needs: &'a Closure,
    kept: &'a kept::Kept,
    leftovers: leftovers::Leftovers<'a>,
    after_needs: &'a Closure,
}

impl Pair<'_> {
    fn original(&self) -> &Image {
        self.before.image
    }

    fn candidate(&self) -> &Image {
        self.after.image
    }

    /// Whether what needs this still is in the candidate; if not, its own loss is what is reported.
    fn is_wanted(&self, need: &Need) -> bool {
        let mut because = need.because.as_deref();
        for _ in 0..32 {
            let Some(path) = because else { return true };
            if self.candidate().root.exists(path) {
                return true;
            }
            // A missing link on the way is reported by what it leads to.
            match self.needs.get(path) {
                Some(parent)
                    if self.original().root.get(path).is_some_and(|node| node.entry.link_target().is_some()) =>
                {
                    because = parent.because.as_deref();
                }
                _ => return false,
            }
        }
        true
    }

    /// Paths of a dropped kind that a kept file could name, for runs that prove little.
    fn dropped_possible(&self) -> BTreeSet<&str> {
        self.needs
            .needs
            .values()
            .filter(|need| need.certainty == Certainty::Possible && !need.tree)
            .filter(|need| !self.candidate().root.exists(&need.path) && self.is_wanted(need))
            .map(|need| need.path.as_str())
            .collect()
    }

    fn dropped_reason(&self, path: &str) -> Option<&str> {
        reason_for(&self.expectations.dropped, path)
    }
}

/// Collects what the checks say.
#[derive(Default)]
struct Results {
    checks: Vec<Check>,
    counterexamples: BTreeSet<Counterexample>,
}

impl Results {
    fn of(&mut self, name: CheckName) -> &mut Check {
        let at = match self.checks.iter().position(|check| check.name == name) {
            Some(at) => at,
            None => {
                self.checks.push(Check {
                    name,
                    status: Status::Same,
                    differences: Vec::new(),
                    expected: Vec::new(),
                    undecided: Vec::new(),
                });
                self.checks.len() - 1
            }
        };
        &mut self.checks[at]
    }

    fn status(&mut self, name: CheckName, status: Status) {
        let check = self.of(name);
        check.status = check.status.max(status);
    }

    fn difference(&mut self, name: CheckName, counterexample: Counterexample) {
        self.status(name, Status::Difference);
        let text = counterexample.to_string();
        self.of(name).differences.push(text);
        self.counterexamples.insert(counterexample);
    }

    fn expected(&mut self, name: CheckName, what: impl Into<String>, reason: impl Into<String>) {
        self.status(name, Status::Expected);
        self.of(name).expected.push(ExpectedDifference { what: what.into(), reason: reason.into() });
    }

    fn undecided(&mut self, name: CheckName, what: impl Into<String>) {
        self.status(name, Status::Undecided);
        self.of(name).undecided.push(what.into());
    }

    fn not_run(&mut self, name: CheckName, why: impl Into<String>) {
        self.status(name, Status::NotRun);
        self.of(name).undecided.push(why.into());
    }

    fn verdict(mut self, sizes: crate::verdict::Sizes, not_exercised: Vec<String>) -> Verdict {
        self.checks.sort_by_key(|check| check.name);
        for check in &mut self.checks {
            check.differences.sort();
            check.differences.dedup();
            check.expected.sort_by(|a, b| (&a.what, &a.reason).cmp(&(&b.what, &b.reason)));
            check.expected.dedup();
            check.undecided.sort();
            check.undecided.dedup();
        }
        let is_optional = |check: &&Check| check.name == CheckName::Touched && check.status == Status::NotRun;
        let mandatory = self.checks.iter().filter(|check| !is_optional(check));
        let worst = mandatory.map(|check| check.status).max().unwrap_or(Status::NotRun);
        let outcome = match worst {
            Status::Same | Status::Expected => Outcome::Proved,
            Status::Undecided | Status::NotRun => Outcome::Inconclusive,
            Status::Difference => Outcome::Refuted,
        };
        Verdict {
            outcome,
            checks: self.checks,
            counterexamples: self.counterexamples.into_iter().collect(),
            not_exercised,
            sizes,
        }
    }
}

fn not_exercised(pair: &Pair<'_>) -> Vec<String> {
    let mut list = vec!["code paths that the compared runs did not reach".to_owned()];
    let possible = pair.dropped_possible();
    if !possible.is_empty() {
        let shown: Vec<&str> = possible.iter().take(12).copied().collect();
        let more = possible.len() - shown.len();
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        list.push(format!("paths that a string could stand for and that are gone: {}{tail}", shown.join(", ")));
    }
    if !pair.needs.opaque.is_empty() {
        let shown: Vec<&str> = pair.needs.opaque.iter().take(12).map(String::as_str).collect();
        list.push(format!("strings that could not all be read, in {}", shown.join(", ")));
    }
    list.push("files with computed names".to_owned());
    list
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod leftover_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod touched_tests;
