//! From what a candidate lacked to what the next plan has to bring.

use std::collections::BTreeSet;

use dfopt_optimizer::{Evidence, FileKind, Repair};
use dfopt_verify::verdict::Counterexample;

/// What all counterexamples together ask for. A directory of which others name parts is brought by these parts: that it is there is
/// all that a string with its bare name can ask for.
pub(super) fn all_repairs(counterexamples: &[Counterexample], evidence: &Evidence) -> BTreeSet<Repair> {
    let folder_of = |found: &Counterexample| match found {
        Counterexample::MissingFile { path, because, owner: None, .. } => Some((path.clone(), because.clone())),
        _ => None,
    };
    let in_parts: BTreeSet<String> = counterexamples
        .iter()
        .filter_map(folder_of)
        .filter(|(path, because)| named_in(path, because).is_some_and(|named| evidence.files.contains_key(&named)))
        .map(|(path, _)| path)
        .collect();
    let is_covered = |found: &Counterexample| {
        folder_of(found).is_some_and(|(path, because)| in_parts.contains(&path) && named_in(&path, &because).is_none())
    };
    let asking = counterexamples.iter().filter(|found| !is_covered(found));
    asking.flat_map(|found| repairs(found, evidence)).collect()
}

/// What a counterexample asks for; nothing where only another base can help.
fn repairs(counterexample: &Counterexample, evidence: &Evidence) -> Vec<Repair> {
    match counterexample {
        Counterexample::MissingLibrary { soname, needed_by, path, provider_package } => {
            let why = format!("{needed_by} needs {soname}");
            brought(provider_package.as_deref(), path.as_deref(), &why, evidence)
        }
        Counterexample::MissingFile { path, because, owner, .. } => {
            brought(owner.as_deref(), Some(path), because, evidence)
        }
        Counterexample::MissingProgram { program, path, needed_by, owner } => {
            let why = match needed_by {
                Some(by) => format!("{by} runs {program}"),
                None => format!("the image runs {program}"),
            };
            brought(owner.as_deref(), Some(path), &why, evidence)
        }
        Counterexample::MissingPackage { package } => {
            vec![Repair::Package { name: package.clone(), why: "it was asked for by name".into() }]
        }
        Counterexample::MissingUser { user, .. } => vec![Repair::User { name: user.clone() }],
        Counterexample::NotExecutable { path }
        | Counterexample::WrongMode { path, .. }
        | Counterexample::WrongOwner { path, .. } => {
            vec![Repair::Metadata { path: path.clone() }]
        }
        Counterexample::MissingEnv { name, .. } => {
            let value = evidence.config.env.get(name).cloned().unwrap_or_default();
            vec![Repair::Variable { name: name.clone(), value }]
        }
        Counterexample::ChangedFile { path, because } => brought(None, Some(path), because, evidence),
        _ => Vec::new(),
    }
}

/// A package where one owns the file, else the file itself, links followed.
fn brought(owner: Option<&str>, path: Option<&str>, why: &str, evidence: &Evidence) -> Vec<Repair> {
    if let Some(owner) = owner {
        return vec![Repair::Package { name: owner.to_owned(), why: why.to_owned() }];
    }
    let Some(path) = path else { return Vec::new() };
    let named = named_in(path, why).filter(|named| evidence.files.contains_key(named));
    whole(&named.unwrap_or_else(|| path.to_owned()), why, evidence)
}

/// A file, or all files below a directory.
fn whole(path: &str, why: &str, evidence: &Evidence) -> Vec<Repair> {
    let Some(file) = evidence.files.get(path) else { return Vec::new() };
    let repair = |path: &str| Repair::Path { path: path.to_owned(), why: why.to_owned() };
    if file.kind != FileKind::Directory {
        return vec![repair(path)];
    }
    let below = format!("{}/", path.trim_end_matches('/'));
    let inside = evidence.files.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
    let mut found: Vec<Repair> =
        inside.filter(|(_, file)| file.kind != FileKind::Directory).map(|(path, _)| repair(path)).collect();
    if found.is_empty() {
        found.push(repair(path));
    }
    found
}

/// The path that a string names, where a directory above it is what was found missing: the last part of the directory begins the string
/// or is inside it.
fn named_in(folder: &str, why: &str) -> Option<String> {
    let text = why.strip_prefix("a string names `")?.split('`').next()?.trim_matches('/');
    let (parent, last) = folder.rsplit_once('/')?;
    let parts: Vec<&str> = text.split('/').collect();
    let at = parts.iter().position(|part| *part == last)?;
    (at + 1 < parts.len()).then(|| format!("{parent}/{}", parts[at..].join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_missing_directory_only_what_is_named_is_brought() {
        let named = |folder: &str, text: &str| named_in(folder, &format!("a string names `{text}` in `/app/x.js`"));
        assert_eq!(named("/app/modules", "modules/a/b").as_deref(), Some("/app/modules/a/b"));
        assert_eq!(named("/app/modules", "./modules/a/").as_deref(), Some("/app/modules/a"));
        assert_eq!(named("/app/modules", "modules/"), None);
        assert_eq!(named("/app/modules", "other/a"), None);
        assert_eq!(named_in("/app/modules", "the image runs it"), None);
    }
}
