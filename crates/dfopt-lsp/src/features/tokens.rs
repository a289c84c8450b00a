//! Semantic tokens: what each piece of the text is, shell words in RUN and heredocs included.

use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxToken, TextRange};
use tower_lsp_server::jsonrpc::Error;
use tower_lsp_server::ls_types as lsp;

use crate::document::View;
use crate::server::Server;

/// What a token is; its number is its place in the legend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Keyword,
    Comment,
    String,
    Number,
    Operator,
    Variable,
    Parameter,
    Property,
    Function,
    Class,
    Macro,
    EnumMember,
}

/// The types, in the order of their numbers.
pub const TYPES: [&str; 12] = [
    "keyword",
    "comment",
    "string",
    "number",
    "operator",
    "variable",
    "parameter",
    "property",
    "function",
    "class",
    "macro",
    "enumMember",
];

/// The modifiers, in the order of their bits.
pub const MODIFIERS: [&str; 2] = ["declaration", "readonly"];

const DECLARATION: u32 = 1;
const READONLY: u32 = 2;

/// Answers `textDocument/semanticTokens/full`.
pub fn full(
    server: &mut Server,
    params: lsp::SemanticTokensParams,
) -> Result<Option<lsp::SemanticTokensResult>, Error> {
    let uri = params.text_document.uri;
    let Some(data) = server.view(&uri, |view| tokens(view, None)) else { return Ok(None) };
    let result_id = remember(server, &uri, data.clone());
    Ok(Some(lsp::SemanticTokensResult::Tokens(lsp::SemanticTokens { result_id: Some(result_id), data })))
}

/// Answers `textDocument/semanticTokens/full/delta`.
pub fn delta(
    server: &mut Server,
    params: lsp::SemanticTokensDeltaParams,
) -> Result<Option<lsp::SemanticTokensFullDeltaResult>, Error> {
    let uri = params.text_document.uri;
    let Some(data) = server.view(&uri, |view| tokens(view, None)) else { return Ok(None) };
    let before = server.tokens.remove(uri.as_str());
    let before = before.filter(|(id, _)| id.to_string() == params.previous_result_id);
    let result_id = Some(remember(server, &uri, data.clone()));
    Ok(Some(match before {
        Some((_, before)) => {
            let edits = changed(&before, &data);
            lsp::SemanticTokensFullDeltaResult::TokensDelta(lsp::SemanticTokensDelta { result_id, edits })
        }
        None => lsp::SemanticTokensFullDeltaResult::Tokens(lsp::SemanticTokens { result_id, data }),
    }))
}

/// Answers `textDocument/semanticTokens/range`.
pub fn range(
    server: &mut Server,
    params: lsp::SemanticTokensRangeParams,
) -> Result<Option<lsp::SemanticTokensRangeResult>, Error> {
    let data = server.view(&params.text_document.uri, |view| tokens(view, Some(view.place(params.range))));
    Ok(data.map(|data| lsp::SemanticTokensRangeResult::Tokens(lsp::SemanticTokens { result_id: None, data })))
}

fn remember(server: &mut Server, uri: &lsp::Uri, data: Vec<lsp::SemanticToken>) -> String {
    server.count += 1;
    server.tokens.insert(uri.as_str().to_owned(), (server.count, data));
    server.count.to_string()
}

/// One edit from the first to the last token that differs; five numbers stand for a token.
fn changed(before: &[lsp::SemanticToken], after: &[lsp::SemanticToken]) -> Vec<lsp::SemanticTokensEdit> {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (rest_before, rest_after) = (&before[head..], &after[head..]);
    let tail = rest_before.iter().rev().zip(rest_after.iter().rev()).take_while(|(a, b)| a == b).count();
    let (gone, new) = (&rest_before[..rest_before.len() - tail], &rest_after[..rest_after.len() - tail]);
    if gone.is_empty() && new.is_empty() {
        return Vec::new();
    }
    let five = |n: usize| crate::convert::number(n * 5);
    vec![lsp::SemanticTokensEdit { start: five(head), delete_count: five(gone.len()), data: Some(new.to_vec()) }]
}

/// The tokens of a text, or of a part of it, each relative to the one before.
fn tokens(view: &View<'_>, part: Option<TextRange>) -> Vec<lsp::SemanticToken> {
    let root = view.model.parse().syntax();
    let stages: Vec<TextRange> = view
        .model
        .references()
        .iter()
        .filter(|reference| !matches!(reference.target, dfopt_semantic::model::ReferenceTarget::Image(_)))
        .map(|reference| reference.range)
        .collect();
    let names: Vec<TextRange> =
        view.model.stages().iter().filter_map(|stage| stage.name.as_ref()).map(|name| name.range).collect();
    let mut data = Vec::new();
    let mut last = lsp::Position::default();
    for token in root.descendants_with_tokens().filter_map(SyntaxElement::into_token) {
        let place = token.text_range();
        if part.is_some_and(|part| place.end() <= part.start() || part.end() <= place.start()) {
            continue;
        }
        let within = |places: &[TextRange]| places.iter().any(|other| other.contains_range(place));
        let named = if within(&names) {
            Some((Kind::Class, DECLARATION))
        } else if within(&stages) && token.kind() != SyntaxKind::VAR_NAME {
            Some((Kind::Class, 0))
        } else {
            kind(&token)
        };
        let Some((kind, modifiers)) = named else { continue };
        // A token may hold several lines; one of the protocol may not.
        let mut start = place.start();
        for line in token.text().split_inclusive('\n') {
            let solid = line.trim_end_matches(['\n', '\r']);
            let length = view.encoding.width(solid);
            if length > 0 {
                let at = view.position(start);
                let delta_line = at.line - last.line;
                let delta_start = if delta_line == 0 { at.character - last.character } else { at.character };
                data.push(lsp::SemanticToken {
                    delta_line,
                    delta_start,
                    length,
                    token_type: kind as u32,
                    token_modifiers_bitset: modifiers,
                });
                last = at;
            }
            start += dfopt_syntax::TextSize::of(line);
        }
    }
    data
}

