//! Files: what the entry point certainly needs, and what the original added over its base, by content.

use std::collections::{BTreeMap, BTreeSet};

use super::build_tools::BuildTools;
use super::kept::{Class, classify, is_cache, is_noise};
use super::leftovers::{is_for_compiling, stated_version};
use super::{Pair, Results};
use crate::closure::{Certainty, Need, Reason};
use crate::expectations::reason_for;
use crate::image::{Entry, Image, Node, file_name, parent};
use crate::packages::is_manager_state;
use crate::verdict::{CheckName, Counterexample};

const NAME: CheckName = CheckName::Files;

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    results.status(NAME, crate::verdict::Status::Same);
    needed(pair, results);
    added(pair, results);
    extra(pair, results);
    packages(pair, results);
}

/// Needs that the configuration, the kernel or a language runtime has.
fn needed(pair: &Pair<'_>, results: &mut Results) {
    let mut missing = BTreeMap::new();
    for need in pair.needs.at_least(Certainty::Likely) {
        let reason = origin(pair, need);
        let mine = matches!(
            reason,
            Reason::EntryPoint { .. }
                | Reason::HealthCheck { .. }
                | Reason::Command { .. }
                | Reason::Shell
                | Reason::Interpreter { .. }
                | Reason::Runtime
        );
        if !mine || !pair.is_wanted(need) {
            continue;
        }
        let Some(old) = pair.original().root.get(&need.path) else { continue };
        if old.entry.link_target().is_some() {
            continue;
        }
        if need.tree && old.entry.is_folder() {
            tree(pair, &need.path, &reason.to_string(), results, NAME);
        }
        match counterpart(pair, need) {
            Some((path, new)) => compare_content(pair, need, old, &path, new, results, NAME),
            None => {
                missing.insert(need.path.clone(), reason.to_string());
            }
        }
    }
    report_missing(pair, results, NAME, missing);
}

/// Why a path is needed, seen through the links that lead to it.
pub(super) fn origin<'a>(pair: &'a Pair<'_>, need: &'a Need) -> &'a Reason {
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
    &at.reason
}

/// What takes the place of a need in the candidate: the same path, or what the same link leads to.
pub(super) fn counterpart<'a>(pair: &'a Pair<'_>, need: &Need) -> Option<(String, &'a Node)> {
    let kind = |node: &Node| (node.entry.is_file(), node.entry.is_folder());
    let old = pair.original().root.get(&need.path).map(kind);
    if let Ok(found) = pair.candidate().root.resolve(&need.path) {
        return Some((found.path, found.node));
    }
    if need.reason != Reason::Link {
        return None;
    }
    let found = pair.candidate().root.resolve(need.because.as_deref()?).ok()?;
    (Some(kind(found.node)) == old).then_some((found.path, found.node))
}

/// The same bytes, the same package, or the same software from a sibling of the base.
pub(super) fn compare_content(
    pair: &Pair<'_>,
    need: &Need,
    old: &Node,
    path: &str,
    new: &Node,
    results: &mut Results,
    check: CheckName,
) {
    if old.entry.sha256() == new.entry.sha256() || !old.entry.is_file() {
        return;
    }
    if let Some(reason) = reason_for(&pair.expectations.changed, &need.path) {
        results.expected(check, &need.path, reason);
        return;
    }
    if is_cache(&need.path) || is_noise(&need.path) {
        return;
    }
    match same_software(pair, &need.path, old, path, new) {
        Some(reason) => results.expected(check, &need.path, reason),
        None => results.difference(
            check,
            Counterexample::ChangedFile { path: need.path.clone(), because: origin(pair, need).to_string() },
        ),
    }
}

/// Why different bytes are still the same software.
fn same_software(pair: &Pair<'_>, old_path: &str, old: &Node, new_path: &str, new: &Node) -> Option<String> {
    let owners = (pair.original().packages().owner(old_path), pair.candidate().packages().owner(new_path));
    if let (Some(before), Some(after)) = owners {
        if before.name == after.name && before.version == after.version {
            // Equal packages bring equal files; this one was changed afterwards.
            return None;
        }
        if before.name == after.name || before.source.is_some() && before.source == after.source {
            return Some(format!("package {} in version {} instead of {}", after.name, after.version, before.version));
        }
    }
    let soname = |node: &Node| node.entry.elf().and_then(|elf| elf.soname.clone());
    if owners.0.is_some() == owners.1.is_some() && soname(old).is_some() && soname(old) == soname(new) {
        return Some("another build of the same library; its versions are checked".to_owned());
    }
    if pair.original().is_from_base(old) && pair.candidate().is_from_base(new) {
        return sibling_base(pair).map(|version| format!("both bases bring it, and both state {version}"));
    }
    None
}

