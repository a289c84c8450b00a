//! What the program touched when it ran under trace, compared with what the candidate has, and with what it touched there.

use std::collections::BTreeSet;

use super::kept::{classify, is_cache, is_noise};
use super::{Pair, Results, RunSet};
use crate::closure::{Reason, does_without, is_everywhere};
use crate::elf::Compiler;
use crate::image::Image;
use crate::run::{Touched, Trace};
use crate::verdict::{CheckName, Counterexample, Status};

const NAME: CheckName = CheckName::Touched;

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    results.status(NAME, Status::Same);
    if pair.before.runs.is_empty() {
        results.not_run(NAME, "no run was made");
    }
    for (old, new) in pair.before.runs.iter().zip(pair.after.runs) {
        match Traced::of(old, new) {
            Ok(traced) => compare(pair, &traced, results),
            Err(reason) => {
                results.not_run(NAME, format!("{}: {reason}; only what was mapped is compared", old.name));
            }
        }
    }
}

/// The files of an image that its runs under trace opened, executed or mapped each time, without what is only there while a
/// container runs and what its readers do without.
#[must_use]
pub fn used_files(image: &Image, runs: &[RunSet]) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for set in runs {
        let mut times = set.traces.iter().map(|trace| match trace {
            Trace::Done { touched } => all(touched),
            Trace::Impossible { .. } => BTreeSet::new(),
        });
        let Some(first) = times.next() else { continue };
        let each = times.fold(first, |each, next| &each & &next);
        used.extend(each.into_iter().filter_map(|path| {
            let found = image.root.resolve(path).ok().filter(|found| found.node.entry.is_file())?;
            let is_nothing = is_noise(path) || is_cache(path) || is_everywhere(path) || does_without(path, None);
            (!is_nothing).then_some(found.path)
        }));
    }
    used
}

/// Two traces of the original and one of the candidate.
pub(super) struct Traced<'a> {
    first: &'a Touched,
    second: &'a Touched,
    candidate: &'a Touched,
}

impl<'a> Traced<'a> {
    pub(super) fn of(old: &'a RunSet, new: &'a RunSet) -> Result<Self, String> {
        let traces = [old.traces.first(), old.traces.get(1), new.traces.first()];
        let mut touched = Vec::new();
        for trace in traces {
            match trace {
                Some(Trace::Done { touched: done }) => touched.push(done),
                Some(Trace::Impossible { reason }) => return Err(format!("not traced, since {reason}")),
                None => return Err("not traced".to_owned()),
            }
        }
        match touched[..] {
            [first, second, candidate] => Ok(Self { first, second, candidate }),
            _ => Err("not traced".to_owned()),
        }
    }

    /// Whether the same files were opened, executed and mapped in both images, but for what changes from run to run.
    pub(super) fn agree(&self, pair: &Pair<'_>) -> bool {
        let compiler = compiler(pair);
        let sets: [fn(&Touched) -> &BTreeSet<String>; 3] =
            [|touched| &touched.opened, |touched| &touched.executed, |touched| &touched.mapped];
        let counts = |path: &&String| {
            let exists = pair.original().root.exists(path) || pair.candidate().root.exists(path);
            exists && !is_noise(path) && !is_cache(path) && !does_without(path, compiler)
        };
        sets.iter().all(|of| {
            let (first, second, candidate) = (of(self.first), of(self.second), of(self.candidate));
            first.intersection(second).filter(counts).all(|path| candidate.contains(path))
                && candidate.iter().filter(counts).all(|path| first.contains(path) || second.contains(path))
        })
    }
}

fn compare(pair: &Pair<'_>, traced: &Traced<'_>, results: &mut Results) {
    let compiler = compiler(pair);
    for path in all(traced.first).intersection(&all(traced.second)) {
        let Ok(found) = pair.original().root.resolve(path) else { continue };
        if pair.candidate().root.exists(path) || is_noise(path) || is_cache(path) {
            continue;
        }
        let own = !pair.original().is_from_base(found.node);
        let asked = traced.candidate.missed.contains(*path);
        let reason = if does_without(path, compiler) {
            Some("the libraries that read it do without it")
        } else if asked {
            None
        } else if own {
            excuse(pair, path)
        } else {
            Some("what runs in the candidate does not ask for it")
        };
        match reason {
            Some(reason) => results.expected(NAME, *path, reason),
            None => results.difference(NAME, missing(pair.original(), path)),
        }
    }
}

/// Why the candidate need not have a path that it does not ask for.
fn excuse<'a>(pair: &'a Pair<'_>, path: &str) -> Option<&'a str> {
    let node = pair.original().root.get(path)?;
    pair.dropped_reason(path)
        .or_else(|| pair.leftovers.reason(path, node, pair.needs))
        .or_else(|| classify(pair.original(), path, node, pair.kept.languages).excuse())
}

fn missing(original: &Image, path: &str) -> Counterexample {
    Counterexample::MissingFile {
        path: path.to_owned(),
        count: 1,
        because: "the program opens it when it runs".to_owned(),
        owner: original.packages().owner(path).map(|package| package.name.clone()),
    }
}

fn all(touched: &Touched) -> BTreeSet<&String> {
    touched.opened.iter().chain(&touched.executed).chain(&touched.mapped).collect()
}

/// What made the program that the entry point names.
fn compiler(pair: &Pair<'_>) -> Option<Compiler> {
    let mut programs = pair.needs.needs.values().filter(|need| matches!(need.reason, Reason::EntryPoint { .. }));
    programs.find_map(|need| pair.original().root.get(&need.path)?.entry.elf().map(|elf| elf.compiler))
}
