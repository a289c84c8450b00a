//! Which paths of the original the runtime stage gets, and how.

use std::collections::{BTreeMap, BTreeSet};

use dfopt_semantic::effects::is_below;

use crate::evidence::{BaseEvidence, Evidence, FileKind, ImageFile, Need, Repair, Strength};
use crate::plan::{Carried, Dropped, Item};
use crate::recipes::{Judgement, Recipe, Trim};

/// What becomes of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Copied from the build stage.
    Copied(String),
    /// Comes with a package or with the base.
    Provided(String),
    /// Left behind.
    Left(String),
}

/// The paths that the instructions of the file made or that are needed, each with what becomes of it.
#[derive(Debug)]
pub(crate) struct Files<'e> {
    evidence: &'e Evidence,
    base: Option<&'e BaseEvidence>,
    fates: BTreeMap<&'e str, Fate>,
    needs: BTreeMap<&'e str, &'e Need>,
    /// Paths that a command at the end of the build stage removes.
    trimmed: BTreeSet<&'e str>,
    /// Whether libraries are needed that the base image brings besides its packages.
    has_own_libraries: bool,
}

/// What the instructions of the stage do, as far as it decides over files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Done {
    /// Those that do nothing but install packages of the distribution.
    pub installs: BTreeSet<usize>,
    /// The scripts of the image that they run.
    pub scripts: BTreeSet<String>,
}

/// Places where package managers keep their own state.
const PACKAGE_STATE: &[&str] = &[
    "/var/lib/dpkg/",
    "/var/lib/apt/",
    "/var/cache/",
    "/var/log/apt/",
    "/var/log/dpkg.log",
    "/var/log/alternatives.log",
    "/var/log/bootstrap.log",
    "/lib/apk/",
    "/usr/lib/apk/",
    "/etc/apk/",
    "/var/lib/rpm/",
    "/usr/lib/sysimage/",
    "/var/lib/dnf/",
    "/var/lib/yum/",
    "/var/lib/pam/",
    "/var/lib/systemd/",
    "/etc/apt/",
    "/var/lib/ucf/",
    "/var/lib/shells.state",
];

/// Caches and scratch places.
const CACHES: &[&str] = &[
    "/root/.cache/",
    "/root/.npm/",
    "/root/.cargo/registry/",
    "/root/.cargo/git/",
    "/root/.m2/",
    "/root/.gradle/",
    "/root/.ivy2/",
    "/root/.sbt/",
    "/root/.nuget/",
    "/root/.composer/",
    "/root/.gem/",
    "/root/.local/share/pnpm/",
    "/tmp/",
    "/var/tmp/",
    "/go/pkg/",
    "/root/go/pkg/",
    "/usr/local/cargo/registry/",
    "/usr/local/cargo/git/",
    "/usr/local/share/.cache/",
    "/root/.config/go/",
    "/root/.hex/",
    "/root/.mix/",
    "/root/.wget-hsts",
    "/root/.bash_history",
    "/root/.python_history",
];

/// Files that the system keeps for itself or that describe its users, which are carried by other means.
const SYSTEM: &[&str] = &[
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/mtab",
    "/etc/ld.so.cache",
    "/etc/passwd",
    "/etc/passwd-",
    "/etc/group",
    "/etc/group-",
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/subuid",
    "/etc/subuid-",
    "/etc/subgid",
    "/etc/subgid-",
    "/etc/.pwd.lock",
    "/.dockerenv",
    "/etc/machine-id",
    "/etc/shells",
];

/// Directories that exist in every system.
pub(crate) const COMMON_DIRECTORIES: &[&str] = &[
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/include",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/etc",
    "/usr/local/include",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
    "/usr/local/src",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/tmp",
    "/usr/local/man",
    "/usr/local/games",
    "/var/local",
    "/var/spool",
    "/var/run",
    "/var/lock",
    "/var/mail",
    "/var/opt",
    "/var/backups",
    "/etc/opt",
];

