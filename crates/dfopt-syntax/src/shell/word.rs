//! Words: bare characters, quotes, globs, braces, and the expansions between them.

use super::{
    command, expansion,
    parser::{Braces, Closer, Parser},
};
use crate::SyntaxKind::{
    self, CONTINUATION, DOLLAR, ESCAPED, QUOTE, SH_BRACE_EXPANSION, SH_DOUBLE_QUOTED, SH_GLOB, SH_SINGLE_QUOTED,
    SH_TILDE, SH_WORD, TEXT,
};

/// Where a word stands, which decides what some of its characters mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WordKind {
    /// A word of a command, a pattern, a file of a redirection.
    Plain,
    /// An argument of `export` and its like, where `name=(…)` is an array.
    Declaration,
    /// What stands behind `name=`.
    Value,
    /// The right side of `=~`, where parentheses and bars are text.
    Regex,
}

/// What quotes an expansion or a text stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quote {
    None,
    Double,
    /// The body of a here-document: like double quotes, in which `"` means nothing.
    Body,
}

/// `bare'single'"double"$v*`
pub(super) fn word(p: &mut Parser<'_, '_, '_>, kind: WordKind) {
    p.cursor.start(SH_WORD);
    if p.cursor.too_deep() {
        p.flatten();
    } else {
        parts(p, kind);
    }
    p.cursor.finish();
}

/// The parts of a word, as far as it goes.
fn parts(p: &mut Parser<'_, '_, '_>, kind: WordKind) {
    let start = p.pos();
    // Extended globs that are open, as their place and length; a parenthesis inside one has length 0.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut parens = 0usize;
    while let Some(byte) = p.peek() {
        let here = p.pos();
        let inside = !open.is_empty() || parens > 0;
        if p.newline_len(here) > 0 || (p.is_blank(here) && !inside) {
            break;
        }
        match byte {
            b'\\' => escaped(p),
            b'\'' => single_quoted(p),
            b'"' => double_quoted(p),
            b'`' => expansion::backtick(p, Quote::None),
            b'$' => expansion::dollar(p, Quote::None, TEXT),
            b'*' | b'?' | b'+' | b'@' | b'!' if kind != WordKind::Regex && p.byte(here + 1) == Some(b'(') => {
                open.push((here, 2));
                p.take(SH_GLOB, 2);
            }
            b'*' | b'?' if kind != WordKind::Regex => p.take(SH_GLOB, 1),
            b'[' => bracket(p, kind),
            b'{' if kind != WordKind::Regex => brace(p),
            b'}' | b',' if is_brace_mark(p, here) => p.take(SH_BRACE_EXPANSION, 1),
            b'~' if here == start || (kind != WordKind::Plain && follows_separator(p, here)) => tilde(p),
            b'(' if kind == WordKind::Regex => {
                parens += 1;
                p.take(TEXT, 1);
            }
            b')' if kind == WordKind::Regex && parens > 0 => {
                parens -= 1;
                p.take(TEXT, 1);
            }
            b'|' if kind == WordKind::Regex && (parens > 0 || !p.has(here, "||")) => p.take(TEXT, 1),
            b'(' if !open.is_empty() => {
                open.push((here, 0));
                p.take(TEXT, 1);
            }
            b')' if !open.is_empty() => {
                let glob = open.pop().is_some_and(|(_, len)| len > 0);
                p.take(if glob { SH_GLOB } else { TEXT }, 1);
            }
            b'|' if !open.is_empty() => p.take(SH_GLOB, 1),
            b'(' if kind == WordKind::Declaration && here > start && p.byte(here - 1) == Some(b'=') => {
                command::array(p);
            }
            b'<' | b'>' if p.byte(here + 1) == Some(b'(') => expansion::process_subst(p),
            b'<' | b'>' | b'&' | b' ' | b'\t' | b'\r' if inside => p.take(TEXT, 1),
            b'(' | b')' | b'|' | b'&' | b';' | b'<' | b'>' => break,
            _ => text(p, kind),
        }
    }
    if let Some(&(at, len)) = open.last() {
        p.unclosed((at, at + len.max(1)), ")");
        p.forgiven.insert(Closer::Paren);
    }
}

