//! Libraries, paths and programs that strings of kept files name.

use std::collections::BTreeMap;

use super::files::{compare_content, counterpart, origin, report_missing, tree};
use super::{Pair, Results};
use crate::closure::{Certainty, Need, Reason, resolve_program};
use crate::verdict::{CheckName, Counterexample};

const NAME: CheckName = CheckName::Names;

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    results.status(NAME, crate::verdict::Status::Same);
    let mut missing = BTreeMap::new();
    for need in pair.needs.at_least(Certainty::Likely) {
        let Some(old) = pair.original().root.get(&need.path) else { continue };
        if old.entry.link_target().is_some() || !pair.is_wanted(need) {
            continue;
        }
        let needed_by = || source(pair, need).unwrap_or("the configuration").to_owned();
        let found = counterpart(pair, need);
        match (origin(pair, need), found) {
            (Reason::Loads { soname }, None) => results.difference(
                NAME,
                Counterexample::MissingLibrary {
                    soname: soname.clone(),
                    needed_by: needed_by(),
                    path: Some(need.path.clone()),
                    provider_package: need.owner.clone(),
                },
            ),
            (Reason::Executes { program }, found) => executed(pair, need, program, found, results),
            (reason @ Reason::Names { .. }, None) => {
                missing.insert(need.path.clone(), format!("{reason} in `{}`", needed_by()));
            }
            (reason @ (Reason::Loads { .. } | Reason::Names { .. }), Some((path, new))) => {
                let own = !need.from_base || need.owner.is_some();
                if need.tree && old.entry.is_folder() {
                    tree(pair, &need.path, &format!("{reason} in `{}`", needed_by()), results, NAME);
                } else if own && !is_adapted(&need.path) {
                    compare_content(pair, need, old, &path, new, results, NAME);
                }
            }
            _ => {}
        }
    }
    report_missing(pair, results, NAME, missing);
    for file in &pair.needs.opaque {
        if pair.candidate().root.exists(file) {
            results.undecided(NAME, format!("not all strings of `{file}` could be read"));
        }
    }
}

/// The file whose string it is.
fn source<'a>(pair: &'a Pair<'_>, need: &'a Need) -> Option<&'a str> {
    let mut at = need;
    for _ in 0..40 {
        if at.reason != Reason::Link {
            break;
        }
        match at.because.as_deref().and_then(|path| pair.needs.get(path)) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at.because.as_deref()
}

fn executed(
    pair: &Pair<'_>,
    need: &Need,
    program: &str,
    found: Option<(String, &crate::image::Node)>,
    results: &mut Results,
) {
    let Some(old) = pair.original().root.get(&need.path) else { return };
    let by_name = resolve_program(pair.candidate(), program).and_then(|path| pair.candidate().root.resolve(&path).ok());
    let new = match (by_name, found) {
        (Some(resolution), _) => Some((resolution.path, resolution.node)),
        (None, found) => found.filter(|_| program.contains('/')),
    };
    match new {
        Some((path, new)) => compare_content(pair, need, old, &path, new, results, NAME),
        None => results.difference(
            NAME,
            Counterexample::MissingProgram {
                program: program.to_owned(),
                path: need.path.clone(),
                needed_by: source(pair, need).map(str::to_owned),
                owner: need.owner.clone(),
            },
        ),
    }
}

/// Files whose content follows the installed packages.
fn is_adapted(path: &str) -> bool {
    matches!(
        path,
        "/etc/ld.so.cache" | "/etc/ssl/certs/ca-certificates.crt" | "/etc/mailcap" | "/etc/timezone" | "/etc/localtime"
    )
}
