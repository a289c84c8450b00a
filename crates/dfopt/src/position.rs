//! Lines and columns as people count them: from one, columns in characters, a byte order mark left out.

use dfopt_syntax::TextSize;

/// A place in a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Where the lines of a text start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lines {
    starts: Vec<usize>,
    len: usize,
}

impl Lines {
    /// Finds the lines; LF ends one, as in a Dockerfile.
    #[must_use]
    pub fn new(text: &str) -> Lines {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Lines { starts: std::iter::once(0).chain(ends).collect(), len: text.len() }
    }

    /// The line, from 0, that a byte is in.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line counted from 0, its end included.
    #[must_use]
    pub fn range(&self, line: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.len);
        start..self.starts.get(line + 1).copied().unwrap_or(self.len)
    }

    /// Line and column of a byte in `text`, which must be the one that the lines were found in.
    #[must_use]
    pub fn position(&self, text: &str, offset: TextSize) -> Position {
        let offset = usize::from(offset).min(text.len());
        let line = self.line_of(offset);
        let before = text.get(self.range(line).start..offset).unwrap_or_default();
        let before = if line == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
        Position { line: line + 1, column: before.chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_no_byte_order_mark() {
        let text = "\u{feff}FROM a\r\nRUN é😀x\n";
        let lines = Lines::new(text);
        let at = |needle: &str| {
            let offset = text.find(needle).map(|at| TextSize::try_from(at).unwrap_or_default());
            lines.position(text, offset.unwrap_or_default())
        };
        assert_eq!(at("FROM"), Position { line: 1, column: 1 });
        assert_eq!(at("a\r"), Position { line: 1, column: 6 });
        assert_eq!(at("x"), Position { line: 2, column: 7 });
        assert_eq!(lines.position(text, TextSize::of(text)), Position { line: 3, column: 1 });
    }
}
