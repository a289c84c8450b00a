//! What a report can point at.

use std::ops::Range;

use dfopt_semantic::command;
use dfopt_semantic::model::{CopiedSource, Step};
use dfopt_syntax::ast::{
    AstNode, ErrorLines, Flag, Heredoc, Instruction, JsonArray, JsonString, KeyValue, MountField, Source, Variable,
    Word,
};
use dfopt_syntax::{SyntaxNode, SyntaxToken, TextRange};

/// Something with a place in the file.
pub trait Place {
    /// The place.
    fn place(&self) -> TextRange;
}

impl<P: Place + ?Sized> Place for &P {
    fn place(&self) -> TextRange {
        (**self).place()
    }
}

impl Place for TextRange {
    fn place(&self) -> TextRange {
        *self
    }
}

/// A place of shell text, as the model gives it.
impl Place for Range<u32> {
    fn place(&self) -> TextRange {
        TextRange::new(self.start.into(), self.end.max(self.start).into())
    }
}

impl Place for command::Word {
    fn place(&self) -> TextRange {
        self.range.place()
    }
}

impl Place for command::Value<'_> {
    fn place(&self) -> TextRange {
        self.word.place()
    }
}

impl Place for SyntaxToken {
    fn place(&self) -> TextRange {
        self.text_range()
    }
}

impl Place for SyntaxNode {
    fn place(&self) -> TextRange {
        self.text_range()
    }
}

impl Place for CopiedSource {
    fn place(&self) -> TextRange {
        self.range
    }
}

/// Places of things that know their range.
macro_rules! ranged {
    ($($name:ty),*) => {
        $(impl Place for $name {
            fn place(&self) -> TextRange {
                self.range()
            }
        })*
    };
}

ranged!(
    Step,
    Word,
    Flag,
    KeyValue,
    MountField,
    JsonArray,
    JsonString,
    Source,
    Instruction,
    Variable,
    Heredoc,
    ErrorLines
);
