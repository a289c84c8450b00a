//! Variable expansion as Dockerfile instructions do it, which is neither a shell's nor `envsubst`'s.
//!
//! Works on logical text; where an expansion stands in the file is for the caller to map.

mod evaluate;
mod pattern;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

pub use words::{QuotedWord, quoted_split};

/// What is known about a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// It is set, to this value.
    Set(Cow<'a, str>),
    /// It is certainly not set.
    Unset,
    /// It may be set by the base image or a build argument; its value is never guessed.
    Unknown,
}

/// The variables an instruction sees.
pub trait Environment {
    /// What is known about the variable `name`.
    fn lookup(&self, name: &str) -> Lookup<'_>;
}

/// A map is a closed world: what it does not hold is unset.
impl Environment for BTreeMap<String, String> {
    fn lookup(&self, name: &str) -> Lookup<'_> {
        match self.get(name) {
            Some(value) => Lookup::Set(Cow::Borrowed(value)),
            None => Lookup::Unset,
        }
    }
}

/// An environment of which nothing is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct UnknownEnvironment;

impl Environment for UnknownEnvironment {
    fn lookup(&self, _: &str) -> Lookup<'_> {
        Lookup::Unknown
    }
}

/// How quotes and escapes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// Words of instructions: quotes group and are removed.
    Word,
    /// Unquoted heredoc bodies of COPY and ADD: quotes are plain characters, the escape is always a backslash.
    Heredoc,
}

/// The reading rules in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syntax {
    /// The escape character, backslash or backtick.
    pub escape: char,
    /// How quotes and escapes are read.
    pub quoting: Quoting,
}

impl Syntax {
    /// Words of instructions under the given escape character.
    pub const fn word(escape: char) -> Syntax {
        Syntax { escape, quoting: Quoting::Word }
    }

    /// Unquoted heredoc bodies.
    pub const fn heredoc() -> Syntax {
        Syntax { escape: '\\', quoting: Quoting::Heredoc }
    }
}

impl Default for Syntax {
    fn default() -> Syntax {
        Syntax::word('\\')
    }
}

/// A run of text in a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that is certain.
    Known(String),
    /// Text that depends on an unknown variable, or on a faulty expansion.
    Unknown,
}

/// The outcome of an expansion, with the parts that cannot be known left open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<Piece>,
}

/// Beyond this a value counts as unknown, since `ENV a=$a$a` repeated grows without bound.
const LONGEST_KNOWN: usize = 1 << 20;

impl Text {
    /// Text that is certain.
    pub fn from_known(text: impl Into<String>) -> Text {
        let mut result = Text::default();
        result.push_str(&text.into());
        result
    }

    /// Text of which nothing is known.
    pub fn unknown() -> Text {
        Text { pieces: vec![Piece::Unknown] }
    }

    /// The runs of known and unknown text, never two of a kind in a row.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The whole text, `None` if any of it is unknown.
    pub fn known(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// As [`Text::known`], by value.
    pub fn into_known(self) -> Option<String> {
        let mut pieces = self.pieces.into_iter();
        match (pieces.next(), pieces.next()) {
            (None, _) => Some(String::new()),
            (Some(Piece::Known(text)), None) => Some(text),
            _ => None,
        }
    }

    /// The known text at the start, possibly empty.
    pub fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Known(text)) => text,
            _ => "",
        }
    }

    /// The known text at the end, possibly empty.
    pub fn suffix(&self) -> &str {
        match self.pieces.last() {
            Some(Piece::Known(text)) => text,
            _ => "",
        }
    }

    /// Whether it is certainly empty.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn push(&mut self, c: char) {
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    fn push_str(&mut self, more: &str) {
        if more.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Known(text)) => {
                text.push_str(more);
                if text.len() > LONGEST_KNOWN {
                    self.pieces = vec![Piece::Unknown];
                }
            }
            _ => self.pieces.push(Piece::Known(more.to_owned())),
        }
    }

    fn push_unknown(&mut self) {
        if self.pieces.last() != Some(&Piece::Unknown) {
            self.pieces.push(Piece::Unknown);
        }
    }

    fn append(&mut self, other: Text) {
        for piece in other.pieces {
            match piece {
                Piece::Known(text) => self.push_str(&text),
                Piece::Unknown => self.push_unknown(),
            }
        }
    }
}

/// The result of [`expand`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expansion {
    /// The expanded text. A faulty expansion leaves an unknown piece.
    pub text: Text,
    /// Every variable named, nested ones included, in the order of their `$`.
    pub references: Vec<Reference>,
    /// What the builder refuses; the first is the one it would report.
    pub errors: Vec<ExpandError>,
}

