//! The state of the shell parser and what it can ask of the text. The grammar itself is in the files beside this one.

use super::heredoc::{self, Pending};
use crate::{
    ErrorKind,
    SyntaxKind::{self, CONTINUATION, ERROR_TEXT, SH_COMMENT, SH_ERROR, SH_NEWLINE, TEXT, WHITESPACE},
    sink::Cursor,
};

/// What may end a list of commands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u16)]
pub(super) enum Closer {
    Then = 1,
    Elif = 1 << 1,
    Else = 1 << 2,
    Fi = 1 << 3,
    Do = 1 << 4,
    Done = 1 << 5,
    Esac = 1 << 6,
    Curly = 1 << 7,
    Paren = 1 << 8,
    DoubleSemi = 1 << 9,
}

/// A set of closers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Closers(u16);

impl Closers {
    pub fn of(closers: &[Closer]) -> Self {
        Closers(closers.iter().fold(0, |set, &closer| set | closer as u16))
    }

    pub fn and(self, closers: &[Closer]) -> Self {
        Closers(self.0 | Closers::of(closers).0)
    }

    pub fn contains(self, closer: Closer) -> bool {
        self.0 & closer as u16 != 0
    }

    pub fn insert(&mut self, closer: Closer) {
        self.0 |= closer as u16;
    }

    pub fn remove(&mut self, closer: Closer) {
        self.0 &= !(closer as u16);
    }
}

/// Which braces of the word at hand are brace expansions; filled by one scan of the word.
#[derive(Default)]
pub(super) struct Braces {
    /// Place of each `{`, `,` and `}` that counts, in order.
    pub marks: Vec<usize>,
    /// How far the scan went.
    pub until: usize,
}

/// The parser. `end` is where the text at hand ends: that of the script, of a `` `…` `` or of a here-document.
pub(super) struct Parser<'c, 's, 'a> {
    pub cursor: &'c mut Cursor<'s, 'a>,
    pub text: &'s str,
    pub end: usize,
    /// What some open construct waits for.
    pub awaited: Closers,
    /// Closers whose opener was read as an error before, so that they are not reported as well.
    pub forgiven: Closers,
    /// Here-documents whose bodies follow the next newline.
    pub pending: Vec<Pending>,
    pub braces: Braces,
    /// `{` before this place are known to be plain text.
    pub plain_braces: usize,
    /// `[` before this place are known to have no `]`.
    pub plain_brackets: usize,
    /// `$[` before this place are known to have no `]`.
    pub plain_dollar_brackets: usize,
    /// Where a mistake has been reported already, so that what it leaves open is not.
    quiet_at: Option<usize>,
    too_deep_reported: bool,
}

impl<'c, 's, 'a> Parser<'c, 's, 'a> {
    pub fn new(cursor: &'c mut Cursor<'s, 'a>) -> Self {
        let text = cursor.text();
        Parser {
            cursor,
            text,
            end: text.len(),
            awaited: Closers::default(),
            forgiven: Closers::default(),
            pending: Vec::new(),
            braces: Braces::default(),
            plain_braces: 0,
            plain_brackets: 0,
            plain_dollar_brackets: 0,
            quiet_at: None,
            too_deep_reported: false,
        }
    }

    // ── Looking ─────────────────────────────────────────────────────────────────────────────────

    pub fn pos(&self) -> usize {
        self.cursor.pos()
    }

    pub fn at_end(&self) -> bool {
        self.pos() >= self.end
    }

    /// The byte at `i`, if the text goes that far.
    pub fn byte(&self, i: usize) -> Option<u8> {
        if i < self.end { self.text.as_bytes().get(i).copied() } else { None }
    }

    /// The next byte.
    pub fn peek(&self) -> Option<u8> {
        self.byte(self.pos())
    }

