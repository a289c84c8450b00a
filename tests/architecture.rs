//! Holds the lines of the map in `docs/architecture.md`: which crate may use which, what stays out of the core, what a file
//! owes its reader.
//!
//! `clippy.toml` in each crate forbids the same calls with a reason where they are made; here is what no lint can say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use dfopt_tests::folder::Folder;
use dfopt_tests::{place, process, source};
use serde_json::Value;

/// What a crate may do to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    /// Computes from what it is given.
    Closed,
    /// Starts processes and reads files, but the terminal is not its own.
    Engine,
    /// Everything.
    Open,
}

struct Crate {
    name: &'static str,
    /// Crates of the project that it may use, in tests too.
    ours: &'static [&'static str],
    /// Other crates that it may use outside tests; any when absent. An addition is a change of its own.
    others: Option<&'static [&'static str]>,
    world: World,
}

const CRATES: &[Crate] = &[
    Crate { name: "dfopt-syntax", ours: &[], others: Some(&["rowan"]), world: World::Closed },
    Crate { name: "dfopt-semantic", ours: &["dfopt-syntax"], others: Some(&[]), world: World::Closed },
    Crate {
        name: "dfopt-linter",
        ours: &["dfopt-semantic", "dfopt-syntax"],
        // The list of licences.
        others: Some(&["spdx"]),
        world: World::Closed,
    },
    Crate {
        name: "dfopt-optimizer",
        ours: &["dfopt-semantic", "dfopt-syntax"],
        others: Some(&[]),
        world: World::Closed,
    },
    Crate { name: "dfopt-verify", ours: &[], others: None, world: World::Engine },
    Crate {
        name: "dfopt-lsp",
        ours: &["dfopt-linter", "dfopt-optimizer", "dfopt-semantic", "dfopt-syntax"],
        others: None,
        world: World::Closed,
    },
    Crate {
        name: "dfopt",
        ours: &["dfopt-linter", "dfopt-lsp", "dfopt-optimizer", "dfopt-semantic", "dfopt-syntax", "dfopt-verify"],
        others: None,
        world: World::Open,
    },
];

/// What a closed crate never names, and what an engine's neither.
const OUTSIDE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::ToSocketAddrs",
    "std::net::UdpSocket",
    "std::os",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
];
const TERMINAL: &[&str] =
    &["std::io::stdin", "std::io::stdout", "std::io::stderr", "std::process::exit", "std::process::abort"];
/// The part of `dfopt-verify` that is a program of its own, run beside the engine and inside containers: its streams are how
/// it is spoken to.
const PROBE: &str = "crates/dfopt-verify/src/probe/";
const PRINTING: &[&str] = &["print!", "println!", "eprint!", "eprintln!", "dbg!"];

/// Folders whose files never use each other: their crate, and how the folder is called in paths.
const FAMILIES: &[(&str, &str)] = &[("dfopt-linter", "rules"), ("dfopt-optimizer", "recipes")];

/// A file longer than this says why in its `//!`.
const LONG: usize = 800;

