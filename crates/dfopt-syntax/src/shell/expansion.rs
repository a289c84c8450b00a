//! `$v`, `${v…}`, `$(…)`, `` `…` ``, `$((…))`, `<(…)`.

use super::{
    command,
    parser::{Closer, Closers, Parser},
    word::{self, Quote},
};
use crate::{
    ErrorKind,
    SyntaxKind::{
        self, CONTINUATION, DOLLAR, ERROR_TEXT, ESCAPED, L_BRACE, L_BRACK, R_BRACE, R_BRACK, SH_ARITH_SUBST,
        SH_ARITH_TEXT, SH_COMMAND_SUBST, SH_NEWLINE, SH_OPAQUE, SH_PARAM, SH_PROCESS_SUBST, SH_SUBST_DELIM, TEXT,
        VAR_NAME, VAR_OP, VAR_OPERAND, WHITESPACE,
    },
};

/// Whatever begins with `$`; a `$` that means nothing becomes `text`.
pub(super) fn dollar(p: &mut Parser<'_, '_, '_>, quote: Quote, text: SyntaxKind) {
    if p.cursor.too_deep() {
        p.flatten();
        return;
    }
    let start = p.pos();
    match p.byte(start + 1) {
        Some(b'(') if is_arithmetic(p, start + 1) => arith_subst(p, 3, "))"),
        Some(b'(') => command_subst(p),
        Some(b'{') => braced(p, quote),
        Some(b'[') if has_dollar_bracket(p, start) => arith_subst(p, 2, "]"),
        Some(b'\'') if quote == Quote::None => word::ansi_quoted(p),
        Some(b'"') if quote == Quote::None => word::double_quoted(p),
        _ => match parameter_len(p, start + 1) {
            0 => p.take(text, 1),
            len => {
                p.cursor.start(SH_PARAM);
                p.take(DOLLAR, 1);
                p.take(VAR_NAME, len);
                p.cursor.finish();
            }
        },
    }
}

/// The length of the parameter's name at `i`, as it is without braces: a name, one digit or one special character.
fn parameter_len(p: &Parser<'_, '_, '_>, i: usize) -> usize {
    let end = p.after_name(i);
    if end > i {
        return end - i;
    }
    let special = |b: u8| b.is_ascii_digit() || matches!(b, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!');
    usize::from(p.byte(i).is_some_and(special))
}

/// Whether the brackets of `$[…]` at `i` end on their line.
fn has_dollar_bracket(p: &mut Parser<'_, '_, '_>, i: usize) -> bool {
    if i < p.plain_dollar_brackets {
        return false;
    }
    let mut end = i + 2;
    loop {
        match p.byte(end) {
            Some(b']') => return true,
            Some(b'\n' | b'"' | b'\'' | b';') | None => {
                p.plain_dollar_brackets = end;
                return false;
            }
            Some(_) => end += 1,
        }
    }
}

// ── Commands inside words ───────────────────────────────────────────────────────────────────────

/// A list of its own, up to `end` or to one of `closers`. What is open around it plays no part in it.
fn nested(p: &mut Parser<'_, '_, '_>, end: usize, closers: &[Closer]) {
    let outer = (p.end, p.awaited, p.forgiven);
    let braces = std::mem::take(&mut p.braces);
    let mut pending = std::mem::take(&mut p.pending);
    (p.end, p.awaited, p.forgiven) = (end, Closers::of(closers), Closers::default());
    command::list(p);
    (p.end, p.awaited, p.forgiven) = outer;
    p.braces = braces;
    // A body that the substitution does not hold comes behind the line.
    pending.append(&mut p.pending);
    p.pending = pending;
}

/// `$(list)`
fn command_subst(p: &mut Parser<'_, '_, '_>) {
    p.cursor.start(SH_COMMAND_SUBST);
    parenthesised(p);
    p.cursor.finish();
}

/// `<(list)` or `>(list)`
pub(super) fn process_subst(p: &mut Parser<'_, '_, '_>) {
    if p.cursor.too_deep() {
        p.flatten();
        return;
    }
    p.cursor.start(SH_PROCESS_SUBST);
    parenthesised(p);
    p.cursor.finish();
}

/// What `$(` and `<(` have in common.
fn parenthesised(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 2);
    p.take(SH_SUBST_DELIM, 2);
    let end = p.end;
    nested(p, end, &[Closer::Paren]);
    p.blanks();
    if p.peek() == Some(b')') {
        p.take(SH_SUBST_DELIM, 1);
    } else {
        p.unclosed(opener, ")");
    }
}

