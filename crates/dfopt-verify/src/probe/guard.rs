//! Runs a command that must not outlive whoever asked for it.
//!
//! The asker holds the other end of standard input; when it dies, however it dies, that pipe closes, and the whole process
//! group goes.

use std::ffi::OsString;
use std::io::Read as _;
use std::process::{Command, ExitCode, Stdio};

pub(super) fn run(mut command: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(program) = command.next() else {
        return ExitCode::from(2);
    };
    let mut child = match Command::new(program).args(command).stdin(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(error) => {
            use std::io::Write as _;
            drop(writeln!(std::io::stderr(), "cannot start the command: {error}"));
            return ExitCode::from(127);
        }
    };
    std::thread::spawn(|| {
        let mut byte = [0; 1];
        // Nobody writes; a read that returns means that the other end is closed.
        while matches!(std::io::stdin().read(&mut byte), Ok(1..)) {}
        kill_own_group();
    });
    match child.wait() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(137)),
        Err(_) => ExitCode::FAILURE,
    }
}

#[cfg(unix)]
fn kill_own_group() {
    // The signal reaches this process too.
    let _ = rustix::process::kill_process_group(rustix::process::getpgrp(), rustix::process::Signal::KILL);
}

#[cfg(not(unix))]
fn kill_own_group() {
    std::process::exit(137);
}
