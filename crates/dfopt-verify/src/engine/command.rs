//! Runs the engine's command line: output captured and bounded, cancellable, and never outliving this process.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::companion::Companion;
use super::os;
use crate::cancel::CancelToken;
use crate::error::EngineError;

/// Most bytes of an answer that are kept; answers are small JSON documents.
const MOST_ANSWER_BYTES: usize = 32 << 20;

/// The engine's client program and how it is to be started.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) program: PathBuf,
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) companion: Option<Companion>,
}

/// What a finished command said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Answer {
    pub(crate) fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    pub(crate) fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim().to_owned()
    }

    pub(crate) fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}

/// How long a command may take and who may stop it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience<'c> {
    pub(crate) limit: Duration,
    pub(crate) cancel: Option<&'c CancelToken>,
}

impl Client {
    /// Runs a short command to its end.
    pub(crate) fn ask<I, S>(&self, doing: &str, arguments: I, patience: Patience<'_>) -> Result<Answer, EngineError>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut process = self.start(doing, arguments, Guarding::WhenPossible)?;
        process.finish(doing, patience)
    }

    /// As [`Client::ask`], with bytes for the command's standard input.
    pub(crate) fn feed<I, S>(
        &self,
        doing: &str,
        arguments: I,
        input: Vec<u8>,
        patience: Patience<'_>,
    ) -> Result<Answer, EngineError>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        // Without a guard: the end of this process closes the input, which ends the command.
        let mut process = self.start(doing, arguments, Guarding::Off)?;
        let writer = process.stdin.take().map(|mut stdin| {
            // A command that fails early closes its end; its exit status tells the reason.
            thread::spawn(move || drop(std::io::Write::write_all(&mut stdin, &input)))
        });
        let answer = process.finish(doing, patience);
        if let Some(writer) = writer {
            drop(writer.join());
        }
        answer
    }

    /// Starts a command whose output the caller reads.
    pub(crate) fn start<I, S>(&self, doing: &str, arguments: I, guarding: Guarding) -> Result<Process, EngineError>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let arguments: Vec<S> = arguments.into_iter().collect();
        let guard = match guarding {
            Guarding::WhenPossible => self.companion.as_ref(),
            Guarding::Off => None,
        };
        let mut command = match guard {
            Some(companion) => {
                let mut command = Command::new(&companion.executable);
                command.args([crate::probe::SUBCOMMAND, "guard"]).arg(&self.program);
                command
            }
            None => Command::new(&self.program),
        };
        let piped_input = guard.is_some() || matches!(guarding, Guarding::Off);
        command
            .args(&arguments)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env("DOCKER_CLI_HINTS", "false")
            .env("NO_COLOR", "1")
            // For command lines without buildx that have a BuildKit client of their own; buildx does not read it.
            .env("DOCKER_BUILDKIT", "1")
            .stdin(if piped_input { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        os::own_group(&mut command);
        let mut child = match command.spawn() {
            Ok(child) => child,
            // The executable was replaced while it ran, by an update say.
            Err(_) if guard.is_some() => return self.start_unguarded(doing, arguments),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(EngineError::NotFound { program: self.program.display().to_string(), seen: Vec::new() });
            }
            Err(error) => {
                return Err(EngineError::Refused {
                    doing: doing.to_owned(),
                    message: format!("cannot start `{}`: {error}", self.program.display()),
                });
            }
        };
        Ok(Process {
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            child,
            ended: None,
        })
    }
}

impl Client {
    fn start_unguarded<S: AsRef<OsStr>>(&self, doing: &str, arguments: Vec<S>) -> Result<Process, EngineError> {
        let client = Self { companion: None, ..self.clone() };
        client.start(doing, arguments, Guarding::WhenPossible)
    }
}

/// Whether a command runs under a guard that kills it when this process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guarding {
    WhenPossible,
    Off,
}

/// A command under way; dropped, it is killed with all that it started.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Open as long as this process lives: its end is what the guard waits for.
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) stdout: Option<ChildStdout>,
    pub(crate) stderr: Option<ChildStderr>,
    ended: Option<Option<i32>>,
}

impl Process {
    /// The exit status when the command has ended (`Some(None)`: by a signal).
    pub(crate) fn poll(&mut self) -> Option<Option<i32>> {
        if self.ended.is_none() {
            // An error here means that the child is gone and its status with it.
            self.ended = match self.child.try_wait() {
                Ok(None) => None,
                Ok(Some(status)) => Some(status.code()),
                Err(_) => Some(None),
            };
        }
        self.ended
    }

    /// Waits until the command ends, is cancelled or takes too long; the last two kill it.
    pub(crate) fn wait(&mut self, doing: &str, patience: Patience<'_>) -> Result<Option<i32>, EngineError> {
        let start = Instant::now();
        let mut pause = Duration::from_millis(2);
        loop {
            if let Some(code) = self.poll() {
                return Ok(code);
            }
            if patience.cancel.is_some_and(CancelToken::is_cancelled) {
                self.kill();
                return Err(EngineError::Cancelled);
            }
            if start.elapsed() >= patience.limit {
                self.kill();
                return Err(EngineError::TimedOut { doing: doing.to_owned(), seconds: patience.limit.as_secs() });
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(40));
        }
    }

    /// Kills the command and all that it started.
    pub(crate) fn kill(&mut self) {
        if self.poll().is_none() {
            os::kill_group(&mut self.child);
            self.ended = Some(self.child.wait().ok().and_then(|status| status.code()));
        }
    }

    fn finish(&mut self, doing: &str, patience: Patience<'_>) -> Result<Answer, EngineError> {
        let stdout = self.stdout.take().map(|pipe| Collector::new(pipe, MOST_ANSWER_BYTES));
        let stderr = self.stderr.take().map(|pipe| Collector::new(pipe, MOST_ANSWER_BYTES));
        let code = self.wait(doing, patience)?;
        Ok(Answer {
            code,
            stdout: stdout.map(|collector| collector.finish().bytes).unwrap_or_default(),
            stderr: stderr.map(|collector| collector.finish().bytes).unwrap_or_default(),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads a pipe to its end on a thread of its own and keeps the beginning.
#[derive(Debug)]
pub(crate) struct Collector(JoinHandle<crate::run::Captured>);

impl Collector {
    pub(crate) fn new(mut pipe: impl Read + Send + 'static, most: usize) -> Self {
        Self(thread::spawn(move || {
            let mut captured = crate::run::Captured::default();
            let mut buffer = [0; 16 << 10];
            while let Some(read) = pipe.read(&mut buffer).ok().filter(|read| *read > 0) {
                captured.total += read as u64;
                let room = most.saturating_sub(captured.bytes.len()).min(read);
                captured.bytes.extend_from_slice(&buffer[..room]);
            }
            captured
        }))
    }

    pub(crate) fn finish(self) -> crate::run::Captured {
        self.0.join().unwrap_or_default()
    }
}