/// `` `list` ``. Its end is known before it is parsed: the first backtick without a backslash. Without an end, or where
/// escapes hide the commands, it is kept as one piece.
pub(super) fn backtick(p: &mut Parser<'_, '_, '_>, quote: Quote) {
    if p.cursor.too_deep() {
        p.flatten();
        return;
    }
    let opener = (p.pos(), p.pos() + 1);
    let mut end = p.pos() + 1;
    let mut escapes = false;
    while let Some(byte) = p.byte(end).filter(|&byte| byte != b'`') {
        if byte == b'\\' {
            // Such a backslash is taken away before the commands are read, which cannot be done in place.
            escapes |= word::is_quoted_escape(p, end, quote);
            end += 1;
        }
        end += p.char_len(end);
    }
    let end = end.min(p.end);
    p.cursor.start(SH_COMMAND_SUBST);
    p.take(SH_SUBST_DELIM, 1);
    if escapes || end >= p.end {
        p.cursor.start(SH_OPAQUE);
        p.take_to(TEXT, end);
        p.cursor.finish();
    } else {
        nested(p, end, &[]);
        p.take_to(WHITESPACE, end);
    }
    if p.peek() == Some(b'`') {
        p.take(SH_SUBST_DELIM, 1);
    } else {
        p.unclosed(opener, "`");
    }
    p.cursor.finish();
}

// ── Arithmetic ──────────────────────────────────────────────────────────────────────────────────

/// Whether the `(` at `i` is the first of `((` and not of two nested ones: the second must be closed by `))`.
pub(super) fn is_arithmetic(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    if !p.has(i, "((") {
        return false;
    }
    let (mut at, mut depth) = (i + 2, 1usize);
    while let Some(byte) = p.byte(at) {
        match byte {
            b'\\' => at += 1,
            b'\'' | b'"' => match skip_quote(p, at, byte) {
                Some(end) => at = end,
                None => return true,
            },
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return p.byte(at + 1).is_none_or(|byte| byte == b')');
                }
            }
            _ => {}
        }
        at += 1;
    }
    true
}

/// The place of the quote that closes the one at `i`.
fn skip_quote(p: &Parser<'_, '_, '_>, i: usize, quote: u8) -> Option<usize> {
    let mut end = i + 1;
    loop {
        match p.byte(end)? {
            byte if byte == quote => return Some(end),
            b'\\' if quote == b'"' => end += 2,
            _ => end += 1,
        }
    }
}

/// `$((expression))` or `$[expression]`, whose opener has `len` bytes.
fn arith_subst(p: &mut Parser<'_, '_, '_>, len: usize, closer: &'static str) {
    let opener = (p.pos(), p.pos() + len);
    p.cursor.start(SH_ARITH_SUBST);
    p.take(SH_SUBST_DELIM, len);
    arithmetic(p, opener, closer, SH_SUBST_DELIM);
    p.cursor.finish();
}

