//! Compound commands and functions.

use super::{
    command, expansion,
    parser::{Closer, Closers, Parser},
    word::{self, WordKind},
};
use crate::SyntaxKind::{
    self, ERROR_TEXT, SH_ARITH, SH_BRANCH, SH_CASE, SH_CASE_ITEM, SH_DSEMI, SH_FOR, SH_FUNCTION, SH_GROUP, SH_IF,
    SH_L_CURLY, SH_L_PAREN, SH_NAME, SH_PIPE, SH_R_CURLY, SH_R_PAREN, SH_RESERVED, SH_SEMI, SH_SUBSHELL, SH_WHILE,
};

/// What begins with a reserved word, if one is here.
pub(super) fn keyword(p: &mut Parser<'_, '_, '_>) -> bool {
    let start = p.pos();
    let parse: fn(&mut Parser<'_, '_, '_>, usize) = match p.peek() {
        Some(b'i') if p.is_word(start, "if") => |p, _| if_(p),
        Some(b'f') if p.is_word(start, "for") => for_,
        Some(b's') if p.is_word(start, "select") => for_,
        Some(b'w') if p.is_word(start, "while") => while_,
        Some(b'u') if p.is_word(start, "until") => while_,
        Some(b'c') if p.is_word(start, "case") => |p, _| case(p),
        Some(b'f') if p.is_word(start, "function") && p.starts_word(p.after_blanks(start + 8)) => |p, _| function(p),
        _ => return false,
    };
    let len = p.text.get(start..).map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_lowercase).count());
    parse(p, len);
    true
}

/// Whether a compound command begins at `i`.
pub(super) fn starts_compound(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    p.byte(i) == Some(b'(')
        || ["{", "[[", "if", "for", "select", "while", "until", "case"].into_iter().any(|word| p.is_word(i, word))
}

/// A list inside a construct that waits for `closers`; what is around it waits on.
fn list_until(p: &mut Parser<'_, '_, '_>, closers: &[Closer]) {
    let outer = p.awaited;
    p.awaited = outer.and(closers);
    let any = command::list(p);
    p.awaited = outer;
    let next = p.after_blanks(p.pos());
    if !any && p.closer(next).is_some_and(|(closer, _)| Closers::of(closers).contains(closer)) {
        p.unexpected(next);
    }
}

/// Takes the closing token, or reports what is open.
fn close(p: &mut Parser<'_, '_, '_>, closer: Closer, kind: SyntaxKind, opener: (usize, usize), text: &'static str) {
    if p.at_closer(p.after_blanks(p.pos()), closer) {
        p.blanks();
        p.take(kind, text.len());
    } else {
        p.unclosed(opener, text);
    }
}

/// `( list )`
pub(super) fn subshell(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 1);
    p.cursor.start(SH_SUBSHELL);
    p.take(SH_L_PAREN, 1);
    list_until(p, &[Closer::Paren]);
    close(p, Closer::Paren, SH_R_PAREN, opener, ")");
    command::redirects(p);
    p.cursor.finish();
}

/// `{ list; }`
pub(super) fn group(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 1);
    p.cursor.start(SH_GROUP);
    p.take(SH_L_CURLY, 1);
    list_until(p, &[Closer::Curly]);
    close(p, Closer::Curly, SH_R_CURLY, opener, "}");
    command::redirects(p);
    p.cursor.finish();
}

/// `(( expression ))`
pub(super) fn arith(p: &mut Parser<'_, '_, '_>) {
    p.cursor.start(SH_ARITH);
    double_parens(p);
    command::redirects(p);
    p.cursor.finish();
}

fn double_parens(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 2);
    p.take(SH_RESERVED, 2);
    expansion::arithmetic(p, opener, "))", SH_RESERVED);
}

/// `if list; then list; elif list; then list; else list; fi`
fn if_(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 2);
    p.cursor.start(SH_IF);
    p.take(SH_RESERVED, 2);
    loop {
        list_until(p, &[Closer::Then, Closer::Elif, Closer::Else, Closer::Fi]);
        if p.at_closer(p.after_blanks(p.pos()), Closer::Then) {
            branch(p, 4, &[Closer::Elif, Closer::Else, Closer::Fi]);
        } else {
            p.unclosed(opener, "then");
        }
        if !p.at_closer(p.after_blanks(p.pos()), Closer::Elif) {
            break;
        }
        p.blanks();
        p.take(SH_RESERVED, 4);
    }
    if p.at_closer(p.after_blanks(p.pos()), Closer::Else) {
        branch(p, 4, &[Closer::Fi]);
    }
    close(p, Closer::Fi, SH_RESERVED, opener, "fi");
    command::redirects(p);
    p.cursor.finish();
}

