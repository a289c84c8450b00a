//! Lists, pipelines, simple commands with their assignments and redirections.

use super::{
    compound, cond, expansion, heredoc,
    parser::{Closer, Parser},
    word::{self, WordKind},
};
use crate::SyntaxKind::{
    CONTINUATION, ERROR_TEXT, L_BRACK, R_BRACK, SH_AMP, SH_AND_IF, SH_AND_OR, SH_ARRAY, SH_ASSIGN_OP, SH_ASSIGNMENT,
    SH_BANG, SH_COMMAND, SH_ERROR, SH_IO_NUMBER, SH_L_PAREN, SH_LIST, SH_NAME, SH_OR_IF, SH_PIPE, SH_PIPELINE,
    SH_R_PAREN, SH_REDIRECT, SH_REDIRECT_OP, SH_RESERVED, SH_SEMI,
};

/// `command; command & command`, up to the end or to what an open construct waits for. Says whether there is anything.
pub(super) fn list(p: &mut Parser<'_, '_, '_>) -> bool {
    p.blanks();
    p.cursor.start(SH_LIST);
    let mut any = false;
    loop {
        let next = p.after_blanks(p.pos());
        if next >= p.end || p.at_awaited(next) {
            break;
        }
        p.blanks();
        if p.line_break() {
            continue;
        }
        any = true;
        if separator(p) {
            p.unexpected(next);
            take_separator(p);
            continue;
        }
        and_or(p);
        let next = p.after_blanks(p.pos());
        if next >= p.end || p.at_awaited(next) {
            break;
        }
        p.blanks();
        if separator(p) {
            take_separator(p);
        }
    }
    p.cursor.finish();
    any
}

/// Whether `;` or `&` is next.
fn separator(p: &Parser<'_, '_, '_>) -> bool {
    let i = p.pos();
    match p.peek() {
        Some(b';') => p.double_semi_len(i) == 0,
        Some(b'&') => !p.has(i, "&&") && !p.has(i, "&>"),
        _ => false,
    }
}

fn take_separator(p: &mut Parser<'_, '_, '_>) {
    let kind = if p.peek() == Some(b';') { SH_SEMI } else { SH_AMP };
    p.take(kind, 1);
}

/// `pipeline && pipeline || pipeline`
fn and_or(p: &mut Parser<'_, '_, '_>) {
    let mark = p.cursor.mark();
    let mut wrapped = false;
    let mut reported = None;
    if and_or_operator(p, p.pos()) {
        reported = Some(p.pos());
        p.missing_operand((p.pos(), p.pos() + 2));
    } else {
        pipeline(p);
    }
    while and_or_operator(p, p.after_blanks(p.pos())) {
        if !wrapped {
            wrapped = true;
            p.cursor.start_at(mark, SH_AND_OR);
        }
        p.blanks();
        let operator = (p.pos(), p.pos() + 2);
        p.take(if p.peek() == Some(b'&') { SH_AND_IF } else { SH_OR_IF }, 2);
        if operand(p) {
            pipeline(p);
        } else if reported == Some(operator.0) {
            p.be_quiet();
        } else {
            p.missing_operand(operator);
        }
    }
    if wrapped {
        p.cursor.finish();
    }
}

fn and_or_operator(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    p.has(i, "&&") || p.has(i, "||")
}

/// Takes the blanks and newlines behind an operator. Says whether a command follows them.
fn operand(p: &mut Parser<'_, '_, '_>) -> bool {
    p.line_breaks();
    p.starts_command(p.pos())
}

/// `! command | command`
fn pipeline(p: &mut Parser<'_, '_, '_>) {
    let mark = p.cursor.mark();
    let mut wrapped = prefixes(p);
    if wrapped {
        // The prefixes are in the tree already: they are inside the node that begins at the mark.
        p.cursor.start_at(mark, SH_PIPELINE);
    }
    let mut reported = None;
    if pipe(p, p.pos()) {
        reported = Some(p.pos());
        p.missing_operand((p.pos(), p.pos() + 1));
    } else if p.starts_command(p.pos()) {
        command(p);
    }
    while pipe(p, p.after_blanks(p.pos())) {
        if !wrapped {
            wrapped = true;
            p.cursor.start_at(mark, SH_PIPELINE);
        }
        p.blanks();
        let start = p.pos();
        let len = if p.has(start, "|&") { 2 } else { 1 };
        p.take(SH_PIPE, len);
        if operand(p) {
            command(p);
        } else if reported == Some(start) {
            p.be_quiet();
        } else {
            p.missing_operand((start, start + len));
        }
    }
    if wrapped {
        p.cursor.finish();
    }
}