/// An expression and its closer, which becomes a token of `kind`.
pub(super) fn arithmetic(p: &mut Parser<'_, '_, '_>, opener: (usize, usize), closer: &'static str, kind: SyntaxKind) {
    let (open, close) = if closer == "]" { (b'[', b']') } else { (b'(', b')') };
    let mut depth = 0usize;
    loop {
        let here = p.pos();
        let Some(byte) = p.peek() else {
            p.unclosed(opener, closer);
            return;
        };
        match byte {
            _ if depth == 0 && byte == close => {
                if p.has(here, closer) {
                    p.take(kind, closer.len());
                } else {
                    p.unclosed(opener, closer);
                    p.take(kind, 1);
                    p.be_quiet();
                }
                return;
            }
            _ if byte == open || byte == close => {
                depth = if byte == open { depth + 1 } else { depth - 1 };
                p.take(SH_ARITH_TEXT, 1);
            }
            b'$' => dollar(p, Quote::None, SH_ARITH_TEXT),
            b'`' => backtick(p, Quote::None),
            b'\'' => word::single_quoted(p),
            b'"' => word::double_quoted(p),
            b'\\' => match p.continuation_len(here) {
                0 => p.take(ESCAPED, 1 + p.char_len(here + 1)),
                len => p.take(CONTINUATION, len),
            },
            _ if p.newline_len(here) > 0 => p.take(SH_NEWLINE, p.newline_len(here)),
            _ if p.is_blank(here) => p.blanks(),
            _ => {
                let end = after_arith_text(p, here);
                p.take_to(SH_ARITH_TEXT, end);
            }
        }
    }
}

/// The end of the name, the number or the operator at `i`.
fn after_arith_text(p: &Parser<'_, '_, '_>, i: usize) -> usize {
    let is_operand = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'#' | b'@');
    let is_operator = |b: u8| b"+-*/%<>=!&|^~?:,;.{}".contains(&b);
    let mut end = i + p.char_len(i).max(1);
    let class: &dyn Fn(u8) -> bool = match p.byte(i) {
        Some(b) if is_operand(b) => &is_operand,
        Some(b) if is_operator(b) => &is_operator,
        _ => return end,
    };
    while p.byte(end).is_some_and(class) {
        end += 1;
    }
    end
}

// ── Parameters in braces ────────────────────────────────────────────────────────────────────────

/// How what stands behind the operator is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    /// No operand.
    None,
    /// `word` of `:-word`: single quotes mean nothing inside double ones.
    Word,
    /// A pattern, in which single quotes always count.
    Pattern,
    /// `pattern/text`
    Replace,
    /// `offset:length`
    Slice,
}

/// `${v}`, `${#v}`, `${!v}`, `${v[i]}`, `${v:-word}`
fn braced(p: &mut Parser<'_, '_, '_>, quote: Quote) {
    let start = p.pos();
    let opener = (start, start + 2);
    p.cursor.start(SH_PARAM);
    p.take(DOLLAR, 1);
    p.take(L_BRACE, 1);
    zsh_flags(p);
    prefix(p);
    let len = match p.after_digits(p.pos()) {
        end if end > p.pos() => end - p.pos(),
        _ => parameter_len(p, p.pos()),
    };
    p.take(VAR_NAME, len);
    if len > 0 && p.peek() == Some(b'[') {
        p.take(L_BRACK, 1);
        word::subscript(p);
        if p.peek() == Some(b']') {
            p.take(R_BRACK, 1);
        }
    }
    if len > 0 {
        let (len, operand) = operator(p, p.pos());
        p.take(VAR_OP, len);
        match operand {
            Operand::None => {}
            Operand::Word => operand_text(p, None, quote, quote == Quote::None),
            Operand::Pattern => operand_text(p, None, quote, true),
            Operand::Replace => {
                operand_text(p, Some(b'/'), quote, true);
                if p.peek() == Some(b'/') {
                    p.take(VAR_OP, 1);
                    operand_text(p, None, quote, true);
                }
            }
            Operand::Slice => {
                operand_text(p, Some(b':'), quote, true);
                if p.peek() == Some(b':') {
                    p.take(VAR_OP, 1);
                    operand_text(p, None, quote, true);
                }
            }
        }
    }
    close_brace(p, opener, len > 0);
    p.cursor.finish();
}

/// The flags that zsh allows: `${(f)v}`
fn zsh_flags(p: &mut Parser<'_, '_, '_>) {
    if p.peek() != Some(b'(') {
        return;
    }
    let mut end = p.pos() + 1;
    while p.byte(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'#' | b'%')) {
        end += 1;
    }
    if p.byte(end) == Some(b')') {
        p.take_to(VAR_OP, end + 1);
    }
}

