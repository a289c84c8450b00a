//! Signature help: how the instruction under the cursor is written, and which part of it the cursor is in.

use dfopt_syntax::TextRange;
use tower_lsp_server::jsonrpc::Error;
use tower_lsp_server::ls_types as lsp;

use crate::convert::number;
use crate::help;
use crate::server::Server;

/// Answers `textDocument/signatureHelp`.
pub fn signature(server: &mut Server, params: lsp::SignatureHelpParams) -> Result<Option<lsp::SignatureHelp>, Error> {
    let at = params.text_document_position_params;
    let found = server.view(&at.text_document.uri, |view| {
        let offset = view.offset(at.position);
        let model = view.model;
        let behind = model.steps().partition_point(|step| step.range().start() <= offset);
        let step = model.steps().get(behind.checked_sub(1)?)?;
        let gap = model.text_at(TextRange::new(step.range().end().min(offset), offset));
        if gap.contains('\n') || offset <= step.keyword_range().end() {
            return None;
        }
        let help = help::instruction(step.ast.name())?;
        let before = model.text_at(TextRange::new(step.keyword_range().end(), offset));
        let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let flag = word.strip_prefix("--").map(|flag| flag.split('=').next().unwrap_or(flag));
        let words = before.split_whitespace().filter(|word| !word.starts_with("--") && *word != "\\").count();
        let arguments = words - usize::from(!word.is_empty() && flag.is_none()).min(words);
        let is_exec = before.trim_start().starts_with('[');
        let active = help.forms.iter().position(|form| form.contains('[') && form.contains('"') == is_exec && is_exec);
        let signatures: Vec<lsp::SignatureInformation> = help
            .forms
            .iter()
            .map(|form| {
                let parts: Vec<&str> = form.split(' ').skip(1).collect();
                let flags = parts.iter().filter(|part| part.starts_with("[--")).count();
                let by_name = flag.and_then(|flag| parts.iter().position(|part| part.contains(&format!("--{flag}"))));
                let last = parts.len().saturating_sub(1);
                let active = by_name.unwrap_or((flags + arguments).min(last));
                let parameters = parts.iter().map(|part| lsp::ParameterInformation {
                    label: lsp::ParameterLabel::Simple((*part).to_owned()),
                    documentation: None,
                });
                lsp::SignatureInformation {
                    label: (*form).to_owned(),
                    documentation: Some(lsp::Documentation::String(help.text.to_owned())),
                    parameters: Some(parameters.collect()),
                    active_parameter: Some(number(active)),
                }
            })
            .collect();
        let active_signature = Some(number(active.unwrap_or_default()));
        let active_parameter =
            signatures.get(active.unwrap_or_default()).and_then(|signature| signature.active_parameter);
        Some(lsp::SignatureHelp { signatures, active_signature, active_parameter })
    });
    Ok(found.flatten())
}
