//! What stands inside what: folding and growing selections.

use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, TextRange, TextSize};
use tower_lsp_server::jsonrpc::Error;
use tower_lsp_server::ls_types as lsp;

use crate::convert::number;
use crate::document::View;
use crate::server::Server;

/// Answers `textDocument/foldingRange`.
pub fn folds(server: &mut Server, params: lsp::FoldingRangeParams) -> Result<Option<Vec<lsp::FoldingRange>>, Error> {
    let only_lines = server.understood.folds_lines_only;
    Ok(server.view(&params.text_document.uri, |view| {
        let mut folds = Vec::new();
        let mut add = |place: TextRange, kind| {
            let range = view.range(place);
            if range.start.line < range.end.line {
                let columns = (!only_lines).then_some((range.start.character, range.end.character));
                folds.push(lsp::FoldingRange {
                    start_line: range.start.line,
                    start_character: columns.map(|(start, _)| start),
                    end_line: range.end.line,
                    end_character: columns.map(|(_, end)| end),
                    kind: Some(kind),
                    collapsed_text: None,
                });
            }
        };
        let model = view.model;
        for stage in model.stages() {
            let steps = model.stage_steps(stage);
            if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
                let end = first.ast.head_range().end();
                add(TextRange::new(end, last.range().end().max(end)), lsp::FoldingRangeKind::Region);
            }
        }
        for step in model.steps() {
            add(from_first_line(view, step.range()), lsp::FoldingRangeKind::Region);
            for heredoc in step.ast.heredocs() {
                if let Some(body) = heredoc.body() {
                    let start = body.text_range().start();
                    // From the end of the line with the opener.
                    let start = start.checked_sub(TextSize::new(1)).unwrap_or(start);
                    let end = heredoc.terminator().map_or(body.text_range().end(), |end| end.text_range().end());
                    add(TextRange::new(start, end), lsp::FoldingRangeKind::Region);
                }
            }
        }
        for block in comment_blocks(&model.parse().syntax()) {
            add(from_first_line(view, block), lsp::FoldingRangeKind::Comment);
        }
        folds
    }))
}

/// The place from the end of its first line on.
fn from_first_line(view: &View<'_>, place: TextRange) -> TextRange {
    let text = view.text_at(place);
    let line = text.find('\n').map_or(text.len(), |end| text[..end].trim_end_matches('\r').len());
    TextRange::new(place.start() + TextSize::new(number(line)), place.end())
}

/// Comments on neighbouring lines.
fn comment_blocks(root: &SyntaxNode) -> Vec<TextRange> {
    let mut blocks: Vec<TextRange> = Vec::new();
    let mut is_open = false;
    for element in root.children_with_tokens() {
        match element.kind() {
            SyntaxKind::COMMENT | SyntaxKind::DIRECTIVE => {
                match blocks.last_mut().filter(|_| is_open) {
                    Some(block) => *block = block.cover(element.text_range()),
                    None => blocks.push(element.text_range()),
                }
                is_open = true;
            }
            SyntaxKind::NEWLINE | SyntaxKind::INDENT | SyntaxKind::BOM => {}
            _ => is_open = false,
        }
    }
    blocks
}

/// Answers `textDocument/selectionRange`.
pub fn selections(
    server: &mut Server,
    params: lsp::SelectionRangeParams,
) -> Result<Option<Vec<lsp::SelectionRange>>, Error> {
    Ok(server.view(&params.text_document.uri, |view| {
        params.positions.iter().map(|position| selection(view, view.offset(*position))).collect()
    }))
}

/// The ever larger places around an offset: token, nodes, stage, file.
fn selection(view: &View<'_>, offset: TextSize) -> lsp::SelectionRange {
    let root = view.model.parse().syntax();
    let mut places: Vec<TextRange> = Vec::new();
    let tokens = root.token_at_offset(offset);
    // Between two tokens the one that is no blank.
    let is_blank = |kind: SyntaxKind| kind == SyntaxKind::WHITESPACE || kind.is_trivia();
    let token = tokens.clone().find(|token| !is_blank(token.kind())).or_else(|| tokens.right_biased());
    if let Some(token) = token {
        if token.kind() == SyntaxKind::COMMENT || !is_blank(token.kind()) {
            places.push(token.text_range());
        }
        for node in token.parent_ancestors() {
            places.push(trimmed(&node));
        }
    }
    if let Some(step) = view.model.step_at(offset)
        && let Some(stage) = view.model.stage_of(step)
    {
        let steps = view.model.stage_steps(stage);
        places.extend(steps.iter().map(dfopt_semantic::model::Step::range).reduce(TextRange::cover));
    }
    places.push(TextRange::up_to(TextSize::of(view.model.text())));
    places.sort_by_key(|place| place.len());
    let mut nested: Vec<TextRange> = Vec::new();
    for place in places {
        let fits = nested.last().is_none_or(|inner| place.contains_range(*inner) && place != *inner);
        if fits && place.contains_inclusive(offset) {
            nested.push(place);
        }
    }
    let grown = nested.into_iter().rev().fold(None, |parent: Option<Box<lsp::SelectionRange>>, place| {
        Some(Box::new(lsp::SelectionRange { range: view.range(place), parent }))
    });
    let nothing = || lsp::SelectionRange { range: view.range(TextRange::empty(offset)), parent: None };
    grown.map_or_else(nothing, |grown| *grown)
}

/// A node without the line ends and blanks around it.
fn trimmed(node: &SyntaxNode) -> TextRange {
    if let Some(instruction) = Instruction::cast(node.clone()) {
        return instruction.range();
    }
    let tokens = node.descendants_with_tokens().filter_map(SyntaxElement::into_token);
    let solid = tokens.filter(|token| !token.kind().is_trivia() && token.kind() != SyntaxKind::WHITESPACE);
    solid.map(|token| token.text_range()).reduce(TextRange::cover).unwrap_or_else(|| node.text_range())
}
