//! How ENV, LABEL and ARG cut their arguments: quotes group, the escape protects, and both stay in the word.

use std::ops::Range;

/// One word of a [`quoted_split`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedWord {
    /// Its bytes, quotes and escapes included; an escape that ends the whole text is left out.
    pub range: Range<usize>,
    /// The quote that is still open at its end, which only the last word can have.
    pub unclosed_quote: Option<Range<usize>>,
}

impl QuotedWord {
    /// The first `=` of the word, quoted or not, which divides name and value.
    pub fn equals(&self, text: &str) -> Option<usize> {
        text.get(self.range.clone())?.find('=').map(|at| self.range.start + at)
    }
}

/// Cuts `text` at Unicode white space outside quotes.
pub fn quoted_split(text: &str, escape: char) -> Vec<QuotedWord> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote: Option<(char, usize)> = None;
    let mut end = text.len();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match quote {
            Some((open, _)) if open == c => quote = None,
            Some(('\'', _)) => {}
            None if c.is_whitespace() => {
                if let Some(start) = start.take() {
                    words.push(QuotedWord { range: start..at, unclosed_quote: None });
                }
                continue;
            }
            None if c == '\'' || c == '"' => quote = Some((c, at)),
            _ if c == escape => {
                if chars.peek().is_none() {
                    end = at;
                    break;
                }
                chars.next();
            }
            _ => {}
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        let unclosed_quote = quote.map(|(_, at)| at..at + 1);
        words.push(QuotedWord { range: start..end, unclosed_quote });
    }
    words
}