/// `then list`, `else list`, `do list`, where the reserved word has `len` bytes.
fn branch(p: &mut Parser<'_, '_, '_>, len: usize, closers: &[Closer]) {
    p.blanks();
    p.cursor.start(SH_BRANCH);
    p.take(SH_RESERVED, len);
    list_until(p, closers);
    p.cursor.finish();
}

/// `while list; do list; done`, or `until`.
fn while_(p: &mut Parser<'_, '_, '_>, len: usize) {
    let opener = (p.pos(), p.pos() + len);
    p.cursor.start(SH_WHILE);
    p.take(SH_RESERVED, len);
    list_until(p, &[Closer::Do, Closer::Done]);
    loop_body(p, opener);
    command::redirects(p);
    p.cursor.finish();
}

/// `do list; done`
fn loop_body(p: &mut Parser<'_, '_, '_>, opener: (usize, usize)) {
    if p.at_closer(p.after_blanks(p.pos()), Closer::Do) {
        branch(p, 2, &[Closer::Done]);
        close(p, Closer::Done, SH_RESERVED, opener, "done");
        return;
    }
    p.unclosed(opener, "do");
    // Without `do` the body is read all the same.
    p.blanks();
    p.cursor.start(SH_BRANCH);
    let outer = p.awaited;
    p.awaited = outer.and(&[Closer::Done]);
    command::list(p);
    p.awaited = outer;
    p.cursor.finish();
    let next = p.after_blanks(p.pos());
    if p.at_closer(next, Closer::Done) {
        p.blanks();
        p.take(SH_RESERVED, 4);
    }
}

/// `for name in words; do list; done`, `for ((…)); do list; done`, or `select`, where the first word has `len` bytes.
fn for_(p: &mut Parser<'_, '_, '_>, len: usize) {
    let opener = (p.pos(), p.pos() + len);
    p.cursor.start(SH_FOR);
    p.take(SH_RESERVED, len);
    p.blanks();
    if p.has(p.pos(), "((") {
        p.cursor.start(SH_ARITH);
        double_parens(p);
        p.cursor.finish();
    } else if p.starts_word(p.pos()) {
        let mut end = p.pos();
        while !p.ends_word(end) {
            end += 1;
        }
        p.take_to(SH_NAME, end);
        p.line_breaks();
        if p.is_word(p.pos(), "in") {
            p.take(SH_RESERVED, 2);
            command::words(p);
        }
    } else if p.at_end() {
        p.unclosed(opener, "do");
    } else {
        p.unexpected(p.pos());
        if p.peek() == Some(b'(') {
            command::junk(p);
            p.be_quiet();
        }
    }
    p.blanks();
    if p.peek() == Some(b';') && p.double_semi_len(p.pos()) == 0 {
        p.take(SH_SEMI, 1);
    }
    p.line_breaks();
    if p.is_word(p.pos(), "{") {
        let opener = (p.pos(), p.pos() + 1);
        p.cursor.start(SH_BRANCH);
        p.take(SH_L_CURLY, 1);
        list_until(p, &[Closer::Curly]);
        close(p, Closer::Curly, SH_R_CURLY, opener, "}");
        p.cursor.finish();
    } else {
        loop_body(p, opener);
    }
    command::redirects(p);
    p.cursor.finish();
}

/// `case word in pattern) list ;; esac`
fn case(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 4);
    p.cursor.start(SH_CASE);
    p.take(SH_RESERVED, 4);
    p.blanks();
    if p.starts_word(p.pos()) {
        word::word(p, WordKind::Plain);
    } else if !p.at_end() {
        let next = p.pos();
        p.unexpected(next);
        if p.newline_len(next) == 0 && !p.at_awaited(next) {
            p.take(ERROR_TEXT, 1);
        }
    }
    p.line_breaks();
    let outer = p.awaited;
    p.awaited = outer.and(&[Closer::Esac, Closer::DoubleSemi]);
    let has_in = p.is_word(p.pos(), "in");
    if has_in {
        p.take(SH_RESERVED, 2);
    } else {
        p.unclosed(opener, "in");
    }
    if has_in || looks_like_pattern(p) {
        while case_goes_on(p, outer) {
            case_item(p, opener);
        }
    } else {
        command::list(p);
        if !p.at_closer(p.after_blanks(p.pos()), Closer::Esac) {
            p.be_quiet();
        }
    }
    p.awaited = outer;
    close(p, Closer::Esac, SH_RESERVED, opener, "esac");
    command::redirects(p);
    p.cursor.finish();
}

