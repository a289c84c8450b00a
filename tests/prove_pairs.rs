//! The hand-written pairs of `corpus/`, each through `dfopt verify`: wrong splits are refuted with the cause, right ones proved.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is test code all through")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use dfopt_semantic::model::{Base, Model, Options};
use dfopt_tests::engine::Engine;
use dfopt_tests::folder::Folder;
use dfopt_tests::manifest::{self, Pair};
use dfopt_tests::skip::{Need, skip};
use regex::Regex;

/// Bases whose stand-ins take minutes to make; `tests/run` brings up all others.
const SLOW_BASES: &[&str] = &["python", "eclipse-temurin", "php", "node:20-alpine"];

/// The images that a Dockerfile starts from.
fn bases(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let parsed = dfopt_syntax::parse(&text);
    let model = Model::new(&text, &parsed, Options::default());
    let images = model.stages().iter().filter(|stage| matches!(stage.base, Base::Image(_)));
    images.filter_map(|stage| stage.base_text.clone()).filter(|base| base != "scratch").collect()
}

fn is_slow(base: &str) -> bool {
    SLOW_BASES.iter().any(|slow| base == *slow || base.starts_with(&format!("{slow}:")))
}

/// What is wrong with a verdict; nothing if it is the expected one.
fn judge(name: &str, folder: &Path, pair: &Pair) -> Result<(), String> {
    let beside = Folder::new();
    let path = |file: &str| folder.join(file).to_str().unwrap().to_owned();
    let (context, before, after) = (path("context"), path("before.Dockerfile"), path("after.Dockerfile"));
    let ran = beside.dfopt(&["verify", "--quiet", "--format", "json", "--context", &context, &before, &after]);
    let status = if pair.expect == "proved" { 0 } else { 1 };
    if ran.status != status {
        return Err(format!("{name}: not {}\n{ran}", pair.expect));
    }
    let report = ran.json();
    if report["result"] != pair.expect.as_str() {
        return Err(format!("{name}: {} instead of {}", report["result"], pair.expect));
    }
    let Some(cause) = &pair.cause else { return Ok(()) };
    let cause = Regex::new(cause).unwrap();
    let said: Vec<&str> = report["verdict"]["checks"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|check| check["differences"].as_array().unwrap())
        .map(|difference| difference.as_str().unwrap())
        .collect();
    if said.iter().any(|said| cause.is_match(said)) {
        return Ok(());
    }
    Err(format!("{name}: refuted, but nothing says {cause}: {said:#?}"))
}

#[test]
fn wrong_splits_are_refuted_and_right_ones_proved() {
    let Some(engine) = Engine::find() else { return };
    let pairs = manifest::pairs();
    let mut there: BTreeMap<String, bool> = BTreeMap::new();
    let mut chosen = Vec::new();
    for (name, folder, pair) in &pairs {
        let mut needed = bases(&folder.join("before.Dockerfile"));
        needed.extend(bases(&folder.join("after.Dockerfile")));
        let missing: Vec<&String> = needed
            .iter()
            .filter(|base| {
                !*there.entry((*base).clone()).or_insert_with(|| {
                    engine.docker(&["image", "inspect", base.as_str()]).status == 0
                        || engine.docker(&["pull", "--quiet", base.as_str()]).status == 0
                })
            })
            .collect();
        match missing.as_slice() {
            [] => chosen.push((name, folder, pair)),
            [base, ..] if !missing.iter().any(|base| is_slow(base)) => {
                skip(Need::Engine, &format!("the engine has no {base} for the pair {name} and cannot fetch it"));
            }
            [base, ..] => print(&format!("left out: {name} needs {base}")),
        }
    }
    let count = |expect: &str| chosen.iter().filter(|(_, _, pair)| pair.expect == expect).count();
    let (refuted, proved) = (count("refuted"), count("proved"));
    let start = Instant::now();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((name, folder, pair)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(message) = judge(name, folder, pair) {
                        wrong.lock().unwrap().push(message);
                    }
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs();
    print(&format!("pairs: {refuted} to refute, {proved} to prove, of {} in all; {seconds} s", pairs.len()));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(refuted >= 12 && proved >= 10, "too few pairs could be tried");
}

#[test]
fn most_pairs_need_nothing_slow() {
    let pairs = manifest::pairs();
    let (mut refuted, mut proved) = (0, 0);
    for (_, folder, pair) in &pairs {
        let mut needed = bases(&folder.join("before.Dockerfile"));
        needed.extend(bases(&folder.join("after.Dockerfile")));
        if needed.iter().any(|base| is_slow(base)) {
            continue;
        }
        if pair.expect == "proved" { proved += 1 } else { refuted += 1 }
    }
    // What continuous integration judges: pairs that drop out of it are to be noticed.
    assert!(refuted >= 30 && proved >= 13, "{refuted} and {proved} of {}", pairs.len());
}

/// Past the capture of the test harness.
fn print(line: &str) {
    std::io::stderr().write_all(format!("\n{line}\n").as_bytes()).unwrap();
}
