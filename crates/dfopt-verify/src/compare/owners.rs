//! Users, owners, modes, capabilities and folders of what is carried over.

use std::collections::{BTreeMap, BTreeSet};

use super::kept::{Class, classify};
use super::{Pair, Results};
use crate::expectations::reason_for;
use crate::image::{Image, Root, is_below};
use crate::verdict::{CheckName, Counterexample, Status};

const NAME: CheckName = CheckName::Owners;

/// Who the image's processes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) uid: u32,
    pub(super) groups: Vec<u32>,
    home: Option<String>,
}

/// A line of `/etc/passwd`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct User {
    uid: u32,
    gid: u32,
    home: String,
    shell: String,
}

impl Identity {
    /// The user that `USER` names; `None` when that user does not exist.
    pub(super) fn of(image: &Image) -> Option<Self> {
        let spec = image.config.config.user.as_str();
        let (name, group) = match spec.split_once(':') {
            Some((name, group)) => (name, Some(group)),
            None => (spec, None),
        };
        let users = users(&image.root);
        let groups = groups(&image.root);
        let name = if name.is_empty() { "0" } else { name };
        let known = match name.parse::<u32>() {
            Ok(uid) => users
                .iter()
                .find(|(_, user)| user.uid == uid)
                .map(|(name, user)| (name.clone(), user.clone()))
                .or_else(|| Some((String::new(), User { uid, gid: 0, home: "/".into(), shell: String::new() }))),
            Err(_) => users.get(name).map(|user| (name.to_owned(), user.clone())),
        }?;
        let (name, user) = known;
        let mut all = vec![user.gid];
        match group {
            Some(group) => {
                all = vec![match group.parse() {
                    Ok(gid) => gid,
                    Err(_) => groups.get(group)?.0,
                }];
            }
            None => all.extend(groups.values().filter(|(_, members)| members.contains(&name)).map(|(gid, _)| *gid)),
        }
        all.sort_unstable();
        all.dedup();
        Some(Self { uid: user.uid, groups: all, home: Some(user.home) })
    }
}

fn users(root: &Root) -> BTreeMap<String, User> {
    root.text("/etc/passwd")
        .unwrap_or("")
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, uid, gid, _, home, shell] = fields[..] else { return None };
            Some((
                name.to_owned(),
                User { uid: uid.parse().ok()?, gid: gid.parse().ok()?, home: home.to_owned(), shell: shell.to_owned() },
            ))
        })
        .collect()
}

fn groups(root: &Root) -> BTreeMap<String, (u32, Vec<String>)> {
    root.text("/etc/group")
        .unwrap_or("")
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let (name, _, gid, members) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
            let members = members.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            Some((name.to_owned(), (gid.parse().ok()?, members)))
        })
        .collect()
}

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    results.status(NAME, Status::Same);
    identity(pair, results);
    other_users(pair, results);
    carried(pair, results);
    configured_folders(pair, results);
}

/// `USER` and its home.
fn identity(pair: &Pair<'_>, results: &mut Results) {
    let Some(old) = Identity::of(pair.original()) else {
        results.expected(NAME, "USER", "the original's user does not exist either");
        return;
    };
    let name = pair.original().config.config.user.split(':').next().unwrap_or("").to_owned();
    let new = Identity::of(pair.candidate());
    let same = new.as_ref().is_some_and(|new| new.uid == old.uid && same_groups(&old, new));
    if !same {
        results.difference(
            NAME,
            Counterexample::MissingUser {
                user: if name.is_empty() { "root".into() } else { name },
                uid: old.uid,
                gid: old.groups.first().copied().unwrap_or(0),
            },
        );
        return;
    }
    // Without its name, what looks the group up finds nothing.
    let group = old.groups.first().filter(|gid| **gid != 0).and_then(|gid| {
        let named = |image: &Image| groups(&image.root).into_iter().find(|(_, (other, _))| other == gid);
        named(pair.original()).filter(|_| named(pair.candidate()).is_none())
    });
    if let Some((name, (gid, _))) = group {
        results.difference(
            NAME,
            Counterexample::WrongSetting {
                setting: format!("name of the group {gid} of the image's user"),
                want: name,
                have: "none".into(),
            },
        );
    }
    let homes = (old.home.as_deref(), new.as_ref().and_then(|new| new.home.as_deref()));
    if homes.0 != homes.1 && pair.original().config.config.env_value("HOME").is_none() {
        results.difference(
            NAME,
            Counterexample::WrongSetting {
                setting: "home folder of the image's user".into(),
                want: homes.0.unwrap_or("").into(),
                have: homes.1.unwrap_or("").into(),
            },
        );
    }
    if let Some(home) = homes.0 {
        folder(pair, home, "it is the home of the image's user", results);
    }
}

/// Root may do what its groups may; distributions disagree on which it is in beside its own.
fn same_groups(old: &Identity, new: &Identity) -> bool {
    old.groups == new.groups || old.uid == 0 && old.groups.contains(&0) && new.groups.contains(&0)
}

