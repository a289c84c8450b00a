//! Here-documents that lie in the shell text itself. Those of a shell-form RUN lie outside of it and are not seen here.

use super::{
    parser::{Closers, Parser},
    word::{self, Quote},
};
use crate::{
    ErrorKind,
    SyntaxKind::{
        CONTINUATION, ESCAPED, HEREDOC_END, HEREDOC_TEXT, QUOTE, SH_DOUBLE_QUOTED, SH_HEREDOC, SH_NEWLINE, SH_WORD,
        TEXT, WHITESPACE,
    },
};

/// A here-document whose body is still to come.
pub(super) struct Pending {
    name: String,
    /// Whether the body is taken as it is.
    quoted: bool,
    /// Whether leading tabs are cut.
    strip_tabs: bool,
    /// Where the operator stands.
    operator: (usize, usize),
}

/// `E`, `'E'` or `\E` behind `<<`. Nothing in it is expanded.
pub(super) fn delimiter(p: &mut Parser<'_, '_, '_>, operator: (usize, usize)) {
    p.cursor.start(SH_WORD);
    let mut name = String::new();
    let mut quoted = false;
    while !p.ends_word(p.pos()) {
        let start = p.pos();
        match p.peek() {
            Some(b'\'') => {
                quoted = true;
                word::single_quoted(p);
                name.push_str(p.slice(start + 1, p.pos()).trim_end_matches('\''));
            }
            Some(b'"') => {
                quoted = true;
                double_quoted(p, &mut name);
            }
            Some(b'\\') if p.continuation_len(start) > 0 => p.take(CONTINUATION, p.continuation_len(start)),
            Some(b'\\') => {
                quoted = true;
                let len = p.char_len(start + 1);
                p.take(ESCAPED, 1 + len);
                name.push_str(p.slice(start + 1, p.pos()));
            }
            _ => {
                let mut end = start;
                while !p.ends_word(end) && !matches!(p.byte(end), Some(b'\'' | b'"' | b'\\')) {
                    end += 1;
                }
                p.take_to(TEXT, end);
                name.push_str(p.slice(start, end));
            }
        }
    }
    p.cursor.finish();
    let strip_tabs = operator.1 - operator.0 == 3;
    p.pending.push(Pending { name, quoted, strip_tabs, operator });
}

fn double_quoted(p: &mut Parser<'_, '_, '_>, name: &mut String) {
    let opener = (p.pos(), p.pos() + 1);
    p.cursor.start(SH_DOUBLE_QUOTED);
    p.take(QUOTE, 1);
    let len = p.text.get(p.pos()..p.end).and_then(|rest| rest.find('"'));
    let end = len.map_or(p.end, |len| p.pos() + len);
    name.push_str(p.slice(p.pos(), end));
    p.take_to(TEXT, end);
    if len.is_some() {
        p.take(QUOTE, 1);
    } else {
        p.unclosed(opener, "\"");
    }
    p.cursor.finish();
}

/// The bodies that begin behind the newline just taken.
pub(super) fn bodies(p: &mut Parser<'_, '_, '_>) {
    for pending in std::mem::take(&mut p.pending) {
        body(p, &pending);
    }
}

/// Where a body ends and where the line of its delimiter ends.
struct Extent {
    body: usize,
    line: usize,
}

fn body(p: &mut Parser<'_, '_, '_>, pending: &Pending) {
    let extent = find_end(p, pending);
    if p.at_end() {
        missing(p, pending);
        return;
    }
    p.cursor.start(SH_HEREDOC);
    let end = extent.as_ref().map_or(p.end, |extent| extent.body);
    if pending.quoted {
        p.take_to(HEREDOC_TEXT, end);
    } else {
        let outer = (p.end, p.awaited, p.forgiven);
        let braces = std::mem::take(&mut p.braces);
        (p.end, p.awaited, p.forgiven) = (end, Closers::default(), Closers::default());
        word::quoted_parts(p, Quote::Body, HEREDOC_TEXT);
        (p.end, p.awaited, p.forgiven) = outer;
        p.braces = braces;
    }
    match extent {
        None => missing(p, pending),
        Some(extent) => {
            if pending.strip_tabs {
                let mut tabs = p.pos();
                while p.byte(tabs) == Some(b'\t') {
                    tabs += 1;
                }
                p.take_to(WHITESPACE, tabs);
            }
            p.take_to(HEREDOC_END, extent.line);
        }
    }
    p.cursor.finish();
    let newline = p.newline_len(p.pos());
    p.take(SH_NEWLINE, newline);
}

/// The first line that equals the delimiter.
fn find_end(p: &Parser<'_, '_, '_>, pending: &Pending) -> Option<Extent> {
    let mut start = p.pos();
    while start < p.end {
        let rest = p.slice(start, p.end);
        let len = rest.find('\n').unwrap_or(rest.len());
        let line = rest.get(..len).unwrap_or_default();
        let line = if len < rest.len() { line.trim_end_matches('\r') } else { line };
        let candidate = if pending.strip_tabs { line.trim_start_matches('\t') } else { line };
        if candidate == pending.name {
            return Some(Extent { body: start, line: start + line.len() });
        }
        start += len + 1;
    }
    None
}

fn missing(p: &mut Parser<'_, '_, '_>, pending: &Pending) {
    let error = ErrorKind::ShellUnterminatedHeredoc { name: pending.name.as_str().into() };
    p.report_here(error, pending.operator);
}

/// Reports the here-documents that no newline follows. A text of one line cannot hold bodies: they lie elsewhere.
pub(super) fn report_missing_bodies(p: &mut Parser<'_, '_, '_>) {
    let pending = std::mem::take(&mut p.pending);
    if p.text.contains('\n') {
        for pending in &pending {
            missing(p, pending);
        }
    }
}
