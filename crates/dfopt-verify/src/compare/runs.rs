//! Runs compared: how they ended, what they wrote, where they listened, what they answered.

use std::collections::BTreeSet;

use super::mask::{self, Outputs};
use super::touched::Traced;
use super::{Pair, Results, RunSet};
use crate::run::{Captured, Ending, HttpAnswer, Look, RunRecord};
use crate::verdict::{CheckName, Counterexample, Status};

const NAME: CheckName = CheckName::Runs;

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    compare_sets(pair.before.runs, pair.after.runs, Some(pair), results);
}

/// Compares all runs; with `pair` also against what the images are known to need.
pub(super) fn compare_sets(before: &[RunSet], after: &[RunSet], pair: Option<&Pair<'_>>, results: &mut Results) {
    results.status(NAME, Status::Same);
    if before.is_empty() || after.is_empty() {
        results.not_run(NAME, "no run was made");
        return;
    }
    if before.len() != after.len() {
        results.not_run(NAME, "the images were not run the same way");
        return;
    }
    for (old, new) in before.iter().zip(after) {
        match (&old.records[..], &new.records[..]) {
            ([first, second, ..], [candidate, ..]) => {
                let traced = Traced::of(old, new).ok();
                Comparison { first, second, candidate, name: &old.name, pair, traced }.check(results);
            }
            ([_], [_, ..]) => results.undecided(
                NAME,
                format!("{}: the original was run once only, so what changes by itself is not known", old.name),
            ),
            _ => results.not_run(NAME, format!("{}: no run was made", old.name)),
        }
    }
}

struct Comparison<'a> {
    first: &'a RunRecord,
    second: &'a RunRecord,
    candidate: &'a RunRecord,
    name: &'a str,
    pair: Option<&'a Pair<'a>>,
    traced: Option<Traced<'a>>,
}

