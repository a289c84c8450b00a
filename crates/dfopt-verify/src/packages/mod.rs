//! Package databases inside an image: who owns a path, who provides a library, what depends on what.
//!
//! Only the files of the database are read; no package manager runs.

mod apk;
mod dpkg;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::image::{Root, file_name, parent};

/// All that the package database of an image says.
#[derive(Debug, Clone, Default)]
pub struct Packages {
    /// The package manager.
    pub manager: Manager,
    installed: BTreeMap<String, Package>,
    owners: BTreeMap<String, String>,
    libraries: BTreeMap<String, String>,
    library_files: BTreeMap<String, String>,
    provides: BTreeMap<String, BTreeSet<String>>,
}

/// The package manager of an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manager {
    /// Debian and its relatives, also the images without a package tool that keep records.
    Dpkg,
    /// Alpine.
    Apk,
    /// A database of RPM is there; it is not read.
    Rpm,
    /// No database.
    #[default]
    None,
}

/// An installed package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name, without architecture.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// Whether the system counts on it.
    pub essential: bool,
    /// Whether it came only because another package needs it; `None` when that is not recorded.
    pub automatic: Option<bool>,
    /// What it needs: each item is a list of alternatives.
    pub depends: Vec<Vec<String>>,
    /// Other names it answers to.
    pub provides: Vec<String>,
    /// Installed bytes, as it says itself.
    pub installed_bytes: Option<u64>,
    /// The source package it was made from.
    pub source: Option<String>,
}

impl Packages {
    /// Reads the database of a root.
    #[must_use]
    pub fn read(root: &Root) -> Self {
        let mut packages = Self::default();
        if apk::read(root, &mut packages) {
            packages.manager = Manager::Apk;
        } else if dpkg::read(root, &mut packages) {
            packages.manager = Manager::Dpkg;
        } else if ["/var/lib/rpm", "/usr/lib/sysimage/rpm"].iter().any(|folder| root.below(folder).next().is_some()) {
            packages.manager = Manager::Rpm;
        }
        packages
    }

    /// All installed packages by name.
    pub fn iter(&self) -> impl Iterator<Item = &Package> {
        self.installed.values()
    }

    /// Number of installed packages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.installed.len()
    }

    /// Whether no package is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.installed.is_empty()
    }

    /// The installed package of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Package> {
        self.installed.get(name)
    }

    /// The package that owns a path; both spellings of a merged `/usr` are tried.
    #[must_use]
    pub fn owner(&self, path: &str) -> Option<&Package> {
        let name = self.owners.get(path).or_else(|| self.owners.get(&other_spelling(path)?))?;
        self.installed.get(name)
    }

    /// The package that provides a library by its SONAME.
    #[must_use]
    pub fn provider(&self, soname: &str) -> Option<&Package> {
        if let Some(package) = self.libraries.get(soname).and_then(|name| self.installed.get(name)) {
            return Some(package);
        }
        // Without library records: the owner of a file of that name.
        self.installed.get(self.library_files.get(soname)?)
    }

    /// The paths a package owns, sorted.
    pub fn files<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.owners.iter().filter(move |(_, owner)| *owner == name).map(|(path, _)| path.as_str())
    }

    /// The installed packages that satisfy the dependencies of one package.
    #[must_use]
    pub fn dependencies(&self, name: &str) -> BTreeSet<&str> {
        let Some(package) = self.installed.get(name) else {
            return BTreeSet::new();
        };
        package
            .depends
            .iter()
            .filter_map(|alternatives| alternatives.iter().find_map(|wanted| self.satisfier(wanted)))
            .filter(|found| *found != name)
            .collect()
    }

    /// These packages and all they depend on.
    #[must_use]
    pub fn closure<'a>(&'a self, names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let mut todo: Vec<&str> = names.into_iter().collect();
        let mut closure = BTreeSet::new();
        while let Some(name) = todo.pop() {
            if let Some((name, _)) = self.installed.get_key_value(name)
                && closure.insert(name.as_str())
            {
                todo.extend(self.dependencies(name));
            }
        }
        closure
    }

    /// Of these packages, those that no other of them brings along.
    #[must_use]
    pub fn roots<'a>(&'a self, names: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
        let mut roots: BTreeSet<&str> = names.clone();
        for name in names {
            if !roots.contains(name) {
                continue;
            }
            for brought in self.closure([*name]) {
                if brought != *name {
                    roots.remove(brought);
                }
            }
        }
        roots
    }

    fn satisfier(&self, wanted: &str) -> Option<&str> {
        if let Some((name, _)) = self.installed.get_key_value(wanted) {
            return Some(name);
        }
        self.provides.get(wanted)?.iter().next().map(String::as_str)
    }

    fn add(&mut self, package: Package) {
        for provided in &package.provides {
            self.provides.entry(provided.clone()).or_default().insert(package.name.clone());
            if let Some(soname) = provided.strip_prefix("so:") {
                self.libraries.insert(soname.to_owned(), package.name.clone());
            }
        }
        self.installed.insert(package.name.clone(), package);
    }

    fn own(&mut self, path: &str, name: &str) {
        // A development package owns links of the same kind, which no program loads.
        if path.contains(".so") && !name.ends_with("-dev") {
            self.library_files.insert(file_name(path).to_owned(), name.to_owned());
        }
        self.owners.insert(path.to_owned(), name.to_owned());
    }
}

