//! From a name to its other places: definition, references, highlights, renaming, linked editing.

use dfopt_semantic::context::{SourceKind, clean, source_kind};
use dfopt_syntax::Edit;
use tower_lsp_server::jsonrpc::{Error, ErrorCode};
use tower_lsp_server::ls_types as lsp;

use super::edits::of_document;
use crate::document::View;
use crate::server::Server;
use crate::symbol::{self, Occurrence, Role, Symbol};
use crate::wire::error;

/// Answers `textDocument/definition`.
pub fn definition(
    server: &mut Server,
    params: lsp::GotoDefinitionParams,
) -> Result<Option<lsp::GotoDefinitionResponse>, Error> {
    let at = params.text_document_position_params;
    let has_links = server.understood.links;
    let host = server.host.clone();
    let found = server.view(&at.text_document.uri, |view| {
        let offset = view.offset(at.position);
        if let Some((symbol, origin)) = symbol::at(view.model, offset) {
            let places = symbol::definitions(view.model, &symbol, origin);
            let links = places.into_iter().map(|place| {
                let step = view.model.step_at(place.start());
                lsp::LocationLink {
                    origin_selection_range: Some(view.range(origin)),
                    target_uri: view.document.uri.clone(),
                    target_range: view.range(step.map_or(place, |step| step.ast.head_range().cover(place))),
                    target_selection_range: view.range(place),
                }
            });
            return links.collect();
        }
        let Some((path, origin)) = copied_file(view, offset) else { return Vec::new() };
        let dockerfile = view.document.path();
        let context = dockerfile.as_ref().and_then(|dockerfile| host.context(dockerfile));
        let is_there = context.is_some_and(|context| context.entry(&path).is_some_and(|entry| !entry.is_directory()));
        let target = dockerfile.filter(|_| is_there).and_then(|dockerfile| Some(dockerfile.parent()?.join(&path)));
        let target = target.and_then(lsp::Uri::from_file_path);
        let start = lsp::Range::default();
        target
            .map(|target_uri| lsp::LocationLink {
                origin_selection_range: Some(view.range(origin)),
                target_uri,
                target_range: start,
                target_selection_range: start,
            })
            .into_iter()
            .collect()
    });
    let links = found.filter(|links: &Vec<lsp::LocationLink>| !links.is_empty());
    Ok(links.map(|links| {
        if has_links {
            return lsp::GotoDefinitionResponse::Link(links);
        }
        let plain = links.into_iter().map(|link| lsp::Location::new(link.target_uri, link.target_selection_range));
        lsp::GotoDefinitionResponse::Array(plain.collect())
    }))
}

/// The file of the build context that a COPY or ADD names at a place, and where.
pub fn copied_file(view: &View<'_>, offset: dfopt_syntax::TextSize) -> Option<(String, dfopt_syntax::TextRange)> {
    let step = view.model.step_at(offset)?;
    let copied = step.copied(view.model).filter(|copied| copied.from.is_none())?;
    let touches = |range: dfopt_syntax::TextRange| range.start() <= offset && offset <= range.end();
    let source = copied.sources.iter().find(|source| !source.is_heredoc && touches(source.range))?;
    let text = source.text.known().filter(|text| source_kind(text) == SourceKind::Path)?;
    let path = clean(text.trim_start_matches('/'));
    (!path.is_empty()).then_some((path, source.range))
}

/// Answers `textDocument/references`.
pub fn references(server: &mut Server, params: lsp::ReferenceParams) -> Result<Option<Vec<lsp::Location>>, Error> {
    let at = params.text_document_position;
    let found = server.view(&at.text_document.uri, |view| {
        let (_, found) = at_position(view, at.position)?;
        let wanted = found.into_iter().filter(|one| one.role == Role::Use || params.context.include_declaration);
        Some(wanted.map(|one| lsp::Location::new(view.document.uri.clone(), view.range(one.range))).collect())
    });
    Ok(found.flatten())
}

