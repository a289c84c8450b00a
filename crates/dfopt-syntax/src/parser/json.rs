//! JSON arrays as arguments: exec form, or the words of COPY, ADD and VOLUME.

use crate::{JsonProblem, SyntaxKind, sink::Cursor};

/// An element of an array; offsets are relative to the text that was scanned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Element {
    pub start: usize,
    pub end: usize,
    pub is_string: bool,
}

const DEPTH: usize = 100;

/// The elements of `text`, if the whole of it is one JSON array.
pub(crate) fn array(text: &str) -> Result<Vec<Element>, (JsonProblem, usize)> {
    let mut scan = Scan { text, bytes: text.as_bytes(), at: 0 };
    let mut elements = Vec::new();
    scan.array(0, &mut |element| elements.push(element))?;
    scan.blanks();
    if scan.at < text.len() { Err((JsonProblem::TextBehind, scan.at)) } else { Ok(elements) }
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

type Scanned = Result<(), (JsonProblem, usize)>;

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn fail(&self) -> Scanned {
        let problem = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => JsonProblem::Unclosed,
            Some('\'') => JsonProblem::SingleQuotes,
            Some('“' | '”' | '„' | '‘' | '’' | '«' | '»') => JsonProblem::CurlyQuotes,
            Some(_) => JsonProblem::Other,
        };
        Err((problem, self.at))
    }

    fn array(&mut self, depth: usize, found: &mut dyn FnMut(Element)) -> Scanned {
        if self.peek() != Some(b'[') || depth > DEPTH {
            return self.fail();
        }
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blanks();
            let start = self.at;
            self.value(depth)?;
            found(Element { start, end: self.at, is_string: self.bytes.get(start) == Some(&b'"') });
            self.blanks();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b',') => {
                    let comma = self.at;
                    self.at += 1;
                    self.blanks();
                    if self.peek() == Some(b']') {
                        return Err((JsonProblem::TrailingComma, comma));
                    }
                }
                _ => return self.fail(),
            }
        }
    }

    fn value(&mut self, depth: usize) -> Scanned {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'[') => self.array(depth + 1, &mut |_| ()),
            Some(b'{') => self.object(depth + 1),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for word in ["true", "false", "null"] {
                    if self.text[self.at..].starts_with(word) {
                        self.at += word.len();
                        return Ok(());
                    }
                }
                self.fail()
            }
        }
    }

    fn object(&mut self, depth: usize) -> Scanned {
        if depth > DEPTH {
            return self.fail();
        }
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blanks();
            self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return self.fail();
            }
            self.at += 1;
            self.blanks();
            self.value(depth)?;
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.fail(),
            }
        }
    }

    fn number(&mut self) -> Scanned {
        let digits = |scan: &mut Self| {
            let from = scan.at;
            while scan.peek().is_some_and(|b| b.is_ascii_digit()) {
                scan.at += 1;
            }
            scan.at > from
        };
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if !digits(self) {
            return self.fail();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !digits(self) {
                return self.fail();
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !digits(self) {
                return self.fail();
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Scanned {
        if self.peek() != Some(b'"') {
            return self.fail();
        }
        self.at += 1;
        loop {
            match self.peek() {
                None => return self.fail(),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    let hex = self.bytes.get(self.at + 2..self.at + 6);
                    self.at += match self.bytes.get(self.at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                        Some(b'u') if hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) => 6,
                        _ => return Err((JsonProblem::BadEscape, self.at)),
                    };
                }
                Some(0..=0x1f) => return self.fail(),
                Some(_) => self.at += 1,
            }
        }
    }
}

/// The text that a JSON string stands for, and where each of its characters comes from: pairs of offsets in the result and
/// in `literal` (quotes included), one wherever the two stop running in step.
#[must_use]
pub fn decode_json_string(literal: &str) -> (String, Vec<(usize, usize)>) {
    let inner = literal.strip_prefix('"').unwrap_or(literal);
    let lead = literal.len() - inner.len();
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut text = String::with_capacity(inner.len());
    let mut map = vec![(0, lead)];
    let mut at = 0;
    while let Some(c) = inner[at..].chars().next() {
        if c != '\\' {
            text.push(c);
            at += c.len_utf8();
            continue;
        }
        let (decoded, len) = unescape(&inner[at..]);
        text.push(decoded);
        at += len;
        map.push((text.len(), lead + at));
    }
    (text, map)
}

/// The character that the escape at the start of `text` stands for, and the escape's length.
fn unescape(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at + 2..at + 6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let simple = match text.as_bytes().get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let Some(high) = unit(0) else { return ('\u{fffd}', 2) };
            if (0xd800..0xdc00).contains(&high)
                && text[6..].starts_with("\\u")
                && let Some(low) = unit(6).filter(|low| (0xdc00..0xe000).contains(low))
            {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return (char::from_u32(code).unwrap_or('\u{fffd}'), 12);
            }
            return (char::from_u32(high).unwrap_or('\u{fffd}'), 6);
        }
        _ => {
            let c = text[1..].chars().next();
            return (c.unwrap_or('\\'), 1 + c.map_or(0, char::len_utf8));
        }
    };
    (simple, 2)
}