/// `#` of `${#v}` or `!` of `${!v}`, which are names themselves if nothing else follows.
fn prefix(p: &mut Parser<'_, '_, '_>) {
    let next = p.pos() + 1;
    let end = match p.after_digits(next) {
        end if end > next => end,
        _ => next + parameter_len(p, next),
    };
    let is_prefix = end > next
        && match p.peek() {
            Some(b'#') => matches!(p.byte(end), Some(b'}' | b'[') | None),
            Some(b'!') => !matches!(p.byte(next), Some(b'-' | b'?')) || p.byte(end) == Some(b'}'),
            _ => false,
        };
    if is_prefix {
        p.take(VAR_OP, 1);
    }
}

/// The operator at `i`: its length and what follows it.
fn operator(p: &Parser<'_, '_, '_>, i: usize) -> (usize, Operand) {
    const OPERATORS: [(&str, Operand); 21] = [
        (":-", Operand::Word),
        (":=", Operand::Word),
        (":?", Operand::Word),
        (":+", Operand::Word),
        ("-", Operand::Word),
        ("=", Operand::Word),
        ("?", Operand::Word),
        ("+", Operand::Word),
        ("##", Operand::Pattern),
        ("#", Operand::Pattern),
        ("%%", Operand::Pattern),
        ("%", Operand::Pattern),
        ("//", Operand::Replace),
        ("/#", Operand::Replace),
        ("/%", Operand::Replace),
        ("/", Operand::Replace),
        ("^^", Operand::Pattern),
        ("^", Operand::Pattern),
        (",,", Operand::Pattern),
        (",", Operand::Pattern),
        (":", Operand::Slice),
    ];
    if matches!(p.byte(i), Some(b'@' | b'*')) {
        // `${v@Q}`, `${!v*}`
        let len = if p.byte(i + 1).is_some_and(|b| b.is_ascii_alphabetic()) { 2 } else { 1 };
        return (len, Operand::None);
    }
    OPERATORS
        .into_iter()
        .find(|(operator, _)| p.has(i, operator))
        .map_or((0, Operand::None), |(operator, operand)| (operator.len(), operand))
}

/// What stands behind an operator, up to `}` or to the byte `until`.
fn operand_text(p: &mut Parser<'_, '_, '_>, until: Option<u8>, quote: Quote, single_quotes: bool) {
    p.cursor.start(VAR_OPERAND);
    while let Some(byte) = p.peek() {
        let here = p.pos();
        match byte {
            b'}' => break,
            _ if Some(byte) == until => break,
            b'\\' => match p.continuation_len(here) {
                0 => p.take(ESCAPED, 1 + p.char_len(here + 1)),
                len => p.take(CONTINUATION, len),
            },
            b'\'' if single_quotes => word::single_quoted(p),
            b'"' if quote != Quote::Body => word::double_quoted(p),
            b'`' => backtick(p, quote),
            b'$' => {
                // `$'…'` and `$"…"` count here as they do outside of quotes.
                let inner = if single_quotes { Quote::None } else { Quote::Double };
                dollar(p, inner, TEXT);
            }
            _ => {
                let mut end = here + 1;
                while let Some(byte) = p.byte(end) {
                    if matches!(byte, b'}' | b'\\' | b'\'' | b'"' | b'`' | b'$') || Some(byte) == until {
                        break;
                    }
                    end += 1;
                }
                p.take_to(TEXT, end);
            }
        }
    }
    p.cursor.finish();
}

/// `}`, or what stands in its place.
fn close_brace(p: &mut Parser<'_, '_, '_>, opener: (usize, usize), named: bool) {
    let here = p.pos();
    if named && p.peek() == Some(b'}') {
        p.take(R_BRACE, 1);
        return;
    }
    let mut end = here;
    while p.byte(end).is_some_and(|b| !matches!(b, b'}' | b'\n' | b'"' | b'\'' | b'`' | b'$')) {
        end += 1;
    }
    if p.byte(end) == Some(b'}') {
        p.cursor.error(ErrorKind::ShellBadSubstitution, opener.0, end + 1);
        p.take_to(ERROR_TEXT, end);
        p.take(R_BRACE, 1);
    } else {
        p.unclosed(opener, "}");
    }
}
