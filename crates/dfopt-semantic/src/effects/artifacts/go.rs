//! The programs that `go build` and `go install` make, named as the go command names them.

use std::ops::Range;

use super::super::path::{PathPattern, normalize};
use super::{Certainty, Maker};
use crate::command::go::{Go, GoVerb};
use crate::command::{Value, Word};

/// What is made of one argument.
struct Program {
    /// The file name without suffix; `None` if it cannot be told.
    name: Option<String>,
    /// True if the argument is a pattern over packages, which may hold several programs or none.
    pattern: bool,
    word: Range<u32>,
}

pub(super) fn artifacts(maker: &mut Maker<'_>, go: &Go<'_>) {
    let directory = match go.directory {
        Some(value) => maker.state.path(value),
        None => maker.state.directory().map(str::to_owned),
    };
    let programs = programs(maker, go, directory.as_deref());
    match go.verb {
        GoVerb::Build => build(maker, go, directory.as_deref(), &programs),
        GoVerb::Install => install(maker, &programs),
        _ => {}
    }
}

fn windows(maker: &Maker<'_>) -> bool {
    maker.state.lookup("GOOS").as_deref() == Some("windows")
}

/// The suffix that the go command gives names it chooses itself, and the header it writes beside.
fn suffix(maker: &Maker<'_>, buildmode: Option<&str>) -> &'static str {
    match buildmode {
        Some("plugin") => ".so",
        Some("c-archive") => ".a",
        _ if windows(maker) => ".exe",
        _ => "",
    }
}

fn build(maker: &mut Maker<'_>, go: &Go<'_>, directory: Option<&str>, programs: &[Program]) {
    let suffix = suffix(maker, go.buildmode);
    if let Some(output) = go.output {
        return build_to(maker, go, directory, programs, output, suffix);
    }
    // Without `-o` only a single program is written.
    let [program] = programs else { return };
    let certainty = if program.pattern { Certainty::Possibly } else { Certainty::Surely };
    match &program.name {
        Some(name) => {
            let file = format!("{name}{suffix}");
            add_file(maker, directory, &file, certainty, program.word.clone());
            header(maker, go, directory, name, &program.word);
        }
        None => maker.add_in(directory, "*", Certainty::Possibly, program.word.clone()),
    }
}

fn header(maker: &mut Maker<'_>, go: &Go<'_>, directory: Option<&str>, name: &str, word: &Range<u32>) {
    if matches!(go.buildmode, Some("c-shared" | "c-archive")) {
        let file = format!("{name}.h");
        add_file(maker, directory, &file, Certainty::Surely, word.clone());
    }
}

fn add_file(maker: &mut Maker<'_>, directory: Option<&str>, file: &str, certainty: Certainty, word: Range<u32>) {
    match directory {
        Some(directory) => {
            let path = PathPattern::literal(&normalize(file, directory));
            maker.add(path, certainty, word);
        }
        None => maker.add(PathPattern::any(), Certainty::Possibly, word),
    }
}

fn build_to(
    maker: &mut Maker<'_>,
    go: &Go<'_>,
    directory: Option<&str>,
    programs: &[Program],
    output: Value<'_>,
    suffix: &str,
) {
    let word = output.word.range.clone();
    let lookup = |name: &str| maker.state.lookup(name);
    let Some(text) = output.resolve(&lookup) else {
        let path = maker.state.pattern(output);
        maker.add(path, Certainty::Possibly, word);
        return;
    };
    let path = match directory {
        _ if text.starts_with('/') => normalize(&text, "/"),
        Some(directory) => normalize(&text, directory),
        None => {
            maker.add(PathPattern::any(), Certainty::Possibly, word);
            return;
        }
    };
    if path == "/dev/null" {
        return;
    }
    let several = programs.len() > 1 || programs.iter().any(|p| p.pattern);
    let slash = text.ends_with('/');
    let into = match (slash || several, maker.is_directory(&path)) {
        (true, _) => Some(true),
        (false, known) => known,
    };
    match into {
        // A new name is a file; that nothing is known of it is the usual case.
        None | Some(false) => {
            maker.add(PathPattern::literal(&path), Certainty::Surely, word.clone());
            let stem = path
                .rsplit_once('.')
                .filter(|(stem, extension)| !stem.ends_with('/') && !extension.contains('/'))
                .map_or(path.as_str(), |(stem, _)| stem);
            if let Some((directory, name)) = stem.rsplit_once('/') {
                header(maker, go, Some(directory), name, &word);
            }
        }
        Some(true) => {
            for program in programs {
                match (&program.name, program.pattern) {
                    (Some(name), false) => {
                        let file = format!("{name}{suffix}");
                        add_file(maker, Some(&path), &file, Certainty::Surely, word.clone());
                        header(maker, go, Some(&path), name, &word);
                    }
                    _ => maker.add_in(Some(&path), "*", Certainty::Possibly, word.clone()),
                }
            }
        }
    }
}

fn install(maker: &mut Maker<'_>, programs: &[Program]) {
    let suffix = suffix(maker, None);
    let os = maker.state.lookup("GOOS");
    let arch = maker.state.lookup("GOARCH");
    let bin = maker.state.lookup("GOBIN").filter(|b| b.starts_with('/'));
    let (directories, told) = match (&bin, maker.state.lookup("GOPATH")) {
        (Some(bin), _) => (vec![bin.clone()], true),
        (None, Some(path)) => {
            // Programs of modules go to the first directory.
            let first = path.split(':').next().unwrap_or("").to_owned();
            (vec![normalize("bin", &first)], first.starts_with('/'))
        }
        (None, None) => {
            let mut usual = vec!["/go/bin".to_owned()];
            if let Some(home) = maker.state.home() {
                usual.push(normalize("go/bin", &home));
            }
            (usual, false)
        }
    };
    for program in programs {
        for directory in &directories {
            // For another platform than the builder's there is a directory of its own; which one the builder has is not known here.
            let cross = (bin.is_none() && (arch.is_some() || os.as_deref().is_some_and(|o| o != "linux"))).then(|| {
                format!("{directory}/{}_{}", os.as_deref().unwrap_or("linux"), arch.as_deref().unwrap_or("*"))
            });
            let sure = told && cross.is_none() && !program.pattern && program.name.is_some();
            let certainty = if sure { Certainty::Surely } else { Certainty::Possibly };
            let file = match &program.name {
                Some(name) if !program.pattern => format!("{name}{suffix}"),
                _ => "*".to_owned(),
            };
            for place in std::iter::once(directory.clone()).chain(cross) {
                let path = PathPattern::parse(&format!("{place}/{file}"));
                maker.add(path, certainty, program.word.clone());
            }
        }
    }
}

/// One entry per package argument; all `.go` files together are one program.
fn programs(maker: &Maker<'_>, go: &Go<'_>, directory: Option<&str>) -> Vec<Program> {
    let is_file = |w: &&&Word| w.static_prefix().ends_with(".go") || w.raw.ends_with(".go");
    if let Some(first) = go.packages.iter().find(is_file) {
        let name = first.text().and_then(|text| {
            let file = text.rsplit('/').next()?;
            file.strip_suffix(".go").map(str::to_owned)
        });
        return vec![Program { name, pattern: false, word: first.range.clone() }];
    }
    if go.packages.is_empty() {
        return vec![Program {
            name: name_of_directory(maker, directory),
            pattern: false,
            word: go.word.range.clone(),
        }];
    }
    go.packages
        .iter()
        .map(|word| {
            let text = word.resolve(&|name: &str| maker.state.lookup(name));
            let pattern = text.as_deref().is_none_or(|t| t.contains("...") || matches!(t, "all" | "std" | "cmd"));
            let name = match text.as_deref() {
                Some(text) if !pattern => name_of_package(maker, directory, text),
                _ => None,
            };
            Program { name, pattern, word: word.range.clone() }
        })
        .collect()
}

fn name_of_package(maker: &Maker<'_>, directory: Option<&str>, package: &str) -> Option<String> {
    let package = package.split('@').next().unwrap_or(package);
    if package.starts_with('.') || package.starts_with('/') {
        let path = match directory {
            _ if package.starts_with('/') => normalize(package, "/"),
            Some(directory) => normalize(package, directory),
            None => {
                // The last part names the program wherever the directory is, unless it climbs or is a version.
                let last = package.rsplit('/').find(|p| !p.is_empty())?;
                return (!matches!(last, "." | "..") && !is_version(last)).then(|| last.to_owned());
            }
        };
        return name_of_directory(maker, Some(&path));
    }
    last_element(package)
}

/// The program of the package in a directory: by its import path, which the nearest `go.mod` tells.
fn name_of_directory(maker: &Maker<'_>, directory: Option<&str>) -> Option<String> {
    let directory = directory?;
    let mut root = directory.to_owned();
    loop {
        if let Some(text) = maker.files.text(&normalize("go.mod", &root)) {
            let module = module_path(&text)?;
            let below = directory.strip_prefix(root.trim_end_matches('/'))?.trim_start_matches('/');
            return if below.is_empty() { last_element(&module) } else { last_element(&format!("{module}/{below}")) };
        }
        let (parent, name) = root.rsplit_once('/')?;
        if name.is_empty() {
            break;
        }
        root = if parent.is_empty() { "/".to_owned() } else { parent.to_owned() };
    }
    // Without the module line the directory tells the name, unless it may be the root of the module.
    let last = directory.rsplit('/').next().filter(|l| !l.is_empty())?;
    let inside = maker.state.directory().is_some_and(|cwd| cwd != directory);
    (inside && !is_version(last)).then(|| last.to_owned())
}

/// The last element of an import path, or the one before a version such as `v2`.
fn last_element(path: &str) -> Option<String> {
    let mut parts = path.rsplit('/').filter(|p| !p.is_empty());
    let last = parts.next()?;
    if is_version(last)
        && let Some(before) = parts.next()
    {
        return Some(before.to_owned());
    }
    Some(last.to_owned())
}

/// `v2`, `v10`; not `v0`, `v1`.
fn is_version(element: &str) -> bool {
    element.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) && !digits.starts_with('0') && digits != "1"
    })
}

/// The module path of a `go.mod`.
#[must_use]
pub(super) fn module_path(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let line = line.split("//").next().unwrap_or("").trim();
        let rest = line.strip_prefix("module")?;
        if !rest.starts_with([' ', '\t', '"', '`']) {
            return None;
        }
        let path = rest.trim().trim_matches(['"', '`']);
        (!path.is_empty()).then(|| path.to_owned())
    })
}
