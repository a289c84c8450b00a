//! What is asked of one run of an image and what was seen of it, as plain data.
//!
//! The engine fills these records and the comparison reads them; nothing here starts a process.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::request::Limits;

/// One run that is made in both images and compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmokeSpec {
    /// What is started.
    pub command: SmokeCommand,
    /// Environment settings added to the image's own, in order.
    pub env: Vec<(String, String)>,
    /// What is asked over HTTP once the program listens.
    pub http: HttpChoice,
    /// The network the container gets.
    pub network: SmokeNetwork,
    /// Bounds of the run.
    pub limits: Limits,
}

impl Default for SmokeSpec {
    fn default() -> Self {
        Self {
            command: SmokeCommand::Image,
            env: Vec::new(),
            http: HttpChoice::Exposed,
            network: SmokeNetwork::None,
            limits: Limits::default(),
        }
    }
}

/// What a container is started with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmokeCommand {
    /// The image's own `ENTRYPOINT` and `CMD`.
    Image,
    /// The image's `ENTRYPOINT` with these words in place of `CMD`.
    Arguments(Vec<String>),
    /// These words in place of both, started without a shell.
    Program(Vec<String>),
}

/// Which HTTP requests are made from inside the container's network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HttpChoice {
    /// None.
    Off,
    /// `GET /` on every TCP port that the image exposes and that is listening.
    Exposed,
    /// These requests; the run waits for their ports.
    Asked(Vec<HttpRequest>),
}

/// One `GET` request to a port of the container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HttpRequest {
    /// The port on the loopback address inside the container.
    pub port: u16,
    /// The path with its leading slash.
    pub path: String,
}

/// The network of a container under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmokeNetwork {
    /// Loopback only.
    None,
    /// The engine's default bridge; exposed ports are published on 127.0.0.1 of the engine's host.
    Bridge,
}

/// Everything seen of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The words that were started: entry point and arguments as the engine resolved them.
    pub command: Vec<String>,
    /// How the run ended.
    pub ending: Ending,
    /// What the program wrote to standard output.
    pub stdout: Captured,
    /// What the program wrote to standard error.
    pub stderr: Captured,
    /// Whether the container could be looked into while it ran; the next five lists are only meaningful then.
    pub look: Look,
    /// Sockets that were listening (TCP, Unix) or bound (UDP) at the last look, sorted.
    pub listening: Vec<ListeningSocket>,
    /// The program's processes at the last look, without probe and health check, sorted and each kind once.
    pub processes: Vec<SeenProcess>,
    /// Processes of the program that were seen earlier and were gone at the last look; which of them are caught is chance.
    pub earlier_processes: Vec<SeenProcess>,
    /// Files mapped into the program's processes at the last look, sorted.
    pub mapped: Vec<String>,
    /// Files that were mapped earlier and no more at the last look; chance as well.
    pub earlier_mapped: Vec<String>,
    /// The image's health check, when it has one.
    pub health: Option<HealthOutcome>,
    /// Answers to the HTTP requests, in request order.
    pub http: Vec<HttpOutcome>,
    /// Seconds from start to end.
    pub seconds: f64,
}

/// What a run under trace showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Trace {
    /// The paths that were touched.
    Done {
        /// They.
        touched: Touched,
    },
    /// It could not be traced.
    Impossible {
        /// The reason, one line.
        reason: String,
    },
}

/// The paths that a program and its children touched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Files and folders that were opened, as asked for and as they were found.
    pub opened: BTreeSet<String>,
    /// Files that were executed, scripts and their interpreters.
    pub executed: BTreeSet<String>,
    /// Files that were mapped into a process when that ended.
    pub mapped: BTreeSet<String>,
    /// Paths that were asked for and not found.
    pub missed: BTreeSet<String>,
    /// Exit status; absent when the program was still running.
    pub ended: Option<i32>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ending {
    /// The program ended by itself with this status (128 plus the signal when a signal ended it).
    Exited {
        /// Exit status.
        code: i64,
    },
    /// The kernel ended the program because it went over the memory limit.
    OutOfMemory {
        /// Exit status.
        code: i64,
    },
    /// The program was still running when all was seen; it then got the image's stop signal.
    Stopped {
        /// Exit status after the stop signal.
        code: i64,
        /// How it took the signal.
        reaction: StopReaction,
    },
    /// The engine could not start the program: not found, not executable, unknown user, wrong platform.
    NotStarted {
        /// Exit status the engine gave (126, 127, 128 …).
        code: i64,
        /// The engine's words.
        message: String,
    },
}

