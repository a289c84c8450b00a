//! A program run to its end, within a time limit, with all it wrote.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What became of a program.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The command line, for messages.
    pub command: String,
    /// The exit status; 128 and the signal's number for one that a signal ended, as in a shell.
    pub status: i32,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Ran {
    /// Asserts the exit status, showing all output where it is another.
    ///
    /// # Panics
    /// When the status is another.
    #[track_caller]
    #[must_use = "follow with what its output should be, or `let _ =`"]
    pub fn status(self, expected: i32) -> Self {
        assert!(self.status == expected, "expected exit status {expected}\n{self}");
        self
    }

    /// Asserts that the standard output contains a text.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    #[must_use = "follow with what else is expected, or `let _ =`"]
    pub fn stdout_has(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "expected {text:?} in the standard output\n{self}");
        self
    }

    /// Asserts that the standard error contains a text.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    #[must_use = "follow with what else is expected, or `let _ =`"]
    pub fn stderr_has(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "expected {text:?} in the standard error\n{self}");
        self
    }

    /// The standard output read as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON: {error}\n{self}"))
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, status, stdout, stderr, took } = self;
        write!(f, "$ {command}\nstatus {status} after {took:.1?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n---")
    }
}

/// Runs a command without input and waits for it, at most for `limit`.
///
/// # Panics
/// When it cannot be started, or is not done in time; then it is killed first.
#[track_caller]
#[must_use]
pub fn run(command: &mut Command, limit: Duration) -> Ran {
    let line = format!("{command:?}");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{line}: {error}"));
    // Both pipes are drained at once: one that is full would stop the program.
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let status = wait(&mut child, start + limit);
    let took = start.elapsed();
    // A grandchild may keep a pipe open after the program has ended.
    let text = |pipe: mpsc::Receiver<Vec<u8>>| {
        let bytes: Vec<u8> = std::iter::from_fn(|| pipe.recv_timeout(Duration::from_secs(5)).ok()).flatten().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let ran = Ran { command: line, status: status.unwrap_or(-1), stdout: text(stdout), stderr: text(stderr), took };
    assert!(status.is_some(), "not done within {limit:?}\n{ran}");
    ran
}

/// Waits for a program until a moment; one that is not done by then is killed and gives `None`.
///
/// # Panics
/// When the system cannot tell.
pub fn wait(child: &mut Child, deadline: Instant) -> Option<i32> {
    loop {
        if let Some(status) = child.try_wait().expect("its status can be asked") {
            return Some(exit_status(status));
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
fn exit_status(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

#[cfg(not(unix))]
fn exit_status(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    if let Some(mut pipe) = pipe {
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                if send.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
    }
    receive
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn status_and_both_outputs_are_seen() {
        let ran = run(&mut shell("seq 100000; echo no >&2; exit 3"), Duration::from_secs(20)).status(3);
        assert_eq!(ran.stdout.lines().count(), 100_000);
        assert_eq!(ran.stderr, "no\n");
    }

    #[test]
    #[cfg(unix)]
    fn a_signal_counts_as_in_a_shell() {
        assert_eq!(run(&mut shell("kill -9 $$"), Duration::from_secs(20)).status, 137);
    }

    #[test]
    fn what_hangs_is_killed() {
        let mut child = shell("exec sleep 60").spawn().unwrap();
        assert_eq!(wait(&mut child, Instant::now()), None);
        assert!(child.try_wait().unwrap().is_some());
    }
}