/// Parses the array whose `elements` were found in the rest of the text.
pub(crate) fn parse(cursor: &mut Cursor<'_, '_>, elements: &[Element]) {
    let base = cursor.pos();
    cursor.start(SyntaxKind::JSON_ARRAY);
    cursor.token(SyntaxKind::L_BRACK, 1);
    for element in elements {
        separators(cursor, base + element.start);
        let kind = if element.is_string { SyntaxKind::JSON_STRING } else { SyntaxKind::JSON_OTHER };
        cursor.token_to(kind, base + element.end);
    }
    let close = cursor.text().trim_end().len() - 1;
    separators(cursor, close);
    cursor.token(SyntaxKind::R_BRACK, 1);
    cursor.finish();
}

/// The blanks and the comma up to `end`.
fn separators(cursor: &mut Cursor<'_, '_>, end: usize) {
    while cursor.pos() < end {
        let rest = &cursor.text()[cursor.pos()..end];
        match rest.find(',') {
            Some(0) => cursor.token(SyntaxKind::COMMA, 1),
            found => cursor.token(SyntaxKind::WHITESPACE, found.unwrap_or(rest.len())),
        }
    }
}

/// Whether text that begins with `[` and is no JSON is plausibly a shell test.
pub(crate) fn is_shell_test(text: &str) -> bool {
    text.starts_with("[[")
        || (text.starts_with("[ ") && !text.starts_with("[ \"") && !text.starts_with("[ '") && text.contains(" ]"))
        || (text.starts_with("[ ")
            && (text.contains(" ] ") || text.ends_with(" ]") || text.contains(" ];"))
            && !text.contains(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_and_look_alikes() {
        let count = |text| array(text).map(|elements| elements.len()).map_err(|(problem, _)| problem);
        assert_eq!(count("[]"), Ok(0));
        assert_eq!(count("[ \"a\" , \"b\\n\\u00e4\" ] "), Ok(2));
        assert_eq!(count("[\"a\", 1.5e3, {\"k\": [null]}, true]"), Ok(4));
        for (text, problem) in [
            ("['ls']", JsonProblem::SingleQuotes),
            ("[ls]", JsonProblem::Other),
            ("[\"a\",]", JsonProblem::TrailingComma),
            ("[\"a\" \"b\"]", JsonProblem::Other),
            ("[\"a\"", JsonProblem::Unclosed),
            ("[“a”]", JsonProblem::CurlyQuotes),
            ("[\"c:\\dir\"]", JsonProblem::BadEscape),
            ("[\"a\tb\"]", JsonProblem::Other),
            ("[\"a\"] && b", JsonProblem::TextBehind),
        ] {
            assert_eq!(count(text), Err(problem), "{text}");
        }
    }

    #[test]
    fn strings_are_decoded_with_their_places() {
        let (text, map) = decode_json_string("\"a\\n\\u00e4\\ud83d\\ude00b\"");
        assert_eq!(text, "a\nä😀b");
        assert_eq!(map, [(0, 1), (2, 4), (4, 10), (8, 22)]);
    }
}