/// A version that both bases state in their environment.
fn sibling_base(pair: &Pair<'_>) -> Option<String> {
    let (old, new) = (pair.before.base?, pair.after.base?);
    let theirs: BTreeSet<&str> = new.config.env.iter().map(String::as_str).collect();
    old.config
        .env
        .iter()
        .find(|setting| {
            setting.split_once('=').is_some_and(|(name, _)| name.ends_with("_VERSION"))
                && theirs.contains(setting.as_str())
        })
        .cloned()
}

/// All files below a needed folder.
pub(super) fn tree(pair: &Pair<'_>, folder: &str, because: &str, results: &mut Results, check: CheckName) {
    let mut missing = BTreeMap::new();
    let stated = (stated_version(pair.original(), folder), stated_version(pair.candidate(), folder));
    let sibling = sibling_base(pair).is_some() || (stated.0.is_some() && stated.0 == stated.1);
    let compiles = pair.kept.languages.compiles();
    let packaged = |path: &str| {
        let owner = pair.original().packages().owner(path)?;
        pair.candidate().packages().get(&owner.name)
    };
    for (path, old) in pair.original().root.below(folder) {
        if is_cache(path)
            || is_noise(path)
            || old.entry.is_folder()
            || path.contains("/test/")
            || path.contains("/tests/")
        {
            continue;
        }
        match pair.candidate().root.get(path) {
            Some(new) => {
                let equal = old.entry.kind == new.entry.kind;
                let excused = reason_for(&pair.expectations.changed, path).is_some()
                    || packaged(path).is_some()
                    || (sibling && pair.original().is_from_base(old) && pair.candidate().is_from_base(new));
                if !equal && !excused {
                    results.difference(
                        check,
                        Counterexample::ChangedFile { path: path.to_owned(), because: because.to_owned() },
                    );
                }
            }
            None => {
                if pair.dropped_reason(path).is_some() {
                    continue;
                }
                let source = !matches!(
                    classify(pair.original(), path, old, pair.kept.languages),
                    Class::Content | Class::Package
                );
                // A runtime without a compiler leaves out what only its compiler reads.
                if sibling && !compiles && pair.original().is_from_base(old) && is_for_compiling(path) {
                    continue;
                }
                // A sibling of the base leaves out what a package would bring, and the same package leaves out documentation.
                if !source && packaged(path).is_none() {
                    missing.insert(path.to_owned(), because.to_owned());
                }
            }
        }
    }
    report_missing(pair, results, check, missing);
}

/// What the original's own layers added and that is neither source nor left-over.
fn added(pair: &Pair<'_>, results: &mut Results) {
    let mut missing = BTreeMap::new();
    let mut excused: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, old) in pair.original().root.iter() {
        if pair.original().is_from_base(old) {
            continue;
        }
        let class = classify(pair.original(), path, old, pair.kept.languages);
        let Some(new) = pair.candidate().root.get(path) else {
            // A folder goes with what is in it, unless all of that only kept it in version control.
            let mut children = pair.original().root.children(path);
            if old.entry.is_folder() && children.any(|(child, _)| !is_keeper(child)) {
                continue;
            }
            // The same path through a link, such as a merged `/usr`.
            if pair.candidate().root.resolve(path).is_ok_and(|found| found.node.entry.kind == old.entry.kind) {
                continue;
            }
            if let Some(reason) = class.excuse() {
                *excused.entry(reason).or_default() += 1;
            } else if let Some(reason) =
                pair.dropped_reason(path).or_else(|| pair.leftovers.reason(path, old, pair.needs))
            {
                *excused.entry(reason).or_default() += 1;
            } else {
                missing.insert(
                    path.to_owned(),
                    "the original added it, and no reason was given for leaving it out".to_owned(),
                );
            }
            continue;
        };
        if matches!(class, Class::Noise | Class::Cache | Class::Manager) || old.entry.is_folder() {
            continue;
        }
        changed(pair, path, class, &old.entry, &new.entry, results);
    }
    for (reason, count) in excused {
        results.expected(NAME, format!("{count} paths left out"), reason);
    }
    report_missing(pair, results, NAME, missing);
}

/// Files whose only use is that a folder exists.
fn is_keeper(path: &str) -> bool {
    matches!(file_name(path), ".gitkeep" | ".keep" | ".gitignore" | ".placeholder" | ".empty")
}

