//! The outline of a document, nested by stage, the symbols of the workspace, and the hierarchy of stages that use each other.

use std::sync::Arc;

use dfopt_semantic::model::{Model, ReferenceTarget, Stage, Step, VariableKind};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;
use serde_json::{Value, json};
use tower_lsp_server::jsonrpc::{Error, ErrorCode};
use tower_lsp_server::ls_types as lsp;

use crate::convert::Encoding;
use crate::document::{Document, View};
use crate::jobs::Shown;
use crate::server::{Server, cancelled};
use crate::wire::error;

/// What a stage is called: by its name, or by its number and what it starts from.
#[must_use]
pub fn stage_title(stage: &Stage) -> String {
    match (&stage.name, &stage.base_text) {
        (Some(name), _) => name.name.clone(),
        (None, Some(base)) => format!("stage {} ({base})", stage.index),
        (None, None) => format!("stage {}", stage.index),
    }
}

/// Answers `textDocument/documentSymbol`.
pub fn of_document(
    server: &mut Server,
    params: lsp::DocumentSymbolParams,
) -> Result<Option<lsp::DocumentSymbolResponse>, Error> {
    let is_nested = server.understood.nested_symbols;
    Ok(server.view(&params.text_document.uri, |view| {
        let symbols = outline(view);
        if is_nested {
            return lsp::DocumentSymbolResponse::Nested(symbols);
        }
        let mut flat = Vec::new();
        flatten(&symbols, None, &view.document.uri, &mut flat);
        lsp::DocumentSymbolResponse::Flat(flat)
    }))
}

fn outline(view: &View<'_>) -> Vec<lsp::DocumentSymbol> {
    let model = view.model;
    let mut symbols: Vec<lsp::DocumentSymbol> =
        model.global_steps().iter().map(|step| instruction(view, step)).collect();
    for stage in model.stages() {
        let steps = model.stage_steps(stage);
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else { continue };
        let selection = stage.name.as_ref().map_or_else(|| first.ast.head_range(), |name| name.range);
        let children = steps.iter().skip(1).map(|step| instruction(view, step)).collect();
        let detail = stage.name.as_ref().and(stage.base_text.clone()).map(|base| format!("FROM {base}"));
        symbols.push(symbol(
            view,
            (stage_title(stage), detail),
            lsp::SymbolKind::CLASS,
            first.range().cover(last.range()),
            selection,
            children,
        ));
    }
    symbols
}

fn instruction(view: &View<'_>, step: &Step) -> lsp::DocumentSymbol {
    let variables = step.variables.iter().map(|variable| {
        let kind = match variable.kind {
            VariableKind::Env => lsp::SymbolKind::VARIABLE,
            VariableKind::Arg => lsp::SymbolKind::CONSTANT,
        };
        let named = (variable.name.clone(), variable.value.known().map(str::to_owned));
        symbol(view, named, kind, variable.range, variable.name_range, Vec::new())
    });
    let kind = match &step.ast {
        Instruction::Run(_) => lsp::SymbolKind::FUNCTION,
        Instruction::Cmd(_) | Instruction::Entrypoint(_) | Instruction::Healthcheck(_) => lsp::SymbolKind::EVENT,
        Instruction::Copy(_) | Instruction::Add(_) => lsp::SymbolKind::FILE,
        Instruction::Env(_) | Instruction::Arg(_) => lsp::SymbolKind::VARIABLE,
        _ => lsp::SymbolKind::PROPERTY,
    };
    let text = shortened(step.ast.logical().as_str());
    let detail = text.split_once(' ').map(|(_, arguments)| arguments.to_owned());
    let named = (step.ast.name().to_owned(), detail);
    symbol(view, named, kind, step.range(), step.keyword_range(), variables.collect())
}

/// The beginning of a text in one line.
fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST {
        return line;
    }
    let head: String = line.chars().take(MOST).collect();
    format!("{head}…")
}

