//! What is shown between the lines: inlay hints, code lenses, document links.

use dfopt_semantic::context::{SourceKind, clean, source_kind};
use dfopt_semantic::image_ref::ImageRef;
use dfopt_semantic::model::{Model, ReferenceKind, ReferenceTarget, Stage, Step};
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{TextRange, TextSize};
use serde_json::json;
use tower_lsp_server::jsonrpc::Error;
use tower_lsp_server::ls_types as lsp;

use super::commands;
use super::symbols::stage_title;
use crate::server::Server;

/// Answers `textDocument/inlayHint`.
pub fn inlay(server: &mut Server, params: lsp::InlayHintParams) -> Result<Option<Vec<lsp::InlayHint>>, Error> {
    Ok(server.view(&params.text_document.uri, |view| {
        let part = view.place(params.range);
        let mut hints = Vec::new();
        let mut add = |at: TextSize, label: String| {
            if part.contains_inclusive(at) {
                hints.push(lsp::InlayHint {
                    position: view.position(at),
                    label: lsp::InlayHintLabel::String(label),
                    kind: None,
                    text_edits: None,
                    tooltip: None,
                    padding_left: Some(true),
                    padding_right: None,
                    data: None,
                });
            }
        };
        for step in view.model.steps() {
            hints_of(view.model, step, &mut add);
        }
        for reference in view.model.references().iter().filter(|reference| reference.is_number) {
            if let ReferenceTarget::Stage(index) = reference.target
                && let Some(stage) = view.model.stages().get(index)
            {
                add(reference.range.end(), format!("= {}", stage_title(stage)));
            }
        }
        hints
    }))
}

fn hints_of(model: &Model<'_>, step: &Step, add: &mut impl FnMut(TextSize, String)) {
    let end = step.ast.head_range().end();
    match &step.ast {
        Instruction::From(from) => {
            let Some(stage) = model.stage_of(step) else { return };
            if let (Some(image), Some(base)) = (from.image(), &stage.base_text)
                && image.raw() != *base
                && image.raw().contains('$')
            {
                add(image.range().end(), format!("= {base}"));
            }
            add(end, format!("stage {}", stage.index));
        }
        Instruction::Workdir(_) => {
            let next = model.steps().get(step.index + 1).filter(|next| next.stage == step.stage);
            let after = next.and_then(|next| next.workdir.known());
            let written = step.ast.words().next().map(|word| word.raw()).unwrap_or_default();
            if let Some(after) = after.filter(|after| *after != written) {
                add(end, format!("= {after}"));
            }
        }
        Instruction::Cmd(_) | Instruction::Entrypoint(_) => {
            let user = step.user.as_ref().and_then(|user| user.known());
            let workdir = step.workdir_set_by.and_then(|_| step.workdir.known());
            let parts = [user.map(|user| format!("as {user}")), workdir.map(|workdir| format!("in {workdir}"))];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            if !parts.is_empty() {
                add(end, parts.join(", "));
            }
        }
        _ => {}
    }
}

/// Answers `textDocument/codeLens`.
pub fn lenses(server: &mut Server, params: lsp::CodeLensParams) -> Result<Option<Vec<lsp::CodeLens>>, Error> {
    let builds = server.is_trusted && server.host.prover().is_some();
    Ok(server.view(&params.text_document.uri, |view| {
        let mut lenses = Vec::new();
        for stage in view.model.stages() {
            let Some(first) = view.model.stage_steps(stage).first() else { continue };
            let range = view.range(first.keyword_range());
            let mut add = |title: String, command: &str| {
                let arguments = (!command.is_empty()).then(|| vec![json!(view.document.uri.as_str())]);
                let command = lsp::Command { title, command: command.to_owned(), arguments };
                lenses.push(lsp::CodeLens { range, command: Some(command), data: None });
            };
            add(feeds(view.model, stage), "");
            if builds && stage.is_target && view.document.path().is_some() {
                add("split and prove".to_owned(), commands::SPLIT);
                add("verify".to_owned(), commands::VERIFY);
            }
        }
        lenses
    }))
}

/// What a stage is for, in a few words.
fn feeds(model: &Model<'_>, stage: &Stage) -> String {
    let uses = |kind_is_from: bool| {
        let found = model.references().iter().filter(move |reference| {
            reference.target == ReferenceTarget::Stage(stage.index)
                && (reference.kind == ReferenceKind::From) == kind_is_from
        });
        let mut titles: Vec<String> = found
            .filter_map(|reference| model.steps().get(reference.step))
            .filter_map(|step| model.stage_of(step))
            .map(stage_title)
            .collect();
        titles.dedup();
        titles
    };
    let mut parts = Vec::new();
    if stage.is_target {
        parts.push("is built".to_owned());
    }
    for (verb, titles) in [("is the base of", uses(true)), ("feeds", uses(false))] {
        if !titles.is_empty() {
            parts.push(format!("{verb} {}", titles.join(", ")));
        }
    }
    if parts.is_empty() { "is not used".to_owned() } else { parts.join("; ") }
}

/// Answers `textDocument/documentLink`.
pub fn links(server: &mut Server, params: lsp::DocumentLinkParams) -> Result<Option<Vec<lsp::DocumentLink>>, Error> {
    let host = server.host.clone();
    Ok(server.view(&params.text_document.uri, |view| {
        let mut links = Vec::new();
        let mut add = |place: TextRange, target: Option<lsp::Uri>, tooltip: String| {
            if target.is_some() {
                links.push(lsp::DocumentLink { range: view.range(place), target, tooltip: Some(tooltip), data: None });
            }
        };
        for reference in view.model.references() {
            if let ReferenceTarget::Image(image) = &reference.target {
                let page = page_of(image).and_then(|page| page.parse().ok());
                add(reference.range, page, format!("The page of {}", image.familiar()));
            }
        }
        let dockerfile = view.document.path();
        let root = dockerfile.as_deref().and_then(std::path::Path::parent);
        let mut context = None;
        for step in view.model.steps() {
            let copied = step.copied(view.model).filter(|copied| copied.from.is_none());
            for source in copied.iter().flat_map(|copied| &copied.sources).filter(|source| !source.is_heredoc) {
                let Some(text) = source.text.known().filter(|text| source_kind(text) == SourceKind::Path) else {
                    continue;
                };
                let (Some(dockerfile), Some(root)) = (&dockerfile, root) else { continue };
                let context = context.get_or_insert_with(|| host.context(dockerfile));
                let path = clean(text.trim_start_matches('/'));
                let entry = context.as_ref().and_then(|context| context.entry(&path));
                if entry.is_some_and(|entry| !entry.is_directory()) {
                    add(source.range, lsp::Uri::from_file_path(root.join(&path)), format!("Open {path}"));
                }
            }
        }
        links
    }))
}

/// The web page of an image, at the registries that have one.
fn page_of(image: &ImageRef) -> Option<String> {
    match image.domain.as_str() {
        "docker.io" => Some(match image.path.strip_prefix("library/") {
            Some(name) => format!("https://hub.docker.com/_/{name}"),
            None => format!("https://hub.docker.com/r/{}", image.path),
        }),
        "ghcr.io" => Some(format!("https://ghcr.io/{}", image.path)),
        "quay.io" => Some(format!("https://quay.io/repository/{}", image.path)),
        "gcr.io" => Some(format!("https://gcr.io/{}", image.path)),
        _ => None,
    }
}
