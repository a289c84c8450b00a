//! The actor: owns all state, takes messages in the order in which they came, and answers from what it has. What takes long is
//! started elsewhere, and its end comes in as a message.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower_lsp_server::jsonrpc::{Error, ErrorCode};
use tower_lsp_server::ls_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, InitializeParams, PublishDiagnosticsParams, Uri,
};

use crate::capabilities;
use crate::client::{Client, Understood};
use crate::convert::Encoding;
use crate::document::{Document, Documents, View, path_of};
use crate::features::diagnostics;
use crate::host::{Configured, Host, SettingsTrouble};
use crate::jobs::Jobs;
use crate::wire::{Event, Incoming, Message, Reply, error};

/// How the conversation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// As agreed: first `shutdown`, then `exit`.
    Orderly,
    /// `exit` without `shutdown`, or the client hung up.
    Abrupt,
}

/// How far the conversation is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Fresh,
    Open,
    ShutDown,
}

/// The error of a request before `initialize`.
const NOT_INITIALIZED: i64 = -32002;

/// All that the server knows.
pub struct Server {
    pub(crate) host: Arc<dyn Host>,
    pub(crate) client: Client,
    pub(crate) understood: Understood,
    pub(crate) encoding: Encoding,
    pub(crate) documents: Documents,
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) is_trusted: bool,
    pub(crate) jobs: Jobs,
    /// The tokens that were sent last, by document, with their number.
    pub(crate) tokens: BTreeMap<String, (u64, Vec<tower_lsp_server::ls_types::SemanticToken>)>,
    /// Counts what is numbered: changes of settings, answers that later ones refer to.
    pub(crate) count: u64,
    phase: Phase,
    /// Where the answer to the request at hand goes, until somebody takes it to answer later.
    pub(crate) reply: Option<Reply>,
    /// The documents whose diagnostics have to be sent.
    dirty: BTreeSet<String>,
    configured: BTreeMap<Option<PathBuf>, Rc<Configured>>,
    /// What was said of settings files.
    troubled: BTreeMap<PathBuf, SettingsTrouble>,
}

impl Server {
    /// One that nobody has talked to yet.
    pub fn new(host: Arc<dyn Host>, client: Client, inbox: UnboundedSender<Incoming>) -> Server {
        Server {
            host,
            client,
            understood: Understood::default(),
            encoding: Encoding::default(),
            documents: Documents::default(),
            folders: Vec::new(),
            is_trusted: false,
            jobs: Jobs::new(inbox),
            tokens: BTreeMap::new(),
            count: 0,
            phase: Phase::Fresh,
            reply: None,
            dirty: BTreeSet::new(),
            configured: BTreeMap::new(),
            troubled: BTreeMap::new(),
        }
    }

    /// Takes messages until the client leaves.
    pub async fn run(mut self, mut inbox: UnboundedReceiver<Incoming>) -> End {
        while let Some(incoming) = inbox.next().await {
            let mut next = Some(incoming);
            // All that has come already, then the diagnostics of what is left of it: nobody wants those of a version in between.
            while let Some(incoming) = next {
                if let Some(end) = self.take(incoming) {
                    self.jobs.stop_all();
                    return end;
                }
                next = inbox.try_recv().ok();
            }
            self.publish();
        }
        self.jobs.stop_all();
        End::Abrupt
    }

    fn take(&mut self, incoming: Incoming) -> Option<End> {
        match incoming {
            Incoming::Message(message) if message.method == "exit" && message.reply.is_none() => {
                return Some(if self.phase == Phase::ShutDown { End::Orderly } else { End::Abrupt });
            }
            Incoming::Closed => return Some(End::Abrupt),
            Incoming::Message(message) => self.message(message),
            Incoming::Answer(answer) => {
                if let Some(trouble) = self.client.answered(answer) {
                    self.host.log(&trouble);
                }
            }
            Incoming::Event(Event::Told { job, what }) => self.jobs.told(job, &what, &self.client),
            Incoming::Event(Event::Done { job, outcome }) => self.done(job, outcome),
        }
        None
    }

    /// Answers one message; a mistake in dfopt costs this one only.
    fn message(&mut self, message: Message) {
        let Message { method, params, reply } = message;
        if reply.as_ref().is_some_and(|reply| reply.stop.is_stopped()) {
            return reply.into_iter().for_each(|reply| reply.send(Err(cancelled())));
        }
        let is_request = reply.is_some();
        self.reply = reply;
        let ended = catch_unwind(AssertUnwindSafe(|| match is_request {
            true => self.request(&method, params),
            false => {
                self.notified(&method, params);
                Ok(Value::Null)
            }
        }));
        let answer = ended.unwrap_or_else(|payload| {
            let said = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let said = said.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
            self.host.log(&format!("a mistake in dfopt, please report it: `{method}`: {said}"));
            Err(error(ErrorCode::InternalError, format!("a mistake in dfopt: {said}")))
        });
        if let Some(reply) = self.reply.take() {
            reply.send(answer);
        }
    }