/// Whether a bare word with `)` or `|` behind it is here.
fn looks_like_pattern(p: &Parser<'_, '_, '_>) -> bool {
    let mut end = p.pos();
    while !p.ends_word(end) {
        end += 1;
    }
    end > p.pos() && matches!(p.byte(p.after_blanks(end)), Some(b')' | b'|'))
}

/// Whether another item follows. A word that something around waits for is a pattern only if it looks like one.
fn case_goes_on(p: &mut Parser<'_, '_, '_>, outer: Closers) -> bool {
    p.line_breaks();
    match p.closer(p.pos()) {
        None => !p.at_end(),
        Some((Closer::Esac, _)) => false,
        Some((closer, len)) => {
            let behind = p.byte(p.after_blanks(p.pos() + len));
            !outer.contains(closer) || (closer != Closer::Paren && matches!(behind, Some(b')' | b'|')))
        }
    }
}

/// `(pattern | pattern) list ;;`
fn case_item(p: &mut Parser<'_, '_, '_>, opener: (usize, usize)) {
    p.cursor.start(SH_CASE_ITEM);
    if p.peek() == Some(b'(') {
        p.take(SH_L_PAREN, 1);
        p.blanks();
    }
    loop {
        if p.starts_word(p.pos()) {
            word::word(p, WordKind::Plain);
        }
        let next = p.after_blanks(p.pos());
        if p.byte(next) != Some(b'|') || p.has(next, "||") {
            break;
        }
        p.blanks();
        p.take(SH_PIPE, 1);
        p.blanks();
    }
    let next = p.after_blanks(p.pos());
    if p.byte(next) == Some(b')') {
        p.blanks();
        p.take(SH_R_PAREN, 1);
    } else if next >= p.end {
        p.unclosed(opener, "esac");
    } else {
        p.blanks();
        p.unexpected(next);
        if p.newline_len(next) == 0 && !p.ends_word(next) {
            command::junk(p);
        }
    }
    command::list(p);
    let next = p.after_blanks(p.pos());
    let len = p.double_semi_len(next);
    if len > 0 {
        p.blanks();
        p.take(SH_DSEMI, len);
    }
    p.cursor.finish();
}

/// Whether `name()` is at `i`.
pub(super) fn is_function(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    let end = after_function_name(p, i);
    let paren = p.after_blanks(end);
    end > i && p.byte(paren) == Some(b'(') && p.byte(p.after_blanks(paren + 1)) == Some(b')')
}

fn after_function_name(p: &Parser<'_, '_, '_>, i: usize) -> usize {
    let mut end = i;
    while !p.ends_word(end) && !matches!(p.byte(end), Some(b'\'' | b'"' | b'`' | b'$' | b'\\' | b'=')) {
        end += 1;
    }
    end
}

/// `name() { list; }`, `function name { list; }`
pub(super) fn function(p: &mut Parser<'_, '_, '_>) {
    let start = p.pos();
    p.cursor.start(SH_FUNCTION);
    if p.is_word(start, "function") && !is_function(p, start) {
        p.take(SH_RESERVED, 8);
        p.blanks();
    }
    let mut end = p.pos();
    while !p.ends_word(end) {
        end += 1;
    }
    p.take_to(SH_NAME, end);
    let mut behind = end;
    let paren = p.after_blanks(end);
    let close = p.after_blanks(paren + 1);
    if p.byte(paren) == Some(b'(') && p.byte(close) == Some(b')') {
        p.blanks();
        p.take(SH_L_PAREN, 1);
        p.blanks();
        p.take(SH_R_PAREN, 1);
        behind = close + 1;
    }
    p.line_breaks();
    if p.starts_command(p.pos()) {
        command::command(p);
    } else {
        p.unclosed((start, behind), "}");
    }
    p.cursor.finish();
}
