//! From what a candidate lacked to what the next plan has to bring.

use dfopt_optimizer::{Evidence, FileKind, Repair};
use dfopt_verify::verdict::Counterexample;

/// What a counterexample asks for; nothing where only another base can help.
pub(super) fn repairs(counterexample: &Counterexample, evidence: &Evidence) -> Vec<Repair> {
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
