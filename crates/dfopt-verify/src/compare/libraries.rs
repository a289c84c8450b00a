//! Loaders, linked libraries and symbol versions: what cannot be resolved in the candidate but could be in the original.

use std::collections::BTreeSet;

use super::{Pair, Results};
use crate::closure::{Linker, Missing};
use crate::elf::ElfFacts;
use crate::facts::newest_glibc;
use crate::image::Image;
use crate::verdict::{CheckName, Counterexample};

const NAME: CheckName = CheckName::Libraries;

/// Something wrong with one ELF file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Problem {
    Loader(String),
    Library(String),
    Version { soname: String, need: String, have: Option<String> },
    Machine,
}

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    results.status(NAME, crate::verdict::Status::Same);
    let (old_linker, new_linker) = (Linker::new(pair.original()), Linker::new(pair.candidate()));
    let machine = main_machine(pair.original());
    for (path, node) in pair.candidate().root.iter() {
        let Some(elf) = node.entry.elf().filter(|elf| elf.linked) else { continue };
        let old = pair.original().root.get(path).and_then(|node| node.entry.elf());
        let own = !pair.candidate().is_from_base(node);
        // A file that only the candidate's base has concerns nobody unless something needs it.
        if old.is_none() && !own && !pair.after_needs.needs.contains_key(path) {
            continue;
        }
        let mut problems = problems(pair.candidate(), &new_linker, path, elf);
        if old.is_some_and(|old| !old.fits(elf)) {
            problems.insert(Problem::Machine);
        }
        if own && old.is_none() && machine.is_some_and(|machine| machine != elf.machine) {
            problems.insert(Problem::Machine);
        }
        if problems.is_empty() {
            continue;
        }
        let before = old.map(|old| self::problems(pair.original(), &old_linker, path, old)).unwrap_or_default();
        for problem in problems.difference(&before) {
            report(pair, path, elf, problem, results);
        }
    }
    chains(pair, results);
}

/// What the process of the entry point cannot find, with search paths inherited from its program.
fn chains(pair: &Pair<'_>, results: &mut Results) {
    for unresolved in &pair.after_needs.unresolved {
        if pair.needs.unresolved.contains(unresolved) {
            continue;
        }
        let Some(path) = unresolved.needed_by.as_deref() else { continue };
        let Some(elf) = pair.candidate().root.get(path).and_then(|node| node.entry.elf()) else { continue };
        match &unresolved.missing {
            Missing::Library { soname } => report(pair, path, elf, &Problem::Library(soname.clone()), results),
            Missing::Loader { path: loader } => report(pair, path, elf, &Problem::Loader(loader.clone()), results),
            _ => {}
        }
    }
}

fn main_machine(image: &Image) -> Option<u16> {
    match image.config.architecture.as_str() {
        "amd64" => Some(62),
        "arm64" => Some(183),
        "386" => Some(3),
        "arm" => Some(40),
        "s390x" => Some(22),
        "riscv64" => Some(243),
        _ => None,
    }
}

fn problems(image: &Image, linker: &Linker<'_>, path: &str, elf: &ElfFacts) -> BTreeSet<Problem> {
    let mut found = BTreeSet::new();
    if let Some(loader) = &elf.interpreter
        && !image.root.resolve(loader).is_ok_and(|end| end.node.entry.elf().is_some_and(|other| elf.fits(other)))
    {
        found.insert(Problem::Loader(loader.clone()));
    }
    let mut libraries: Vec<&String> = elf.needed.iter().collect();
    libraries.extend(elf.versions_needed.keys().filter(|name| !elf.needed.contains(name)));
    for soname in libraries {
        let Some(place) = linker.find(path, elf, soname, None) else {
            if elf.needed.contains(soname) {
                found.insert(Problem::Library(soname.clone()));
            }
            continue;
        };
        let Some(needed) = elf.versions_needed.get(soname) else { continue };
        let Ok(library) = image.root.resolve(&place) else { continue };
        let Some(library) = library.node.entry.elf() else { continue };
        // A library without versions satisfies every version, with a warning at most.
        if library.versions_provided.is_empty() {
            continue;
        }
        for need in needed.difference(&library.versions_provided) {
            found.insert(Problem::Version {
                soname: soname.clone(),
                need: need.clone(),
                have: newest_glibc(library.versions_provided.iter()).map(str::to_owned),
            });
        }
    }
    found
}

fn report(pair: &Pair<'_>, path: &str, elf: &ElfFacts, problem: &Problem, results: &mut Results) {
    let owner = |path: &str| pair.original().packages().owner(path).map(|package| package.name.clone());
    let counterexample = match problem {
        Problem::Loader(loader) => {
            let place = pair.original().root.resolve(loader).ok().map(|found| found.path);
            Counterexample::MissingLibrary {
                soname: loader.clone(),
                needed_by: path.to_owned(),
                provider_package: place.as_deref().and_then(owner),
                path: place,
            }
        }
        Problem::Library(soname) => {
            let place = Linker::new(pair.original())
                .find(path, elf, soname, None)
                .and_then(|place| pair.original().root.resolve(&place).ok().map(|found| found.path));
            Counterexample::MissingLibrary {
                soname: soname.clone(),
                needed_by: path.to_owned(),
                provider_package: place
                    .as_deref()
                    .and_then(owner)
                    .or_else(|| pair.original().packages().provider(soname).map(|package| package.name.clone())),
                path: place,
            }
        }
        Problem::Version { soname, need, have } => match (need.strip_prefix("GLIBC_"), have) {
            (Some(_), Some(have)) => {
                Counterexample::GlibcTooOld { need: need.clone(), have: have.clone(), needed_by: path.to_owned() }
            }
            _ => Counterexample::MissingVersion {
                soname: soname.clone(),
                need: need.clone(),
                needed_by: path.to_owned(),
            },
        },
        Problem::Machine => Counterexample::ChangedFile {
            path: path.to_owned(),
            because: format!("it is made for {}", elf.machine_name()),
        },
    };
    results.difference(NAME, counterexample);
}
