//! The text of a file as a terminal may show it: control characters are escaped, and places are carried along.

use std::borrow::Cow;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};
use dfopt_syntax::TextSize;
use dfopt_verify::text::printable;

use crate::position::Lines;

/// A file to take excerpts from.
pub(super) struct Shown<'f> {
    name: &'f str,
    text: Cow<'f, str>,
    lines: Cow<'f, Lines>,
    original: &'f str,
    original_lines: &'f Lines,
    /// Where the shown text and the original go apart: place in the original, place in the shown text.
    shifts: Vec<(usize, usize)>,
}

impl<'f> Shown<'f> {
    pub fn new(name: &'f str, original: &'f str, original_lines: &'f Lines) -> Shown<'f> {
        let same = || Shown {
            name,
            text: Cow::Borrowed(original),
            lines: Cow::Borrowed(original_lines),
            original,
            original_lines,
            shifts: Vec::new(),
        };
        if matches!(printable(original), Cow::Borrowed(_)) {
            return same();
        }
        let (text, shifts) = escaped(original);
        if shifts.is_empty() {
            return same();
        }
        let lines = Lines::new(&text);
        Shown { name, text: Cow::Owned(text), lines: Cow::Owned(lines), original, original_lines, shifts }
    }

    /// A range of the original in the shown text.
    pub fn range(&self, range: Range<usize>) -> Range<usize> {
        self.to_shown(range.start)..self.to_shown(range.end)
    }

    fn to_shown(&self, place: usize) -> usize {
        let last = self.shifts.partition_point(|(original, _)| *original <= place);
        match last.checked_sub(1).and_then(|last| self.shifts.get(last)) {
            Some((original, shown)) => shown + (place - original),
            None => place,
        }
    }

    fn to_original(&self, place: usize) -> usize {
        let last = self.shifts.partition_point(|(_, shown)| *shown <= place);
        match last.checked_sub(1).and_then(|last| self.shifts.get(last)) {
            Some((original, shown)) => original + (place - shown),
            None => place,
        }
    }
}

/// The text with what a terminal must not see escaped; a byte order mark at the start is left out.
fn escaped(original: &str) -> (String, Vec<(usize, usize)>) {
    let mut text = String::with_capacity(original.len() + 32);
    let mut shifts = Vec::new();
    let mut characters = original.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let end = at + character.len_utf8();
        // Line ends are cut off an excerpt.
        let is_line_end = character == '\r' && matches!(characters.peek(), None | Some((_, '\n')));
        if is_line_end || character.is_ascii_graphic() {
            text.push(character);
            continue;
        }
        if at == 0 && character == '\u{feff}' {
            shifts.push((end, 0));
            continue;
        }
        match printable(&original[at..end]) {
            Cow::Borrowed(same) => text.push_str(same),
            Cow::Owned(safe) => {
                text.push_str(&safe);
                shifts.push((end, text.len()));
            }
        }
    }
    (text, shifts)
}

impl<'a> Files<'a> for Shown<'_> {
    type FileId = ();
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, _file: ()) -> Result<&'a str, Error> {
        Ok(self.name)
    }

    fn source(&'a self, _file: ()) -> Result<&'a str, Error> {
        Ok(&self.text)
    }

    fn line_index(&'a self, _file: (), byte: usize) -> Result<usize, Error> {
        Ok(self.lines.line_of(byte))
    }

    fn line_range(&'a self, _file: (), line: usize) -> Result<Range<usize>, Error> {
        Ok(self.lines.range(line))
    }

    fn column_number(&'a self, _file: (), _line: usize, byte: usize) -> Result<usize, Error> {
        let place = TextSize::try_from(self.to_original(byte)).unwrap_or_default();
        Ok(self.original_lines.position(self.original, place).column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_carried_along() {
        let original = "\u{feff}RUN \x1b[31m é\r\nRUN x\n";
        let lines = Lines::new(original);
        let shown = Shown::new("Dockerfile", original, &lines);
        assert_eq!(shown.text, "RUN \\x1b[31m é\r\nRUN x\n");
        let place = |needle: &str| original.find(needle).unwrap_or_default();
        let shown_at = |needle: &str, end: usize| {
            let range = shown.range(place(needle)..place(needle) + end);
            shown.text.get(range).unwrap_or_default().to_owned()
        };
        assert_eq!(shown_at("RUN \x1b", 3), "RUN");
        assert_eq!(shown_at("[31m", 4), "[31m");
        assert_eq!(shown_at("x\n", 1), "x");
        assert_eq!(shown.column_number((), 0, shown.to_shown(place("é"))).ok(), Some(11));
    }

    #[test]
    fn plain_text_is_not_copied() {
        let lines = Lines::new("FROM a\n");
        assert!(matches!(Shown::new("Dockerfile", "FROM a\n", &lines).text, Cow::Borrowed(_)));
    }
}