/// Trees that belong to the distribution: what an install command leaves there comes with the packages.
const DISTRIBUTION: &[&str] =
    &["/usr/", "/lib/", "/lib64/", "/bin/", "/sbin/", "/etc/", "/var/", "/boot/", "/run/", "/dev/", "/proc/", "/sys/"];

/// Paths that no package owns, since the scripts of one make them.
const MADE_BY_SCRIPTS: &[(&str, &str)] = &[
    ("/etc/ssl/certs/java/", "ca-certificates-java"),
    ("/etc/ssl/certs/", "ca-certificates"),
    ("/usr/share/mime/", "shared-mime-info"),
];

/// What a path under version control or for building images is.
const PROJECT_FILES: &[(&str, &str)] = &[
    (".git", "version control"),
    (".gitignore", "version control"),
    (".gitattributes", "version control"),
    (".gitmodules", "version control"),
    (".github", "version control"),
    (".gitlab-ci.yml", "for continuous integration"),
    (".travis.yml", "for continuous integration"),
    (".circleci", "for continuous integration"),
    (".hg", "version control"),
    (".svn", "version control"),
    (".dockerignore", "for building images"),
    ("Dockerfile", "for building images"),
    ("dockerfile", "for building images"),
    ("Containerfile", "for building images"),
    ("docker-compose.yml", "for building images"),
    ("docker-compose.yaml", "for building images"),
    ("compose.yaml", "for building images"),
    ("compose.yml", "for building images"),
    (".editorconfig", "for editors"),
    (".vscode", "for editors"),
    (".idea", "for editors"),
    (".DS_Store", "for a file manager"),
];

impl<'e> Files<'e> {
    /// Decides over every path.
    pub fn decide(
        evidence: &'e Evidence,
        base: Option<&'e BaseEvidence>,
        recipe: &dyn Recipe,
        done: &Done,
        trims: &'e [Trim],
    ) -> Self {
        let mut needs: BTreeMap<&str, &Need> = BTreeMap::new();
        for need in evidence.needs.iter().chain(&evidence.carried_needs) {
            let known = needs.entry(&need.path).or_insert(need);
            if need.strength > known.strength {
                *known = need;
            }
        }
        let has_own_libraries = needs.values().filter(|need| need.strength >= Strength::Likely).any(|need| {
            let own = |file: &ImageFile| file.step.is_none() && file.package.is_none() && file.is_elf;
            need.path.contains(".so") && evidence.files.get(&need.path).is_some_and(own)
        });
        let mut files =
            Files { evidence, base, fates: BTreeMap::new(), needs, trimmed: BTreeSet::new(), has_own_libraries };
        for (path, file) in &evidence.files {
            if let Some(fate) = files.fate(path, file, recipe, done) {
                files.fates.insert(path, fate);
            }
        }
        for repair in &evidence.repairs {
            if let Repair::Path { path, why } = repair
                && let Some((path, _)) = evidence.files.get_key_value(path)
            {
                files.fates.insert(path, Fate::Copied(why.clone()));
            }
        }
        for trim in trims {
            for path in &trim.removes {
                if let Some((path, _)) = evidence.files.get_key_value(path) {
                    files.trimmed.insert(path);
                    files.fates.insert(path, Fate::Left(trim.reason.clone()));
                }
            }
        }
        files
    }

    /// Whether the build stage no longer has the path at its end.
    pub fn is_trimmed(&self, path: &str) -> bool {
        self.trimmed.contains(path)
    }

    /// Whether nothing asks for the path.
    pub fn is_left(&self, path: &str) -> bool {
        matches!(self.fates.get(path), Some(Fate::Left(_)))
    }

    /// Whether both bases say that they bring the same version of something.
    fn is_sibling(&self) -> bool {
        let Some(base) = self.base else { return false };
        let original = &self.evidence.config.env;
        base.config.env.iter().any(|(name, value)| name.ends_with("_VERSION") && original.get(name) == Some(value))
    }

