//! A client that the tests script: it talks with a server over pipes in memory.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use dfopt_lsp::End;
use dfopt_lsp::host::{Configured, Host, Prover};
use dfopt_semantic::context::{BuildContext, MemoryContext};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::runtime::Runtime;

/// The name of the document that most tests talk about.
pub const URI: &str = "file:///w/Dockerfile";

/// A world in memory.
#[derive(Default)]
pub struct World {
    /// Files by path.
    pub files: Mutex<BTreeMap<PathBuf, String>>,
    /// What was logged.
    pub log: Mutex<Vec<String>>,
    /// The settings of every file.
    pub configured: Mutex<Configured>,
    /// Who builds.
    pub prover: Option<Arc<dyn Prover>>,
}

impl World {
    /// A world with these files.
    pub fn with_files(files: &[(&str, &str)]) -> World {
        let files = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
        World { files: Mutex::new(files), ..World::default() }
    }
}

impl Host for World {
    fn log(&self, line: &str) {
        self.log.lock().unwrap().push(line.to_owned());
    }

    fn configured(&self, _: Option<&Path>) -> Configured {
        self.configured.lock().unwrap().clone()
    }

    fn is_settings_file(&self, file: &Path) -> bool {
        file.ends_with("dfopt.toml")
    }

    fn dockerfiles(&self, folder: &Path) -> Vec<PathBuf> {
        let files = self.files.lock().unwrap();
        let is_one = |path: &&PathBuf| path.starts_with(folder) && path.ends_with("Dockerfile");
        files.keys().filter(is_one).cloned().collect()
    }

    fn read(&self, file: &Path) -> Option<String> {
        self.files.lock().unwrap().get(file).cloned()
    }

    fn context(&self, dockerfile: &Path) -> Option<Arc<dyn BuildContext + Send + Sync>> {
        let root = dockerfile.parent()?;
        let files = self.files.lock().unwrap();
        let below: Vec<(String, String)> = files
            .iter()
            .filter_map(|(path, text)| Some((path.strip_prefix(root).ok()?.to_str()?.to_owned(), text.clone())))
            .collect();
        let mut context = MemoryContext::default();
        for (path, text) in &below {
            context = context.file(path, text.as_bytes());
        }
        Some(Arc::new(context))
    }

    fn prover(&self) -> Option<Arc<dyn Prover>> {
        self.prover.clone()
    }
}

/// A client and the server it talks with.
pub struct Client {
    runtime: Runtime,
    reader: ReadHalf<DuplexStream>,
    writer: Option<WriteHalf<DuplexStream>>,
    server: Option<JoinHandle<End>>,
    next: i64,
    /// Notifications and requests of the server, in order.
    pub heard: Vec<Value>,
    /// The world.
    pub world: Arc<World>,
}

