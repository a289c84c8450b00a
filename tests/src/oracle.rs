//! The oracle of `tests/oracle`: what BuildKit itself makes of a Dockerfile.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

use crate::place;
use crate::process;
use crate::skip::{Need, skip};

/// A running oracle; it ends with the value.
#[derive(Debug)]
pub struct Oracle {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts an oracle, building the program the first time, or skips where there is no Go.
    ///
    /// # Panics
    /// When Go is there but the program cannot be built, or the oracle is required and there is no Go.
    #[must_use]
    pub fn start() -> Option<Self> {
        static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
        let Some(program) = PROGRAM.get_or_init(build) else {
            skip(
                Need::Oracle,
                "no `go` to build the oracle with (`eval \"$(tests/oracle/up.sh)\"` finds or installs one)",
            );
            return None;
        };
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output is piped"));
        Some(Self { child, requests, answers })
    }

    /// One request, one answer, as `tests/oracle/README.md` describes them.
    ///
    /// # Panics
    /// When the oracle has ended.
    #[track_caller]
    pub fn ask(&mut self, request: &Value) -> Value {
        let mut pipe = self.requests.as_ref().expect("the pipe is open while the oracle lives");
        pipe.write_all(format!("{request}\n").as_bytes()).expect("the oracle takes requests");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the oracle answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("no answer to {request}: {error}: {line:?}"))
    }

    /// Many requests, far faster than one after the other; `take` gets each answer, in order, while the oracle goes on.
    ///
    /// # Panics
    /// When the oracle has ended.
    #[track_caller]
    pub fn ask_each(&mut self, requests: &[Value], mut take: impl FnMut(usize, Value)) {
        let pipe = self.requests.as_ref().expect("the pipe is open while the oracle lives");
        let answers = &mut self.answers;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut pipe = BufWriter::with_capacity(1 << 16, pipe);
                for request in requests {
                    writeln!(pipe, "{request}").expect("the oracle takes requests");
                }
                pipe.flush().expect("the oracle takes requests");
            });
            for (i, request) in requests.iter().enumerate() {
                let mut line = String::new();
                answers.read_line(&mut line).expect("the oracle answers");
                let answer = serde_json::from_str(&line)
                    .unwrap_or_else(|error| panic!("no answer to {request}: {error}: {line:?}"));
                take(i, answer);
            }
        });
    }

    /// How BuildKit reads a Dockerfile: the `parse` part of the answer. The text need not be UTF-8.
    #[track_caller]
    pub fn parse(&mut self, dockerfile: &[u8]) -> Value {
        let mut request = json!({"mode": ["parse"]});
        match std::str::from_utf8(dockerfile) {
            Ok(text) => request["text"] = text.into(),
            Err(_) => request["base64"] = base64(dockerfile).into(),
        }
        self.ask(&request)["parse"].take()
    }

    /// What BuildKit's linter says: the `lint` part of the answer.
    #[track_caller]
    pub fn lint(&mut self, dockerfile: &str) -> Value {
        self.ask(&json!({"mode": ["lint"], "text": dockerfile}))["lint"].take()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.requests = None; // the end of its input is the end of it
        let _ = self.child.wait();
    }
}

fn build() -> Option<PathBuf> {
    Command::new("go").arg("version").output().ok()?;
    let folder = place::target().join("oracle");
    fs::create_dir_all(&folder).unwrap();
    let program = folder.join(format!("oracle{}", env::consts::EXE_SUFFIX));
    let fresh = folder.join(format!("{}-{}", std::process::id(), program.file_name()?.display()));
    let mut go = Command::new("go");
    go.args(["build", "-trimpath", "-buildvcs=false", "-o"]).arg(&fresh).arg(".");
    let _ = process::run(go.current_dir(place::root().join("tests/oracle")), Duration::from_secs(1200)).status(0);
    // Another test program may be running the old one.
    fs::rename(&fresh, &program).unwrap();
    Some(program)
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = group >> (18 - 6 * place) & 63;
            text.push(if place > chunk.len() { '=' } else { char::from(DIGITS[digit as usize]) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_pads() {
        let encoded: Vec<String> =
            ["", "f", "fo", "foo", "foob"].iter().map(|text| super::base64(text.as_bytes())).collect();
        assert_eq!(encoded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
    }
}