    fn fate(&self, path: &str, file: &ImageFile, recipe: &dyn Recipe, done: &Done) -> Option<Fate> {
        let need = self.needs.get(path).copied();
        if under(path, PACKAGE_STATE) {
            return file.step.map(|_| Fate::Left("state of the package manager".into()));
        }
        if SYSTEM.contains(&path) || under(path, &["/proc/", "/sys/", "/dev/", "/run/"]) {
            return None;
        }
        if self.base.is_some_and(|base| base.same.contains(path)) {
            return need.map(|_| Fate::Provided("the same in the base".into()));
        }
        if file.kind == FileKind::Directory {
            return self.directory(path, file, recipe, done);
        }
        if let Some(package) = self.owner(path, file) {
            return need.map(|need| self.packaged(package, need));
        }
        if let Some(step) = file.step {
            return Some(self.made(path, file, need, recipe, done, step));
        }
        // What the base image brings besides its packages: only what is needed for certain or likely.
        let Some(need) = need else {
            let shows_places = path.starts_with("/etc/ld.so.conf.d/") && self.has_own_libraries && !self.is_sibling();
            return shows_places.then(|| Fate::Copied("the linker finds libraries of the base through it".into()));
        };
        if self.is_sibling() && self.base.is_some_and(|base| base.present.contains(path)) {
            return Some(Fate::Provided("the base brings it in the same version".into()));
        }
        if let Some(Judgement::Leave(reason)) = recipe.judge(path, file) {
            return Some(Fate::Left(reason));
        }
        Some(match need.strength {
            Strength::Possible => Fate::Left("from the base image, and only named in a string".into()),
            _ => Fate::Copied(need.why.clone()),
        })
    }

    /// The package that brings a path: it owns it, or its scripts make it.
    fn owner<'s>(&'s self, path: &str, file: &'s ImageFile) -> Option<&'s str> {
        if let Some(package) = &file.package {
            return Some(package);
        }
        let made = MADE_BY_SCRIPTS.iter().find(|(tree, _)| under(path, &[tree]));
        made.map(|(_, package)| *package).filter(|package| self.evidence.packages.contains_key(*package))
    }

    /// Something that a package owns and something else needs.
    fn packaged(&self, package: &str, need: &Need) -> Fate {
        if self.base.is_some_and(|base| base.packages.contains(package)) {
            return Fate::Provided(format!("with the base's package {package}"));
        }
        let serves_building = super::route::is_build_only(package);
        if need.strength == Strength::Possible && serves_building {
            return Fate::Left(format!("of {package}, which serves building, and only named in a string"));
        }
        if need.strength == Strength::Likely && super::route::is_for_headers(package) {
            return Fate::Left(format!("of {package}, which is for compiling against a library"));
        }
        Fate::Provided(format!("with the package {package}"))
    }

    /// Something that an instruction of the file made.
    fn made(
        &self,
        path: &str,
        file: &ImageFile,
        need: Option<&Need>,
        recipe: &dyn Recipe,
        done: &Done,
        step: usize,
    ) -> Fate {
        let installed = done.installs.contains(&step);
        if self.is_bytecode_of_base(path) {
            return Fate::Left("compiled again when it is used".into());
        }
        let certain = need.filter(|need| need.strength == Strength::Certain);
        if let Some(need) = certain {
            return Fate::Copied(need.why.clone());
        }
        if let Some(judgement) = recipe.judge(path, file) {
            match judgement {
                Judgement::Keep(reason) => return Fate::Copied(reason),
                Judgement::Leave(reason) => return Fate::Left(reason),
            }
        }
        if let Some(need) = need.filter(|need| need.strength == Strength::Likely && !under(path, CACHES)) {
            if installed && under(path, DISTRIBUTION) && !path.starts_with("/usr/local/") {
                return Fate::Provided(format!("made by installing packages; {}", need.why));
            }
            return Fate::Copied(need.why.clone());
        }
        if under(path, CACHES) {
            return Fate::Left("a cache or a temporary file".into());
        }
        if let Some(compiler) = self.evidence.builders.get(path) {
            return Fate::Left(format!("it runs `{compiler}`, and nothing that the image starts names it"));
        }
        if done.scripts.contains(path) {
            return Fate::Left("a script that only the build runs".into());
        }
        if let Some((_, reason)) = PROJECT_FILES.iter().find(|(name, _)| has_part(path, name)) {
            return Fate::Left((*reason).into());
        }
        if let Some(reason) = for_building(path) {
            return Fate::Left(reason.into());
        }
        if installed && under(path, DISTRIBUTION) && !path.starts_with("/usr/local/") {
            return Fate::Left("made by installing packages".into());
        }
        if path.ends_with(".pyc") && under(path, &["/usr/lib/"]) {
            return Fate::Left("compiled again when it is used".into());
        }
        Fate::Copied("added by the file, and neither source nor cache".into())
    }

