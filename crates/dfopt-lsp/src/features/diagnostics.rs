//! Diagnostics, pushed after each change or pulled, and those about the settings file.

use std::sync::Arc;

use dfopt_linter::{Diagnostic, Severity, Tag};
use serde_json::{Value, json};
use tower_lsp_server::jsonrpc::{Error, ErrorCode};
use tower_lsp_server::ls_types as lsp;

use crate::client::Understood;
use crate::convert::Encoding;
use crate::document::{Document, View, path_of};
use crate::host::Configured;
use crate::jobs::Shown;
use crate::server::{Server, cancelled};
use crate::wire::error;

/// What the diagnostics are signed with.
pub const SOURCE: &str = "dfopt";

/// The diagnostics of a document as the client gets them.
#[must_use]
pub fn of_view(view: &View<'_>, understood: Understood) -> Vec<lsp::Diagnostic> {
    if view.document.is_too_large() {
        let message = format!("not checked: more than {} MiB", crate::document::MOST_BYTES >> 20);
        let range = lsp::Range::default();
        let severity = Some(lsp::DiagnosticSeverity::INFORMATION);
        return vec![lsp::Diagnostic { range, severity, message, source: Some(SOURCE.into()), ..Default::default() }];
    }
    view.document.diagnostics().iter().map(|one| converted(view, one, understood)).collect()
}

/// One diagnostic as the client gets it.
#[must_use]
pub fn converted(view: &View<'_>, one: &Diagnostic, understood: Understood) -> lsp::Diagnostic {
    let related = one.related.iter().map(|related| lsp::DiagnosticRelatedInformation {
        location: lsp::Location::new(view.document.uri.clone(), view.range(related.range)),
        message: related.message.clone(),
    });
    let tags = one.tag.map(|tag| match tag {
        Tag::Unnecessary => lsp::DiagnosticTag::UNNECESSARY,
        Tag::Deprecated => lsp::DiagnosticTag::DEPRECATED,
    });
    lsp::Diagnostic {
        range: view.range(one.range),
        severity: Some(match one.severity {
            Severity::Error => lsp::DiagnosticSeverity::ERROR,
            Severity::Warning => lsp::DiagnosticSeverity::WARNING,
            Severity::Info => lsp::DiagnosticSeverity::INFORMATION,
            Severity::Style => lsp::DiagnosticSeverity::HINT,
        }),
        code: Some(lsp::NumberOrString::String(one.rule.name.to_owned())),
        code_description: one.rule.url().parse().ok().map(|href| lsp::CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message: message(one),
        related_information: (understood.related && !one.related.is_empty()).then(|| related.collect()),
        tags: tags.map(|tag| vec![tag]),
        data: Some(json!({ "fingerprint": format!("{:016x}", one.fingerprint) })),
    }
}

/// What is wrong, why, and what to do.
fn message(one: &Diagnostic) -> String {
    let mut message = one.message.clone();
    for note in &one.notes {
        message.push('\n');
        message.push_str(note);
    }
    if let Some(help) = &one.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    message
}

/// What is wrong with a settings file, nothing if all is well; `None` when it has no name that a client could use.
#[must_use]
pub fn of_settings(file: &std::path::Path, configured: &Configured) -> Option<lsp::PublishDiagnosticsParams> {
    let uri = lsp::Uri::from_file_path(file)?;
    let found = configured.trouble.iter().map(|trouble| {
        let line = trouble.line.unwrap_or_default();
        lsp::Diagnostic {
            range: lsp::Range::new(lsp::Position::new(line, 0), lsp::Position::new(line, u32::MAX >> 1)),
            severity: Some(lsp::DiagnosticSeverity::ERROR),
            source: Some(SOURCE.to_owned()),
            message: trouble.message.clone(),
            ..Default::default()
        }
    });
    Some(lsp::PublishDiagnosticsParams::new(uri, found.collect(), None))
}

/// Answers `textDocument/diagnostic`.
pub fn pulled(
    server: &mut Server,
    params: lsp::DocumentDiagnosticParams,
) -> Result<lsp::DocumentDiagnosticReportResult, Error> {
    let Some(document) = server.documents.get(&params.text_document.uri) else {
        return Ok(full(None, Vec::new()));
    };
    let id = result_id(document, server.count);
    if params.previous_result_id.as_ref() == Some(&id) {
        let report = lsp::RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: lsp::UnchangedDocumentDiagnosticReport { result_id: id },
        };
        return Ok(lsp::DocumentDiagnosticReportResult::Report(lsp::DocumentDiagnosticReport::Unchanged(report)));
    }
    let found = document.view(server.encoding, |view| of_view(view, server.understood));
    Ok(full(Some(id), found))
}

