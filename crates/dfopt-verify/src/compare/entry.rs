//! The entry point, the command and the health check can be started by the image's user.

use super::owners::Identity;
use super::{Pair, Results};
use crate::closure::{Missing, Reason, Unresolved};
use crate::image::{Image, parent};
use crate::verdict::{CheckName, Counterexample};

const NAME: CheckName = CheckName::EntryPoint;

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    results.status(NAME, crate::verdict::Status::Same);
    let old: Vec<&Unresolved> = pair.needs.unresolved.iter().collect();
    for unresolved in &pair.after_needs.unresolved {
        if old.contains(&unresolved) {
            continue;
        }
        let (program, path) = match &unresolved.missing {
            Missing::Program { name } | Missing::Interpreter { name } => (name.clone(), name.clone()),
            Missing::Target { path } => (path.clone(), path.clone()),
            // Loaders and libraries are the matter of another check.
            Missing::Loader { .. } | Missing::Library { .. } => continue,
        };
        let found = crate::closure::resolve_program(pair.original(), &program).unwrap_or(path);
        results.difference(
            NAME,
            Counterexample::MissingProgram {
                owner: pair.original().packages().owner(&found).map(|package| package.name.clone()),
                program,
                path: found,
                needed_by: unresolved.needed_by.clone(),
            },
        );
    }
    if pair.original().config.config.command().is_empty() && pair.candidate().config.config.command().is_empty() {
        results.undecided(NAME, "the image runs nothing by itself");
    }
    permissions(pair, results);
}

/// What is started must be reachable and executable for the user it is started as.
fn permissions(pair: &Pair<'_>, results: &mut Results) {
    let (Some(old), Some(new)) = (Identity::of(pair.original()), Identity::of(pair.candidate())) else {
        return;
    };
    for need in pair.after_needs.needs.values() {
        let starts = matches!(
            need.reason,
            Reason::EntryPoint { .. }
                | Reason::HealthCheck { .. }
                | Reason::Command { .. }
                | Reason::Interpreter { .. }
                | Reason::Loader
                | Reason::Shell
                | Reason::Link
                | Reason::Linked { .. }
        );
        if !starts {
            continue;
        }
        let Some(node) = pair.candidate().root.get(&need.path) else { continue };
        if !node.entry.is_file() {
            continue;
        }
        let runs = pair.original().root.get(&need.path).is_some_and(|node| node.entry.mode & 0o111 != 0)
            || matches!(need.reason, Reason::Interpreter { .. } | Reason::Loader | Reason::Shell);
        let allowed = may_use(pair.candidate(), &need.path, &new, runs);
        let was_allowed = !pair.original().root.exists(&need.path) || may_use(pair.original(), &need.path, &old, runs);
        if !allowed && was_allowed {
            results.difference(NAME, Counterexample::NotExecutable { path: need.path.clone() });
        }
    }
}

fn may_use(image: &Image, path: &str, who: &Identity, execute: bool) -> bool {
    let Some(node) = image.root.get(path) else { return false };
    let file = if execute {
        node.entry.is_executable_by(who.uid, &who.groups)
    } else {
        node.entry.allows(who.uid, &who.groups, 4)
    };
    let mut folder = parent(path);
    let mut reachable = true;
    loop {
        reachable &= image.root.get(folder).is_none_or(|node| node.entry.allows(who.uid, &who.groups, 1));
        if folder == "/" {
            break;
        }
        folder = parent(folder);
    }
    file && reachable
}