/// Answers `textDocument/documentHighlight`.
pub fn highlights(
    server: &mut Server,
    params: lsp::DocumentHighlightParams,
) -> Result<Option<Vec<lsp::DocumentHighlight>>, Error> {
    let at = params.text_document_position_params;
    let found = server.view(&at.text_document.uri, |view| {
        let (_, found) = at_position(view, at.position)?;
        let highlights = found.into_iter().map(|one| lsp::DocumentHighlight {
            range: view.range(one.range),
            kind: Some(match one.role {
                Role::Definition => lsp::DocumentHighlightKind::WRITE,
                Role::Use => lsp::DocumentHighlightKind::READ,
            }),
        });
        Some(highlights.collect())
    });
    Ok(found.flatten())
}

/// What stands at a position, with all its places.
fn at_position(view: &View<'_>, position: lsp::Position) -> Option<(Symbol, Vec<Occurrence>)> {
    let (symbol, _) = symbol::at(view.model, view.offset(position))?;
    let found = symbol::occurrences(view.model, &symbol);
    Some((symbol, found))
}

/// Answers `textDocument/prepareRename`.
pub fn prepare_rename(
    server: &mut Server,
    params: lsp::TextDocumentPositionParams,
) -> Result<Option<lsp::PrepareRenameResponse>, Error> {
    let found = server.view(&params.text_document.uri, |view| {
        let offset = view.offset(params.position);
        let Some((symbol, range)) = symbol::at(view.model, offset) else { return Ok(None) };
        let is_by_name =
            symbol::occurrences(view.model, &symbol).iter().any(|one| one.range == range && one.is_by_name);
        if !is_by_name {
            return Err(error(ErrorCode::InvalidParams, "the stage is named by its number here"));
        }
        symbol::renamable(view.model, &symbol).map_err(|why| error(ErrorCode::InvalidParams, why))?;
        Ok(Some(lsp::PrepareRenameResponse::RangeWithPlaceholder {
            range: view.range(range),
            placeholder: view.text_at(range).to_owned(),
        }))
    });
    found.unwrap_or(Ok(None))
}

/// Answers `textDocument/rename`.
pub fn rename(server: &mut Server, params: lsp::RenameParams) -> Result<Option<lsp::WorkspaceEdit>, Error> {
    let at = params.text_document_position;
    let understood = server.understood;
    let name = params.new_name;
    let edit = server.view(&at.text_document.uri, |view| {
        let (symbol, found) = at_position(view, at.position).ok_or_else(|| "nothing here has a name".to_owned())?;
        symbol::renamable(view.model, &symbol)?;
        symbol::fits(view.model, &symbol, &name)?;
        let edits: Vec<Edit> =
            found.iter().filter(|one| one.is_by_name).map(|one| Edit::replace(one.range, &*name)).collect();
        Ok(of_document(view, &edits, None, understood))
    });
    edit.transpose().map_err(|why: String| error(ErrorCode::InvalidParams, why))
}

/// Answers `textDocument/linkedEditingRange`: names that are written in exactly the same way.
pub fn linked(
    server: &mut Server,
    params: lsp::LinkedEditingRangeParams,
) -> Result<Option<lsp::LinkedEditingRanges>, Error> {
    let at = params.text_document_position_params;
    let found = server.view(&at.text_document.uri, |view| {
        let (symbol, place) = symbol::at(view.model, view.offset(at.position))?;
        symbol::renamable(view.model, &symbol).ok()?;
        let text = view.text_at(place);
        let found = symbol::occurrences(view.model, &symbol);
        let same: Vec<lsp::Range> =
            found.iter().filter(|one| view.text_at(one.range) == text).map(|one| view.range(one.range)).collect();
        // One place alone has nothing to be linked with.
        let pattern = match symbol {
            Symbol::Stage(_) => "[A-Za-z][A-Za-z0-9_.-]*",
            Symbol::Variable { .. } | Symbol::Heredoc { .. } => "[A-Za-z_][A-Za-z0-9_]*",
        };
        let word_pattern = Some(pattern.to_owned());
        (same.len() > 1).then_some(lsp::LinkedEditingRanges { ranges: same, word_pattern })
    });
    Ok(found.flatten())
}
