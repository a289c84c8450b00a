//! What the parser reports. A tree is made whatever is reported here.

use rowan::{TextRange, TextSize};

/// A place where the text breaks the grammar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The smallest range that shows it; empty where something is missing.
    pub range: TextRange,
}

impl SyntaxError {
    pub(crate) fn new(kind: ErrorKind, start: usize, end: usize) -> Self {
        let size = |n: usize| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
        SyntaxError { kind, range: TextRange::new(size(start), size(end.max(start))) }
    }
}

/// What kind of mistake it is.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The first word is no keyword.
    UnknownInstruction {
        /// The word.
        word: Box<str>,
        /// The nearest keyword, if one is near.
        suggestion: Option<&'static str>,
        /// Whether the line was read as if it were the suggested keyword.
        read_as_suggestion: bool,
    },
    /// Lines that look like the rest of the instruction above, which does not continue.
    MissingContinuation,
    /// `CMD["a"]`: no blank behind the keyword.
    MissingBlank {
        /// The keyword, in upper case.
        keyword: &'static str,
    },
    /// A heredoc whose terminator never comes.
    UnterminatedHeredoc {
        /// Its delimiter.
        name: Box<str>,
    },
    /// An unclosed quote or substitution keeps the builder from seeing a heredoc.
    HiddenHeredoc,
    /// `(cat <<E)`: the delimiter takes in the character behind it.
    GluedDelimiter {
        /// The delimiter as the builder reads it.
        name: Box<str>,
    },
    /// A quote is opened and never closed, in a flag.
    UnclosedQuoteInFlag,
    /// Text that begins like a JSON array and is none, so that the shell gets it.
    JsonLookAlike {
        /// What the JSON reader stumbled over.
        problem: JsonProblem,
    },
    /// `<<<<<<<`, `=======`, `>>>>>>>`
    ConflictMarker,
    /// A line of a template language.
    TemplateLine,
    /// The file does not look like a Dockerfile.
    NotADockerfile,
    /// A directive with a value it cannot take.
    InvalidEscapeDirective,
    /// The same directive twice.
    RepeatedDirective {
        /// Its name, in lower case.
        name: Box<str>,
    },
    /// Shell text: a quote, bracket or reserved word is opened and never closed.
    ShellUnclosed {
        /// What is open, as written: `if`, `"`, `$(`.
        opener: Box<str>,
        /// What would close it.
        closer: &'static str,
    },
    /// Shell text: an operator without a command on one side.
    ShellMissingOperand {
        /// The operator.
        operator: Box<str>,
    },
    /// Shell text: a word or operator that cannot stand there.
    ShellUnexpected {
        /// The token.
        token: Box<str>,
    },
    /// Shell text: `${}` or `${a b}`, which every shell rejects when it runs.
    ShellBadSubstitution,
    /// Shell text: a here-document whose delimiter never comes.
    ShellUnterminatedHeredoc {
        /// Its delimiter.
        name: Box<str>,
    },
    /// Nested more deeply than anyone writes.
    TooDeep,
}

/// Why a text that begins with `[` is not JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsonProblem {
    /// `'a'`: quotes must be double.
    SingleQuotes,
    /// No `]`.
    Unclosed,
    /// Something behind the `]`.
    TextBehind,
    /// A comma before the `]`.
    TrailingComma,
    /// A backslash that JSON does not know.
    BadEscape,
    /// Typographic quotes.
    CurlyQuotes,
    /// Anything else.
    Other,
}
