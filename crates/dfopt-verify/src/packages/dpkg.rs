//! The database of dpkg: `status`, `info/*.list`, `*.shlibs`, `*.symbols`, and `status.d` of images without a package tool.

use std::collections::BTreeMap;

use super::{Package, Packages};
use crate::image::{Root, file_name};

const STATUS: &str = "/var/lib/dpkg/status";
const STATUS_FOLDER: &str = "/var/lib/dpkg/status.d";
const INFO: &str = "/var/lib/dpkg/info";

/// Fills the database; false when there is none.
pub(super) fn read(root: &Root, packages: &mut Packages) -> bool {
    let mut found = false;
    if let Some(text) = root.text(STATUS) {
        found = true;
        paragraphs(text, |fields| {
            let installed = fields.get("Status").is_some_and(|status| status.ends_with(" installed"));
            if installed && let Some(package) = package(fields) {
                packages.add(package);
            }
        });
    }
    for (path, node) in root.children(STATUS_FOLDER) {
        let name = file_name(path);
        let Some(text) = node.entry.text() else { continue };
        found = true;
        if let Some(owner) = name.strip_suffix(".md5sums") {
            for line in text.lines() {
                if let Some((_, file)) = line.split_once("  ") {
                    packages.own(&format!("/{file}"), owner);
                }
            }
        } else {
            paragraphs(text, |fields| {
                if let Some(package) = package(fields) {
                    packages.add(package);
                }
            });
        }
    }
    if !found {
        return false;
    }
    for (path, node) in root.children(INFO) {
        let Some((owner, kind)) = file_name(path).rsplit_once('.') else { continue };
        let name = owner.split(':').next().unwrap_or(owner);
        let Some(text) = node.entry.text().filter(|_| packages.get(name).is_some()) else {
            continue;
        };
        match kind {
            "list" => {
                for file in text.lines().filter(|file| file.len() > 1 && *file != "/.") {
                    // Folders are listed by every package that uses them and belong to none.
                    if !root.resolve(file).is_ok_and(|found| found.node.entry.is_folder()) {
                        packages.own(file, name);
                    }
                }
            }
            "shlibs" => {
                for line in text.lines() {
                    let mut words = line.split_whitespace().filter(|word| !word.ends_with(':'));
                    if let (Some(library), Some(version)) = (words.next(), words.next()) {
                        packages.libraries.insert(soname(library, version), name.to_owned());
                    }
                }
            }
            "symbols" => {
                for line in text.lines().filter(|line| !line.starts_with([' ', '|', '*', '#'])) {
                    if let Some(soname) = line.split_whitespace().next().filter(|word| word.contains(".so")) {
                        packages.libraries.insert(soname.to_owned(), name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    diversions(root, packages);
    if let Some(text) = root.text("/var/lib/apt/extended_states") {
        let mut automatic = BTreeMap::new();
        paragraphs(text, |fields| {
            if let Some(name) = fields.get("Package") {
                automatic
                    .insert((*name).to_owned(), fields.get("Auto-Installed").is_some_and(|value| value.trim() == "1"));
            }
        });
        for package in packages.installed.values_mut() {
            package.automatic = Some(automatic.get(&package.name).copied().unwrap_or(false));
        }
    }
    true
}

/// `libfoo 4` stands for `libfoo.so.4`, or for `libfoo-4.so` when the version is part of the name.
fn soname(library: &str, version: &str) -> String {
    format!("{library}.so.{version}")
}

/// A diverted file lies under another name than its package lists.
fn diversions(root: &Root, packages: &mut Packages) {
    let Some(text) = root.text("/var/lib/dpkg/diversions") else { return };
    let lines: Vec<&str> = text.lines().collect();
    for record in lines.chunks_exact(3) {
        let (from, to, by) = (record[0], record[1], record[2]);
        let Some(owner) = packages.owners.get(from).cloned() else { continue };
        if owner != by {
            packages.own(to, &owner);
            if packages.get(by).is_some() {
                packages.own(from, by);
            }
        }
    }
}

/// Calls `each` with the fields of every paragraph; continuation lines are joined.
fn paragraphs(text: &str, mut each: impl FnMut(&BTreeMap<&str, &str>)) {
    for paragraph in text.split("\n\n") {
        let mut fields: BTreeMap<&str, &str> = BTreeMap::new();
        for line in paragraph.lines() {
            if line.starts_with([' ', '\t']) {
                continue;
            }
            if let Some((name, value)) = line.split_once(':') {
                fields.insert(name, value.trim());
            }
        }
        if !fields.is_empty() {
            each(&fields);
        }
    }
}

fn package(fields: &BTreeMap<&str, &str>) -> Option<Package> {
    let field = |name: &str| fields.get(name).copied().unwrap_or("");
    let name = (*fields.get("Package")?).to_owned();
    let depends = ["Pre-Depends", "Depends"]
        .iter()
        .flat_map(|kind| field(kind).split(','))
        .map(|item| item.split('|').filter_map(package_name).collect::<Vec<String>>())
        .filter(|alternatives| !alternatives.is_empty())
        .collect();
    Some(Package {
        name,
        version: field("Version").to_owned(),
        architecture: field("Architecture").to_owned(),
        essential: field("Essential") == "yes",
        automatic: None,
        depends,
        provides: field("Provides").split(',').filter_map(package_name).collect(),
        installed_bytes: field("Installed-Size").parse::<u64>().ok().map(|kilobytes| kilobytes * 1024),
        source: fields.get("Source").and_then(|source| source.split_whitespace().next()).map(str::to_owned),
    })
}

fn package_name(item: &str) -> Option<String> {
    let name = item.split(['(', '[', '<']).next()?.trim();
    let name = name.split(':').next()?;
    (!name.is_empty()).then(|| name.to_owned())
}
