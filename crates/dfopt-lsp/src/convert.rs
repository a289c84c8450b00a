//! Positions of the protocol and places in a text, in all three encodings. Nothing else in this crate counts columns.

use dfopt_syntax::{TextRange, TextSize};
use tower_lsp_server::ls_types::{Position, PositionEncodingKind, Range};

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16, which every client knows.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The best that both sides know: bytes cost nothing.
    #[must_use]
    pub fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Encoding {
        let offered = offered.unwrap_or_default();
        if offered.contains(&PositionEncodingKind::UTF8) {
            Encoding::Utf8
        } else if offered.contains(&PositionEncodingKind::UTF32) && !offered.contains(&PositionEncodingKind::UTF16) {
            Encoding::Utf32
        } else {
            Encoding::Utf16
        }
    }

    /// As the protocol calls it.
    #[must_use]
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// How many columns a text takes.
    #[must_use]
    pub fn width(self, text: &str) -> u32 {
        let width = match self {
            Encoding::Utf8 => text.len(),
            _ if text.is_ascii() => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => text.chars().count(),
        };
        u32::try_from(width).unwrap_or(u32::MAX)
    }

    /// The byte of `line` at a column: at most its length, and never inside a character.
    fn byte(self, line: &str, column: u32) -> usize {
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if self == Encoding::Utf8 || line.is_ascii() {
            let mut at = column.min(line.len());
            while !line.is_char_boundary(at) {
                at -= 1;
            }
            return at;
        }
        let mut passed = 0;
        for (at, c) in line.char_indices() {
            passed += if self == Encoding::Utf16 { c.len_utf16() } else { 1 };
            if passed > column {
                return at;
            }
        }
        line.len()
    }
}

/// Where the lines of a text start. A line ends with LF, CRLF or CR, as the protocol has it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines.
    #[must_use]
    pub fn new(text: &str) -> Lines {
        let mut starts = vec![0];
        let bytes = text.as_bytes();
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push(number(at + 1));
            }
        }
        Lines { starts }
    }

    /// How many there are; the one behind the last line end counts.
    #[must_use]
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line that a byte is in.
    #[must_use]
    pub fn line_of(&self, offset: TextSize) -> usize {
        self.starts.partition_point(|&start| start <= u32::from(offset)).saturating_sub(1)
    }

    /// Where a line starts; the end of the text behind the last.
    #[must_use]
    pub fn start(&self, text: &str, line: usize) -> TextSize {
        self.starts.get(line).copied().map_or_else(|| TextSize::of(text), TextSize::new)
    }

    /// A line without its end.
    #[must_use]
    pub fn content<'t>(&self, text: &'t str, line: usize) -> &'t str {
        let (start, end) = (self.start(text, line), self.start(text, line + 1));
        let line = text.get(usize::from(start)..usize::from(end)).unwrap_or_default();
        line.strip_suffix("\r\n").or_else(|| line.strip_suffix(['\n', '\r'])).unwrap_or(line)
    }

    /// The byte at a position; what lies behind the end of a line or of the text is that end.
    #[must_use]
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> TextSize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        if line >= self.count() {
            return TextSize::of(text);
        }
        let at = encoding.byte(self.content(text, line), position.character);
        self.start(text, line) + TextSize::new(number(at))
    }

    /// The position of a byte.
    #[must_use]
    pub fn position(&self, text: &str, offset: TextSize, encoding: Encoding) -> Position {
        let offset = offset.min(TextSize::of(text));
        let line = self.line_of(offset);
        let content = self.content(text, line);
        let mut at = usize::from(offset - self.start(text, line)).min(content.len());
        while !content.is_char_boundary(at) {
            at -= 1;
        }
        Position::new(number(line), encoding.width(&content[..at]))
    }

    /// The range of a place.
    #[must_use]
    pub fn range(&self, text: &str, place: TextRange, encoding: Encoding) -> Range {
        Range::new(self.position(text, place.start(), encoding), self.position(text, place.end(), encoding))
    }

    /// The place of a range, whichever end comes first.
    #[must_use]
    pub fn place(&self, text: &str, range: Range, encoding: Encoding) -> TextRange {
        let (a, b) = (self.offset(text, range.start, encoding), self.offset(text, range.end, encoding));
        TextRange::new(a.min(b), a.max(b))
    }
}

/// A count as the protocol and the tree keep it.
#[must_use]
pub fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "FROM a\r\nRUN é😀x\rEND\n";

    fn place(needle: &str) -> TextSize {
        TextSize::new(number(TEXT.find(needle).unwrap_or_default()))
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let lines = Lines::new(TEXT);
        assert_eq!(lines.count(), 4);
        for (encoding, column) in [(Encoding::Utf8, 10), (Encoding::Utf16, 7), (Encoding::Utf32, 6)] {
            let position = lines.position(TEXT, place("x"), encoding);
            assert_eq!(position, Position::new(1, column), "{encoding:?}");
            assert_eq!(lines.offset(TEXT, position, encoding), place("x"), "{encoding:?}");
        }
        assert_eq!(lines.position(TEXT, place("END"), Encoding::Utf16), Position::new(2, 0));
    }

    #[test]
    fn what_lies_outside_is_the_nearest_place() {
        let lines = Lines::new(TEXT);
        let offset = |line, column| lines.offset(TEXT, Position::new(line, column), Encoding::Utf16);
        assert_eq!(offset(0, 99), place("\r\n"));
        assert_eq!(offset(99, 0), TextSize::of(TEXT));
        assert_eq!(offset(u32::MAX, u32::MAX), TextSize::of(TEXT));
        assert_eq!(offset(1, 6), place("😀"), "between the two halves of a pair");
        assert_eq!(lines.offset(TEXT, Position::new(1, 5), Encoding::Utf8), place("é"));
        let backwards = Range::new(Position::new(1, 4), Position::new(0, 5));
        assert_eq!(&TEXT[lines.place(TEXT, backwards, Encoding::Utf16)], "a\r\nRUN ");
    }

    #[test]
    fn every_byte_comes_back() {
        let lines = Lines::new(TEXT);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            // Between CR and LF there is no position.
            for (at, _) in TEXT.char_indices().filter(|&(at, _)| at != 7) {
                let offset = TextSize::new(number(at));
                assert_eq!(lines.offset(TEXT, lines.position(TEXT, offset, encoding), encoding), offset);
            }
        }
        assert_eq!(lines.position(TEXT, 7.into(), Encoding::Utf16), Position::new(0, 6));
    }

    #[test]
    fn the_cheapest_common_encoding_is_taken() {
        let of = |offered: &[PositionEncodingKind]| Encoding::negotiate(Some(offered));
        assert_eq!(Encoding::negotiate(None), Encoding::Utf16);
        assert_eq!(of(&[PositionEncodingKind::UTF16, PositionEncodingKind::UTF8]), Encoding::Utf8);
        assert_eq!(of(&[PositionEncodingKind::UTF32]), Encoding::Utf32);
        assert_eq!(of(&[PositionEncodingKind::new("utf-7")]), Encoding::Utf16);
    }
}
