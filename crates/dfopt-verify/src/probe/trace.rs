//! Runs a command under trace inside its container and tells which paths it and its children touch.
//!
//! A filter in the kernel stops only the calls that take a path; everything else runs at full speed. Lines are written as they
//! come: the container may be killed at any moment.

use std::ffi::OsString;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Line {
    /// The program is under trace.
    Began,
    /// A file or folder was opened.
    Opened {
        /// Its path.
        path: String,
    },
    /// A file was executed, or is the interpreter of one that was.
    Executed {
        /// Its path.
        path: String,
    },
    /// A file was mapped into a process when that ended.
    Mapped {
        /// Its path.
        path: String,
    },
    /// A path was asked for, and nothing was there.
    Missed {
        /// The path.
        path: String,
    },
    /// The program ended.
    Ended {
        /// Its exit status, 128 and more for a signal.
        code: i32,
    },
    /// Tracing had to end before the program did.
    GaveUp {
        /// Why.
        reason: String,
    },
}

/// Arguments: the file to write to, the words that start this program as JSON, the words of the command.
pub(super) fn run(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let file = arguments.next().and_then(|path| std::fs::OpenOptions::new().append(true).open(path).ok());
    let own = arguments.next().and_then(|words| serde_json::from_str::<Vec<String>>(words.to_str()?).ok());
    let (Some(file), Some(own)) = (file, own) else { return ExitCode::from(2) };
    let mut report = Report { file, said: std::collections::BTreeSet::new() };
    match machine::follow(&own, arguments, &mut report) {
        Ok(code) => {
            report.say(Line::Ended { code });
            ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
        }
        Err(reason) => {
            report.say(Line::GaveUp { reason });
            ExitCode::FAILURE
        }
    }
}

/// Starts the command in place of this process, which asked to be traced before.
pub(super) fn start(command: impl Iterator<Item = OsString>) -> ExitCode {
    let reason = machine::start(command);
    use std::io::Write as _;
    drop(writeln!(std::io::stderr(), "{reason}"));
    ExitCode::from(127)
}

/// Most lines that are written.
const MOST_LINES: usize = 200_000;

/// Writes each line once.
struct Report {
    file: std::fs::File,
    said: std::collections::BTreeSet<Line>,
}

impl Report {
    fn say(&mut self, line: Line) {
        use std::io::Write as _;
        if self.said.len() >= MOST_LINES && !matches!(line, Line::Ended { .. } | Line::GaveUp { .. }) {
            return;
        }
        let Ok(mut text) = serde_json::to_string(&line) else { return };
        if self.said.insert(line) {
            text.push('\n');
            // A full disk shows in the report's end that is missing.
            drop(self.file.write_all(text.as_bytes()));
        }
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod machine {
    use std::ffi::OsString;

    pub(super) fn follow(
        _: &[String],
        _: impl Iterator<Item = OsString>,
        _: &mut super::Report,
    ) -> Result<i32, String> {
        Err("tracing is not known for this processor".to_owned())
    }

    pub(super) fn start(_: impl Iterator<Item = OsString>) -> String {
        "tracing is not known for this processor".to_owned()
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[path = "ptrace.rs"]
mod machine;