    /// A directory counts by itself only when it is empty and somebody made it; else its content decides.
    fn directory(&self, path: &str, file: &ImageFile, recipe: &dyn Recipe, done: &Done) -> Option<Fate> {
        let step = file.step?;
        if file.package.is_some() || COMMON_DIRECTORIES.contains(&path) || under(path, CACHES) || !self.is_empty(path) {
            return None;
        }
        if under(path, &["/usr/", "/lib/", "/etc/"])
            && !path.starts_with("/usr/local/")
            && !self.needs.contains_key(path)
        {
            return done.installs.contains(&step).then(|| Fate::Left("made by installing packages".into()));
        }
        match recipe.judge(path, file) {
            Some(Judgement::Leave(reason)) => Some(Fate::Left(reason)),
            Some(Judgement::Keep(reason)) => Some(Fate::Copied(reason)),
            None if PROJECT_FILES.iter().any(|(name, _)| has_part(path, name)) => None,
            None => Some(Fate::Copied("an empty directory that the program may fill".into())),
        }
    }

    /// Whether it was made of a module of the base, which the interpreter does again.
    fn is_bytecode_of_base(&self, path: &str) -> bool {
        let Some((folder, name)) = path.rsplit_once("/__pycache__/") else { return false };
        let module = name.split('.').next().unwrap_or_default();
        self.evidence.files.get(&format!("{folder}/{module}.py")).is_some_and(|source| source.step.is_none())
    }

    fn is_empty(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let next = self
            .evidence
            .files
            .range::<str, _>((std::ops::Bound::Excluded(&*below), std::ops::Bound::Unbounded))
            .next();
        !next.is_some_and(|(next, _)| next.starts_with(&below))
    }

    /// Whether all that the instruction brought is wanted as it is.
    pub fn all_kept_of(&self, step: usize) -> bool {
        let mut any = false;
        for (path, file) in &self.evidence.files {
            if file.step == Some(step) && file.kind != FileKind::Directory {
                any = true;
                if !matches!(self.fates.get(path.as_str()), Some(Fate::Copied(_))) {
                    return false;
                }
            }
        }
        any
    }

    /// The paths to copy that instructions before `cut` made, or the base has.
    pub fn copied(&self, stays: &dyn Fn(usize) -> bool) -> Vec<(&'e str, &'e ImageFile, &str)> {
        let mut found = Vec::new();
        for (&path, fate) in &self.fates {
            if let Fate::Copied(reason) = fate
                && let Some(file) = self.evidence.files.get(path)
                && !file.step.is_some_and(stays)
            {
                found.push((path, file, reason.as_str()));
            }
        }
        found
    }

    /// The packages that something needs and the base lacks, with the first reason.
    pub fn packages(&self) -> BTreeMap<&str, String> {
        let mut found: BTreeMap<&str, (Strength, String)> = BTreeMap::new();
        for (&path, fate) in &self.fates {
            let Some(file) = self.evidence.files.get(path) else { continue };
            if let (Fate::Provided(_), Some(package), Some(need)) = (fate, self.owner(path, file), self.needs.get(path))
                && !self.base.is_some_and(|base| base.packages.contains(package) || base.same.contains(path))
            {
                let reason = format!("{path}: {}", need.why);
                let known = found.entry(package).or_insert((need.strength, reason.clone()));
                if need.strength > known.0 {
                    *known = (need.strength, reason);
                }
            }
        }
        found.into_iter().map(|(name, (_, reason))| (name, reason)).collect()
    }

