//! Changes to a text: the one type for fixes, plans, the formatter and the server.

use std::hash::{DefaultHasher, Hash, Hasher};

use rowan::{TextRange, TextSize};

/// Replaces a range of a text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Edit {
    start: u32,
    end: u32,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Puts `text` in place of `range`.
    pub fn replace(range: TextRange, text: impl Into<String>) -> Self {
        Edit { start: range.start().into(), end: range.end().into(), text: text.into() }
    }

    /// Puts `text` at `at`.
    pub fn insert(at: TextSize, text: impl Into<String>) -> Self {
        Edit::replace(TextRange::empty(at), text)
    }

    /// Takes `range` away.
    #[must_use]
    pub fn delete(range: TextRange) -> Self {
        Edit::replace(range, "")
    }

    /// What is replaced.
    #[must_use]
    pub fn range(&self) -> TextRange {
        TextRange::new(self.start.into(), self.end.into())
    }
}

/// Several edits of one text: sorted, disjoint, and bound to the text they were made for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edits {
    edits: Vec<Edit>,
    text_hash: u64,
}

/// Why edits could not be joined or applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EditError {
    /// Two edits touch the same bytes.
    Overlap,
    /// A range lies outside the text or inside a character.
    OutOfBounds,
    /// The text is not the one that the edits were made for.
    OtherText,
}

impl std::fmt::Display for EditError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            EditError::Overlap => "two edits overlap",
            EditError::OutOfBounds => "an edit lies outside the text",
            EditError::OtherText => "the text has changed since the edits were made",
        })
    }
}

impl std::error::Error for EditError {}

/// The hash that binds edits to their text.
fn hash_of(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Edits {
    /// Sorts `edits` of `text`; insertions at one place keep their order.
    ///
    /// # Errors
    /// When two of them touch the same bytes, or one lies outside the text.
    pub fn new(text: &str, mut edits: Vec<Edit>) -> Result<Self, EditError> {
        edits.sort_by_key(|edit| (edit.start, edit.end));
        for edit in &edits {
            if text.get(edit.start as usize..edit.end as usize).is_none() {
                return Err(EditError::OutOfBounds);
            }
        }
        if edits.windows(2).any(|pair| pair[1].start < pair[0].end) {
            return Err(EditError::Overlap);
        }
        Ok(Edits { edits, text_hash: hash_of(text) })
    }

    /// The edits, by position.
    #[must_use]
    pub fn as_slice(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Whether any byte that one changes, or place that one inserts at, is also the other's.
    #[must_use]
    pub fn conflicts_with(&self, other: &Edits) -> bool {
        self.edits.iter().any(|a| {
            other.edits.iter().any(|b| (a.start < b.end && b.start < a.end) || a.start == b.start || a.end == b.end)
        })
    }

    /// Both together.
    ///
    /// # Errors
    /// When they overlap or were made for different texts.
    pub fn join(&self, other: &Edits) -> Result<Edits, EditError> {
        if self.text_hash != other.text_hash {
            return Err(EditError::OtherText);
        }
        if self.conflicts_with(other) {
            return Err(EditError::Overlap);
        }
        let mut edits = [&self.edits[..], &other.edits[..]].concat();
        edits.sort_by_key(|edit| (edit.start, edit.end));
        Ok(Edits { edits, text_hash: self.text_hash })
    }

    /// The text afterwards.
    ///
    /// # Errors
    /// When `text` is not the one that the edits were made for.
    pub fn apply(&self, text: &str) -> Result<String, EditError> {
        if hash_of(text) != self.text_hash {
            return Err(EditError::OtherText);
        }
        let mut result =
            String::with_capacity(text.len() + self.edits.iter().map(|edit| edit.text.len()).sum::<usize>());
        let mut at = 0;
        for edit in &self.edits {
            result.push_str(text.get(at..edit.start as usize).ok_or(EditError::OutOfBounds)?);
            result.push_str(&edit.text);
            at = edit.end as usize;
        }
        result.push_str(text.get(at..).ok_or(EditError::OutOfBounds)?);
        Ok(result)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn range(start: u32, end: u32) -> TextRange {
        TextRange::new(start.into(), end.into())
    }

    #[test]
    fn edits_apply_in_order_to_their_own_text_only() {
        let edits = Edits::new(
            "abcdef",
            vec![Edit::replace(range(4, 5), "X"), Edit::insert(1.into(), "+"), Edit::delete(range(2, 3))],
        );
        let edits = edits.unwrap();
        assert_eq!(edits.apply("abcdef").unwrap(), "a+bdXf");
        assert_eq!(edits.apply("abcdeg"), Err(EditError::OtherText));
    }

    #[test]
    fn overlap_and_bad_ranges_are_refused() {
        let two = vec![Edit::delete(range(0, 2)), Edit::delete(range(1, 3))];
        assert_eq!(Edits::new("abc", two), Err(EditError::Overlap));
        assert_eq!(Edits::new("ä", vec![Edit::delete(range(0, 1))]), Err(EditError::OutOfBounds));
    }
}
