//! The database of apk: one file of blocks with one-letter fields.

use super::{Package, Packages};
use crate::image::Root;

const PLACES: &[&str] = &["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

/// Fills the database; false when there is none.
pub(super) fn read(root: &Root, packages: &mut Packages) -> bool {
    let Some(text) = PLACES.iter().find_map(|place| root.text(place)) else {
        return false;
    };
    let world: Option<Vec<&str>> = root.text("/etc/apk/world").map(|text| {
        text.split_whitespace().map(|word| word.split(['=', '<', '>', '~', '@']).next().unwrap_or(word)).collect()
    });
    for block in text.split("\n\n") {
        let mut package = Package::default();
        let mut folder = "";
        let mut files = Vec::new();
        for line in block.lines() {
            let Some((field, value)) = line.split_once(':') else { continue };
            match field {
                "P" => package.name = value.to_owned(),
                "V" => package.version = value.to_owned(),
                "A" => package.architecture = value.to_owned(),
                "o" => package.source = Some(value.to_owned()),
                "I" => package.installed_bytes = value.trim().parse().ok(),
                "D" => {
                    package.depends =
                        words(value).filter(|word| !word.starts_with('!')).map(|word| vec![word]).collect()
                }
                "p" => package.provides = words(value).collect(),
                "F" => folder = value,
                "R" if folder.is_empty() => files.push(format!("/{value}")),
                "R" => files.push(format!("/{folder}/{value}")),
                _ => {}
            }
        }
        if package.name.is_empty() {
            continue;
        }
        package.essential =
            matches!(package.name.as_str(), "musl" | "busybox" | "alpine-baselayout" | "alpine-keys" | "apk-tools");
        package.automatic = world.as_ref().map(|world| !world.contains(&package.name.as_str()));
        for file in &files {
            packages.own(file, &package.name);
        }
        packages.add(package);
    }
    true
}

/// Names without the version condition.
fn words(value: &str) -> impl Iterator<Item = String> {
    value.split_whitespace().map(|word| word.split(['=', '<', '>', '~']).next().unwrap_or(word).to_owned())
}
