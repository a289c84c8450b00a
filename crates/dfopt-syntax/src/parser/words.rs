//! Words of instructions, and the expansions in them.

use crate::{SyntaxKind, parser::heredoc::name_len, sink::Cursor};

/// Blanks that separate the words of most instructions.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// Skips blanks of the given kind.
pub(crate) fn blanks(cursor: &mut Cursor<'_, '_>, is_blank: impl Fn(char) -> bool) {
    let rest = cursor.rest();
    let len = rest.len() - rest.trim_start_matches(is_blank).len();
    cursor.token(SyntaxKind::WHITESPACE, len);
}

/// Where the word at the cursor ends when blanks end it and quotes do not group.
pub(crate) fn split_end(text: &str, from: usize) -> usize {
    text[from..].find(is_blank).map_or(text.len(), |len| from + len)
}

/// Where the word at the cursor ends when quotes group and `escape` protects.
pub(crate) fn quoted_split_end(text: &str, from: usize, escape: char) -> usize {
    let mut quote = None;
    let mut chars = text[from..].char_indices();
    while let Some((at, c)) = chars.next() {
        match quote {
            None if c.is_whitespace() => return from + at,
            None if c == '\'' || c == '"' => quote = Some(c),
            Some(open) if c == open => quote = None,
            Some('\'') => {}
            _ if c == escape => {
                chars.next();
            }
            _ => {}
        }
    }
    text.len()
}

/// How a word's inside is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Quotes, escapes and variables.
    Expanded(char),
    /// Plain text.
    Plain,
}

/// Parses the text up to `end` as one WORD; nothing if that is here.
pub(crate) fn word(cursor: &mut Cursor<'_, '_>, end: usize, inside: Inside) {
    if cursor.pos() >= end {
        return;
    }
    cursor.start(SyntaxKind::WORD);
    match inside {
        Inside::Expanded(escape) => Expanded { cursor, end, escape }.parts(None),
        Inside::Plain => cursor.token_to(SyntaxKind::TEXT, end),
    }
    cursor.finish();
}

/// Parses a heredoc body that the builder expands: no quotes, backslash escapes.
pub(crate) fn heredoc_body(cursor: &mut Cursor<'_, '_>) {
    let end = cursor.text().len();
    let mut expanded = Expanded { cursor, end, escape: '\\' };
    while expanded.cursor.pos() < end {
        match expanded.peek() {
            Some('\\') => expanded.escaped(),
            Some('$') => expanded.dollar(),
            _ => expanded.text(&['\\', '$'], None),
        }
    }
}

struct Expanded<'c, 's, 'a> {
    cursor: &'c mut Cursor<'s, 'a>,
    end: usize,
    escape: char,
}

impl Expanded<'_, '_, '_> {
    fn rest(&self) -> &str {
        &self.cursor.text()[self.cursor.pos()..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Bare characters up to one of `stops`, the escape or `until`.
    fn text(&mut self, stops: &[char], until: Option<char>) {
        let rest = self.rest();
        let len = rest.find(|c| stops.contains(&c) || Some(c) == until).unwrap_or(rest.len());
        // A stop that starts nothing here is text.
        let len = if len == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { len };
        self.cursor.token(SyntaxKind::TEXT, len);
    }

    fn escaped(&mut self) {
        let len: usize = self.rest().chars().take(2).map(char::len_utf8).sum();
        self.cursor.token(SyntaxKind::ESCAPED, len);
    }

    /// Everything up to the end, or to an `until` that stands bare.
    fn parts(&mut self, until: Option<char>) {
        let stops = ['\'', '"', '$', self.escape];
        while let Some(c) = self.peek() {
            match c {
                c if Some(c) == until => return,
                c if c == self.escape => self.escaped(),
                '\'' => self.single_quoted(),
                '"' => self.double_quoted(),
                '$' => self.dollar(),
                _ => self.text(&stops, until),
            }
        }
    }

    fn single_quoted(&mut self) {
        self.cursor.start(SyntaxKind::QUOTED);
        self.cursor.token(SyntaxKind::QUOTE, 1);
        let rest = self.rest();
        let len = rest.find('\'').unwrap_or(rest.len());
        self.cursor.token(SyntaxKind::TEXT, len);
        if self.peek().is_some() {
            self.cursor.token(SyntaxKind::QUOTE, 1);
        }
        self.cursor.finish();
    }

    fn double_quoted(&mut self) {
        self.cursor.start(SyntaxKind::QUOTED);
        self.cursor.token(SyntaxKind::QUOTE, 1);
        let stops = ['"', '$', self.escape];
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.cursor.token(SyntaxKind::QUOTE, 1);
                    break;
                }
                c if c == self.escape => {
                    let next = self.rest()[c.len_utf8()..].chars().next();
                    if next.is_some_and(|next| matches!(next, '"' | '$') || next == self.escape) {
                        self.escaped();
                    } else {
                        self.cursor.token(SyntaxKind::TEXT, c.len_utf8());
                    }
                }
                '$' => self.dollar(),
                _ => self.text(&stops, None),
            }
        }
        self.cursor.finish();
    }

    fn dollar(&mut self) {
        let behind = &self.rest()[1..];
        if behind.starts_with('{') {
            return self.braced();
        }
        let name = name_len(behind);
        if name == 0 {
            return self.cursor.token(SyntaxKind::TEXT, 1);
        }
        self.cursor.start(SyntaxKind::VARIABLE);
        self.cursor.token(SyntaxKind::DOLLAR, 1);
        self.cursor.token(SyntaxKind::VAR_NAME, name);
        self.cursor.finish();
    }

    fn braced(&mut self) {
        if self.cursor.too_deep() {
            return self.cursor.token_to(SyntaxKind::TEXT, self.end);
        }
        self.cursor.start(SyntaxKind::VARIABLE);
        self.cursor.token(SyntaxKind::DOLLAR, 1);
        self.cursor.token(SyntaxKind::L_BRACE, 1);
        let name = name_len(self.rest());
        self.cursor.token(SyntaxKind::VAR_NAME, name);
        let op = operator_len(self.rest());
        if op > 0 {
            let slash = self.peek() == Some('/');
            self.cursor.token(SyntaxKind::VAR_OP, op);
            self.operand(if slash { '/' } else { '}' });
            if slash && self.peek() == Some('/') {
                self.cursor.token(SyntaxKind::VAR_OP, 1);
                self.operand('}');
            }
        }
        if self.peek() == Some('}') {
            self.cursor.token(SyntaxKind::R_BRACE, 1);
        }
        self.cursor.finish();
    }

    fn operand(&mut self, until: char) {
        if self.peek().is_none_or(|c| c == until) {
            return;
        }
        self.cursor.start(SyntaxKind::VAR_OPERAND);
        self.parts(Some(until));
        self.cursor.finish();
    }
}

/// Length of the operator behind a variable's name, known to the builder or not.
fn operator_len(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    match first {
        '}' => 0,
        ':' => 1 + text[1..].chars().next().filter(|c| "-+?=#%".contains(*c)).map_or(0, char::len_utf8),
        '#' | '%' | '/' | '^' | ',' => 1 + usize::from(text[1..].starts_with(first)),
        c => c.len_utf8(),
    }
}