/// Bare characters without a meaning of their own; at least one.
fn text(p: &mut Parser<'_, '_, '_>, kind: WordKind) {
    let start = p.pos();
    let mut end = start + p.char_len(start).max(1);
    while let Some(byte) = p.byte(end) {
        let stop = match byte {
            b'\\' | b'\'' | b'"' | b'`' | b'$' | b'*' | b'?' | b'[' | b'{' | b'~' => true,
            b'+' | b'@' | b'!' => p.byte(end + 1) == Some(b'('),
            b'}' | b',' => is_brace_mark(p, end),
            _ => p.ends_word(end),
        };
        if stop && !(byte == b'~' && (kind == WordKind::Plain || !follows_separator(p, end))) {
            break;
        }
        end += 1;
    }
    p.take_to(TEXT, end);
}

/// Whether `~` at `i` stands behind `=` or `:`.
fn follows_separator(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    matches!(i.checked_sub(1).and_then(|before| p.byte(before)), Some(b'=' | b':'))
}

/// `\x`, or the shell's own continuation.
fn escaped(p: &mut Parser<'_, '_, '_>) {
    match p.continuation_len(p.pos()) {
        0 => {
            let len = p.char_len(p.pos() + 1);
            p.take(ESCAPED, 1 + len);
        }
        len => p.take(CONTINUATION, len),
    }
}

/// `~user`, `~+`, `~-`
fn tilde(p: &mut Parser<'_, '_, '_>) {
    let mut end = p.pos() + 1;
    if matches!(p.byte(end), Some(b'+' | b'-')) && p.byte(end + 1).is_none_or(|b| b == b'/' || b == b' ') {
        end += 1;
    }
    while p.byte(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) {
        end += 1;
    }
    p.take_to(SH_TILDE, end);
}

/// `'…'`
pub(super) fn single_quoted(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 1);
    p.cursor.start(SH_SINGLE_QUOTED);
    p.take(QUOTE, 1);
    let len = p.text.get(p.pos()..p.end).and_then(|rest| rest.find('\''));
    match len {
        Some(len) => {
            p.take(TEXT, len);
            p.take(QUOTE, 1);
        }
        None => {
            let end = p.end;
            p.take_to(TEXT, end);
            p.unclosed(opener, "'");
        }
    }
    p.cursor.finish();
}

/// `$'…'`
pub(super) fn ansi_quoted(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 2);
    p.cursor.start(SH_SINGLE_QUOTED);
    p.take(DOLLAR, 1);
    p.take(QUOTE, 1);
    loop {
        match p.peek() {
            None => {
                p.unclosed(opener, "'");
                break;
            }
            Some(b'\'') => {
                p.take(QUOTE, 1);
                break;
            }
            Some(b'\\') => {
                let len = p.char_len(p.pos() + 1);
                p.take(ESCAPED, 1 + len);
            }
            Some(_) => {
                let mut end = p.pos();
                while p.byte(end).is_some_and(|b| b != b'\'' && b != b'\\') {
                    end += 1;
                }
                p.take_to(TEXT, end);
            }
        }
    }
    p.cursor.finish();
}

/// `"…"` or `$"…"`
pub(super) fn double_quoted(p: &mut Parser<'_, '_, '_>) {
    let start = p.pos();
    p.cursor.start(SH_DOUBLE_QUOTED);
    if p.peek() == Some(b'$') {
        p.take(DOLLAR, 1);
    }
    p.take(QUOTE, 1);
    let opener = (start, p.pos());
    quoted_parts(p, Quote::Double, TEXT);
    if p.peek() == Some(b'"') {
        p.take(QUOTE, 1);
    } else {
        p.unclosed(opener, "\"");
    }
    p.cursor.finish();
}

/// What stands in double quotes or in the body of a here-document, up to the quote or the end.
pub(super) fn quoted_parts(p: &mut Parser<'_, '_, '_>, quote: Quote, kind: SyntaxKind) {
    while let Some(byte) = p.peek() {
        let here = p.pos();
        match byte {
            b'"' if quote == Quote::Double => return,
            b'`' => expansion::backtick(p, quote),
            b'$' => expansion::dollar(p, quote, kind),
            b'\\' if p.continuation_len(here) > 0 => p.take(CONTINUATION, p.continuation_len(here)),
            b'\\' if is_quoted_escape(p, here, quote) => p.take(ESCAPED, 2),
            _ => {
                let mut end = here + 1;
                while let Some(byte) = p.byte(end) {
                    let stop = match byte {
                        b'"' => quote == Quote::Double,
                        b'`' | b'$' => true,
                        b'\\' => p.continuation_len(end) > 0 || is_quoted_escape(p, end, quote),
                        _ => false,
                    };
                    if stop {
                        break;
                    }
                    end += 1;
                }
                p.take_to(kind, end);
            }
        }
    }
}

