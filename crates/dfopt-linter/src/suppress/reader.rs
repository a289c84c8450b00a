//! Reads the text of a comment word by word, and says where each word stands.

use dfopt_syntax::TextRange;

use super::comments::Comment;
use super::{Flaw, Name, Repair};

/// What a suppression covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    /// The instruction below.
    Next,
    /// The stage that it stands in.
    Stage,
    /// The file.
    File,
}

/// A place in the text of a comment.
pub(super) struct Reader<'c> {
    comment: &'c Comment,
    at: usize,
}

impl<'c> Reader<'c> {
    /// Behind the `#` and the blanks of a comment.
    pub fn new(comment: &'c Comment) -> Self {
        let mut reader = Reader { comment, at: usize::from(comment.text.starts_with('#')) };
        reader.blanks();
        reader
    }

    /// What is left.
    pub fn rest(&self) -> &'c str {
        self.comment.text.get(self.at..).unwrap_or_default()
    }

    /// Skips blanks; says whether there were any.
    pub fn blanks(&mut self) -> bool {
        let rest = self.rest();
        let len = rest.len() - rest.trim_start().len();
        self.at += len;
        len > 0
    }

    /// Skips `what`, if it is here.
    pub fn take(&mut self, what: &str) -> bool {
        let is_here = self.rest().starts_with(what);
        if is_here {
            self.at += what.len();
        }
        is_here
    }

    /// What stands here, as far as `is_part` goes.
    pub fn word(&mut self, is_part: impl Fn(char) -> bool) -> Name {
        let rest = self.rest();
        let len = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let name = Name { text: rest[..len].to_owned(), range: self.comment.place(self.at, self.at + len) };
        self.at += len;
        name
    }

    /// `stage` or `global` with the blanks behind it, and the word after that.
    pub fn scope(&mut self) -> (Scope, Name) {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let word = self.word(is_part);
        for (name, named) in [("stage", Scope::Stage), ("global", Scope::File)] {
            if word.text == name && self.blanks() {
                return (named, self.word(is_part));
            }
        }
        (Scope::Next, word)
    }

    /// The place from here on, `len` bytes long.
    pub fn next(&self, len: usize) -> TextRange {
        self.comment.place(self.at, self.at + len)
    }

    /// The place of the whole rest.
    pub fn whole_rest(&self) -> TextRange {
        self.next(self.rest().len())
    }

    /// What is wrong with the rest.
    pub fn flaw(&self, message: &str) -> Flaw {
        let range = if self.rest().is_empty() { self.comment.range } else { self.whole_rest() };
        Flaw { range, message: message.into(), repair: None }
    }

    /// A misspelt word.
    pub fn misspelt(name: &Name, meant: &str) -> Flaw {
        let repair = Repair { title: format!("Write `{meant}`"), edits: vec![(name.range, meant.to_owned())] };
        Flaw { range: name.range, message: format!("`{}` is not `{meant}`", name.text), repair: Some(repair) }
    }
}
