//! The text of a node as the builder sees it, and where each of its bytes stands in the file.

use std::ops::Range;

use rowan::{TextRange, TextSize};

use crate::{SyntaxElement, SyntaxNode};

/// Text without continuations, embedded comments and blank lines, with the way back to the file.
///
/// Whoever needs a place in the file for something found in an instruction's text goes through this.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LogicalText {
    text: String,
    /// Runs of bytes that stand together in both: start in the text, start in the file.
    pieces: Vec<(u32, u32)>,
}

impl LogicalText {
    /// The text of a node.
    #[must_use]
    pub fn of(node: &SyntaxNode) -> Self {
        Self::of_elements(std::iter::once(SyntaxElement::from(node.clone())))
    }

    /// The text of several neighbouring elements.
    #[must_use]
    pub fn of_elements(elements: impl IntoIterator<Item = SyntaxElement>) -> Self {
        let mut logical = LogicalText::default();
        for element in elements {
            match element {
                SyntaxElement::Token(token) => logical.push(&token),
                SyntaxElement::Node(node) => {
                    for token in node.descendants_with_tokens().filter_map(SyntaxElement::into_token) {
                        logical.push(&token);
                    }
                }
            }
        }
        logical
    }

    fn push(&mut self, token: &crate::SyntaxToken) {
        if token.kind().is_trivia() {
            return;
        }
        let (at, file) = (size(self.text.len()), u32::from(token.text_range().start()));
        let joined = self.pieces.last().is_some_and(|&(text, start)| at - text == file - start);
        if !joined {
            self.pieces.push((at, file));
        }
        self.text.push_str(token.text());
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the byte at `at` stands in the file; the end of the text is where its last byte ends.
    #[must_use]
    pub fn file_offset(&self, at: usize) -> TextSize {
        let end = at >= self.text.len() && at > 0;
        let at = size(if end { self.text.len() - 1 } else { at });
        let piece = self.pieces.partition_point(|&(text, _)| text <= at).saturating_sub(1);
        let offset = self.pieces.get(piece).map_or(0, |&(text, file)| file + at - text);
        TextSize::new(offset + u32::from(end))
    }

    /// The range in the file from the first to the last byte of `range`, trivia between them included.
    #[must_use]
    pub fn file_range(&self, range: Range<usize>) -> TextRange {
        let start = self.file_offset(range.start);
        if range.end <= range.start {
            return TextRange::empty(start);
        }
        TextRange::new(start, self.file_offset(range.end - 1) + TextSize::new(1)).cover_offset(start)
    }

    /// The ranges in the file that hold the bytes of `range`, without the trivia between them.
    #[must_use]
    pub fn file_ranges(&self, range: Range<usize>) -> Vec<TextRange> {
        let mut found = Vec::new();
        for (i, &(text, file)) in self.pieces.iter().enumerate() {
            let end = self.pieces.get(i + 1).map_or(self.text.len(), |&(next, _)| next as usize);
            let (from, to) = (range.start.max(text as usize), range.end.min(end));
            if from < to {
                let start = file + size(from) - text;
                found.push(TextRange::at(TextSize::new(start), TextSize::new(size(to - from))));
            }
        }
        found
    }
}

fn size(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
