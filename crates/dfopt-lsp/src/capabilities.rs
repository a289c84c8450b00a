//! What the server says of itself. A test calls everything that stands here.

use serde_json::{Value, json};

use crate::convert::Encoding;
use crate::features::{commands, completion, tokens};

/// The answer to `initialize`.
#[must_use]
pub fn answer(encoding: Encoding, proves: bool) -> Value {
    let mut capabilities = json!({
        "positionEncoding": encoding.kind(),
        "textDocumentSync": { "openClose": true, "change": 2, "save": false },
        "diagnosticProvider": {
            "identifier": "dfopt",
            "interFileDependencies": false,
            "workspaceDiagnostics": true,
        },
        "codeActionProvider": {
            "codeActionKinds": ["quickfix", "refactor.rewrite", "source.fixAll", "source.fixAll.dfopt"],
            "resolveProvider": true,
        },
        "completionProvider": { "triggerCharacters": completion::TRIGGERS, "resolveProvider": true },
        "signatureHelpProvider": { "triggerCharacters": [" ", "="] },
        "inlayHintProvider": true,
        "codeLensProvider": {},
        "documentLinkProvider": {},
        "hoverProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "renameProvider": { "prepareProvider": true },
        "linkedEditingRangeProvider": true,
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "callHierarchyProvider": true,
        "foldingRangeProvider": true,
        "selectionRangeProvider": true,
        "semanticTokensProvider": {
            "legend": { "tokenTypes": tokens::TYPES, "tokenModifiers": tokens::MODIFIERS },
            "full": { "delta": true },
            "range": true,
        },
        "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
    });
    let mut commands = vec![commands::PLAN];
    if proves {
        commands.extend([commands::SPLIT, commands::VERIFY]);
    }
    capabilities["executeCommandProvider"] = json!({ "commands": commands, "workDoneProgress": true });
    json!({
        "capabilities": capabilities,
        "serverInfo": { "name": "dfopt", "version": env!("CARGO_PKG_VERSION") },
    })
}