/// What a token is, if it is more than text.
fn kind(token: &SyntaxToken) -> Option<(Kind, u32)> {
    let parent = token.parent().map(|node| node.kind());
    let plain = |kind| Some((kind, 0));
    match token.kind() {
        SyntaxKind::KEYWORD | SyntaxKind::SH_RESERVED => plain(Kind::Keyword),
        SyntaxKind::COMMENT | SyntaxKind::SH_COMMENT | SyntaxKind::HASH => plain(Kind::Comment),
        SyntaxKind::DIRECTIVE_NAME => plain(Kind::Macro),
        SyntaxKind::DIRECTIVE_VALUE => plain(Kind::String),
        SyntaxKind::DASHES | SyntaxKind::FLAG_NAME => plain(Kind::Parameter),
        SyntaxKind::MOUNT_KEY => plain(Kind::Property),
        SyntaxKind::MOUNT_VALUE => plain(Kind::EnumMember),
        SyntaxKind::HEREDOC_OP | SyntaxKind::HEREDOC_DELIM | SyntaxKind::HEREDOC_END => plain(Kind::Macro),
        SyntaxKind::JSON_STRING | SyntaxKind::HEREDOC_TEXT | SyntaxKind::QUOTE => plain(Kind::String),
        SyntaxKind::VAR_NAME | SyntaxKind::DOLLAR | SyntaxKind::L_BRACE | SyntaxKind::R_BRACE => plain(Kind::Variable),
        SyntaxKind::SH_NAME => match parent {
            Some(SyntaxKind::SH_FUNCTION) => Some((Kind::Function, DECLARATION)),
            _ => Some((Kind::Variable, DECLARATION)),
        },
        SyntaxKind::VAR_OP
        | SyntaxKind::EQ
        | SyntaxKind::SH_AND_IF
        | SyntaxKind::SH_OR_IF
        | SyntaxKind::SH_SEMI
        | SyntaxKind::SH_DSEMI
        | SyntaxKind::SH_AMP
        | SyntaxKind::SH_PIPE
        | SyntaxKind::SH_BANG
        | SyntaxKind::SH_REDIRECT_OP
        | SyntaxKind::SH_ASSIGN_OP
        | SyntaxKind::SH_COND_OP
        | SyntaxKind::SH_GLOB
        | SyntaxKind::SH_SUBST_DELIM => plain(Kind::Operator),
        SyntaxKind::SH_IO_NUMBER | SyntaxKind::SH_ARITH_TEXT => plain(Kind::Number),
        SyntaxKind::TEXT | SyntaxKind::ESCAPED => text(token),
        _ => None,
    }
}

/// What text is, by what it stands in.
fn text(token: &SyntaxToken) -> Option<(Kind, u32)> {
    let node = token.parent()?;
    match node.kind() {
        SyntaxKind::QUOTED | SyntaxKind::SH_SINGLE_QUOTED | SyntaxKind::SH_DOUBLE_QUOTED => Some((Kind::String, 0)),
        SyntaxKind::HEALTHCHECK_TYPE => Some((Kind::Keyword, 0)),
        SyntaxKind::FLAG_VALUE => Some((Kind::EnumMember, 0)),
        SyntaxKind::SH_WORD => {
            let command = node.parent()?;
            let is_first = command.kind() == SyntaxKind::SH_COMMAND
                && command.children().find(|child| child.kind() == SyntaxKind::SH_WORD).as_ref() == Some(&node);
            if is_first {
                return Some((Kind::Function, 0));
            }
            token.text().starts_with('-').then_some((Kind::Parameter, 0))
        }
        SyntaxKind::WORD => word(token, &node),
        _ => None,
    }
}

fn word(token: &SyntaxToken, node: &dfopt_syntax::SyntaxNode) -> Option<(Kind, u32)> {
    let outer = node.parent()?;
    match outer.kind() {
        SyntaxKind::KEY_VALUE | SyntaxKind::KEY_VALUE_LEGACY => {
            let is_name = outer.children().next().as_ref() == Some(node);
            let holder = outer.parent()?.kind();
            match (is_name, holder) {
                (true, SyntaxKind::ARG) => Some((Kind::Variable, DECLARATION | READONLY)),
                (true, SyntaxKind::ENV) => Some((Kind::Variable, DECLARATION)),
                (true, _) => Some((Kind::Property, DECLARATION)),
                (false, _) => Some((Kind::String, 0)),
            }
        }
        SyntaxKind::FROM if token.text().eq_ignore_ascii_case("as") => Some((Kind::Keyword, 0)),
        SyntaxKind::FROM => Some((Kind::Class, 0)),
        SyntaxKind::EXPOSE => Some((Kind::Number, 0)),
        SyntaxKind::STOPSIGNAL | SyntaxKind::USER => Some((Kind::EnumMember, 0)),
        SyntaxKind::COPY | SyntaxKind::ADD | SyntaxKind::WORKDIR | SyntaxKind::VOLUME => Some((Kind::String, 0)),
        _ => None,
    }
}