    fn request(&mut self, method: &str, params: Value) -> Result<Value, Error> {
        match (self.phase, method) {
            (Phase::Fresh, "initialize") => self.initialize(params),
            (_, "initialize") => Err(error(ErrorCode::InvalidRequest, "`initialize` comes once")),
            (Phase::Fresh, _) => {
                Err(error(ErrorCode::ServerError(NOT_INITIALIZED), "`initialize` comes before anything else"))
            }
            (Phase::ShutDown, _) => Err(error(ErrorCode::InvalidRequest, "nothing comes after `shutdown` but `exit`")),
            (Phase::Open, "shutdown") => {
                self.phase = Phase::ShutDown;
                self.jobs.stop_all();
                Ok(Value::Null)
            }
            (Phase::Open, _) => self.answer(method, params),
        }
    }

    fn initialize(&mut self, params: Value) -> Result<Value, Error> {
        let params: InitializeParams = read(params)?;
        let general = params.capabilities.general.as_ref();
        self.encoding = Encoding::negotiate(general.and_then(|general| general.position_encodings.as_deref()));
        self.understood = Understood::of(&params.capabilities);
        #[allow(deprecated)]
        let root = params.root_uri.as_ref().and_then(path_of);
        let folders = params.workspace_folders.as_ref();
        self.folders = match folders {
            Some(folders) => folders.iter().filter_map(|folder| path_of(&folder.uri)).collect(),
            None => root.into_iter().collect(),
        };
        let options = params.initialization_options.as_ref();
        self.is_trusted = options.and_then(|options| options.get("trusted")?.as_bool()).unwrap_or_default();
        self.phase = Phase::Open;
        serde_json::to_value(capabilities::answer(self.encoding, self.host.prover().is_some()))
            .map_err(|trouble| error(ErrorCode::InternalError, trouble.to_string()))
    }

    fn notified(&mut self, method: &str, params: Value) {
        if self.phase != Phase::Open {
            return;
        }
        let taken = match method {
            "initialized" => {
                if self.understood.watches_files {
                    self.client.watch(&["**/dfopt.toml", "**/.dfopt.toml"]);
                }
                Ok(())
            }
            "textDocument/didOpen" => read(params).map(|params| self.opened(params)),
            "textDocument/didChange" => read(params).and_then(|params| self.changed(params)),
            "textDocument/didClose" => read(params).map(|params| self.closed(&params)),
            "workspace/didChangeWatchedFiles" => read(params).map(|params| self.files_changed(&params)),
            "workspace/didChangeWorkspaceFolders" => read(params).map(|params| self.folders_changed(&params)),
            "workspace/didChangeConfiguration" => {
                self.settings_sent(&params);
                Ok(())
            }
            "window/workDoneProgress/cancel" => {
                self.jobs.stop(params.get("token").unwrap_or(&Value::Null));
                Ok(())
            }
            // Known and of no interest, or of interest to others only.
            _ => Ok(()),
        };
        if let Err(trouble) = taken {
            self.host.log(&format!("`{method}` cannot be taken: {}", trouble.message));
        }
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let opened = params.text_document;
        if !is_dockerfile(&opened.language_id) {
            return;
        }
        let configured = self.configured_for(&opened.uri);
        self.dirty.insert(opened.uri.as_str().to_owned());
        self.documents.open(Document::new(opened.uri, Some(opened.version), opened.text, configured));
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) -> Result<(), Error> {
        let of = params.text_document;
        let Some(document) = self.documents.get_mut(&of.uri) else {
            return Err(error(ErrorCode::InvalidParams, format!("{} is not open", of.uri.as_str())));
        };
        if document.version.is_some_and(|version| version > of.version) {
            // The order of the messages counts, so the text stays the client's.
            self.host.log(&format!("the version of {} went backwards", of.uri.as_str()));
        }
        document.change(of.version, params.content_changes, self.encoding);
        self.dirty.insert(of.uri.as_str().to_owned());
        Ok(())
    }