impl Comparison<'_> {
    fn check(&self, results: &mut Results) {
        let endings = (describe(&self.first.ending), describe(&self.second.ending), describe(&self.candidate.ending));
        if endings.0 != endings.1 {
            results.undecided(
                NAME,
                format!("{}: the original ends differently from run to run ({}; {})", self.name, endings.0, endings.1),
            );
        } else if endings.0 != endings.2 {
            self.differs(results, "ending", &endings.0, &endings.2);
        }
        self.output(results, "standard output", |record| &record.stdout);
        self.output(results, "standard error", |record| &record.stderr);
        self.listening(results);
        self.processes(results);
        self.mapped(results);
        self.health(results);
        self.http(results);
        self.failure(results);
    }

    fn differs(&self, results: &mut Results, what: &str, want: &str, have: &str) {
        results.difference(
            NAME,
            Counterexample::RunDiffers {
                what: format!("{what} of {}", self.name),
                want: want.to_owned(),
                have: have.to_owned(),
            },
        );
    }

    fn output(&self, results: &mut Results, what: &str, of: impl Fn(&RunRecord) -> &Captured) {
        let (first, second, candidate) = (of(self.first), of(self.second), of(self.candidate));
        // A program that goes on running is cut off at a moment of its own.
        let cut = first.truncated() || second.truncated() || candidate.truncated();
        match mask::compare(&first.text(), &second.text(), &candidate.text(), cut) {
            Outputs::Same => {}
            Outputs::Reordered => {
                results.expected(NAME, format!("{what} of {}", self.name), "the same lines in another order")
            }
            Outputs::Masked => results.expected(
                NAME,
                format!("{what} of {}", self.name),
                "it differs only where two runs of the original differ",
            ),
            Outputs::Unclear(line) => results
                .undecided(NAME, format!("{what} of {} has a line that no run of the original has: {line}", self.name)),
            Outputs::Different(want, have) => self.differs(results, what, &want, &have),
        }
    }

    fn listening(&self, results: &mut Results) {
        let sockets = |record: &RunRecord| -> BTreeSet<String> {
            record
                .listening
                .iter()
                .filter(|socket| socket.port < 32_768)
                .map(|socket| format!("{} {}:{}", socket.protocol, socket.address, socket.port))
                .collect()
        };
        let (first, second, candidate) = (sockets(self.first), sockets(self.second), sockets(self.candidate));
        let missing: Vec<&String> = first.intersection(&second).filter(|socket| !candidate.contains(*socket)).collect();
        let extra: Vec<&String> =
            candidate.iter().filter(|socket| !first.contains(*socket) && !second.contains(*socket)).collect();
        if missing.is_empty() && extra.is_empty() {
            return;
        }
        if [self.first, self.second, self.candidate].iter().any(|record| !matches!(record.look, Look::Done { .. })) {
            results.undecided(NAME, format!("listening ports of {}: not every run could be looked into", self.name));
            return;
        }
        let list = |sockets: &BTreeSet<String>| sockets.iter().cloned().collect::<Vec<_>>().join(", ");
        self.differs(results, "listening ports", &list(&first), &list(&candidate));
    }

    /// The same command lines as the same users.
    fn processes(&self, results: &mut Results) {
        for process in &self.first.processes {
            let same = |record: &RunRecord| record.processes.iter().find(|other| other.argv == process.argv).cloned();
            let (Some(second), Some(other)) = (same(self.second), same(self.candidate)) else { continue };
            // One that was just ending could not be read to its end.
            if [process, &second, &other].iter().any(|process| process.cwd.is_empty()) {
                continue;
            }
            if (other.uid, other.gid) != (process.uid, process.gid) || other.cwd != process.cwd {
                self.differs(
                    results,
                    &format!("process `{}`", process.argv.join(" ")),
                    &format!("user {}:{} in {}", process.uid, process.gid, process.cwd),
                    &format!("user {}:{} in {}", other.uid, other.gid, other.cwd),
                );
            }
        }
    }

    /// Files that both original runs had mapped and that the candidate does not even have.
    fn mapped(&self, results: &mut Results) {
        let Some(pair) = self.pair else { return };
        let stem = |path: &str| {
            let name = crate::image::file_name(path);
            name.split(".so").next().unwrap_or(name).to_owned()
        };
        let candidate: BTreeSet<String> = self.candidate.mapped.iter().map(|path| stem(path)).collect();
        for path in &self.first.mapped {
            let gone = self.second.mapped.contains(path)
                && !self.candidate.mapped.contains(path)
                && !candidate.contains(&stem(path))
                && pair.original().root.exists(path)
                && !pair.candidate().root.exists(path);
            if gone {
                self.differs(results, "mapped files", path, "not in the image");
            }
        }
    }

    fn health(&self, results: &mut Results) {
        let status = |record: &RunRecord| record.health.as_ref().map(|health| (health.status.clone(), health.exit));
        let (first, second, candidate) = (status(self.first), status(self.second), status(self.candidate));
        let text = |status: &Option<(String, Option<i64>)>| match status {
            Some((status, Some(exit))) => format!("{status} ({exit})"),
            Some((status, None)) => status.clone(),
            None => "none".to_owned(),
        };
        if first != second {
            if candidate != first && candidate != second {
                results.undecided(
                    NAME,
                    format!("health of {}: {}, {}, then {}", self.name, text(&first), text(&second), text(&candidate)),
                );
            }
        } else if first != candidate {
            self.differs(results, "health check", &text(&first), &text(&candidate));
        }
    }

    fn http(&self, results: &mut Results) {
        for old in &self.first.http {
            let find = |record: &RunRecord| {
                record.http.iter().find(|other| other.request == old.request).map(|found| found.answer.clone())
            };
            let what = format!("answer to GET {} on port {}", old.request.path, old.request.port);
            let Some(new) = find(self.candidate) else {
                self.differs(results, &what, &head(&old.answer), "not asked");
                continue;
            };
            let Some(second) = find(self.second) else { continue };
            if head(&old.answer) != head(&second) {
                results.undecided(NAME, format!("{what}: the original answers differently from run to run"));
            } else if head(&old.answer) != head(&new) {
                self.differs(results, &what, &head(&old.answer), &head(&new));
            } else if let (
                HttpAnswer::Response { body: a, body_sha256: x, .. },
                HttpAnswer::Response { body: b, .. },
                HttpAnswer::Response { body: c, body_sha256: z, .. },
            ) = (&old.answer, &second, &new)
                && x != z
            {
                match mask::compare(&a.text(), &b.text(), &c.text(), a.truncated() || b.truncated() || c.truncated()) {
                    Outputs::Same | Outputs::Masked | Outputs::Reordered => {
                        results.expected(NAME, &what, "the body differs only in values that change from run to run");
                    }
                    Outputs::Unclear(line) => results.undecided(NAME, format!("{what}: {line}")),
                    Outputs::Different(want, have) => {
                        self.differs(results, &format!("body of the {what}"), &want, &have)
                    }
                }
            }
        }
    }

    /// Two runs that fail alike prove little, unless all that was loaded is known and nothing was dropped that could matter.
    fn failure(&self, results: &mut Results) {
        let failed = match &self.first.ending {
            Ending::Exited { code } => *code != 0,
            Ending::OutOfMemory { .. } | Ending::NotStarted { .. } => true,
            Ending::Stopped { .. } => false,
        };
        let unhealthy = self.first.health.as_ref().is_some_and(|health| health.status == "unhealthy");
        if !failed && !unhealthy {
            return;
        }
        let what = if failed { describe(&self.first.ending) } else { "unhealthy".to_owned() };
        let same_files = self.pair.zip(self.traced.as_ref()).is_some_and(|(pair, traced)| traced.agree(pair));
        let dropped = self.pair.is_none_or(|pair| !pair.dropped_possible().is_empty());
        if same_files && !dropped && matches!(self.first.ending, Ending::Exited { .. }) {
            results.expected(NAME, format!("{} of {}", what, self.name), "both images fail alike and touch the same files until then, and nothing was dropped that a kept file could name");
        } else {
            results.undecided(
                NAME,
                format!("{}: both images fail alike ({what}), which proves little; give it what it needs with --smoke or --smoke-env", self.name),
            );
        }
    }
}

fn describe(ending: &Ending) -> String {
    match ending {
        Ending::Exited { code } => format!("exit status {code}"),
        Ending::OutOfMemory { .. } => "out of memory".to_owned(),
        Ending::Stopped { code, reaction } => format!("kept running, {reaction:?} with {code} after the stop signal"),
        Ending::NotStarted { code, .. } => format!("not started ({code})"),
    }
}

fn head(answer: &HttpAnswer) -> String {
    match answer {
        HttpAnswer::Response { status, content_type, location, .. } => {
            let part = |name: &str, value: &Option<String>| {
                value.as_ref().map(|value| format!(", {name} {value}")).unwrap_or_default()
            };
            format!("{status}{}{}", part("type", content_type), part("location", location))
        }
        HttpAnswer::NotHttp => "not HTTP".to_owned(),
        HttpAnswer::Failed { .. } => "no answer".to_owned(),
    }
}
