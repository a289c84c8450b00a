//! From what the judge sees in images to what the planner reasons with: plain facts, no decisions.

use std::collections::{BTreeMap, BTreeSet};

use dfopt_optimizer::{
    BaseEvidence, Evidence, FileKind, ImageConfig, ImageFile, Need, Package, Release, Strength, UserEntry,
};
use dfopt_semantic::model::Model;
use dfopt_verify::closure::{Certainty, Closure, Reason, Start, closure};
use dfopt_verify::compare::{RunSet, used_files};
use dfopt_verify::facts::System;
use dfopt_verify::image::{Entry, Image, Kind};
use dfopt_verify::packages::Manager;

/// Shells that commands are given to.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"];

/// What the built original shows.
pub(super) fn of_original(image: &Image, model: &Model<'_>, smoke: &[Vec<String>]) -> Evidence {
    let start = Start { paths: Vec::new(), commands: smoke.to_vec() };
    let needs = closure(image, &start);
    let steps = steps_of_layers(image, model);
    let packages = image.packages();
    let files = image
        .root
        .iter()
        .filter(|(path, _)| *path != "/")
        .map(|(path, node)| {
            let step = steps.get(node.layer).copied().flatten();
            let package = packages.owner(path).map(|package| package.name.clone());
            (path.to_owned(), file(&node.entry, step, package))
        })
        .collect();
    Evidence {
        release: release(image),
        is_static: is_static(image, &needs),
        needs_shell: needs_shell(&needs),
        files,
        needs: needs_of(image, &needs),
        carried_needs: Vec::new(),
        compiles: run_compilers(image, &needs),
        builders: BTreeMap::new(),
        packages: packages
            .iter()
            .map(|package| {
                let depends = package.depends.iter().flatten().cloned().collect();
                (package.name.clone(), Package { depends, essential: package.essential, step: None })
            })
            .collect(),
        users: users(image),
        config: config(image),
        bases: BTreeMap::new(),
        repairs: BTreeSet::new(),
    }
}

/// Adds what running the original showed: files that were opened each time, whatever names them.
pub(super) fn add_used(evidence: &mut Evidence, image: &Image, runs: &[RunSet]) {
    let known: BTreeSet<String> = evidence
        .needs
        .iter()
        .filter(|need| need.strength != Strength::Possible)
        .map(|need| need.path.clone())
        .collect();
    let used = used_files(image, runs).into_iter().filter(|path| !known.contains(path));
    let why = "it was opened each time the program ran";
    evidence.needs.extend(used.map(|path| Need { path, strength: Strength::Likely, why: why.to_owned() }));
}

/// What a base image offers to the original.
pub(super) fn of_base(base: &Image, original: &Image) -> BaseEvidence {
    let mut same = BTreeSet::new();
    let mut present = BTreeSet::new();
    let mut linked_directories = BTreeMap::new();
    for (path, node) in original.root.iter() {
        let Ok(found) = base.root.resolve(path) else { continue };
        present.insert(path.to_owned());
        let Some(direct) = base.root.get(path) else { continue };
        if is_same(&node.entry, &direct.entry) {
            same.insert(path.to_owned());
        } else if node.entry.is_folder() && direct.entry.link_target().is_some() {
            linked_directories.insert(path.to_owned(), found.path);
        }
    }
    let package_manager = match base.packages().manager {
        _ if base.root.resolve("/usr/bin/apt-get").is_ok() => Some("apt"),
        _ if base.root.resolve("/sbin/apk").is_ok() => Some("apk"),
        Manager::Dpkg | Manager::Apk | Manager::Rpm | Manager::None => None,
    };
    BaseEvidence {
        release: release(base),
        has_shell: base.root.resolve("/bin/sh").is_ok(),
        package_manager: package_manager.map(Into::into),
        packages: base.packages().iter().map(|package| package.name.clone()).collect(),
        same,
        present,
        linked_directories,
        users: users(base).into_iter().map(|user| user.name).collect(),
        config: config(base),
        size: base.size(),
    }
}

fn is_same(a: &Entry, b: &Entry) -> bool {
    a.kind == b.kind && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.xattrs == b.xattrs
}

/// For each layer the instruction that made it, by index in the model.
fn steps_of_layers(image: &Image, model: &Model<'_>) -> Vec<Option<usize>> {
    let mut steps = vec![None; image.layers.len()];
    let Some(stage) = model.target() else { return steps };
    let mut making =
        model.stage_steps(stage).iter().filter(|step| matches!(step.ast.name(), "RUN" | "COPY" | "ADD" | "WORKDIR"));
    for (at, layer) in image.layers.iter().enumerate().skip(image.base_layers) {
        let created_by = layer.created_by.as_deref().unwrap_or_default();
        let keyword = created_by.split_whitespace().next().unwrap_or_default();
        // The classic builder writes a RUN as its command alone.
        let keyword = if matches!(keyword, "COPY" | "ADD" | "WORKDIR") { keyword } else { "RUN" };
        steps[at] = making.find(|step| step.ast.name() == keyword).map(|step| step.index);
    }
    steps
}

