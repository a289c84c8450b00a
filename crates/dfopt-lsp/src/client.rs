//! What the server sends of its own accord, and what the client said it understands.

use std::collections::HashMap;

use serde_json::{Value, json};
use tower_lsp_server::jsonrpc::{Id, Request, Response};
use tower_lsp_server::ls_types::notification::{Notification, Progress, PublishDiagnostics};
use tower_lsp_server::ls_types::request::{
    ApplyWorkspaceEdit, CodeLensRefresh, InlayHintRefreshRequest, RegisterCapability, Request as RequestKind,
    SemanticTokensRefresh, WorkDoneProgressCreate, WorkspaceDiagnosticRefresh,
};
use tower_lsp_server::ls_types::{
    ApplyWorkspaceEditParams, ClientCapabilities, MessageType, PublishDiagnosticsParams, WorkspaceEdit,
};

use crate::wire::Out;

/// What the client understands, as far as it makes a difference.
#[derive(Clone, Copy, Debug, Default)]
pub struct Understood {
    /// It asks for diagnostics itself.
    pub pulls_diagnostics: bool,
    /// Edits may name the version they are for.
    pub versioned_edits: bool,
    /// Edits may be marked as needing a look.
    pub annotations: bool,
    /// Actions may be sent without their edits, and completed later.
    pub resolves_edits: bool,
    /// Actions may be marked as preferred.
    pub preferred: bool,
    /// Completions may be snippets.
    pub snippets: bool,
    /// Diagnostics may name other places.
    pub related: bool,
    /// Symbols may be nested.
    pub nested_symbols: bool,
    /// Folding is by whole lines.
    pub folds_lines_only: bool,
    /// Definitions may be links, which mark what was asked about.
    pub links: bool,
    /// Progress may be shown.
    pub progress: bool,
    /// Files may be watched on demand.
    pub watches_files: bool,
    /// Diagnostics, tokens, hints and lenses may be asked for anew.
    pub refresh_diagnostics: bool,
    /// See above.
    pub refresh_tokens: bool,
    /// See above.
    pub refresh_hints: bool,
    /// See above.
    pub refresh_lenses: bool,
}

impl Understood {
    /// What the client says of itself.
    #[must_use]
    pub fn of(client: &ClientCapabilities) -> Understood {
        let text = client.text_document.as_ref();
        let workspace = client.workspace.as_ref();
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let actions = text.and_then(|text| text.code_action.as_ref());
        let resolves = actions.and_then(|actions| actions.resolve_support.as_ref());
        let completion = text.and_then(|text| text.completion.as_ref()?.completion_item.as_ref());
        Understood {
            pulls_diagnostics: text.is_some_and(|text| text.diagnostic.is_some()),
            versioned_edits: edits.and_then(|edits| edits.document_changes).unwrap_or_default(),
            annotations: edits.is_some_and(|edits| edits.change_annotation_support.is_some()),
            resolves_edits: resolves.is_some_and(|resolves| resolves.properties.iter().any(|name| name == "edit"))
                && actions.and_then(|actions| actions.data_support).unwrap_or_default(),
            preferred: actions.and_then(|actions| actions.is_preferred_support).unwrap_or_default(),
            snippets: completion.and_then(|item| item.snippet_support).unwrap_or_default(),
            related: text
                .and_then(|text| text.publish_diagnostics.as_ref()?.related_information)
                .unwrap_or_else(|| text.is_some_and(|text| text.diagnostic.is_some())),
            nested_symbols: text
                .and_then(|text| text.document_symbol.as_ref()?.hierarchical_document_symbol_support)
                .unwrap_or_default(),
            folds_lines_only: text.and_then(|text| text.folding_range.as_ref()?.line_folding_only).unwrap_or_default(),
            links: text.and_then(|text| text.definition.as_ref()?.link_support).unwrap_or_default(),
            progress: client.window.as_ref().and_then(|window| window.work_done_progress).unwrap_or_default(),
            watches_files: workspace
                .and_then(|workspace| workspace.did_change_watched_files.as_ref()?.dynamic_registration)
                .unwrap_or_default(),
            refresh_diagnostics: workspace
                .and_then(|workspace| workspace.diagnostics.as_ref()?.refresh_support)
                .unwrap_or_default(),
            refresh_tokens: workspace
                .and_then(|workspace| workspace.semantic_tokens.as_ref()?.refresh_support)
                .unwrap_or_default(),
            refresh_hints: workspace
                .and_then(|workspace| workspace.inlay_hint.as_ref()?.refresh_support)
                .unwrap_or_default(),
            refresh_lenses: workspace
                .and_then(|workspace| workspace.code_lens.as_ref()?.refresh_support)
                .unwrap_or_default(),
        }
    }
}