fn full(result_id: Option<String>, items: Vec<lsp::Diagnostic>) -> lsp::DocumentDiagnosticReportResult {
    let report = lsp::RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: lsp::FullDocumentDiagnosticReport { result_id, items },
    };
    lsp::DocumentDiagnosticReportResult::Report(lsp::DocumentDiagnosticReport::Full(report))
}

/// Tells texts under settings apart.
fn result_id(document: &Document, settings: u64) -> String {
    format!("{}.{settings}.{:x}", document.version.unwrap_or(-1), hash(document.text()))
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Answers `workspace/diagnostic`: every Dockerfile of the workspace, read elsewhere while the server goes on.
pub fn of_workspace(server: &mut Server, params: lsp::WorkspaceDiagnosticParams) -> Result<Value, Error> {
    let open: Vec<(lsp::Uri, i32, String)> = server
        .documents
        .iter()
        .map(|document| (document.uri.clone(), document.version.unwrap_or_default(), document.text().to_owned()))
        .collect();
    let known: Vec<(String, String)> =
        params.previous_result_ids.into_iter().map(|one| (one.uri.as_str().to_owned(), one.value)).collect();
    let (host, folders) = (Arc::clone(&server.host), server.folders.clone());
    let (encoding, understood, settings) = (server.encoding, server.understood, server.count);
    let shown = params
        .work_done_progress_params
        .work_done_token
        .map_or(Shown::Nowhere, |token| Shown::At(serde_json::to_value(token).unwrap_or_default()));
    let reply = server.reply.take();
    server.jobs.start(reply, shown, "dfopt: checking Dockerfiles", &mut server.client, move |watch| {
        let mut reports = Vec::new();
        let mut add = |uri: lsp::Uri, version: Option<i32>, text: String| {
            let path = path_of(&uri);
            let configured = std::rc::Rc::new(host.configured(path.as_deref()));
            let document = Document::new(uri, version, text, configured);
            reports.push(report(&document, settings, &known, encoding, understood));
        };
        let names: Vec<String> = open.iter().map(|(uri, ..)| uri.as_str().to_owned()).collect();
        for (uri, version, text) in open {
            add(uri, Some(version), text);
        }
        for file in folders.iter().flat_map(|folder| host.dockerfiles(folder)) {
            if watch.is_stopped() {
                return Box::new(|_| Err(cancelled()));
            }
            let Some(uri) = lsp::Uri::from_file_path(&file) else { continue };
            if names.iter().any(|name| name == uri.as_str()) {
                continue;
            }
            if let Some(text) = host.read(&file) {
                watch.tell(file.display().to_string());
                add(uri, None, text);
            }
        }
        let report = lsp::WorkspaceDiagnosticReport { items: reports };
        Box::new(move |_| {
            serde_json::to_value(report).map_err(|trouble| error(ErrorCode::InternalError, trouble.to_string()))
        })
    });
    // Answered when the work is done.
    Ok(Value::Null)
}

fn report(
    document: &Document,
    settings: u64,
    known: &[(String, String)],
    encoding: Encoding,
    understood: Understood,
) -> lsp::WorkspaceDocumentDiagnosticReport {
    let (uri, id) = (document.uri.clone(), result_id(document, settings));
    let version = document.version.map(i64::from);
    if known.iter().any(|(name, value)| name == uri.as_str() && *value == id) {
        let report = lsp::UnchangedDocumentDiagnosticReport { result_id: id };
        return lsp::WorkspaceDocumentDiagnosticReport::Unchanged(lsp::WorkspaceUnchangedDocumentDiagnosticReport {
            uri,
            version,
            unchanged_document_diagnostic_report: report,
        });
    }
    let items = document.view(encoding, |view| of_view(view, understood));
    lsp::WorkspaceDocumentDiagnosticReport::Full(lsp::WorkspaceFullDocumentDiagnosticReport {
        uri,
        version,
        full_document_diagnostic_report: lsp::FullDocumentDiagnosticReport { result_id: Some(id), items },
    })
}