fn file(entry: &Entry, step: Option<usize>, package: Option<String>) -> ImageFile {
    let kind = match entry.kind {
        Kind::File { .. } => FileKind::File,
        Kind::Folder => FileKind::Directory,
        Kind::Symlink { .. } => FileKind::Symlink,
        _ => FileKind::Other,
    };
    ImageFile {
        kind,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        size: entry.size(),
        link: entry.link_target().map(str::to_owned),
        step,
        package,
        is_elf: entry.elf().is_some(),
    }
}

fn strength(certainty: Certainty) -> Strength {
    match certainty {
        Certainty::Possible => Strength::Possible,
        Certainty::Likely => Strength::Likely,
        Certainty::Certain => Strength::Certain,
    }
}

/// The needs, with whole trees written out.
pub(super) fn needs_of(image: &Image, closure: &Closure) -> Vec<Need> {
    let mut found = Vec::new();
    for need in closure.needs.values() {
        let why = why(closure, &need.path);
        let strength = strength(need.certainty);
        found.push(Need { path: need.path.clone(), strength, why: why.clone() });
        if need.tree {
            found.extend(image.root.below(&need.path).map(|(path, _)| Need {
                path: path.to_owned(),
                strength,
                why: why.clone(),
            }));
        }
    }
    found
}

/// Compilers that turn sources into programs.
const COMPILERS: &[&str] = &[
    "gcc", "cc", "g++", "c++", "gfortran", "clang", "clang++", "rustc", "cargo", "go", "javac", "kotlinc", "ghc",
    "swiftc",
];

/// The scripts of the image's own that run a compiler, each with its name; what comes with a base or a package names many.
pub(super) fn run_compilers(image: &Image, closure: &Closure) -> BTreeMap<String, String> {
    let runs = closure.at_least(Certainty::Likely).filter_map(|need| match (&need.reason, &need.because) {
        (Reason::Executes { program }, Some(by)) => Some((by, program.rsplit('/').next().unwrap_or(program))),
        _ => None,
    });
    let is_compiler = |program: &str| {
        let plain = program.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
        COMPILERS.contains(&program) || COMPILERS.contains(&plain)
    };
    let own = |path: &str| {
        let Some(node) = image.root.get(path) else { return false };
        let is_script = node.entry.is_file() && node.entry.elf().is_none() && node.entry.text().is_some();
        let installed = ["/site-packages/", "/dist-packages/", "/node_modules/", "/gems/"];
        is_script && !image.is_from_base(node) && !installed.iter().any(|place| path.contains(place))
    };
    runs.filter(|(by, program)| is_compiler(program) && own(by))
        .map(|(by, program)| (by.clone(), program.to_owned()))
        .collect()
}

/// Why a path is needed: the nearest reason that is more than a link on the way.
fn why(closure: &Closure, path: &str) -> String {
    let chain = closure.chain(path);
    let telling = chain.iter().rev().find(|need| need.reason != Reason::Link).or(chain.last());
    match telling.map(|need| (&need.reason, &need.because)) {
        Some((reason, Some(because))) => format!("{reason}, by {because}"),
        Some((reason, None)) => reason.to_string(),
        None => "needed".to_owned(),
    }
}

/// Whether no ELF file that is needed for certain needs another: `None` when there is none at all.
fn is_static(image: &Image, closure: &Closure) -> Option<bool> {
    let mut any = false;
    for need in closure.at_least(Certainty::Certain) {
        if let Some(elf) = image.root.get(&need.path).and_then(|node| node.entry.elf()) {
            any = true;
            if elf.interpreter.is_some() || !elf.needed.is_empty() {
                return Some(false);
            }
        }
    }
    any.then_some(true)
}

fn needs_shell(closure: &Closure) -> bool {
    closure.at_least(Certainty::Certain).any(|need| match &need.reason {
        Reason::Shell => true,
        Reason::Interpreter { word }
        | Reason::EntryPoint { word }
        | Reason::HealthCheck { word }
        | Reason::Command { word } => {
            word.split_whitespace().any(|word| word.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name)))
        }
        _ => false,
    })
}

fn release(image: &Image) -> Option<Release> {
    let system = System::of(image);
    Some(Release {
        id: system.id?,
        version: system.version.unwrap_or_default(),
        codename: system.codename.unwrap_or_default(),
    })
}

fn config(image: &Image) -> ImageConfig {
    let config = &image.config.config;
    ImageConfig {
        env: config.env_map().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        entrypoint: config.entrypoint.clone().unwrap_or_default(),
        cmd: config.cmd.clone().unwrap_or_default(),
        user: config.user.clone(),
        workdir: config.working_dir.clone(),
        ports: config.exposed_ports.iter().cloned().collect(),
        volumes: config.volumes.iter().cloned().collect(),
        stop_signal: config.stop_signal.clone(),
    }
}

fn users(image: &Image) -> Vec<UserEntry> {
    let groups: BTreeMap<u32, String> = image
        .root
        .text("/etc/group")
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            Some((fields.nth(1)?.parse().ok()?, name.to_owned()))
        })
        .collect();
    let passwd = image.root.text("/etc/passwd").unwrap_or_default();
    passwd
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, uid, gid, _, home, shell] = fields.as_slice() else { return None };
            let gid = gid.parse().ok()?;
            Some(UserEntry {
                name: (*name).to_owned(),
                uid: uid.parse().ok()?,
                gid,
                group: groups.get(&gid).cloned(),
                home: (*home).to_owned(),
                shell: (*shell).to_owned(),
            })
        })
        .collect()
}