/// The way to the client.
pub struct Client {
    out: Out,
    next: i64,
    waiting: HashMap<i64, &'static str>,
}

impl Client {
    /// A client at the end of `out`.
    pub fn new(out: Out) -> Client {
        Client { out, next: 0, waiting: HashMap::new() }
    }

    fn notify<N: Notification>(&self, params: &N::Params) {
        let params = serde_json::to_value(params).unwrap_or_default();
        self.out.send(&Request::build(N::METHOD).params(params).finish());
    }

    fn request<R: RequestKind>(&mut self, params: Value) {
        self.next += 1;
        self.waiting.insert(self.next, R::METHOD);
        let mut request = Request::build(R::METHOD).id(self.next);
        if !params.is_null() {
            request = request.params(params);
        }
        self.out.send(&request.finish());
    }

    /// Notes an answer; says what went wrong.
    pub fn answered(&mut self, answer: Response) -> Option<String> {
        let (id, body) = answer.into_parts();
        let method = match &id {
            Id::Number(number) => self.waiting.remove(number),
            _ => None,
        };
        match (method, body) {
            (Some(method), Err(error)) => Some(format!("the client refused `{method}`: {}", error.message)),
            (None, _) => Some("the client answered what was never asked".to_owned()),
            (Some(_), Ok(_)) => None,
        }
    }

    /// Sends the diagnostics of a document.
    pub fn publish(&self, params: &PublishDiagnosticsParams) {
        self.notify::<PublishDiagnostics>(params);
    }

    /// Shows a message to the user.
    pub fn show(&self, kind: MessageType, message: &str) {
        let params = json!({ "type": kind, "message": message });
        self.out.send(&Request::build("window/showMessage").params(params).finish());
    }

    /// Asks the client to change documents.
    pub fn apply(&mut self, label: &str, edit: WorkspaceEdit) {
        let params = ApplyWorkspaceEditParams { label: Some(label.to_owned()), edit };
        self.request::<ApplyWorkspaceEdit>(serde_json::to_value(params).unwrap_or_default());
    }

    /// Asks the client to report changes of files.
    pub fn watch(&mut self, globs: &[&str]) {
        let watchers: Vec<Value> = globs.iter().map(|glob| json!({ "globPattern": glob })).collect();
        let registration = json!({
            "id": "dfopt-files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": watchers },
        });
        self.request::<RegisterCapability>(json!({ "registrations": [registration] }));
    }

    /// Asks the client to ask anew for what may have changed.
    pub fn refresh(&mut self, understood: Understood) {
        if understood.pulls_diagnostics && understood.refresh_diagnostics {
            self.request::<WorkspaceDiagnosticRefresh>(Value::Null);
        }
        if understood.refresh_tokens {
            self.request::<SemanticTokensRefresh>(Value::Null);
        }
        if understood.refresh_hints {
            self.request::<InlayHintRefreshRequest>(Value::Null);
        }
        if understood.refresh_lenses {
            self.request::<CodeLensRefresh>(Value::Null);
        }
    }

    /// Asks the client for a place to show progress under `token`.
    pub fn create_progress(&mut self, token: &Value) {
        self.request::<WorkDoneProgressCreate>(json!({ "token": token }));
    }

    /// Shows progress.
    pub fn progress(&self, token: &Value, value: Value) {
        let params = json!({ "token": token, "value": value });
        self.out.send(&Request::build(Progress::METHOD).params(params).finish());
    }
}
