//! Cuts a file into physical lines and joins those that one instruction is made of. Knows nothing of keywords.
//!
//! BuildKit's rules: `dockerfile/parser/parser.go`, functions `Parse`, `trimContinuationCharacter`, `processLine`.

use std::borrow::Cow;

use crate::SyntaxKind;

/// A part of an instruction in the file: text that counts, or trivia.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Item {
    /// `None` for text that belongs to the logical text.
    pub trivia: Option<SyntaxKind>,
    /// Length in bytes.
    pub len: usize,
}

/// The physical lines that make one instruction, without heredoc bodies.
#[derive(Debug)]
pub(crate) struct LogicalLine<'a> {
    /// The text the builder sees: continuations, comments and blank lines removed, both ends trimmed.
    pub text: Cow<'a, str>,
    /// What the bytes of the lines are, in order, from `start` to `end`.
    pub items: Vec<Item>,
    /// Where the first line starts.
    pub start: usize,
    /// Where the last line ends, its line end included.
    pub end: usize,
}

/// One physical line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Where it starts in the file.
    pub start: usize,
    /// Its text without its line end.
    pub text: &'a str,
    /// Where the next line starts.
    pub next: usize,
}

/// The line that starts at `at`, unless that is the end of the file.
pub(crate) fn line_at(source: &str, at: usize) -> Option<Line<'_>> {
    let rest = source.get(at..).filter(|rest| !rest.is_empty())?;
    let len = rest.find('\n').map_or(rest.len(), |i| i + 1);
    let line = &rest[..len];
    Some(Line { start: at, text: line.trim_end_matches(['\r', '\n']), next: at + len })
}

impl<'a> Line<'a> {
    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.text.trim_start().is_empty()
    }

    /// Whether the first character that is not white space is `#`.
    pub fn is_comment(&self) -> bool {
        self.text.trim_start().starts_with('#')
    }

    /// How many bytes of white space it starts with.
    pub fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// Its line end.
    pub fn newline_len(&self) -> usize {
        self.next - self.start - self.text.len()
    }
}

/// Where the text to keep ends, if the line goes on below.
fn continuation(text: &str, escape: char) -> Option<usize> {
    let cut = text.trim_end_matches([' ', '\t']);
    let kept = cut.strip_suffix(escape)?;
    (!kept.ends_with(escape)).then_some(kept.len())
}

/// The instruction that starts with the line at `at`, which must be neither blank nor a comment.
pub(crate) fn logical_line(source: &str, at: usize, escape: char) -> Option<LogicalLine<'_>> {
    let first = line_at(source, at)?;
    let indent = first.indent();
    let mut items = Vec::with_capacity(4);
    push(&mut items, Some(SyntaxKind::INDENT), indent);

    let mut text = Cow::Borrowed(&first.text[indent..]);
    let mut line = first;
    let mut from = indent;
    loop {
        let part = &line.text[from..];
        let Some(kept) = continuation(part, escape) else {
            push(&mut items, None, part.len());
            push(&mut items, Some(SyntaxKind::NEWLINE), line.newline_len());
            if line.start != at {
                text.to_mut().push_str(part);
            }
            break;
        };
        push(&mut items, None, kept);
        push(&mut items, Some(SyntaxKind::CONTINUATION), part.len() - kept + line.newline_len());
        if line.start == at {
            text = Cow::Owned(part[..kept].to_owned());
        } else {
            text.to_mut().push_str(&part[..kept]);
        }
        let mut next = line_at(source, line.next);
        while let Some(skipped) = next.filter(|line| line.is_blank() || line.is_comment()) {
            if skipped.is_blank() {
                push(&mut items, Some(SyntaxKind::BLANK_LINE), skipped.next - skipped.start);
            } else {
                push(&mut items, Some(SyntaxKind::INDENT), skipped.indent());
                push(&mut items, Some(SyntaxKind::COMMENT), skipped.text.len() - skipped.indent());
                push(&mut items, Some(SyntaxKind::NEWLINE), skipped.newline_len());
            }
            line = skipped;
            next = line_at(source, skipped.next);
        }
        match next {
            Some(next) => line = next,
            None => break,
        }
        from = 0;
    }
    let text = trim(text, &mut items);
    Some(LogicalLine { text, items, start: at, end: line.next })
}