impl Ending {
    /// The exit status, whatever the way the run ended.
    #[must_use]
    pub fn code(&self) -> i64 {
        match self {
            Self::Exited { code }
            | Self::OutOfMemory { code }
            | Self::Stopped { code, .. }
            | Self::NotStarted { code, .. } => *code,
        }
    }

    /// Whether the program was still running when it had been watched long enough.
    #[must_use]
    pub fn kept_running(&self) -> bool {
        matches!(self, Self::Stopped { .. })
    }
}

/// What a running program did when it got its stop signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReaction {
    /// It ended within the grace time.
    Ended,
    /// It had to be killed.
    Killed,
}

/// Whether a running container could be looked into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Look {
    /// Yes.
    Done {
        /// Number of snapshots that were taken.
        snapshots: u32,
        /// Number of processes whose files could not be read (another user, ended meanwhile).
        unreadable: u32,
    },
    /// The program ended before a look was possible.
    TooShort,
    /// No; the reason says why.
    Impossible {
        /// The reason, one line.
        reason: String,
    },
}

/// Bounded output of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// The bytes kept, from the beginning.
    #[serde(with = "text_or_hex")]
    pub bytes: Vec<u8>,
    /// How many bytes there were in all; more than kept when output was cut.
    pub total: u64,
}

impl Captured {
    /// Whether output was cut.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.total > self.bytes.len() as u64
    }

    /// The output as text, invalid bytes replaced.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// A socket that waits for peers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListeningSocket {
    /// `tcp`, `tcp6`, `udp`, `udp6` or `unix`.
    pub protocol: String,
    /// The local address in its usual spelling, such as `0.0.0.0` or `::`; of a `unix` socket its file.
    pub address: String,
    /// The local port; 0 for a `unix` socket.
    pub port: u16,
}

/// A process of the program under test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeenProcess {
    /// The executed file as the kernel names it; empty when it could not be read.
    pub exe: String,
    /// The argument words, invalid bytes replaced.
    pub argv: Vec<String>,
    /// Effective user id.
    pub uid: u32,
    /// Effective group id.
    pub gid: u32,
    /// Working folder; empty when it could not be read.
    pub cwd: String,
}

/// What the engine's health check said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthOutcome {
    /// `healthy`, `unhealthy`, `starting`, or `not-run` when the program ended before the first check.
    pub status: String,
    /// Exit status of the last check that ran.
    pub exit: Option<i64>,
    /// Output of the last check that ran.
    pub output: String,
}

/// The answer to one HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpOutcome {
    /// What was asked.
    pub request: HttpRequest,
    /// What came back.
    pub answer: HttpAnswer,
}

/// What came back from an HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum HttpAnswer {
    /// A response.
    Response {
        /// The status code.
        status: u16,
        /// The content type header, lower-cased name, value as sent.
        content_type: Option<String>,
        /// The location header of a redirect.
        location: Option<String>,
        /// SHA-256 of the body bytes that were read, in hex.
        body_sha256: String,
        /// The body, bounded.
        body: Captured,
    },
    /// Bytes that are not HTTP: another protocol.
    NotHttp,
    /// No connection or no answer in time.
    Failed {
        /// The reason, one line.
        reason: String,
    },
}

/// Bytes as text when they are text, else as hex, so that records stay readable in JSON.
mod text_or_hex {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Form {
        Text(String),
        Hex { hex: String },
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        let form = match std::str::from_utf8(bytes) {
            Ok(text) => Form::Text(text.to_owned()),
            Err(_) => Form::Hex { hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect() },
        };
        form.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let hex = match Form::deserialize(from)? {
            Form::Text(text) => return Ok(text.into_bytes()),
            Form::Hex { hex } => hex,
        };
        let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
        match digits {
            Some(digits) if digits.len() % 2 == 0 => {
                Ok(digits.chunks(2).filter_map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect())
            }
            _ => Err(serde::de::Error::custom("bad hex digits")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn captured_bytes_survive_json() {
        for bytes in [&b"plain text\n"[..], &[0xff, 0x00, 0x41], b""] {
            let captured = Captured { bytes: bytes.to_vec(), total: 99 };
            let json = serde_json::to_string(&captured).unwrap();
            let back: Captured = serde_json::from_str(&json).unwrap();
            assert_eq!(back, captured, "{json}");
        }
        assert!(serde_json::from_str::<Captured>(r#"{"bytes":{"hex":"0g"},"total":1}"#).is_err());
    }
}
