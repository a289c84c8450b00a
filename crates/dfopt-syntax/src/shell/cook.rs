//! From the text of a word as written to the value the shell makes of it.

use std::{borrow::Cow, iter::Peekable, str::Chars};

use crate::{SyntaxElement, SyntaxKind, SyntaxNode};

/// The text of a node without trivia.
pub(super) fn text(node: &SyntaxNode) -> String {
    let tokens = node.descendants_with_tokens().filter_map(SyntaxElement::into_token);
    let mut text = String::new();
    for token in tokens.filter(|token| !token.kind().is_trivia()) {
        text.push_str(token.text());
    }
    text
}

/// The value of a word, if it is static.
pub(super) fn value(word: &SyntaxNode) -> Option<Cow<'_, str>> {
    if let Cow::Borrowed(green) = word.green() {
        let mut children = green.children();
        if let (Some(rowan::NodeOrToken::Token(token)), None) = (children.next(), children.next())
            && token.kind().0 == SyntaxKind::TEXT as u16
        {
            return Some(Cow::Borrowed(token.text()));
        }
    }
    let mut value = String::new();
    push_parts(word, &mut value).then_some(Cow::Owned(value))
}

/// The value of a word up to its first part that is not static.
pub(super) fn prefix(word: &SyntaxNode) -> String {
    let mut value = String::new();
    push_parts(word, &mut value);
    value
}

/// Adds the parts of a word or of double quotes, up to the first one that is not static. Says whether there is none.
fn push_parts(node: &SyntaxNode, value: &mut String) -> bool {
    // A continuation may cut `\x` in two tokens of its kind.
    let mut backslash = false;
    for element in node.children_with_tokens() {
        match element {
            SyntaxElement::Token(token) => match token.kind() {
                SyntaxKind::TEXT | SyntaxKind::SH_TILDE => value.push_str(token.text()),
                SyntaxKind::ESCAPED if backslash => {
                    value.push_str(token.text());
                    backslash = false;
                    continue;
                }
                SyntaxKind::ESCAPED => {
                    let rest = token.text().strip_prefix('\\').unwrap_or(token.text());
                    value.push_str(rest);
                    backslash = rest.is_empty();
                    continue;
                }
                SyntaxKind::QUOTE | SyntaxKind::DOLLAR => {}
                kind if kind.is_trivia() => continue,
                _ => return false,
            },
            SyntaxElement::Node(node) => match node.kind() {
                SyntaxKind::SH_SINGLE_QUOTED => push_single_quoted(&node, value),
                SyntaxKind::SH_DOUBLE_QUOTED => {
                    if !push_parts(&node, value) {
                        return false;
                    }
                }
                _ => return false,
            },
        }
    }
    if backslash {
        // A backslash at the very end protects nothing.
        value.push('\\');
    }
    true
}

/// Adds what stands between `'` and `'`, or between `$'` and `'`.
pub(super) fn push_single_quoted(node: &SyntaxNode, value: &mut String) {
    let mut ansi = false;
    let mut inner = String::new();
    for token in node.children_with_tokens().filter_map(SyntaxElement::into_token) {
        match token.kind() {
            SyntaxKind::DOLLAR => ansi = true,
            SyntaxKind::TEXT | SyntaxKind::ESCAPED => inner.push_str(token.text()),
            _ => {}
        }
    }
    if ansi {
        push_ansi(&inner, value);
    } else {
        value.push_str(&inner);
    }
}

/// Adds the text of `$'…'` with its escapes resolved.
fn push_ansi(text: &str, value: &mut String) {
    let mut chars = text.chars().peekable();
    // Bytes of `\xHH` and `\nnn`, which may be parts of one character.
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(c) = chars.next() {
        if c != '\\' {
            flush(&mut bytes, value);
            value.push(c);
            continue;
        }
        let Some(escape) = chars.next() else {
            flush(&mut bytes, value);
            value.push('\\');
            break;
        };
        let plain = match escape {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' | 'E' => '\u{1b}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '\\' | '\'' | '"' | '?' => escape,
            '0'..='7' => {
                let first = escape.to_digit(8).unwrap_or_default();
                let number = digits(&mut chars, 8, 2).fold(first, |number, digit| number * 8 + digit);
                bytes.push(u8::try_from(number & 0xff).unwrap_or_default());
                continue;
            }
            'x' if chars.peek().is_some_and(char::is_ascii_hexdigit) => {
                let number = digits(&mut chars, 16, 2).fold(0, |number, digit| number * 16 + digit);
                bytes.push(u8::try_from(number).unwrap_or_default());
                continue;
            }
            'u' | 'U' if chars.peek().is_some_and(char::is_ascii_hexdigit) => {
                let most = if escape == 'u' { 4 } else { 8 };
                let number = digits(&mut chars, 16, most).fold(0u32, |number, digit| number.wrapping_mul(16) + digit);
                char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            'c' => match chars.next() {
                Some(control) => char::from_u32(control as u32 & 0x1f).unwrap_or(control),
                None => 'c',
            },
            other => {
                flush(&mut bytes, value);
                value.push('\\');
                other
            }
        };
        flush(&mut bytes, value);
        value.push(plain);
    }
    flush(&mut bytes, value);
}

/// At most `most` digits of that base.
fn digits(chars: &mut Peekable<Chars<'_>>, base: u32, most: usize) -> impl Iterator<Item = u32> {
    let mut left = most;
    std::iter::from_fn(move || {
        let digit = chars.peek().filter(|_| left > 0)?.to_digit(base)?;
        chars.next();
        left -= 1;
        Some(digit)
    })
}

fn flush(bytes: &mut Vec<u8>, value: &mut String) {
    if !bytes.is_empty() {
        value.push_str(&String::from_utf8_lossy(bytes));
        bytes.clear();
    }
}