    /// What is carried and dropped, in the words of a plan: one entry for neighbours with one reason.
    pub fn reasons(
        &self,
        groups: &[crate::tree::Group],
        along: &BTreeSet<String>,
        dropped: &mut Vec<Dropped>,
        carried: &mut Vec<Carried>,
    ) {
        for group in groups {
            let (path, first) = match group {
                crate::tree::Group::Directory(path) => (format!("{path}/"), self.first_reason(path)),
                crate::tree::Group::Files { parent, names } => {
                    for name in names {
                        let path = format!("{parent}/{name}");
                        let reason = self.first_reason(&path);
                        carried.push(Carried { item: Item::Path(path), reason });
                    }
                    continue;
                }
            };
            carried.push(Carried { item: Item::Path(path), reason: first });
        }
        let mut left: BTreeMap<(String, &str), (usize, &str)> = BTreeMap::new();
        for (&path, fate) in &self.fates {
            if let Fate::Left(reason) = fate
                && !along.contains(path)
            {
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                let entry = left.entry((parent.to_owned(), reason)).or_insert((0, path));
                entry.0 += 1;
            }
        }
        for ((parent, reason), (count, path)) in left {
            let item = if count == 1 { path.to_owned() } else { format!("{parent}/ ({count} paths)") };
            dropped.push(Dropped { item: Item::Path(item), reason: reason.to_owned() });
        }
    }

    fn first_reason(&self, path: &str) -> String {
        if let Some(Fate::Copied(reason)) = self.fates.get(path) {
            return reason.clone();
        }
        let below = format!("{path}/");
        let mut inside = self.fates.range::<str, _>((std::ops::Bound::Included(&*below), std::ops::Bound::Unbounded));
        let mut best: Option<&str> = None;
        for (_, fate) in inside.by_ref().take_while(|(path, _)| path.starts_with(&below)) {
            if let Fate::Copied(reason) = fate {
                let plain = reason.starts_with("added by the file");
                if best.is_none() || !plain {
                    best = Some(reason);
                    if !plain {
                        break;
                    }
                }
            }
        }
        best.unwrap_or("needed").to_owned()
    }

    /// What the judge is told about paths left behind: path and reason.
    pub fn left(&self) -> impl Iterator<Item = (&'e str, &str)> {
        self.fates.iter().filter_map(|(&path, fate)| match fate {
            Fate::Left(reason) => Some((path, reason.as_str())),
            _ => None,
        })
    }
}

/// Whether a path lies in one of the places: those with a slash at the end are trees.
fn under(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| match place.strip_suffix('/') {
        Some(tree) => is_below(path, tree),
        None => path == *place,
    })
}

/// Whether a part of the path is `name`, or `name` with an ending behind a dot.
fn has_part(path: &str, name: &str) -> bool {
    path.split('/').any(|part| {
        part == name
            || (part.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')) && !name.starts_with('.'))
            || (name.ends_with("ockerfile") && part.to_ascii_lowercase().ends_with(".dockerfile"))
    })
}

/// Headers, static libraries and their kin.
fn for_building(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if under(
        path,
        &["/usr/local/include/", "/usr/include/", "/usr/local/share/man/", "/usr/local/man/", "/usr/local/share/doc/"],
    ) {
        return Some("headers and manual pages");
    }
    match ending {
        "o" | "lo" | "obj" | "gch" | "pch" | "d" if !path.starts_with("/etc/") => {
            Some("made on the way to the program")
        }
        "a" | "la" => Some("a library for linking only"),
        "pc" if path.contains("/pkgconfig/") => Some("for compiling against a library"),
        "cmake" if path.contains("/cmake/") => Some("for compiling against a library"),
        _ => None,
    }
}