/// The result of [`expand_words`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordExpansion {
    /// The words after expansion and splitting; an unset variable gives none.
    pub words: Vec<ExpandedWord>,
    /// As in [`Expansion`].
    pub references: Vec<Reference>,
    /// As in [`Expansion`].
    pub errors: Vec<ExpandError>,
}

/// One word out of a split expansion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpandedWord {
    /// Its text.
    pub text: Text,
    /// The bytes of the input that contributed to it.
    pub range: Range<usize>,
}

/// Which state a named variable was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableState {
    /// Set to a known value.
    Set,
    /// Certainly not set.
    Unset,
    /// Not known.
    Unknown,
}

/// Where in the quoting of its word a `$` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuoteContext {
    /// Outside quotes.
    Bare,
    /// Between double quotes.
    Double,
}

/// One use of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The variable's name, without `$` and braces.
    pub name: String,
    /// From the `$` to the end of the name or to the closing brace.
    pub range: Range<usize>,
    /// The name alone.
    pub name_range: Range<usize>,
    /// What was known of it.
    pub state: VariableState,
    /// The operator behind the name, if the braces hold one.
    pub operation: Option<Operation>,
    /// The quotes around it.
    pub quotes: QuoteContext,
    /// How many other `${…}` it is inside of.
    pub depth: usize,
}

/// An operator inside `${…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What it does.
    pub operator: Operator,
    /// The operator's characters.
    pub range: Range<usize>,
    /// The word or pattern behind it, up to the closing brace (or to the inner `/`).
    pub operand: Range<usize>,
}

/// The operators of `${name…}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `-` and `:-`
    Default(Absent),
    /// `+` and `:+`
    Alternative(Absent),
    /// `?` and `:?`
    Require(Absent),
    /// `#` and `##`
    TrimPrefix(Reach),
    /// `%` and `%%`
    TrimSuffix(Reach),
    /// `/p/t` and `//p/t`
    Replace(Occurrences),
}

/// When a variable counts as absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// When it is unset.
    Unset,
    /// When it is unset or empty: the operator has a colon.
    UnsetOrEmpty,
}

/// How much a trimming pattern takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// As little as possible.
    Shortest,
    /// As much as possible.
    Longest,
}

/// How many matches are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrences {
    /// The first.
    First,
    /// All.
    All,
}

/// Why the builder refuses a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpandError {
    /// `'` or `"` without its partner.
    UnclosedQuote {
        /// The opening quote.
        range: Range<usize>,
    },
    /// `${` without `}`.
    UnclosedBrace {
        /// The opening `${`.
        range: Range<usize>,
    },
    /// `${v/p}` without the second slash.
    MissingSlash {
        /// The first slash, or both of `//`.
        range: Range<usize>,
    },
    /// `${}`, `${:x}`, `${{`.
    BadSubstitution {
        /// From the `${` to the offending character.
        range: Range<usize>,
    },
    /// `${#v}`, `${v^}`, `${v:=w}`, `${v:0:2}` and whatever else shells know and builders do not.
    UnsupportedModifier {
        /// The characters as the builder quotes them.
        modifier: String,
        /// Their place.
        range: Range<usize>,
    },
    /// `${v?message}` on a variable that is absent.
    Required {
        /// The variable.
        name: String,
        /// The message given, if any of it is there and known.
        message: Option<String>,
        /// The whole `${…}`.
        range: Range<usize>,
    },
    /// A backslash before a character that needs none, in a pattern.
    BadPatternEscape {
        /// The character behind the backslash, `None` at the end of the pattern.
        escaped: Option<char>,
        /// The pattern.
        range: Range<usize>,
    },
    /// More `${` inside each other than are worth reading; the value is unknown, not refused.
    TooDeep {
        /// The first `${` that was not read.
        range: Range<usize>,
    },
}

impl ExpandError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            ExpandError::UnclosedQuote { range }
            | ExpandError::UnclosedBrace { range }
            | ExpandError::MissingSlash { range }
            | ExpandError::BadSubstitution { range }
            | ExpandError::UnsupportedModifier { range, .. }
            | ExpandError::Required { range, .. }
            | ExpandError::BadPatternEscape { range, .. }
            | ExpandError::TooDeep { range } => range,
        }
    }
}

/// Expands variables in `input` and removes quotes and escapes.
pub fn expand(input: &str, syntax: Syntax, environment: &dyn Environment) -> Expansion {
    evaluate::expand(input, syntax, environment)
}

/// As [`expand`], then splits at blanks that no quote protects and that an unquoted variable may have brought, as EXPOSE
/// does.
pub fn expand_words(input: &str, syntax: Syntax, environment: &dyn Environment) -> WordExpansion {
    evaluate::expand_words(input, syntax, environment)
}
