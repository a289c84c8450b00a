//! What goes wrong while a split is proved: the message, the exit status, the file untouched, nothing left behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dfopt_tests::engine::Engine;
use dfopt_tests::folder::Folder;
use dfopt_tests::process::{run, wait};

const SPLIT: &[&str] = &["fix", "--split-stages"];

/// A Dockerfile worth splitting whose build takes a while and cannot come from the cache.
fn slow(mark: &str) -> String {
    format!(
        "FROM gcc:14\nCOPY a.c /\nRUN echo {mark}-{} && sleep 60 && gcc -o /a /a.c\nCMD [\"/a\"]\n",
        std::process::id()
    )
}

fn folder(dockerfile: &str) -> Folder {
    Folder::with(&[("Dockerfile", dockerfile), ("a.c", "int main(void) { return 0; }\n")])
}

/// What is left of the process with this id.
fn made_by(engine: Engine, pid: u32) -> Vec<String> {
    let ask = |what: &str| {
        let ran = engine.docker(&[what, "ls", "--all", "--quiet", "--filter", "label=dev.dfopt.run"]);
        let ids: Vec<String> = ran.stdout.split_whitespace().map(str::to_owned).collect();
        ids.into_iter()
            .filter(|id| {
                let label = engine.docker(&[what, "inspect", "--format", "{{json .}}", id]);
                label.stdout.contains(&format!(",pid={pid},"))
            })
            .collect::<Vec<_>>()
    };
    [ask("image"), ask("container")].concat()
}

fn signal(name: &str, pid: u32) {
    let _ = run(Command::new("kill").args([name, &pid.to_string()]), Duration::from_secs(10)).status(0);
}