/// What the candidate has although the original deleted it, or never had it.
fn extra(pair: &Pair<'_>, results: &mut Results) {
    let (old, new) = (pair.original(), pair.candidate());
    let mut report = |path: &str, because: &str| match reason_for(&pair.expectations.changed, path) {
        Some(reason) => results.expected(NAME, path, reason),
        None => {
            results.difference(NAME, Counterexample::ChangedFile { path: path.to_owned(), because: because.to_owned() })
        }
    };
    let unimportant = |path: &str| is_cache(path) || is_noise(path) || is_manager_state(path);
    for layer in old.layers.iter().skip(old.base_layers) {
        for path in layer.index.deletions() {
            let Some(node) = new.root.get(path) else { continue };
            // A package that is not installed any more took its files along, and whoever has it has them.
            let purged = new.packages().owner(path).is_some_and(|package| old.packages().get(&package.name).is_none());
            if old.root.get(path).is_none() && !purged && !unimportant(path) && !node.entry.is_folder() {
                report(path, "the original deleted it");
            }
        }
    }
    for (path, node) in new.root.iter() {
        if new.is_from_base(node) || node.entry.is_folder() || old.root.exists(path) || unimportant(path) {
            continue;
        }
        if classify(new, path, node, pair.kept.languages) != Class::Package && new.packages().owner(path).is_none() {
            report(path, "the original does not have it");
        }
    }
}

fn changed(pair: &Pair<'_>, path: &str, class: Class, old: &Entry, new: &Entry, results: &mut Results) {
    if old.kind == new.kind {
        return;
    }
    if let Some(reason) = reason_for(&pair.expectations.changed, path) {
        results.expected(NAME, path, reason);
        return;
    }
    if matches!(path, "/etc/passwd" | "/etc/group") {
        // Users are compared one by one.
        return;
    }
    let name = file_name(path);
    if class == Class::Source
        && (name.starts_with("Dockerfile") || name.ends_with(".Dockerfile") || name.ends_with(".dockerfile"))
    {
        results.expected(NAME, path, "the changed Dockerfile is part of its own build context");
        return;
    }
    if class == Class::Package {
        let owners = (pair.original().packages().owner(path), pair.candidate().packages().owner(path));
        if let (Some(before), Some(after)) = owners {
            if before.name == after.name && before.version == after.version && before.architecture == after.architecture
            {
                results.difference(
                    NAME,
                    Counterexample::ChangedFile {
                        path: path.to_owned(),
                        because: format!(
                            "both images have package {} in the same version, so it was changed after its installation",
                            before.name
                        ),
                    },
                );
            }
            return;
        }
        // Made by installation scripts, or of different packages: what needs it says what it must be.
        return;
    }
    if old.size() == new.size() && is_unstable(path) {
        results.expected(NAME, path, "its content depends on when it was made");
        return;
    }
    results.difference(
        NAME,
        Counterexample::ChangedFile {
            path: path.to_owned(),
            because: "the original added it with another content".to_owned(),
        },
    );
}

/// Archives and records that hold the time they were made.
fn is_unstable(path: &str) -> bool {
    let extension = file_name(path).rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "jar" | "war" | "ear" | "zip" | "gz" | "tgz" | "beam" | "a")
}

/// Packages that the original asked for.
fn packages(pair: &Pair<'_>, results: &mut Results) {
    let (old, new) = (pair.original().packages(), pair.candidate().packages());
    let base = base_packages(pair.original());
    let lost: BTreeSet<&str> = old
        .iter()
        .map(|package| package.name.as_str())
        .filter(|name| !base.contains(*name) && new.get(name).is_none())
        .collect();
    let roots: BTreeSet<&str> = old
        .roots(&lost)
        .into_iter()
        .filter(|name| old.get(name).is_none_or(|package| package.automatic != Some(true)))
        .collect();
    let build_tools = BuildTools::of(pair.original());
    for name in roots {
        let reason = reason_for(&pair.expectations.packages, name).or_else(|| build_tools.reason(pair, name, &lost));
        match reason {
            Some(reason) => results.expected(NAME, format!("package {name}"), reason),
            None => results.difference(NAME, Counterexample::MissingPackage { package: name.to_owned() }),
        }
    }
}

/// Names of the packages that the base image has.
fn base_packages(image: &Image) -> BTreeSet<String> {
    let below = image.layers.iter().take(image.base_layers).map(|layer| &*layer.index);
    let base = crate::image::Root::of_layers(below);
    crate::packages::Packages::read(&base).iter().map(|package| package.name.clone()).collect()
}

/// Reports missing paths, a whole folder as one.
pub(super) fn report_missing(
    pair: &Pair<'_>,
    results: &mut Results,
    check: CheckName,
    missing: BTreeMap<String, String>,
) {
    let mut groups: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (path, because) in missing {
        let mut top = path.as_str();
        while parent(top) != "/" && !pair.candidate().root.exists(parent(top)) {
            top = parent(top);
        }
        *groups.entry((top.to_owned(), because)).or_default() += 1;
    }
    for ((path, because), count) in groups {
        let owner = pair.original().packages().owner(&path).map(|package| package.name.clone());
        results.difference(check, Counterexample::MissingFile { path, count, because, owner });
    }
}