/// Users that the original added over its base.
fn other_users(pair: &Pair<'_>, results: &mut Results) {
    let below = pair.original().layers.iter().take(pair.original().base_layers).map(|layer| &*layer.index);
    let base = users(&Root::of_layers(below));
    let new = users(&pair.candidate().root);
    let owners: BTreeSet<u32> =
        pair.kept.paths.iter().filter_map(|path| pair.original().root.get(path)).map(|node| node.entry.uid).collect();
    let mut of_base = Vec::new();
    for (name, user) in users(&pair.original().root) {
        if new.get(&name).is_some_and(|other| (other.uid, other.gid) == (user.uid, user.gid)) {
            continue;
        }
        let mentioned = is_mentioned(pair, &name);
        let by_base = base.get(&name) == Some(&user);
        if let Some(reason) = reason_for(&pair.expectations.users, &name)
            && !mentioned
        {
            results.expected(NAME, format!("user {name}"), reason);
        } else if mentioned || (!by_base && owners.contains(&user.uid) && user.uid != 0) {
            results.difference(NAME, Counterexample::MissingUser { user: name, uid: user.uid, gid: user.gid });
        } else if by_base {
            of_base.push(name);
        } else if user.uid >= 1000 && user.uid < 60_000
            || !user.shell.ends_with("nologin") && !user.shell.ends_with("false")
        {
            results.difference(NAME, Counterexample::MissingUser { user: name, uid: user.uid, gid: user.gid });
        } else {
            results.expected(
                NAME,
                format!("user {name}"),
                "a system user that owns no carried file and that nothing names",
            );
        }
    }
    if !of_base.is_empty() {
        results.expected(
            NAME,
            format!("users {}", of_base.join(", ")),
            "the original's base brought them, and nothing names them",
        );
    }
}

/// Whether a command or a needed script names a user.
fn is_mentioned(pair: &Pair<'_>, name: &str) -> bool {
    if name == "root" {
        return false;
    }
    let is_word = |word: &str| word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
    let config = &pair.original().config.config;
    let in_config = config.command().iter().any(|word| word.split_whitespace().any(is_word));
    let in_scripts = || {
        pair.needs.at_least(crate::closure::Certainty::Likely).any(|need| {
            need.owner.is_none()
                && pair
                    .original()
                    .root
                    .get(&need.path)
                    .and_then(|node| node.entry.content.as_ref())
                    .filter(|content| content.language == Some(crate::image::Language::Shell))
                    .and_then(|content| content.text.as_deref())
                    .is_some_and(|text| {
                        text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ';')).any(is_word)
                    })
        })
    };
    in_config || in_scripts()
}

/// Everything the original's layers touched that both images have.
fn carried(pair: &Pair<'_>, results: &mut Results) {
    for (path, old) in pair.original().root.iter() {
        if pair.original().is_from_base(old) || path == "/" {
            continue;
        }
        let class = classify(pair.original(), path, old, pair.kept.languages);
        if matches!(class, Class::Noise | Class::Manager | Class::Cache) && !matches!(path, "/tmp" | "/var/tmp") {
            continue;
        }
        let Some(new) = pair.candidate().root.get(path) else { continue };
        if reason_for(&pair.expectations.changed, path).is_some()
            || old.entry.link_target().is_some()
            || new.entry.link_target().is_some()
        {
            continue;
        }
        let owned =
            pair.original().packages().owner(path).is_some() && pair.candidate().packages().owner(path).is_some();
        compare(path, &old.entry, &new.entry, results);
        if owned {
            continue;
        }
        for (attribute, value) in &old.entry.xattrs {
            if new.entry.xattrs.get(attribute) != Some(value) && is_meaningful(attribute) {
                results.difference(
                    NAME,
                    Counterexample::MissingCapability {
                        path: path.to_owned(),
                        attribute: attribute.clone(),
                        value: value.clone(),
                    },
                );
            }
        }
        for attribute in new.entry.xattrs.keys() {
            if !old.entry.xattrs.contains_key(attribute) && is_meaningful(attribute) {
                results.difference(
                    NAME,
                    Counterexample::WrongSetting {
                        setting: format!("attribute {attribute} of {path}"),
                        want: "none".into(),
                        have: "set".into(),
                    },
                );
            }
        }
    }
}

/// Labels of security modules depend on the machine that builds.
fn is_meaningful(attribute: &str) -> bool {
    attribute == crate::image::CAPABILITY || attribute.starts_with("user.")
}

fn compare(path: &str, old: &crate::image::Entry, new: &crate::image::Entry, results: &mut Results) {
    if old.mode != new.mode {
        results.difference(NAME, Counterexample::WrongMode { path: path.to_owned(), want: old.mode, have: new.mode });
    }
    if (old.uid, old.gid) != (new.uid, new.gid) {
        results.difference(
            NAME,
            Counterexample::WrongOwner { path: path.to_owned(), want: (old.uid, old.gid), have: (new.uid, new.gid) },
        );
    }
}

/// `WORKDIR` and `VOLUME` folders.
fn configured_folders(pair: &Pair<'_>, results: &mut Results) {
    let config = &pair.original().config.config;
    folder(pair, config.workdir(), "it is the working folder", results);
    for volume in &config.volumes {
        folder(pair, volume, "it is a declared volume", results);
    }
    for name in ["/tmp", "/var/tmp"] {
        folder(pair, name, "programs write to it", results);
    }
}

/// A folder that a process may enter and write to.
fn folder(pair: &Pair<'_>, path: &str, because: &str, results: &mut Results) {
    let Ok(old) = pair.original().root.resolve(path) else { return };
    match pair.candidate().root.resolve(path) {
        Ok(new) => {
            let owned = is_below(path, "/root")
                && pair.original().is_from_base(old.node)
                && pair.candidate().is_from_base(new.node);
            if !owned && reason_for(&pair.expectations.changed, path).is_none() {
                compare(path, &old.node.entry, &new.node.entry, results);
            }
        }
        Err(_) => results.difference(
            NAME,
            Counterexample::MissingFile { path: path.to_owned(), count: 1, because: because.to_owned(), owner: None },
        ),
    }
}
