//! `[[ condition ]]`, as a flat row of words and operators.

use super::{
    command,
    parser::Parser,
    word::{self, WordKind},
};
use crate::SyntaxKind::{SH_AND_IF, SH_BANG, SH_COND, SH_COND_OP, SH_L_PAREN, SH_OR_IF, SH_R_PAREN, SH_RESERVED};

/// What is expected next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A word, `!`, `(` or a unary operator.
    Operand,
    /// The word on the right of a binary operator.
    Right(WordKind),
    /// A binary operator, `&&`, `||`, `)` or the end, behind the left word.
    Operator,
    /// `&&`, `||`, `)` or the end.
    Link,
}

/// `[[ a == b && -f c ]]`
pub(super) fn cond(p: &mut Parser<'_, '_, '_>) {
    let opener = (p.pos(), p.pos() + 2);
    p.cursor.start(SH_COND);
    p.take(SH_RESERVED, 2);
    let mut state = State::Operand;
    let mut depth = 0usize;
    let mut reported = false;
    loop {
        p.line_breaks();
        let start = p.pos();
        if p.is_word(start, "]]") {
            if matches!(state, State::Operand | State::Right(_)) && !reported {
                p.unexpected(start);
            }
            p.take(SH_RESERVED, 2);
            break;
        }
        match part(p, state, &mut depth) {
            Some(next) => state = next,
            None if p.starts_word(start) => {
                if !reported {
                    reported = true;
                    p.unexpected(start);
                }
                word::word(p, WordKind::Plain);
                state = State::Link;
            }
            None => {
                if reported {
                    p.be_quiet();
                } else {
                    p.unclosed(opener, "]]");
                }
                break;
            }
        }
    }
    command::redirects(p);
    p.cursor.finish();
}

/// One word or operator. `None` if what is here cannot stand there.
fn part(p: &mut Parser<'_, '_, '_>, state: State, depth: &mut usize) -> Option<State> {
    let start = p.pos();
    if let State::Right(kind) = state {
        let is_word = p.starts_word(start) || kind == WordKind::Regex && p.byte(start) == Some(b'(');
        return is_word.then(|| {
            word::word(p, kind);
            State::Link
        });
    }
    if p.has(start, "&&") || p.has(start, "||") {
        if state == State::Operand {
            p.missing_operand((start, start + 2));
        }
        p.take(if p.peek() == Some(b'&') { SH_AND_IF } else { SH_OR_IF }, 2);
        return Some(State::Operand);
    }
    match (p.peek()?, state) {
        (b'(', State::Operand) => {
            *depth += 1;
            p.take(SH_L_PAREN, 1);
            Some(State::Operand)
        }
        (b')', _) if *depth > 0 => {
            *depth -= 1;
            p.take(SH_R_PAREN, 1);
            Some(State::Link)
        }
        (b'!', State::Operand) if p.is_word(start, "!") => {
            p.take(SH_BANG, 1);
            Some(State::Operand)
        }
        (b'<' | b'>', State::Operator) => {
            p.take(SH_COND_OP, 1);
            Some(State::Right(WordKind::Plain))
        }
        (b'-', State::Operand) if is_unary(p, start) => {
            p.take(SH_COND_OP, 2);
            Some(State::Right(WordKind::Plain))
        }
        _ if !p.starts_word(start) => None,
        (_, State::Operand) => {
            word::word(p, WordKind::Plain);
            Some(State::Operator)
        }
        _ => {
            let (len, right) = binary(p, start).filter(|_| state == State::Operator)?;
            p.take(SH_COND_OP, len);
            Some(State::Right(right))
        }
    }
}

/// Whether `-f` is at `i` as an operator, that is with a word behind it.
fn is_unary(p: &Parser<'_, '_, '_>, i: usize) -> bool {
    let next = p.after_blanks(i + 2);
    p.byte(i + 1).is_some_and(|b| b.is_ascii_alphabetic())
        && p.ends_word(i + 2)
        && next > i + 2
        && p.starts_word(next)
        && !p.is_word(next, "]]")
        && binary(p, next).is_none()
}

/// The binary operator at `i`: its length, and how the word on its right is read.
fn binary(p: &Parser<'_, '_, '_>, i: usize) -> Option<(usize, WordKind)> {
    const WORDS: [&str; 12] = ["==", "!=", "=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"];
    if p.is_word(i, "=~") || p.has(i, "=~(") {
        return Some((2, WordKind::Regex));
    }
    WORDS.into_iter().find(|word| p.is_word(i, word)).map(|word| (word.len(), WordKind::Plain))
}
