//! Packages that an instruction leaves in the image.

use std::ops::Range;

use super::{Model, Step};
use crate::command::Understood;
use crate::command::packages::{Maintenance, Manager, Package, PackageKind};
use crate::effects::Meant;

/// A package named in an install command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstalledPackage {
    /// Its name without version.
    pub name: String,
    /// Where it stands.
    pub range: Range<u32>,
    /// Whether the same instruction removes it again.
    pub is_removed: bool,
}

/// An install command of a system package manager.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Installation {
    /// The manager.
    pub manager: Manager,
    /// Where the name and the verb stand.
    pub command: Range<u32>,
    /// The packages with a known name.
    pub packages: Vec<InstalledPackage>,
    /// The name of the virtual package that stands for them, and where it is.
    pub virtual_name: Option<(String, Range<u32>)>,
}

/// What a remove command takes away.
struct Removal {
    at: usize,
    manager: Manager,
    names: Vec<String>,
    /// Whether it takes what nothing needs any more, after the requests were taken back.
    sweeps: bool,
}

impl Removal {
    fn takes(&self, at: usize, installation: &Installation, name: &str) -> bool {
        let of_virtual = installation.virtual_name.as_ref().is_some_and(|(name, _)| self.names.contains(name));
        self.at > at
            && self.manager == installation.manager
            && (of_virtual || self.sweeps || self.names.iter().any(|pattern| matches(pattern, name)))
    }
}

/// apt reads names with `*` as patterns.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        None => pattern == name,
    }
}

impl Model<'_> {
    /// The install commands of a RUN, in order.
    #[must_use]
    pub fn installations(&self, step: &Step) -> &[Installation] {
        self.facts.installations.get(step.index, || self.find_installations(step))
    }

    fn find_installations(&self, step: &Step) -> Vec<Installation> {
        let mut found: Vec<(usize, Installation)> = Vec::new();
        let mut removals: Vec<Removal> = Vec::new();
        let (mut at, mut marked) = (0, false);
        self.walk(step, &mut |here| {
            at += 1;
            let Some(Meant { command, understood }) = here.meant else { return };
            match understood {
                Understood::PackageInstall(install) if install.root.is_none() => {
                    let is_one =
                        |package: &&Package<'_>| matches!(package.kind, PackageKind::Name | PackageKind::Group);
                    let named = install.packages.iter().filter(is_one).filter(|package| !package.name.is_empty());
                    let packages = named.map(|package| InstalledPackage {
                        name: package.name.to_string(),
                        range: package.word.range.clone(),
                        is_removed: false,
                    });
                    let start = command.range().start;
                    let virtual_name = install.virtual_name.and_then(|name| {
                        let text = name.resolve(&|variable: &str| here.state.lookup(variable))?;
                        Some((text, name.word.range.clone()))
                    });
                    found.push((
                        at,
                        Installation {
                            manager: install.manager,
                            command: start..install.verb.range.end.max(start),
                            packages: packages.collect(),
                            virtual_name,
                        },
                    ));
                }
                Understood::PackageRemove(remove) => {
                    let names = remove.packages.iter().map(|package| match &*package.name {
                        "" => package.word.raw.to_string(),
                        name => name.to_owned(),
                    });
                    let names: Vec<String> = names.collect();
                    // `dnf history undo last` names nothing.
                    let undoes = remove.verb.is_any(&["history"]);
                    let sweeps = (remove.unneeded && marked) || undoes || !remove.complete;
                    removals.push(Removal { at, manager: remove.manager, names, sweeps });
                }
                Understood::PackageMaintenance(maintenance) if maintenance.action == Maintenance::Configure => {
                    marked |=
                        maintenance.tool == "apt-mark" && command.args().iter().any(|word| word.is_any(&["auto"]));
                }
                _ => {}
            }
        });
        found
            .into_iter()
            .map(|(at, mut installation)| {
                let taken: Vec<bool> = installation
                    .packages
                    .iter()
                    .map(|package| removals.iter().any(|removal| removal.takes(at, &installation, &package.name)))
                    .collect();
                for (package, taken) in installation.packages.iter_mut().zip(taken) {
                    package.is_removed = taken;
                }
                installation
            })
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    #[test]
    fn what_stays() {
        for (run, want) in [
            ("apt-get install -y gcc libpq-dev=15.*", "gcc libpq-dev"),
            ("apt-get install -y gcc curl && apt-get purge -y --auto-remove gcc", "curl"),
            ("apt-get install -y gcc && apt-get remove -y 'g*'", ""),
            ("deps='gcc make' && apt-get install -y $deps curl && apt-get purge -y $deps", "curl"),
            ("apk add --virtual .b gcc && apk add curl && make && apk del .b", "curl"),
            ("apk add -t .b gcc && apk del other", "gcc"),
            ("apt-get install -y gcc && apt-mark auto '.*' && apt-get purge -y --auto-remove", ""),
            ("apt-get purge gcc && apt-get install gcc", "gcc"),
            ("dnf install -y gcc && dnf history undo last", ""),
            ("sh -c 'apt-get install gcc'", "gcc"),
        ] {
            let text = format!("FROM x\nRUN {run}\n");
            let parse = dfopt_syntax::parse(&text);
            let model = Model::new(&text, &parse, Options::default());
            let found = model.installations(model.steps().last().unwrap());
            let left = found.iter().flat_map(|one| &one.packages).filter(|package| !package.is_removed);
            assert_eq!(left.map(|package| package.name.as_str()).collect::<Vec<_>>().join(" "), want, "{run}");
        }
    }
}