/// Trims both ends of the logical text and turns what is cut into trivia.
fn trim<'a>(text: Cow<'a, str>, items: &mut Vec<Item>) -> Cow<'a, str> {
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len().max(start);
    if start == 0 && end == text.len() {
        return text;
    }
    let mut at = 0;
    let mut cut = Vec::with_capacity(items.len() + 2);
    for item in items.drain(..) {
        if item.trivia.is_some() {
            cut.push(item);
            continue;
        }
        let (a, b) = (at, at + item.len);
        at = b;
        let lead = start.clamp(a, b) - a;
        let kept = end.clamp(a + lead, b) - a - lead;
        push(&mut cut, Some(SyntaxKind::INDENT), lead);
        push(&mut cut, None, kept);
        push(&mut cut, Some(SyntaxKind::INDENT), item.len - lead - kept);
    }
    *items = cut;
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            text.drain(..start);
            Cow::Owned(text)
        }
    }
}

fn push(items: &mut Vec<Item>, trivia: Option<SyntaxKind>, len: usize) {
    if len == 0 {
        return;
    }
    match items.last_mut() {
        Some(last) if last.trivia.is_none() && trivia.is_none() => last.len += len,
        _ => items.push(Item { trivia, len }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let mut at = 0;
        let mut found = Vec::new();
        while let Some(line) = line_at(source, at) {
            if line.is_blank() || line.is_comment() {
                at = line.next;
                continue;
            }
            let logical = logical_line(source, at, '\\').unwrap();
            let items: usize = logical.items.iter().map(|item| item.len).sum();
            assert_eq!(items, logical.end - logical.start, "{source:?}");
            let kept: usize = logical.items.iter().filter(|i| i.trivia.is_none()).map(|i| i.len).sum();
            assert_eq!(kept, logical.text.len(), "{source:?}");
            found.push(logical.text.into_owned());
            at = logical.end;
        }
        found
    }

    #[test]
    fn joins_continued_lines_and_drops_comments_and_blank_lines() {
        assert_eq!(texts("RUN a \\\n  # c\n\n  b\nUSER x\n"), ["RUN a   b", "USER x"]);
        assert_eq!(texts("WORK\\\nDIR /srv"), ["WORKDIR /srv"]);
        assert_eq!(texts("\\\n\\\nRUN x"), ["RUN x"]);
        assert_eq!(texts("RUN make \\\n\nUSER app\n"), ["RUN make USER app"]);
    }

    #[test]
    fn doubled_escapes_end_the_line() {
        assert_eq!(texts("RUN a \\\\\nRUN b\n"), ["RUN a \\\\", "RUN b"]);
        assert_eq!(texts("RUN a \\\\\\\nRUN b\n"), ["RUN a \\\\\\", "RUN b"]);
    }

    #[test]
    fn blanks_behind_the_escape_are_cut_but_other_white_space_is_not() {
        assert_eq!(texts("RUN a \\ \t\n b"), ["RUN a  b"]);
        assert_eq!(texts("RUN a \\\u{a0}\nRUN b"), ["RUN a \\", "RUN b"]);
    }

    #[test]
    fn a_file_may_end_in_a_continuation() {
        assert_eq!(texts("RUN a \\"), ["RUN a"]);
        assert_eq!(texts("RUN a \\\n# c"), ["RUN a"]);
        assert_eq!(texts("\\"), [""]);
    }

    #[test]
    fn line_ends_of_all_kinds() {
        assert_eq!(texts("RUN a\r\nRUN b \\\r\r\n c\r\n"), ["RUN a", "RUN b  c"]);
    }
}
