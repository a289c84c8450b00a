//! Which request is answered by whom. Each entry converts in, calls, and converts out.

use serde_json::Value;
use tower_lsp_server::jsonrpc::{Error, ErrorCode};
use tower_lsp_server::ls_types::request as lsp;

use crate::features::{
    actions, commands, completion, diagnostics, hints, hover, navigation, signature, structure, symbols, tokens,
};
use crate::server::{Server, read};
use crate::wire::error;

impl Server {
    /// Answers a request of an open conversation.
    pub(crate) fn answer(&mut self, method: &str, params: Value) -> Result<Value, Error> {
        match method {
            "textDocument/diagnostic" => self.of::<lsp::DocumentDiagnosticRequest>(params, diagnostics::pulled),
            "workspace/diagnostic" => diagnostics::of_workspace(self, read(params)?),
            "textDocument/codeAction" => self.of::<lsp::CodeActionRequest>(params, actions::offered),
            "codeAction/resolve" => self.of::<lsp::CodeActionResolveRequest>(params, actions::resolved),
            "textDocument/hover" => self.of::<lsp::HoverRequest>(params, hover::hover),
            "textDocument/definition" => self.of::<lsp::GotoDefinition>(params, navigation::definition),
            "textDocument/references" => self.of::<lsp::References>(params, navigation::references),
            "textDocument/documentHighlight" => {
                self.of::<lsp::DocumentHighlightRequest>(params, navigation::highlights)
            }
            "textDocument/prepareRename" => self.of::<lsp::PrepareRenameRequest>(params, navigation::prepare_rename),
            "textDocument/rename" => self.of::<lsp::Rename>(params, navigation::rename),
            "textDocument/linkedEditingRange" => self.of::<lsp::LinkedEditingRange>(params, navigation::linked),
            "textDocument/documentSymbol" => self.of::<lsp::DocumentSymbolRequest>(params, symbols::of_document),
            "workspace/symbol" => symbols::of_workspace(self, read(params)?),
            "textDocument/prepareCallHierarchy" => self.of::<lsp::CallHierarchyPrepare>(params, symbols::prepare_calls),
            "callHierarchy/incomingCalls" => {
                self.of::<lsp::CallHierarchyIncomingCalls>(params, symbols::incoming_calls)
            }
            "callHierarchy/outgoingCalls" => {
                self.of::<lsp::CallHierarchyOutgoingCalls>(params, symbols::outgoing_calls)
            }
            "textDocument/foldingRange" => self.of::<lsp::FoldingRangeRequest>(params, structure::folds),
            "textDocument/selectionRange" => self.of::<lsp::SelectionRangeRequest>(params, structure::selections),
            "textDocument/semanticTokens/full" => self.of::<lsp::SemanticTokensFullRequest>(params, tokens::full),
            "textDocument/semanticTokens/full/delta" => {
                self.of::<lsp::SemanticTokensFullDeltaRequest>(params, tokens::delta)
            }
            "textDocument/semanticTokens/range" => self.of::<lsp::SemanticTokensRangeRequest>(params, tokens::range),
            "textDocument/completion" => self.of::<lsp::Completion>(params, completion::completions),
            "completionItem/resolve" => self.of::<lsp::ResolveCompletionItem>(params, completion::resolved),
            "textDocument/signatureHelp" => self.of::<lsp::SignatureHelpRequest>(params, signature::signature),
            "textDocument/inlayHint" => self.of::<lsp::InlayHintRequest>(params, hints::inlay),
            "textDocument/codeLens" => self.of::<lsp::CodeLensRequest>(params, hints::lenses),
            "textDocument/documentLink" => self.of::<lsp::DocumentLinkRequest>(params, hints::links),
            "workspace/executeCommand" => commands::execute(self, read(params)?),
            _ => Err(error(ErrorCode::MethodNotFound, format!("there is no `{method}`"))),
        }
    }

    /// Answers a request that looks at the server's state.
    fn of<R: lsp::Request>(
        &mut self,
        params: Value,
        handle: impl FnOnce(&mut Server, R::Params) -> Result<R::Result, Error>,
    ) -> Result<Value, Error> {
        let answer = handle(self, read(params)?)?;
        serde_json::to_value(answer).map_err(|trouble| error(ErrorCode::InternalError, trouble.to_string()))
    }
}
