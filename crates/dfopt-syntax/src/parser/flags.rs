//! `--name=value` between keyword and arguments.
//!
//! BuildKit: `dockerfile/parser/split_command.go`, `extractBuilderFlags`.

use std::borrow::Cow;

use crate::{ErrorKind, SyntaxKind, parser::words, sink::Cursor};

/// Blanks that end a flag. The builder looks at bytes, so of those beyond ASCII only the two count whose last byte is one.
fn is_blank(c: char) -> bool {
    words::is_blank(c) || matches!(c, '\u{85}' | '\u{a0}')
}

/// A word that begins with `--` in front of the arguments.
struct FlagWord {
    start: usize,
    end: usize,
    /// A quote that is left open.
    open: Option<usize>,
    /// Whether it is `--` alone, which ends the flags.
    is_end: bool,
}

impl FlagWord {
    /// The one at `at` or behind the blanks there; `first` as long as it follows the keyword.
    fn at(text: &str, at: usize, escape: char, first: bool) -> Option<Self> {
        let mut rest = &text[at..];
        if !first {
            rest = rest.strip_prefix(is_blank).unwrap_or(rest);
        }
        let start = text.len() - rest.trim_start_matches(words::is_blank).len();
        if !text[start..].starts_with("--") {
            return None;
        }
        let (end, open) = end_of(text, start, escape);
        Some(FlagWord { start, end, open, is_end: unquote(&text[start..end], escape) == "--" })
    }
}

/// Where the flag word at `from` ends, and where a quote was left open.
fn end_of(text: &str, from: usize, escape: char) -> (usize, Option<usize>) {
    let mut quote = None;
    let mut chars = text[from..].char_indices();
    while let Some((at, c)) = chars.next() {
        match quote {
            None if is_blank(c) => return (from + at, None),
            None if c == '\'' || c == '"' => quote = Some((c, from + at)),
            Some((open, _)) if c == open => quote = None,
            _ if c == escape => {
                chars.next();
            }
            _ => {}
        }
    }
    (text.len(), quote.map(|(_, at)| at))
}

/// A flag's text without its quotes and escapes: both kinds of quotes group, the escape protects everywhere.
pub(crate) fn unquote(raw: &str, escape: char) -> Cow<'_, str> {
    let special = |c: char| c == escape || c == '\'' || c == '"';
    if !raw.contains(special) {
        return Cow::Borrowed(raw);
    }
    let mut value = String::with_capacity(raw.len());
    let (mut chars, mut quote) = (raw.chars(), None);
    while let Some(c) = chars.next() {
        match c {
            c if c == escape => value.extend(chars.next()),
            '\'' | '"' if quote.is_none() => quote = Some(c),
            c if quote == Some(c) => quote = None,
            c => value.push(c),
        }
    }
    Cow::Owned(value)
}

/// Where the arguments behind the flags start, without parsing.
pub(crate) fn skip(text: &str, from: usize, escape: char) -> usize {
    let mut at = from;
    while let Some(word) = FlagWord::at(text, at, escape, at == from) {
        at = word.end;
        if word.is_end {
            break;
        }
    }
    text.len() - text[at..].trim_start().len()
}

/// Parses the flags at the cursor and the blanks around them.
pub(crate) fn flags(cursor: &mut Cursor<'_, '_>, escape: char) {
    let from = cursor.pos();
    while let Some(word) = FlagWord::at(cursor.text(), cursor.pos(), escape, cursor.pos() == from) {
        cursor.token_to(SyntaxKind::WHITESPACE, word.start);
        if word.is_end {
            cursor.token_to(SyntaxKind::DASHES, word.end);
            break;
        }
        if let Some(open) = word.open {
            cursor.error(ErrorKind::UnclosedQuoteInFlag, open, open + 1);
        }
        flag(cursor, word.end, escape);
    }
    words::blanks(cursor, char::is_whitespace);
}

fn flag(cursor: &mut Cursor<'_, '_>, end: usize, escape: char) {
    cursor.start(SyntaxKind::FLAG);
    cursor.token(SyntaxKind::DASHES, 2);
    let start = cursor.pos();
    let name_end = cursor.text()[start..end].find('=').map_or(end, |len| start + len);
    let name = &cursor.text()[start..name_end];
    cursor.token_to(SyntaxKind::FLAG_NAME, name_end);
    if name_end < end {
        cursor.token(SyntaxKind::EQ, 1);
        cursor.start(SyntaxKind::FLAG_VALUE);
        match name {
            "mount" | "device" => fields(cursor, end, escape),
            "platform" | "chown" | "chmod" | "checksum" => {
                // Two passes of quoting: the flag's own, then the expansion's; the tree shows what one sees.
                words::word(cursor, end, words::Inside::Expanded(escape));
            }
            _ => cursor.token_to(SyntaxKind::TEXT, end),
        }
        cursor.finish();
    }
    cursor.finish();
}

/// The CSV record of a mount or device.
fn fields(cursor: &mut Cursor<'_, '_>, end: usize, escape: char) {
    while cursor.pos() < end {
        let start = cursor.pos();
        let (field_end, eq) = field(cursor.text(), start, end, escape);
        if field_end > start {
            cursor.start(SyntaxKind::MOUNT_FIELD);
            cursor.token_to(SyntaxKind::MOUNT_KEY, eq.unwrap_or(field_end));
            if eq.is_some() {
                cursor.token(SyntaxKind::EQ, 1);
                cursor.token_to(SyntaxKind::MOUNT_VALUE, field_end);
            }
            cursor.finish();
        }
        if cursor.pos() < end {
            cursor.token(SyntaxKind::COMMA, 1);
        }
    }
}

/// Where the field at `from` ends and where its `=` is. A comma inside CSV quotes (those that are left once the flag's own are
/// taken away) belongs to the field.
fn field(text: &str, from: usize, end: usize, escape: char) -> (usize, Option<usize>) {
    let (mut flag_quote, mut csv_quote, mut eq) = (None, false, None);
    let mut chars = text[from..end].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' | '"' if flag_quote.is_none() => flag_quote = Some(c),
            c if flag_quote == Some(c) => flag_quote = None,
            c if c == escape => {
                if matches!(chars.next(), Some((_, '"'))) {
                    csv_quote = !csv_quote;
                }
            }
            '"' => csv_quote = !csv_quote,
            ',' if !csv_quote => return (from + at, eq),
            '=' if eq.is_none() => eq = Some(from + at),
            _ => {}
        }
    }
    (end, eq)
}