fn pipe(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    p.byte(i) == Some(b'|') && !p.has(i, "||")
}

/// `!`, `time -p`, `coproc name` before a pipeline. Says whether there are any.
fn prefixes(p: &mut Parser<'_, '_, '_>) -> bool {
    let mut any = false;
    loop {
        let start = p.pos();
        if p.is_word(start, "!") {
            p.take(SH_BANG, 1);
            p.blanks();
            if !p.starts_command(p.pos()) {
                p.missing_operand((start, start + 1));
            }
        } else if p.is_word(start, "time") && is_time_prefix(p) {
            p.take(SH_RESERVED, 4);
            if p.is_word(p.after_blanks(p.pos()), "-p") {
                p.blanks();
                word::word(p, WordKind::Plain);
            }
            p.blanks();
        } else if p.is_word(start, "coproc") && p.starts_command(p.after_blanks(start + 6)) {
            p.take(SH_RESERVED, 6);
            p.blanks();
            let end = p.after_name(p.pos());
            if end > p.pos() && p.is_blank(end) && compound::starts_compound(p, p.after_blanks(end)) {
                p.take_to(SH_NAME, end);
                p.blanks();
            }
        } else {
            return any;
        }
        any = true;
    }
}

/// `time` with any other option is the program of that name.
fn is_time_prefix(p: &Parser<'_, '_, '_>) -> bool {
    let next = p.after_blanks(p.pos() + 4);
    p.byte(next) != Some(b'-') || p.is_word(next, "-p")
}

/// A simple or compound command.
pub(super) fn command(p: &mut Parser<'_, '_, '_>) {
    if p.cursor.too_deep() {
        p.flatten();
        return;
    }
    if p.is_word(p.pos(), "!") {
        // It stands before a pipeline, not inside.
        p.unexpected(p.pos());
        p.take(ERROR_TEXT, 1);
        p.blanks();
        if !p.starts_command(p.pos()) {
            return;
        }
    }
    let start = p.pos();
    if let Some((closer, len)) = p.closer(start) {
        stray(p, closer, len);
        return;
    }
    match p.peek() {
        Some(b'(') if expansion::is_arithmetic(p, start) => compound::arith(p),
        Some(b'(') => compound::subshell(p),
        Some(b'{') if p.is_word(start, "{") => compound::group(p),
        Some(b'[') if p.is_word(start, "[[") => cond::cond(p),
        _ if compound::keyword(p) => {}
        _ if compound::is_function(p, start) => compound::function(p),
        _ => {
            simple(p);
            return;
        }
    }
    let next = p.after_blanks(p.pos());
    if p.closer(next).is_none() && p.starts_command(next) && !p.has(next, "&>") {
        p.unexpected(next);
        p.blanks();
        junk(p);
    }
}

/// A closing word that closes nothing, with what follows it.
fn stray(p: &mut Parser<'_, '_, '_>, closer: Closer, mut len: usize) {
    if p.forgiven.contains(closer) {
        p.forgiven.remove(closer);
    } else {
        p.unexpected(p.pos());
    }
    match closer {
        Closer::Then | Closer::Elif | Closer::Else => p.forgiven.insert(Closer::Fi),
        Closer::Do => p.forgiven.insert(Closer::Done),
        Closer::DoubleSemi => {}
        Closer::Fi | Closer::Done | Closer::Esac | Closer::Curly | Closer::Paren => {
            while closer == Closer::Paren && p.byte(p.pos() + len) == Some(b')') {
                len += 1;
            }
            p.cursor.start(SH_ERROR);
            p.take(ERROR_TEXT, len);
            junk_parts(p);
            p.cursor.finish();
            if p.after_blanks(p.pos()) >= p.end {
                // It may be the wrong word for what is open, or the beginning of the right one.
                p.be_quiet();
            }
            return;
        }
    }
    // What follows is a command like any other, so that it is not lost.
    p.take(ERROR_TEXT, len);
    let next = p.after_blanks(p.pos());
    if next >= p.end {
        p.be_quiet();
    } else if p.starts_command(next) && p.closer(next).is_none() {
        p.blanks();
        command(p);
    }
}

