//! From what a candidate lacked to what the next plan has to bring.

use dfopt_optimizer::{Evidence, FileKind, Need, Repair};
use dfopt_verify::verdict::Counterexample;

/// What a counterexample asks for; nothing where only another base can help. `carried` is what the files of the candidate need.
pub(super) fn repairs(counterexample: &Counterexample, evidence: &Evidence, carried: &[Need]) -> Vec<Repair> {
    let brought = |owner, path, why: &str| brought(owner, path, why, evidence, carried);
    match counterexample {
        Counterexample::MissingLibrary { soname, needed_by, path, provider_package } => {
            let why = format!("{needed_by} needs {soname}");
            brought(provider_package.as_deref(), path.as_deref(), &why)
        }
        Counterexample::MissingFile { path, because, owner, .. } => brought(owner.as_deref(), Some(path), because),
        Counterexample::MissingProgram { program, path, needed_by, owner } => {
            let why = match needed_by {
                Some(by) => format!("{by} runs {program}"),
                None => format!("the image runs {program}"),
            };
            brought(owner.as_deref(), Some(path), &why)
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
        Counterexample::ChangedFile { path, because } => brought(None, Some(path), because),
        _ => Vec::new(),
    }
}

/// A package where one owns the file, else the file itself, links followed. Of a directory only what is needed, where that is known.
fn brought(owner: Option<&str>, path: Option<&str>, why: &str, evidence: &Evidence, carried: &[Need]) -> Vec<Repair> {
    if let Some(owner) = owner {
        return vec![Repair::Package { name: owner.to_owned(), why: why.to_owned() }];
    }
    let Some(path) = path else { return Vec::new() };
    let Some(file) = evidence.files.get(path) else { return Vec::new() };
    let repair = |path: &str| Repair::Path { path: path.to_owned(), why: why.to_owned() };
    if file.kind != FileKind::Directory {
        return vec![repair(path)];
    }
    let below = |folder: &str| -> Vec<Repair> {
        let below = format!("{}/", folder.trim_end_matches('/'));
        let inside = evidence.files.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        inside.filter(|(_, file)| file.kind != FileKind::Directory).map(|(path, _)| repair(path)).collect()
    };
    let within = format!("{}/", path.trim_end_matches('/'));
    let needed = evidence.needs.iter().chain(carried).filter(|need| need.path.starts_with(&within));
    let mut found: Vec<Repair> = needed
        .flat_map(|need| match evidence.files.get(&need.path).map(|file| file.kind) {
            Some(FileKind::Directory) => below(&need.path),
            Some(_) => vec![repair(&need.path)],
            None => Vec::new(),
        })
        .collect();
    if found.is_empty() {
        found = below(path);
    }
    if found.is_empty() {
        found.push(repair(path));
    }
    found
}
