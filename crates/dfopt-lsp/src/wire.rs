//! Between the streams and the actor: every message goes into one queue in the order in which it was read, and leaves by one in
//! the order in which it was made.
//!
//! The crate that brings the message types has a transport too, but that ends at the first message that is no JSON.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Id, Response};

use crate::host::Stop;

/// The longest message that is read: far more than the largest text that is looked at.
const MOST_BYTES: usize = 1 << 28;

/// What comes to the actor.
pub enum Incoming {
    /// A request or a notification.
    Message(Message),
    /// An answer of the client.
    Answer(Response),
    /// Something about work that goes on elsewhere.
    Event(Event),
    /// The client has hung up.
    Closed,
}

/// Something about work that goes on elsewhere.
pub enum Event {
    /// What it is at.
    Told {
        /// The number of the work.
        job: u64,
        /// In one line.
        what: String,
    },
    /// It is done.
    Done {
        /// The number of the work.
        job: u64,
        /// What came of it.
        outcome: Outcome,
    },
}

/// What came of long work.
pub type Outcome = Box<dyn FnOnce(&mut crate::server::Server) -> Result<Value, Error> + Send>;

/// A request or a notification.
pub struct Message {
    /// What is asked for.
    pub method: String,
    /// With what.
    pub params: Value,
    /// Where the answer goes; `None` for a notification.
    pub reply: Option<Reply>,
}

/// The requests that wait for an answer, each with what stops it.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<HashMap<Id, Stop>>>);

impl Waiting {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Id, Stop>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where an answer goes.
pub struct Reply {
    id: Id,
    out: Out,
    waiting: Waiting,
    /// Set when the client no longer wants it.
    pub stop: Stop,
}

impl Reply {
    /// Gives the answer.
    pub fn send(self, answer: Result<Value, Error>) {
        self.waiting.with(|waiting| waiting.remove(&self.id));
        self.out.send(&Response::from_parts(self.id, answer));
    }
}

/// The way to the client.
#[derive(Clone)]
pub struct Out(pub UnboundedSender<Vec<u8>>);

impl Out {
    /// Sends a message.
    pub fn send(&self, message: &impl Serialize) {
        if let Ok(bytes) = serde_json::to_vec(message) {
            // Who has hung up hears nothing.
            let _ = self.0.unbounded_send(bytes);
        }
    }
}

/// An error with its message.
pub fn error(code: ErrorCode, message: impl Into<String>) -> Error {
    Error { code, message: message.into().into(), data: None }
}

/// Reads messages until the client hangs up.
pub async fn read_all(input: impl AsyncRead + Unpin, inbox: UnboundedSender<Incoming>, out: Out) {
    let mut input = BufReader::new(input);
    let waiting = Waiting::default();
    while let Some(mut body) = next_body(&mut input).await {
        mend(&mut body);
        match understood(&body, &out, &waiting) {
            Ok(incoming) => {
                let _ = inbox.unbounded_send(incoming);
            }
            Err(refusal) => out.send(&*refusal),
        }
    }
    let _ = inbox.unbounded_send(Incoming::Closed);
}

/// The next message's bytes; `None` at the end of the stream, or where no next message can be found.
async fn next_body(input: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            // Lines without a length before them are noise.
            let Some(length) = length.take() else { continue };
            if length > MOST_BYTES {
                return None;
            }
            let mut body = vec![0; length];
            input.read_exact(&mut body).await.ok()?;
            return Some(body);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<usize>().ok();
        }
    }
}

/// Writes messages until nobody can make more.
pub async fn write_all(
    mut output: impl AsyncWrite + Unpin,
    mut messages: UnboundedReceiver<Vec<u8>>,
    inbox: UnboundedSender<Incoming>,
) {
    while let Some(body) = messages.next().await {
        let mut bytes = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        bytes.extend(body);
        let written = async {
            output.write_all(&bytes).await?;
            output.flush().await
        };
        if written.await.is_err() {
            let _ = inbox.unbounded_send(Incoming::Closed);
            return;
        }
    }
}

/// What a message is, or the error that it gets.
fn understood(body: &[u8], out: &Out, waiting: &Waiting) -> Result<Incoming, Box<Response>> {
    let message: Value =
        serde_json::from_slice(body)
            .map_err(|trouble| format!("the message is no JSON: {trouble}"))
            .map_err(|what| Box::new(Response::from_error(Id::Null, error(ErrorCode::ParseError, what))))?;
    let id = message.get("id").map(|id| serde_json::from_value::<Id>(id.clone()));
    let invalid = |id: Option<Id>| {
        let what = "the message is neither a request nor a notification nor an answer";
        Box::new(Response::from_error(id.unwrap_or(Id::Null), error(ErrorCode::InvalidRequest, what)))
    };
    let id = id.transpose().map_err(|_| invalid(None))?;
    let Some(method) = message.get("method") else {
        let is_answer = id.is_some() && (message.get("result").is_some() || message.get("error").is_some());
        let answer = serde_json::from_value::<Response>(message).ok().filter(|_| is_answer);
        return answer.map(Incoming::Answer).ok_or_else(|| invalid(id));
    };
    let Some(method) = method.as_str().map(str::to_owned) else { return Err(invalid(id)) };
    let params = message.get("params").cloned().unwrap_or_default();
    if method == "$/cancelRequest" {
        // Heard before its turn, so that the request need not be worked on.
        let of = params.get("id").and_then(|id| serde_json::from_value::<Id>(id.clone()).ok());
        if let Some(stop) = of.and_then(|of| waiting.with(|waiting| waiting.get(&of).cloned())) {
            stop.stop();
        }
    }
    let reply = id.map(|id| {
        let stop = Stop::default();
        waiting.with(|waiting| waiting.insert(id.clone(), stop.clone()));
        Reply { id, out: out.clone(), waiting: waiting.clone(), stop }
    });
    Ok(Incoming::Message(Message { method, params, reply }))
}

/// Makes U+FFFD of halves of surrogate pairs, which editors that count in UTF-16 can send and no text can hold: a message that is
/// refused for one would leave the two texts different for good. The length stays the same, in bytes and in UTF-16.
fn mend(json: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == b'\\')) {
        at += found;
        match code(json, at) {
            Some(0xD800..=0xDBFF) if matches!(code(json, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                json[at + 2..at + 6].copy_from_slice(b"fffd");
                at += 6;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
}

/// The code of the `\u` escape at `at`.
fn code(json: &[u8], at: usize) -> Option<u32> {
    let digits = json.get(at..)?.strip_prefix(b"\\u")?.get(..4)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_pairs_are_mended_and_pairs_kept() {
        for (sent, taken) in [
            (r#""a\ud83d""#, r#""a\ufffd""#),
            (r#""\uDE00b""#, r#""\ufffdb""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83dx\ude00""#, r#""\ufffdx\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\n\u00e9\"""#, r#""\n\u00e9\"""#),
            (r#""\u12"#, r#""\u12"#),
            ("\\", "\\"),
        ] {
            let mut bytes = sent.as_bytes().to_vec();
            mend(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), taken);
        }
    }
}