/// Whether the backslash at `i` protects the next character inside double quotes.
pub(super) fn is_quoted_escape(p: &Parser<'_, '_, '_>, i: usize, quote: Quote) -> bool {
    match p.byte(i + 1) {
        Some(b'$' | b'`' | b'\\') => true,
        Some(b'"') => quote == Quote::Double,
        _ => false,
    }
}

/// `[a-z]`, or a plain `[`.
fn bracket(p: &mut Parser<'_, '_, '_>, kind: WordKind) {
    let start = p.pos();
    if start < p.plain_brackets {
        p.take(TEXT, 1);
        return;
    }
    let mut end = start + 1;
    if matches!(p.byte(end), Some(b'!' | b'^')) {
        end += 1;
    }
    if p.byte(end) == Some(b']') {
        end += 1;
    }
    let (token, text) = if kind == WordKind::Regex { (TEXT, true) } else { (SH_GLOB, false) };
    loop {
        match p.byte(end) {
            Some(b']') => {
                p.take_to(token, end + 1);
                return;
            }
            Some(b'[') if matches!(p.byte(end + 1), Some(b':' | b'.' | b'=')) => end = after_class(p, end),
            Some(b'\'' | b'"' | b'$' | b'`' | b'\\') => {
                // What it matches is known only when the word is expanded.
                p.plain_brackets = p.plain_brackets.max(start + 1);
                p.take(token, 1);
                return;
            }
            Some(b'(' | b')' | b'|' | b'<' | b'>' | b'&') if text && p.newline_len(end) == 0 => end += 1,
            Some(_) if !p.ends_word(end) => end += 1,
            _ => {
                p.plain_brackets = end;
                p.take(TEXT, 1);
                return;
            }
        }
    }
}

/// The place behind `[:class:]` at `i`, or behind its `[` if it has no end.
fn after_class(p: &Parser<'_, '_, '_>, i: usize) -> usize {
    let mark = p.byte(i + 1);
    let mut end = i + 2;
    while p.byte(end).is_some_and(|b| b.is_ascii_alphanumeric() || b == b'-') {
        end += 1;
    }
    if p.byte(end) == mark && p.byte(end + 1) == Some(b']') { end + 2 } else { i + 1 }
}

/// Whether the `{`, `,` or `}` at `i` belongs to a brace expansion.
fn is_brace_mark(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    i < p.braces.until && p.braces.marks.binary_search(&i).is_ok()
}

/// `{a,b}`, or a plain `{`.
fn brace(p: &mut Parser<'_, '_, '_>) {
    let start = p.pos();
    if start >= p.braces.until
        && start >= p.plain_braces
        && let Some(end) = scan_braces(p, start)
    {
        p.take_to(SH_BRACE_EXPANSION, end);
        return;
    }
    let kind = if is_brace_mark(p, start) { SH_BRACE_EXPANSION } else { TEXT };
    p.take(kind, 1);
}

/// A `{` whose `}` is not found yet.
struct OpenBrace {
    at: usize,
    commas: Vec<usize>,
    /// Whether it can be `1..9`: nothing but letters, digits, signs and dots.
    sequence: bool,
}

