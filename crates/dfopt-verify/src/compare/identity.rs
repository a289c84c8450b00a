//! Equality of everything, for changes that must not change the image.

use std::collections::BTreeSet;

use super::kept::is_noise;
use super::runs;
use super::{Results, Subject};
use crate::image::{Entry, Image, Kind, file_name};
use crate::verdict::{CheckName, Counterexample, Status};

const NAME: CheckName = CheckName::Identity;

pub(super) fn check(before: &Subject<'_>, after: &Subject<'_>, results: &mut Results) {
    results.status(NAME, Status::Same);
    config(before, after, results);
    root(before.image, after.image, results);
    if !before.runs.is_empty() || !after.runs.is_empty() {
        runs::compare_sets(before.runs, after.runs, None, results);
    }
}

fn config(before: &Subject<'_>, after: &Subject<'_>, results: &mut Results) {
    let strip = |image: &Image| {
        let mut config = image.config.clone();
        config.history.clear();
        config.rootfs.diff_ids.clear();
        config
            .config
            .labels
            .retain(|name, _| name != "io.buildah.version" && !crate::engine::IGNORED_LABELS.contains(&name.as_str()));
        serde_json::to_value(&config).unwrap_or_default()
    };
    let (old, new) = (strip(before.image), strip(after.image));
    for (part, old, new) in [("image", &old, &new), ("setting", &old["config"], &new["config"])] {
        let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { continue };
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).filter(|name| *name != "config").collect();
        for name in names {
            let (want, have) = (old.get(name), new.get(name));
            if want != have {
                results.difference(
                    NAME,
                    Counterexample::WrongSetting {
                        setting: format!("{part} {name}"),
                        want: want.map_or_else(|| "unset".into(), ToString::to_string),
                        have: have.map_or_else(|| "unset".into(), ToString::to_string),
                    },
                );
            }
        }
    }
}

fn root(before: &Image, after: &Image, results: &mut Results) {
    for (path, old) in before.root.iter() {
        if is_noise(path) {
            continue;
        }
        match after.root.get(path) {
            None => results.difference(
                NAME,
                Counterexample::MissingFile {
                    path: path.to_owned(),
                    count: 1,
                    because: "the images must be equal".into(),
                    owner: before.packages().owner(path).map(|package| package.name.clone()),
                },
            ),
            Some(new) => entry(path, &old.entry, &new.entry, results),
        }
    }
    for (path, _) in after.root.iter() {
        if !is_noise(path) && before.root.get(path).is_none() {
            results.difference(
                NAME,
                Counterexample::ChangedFile { path: path.to_owned(), because: "the original does not have it".into() },
            );
        }
    }
}

fn entry(path: &str, old: &Entry, new: &Entry, results: &mut Results) {
    if old.mode != new.mode {
        results.difference(NAME, Counterexample::WrongMode { path: path.to_owned(), want: old.mode, have: new.mode });
    }
    if (old.uid, old.gid) != (new.uid, new.gid) {
        results.difference(
            NAME,
            Counterexample::WrongOwner { path: path.to_owned(), want: (old.uid, old.gid), have: (new.uid, new.gid) },
        );
    }
    if old.xattrs != new.xattrs {
        results.difference(
            NAME,
            Counterexample::ChangedFile { path: path.to_owned(), because: "its attributes differ".into() },
        );
    }
    if old.kind == new.kind {
        return;
    }
    let both_files = matches!((&old.kind, &new.kind), (Kind::File { .. }, Kind::File { .. }));
    if both_files && holds_time(path) {
        results.expected(NAME, path, "it holds the time it was made");
    } else {
        results.difference(
            NAME,
            Counterexample::ChangedFile { path: path.to_owned(), because: "the images must be equal".into() },
        );
    }
}

/// Records in which tools write when they ran.
fn holds_time(path: &str) -> bool {
    let name = file_name(path);
    path.starts_with("/var/log/")
        || matches!(
            path,
            "/var/cache/ldconfig/aux-cache"
                | "/etc/shadow"
                | "/etc/shadow-"
                | "/var/lib/dpkg/status-old"
                | "/var/cache/apt/pkgcache.bin"
                | "/var/cache/apt/srcpkgcache.bin"
                | "/lib/apk/db/scripts.tar"
                | "/usr/lib/apk/db/scripts.tar"
                | "/lib/apk/db/scripts.tar.gz"
                | "/etc/machine-id"
        )
        || name.ends_with(".pyc")
        || path.starts_with("/root/.cache/")
}