fn symbol(
    view: &View<'_>,
    (name, detail): (String, Option<String>),
    kind: lsp::SymbolKind,
    range: TextRange,
    selection: TextRange,
    children: Vec<lsp::DocumentSymbol>,
) -> lsp::DocumentSymbol {
    #[allow(deprecated)]
    lsp::DocumentSymbol {
        name,
        detail,
        kind,
        tags: None,
        deprecated: None,
        range: view.range(range.cover(selection)),
        selection_range: view.range(selection),
        children: (!children.is_empty()).then_some(children),
    }
}

fn flatten(
    symbols: &[lsp::DocumentSymbol],
    container: Option<&str>,
    uri: &lsp::Uri,
    flat: &mut Vec<lsp::SymbolInformation>,
) {
    for symbol in symbols {
        #[allow(deprecated)]
        flat.push(lsp::SymbolInformation {
            name: symbol.name.clone(),
            kind: symbol.kind,
            tags: None,
            deprecated: None,
            location: lsp::Location::new(uri.clone(), symbol.range),
            container_name: container.map(str::to_owned),
        });
        flatten(symbol.children.as_deref().unwrap_or_default(), Some(&symbol.name), uri, flat);
    }
}

/// Answers `workspace/symbol`: stages and variables of all Dockerfiles.
pub fn of_workspace(server: &mut Server, params: lsp::WorkspaceSymbolParams) -> Result<Value, Error> {
    let query = params.query.to_lowercase();
    let open: Vec<(lsp::Uri, String)> =
        server.documents.iter().map(|document| (document.uri.clone(), document.text().to_owned())).collect();
    let (host, folders, encoding) = (Arc::clone(&server.host), server.folders.clone(), server.encoding);
    let reply = server.reply.take();
    server.jobs.start(reply, Shown::Nowhere, "", &mut server.client, move |watch| {
        let mut found = Vec::new();
        for (uri, text) in &open {
            collect(uri, text, &query, encoding, &mut found);
        }
        for file in folders.iter().flat_map(|folder| host.dockerfiles(folder)) {
            if watch.is_stopped() {
                return Box::new(|_| Err(cancelled()));
            }
            let Some(uri) = lsp::Uri::from_file_path(&file) else { continue };
            if open.iter().all(|(open, _)| *open != uri)
                && let Some(text) = host.read(&file)
            {
                collect(&uri, &text, &query, encoding, &mut found);
            }
        }
        Box::new(move |_| {
            serde_json::to_value(found).map_err(|trouble| error(ErrorCode::InternalError, trouble.to_string()))
        })
    });
    // Answered when the work is done.
    Ok(Value::Null)
}

fn collect(uri: &lsp::Uri, text: &str, query: &str, encoding: Encoding, found: &mut Vec<lsp::WorkspaceSymbol>) {
    let document = Document::new(uri.clone(), None, text.to_owned(), std::rc::Rc::default());
    document.view(encoding, |view| {
        let mut add = |name: &str, kind, place: TextRange, container: Option<String>| {
            if contains_in_order(&name.to_lowercase(), query) {
                found.push(lsp::WorkspaceSymbol {
                    name: name.to_owned(),
                    kind,
                    tags: None,
                    container_name: container,
                    location: lsp::OneOf::Left(lsp::Location::new(uri.clone(), view.range(place))),
                    data: None,
                });
            }
        };
        for stage in view.model.stages() {
            let first = view.model.stage_steps(stage).first();
            let place = stage.name.as_ref().map(|name| name.range).or(first.map(Step::keyword_range));
            if let Some(place) = place {
                add(&stage_title(stage), lsp::SymbolKind::CLASS, place, None);
            }
        }
        for step in view.model.steps() {
            let stage = view.model.stage_of(step).map(stage_title);
            for variable in &step.variables {
                add(&variable.name, lsp::SymbolKind::VARIABLE, variable.name_range, stage.clone());
            }
        }
    });
}

/// Whether all characters of `query` come in `name` in this order.
fn contains_in_order(name: &str, query: &str) -> bool {
    let mut rest = name.chars();
    query.chars().all(|wanted| rest.any(|c| c == wanted))
}