    pub fn slice(&self, start: usize, end: usize) -> &'s str {
        self.text.get(start..end.min(self.end)).unwrap_or_default()
    }

    /// Whether `what` stands at `i`.
    pub fn has(&self, i: usize, what: &str) -> bool {
        self.text.get(i..self.end).is_some_and(|rest| rest.starts_with(what))
    }

    /// The length of the character at `i`.
    pub fn char_len(&self, i: usize) -> usize {
        self.text.get(i..self.end).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }

    /// The length of the newline at `i`, 0 if there is none.
    pub fn newline_len(&self, i: usize) -> usize {
        match self.byte(i) {
            Some(b'\n') => 1,
            Some(b'\r') if self.byte(i + 1) == Some(b'\n') => 2,
            _ => 0,
        }
    }

    /// The length of the shell's own continuation `\⏎` at `i`, 0 if there is none.
    pub fn continuation_len(&self, i: usize) -> usize {
        match (self.byte(i), self.newline_len(i + 1)) {
            (Some(b'\\'), len @ 1..) => len + 1,
            _ => 0,
        }
    }

    pub fn is_blank(&self, i: usize) -> bool {
        match self.byte(i) {
            Some(b' ' | b'\t') => true,
            Some(b'\r') => self.newline_len(i) == 0,
            _ => false,
        }
    }

    /// Whether no word goes on at `i`.
    pub fn ends_word(&self, i: usize) -> bool {
        match self.byte(i) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')') => true,
            Some(_) => false,
        }
    }

    /// The place behind the blanks and continuations at `i`.
    pub fn after_blanks(&self, mut i: usize) -> usize {
        loop {
            if self.is_blank(i) {
                i += 1;
            } else {
                match self.continuation_len(i) {
                    0 => return i,
                    len => i += len,
                }
            }
        }
    }

    /// Whether the unquoted word at `i` is `word`.
    pub fn is_word(&self, i: usize, word: &str) -> bool {
        if !self.has(i, word) {
            return false;
        }
        let mut end = i + word.len();
        while let len @ 1.. = self.continuation_len(end) {
            end += len;
        }
        self.ends_word(end)
    }

    /// The place behind the name at `i`; `i` itself if there is none.
    pub fn after_name(&self, i: usize) -> usize {
        let mut end = i;
        while self.byte(end).is_some_and(|b| b == b'_' || b.is_ascii_alphabetic() || (end > i && b.is_ascii_digit())) {
            end += 1;
        }
        end
    }

    /// The place behind the digits at `i`.
    pub fn after_digits(&self, i: usize) -> usize {
        let mut end = i;
        while self.byte(end).is_some_and(|b| b.is_ascii_digit()) {
            end += 1;
        }
        end
    }

    /// The length of `;;`, `;&` or `;;&` at `i`, 0 if there is none.
    pub fn double_semi_len(&self, i: usize) -> usize {
        if self.has(i, ";;&") {
            3
        } else if self.has(i, ";;") || self.has(i, ";&") {
            2
        } else {
            0
        }
    }

    /// The closer at `i`, where a command could begin, and its length.
    pub fn closer(&self, i: usize) -> Option<(Closer, usize)> {
        const WORDS: [(&str, Closer); 7] = [
            ("then", Closer::Then),
            ("elif", Closer::Elif),
            ("else", Closer::Else),
            ("fi", Closer::Fi),
            ("do", Closer::Do),
            ("done", Closer::Done),
            ("esac", Closer::Esac),
        ];
        match self.byte(i)? {
            b')' => Some((Closer::Paren, 1)),
            b';' => Some((Closer::DoubleSemi, self.double_semi_len(i))).filter(|&(_, len)| len > 0),
            b'}' if self.is_word(i, "}") => Some((Closer::Curly, 1)),
            b't' | b'e' | b'f' | b'd' => {
                WORDS.iter().find(|(word, _)| self.is_word(i, word)).map(|&(word, closer)| (closer, word.len()))
            }
            _ => None,
        }
    }

    /// Whether `closer` is at `i`.
    pub fn at_closer(&self, i: usize, closer: Closer) -> bool {
        self.closer(i).is_some_and(|(found, _)| found == closer)
    }

    /// Whether something that an open construct waits for is at `i`.
    pub fn at_awaited(&self, i: usize) -> bool {
        self.closer(i).is_some_and(|(closer, _)| self.awaited.contains(closer))
    }

    /// Whether a command, be it a broken one, begins at `i`.
    pub fn starts_command(&self, i: usize) -> bool {
        match self.byte(i) {
            None | Some(b'|' | b'\n' | b'#') => false,
            Some(b'&') => self.has(i, "&>"),
            Some(b'\r') => self.newline_len(i) == 0,
            Some(b';') => self.double_semi_len(i) > 0 && !self.at_awaited(i),
            Some(_) => !self.at_awaited(i),
        }
    }

    /// Whether a word begins at `i`.
    pub fn starts_word(&self, i: usize) -> bool {
        !self.ends_word(i) || self.has(i, "<(") || self.has(i, ">(")
    }

    // ── Adding to the tree ──────────────────────────────────────────────────────────────────────

    /// Adds the next `len` bytes, but nothing behind the end of the text at hand.
    pub fn take(&mut self, kind: SyntaxKind, len: usize) {
        let len = len.min(self.end.saturating_sub(self.pos()));
        self.cursor.token(kind, len);
    }

    /// Adds everything up to `end`.
    pub fn take_to(&mut self, kind: SyntaxKind, end: usize) {
        self.take(kind, end.saturating_sub(self.pos()));
    }

    /// Adds the blanks and continuations at this place.
    pub fn blanks(&mut self) {
        loop {
            let start = self.pos();
            let mut end = start;
            while self.is_blank(end) {
                end += 1;
            }
            self.take_to(WHITESPACE, end);
            match self.continuation_len(end) {
                0 => return,
                len => self.take(CONTINUATION, len),
            }
        }
    }

    /// Adds the newline at this place, with the here-documents behind it, or the comment. False if there is neither.
    pub fn line_break(&mut self) -> bool {
        let len = self.newline_len(self.pos());
        if len > 0 {
            self.take(SH_NEWLINE, len);
            heredoc::bodies(self);
            return true;
        }
        if self.peek() != Some(b'#') {
            return false;
        }
        let mut end = self.pos();
        while end < self.end && self.newline_len(end) == 0 {
            end += 1;
        }
        self.take_to(SH_COMMENT, end);
        true
    }

    /// Adds blanks, newlines and comments, as many as there are.
    pub fn line_breaks(&mut self) {
        loop {
            self.blanks();
            if !self.line_break() {
                return;
            }
        }
    }

    /// Adds what is left of the text at hand; nothing is left unless the grammar has a hole.
    pub fn rest_as_error(&mut self) {
        let end = self.end;
        self.take_to(ERROR_TEXT, end);
    }

    /// Keeps the rest of the text at hand as it is, because nothing nests this deeply.
    pub fn flatten(&mut self) {
        let (start, end) = (self.pos(), self.end);
        if !self.too_deep_reported {
            self.too_deep_reported = true;
            self.cursor.error(ErrorKind::TooDeep, start, start + self.char_len(start));
        }
        self.cursor.start(SH_ERROR);
        self.take_to(TEXT, end);
        self.cursor.finish();
        self.quiet_at = Some(end);
    }

    // ── Reporting ───────────────────────────────────────────────────────────────────────────────

    /// Reports that `opener` is still open here, unless a mistake at this very place has been reported.
    pub fn unclosed(&mut self, opener: (usize, usize), closer: &'static str) {
        let text = self.text.get(opener.0..opener.1).unwrap_or_default().into();
        self.report_here(ErrorKind::ShellUnclosed { opener: text, closer }, opener);
    }

    /// Leaves unreported what is still open here, because the mistake behind it has been reported elsewhere.
    pub fn be_quiet(&mut self) {
        self.quiet_at = Some(self.after_blanks(self.pos()));
    }

    /// Reports that nothing stands beside the operator.
    pub fn missing_operand(&mut self, operator: (usize, usize)) {
        let text = self.text.get(operator.0..operator.1).unwrap_or_default().into();
        self.report_here(ErrorKind::ShellMissingOperand { operator: text }, operator);
    }

    /// Reports the token at `i`, unless a mistake at this very place has been reported.
    pub fn unexpected(&mut self, i: usize) {
        if self.quiet_at != Some(i) {
            self.quiet_at = Some(i);
            let end = self.token_end(i);
            let token = self.slice(i, end).into();
            self.cursor.error(ErrorKind::ShellUnexpected { token }, i, end);
        }
    }

    /// Reports at `range` what is noticed at the place of the cursor, once for that place.
    pub fn report_here(&mut self, error: ErrorKind, range: (usize, usize)) {
        let here = self.after_blanks(self.pos());
        if self.quiet_at != Some(here) {
            self.quiet_at = Some(here);
            self.cursor.error(error, range.0, range.1);
        }
    }

    /// Where the token at `i` ends, roughly: a word or an operator.
    fn token_end(&self, i: usize) -> usize {
        let mut end = i;
        while !self.ends_word(end) {
            end += 1;
        }
        if end > i {
            return end;
        }
        let operator = ["&&", "||", "|&", "<<", ">>"].into_iter().find(|operator| self.has(i, operator));
        let len = operator.map_or(self.double_semi_len(i), str::len);
        i + len.max(self.char_len(i))
    }
}