    fn closed(&mut self, params: &DidCloseTextDocumentParams) {
        let uri = &params.text_document.uri;
        self.tokens.remove(uri.as_str());
        if self.documents.close(uri) && !self.understood.pulls_diagnostics {
            self.client.publish(&PublishDiagnosticsParams::new(uri.clone(), Vec::new(), None));
        }
        self.dirty.remove(uri.as_str());
    }

    fn files_changed(&mut self, params: &DidChangeWatchedFilesParams) {
        let changed = params.changes.iter().filter_map(|change| path_of(&change.uri));
        if changed.into_iter().any(|path| self.host.is_settings_file(&path)) {
            self.reconfigure();
        }
    }

    fn folders_changed(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[tower_lsp_server::ls_types::WorkspaceFolder]| -> Vec<PathBuf> {
            folders.iter().filter_map(|folder| path_of(&folder.uri)).collect()
        };
        let removed = paths(&params.event.removed);
        self.folders.retain(|folder| !removed.contains(folder));
        self.folders.extend(paths(&params.event.added));
    }

    /// Settings of the editor: only whether the workspace is trusted; the rest is in the settings file.
    fn settings_sent(&mut self, params: &Value) {
        let settings = params.get("settings").unwrap_or(&Value::Null);
        let trusted = settings.get("dfopt").unwrap_or(settings).get("trusted").and_then(Value::as_bool);
        if let Some(trusted) = trusted {
            self.is_trusted = trusted;
            self.client.refresh(self.understood);
        }
    }

    /// Reads all settings anew.
    fn reconfigure(&mut self) {
        self.configured.clear();
        self.count += 1;
        let uris: Vec<Uri> = self.documents.iter().map(|document| document.uri.clone()).collect();
        for uri in uris {
            let configured = self.configured_for(&uri);
            if let Some(document) = self.documents.get_mut(&uri) {
                document.configure(configured);
            }
            self.dirty.insert(uri.as_str().to_owned());
        }
        self.client.refresh(self.understood);
    }

    /// The settings that hold for a document, read once for each folder.
    pub(crate) fn configured_for(&mut self, uri: &Uri) -> Rc<Configured> {
        let path = path_of(uri).or_else(|| self.folders.first().map(|folder| folder.join("Dockerfile")));
        let folder = path.as_deref().and_then(Path::parent).map(Path::to_owned);
        let host = &self.host;
        let entry = self.configured.entry(folder);
        Rc::clone(entry.or_insert_with(|| Rc::new(host.configured(path.as_deref()))))
    }

    /// Sends the diagnostics of all documents that have changed.
    fn publish(&mut self) {
        for name in std::mem::take(&mut self.dirty) {
            let Some(document) = name.parse().ok().and_then(|uri: Uri| self.documents.get(&uri)) else { continue };
            let configured = document.configured();
            if let Some(file) = &configured.file
                && self.troubled.get(file) != configured.trouble.as_ref()
            {
                if let Some(params) = diagnostics::of_settings(file, configured) {
                    self.client.publish(&params);
                }
                match &configured.trouble {
                    Some(trouble) => self.troubled.insert(file.clone(), trouble.clone()),
                    None => self.troubled.remove(file),
                };
            }
            if self.understood.pulls_diagnostics {
                continue;
            }
            let (encoding, understood) = (self.encoding, self.understood);
            let found = catch_unwind(AssertUnwindSafe(|| {
                document.view(encoding, |view| diagnostics::of_view(view, understood))
            }));
            match found {
                Ok(found) => {
                    let params = PublishDiagnosticsParams::new(document.uri.clone(), found, document.version);
                    self.client.publish(&params);
                }
                Err(_) => self.host.log(&format!("a mistake in dfopt, please report it with {name}")),
            }
        }
    }

    /// Calls `ask` with what is known of an open document.
    pub(crate) fn view<T>(&self, uri: &Uri, ask: impl FnOnce(&View<'_>) -> T) -> Option<T> {
        Some(self.documents.get(uri)?.view(self.encoding, ask))
    }
}

/// What a cancelled request gets.
pub(crate) fn cancelled() -> Error {
    error(ErrorCode::RequestCancelled, "cancelled")
}

/// Reads parameters.
pub(crate) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Error> {
    serde_json::from_value(params).map_err(|trouble| error(ErrorCode::InvalidParams, trouble.to_string()))
}

/// Whether the client means a Dockerfile; some editors have other names for the language, but the files that go by others' are known.
fn is_dockerfile(language: &str) -> bool {
    !matches!(language, "toml" | "yaml" | "dockercompose" | "yaml.docker-compose" | "hcl" | "ignore" | "json" | "jsonc")
}
