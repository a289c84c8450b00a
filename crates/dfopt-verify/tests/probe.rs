//! The hidden subcommand as a process: the guard takes its command along when whoever asked for it dies.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn guard(command: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_dfopt-probe"))
        .args(["__probe", "guard"])
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}

fn is_running(part: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        // A process that has ended and was not yet waited for has no command line.
        String::from_utf8_lossy(&line).contains(part)
    })
}

#[test]
fn the_status_is_handed_on() {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)] {
        let mut child = guard(&["sh", "-c", script]);
        let stdin = child.stdin.take();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{script}");
        drop(stdin);
    }
    let mut child = guard(&["/no/such/program"]);
    let stdin = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(127));
    drop(stdin);
}

#[test]
fn the_command_ends_with_the_one_who_asked() {
    let mark = format!("98{}.25", std::process::id());
    let mut child = guard(&["sh", "-c", &format!("sleep {mark} & sleep {mark}; wait")]);
    let stdin = child.stdin.take();
    let wait_until = |wanted: bool| {
        let start = Instant::now();
        while is_running(&mark) != wanted && start.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
        is_running(&mark) == wanted
    };
    assert!(wait_until(true));
    std::thread::sleep(Duration::from_millis(300));
    assert!(is_running(&mark), "it ends by itself");
    drop(stdin);
    assert!(wait_until(false));
    child.wait().unwrap();
}

#[test]
fn anything_else_is_refused() {
    for arguments in [&["__probe"][..], &["__probe", "look"], &["__probe", "look", "{}"], &["__probe", "guard"], &[]] {
        let status = Command::new(env!("CARGO_BIN_EXE_dfopt-probe")).args(arguments).status().unwrap();
        assert_eq!(status.code(), Some(2), "{arguments:?}");
    }
}
