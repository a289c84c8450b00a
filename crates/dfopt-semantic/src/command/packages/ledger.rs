//! Which packages a script leaves installed: what it installs, minus what it removes again.

use super::{Maintenance, Manager, Package, PackageInstall, PackageKind};
use crate::command::{Command, Script, Understood, understand};

/// Whether a package that a script installs is removed again by the same script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Removal {
    /// It stays.
    None,
    /// It is removed by the command with this index.
    By(usize),
    /// It may be removed by the command with this index: what stays is computed when the script runs.
    PossiblyBy(usize),
}

/// A package that a script installs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed<'a> {
    /// The package.
    pub package: Package<'a>,
    /// The manager.
    pub manager: Manager,
    /// The index of the command that installs it.
    pub installed_by: usize,
    /// What becomes of it.
    pub removal: Removal,
}

/// Every package that a script installs, in order, with its end.
///
/// Lists held in variables are seen when the script went through [`Script::with_lists_expanded`].
#[must_use]
pub fn installed_by<'a>(script: &'a Script) -> Vec<Installed<'a>> {
    let mut all: Vec<Installed<'a>> = Vec::new();
    let mut virtual_names: Vec<(usize, String)> = Vec::new();
    let mut marks = Marks::default();
    for (index, invocation) in script.invocations.iter().enumerate() {
        let Some(command) = Command::of(invocation) else {
            continue;
        };
        match understand(&command) {
            Understood::PackageInstall(install) => {
                if let Some(name) = install.virtual_name.and_then(|v| v.text()) {
                    virtual_names.push((index, name.to_owned()));
                }
                // Only the words are kept: they outlive the view of the command.
                let PackageInstall { manager, packages, .. } = install;
                all.extend(packages.into_iter().map(|package| Installed {
                    package,
                    manager,
                    installed_by: index,
                    removal: Removal::None,
                }));
            }
            Understood::PackageRemove(remove) => {
                let undoes_all = remove.packages.is_empty() && command.args().iter().any(|w| w.is_any(&["history"]));
                for installed in all.iter_mut().filter(|i| i.manager == remove.manager && i.removal == Removal::None) {
                    let named = remove.packages.iter().any(|p| names(p, installed, &virtual_names));
                    let unmarked = remove.unneeded && marks.all_automatic && !marks.is_manual(&installed.package.name);
                    if named || undoes_all {
                        installed.removal = Removal::By(index);
                    } else if unmarked {
                        installed.removal =
                            if marks.manual_is_open { Removal::PossiblyBy(index) } else { Removal::By(index) };
                    } else if !remove.complete {
                        installed.removal = Removal::PossiblyBy(index);
                    }
                }
            }
            Understood::PackageMaintenance(m) if m.tool == "apt-mark" && m.action == Maintenance::Configure => {
                marks.read(&command);
            }
            _ => {}
        }
    }
    all
}

/// True if a removed package is this one, or the virtual package it came with.
fn names(removed: &Package<'_>, installed: &Installed<'_>, virtual_names: &[(usize, String)]) -> bool {
    let is_virtual =
        virtual_names.iter().any(|(index, name)| *index == installed.installed_by && **name == *removed.name);
    let matches_pattern = removed.kind == PackageKind::Pattern
        && removed.name.split_once('*').is_some_and(|(start, end)| {
            installed.package.name.starts_with(start) && installed.package.name.ends_with(end)
        });
    is_virtual || matches_pattern || (!removed.name.is_empty() && removed.name == installed.package.name)
}

/// `apt-mark auto '.*'` makes everything removable that is not marked again.
#[derive(Default)]
struct Marks {
    all_automatic: bool,
    manual: Vec<String>,
    manual_is_open: bool,
}

impl Marks {
    fn read(&mut self, command: &Command<'_>) {
        let mut words = command.args().iter().filter(|w| !w.static_prefix().starts_with('-'));
        match words.next().and_then(|w| w.text()) {
            Some("auto" | "markauto") => {
                self.all_automatic |= command.args().iter().any(|w| w.is_any(&[".*", "*"]));
            }
            Some("manual" | "unmarkauto") => {
                for word in words {
                    match word.text() {
                        Some(name) => self.manual.push(name.to_owned()),
                        None => self.manual_is_open = true,
                    }
                }
                self.manual_is_open |= command.is_wrapped_in("xargs");
            }
            _ => {}
        }
    }

    fn is_manual(&self, name: &str) -> bool {
        self.manual.iter().any(|m| m == name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::super::testing::script;
    use super::*;

    #[test]
    fn what_stays_installed() {
        for (text, want) in [
            ("apt-get install -y gcc curl && make && apt-get purge -y --auto-remove gcc", "gcc- curl"),
            ("apt-get install -y gcc; apt-get autoremove -y", "gcc"),
            ("d='gcc make' && apt-get install -y $d && apt-get purge -y $d", "gcc- make-"),
            ("apk add --virtual .d gcc make && apk add curl && apk del .d", "gcc- make- curl"),
            ("apk add gcc && apk del make", "gcc"),
            ("apt-get install -y gcc && apt-get purge -y $X", "gcc?"),
            (
                "apt-get install -y gcc python3 && apt-mark auto '.*' && apt-mark manual python3 && apt-get purge -y --auto-remove",
                "gcc- python3",
            ),
            (
                "apt-get install -y gcc && apt-mark auto '.*' && ldd x | xargs -r apt-mark manual && apt-get purge -y --auto-remove",
                "gcc?",
            ),
            ("apt-get install -y gcc-12 g++-12 && apt-get remove -y 'gcc*'", "gcc-12- g++-12"),
            ("dnf install -y gcc && dnf history undo -y last", "gcc-"),
            ("yum install -y gcc && yum remove -y gcc && yum install -y gcc", "gcc- gcc"),
        ] {
            let script = script(text).with_lists_expanded();
            let got: Vec<_> = installed_by(&script)
                .into_iter()
                .map(|i| {
                    let end = match i.removal {
                        Removal::None => "",
                        Removal::By(_) => "-",
                        Removal::PossiblyBy(_) => "?",
                    };
                    format!("{}{end}", i.package.name)
                })
                .collect();
            assert_eq!(got.join(" "), want, "{text}");
        }
    }
}