impl Client {
    /// A client that has not said a word.
    pub fn start(world: World) -> Client {
        let world = Arc::new(world);
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let host: Arc<dyn Host> = world.clone();
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (input, output) = tokio::io::split(theirs);
            let end = runtime.block_on(dfopt_lsp::serve(input, output, host));
            runtime.shutdown_background();
            end
        });
        let (reader, writer) = tokio::io::split(ours);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        Client { runtime, reader, writer: Some(writer), server: Some(server), next: 0, heard: Vec::new(), world }
    }

    /// A client that has been through `initialize` and understands everything but pulled diagnostics.
    pub fn open(world: World) -> Client {
        let mut client = Client::start(world);
        client.initialize(capabilities());
        client
    }

    /// Goes through `initialize`; gives the server's answer.
    pub fn initialize(&mut self, capabilities: Value) -> Value {
        let folder = json!({ "uri": "file:///w", "name": "w" });
        let params = json!({
            "processId": null,
            "rootUri": "file:///w",
            "workspaceFolders": [folder],
            "capabilities": capabilities,
            "initializationOptions": { "trusted": true },
        });
        let answer = self.ask("initialize", params);
        self.tell("initialized", json!({}));
        answer
    }

    /// Opens the usual document.
    pub fn with_text(text: &str) -> Client {
        let mut client = Client::open(World::default());
        client.open_text(URI, text);
        client
    }

    /// Opens a document.
    pub fn open_text(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "dockerfile", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let writer = self.writer.as_mut().unwrap();
        // A server that has left reads no more.
        let _ = self.runtime.block_on(writer.write_all(bytes));
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        let body = serde_json::to_string(message).unwrap();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; gives its number.
    pub fn request(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let mut message = json!({ "jsonrpc": "2.0", "id": self.next, "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        self.next
    }

    /// Sends a request and waits for its result.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.try_ask(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Sends a request and waits for its answer, whatever it is.
    pub fn try_ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(id)
    }

    /// Waits for the answer to a request.
    pub fn answer(&mut self, id: i64) -> Value {
        loop {
            let message = self.receive();
            if message["id"] == json!(id) && message.get("method").is_none() {
                return message;
            }
            self.note(message);
        }
    }

    /// Waits for a notification or request of the server.
    pub fn wait_for(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.heard.iter().position(|message| message["method"] == method) {
                return self.heard.remove(at)["params"].clone();
            }
            let message = self.receive();
            self.note(message);
        }
    }

    fn note(&mut self, message: Value) {
        if message.get("method").is_some() && message.get("id").is_some() {
            let result = match message["method"].as_str() {
                Some("workspace/applyEdit") => json!({ "applied": true }),
                _ => Value::Null,
            };
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        }
        self.heard.push(message);
    }

    /// Waits for the next message.
    pub fn receive(&mut self) -> Value {
        let reader = &mut self.reader;
        let message = self.runtime.block_on(async {
            let read = async {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(reader.read_u8().await.expect("the server is still there"));
                }
                let head = String::from_utf8(head).unwrap();
                let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
                let mut body = vec![0; length.parse().unwrap()];
                reader.read_exact(&mut body).await.unwrap();
                serde_json::from_slice(&body).unwrap()
            };
            tokio::time::timeout(Duration::from_secs(120), read).await
        });
        message.expect("the server answers")
    }

    /// Waits for the diagnostics of a version of the usual document.
    pub fn diagnostics(&mut self, version: i64) -> Vec<Value> {
        loop {
            let published = self.wait_for("textDocument/publishDiagnostics");
            if published["version"] == version && published["uri"] == URI {
                return published["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    /// The name of the usual document with a position, as most requests have it.
    pub fn at(&self, line: u32, character: u32) -> Value {
        json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } })
    }

    /// Hangs up without a word.
    pub fn hang_up(mut self) -> End {
        self.writer = None;
        drop(std::mem::replace(&mut self.reader, tokio::io::split(tokio::io::duplex(1).0).0));
        self.server.take().unwrap().join().unwrap()
    }

    /// Leaves as agreed.
    pub fn leave(mut self) -> End {
        let answer = self.try_ask("shutdown", Value::Null);
        assert_eq!(answer["result"], Value::Null);
        self.tell("exit", Value::Null);
        self.server.take().unwrap().join().unwrap()
    }

    /// Waits until the server has left by itself.
    pub fn end(mut self) -> End {
        self.server.take().unwrap().join().unwrap()
    }
}

/// What a client of today understands.
pub fn capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "window": { "workDoneProgress": true },
        "workspace": {
            "applyEdit": true,
            "workspaceEdit": { "documentChanges": true, "changeAnnotationSupport": { "groupsOnLabel": true } },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
        },
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true, "versionSupport": true },
            "definition": { "linkSupport": true },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "completion": { "completionItem": { "snippetSupport": true } },
            "codeAction": {
                "isPreferredSupport": true,
                "dataSupport": true,
                "resolveSupport": { "properties": ["edit"] },
            },
        },
    })
}

/// The text after the edits that a workspace edit has for one document.
pub fn applied(text: &str, edit: &Value, uri: &str) -> String {
    let edits = match edit.get("documentChanges") {
        Some(changes) => {
            let changes = changes.as_array().unwrap();
            changes
                .iter()
                .filter(|change| change["textDocument"]["uri"] == uri)
                .flat_map(|change| change["edits"].as_array().unwrap().clone())
                .collect()
        }
        None => edit["changes"][uri].as_array().unwrap().clone(),
    };
    apply_all(text, &edits)
}

/// The text after edits that do not overlap.
pub fn apply_all(text: &str, edits: &[Value]) -> String {
    let mut edits: Vec<(usize, usize, String)> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(text, &range["start"]), offset(text, &range["end"]), edit["newText"].as_str().unwrap().to_owned())
        })
        .collect();
    edits.sort();
    let mut result = text.to_owned();
    for (start, end, new) in edits.iter().rev() {
        result.replace_range(*start..*end, new);
    }
    result
}

/// The byte at a position, counted in UTF-16, by other means than the server's.
pub fn offset(text: &str, position: &Value) -> usize {
    let (mut line, mut column) = (position["line"].as_u64().unwrap(), position["character"].as_u64().unwrap());
    let mut chars = text.char_indices().peekable();
    while line > 0 {
        match chars.next() {
            Some((_, '\n')) => line -= 1,
            Some((_, '\r')) => {
                chars.next_if(|(_, next)| *next == '\n');
                line -= 1;
            }
            Some(_) => {}
            None => return text.len(),
        }
    }
    for (at, c) in chars {
        // Inside a pair of surrogates there is no place: the one before it stands for it.
        let width = c.len_utf16() as u64;
        if column < width || c == '\n' || c == '\r' {
            return at;
        }
        column -= width;
    }
    text.len()
}