/// What cannot stand behind a command, up to the next separator.
pub(super) fn junk(p: &mut Parser<'_, '_, '_>) {
    p.cursor.start(SH_ERROR);
    junk_parts(p);
    p.cursor.finish();
}

fn junk_parts(p: &mut Parser<'_, '_, '_>) {
    let mut depth = 0usize;
    loop {
        let next = p.after_blanks(p.pos());
        let go = match p.byte(next) {
            None | Some(b'|' | b';' | b'\n' | b'#') => false,
            Some(b'\r') => p.newline_len(next) == 0,
            Some(b'&') => p.has(next, "&>"),
            Some(b')') => depth > 0,
            Some(_) => true,
        };
        if !go {
            break;
        }
        p.blanks();
        match p.peek() {
            Some(b'(') => {
                depth += 1;
                p.take(ERROR_TEXT, 1);
            }
            Some(b')') => {
                depth -= 1;
                p.take(ERROR_TEXT, 1);
            }
            _ if is_redirect(p, next) => redirect(p),
            _ => word::word(p, WordKind::Plain),
        }
        if p.pos() == next {
            p.take(ERROR_TEXT, p.char_len(next));
        }
    }
    if depth > 0 {
        p.forgiven.insert(Closer::Paren);
    }
}

/// `name=value program word >file`
fn simple(p: &mut Parser<'_, '_, '_>) {
    p.cursor.start(SH_COMMAND);
    let mut kind = None;
    loop {
        let next = p.after_blanks(p.pos());
        if is_redirect(p, next) {
            p.blanks();
            redirect(p);
        } else if p.byte(next) == Some(b'(') {
            p.unexpected(next);
            p.blanks();
            junk(p);
            break;
        } else if p.byte(next) == Some(b'#') || !p.starts_word(next) {
            break;
        } else {
            p.blanks();
            match kind {
                None if is_assignment(p, next) => assignment(p),
                None => {
                    word::word(p, WordKind::Plain);
                    kind = Some(argument_kind(p.slice(next, p.pos())));
                }
                Some(kind) => word::word(p, kind),
            }
        }
    }
    p.cursor.finish();
}

/// How the arguments of the command of this name are read: some builtins take `name=(…)`.
fn argument_kind(name: &str) -> WordKind {
    match name {
        "declare" | "typeset" | "local" | "export" | "readonly" => WordKind::Declaration,
        _ => WordKind::Plain,
    }
}

/// Whether an assignment begins at `i`: a name, perhaps a subscript, then `=` or `+=`.
fn is_assignment(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    let mut end = p.after_name(i);
    if end == i {
        return false;
    }
    if p.byte(end) == Some(b'[') {
        match after_subscript(p, end) {
            Some(after) => end = after,
            None => return false,
        }
    }
    p.byte(end) == Some(b'=') || p.has(end, "+=")
}

/// The place behind the subscript that begins at `i`, unless the word ends before it does.
fn after_subscript(p: &Parser<'_, '_, '_>, i: usize) -> Option<usize> {
    let (mut end, mut depth) = (i, 0usize);
    loop {
        match p.byte(end)? {
            b'[' => depth += 1,
            b']' if depth == 1 => return Some(end + 1),
            b']' => depth -= 1,
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' => return None,
            _ => {}
        }
        end += 1;
    }
}

/// `name=value`, `name[i]+=value`, `name=(…)`; in an array also `[i]=value`.
fn assignment(p: &mut Parser<'_, '_, '_>) {
    p.cursor.start(SH_ASSIGNMENT);
    let end = p.after_name(p.pos());
    p.take_to(SH_NAME, end);
    if p.peek() == Some(b'[') {
        p.take(L_BRACK, 1);
        word::subscript(p);
        if p.peek() == Some(b']') {
            p.take(R_BRACK, 1);
        }
    }
    match p.peek() {
        Some(b'=') => p.take(SH_ASSIGN_OP, 1),
        Some(b'+') if p.has(p.pos(), "+=") => p.take(SH_ASSIGN_OP, 2),
        _ => {}
    }
    while let len @ 1.. = p.continuation_len(p.pos()) {
        p.take(CONTINUATION, len);
    }
    if p.peek() == Some(b'(') {
        array(p);
    } else if p.starts_word(p.pos()) {
        word::word(p, WordKind::Value);
    }
    p.cursor.finish();
}