/// The same path on the other side of the `/usr` merge.
fn other_spelling(path: &str) -> Option<String> {
    match path.strip_prefix("/usr") {
        Some(rest) if is_merged(rest) => Some(rest.to_owned()),
        Some(_) => None,
        None if is_merged(path) => Some(format!("/usr{path}")),
        None => None,
    }
}

fn is_merged(path: &str) -> bool {
    ["/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/libo32/"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// Whether a path is the package manager's own state, cache or log rather than something a program reads.
#[must_use]
pub fn is_manager_state(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "/var/lib/dpkg",
        "/var/lib/apt",
        "/var/cache/apt",
        "/var/log/apt",
        "/var/cache/debconf",
        "/etc/apt",
        "/lib/apk",
        "/usr/lib/apk",
        "/etc/apk",
        "/var/cache/apk",
        "/var/lib/rpm",
        "/usr/lib/sysimage",
        "/var/cache/dnf",
        "/var/cache/yum",
        "/var/lib/dnf",
        "/var/lib/yum",
        "/var/lib/ucf",
        "/var/lib/pam",
        "/var/lib/systemd",
        "/var/cache/ldconfig",
        "/var/lib/apk",
    ];
    const FILES: &[&str] =
        &["/var/log/dpkg.log", "/var/log/alternatives.log", "/var/log/apk.log", "/var/cache/ldconfig/aux-cache"];
    FOLDERS.iter().any(|folder| crate::image::is_below(path, folder))
        || FILES.contains(&path)
        || parent(path) == "/var/log/apt"
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::testing::{ImageBuilder, LayerBuilder};

    #[test]
    fn dpkg_owners_libraries_and_dependencies() {
        let image = ImageBuilder::new()
            .layer(
                LayerBuilder::new()
                    .file(
                        "/var/lib/dpkg/status",
                        "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.41-1\n\n\
                         Package: libcurl4t64\nStatus: install ok installed\nArchitecture: amd64\nVersion: 8\nProvides: libcurl4 (= 8)\n\
                         Depends: libc6 (>= 2.34), libfoo | libssl3t64\nSource: curl\nInstalled-Size: 12\n\n\
                         Package: libssl3t64\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3\nEssential: yes\n\n\
                         Package: app\nStatus: install ok installed\nArchitecture: all\nVersion: 1\nDepends: libcurl4 (>= 7)\n\n\
                         Package: gone\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: amd64\n",
                    )
                    .file("/var/lib/dpkg/info/libcurl4t64:amd64.list", "/.\n/usr\n/usr/lib/x/libcurl.so.4\n")
                    .file("/var/lib/dpkg/info/libcurl4t64:amd64.shlibs", "libcurl 4 libcurl4t64 (>= 7.16)\n")
                    .file("/var/lib/dpkg/info/libc6:amd64.list", "/lib/x/libc.so.6\n")
                    .file("/var/lib/apt/extended_states", "Package: libcurl4t64\nArchitecture: amd64\nAuto-Installed: 1\n"),
            )
            .build();
        let packages = image.packages();
        assert_eq!(packages.manager, Manager::Dpkg);
        assert_eq!(packages.owner("/usr/lib/x/libcurl.so.4").unwrap().name, "libcurl4t64");
        assert_eq!(packages.owner("/usr/lib/x/libc.so.6").unwrap().name, "libc6");
        assert_eq!(packages.provider("libcurl.so.4").unwrap().name, "libcurl4t64");
        assert_eq!(packages.provider("libc.so.6").unwrap().name, "libc6");
        assert!(packages.provider("libnone.so.1").is_none() && packages.get("gone").is_none());
        let all: Vec<&str> = packages.closure(["app"]).into_iter().collect();
        assert_eq!(all, ["app", "libc6", "libcurl4t64", "libssl3t64"]);
        assert_eq!(packages.roots(&packages.closure(["app"])), BTreeSet::from(["app"]));
        assert!(packages.get("libssl3t64").unwrap().essential);
        assert_eq!(packages.get("libcurl4t64").unwrap().automatic, Some(true));
        assert_eq!(packages.get("libcurl4t64").unwrap().installed_bytes, Some(12 * 1024));
    }

    #[test]
    fn records_without_a_package_tool_are_read() {
        let image = ImageBuilder::new()
            .layer(
                LayerBuilder::new()
                    .file("/var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 13\nArchitecture: amd64\n")
                    .file("/var/lib/dpkg/status.d/base.md5sums", "00  etc/x\n"),
            )
            .build();
        assert_eq!(image.packages().get("base-files").unwrap().version, "13");
        assert_eq!(image.packages().len(), 1);
    }

    #[test]
    fn apk_in_both_places() {
        for place in ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"] {
            let image = ImageBuilder::new()
                .layer(LayerBuilder::new().file(
                    place,
                    "P:musl\nV:1.2\nA:x86_64\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\n\n\
                     P:curl\nV:8\nA:x86_64\nD:so:libc.musl-x86_64.so.1 libcurl=8-r0 !other\nF:usr/bin\nR:curl\na:0:0:755\n\n\
                     P:libcurl\nV:8-r0\nA:x86_64\no:curl\nI:4096\np:so:libcurl.so.4=4.8\nF:usr/lib\nR:libcurl.so.4\n",
                ))
                .build();
            let packages = image.packages();
            assert_eq!(packages.manager, Manager::Apk);
            assert_eq!(packages.owner("/usr/bin/curl").unwrap().name, "curl");
            assert_eq!(packages.provider("libcurl.so.4").unwrap().name, "libcurl");
            assert_eq!(packages.dependencies("curl"), BTreeSet::from(["libcurl", "musl"]));
        }
    }
}