/// Answers `textDocument/prepareCallHierarchy`.
pub fn prepare_calls(
    server: &mut Server,
    params: lsp::CallHierarchyPrepareParams,
) -> Result<Option<Vec<lsp::CallHierarchyItem>>, Error> {
    let at = params.text_document_position_params;
    let found = server.view(&at.text_document.uri, |view| {
        let offset = view.offset(at.position);
        let named = match crate::symbol::at(view.model, offset) {
            Some((crate::symbol::Symbol::Stage(index), _)) => view.model.stages().get(index),
            _ => None,
        };
        let around = || view.model.step_at(offset).and_then(|step| view.model.stage_of(step));
        Some(vec![call_item(view, named.or_else(around)?)])
    });
    Ok(found.flatten())
}

fn call_item(view: &View<'_>, stage: &Stage) -> lsp::CallHierarchyItem {
    let steps = view.model.stage_steps(stage);
    let range = steps.iter().map(Step::range).reduce(TextRange::cover).unwrap_or_default();
    let keyword = steps.first().map(Step::keyword_range).unwrap_or_default();
    let selection = stage.name.as_ref().map_or(keyword, |name| name.range);
    lsp::CallHierarchyItem {
        name: stage_title(stage),
        kind: lsp::SymbolKind::CLASS,
        tags: None,
        detail: stage.base_text.clone(),
        uri: view.document.uri.clone(),
        range: view.range(range),
        selection_range: view.range(selection),
        data: Some(json!({ "stage": stage.index })),
    }
}

/// Places in one stage that name another.
fn uses(model: &Model<'_>) -> Vec<(usize, usize, TextRange)> {
    let found = model.references().iter().filter_map(|reference| {
        let ReferenceTarget::Stage(used) = reference.target else { return None };
        Some((model.steps().get(reference.step)?.stage?, used, reference.range))
    });
    found.collect()
}

/// The stage that an item of a call hierarchy stands for, if the document still has it.
fn stage_of<'m>(view: &View<'m>, item: &lsp::CallHierarchyItem) -> Option<&'m Stage> {
    let index = item.data.as_ref()?.get("stage")?.as_u64()?;
    let stage = view.model.stages().get(usize::try_from(index).ok()?)?;
    (stage_title(stage) == item.name).then_some(stage)
}

/// Answers `callHierarchy/incomingCalls`: the stages that use one.
pub fn incoming_calls(
    server: &mut Server,
    params: lsp::CallHierarchyIncomingCallsParams,
) -> Result<Option<Vec<lsp::CallHierarchyIncomingCall>>, Error> {
    let found = server.view(&params.item.uri, |view| {
        let stage = stage_of(view, &params.item)?;
        let uses = uses(view.model);
        let calls = view.model.stages().iter().filter_map(|other| {
            let ranges = uses.iter().filter(|(by, used, _)| *by == other.index && *used == stage.index);
            let from_ranges: Vec<lsp::Range> = ranges.map(|(.., range)| view.range(*range)).collect();
            let from = call_item(view, other);
            (!from_ranges.is_empty()).then_some(lsp::CallHierarchyIncomingCall { from, from_ranges })
        });
        Some(calls.collect())
    });
    Ok(found.flatten())
}

/// Answers `callHierarchy/outgoingCalls`: the stages that one uses.
pub fn outgoing_calls(
    server: &mut Server,
    params: lsp::CallHierarchyOutgoingCallsParams,
) -> Result<Option<Vec<lsp::CallHierarchyOutgoingCall>>, Error> {
    let found = server.view(&params.item.uri, |view| {
        let stage = stage_of(view, &params.item)?;
        let uses = uses(view.model);
        let calls = view.model.stages().iter().filter_map(|other| {
            let ranges = uses.iter().filter(|(by, used, _)| *by == stage.index && *used == other.index);
            let from_ranges: Vec<lsp::Range> = ranges.map(|(.., range)| view.range(*range)).collect();
            let to = call_item(view, other);
            (!from_ranges.is_empty()).then_some(lsp::CallHierarchyOutgoingCall { to, from_ranges })
        });
        Some(calls.collect())
    });
    Ok(found.flatten())
}