/// `(a b [2]=c)`
pub(super) fn array(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 1);
    p.cursor.start(SH_ARRAY);
    p.take(SH_L_PAREN, 1);
    loop {
        p.line_breaks();
        let start = p.pos();
        if p.peek() == Some(b')') {
            p.take(SH_R_PAREN, 1);
            break;
        } else if !p.starts_word(start) {
            p.unclosed(opener, ")");
            p.forgiven.insert(Closer::Paren);
            break;
        } else if p.peek() == Some(b'[') && after_subscript(p, start).is_some_and(|i| p.has(i, "=") || p.has(i, "+=")) {
            assignment(p);
        } else {
            word::word(p, WordKind::Plain);
        }
        if p.pos() == start {
            p.take(ERROR_TEXT, p.char_len(start));
        }
    }
    p.cursor.finish();
}

/// Whether a redirection, with or without a number, begins at `i`.
pub(super) fn is_redirect(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    let operator = after_io_number(p, i);
    if operator == i && p.has(i, "&>") {
        return true;
    }
    matches!(p.byte(operator), Some(b'<' | b'>')) && p.byte(operator + 1) != Some(b'(')
}

/// The place behind `2` or `{fd}`, if a redirection follows there; otherwise `i`.
fn after_io_number(p: &Parser<'_, '_, '_>, i: usize) -> usize {
    let mut end = i;
    if p.byte(i) == Some(b'{') {
        end = p.after_name(i + 1);
        if end == i + 1 || p.byte(end) != Some(b'}') {
            return i;
        }
        end += 1;
    } else {
        while p.byte(end).is_some_and(|b| b.is_ascii_digit()) {
            end += 1;
        }
    }
    let operator = matches!(p.byte(end), Some(b'<' | b'>'));
    // `a 2>(b)` has a word `2`, next to a substitution.
    if operator && p.byte(end + 1) != Some(b'(') { end } else { i }
}

/// `2>file`, `<<E`
pub(super) fn redirect(p: &mut Parser<'_, '_, '_>) {
    const OPERATORS: [&str; 12] = ["&>>", "<<<", "<<-", "&>", "<<", "<&", "<>", ">>", ">&", ">|", "<", ">"];
    p.cursor.start(SH_REDIRECT);
    let start = after_io_number(p, p.pos());
    p.take_to(SH_IO_NUMBER, start);
    let operator = OPERATORS.into_iter().find(|operator| p.has(start, operator)).unwrap_or("<");
    let range = (start, start + operator.len());
    p.take(SH_REDIRECT_OP, operator.len());
    let next = p.after_blanks(p.pos());
    if matches!(p.byte(next), Some(b'<' | b'>')) && p.after_blanks(next + 1) >= p.end {
        // `< <` at the end lacks one word, that of the last operator.
    } else if !p.starts_word(next) || p.byte(next) == Some(b'#') {
        p.missing_operand(range);
    } else {
        p.blanks();
        match operator {
            "<<" | "<<-" => heredoc::delimiter(p, range),
            _ => word::word(p, WordKind::Plain),
        }
    }
    p.cursor.finish();
}

/// The redirections behind a compound command.
pub(super) fn redirects(p: &mut Parser<'_, '_, '_>) {
    while is_redirect(p, p.after_blanks(p.pos())) {
        p.blanks();
        redirect(p);
    }
}

/// Words up to the next separator, in `for name in words`.
pub(super) fn words(p: &mut Parser<'_, '_, '_>) {
    loop {
        let next = p.after_blanks(p.pos());
        if p.byte(next) == Some(b'(') || is_redirect(p, next) {
            p.unexpected(next);
            p.blanks();
            junk(p);
        } else if p.byte(next) == Some(b'#') || !p.starts_word(next) {
            return;
        } else {
            p.blanks();
            word::word(p, WordKind::Plain);
        }
    }
}