/// Starts a split and waits until its build is under way.
fn started(folder: &Folder) -> std::process::Child {
    let log = folder.path().join("log");
    let out = std::fs::File::create(&log).expect("a log file");
    let child =
        folder.command(SPLIT).stdin(Stdio::null()).stdout(Stdio::null()).stderr(out).spawn().expect("dfopt starts");
    let begin = Instant::now();
    while !folder.read("log").contains("sleep 60") {
        assert!(begin.elapsed() < Duration::from_secs(120), "the build does not begin: {}", folder.read("log"));
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    child
}

fn is_untouched(folder: &Folder, dockerfile: &str) {
    assert_eq!(folder.read("Dockerfile"), dockerfile);
    let files: Vec<String> = folder.files().into_iter().filter(|file| file != "log").collect();
    assert_eq!(files, ["Dockerfile", "a.c"], "something was left in the folder");
}

#[test]
fn without_an_engine_nothing_happens() {
    let text = slow("none");
    let folder = folder(&text);
    let empty = Folder::new();
    let ran = run(folder.command(SPLIT).env("PATH", empty.path()), Duration::from_secs(30));
    let ran = ran.status(2).stderr_has("no container engine").stderr_has("--no-verify");
    assert_eq!(ran.stderr.trim().lines().count(), 1, "one line: {}", ran.stderr);
    is_untouched(&folder, &text);
}

#[test]
fn an_engine_that_does_not_answer_is_named() {
    let text = slow("dead");
    let folder = folder(&text);
    let bin = Folder::new();
    bin.write("docker", "#!/bin/sh\necho 'Cannot connect to the Docker daemon at unix:///nowhere. Is the docker daemon running?' >&2\nexit 1\n");
    let _ = run(Command::new("chmod").arg("+x").arg(bin.path().join("docker")), Duration::from_secs(10)).status(0);
    let path = format!("{}:/usr/bin:/bin", bin.path().display());
    let _ =
        run(folder.command(SPLIT).env("PATH", path), Duration::from_secs(60)).status(2).stderr_has("does not answer");
    is_untouched(&folder, &text);
}

#[test]
fn engines_that_cannot_be_driven_are_said_to_be() {
    let text = slow("podman");
    let folder = folder(&text);
    let _ = folder.dfopt(&["fix", "--split-stages", "--engine", "podman"]).status(2).stderr_has("podman");
    is_untouched(&folder, &text);
}

#[test]
fn an_original_that_does_not_build_ends_it() {
    let Some(_) = Engine::find() else { return };
    let text = "FROM gcc:14\nCOPY a.c /\nRUN gcc -o /a /b.c\nCMD [\"/a\"]\n";
    let folder = folder(text);
    let _ = folder.dfopt(SPLIT).status(2).stderr_has("Dockerfile:3").stderr_has("does not build");
    is_untouched(&folder, text);
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_anything_is_lost() {
    let text = "FROM golang:1.24\nCMD [\"go\", \"run\", \".\"]\n";
    let folder = folder(text);
    let _ = folder.dfopt(&["fix", "--split-stages", "--report", "missing/report.md"]).status(2);
    is_untouched(&folder, text);
}

#[test]
fn an_interrupted_build_leaves_nothing() {
    let Some(engine) = Engine::find() else { return };
    let text = slow("interrupted");
    let folder = folder(&text);
    let mut child = started(&folder);
    let pid = child.id();
    signal("-INT", pid);
    let status = wait(&mut child, Instant::now() + Duration::from_secs(60));
    assert_eq!(status, Some(130), "{}", folder.read("log"));
    is_untouched(&folder, &text);
    assert_eq!(made_by(engine, pid), [""; 0]);
}

#[test]
fn what_a_killed_run_leaves_the_next_one_removes() {
    let Some(engine) = Engine::find() else { return };
    let text = slow("killed");
    let folder = folder(&text);
    let mut child = started(&folder);
    let pid = child.id();
    signal("-KILL", pid);
    let _ = wait(&mut child, Instant::now() + Duration::from_secs(30));
    is_untouched(&folder, &text);
    // Any later run sweeps, even one that ends at once.
    let other = self::folder("FROM gcc:14\nCOPY a.c /\nRUN gcc -o /a /missing.c\nCMD [\"/a\"]\n");
    let _ = other.dfopt(SPLIT).status(2);
    assert_eq!(made_by(engine, pid), [""; 0]);
}

#[test]
fn time_that_runs_out_is_said() {
    let Some(_) = Engine::find() else { return };
    let text = slow("late");
    let folder = folder(&text);
    let _ = folder.dfopt(&["fix", "--split-stages", "--verify-timeout", "3"]).status(2).stderr_has("--verify-timeout");
    is_untouched(&folder, &text);
}

#[test]
fn a_full_disk_is_said_and_costs_nothing() {
    let text = "FROM alpine\nWORKDIR app\nRUN x\n";
    let folder = Folder::with(&[("place/Dockerfile", text)]);
    let place = folder.path().join("place");
    if !mounted(&place, text) {
        return;
    }
    let dockerfile = place.join("Dockerfile");
    // The rest of the small disk.
    let _ = run(
        Command::new("dd").args(["if=/dev/zero", "bs=4k"]).arg(format!("of={}", place.join("fill").display())),
        Duration::from_secs(20),
    );
    let ran = run(folder.command(&["fix", "--unsafe"]).arg(&dockerfile), Duration::from_secs(20));
    let after = std::fs::read_to_string(&dockerfile).expect("the file is there");
    let _ = run(Command::new("umount").arg(&place), Duration::from_secs(20));
    let _ = ran.status(2).stderr_has("space");
    assert_eq!(after, text);
}

/// Mounts a disk of 64 kB with a Dockerfile in it, where that is allowed.
fn mounted(place: &Path, text: &str) -> bool {
    let ran =
        run(Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(place), Duration::from_secs(20));
    let is_mounted = ran.status == 0;
    if is_mounted {
        std::fs::write(place.join("Dockerfile"), text).expect("room for a small file");
    }
    is_mounted
}