/// Finds the brace expansions in the rest of the word at `start`. Gives the end of the first one if nothing in it needs a
/// node of its own.
fn scan_braces(p: &mut Parser<'_, '_, '_>, start: usize) -> Option<usize> {
    let mut marks = Vec::new();
    let mut open: Vec<OpenBrace> = Vec::new();
    let mut plain = true;
    let mut i = start;
    let mut whole = None;
    while let Some(byte) = p.byte(i) {
        let step = match byte {
            b'\\' => 1 + p.char_len(i + 1),
            b'\'' | b'"' | b'`' => match after_quote(p, i, byte) {
                Some(end) => end - i,
                None => break,
            },
            b'$' if matches!(p.byte(i + 1), Some(b'{' | b'(')) => match after_brackets(p, i + 1) {
                Some(end) => end - i,
                None => break,
            },
            _ if p.ends_word(i) => break,
            _ => 1,
        };
        plain &= !matches!(byte, b'\\' | b'\'' | b'"' | b'`' | b'$' | b'*' | b'?' | b'[');
        match byte {
            b'{' => open.push(OpenBrace { at: i, commas: Vec::new(), sequence: true }),
            b',' => {
                if let Some(brace) = open.last_mut() {
                    brace.commas.push(i);
                }
            }
            b'}' => {
                if let Some(brace) = open.pop() {
                    let sequence = brace.sequence && is_sequence(p.slice(brace.at + 1, i));
                    if sequence || !brace.commas.is_empty() {
                        marks.extend([brace.at, i]);
                        marks.extend(&brace.commas);
                        if brace.at == start && plain {
                            whole = Some(i + 1);
                        }
                    }
                    if let Some(outer) = open.last_mut() {
                        outer.sequence = false;
                    }
                }
            }
            b'.' | b'-' | b'+' => {}
            _ if byte.is_ascii_alphanumeric() => {}
            _ => {
                if let Some(brace) = open.last_mut() {
                    brace.sequence = false;
                }
            }
        }
        i += step;
        if open.is_empty() {
            break;
        }
    }
    if let Some(end) = whole {
        return Some(end);
    }
    marks.sort_unstable();
    p.braces = Braces { marks, until: i.max(start + 1) };
    if p.byte(i).is_some_and(|byte| matches!(byte, b'\'' | b'"' | b'`' | b'$')) && !open.is_empty() {
        // Something in the word is never closed, so that no later scan would get further.
        p.plain_braces = p.end;
    }
    None
}

/// Whether the text is that of `{1..9}` or `{a..z..2}`.
fn is_sequence(text: &str) -> bool {
    let mut parts = text.split("..");
    let ends = [parts.next(), parts.next()];
    let step = parts.next();
    ends.into_iter().all(|end| end.is_some_and(|end| !end.is_empty() && !end.contains('.')))
        && step != Some("")
        && parts.next().is_none()
}

/// The place behind the quote that `quote` at `i` opens.
fn after_quote(p: &Parser<'_, '_, '_>, i: usize, quote: u8) -> Option<usize> {
    let mut end = i + 1;
    loop {
        let byte = p.byte(end)?;
        if byte == quote {
            return Some(end + 1);
        }
        end += if byte == b'\\' && quote != b'\'' { 2 } else { 1 };
    }
}

/// The place behind the bracket that closes the one at `i`, as far as can be told without parsing.
fn after_brackets(p: &Parser<'_, '_, '_>, i: usize) -> Option<usize> {
    let (opener, closer) = if p.byte(i) == Some(b'{') { (b'{', b'}') } else { (b'(', b')') };
    let (mut end, mut depth) = (i, 0usize);
    loop {
        let byte = p.byte(end)?;
        match byte {
            b'\\' => end += 1,
            b'\'' | b'"' => {
                end = after_quote(p, end, byte)?;
                continue;
            }
            _ if byte == opener => depth += 1,
            _ if byte == closer => {
                depth -= 1;
                if depth == 0 {
                    return Some(end + 1);
                }
            }
            _ => {}
        }
        end += 1;
    }
}

/// What stands between the brackets of `name[…]`, up to the bracket.
pub(super) fn subscript(p: &mut Parser<'_, '_, '_>) {
    let mut depth = 0usize;
    while let Some(byte) = p.peek() {
        match byte {
            b']' if depth == 0 => return,
            b'\\' => escaped(p),
            b'\'' => single_quoted(p),
            b'"' => double_quoted(p),
            b'`' => expansion::backtick(p, Quote::None),
            b'$' => expansion::dollar(p, Quote::None, TEXT),
            _ => {
                let mut end = p.pos();
                while let Some(byte) = p.byte(end) {
                    match byte {
                        b'[' => depth += 1,
                        b']' if depth > 0 => depth -= 1,
                        b']' | b'\\' | b'\'' | b'"' | b'`' | b'$' | b'\n' => break,
                        _ => {}
                    }
                    end += 1;
                }
                if end == p.pos() {
                    return;
                }
                p.take_to(TEXT, end);
            }
        }
    }
}