#[test]
fn crates_use_only_what_is_below_them() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for (name, package) in &metadata {
        let allowed = CRATES.iter().find(|allowed| allowed.name == name);
        if name == "dfopt-tests" {
            continue;
        }
        let Some(allowed) = allowed else {
            wrong.push(format!("{name} is not on the map: add it to CRATES and to docs/architecture.md"));
            continue;
        };
        wrong.extend(forbidden_edges(allowed, package["dependencies"].as_array().unwrap(), &metadata));
    }
    for allowed in CRATES {
        if !metadata.contains_key(allowed.name) {
            wrong.push(format!("{} is on the map and does not exist", allowed.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn forbidden_edges(allowed: &Crate, dependencies: &[Value], metadata: &BTreeMap<String, Value>) -> Vec<String> {
    let mut wrong = Vec::new();
    for dependency in dependencies {
        let name = dependency["name"].as_str().unwrap();
        let in_tests = dependency["kind"] == "dev";
        if metadata.contains_key(name) {
            if !allowed.ours.contains(&name) {
                wrong.push(format!("{} must not use {name}", allowed.name));
            }
        } else if !in_tests && allowed.others.is_some_and(|others| !others.contains(&name)) {
            wrong.push(format!("{} must not use the crate {name}: if it has to, allow it in CRATES", allowed.name));
        }
    }
    wrong
}

#[test]
fn a_forbidden_edge_is_seen() {
    let metadata = metadata();
    let find = |name: &str| CRATES.iter().find(|allowed| allowed.name == name).unwrap();
    let edges = |name: &str, dependencies: Value| {
        forbidden_edges(find(name), dependencies.as_array().unwrap(), &metadata).len()
    };
    let normal = |name: &str| serde_json::json!([{"name": name, "kind": null}]);
    let dev = |name: &str| serde_json::json!([{"name": name, "kind": "dev"}]);
    assert_eq!(edges("dfopt-syntax", normal("dfopt-semantic")), 1);
    assert_eq!(edges("dfopt-syntax", normal("serde")), 1);
    assert_eq!(edges("dfopt-syntax", dev("proptest")), 0);
    assert_eq!(edges("dfopt-verify", dev("dfopt-syntax")), 1);
    assert_eq!(edges("dfopt-verify", normal("serde")), 0);
    assert_eq!(edges("dfopt-linter", normal("dfopt-syntax")), 0);
    assert_eq!(edges("dfopt-linter", normal("dfopt-optimizer")), 1);
}

#[test]
fn the_core_does_not_touch_the_world() {
    let mut wrong = Vec::new();
    for member in CRATES.iter().filter(|member| member.world != World::Open) {
        for path in rust_files(&format!("crates/{}/src/", member.name)).iter().filter(|path| !is_test(path)) {
            wrong.extend(outside_mentions(member.world, path, &source::text(path).unwrap()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn outside_mentions(world: World, path: &str, text: &str) -> Vec<String> {
    let code = source::without_tests(&source::parts(text).code);
    let mut wrong = Vec::new();
    for mention in source::mentions(&code) {
        let outside = world == World::Closed && OUTSIDE.iter().any(|outside| mention.is_in(outside));
        let terminal = !path.starts_with(PROBE) && TERMINAL.iter().any(|terminal| mention.is_in(terminal));
        let printing = PRINTING.contains(&mention.path.strip_prefix("std::").unwrap_or(&mention.path));
        if outside || terminal || printing {
            wrong.push(format!("{path}:{}: {}", mention.line, mention.path));
        }
    }
    wrong
}

#[test]
fn a_touch_of_the_world_is_seen() {
    let count = |world, text| outside_mentions(world, "x.rs", text).len();
    assert_eq!(count(World::Closed, "use std::{collections::HashMap, fs};\nfn f() { fs::read(x); }"), 1);
    assert_eq!(count(World::Closed, "fn f() { println!(\"{:?}\", std::time::Instant::now()) }"), 2);
    assert_eq!(
        count(World::Closed, "// std::fs\nfn f() { \"std::env\" }\n#[cfg(test)]\nmod tests { use std::fs; }"),
        0
    );
    assert_eq!(count(World::Engine, "use std::process::Command; use std::{env, fs};"), 0);
    assert_eq!(count(World::Engine, "fn f() { std::process::exit(1); eprintln!() }"), 2);
    assert_eq!(
        outside_mentions(World::Engine, &format!("{PROBE}x.rs"), "fn f() { std::io::stdout(); println!() }").len(),
        1
    );
}

#[test]
fn rules_and_recipes_stand_alone() {
    let mut wrong = Vec::new();
    for (package, folder) in FAMILIES {
        let top = format!("crates/{package}/src/{folder}/");
        let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in rust_files(&top).into_iter().filter(|path| *path != format!("{top}mod.rs")) {
            let member = path[top.len()..].trim_end_matches(".rs").split('/').next().unwrap().to_owned();
            members.entry(member).or_default().push(path);
        }
        if members.is_empty() {
            wrong.push(format!("{top} has no files: FAMILIES says where rules and recipes are"));
        }
        let names: BTreeSet<&str> = members.keys().map(String::as_str).collect();
        for (own, paths) in &members {
            for path in paths {
                wrong.extend(sibling_mentions(folder, own, &names, path, &source::text(path).unwrap()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn sibling_mentions(folder: &str, own: &str, names: &BTreeSet<&str>, path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for mention in source::mentions(&source::parts(text).code) {
        let mut segments =
            mention.path.split("::").skip_while(|segment| matches!(*segment, "crate" | "self" | "super")).peekable();
        if segments.peek() == Some(&folder) {
            segments.next();
        } else if !mention.path.starts_with("super::") {
            continue;
        }
        if segments.next().is_some_and(|name| name != own && names.contains(name)) {
            wrong.push(format!("{path}:{}: {}: one of `{folder}` uses another", mention.line, mention.path));
        }
    }
    wrong
}

#[test]
fn a_rule_that_uses_another_is_seen() {
    let names = BTreeSet::from(["latest_tag", "untagged_base"]);
    let count = |text| sibling_mentions("rules", "latest_tag", &names, "x.rs", text).len();
    assert_eq!(count("use super::untagged_base;"), 1);
    assert_eq!(count("use crate::rules::{untagged_base::image, latest_tag};"), 1);
    assert_eq!(count("fn f() { super::super::untagged_base::check() }"), 1);
    assert_eq!(count("use crate::{Context, untagged_base}; use super::*; use super::latest_tag::RULE;"), 0);
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut wrong = Vec::new();
    for path in rust_files("") {
        wrong.extend(owed(&path, &source::text(&path).unwrap()));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn owed(path: &str, text: &str) -> Vec<String> {
    let head: Vec<&str> =
        text.lines().skip_while(|line| line.is_empty()).take_while(|line| line.starts_with("//!")).collect();
    let lines = text.lines().count();
    let mut wrong = Vec::new();
    if head.iter().all(|line| line.trim_start_matches("//!").trim().is_empty()) {
        wrong.push(format!("{path}: starts without `//!` and what the file is for"));
    }
    if lines > LONG && !head.iter().any(|line| line.contains(&format!("{LONG} lines"))) {
        wrong.push(format!("{path}: {lines} lines: split it, or say in its `//!` why it has more than {LONG} lines"));
    }
    wrong
}

#[test]
fn a_file_that_owes_something_is_seen() {
    assert_eq!(owed("x.rs", "fn main() {}\n").len(), 1);
    assert_eq!(owed("x.rs", "//!\nfn main() {}\n").len(), 1);
    assert_eq!(owed("x.rs", "//! The program.\nfn main() {}\n").len(), 0);
    let long = "fn f() {}\n".repeat(LONG);
    assert_eq!(owed("x.rs", &format!("//! All.\n{long}")).len(), 1);
    assert_eq!(owed("x.rs", &format!("//! All; more than {LONG} lines because it is one table.\n{long}")).len(), 0);
}

#[test]
fn what_is_left_to_do_has_an_issue() {
    let mut wrong = Vec::new();
    for path in source::files() {
        let extension = Path::new(&path).extension().and_then(|extension| extension.to_str());
        let script = path.starts_with(".ci/") || path == "tests/run";
        if !script && !matches!(extension, Some("rs" | "sh" | "toml" | "go" | "lua" | "ts" | "js" | "mjs" | "py"))
            || is_data(&path)
        {
            continue;
        }
        let text = source::text(&path).unwrap();
        let text = if extension == Some("rs") { source::parts(&text).comments } else { text };
        wrong.extend(
            nameless_work(&text)
                .into_iter()
                .map(|line| format!("{path}:{line}: TODO without the number of its issue, as in `TODO(#12)`")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn nameless_work(text: &str) -> Vec<usize> {
    let nameless = |line: &str| {
        ["TODO", "FIXME", "XXX"].iter().any(|word| {
            line.match_indices(word).any(|(at, _)| {
                let (before, after) = (&line[..at], &line[at + word.len()..]);
                let alone = !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '`' | '"'))
                    && !after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '`' | '"'));
                let number =
                    after.strip_prefix("(#").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
                alone && !number
            })
        })
    };
    (1..).zip(text.lines()).filter(|(_, line)| nameless(line)).map(|(number, _)| number).collect()
}

#[test]
fn nameless_work_is_seen() {
    assert_eq!(nameless_work("// TODO: later\n// TODO(#12): then\n// TODOS\n// `TODO` is a word\n// FIXME\n"), [1, 5]);
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    // In halves, for this file is looked at too.
    let traces = [
        concat!("/wo", "rk/main"),
        concat!("/wo", "rk/shared"),
        concat!("/tmp/", "t-"),
        concat!("/tmp/", "brief"),
        concat!("/root/", ".rustup/toolchains"),
        concat!("index.", "crates.io"),
        concat!("static.", "crates.io"),
    ];
    let mut wrong = Vec::new();
    for path in source::files() {
        let Some(text) = source::text(&path) else { continue };
        for (number, line) in (1..).zip(text.lines()) {
            wrong.extend(
                traces.iter().filter(|trace| line.contains(**trace)).map(|trace| format!("{path}:{number}: {trace}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_map_in_the_docs_is_the_map() {
    let Some(page) =
        source::files().iter().find(|path| *path == "docs/architecture.md").and_then(|path| source::text(path))
    else {
        return;
    };
    let told = table(&page);
    let real: BTreeMap<String, BTreeSet<String>> = metadata()
        .iter()
        .filter(|(name, _)| *name != "dfopt-tests")
        .map(|(name, package)| (name.clone(), used_crates(package)))
        .collect();
    assert_eq!(told, real, "the crate table of docs/architecture.md (left) and the manifests (right)");
}

/// Rows that begin with a crate in backticks: the crates that the last cell names, in full or without `dfopt-`.
fn table(page: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut told = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| `dfopt")) {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let (name, uses) = (cells[0].trim_matches('`'), cells[cells.len() - 1]);
        let words: BTreeSet<&str> = uses
            .split(|c: char| !c.is_alphanumeric() && c != '-')
            .map(|word| word.strip_prefix("dfopt-").unwrap_or(word))
            .collect();
        let named = |other: &&Crate| {
            other.name != name && (words.contains("all") || words.contains(other.name.trim_start_matches("dfopt-")))
        };
        told.insert(name.to_owned(), CRATES.iter().filter(named).map(|other| other.name.to_owned()).collect());
    }
    told
}

fn used_crates(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    let normal = dependencies
        .filter(|dependency| dependency["kind"].is_null())
        .map(|dependency| dependency["name"].as_str().unwrap());
    normal.filter(|name| CRATES.iter().any(|member| member.name == *name)).map(str::to_owned).collect()
}

#[test]
fn the_table_is_read_as_it_is_written() {
    let told = table(
        "| crate | is | may use |\n|---|---|---|\n| `dfopt-linter` | has `dfopt-verify` | `dfopt-syntax`, semantic |\n| `dfopt-verify` | x | none of ours |\n",
    );
    assert_eq!(told["dfopt-linter"], BTreeSet::from(["dfopt-semantic".to_owned(), "dfopt-syntax".to_owned()]));
    assert!(told["dfopt-verify"].is_empty());
}

#[test]
fn every_crate_takes_up_the_lints() {
    for member in CRATES {
        let manifest = source::text(&format!("crates/{}/Cargo.toml", member.name)).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{}: the workspace's lints are not taken up",
            member.name
        );
    }
}

/// A clippy that does not find the file, or a path in it that means nothing, would forbid nothing.
#[test]
fn clippy_holds_what_each_crate_forbids() {
    for member in CRATES {
        let config =
            source::text(&format!("crates/{}/clippy.toml", member.name)).expect("each crate has a clippy.toml");
        let entries: Vec<&str> = config.lines().filter(|line| line.contains("path = ")).collect();
        assert!(
            !entries.is_empty() && entries.iter().all(|line| line.contains("reason = ")),
            "{}: each entry has a reason",
            member.name
        );
        let folder = Folder::with(&[
            ("Cargo.toml", "[package]\nname = \"planted\"\nedition = \"2024\"\n[workspace]\n"),
            ("clippy.toml", &config),
            (
                "src/lib.rs",
                "pub fn planted() {\n    let _ = std::fs::read(\"x\");\n    let _ = std::time::Instant::now();\n    println!();\n}\npub fn end() {\n    std::process::exit(1)\n}\n",
            ),
        ]);
        let mut clippy = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        clippy.args(["clippy", "--quiet", "--offline", "--message-format", "short"]).current_dir(folder.path());
        clippy
            .env("CARGO_TARGET_DIR", folder.path().join("target"))
            .env_remove("RUSTFLAGS")
            .env_remove("CLIPPY_CONF_DIR");
        let said = process::run(&mut clippy, Duration::from_secs(300)).status(0).stderr;
        let lines: BTreeSet<usize> = said
            .lines()
            .filter(|line| line.contains("disallowed"))
            .map(|line| {
                line.split(':').nth(1).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{said}"))
            })
            .collect();
        let expected =
            if member.world == World::Closed { BTreeSet::from([2, 3, 4, 7]) } else { BTreeSet::from([4, 7]) };
        assert_eq!(lines, expected, "{}: {said}", member.name);
        assert!(!said.contains("clippy.toml"), "{}: {said}", member.name);
    }
}

#[test]
fn every_test_file_is_run() {
    let manifest = source::text("tests/Cargo.toml").unwrap();
    let entries: Vec<&str> =
        manifest.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix('"')).collect();
    let files = source::files();
    let files: Vec<&str> = files
        .iter()
        .filter_map(|path| path.strip_prefix("tests/"))
        .filter(|path| path.ends_with(".rs") && !path.contains('/'))
        .collect();
    assert_eq!(entries, files, "[[test]] entries (left) and files in tests/ (right)");
}

/// The members of the workspace by name, as cargo sees them.
fn metadata() -> BTreeMap<String, Value> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(place::root());
    let metadata = process::run(&mut cargo, Duration::from_secs(60)).status(0).json();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|package| (package["name"].as_str().unwrap().to_owned(), package.clone())).collect()
}

fn rust_files(below: &str) -> Vec<String> {
    source::files()
        .into_iter()
        .filter(|path| path.starts_with(below) && path.ends_with(".rs") && !is_data(path))
        .collect()
}

/// A test module with a file of its own.
fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.ends_with("_tests.rs") || path.contains("/tests/")
}

/// Samples and fixtures are others' programs, written as those would write them.
fn is_data(path: &str) -> bool {
    path.starts_with("corpus/") || path.contains("/test_data/")
}
