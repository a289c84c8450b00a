//! One word of a shell command: what it says, where it stands, and what can be said of it when parts are only known at run time.

use std::ops::Range;

/// A word of a command, as written and, when it is static, as the command receives it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    /// The text after quote removal; `None` when it holds an expansion, a glob or a brace list.
    pub value: Option<Box<str>>,
    /// The text as written, without Dockerfile continuations and comments.
    pub raw: Box<str>,
    /// The place in the file.
    pub range: Range<u32>,
}

/// A part of a word after quote removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(String),
    /// An unquoted pattern: `*`, `?`, `[…]`.
    Glob(String),
    /// An unquoted `~` at the start: the home directory of the running user.
    Home,
    /// A variable whose value is not known, by name.
    Variable(String),
    /// A command substitution, an arithmetic or another expansion, or a brace list.
    Opaque,
}

/// Where values of variables are looked up; `None` means not known.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A lookup that knows no variable.
#[must_use]
pub fn no_variables(_: &str) -> Option<String> {
    None
}

impl Word {
    /// A static word written without quotes, as tests and generated scripts make it.
    #[must_use]
    pub fn literal(text: &str, start: u32) -> Self {
        let end = start.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
        Self { value: Some(text.into()), raw: text.into(), range: start..end }
    }

    /// A word read from shell text; it finds out itself whether the word is static.
    #[must_use]
    pub fn from_raw(raw: &str, start: u32) -> Self {
        let end = start.saturating_add(u32::try_from(raw.len()).unwrap_or(u32::MAX));
        let pieces = split(raw, &no_variables);
        let mut text = String::new();
        let mut is_static = true;
        for piece in &pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Home => text.push('~'),
                _ => is_static = false,
            }
        }
        Self { value: is_static.then(|| text.into_boxed_str()), raw: raw.into(), range: start..end }
    }

    /// The static value, if there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// True if the static value is one of `options`.
    #[must_use]
    pub fn is_any(&self, options: &[&str]) -> bool {
        self.text().is_some_and(|text| options.contains(&text))
    }

    /// The parts of the word, with the variables that `lookup` knows put in.
    #[must_use]
    pub fn pieces(&self, lookup: Lookup<'_>) -> Vec<Piece> {
        match &self.value {
            Some(value) if !self.raw.starts_with('~') => vec![Piece::Text(value.to_string())],
            _ => split(&self.raw, lookup),
        }
    }

    /// The value after expansion with what `lookup` knows; `None` if something stays open or a glob remains.
    #[must_use]
    pub fn resolve(&self, lookup: Lookup<'_>) -> Option<String> {
        resolve(&self.pieces(lookup))
    }

    /// The literal text before the first part that is not known.
    #[must_use]
    pub fn static_prefix(&self) -> String {
        if let Some(value) = &self.value {
            return value.to_string();
        }
        match split(&self.raw, &no_variables).into_iter().next() {
            Some(Piece::Text(text)) => text,
            _ => String::new(),
        }
    }

    /// True if the word begins with an unquoted wildcard, so that it stands for files.
    #[must_use]
    pub fn begins_with_glob(&self) -> bool {
        self.value.is_none() && self.raw.starts_with(['*', '?', '['])
    }

    /// The word with what `lookup` knows put in; an unquoted variable whose value has blanks gives several words.
    #[must_use]
    pub fn expanded(&self, lookup: Lookup<'_>) -> Vec<Self> {
        if self.value.is_some() {
            return vec![self.clone()];
        }
        let whole = |text: &str| Self { value: Some(text.into()), raw: self.raw.clone(), range: self.range.clone() };
        if let Some(text) = self.resolve(lookup) {
            // An unquoted word that comes out empty is no word.
            return if text.is_empty() && !self.raw.contains(['"', '\'']) { Vec::new() } else { vec![whole(&text)] };
        }
        match self.lone_variable().and_then(lookup) {
            Some(list) if !list.contains(['*', '?', '[']) => list.split_whitespace().map(whole).collect(),
            _ => vec![self.clone()],
        }
    }

    /// The names of the variables that the word expands.
    #[must_use]
    pub fn variables(&self) -> Vec<String> {
        if self.value.is_some() {
            return Vec::new();
        }
        let mut names = Vec::new();
        scan_names(&self.raw, &mut names);
        names
    }

    /// The variable name, if the whole word is one unquoted `$name` or `${name}`.
    #[must_use]
    pub fn lone_variable(&self) -> Option<&str> {
        let rest = self.raw.strip_prefix('$')?;
        let name = match rest.strip_prefix('{') {
            Some(inner) => inner.strip_suffix('}')?,
            None => rest,
        };
        is_name(name).then_some(name)
    }
}

fn resolve(pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(part),
            _ => return None,
        }
    }
    Some(text)
}

/// A value given to an option: a whole word, or the rest of one after `--name=` or `-n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// The word that holds the value.
    pub word: &'a Word,
    skip: usize,
}

impl<'a> Value<'a> {
    /// The whole word as a value.
    #[must_use]
    pub fn whole(word: &'a Word) -> Self {
        Self { word, skip: 0 }
    }

    /// What follows the first `skip` bytes of the cooked word.
    #[must_use]
    pub fn after(word: &'a Word, skip: usize) -> Self {
        Self { word, skip }
    }

    /// The static text of the value, if there is one.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        self.word.value.as_deref()?.get(self.skip..)
    }

    /// The text with unquoted wildcards taken as they stand, as a shell leaves them when no file matches: for addresses.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let mut text = String::new();
        for piece in self.pieces(&no_variables) {
            match piece {
                Piece::Text(part) | Piece::Glob(part) => text.push_str(&part),
                _ => return None,
            }
        }
        Some(text)
    }

    /// The parts of the value, with the variables that `lookup` knows put in.
    #[must_use]
    pub fn pieces(&self, lookup: Lookup<'_>) -> Vec<Piece> {
        let mut pieces = self.word.pieces(lookup);
        if let Some(Piece::Text(text)) = pieces.first_mut() {
            match text.get(self.skip..) {
                Some(rest) => *text = rest.to_owned(),
                None => text.clear(),
            }
        }
        pieces
    }

    /// The value after expansion; `None` if something stays open.
    #[must_use]
    pub fn resolve(&self, lookup: Lookup<'_>) -> Option<String> {
        resolve(&self.pieces(lookup))
    }
}

/// True if `text` is a shell variable name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    None,
    Double,
}

struct Splitter<'a> {
    rest: &'a str,
    lookup: Lookup<'a>,
    pieces: Vec<Piece>,
    text: String,
}

fn split(raw: &str, lookup: Lookup<'_>) -> Vec<Piece> {
    let mut splitter = Splitter { rest: raw, lookup, pieces: Vec::new(), text: String::new() };
    splitter.run();
    splitter.pieces
}

impl<'a> Splitter<'a> {
    fn bump(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or("");
        Some(c)
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.pieces.push(Piece::Text(text));
        }
    }

    fn push(&mut self, piece: Piece) {
        self.flush();
        self.pieces.push(piece);
    }

    fn run(&mut self) {
        if self.rest.is_empty() {
            return;
        }
        if let Some(after) = self.rest.strip_prefix('~')
            && (after.is_empty() || after.starts_with('/'))
        {
            self.rest = after;
            self.push(Piece::Home);
        }
        let mut quotes_seen = false;
        while let Some(c) = self.bump() {
            match c {
                '\'' => {
                    quotes_seen = true;
                    let end = self.rest.find('\'').unwrap_or(self.rest.len());
                    let (inside, after) = self.rest.split_at(end);
                    self.text.push_str(inside);
                    self.rest = after.strip_prefix('\'').unwrap_or("");
                }
                '"' => {
                    quotes_seen = true;
                    self.double_quoted();
                }
                '\\' => match self.bump() {
                    Some('\n') | None => {}
                    Some(escaped) => self.text.push(escaped),
                },
                '$' => self.dollar(Quoting::None),
                '`' => self.backquoted(),
                '*' | '?' => self.push(Piece::Glob(c.to_string())),
                '[' => match self.rest.find(']') {
                    Some(end) => {
                        let (inside, after) = self.rest.split_at(end);
                        let class = format!("[{inside}]");
                        self.rest = after.get(1..).unwrap_or("");
                        self.push(Piece::Glob(class));
                    }
                    None => self.text.push('['),
                },
                '{' => self.brace(),
                _ => self.text.push(c),
            }
        }
        self.flush();
        if self.pieces.is_empty() && quotes_seen {
            self.pieces.push(Piece::Text(String::new()));
        }
    }

    fn double_quoted(&mut self) {
        while let Some(c) = self.bump() {
            match c {
                '"' => return,
                '\\' => match self.bump() {
                    Some('\n') | None => {}
                    Some(escaped @ ('"' | '\\' | '$' | '`')) => self.text.push(escaped),
                    Some(other) => {
                        self.text.push('\\');
                        self.text.push(other);
                    }
                },
                '$' => self.dollar(Quoting::Double),
                '`' => self.backquoted(),
                _ => self.text.push(c),
            }
        }
    }

    fn backquoted(&mut self) {
        let end = self.rest.find('`').unwrap_or(self.rest.len());
        self.rest = self.rest.get(end + 1..).unwrap_or("");
        self.push(Piece::Opaque);
    }

    fn dollar(&mut self, quoting: Quoting) {
        if self.rest.starts_with('(') {
            let length = balanced(self.rest, '(', ')');
            self.rest = self.rest.get(length..).unwrap_or("");
            self.push(Piece::Opaque);
        } else if self.rest.starts_with('{') {
            let length = balanced(self.rest, '{', '}');
            let inner = self.rest.get(1..length.saturating_sub(1)).unwrap_or("").to_owned();
            self.rest = self.rest.get(length..).unwrap_or("");
            self.braced(&inner, quoting);
        } else if quoting == Quoting::None && self.rest.starts_with('\'') {
            let after = self.rest.get(1..).unwrap_or("");
            let end = after.find('\'').map_or(after.len(), |i| i + 1);
            self.rest = after.get(end..).unwrap_or("");
            self.push(Piece::Opaque);
        } else {
            let length = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
            let name = self.rest.get(..length).unwrap_or("");
            if is_name(name) {
                self.rest = self.rest.get(length..).unwrap_or("");
                self.variable(name, quoting);
            } else if self.rest.starts_with(|c: char| c.is_ascii_digit() || "@*#?$!-".contains(c)) {
                self.bump();
                self.push(Piece::Opaque);
            } else {
                self.text.push('$');
            }
        }
    }

    fn braced(&mut self, inner: &str, quoting: Quoting) {
        let length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let (name, operator) = inner.split_at(length);
        if !is_name(name) {
            self.push(Piece::Opaque);
            return;
        }
        if operator.is_empty() {
            self.variable(name, quoting);
            return;
        }
        // Of the forms with an operator only the default is worth following: it is common in build scripts.
        match (self.lookup)(name) {
            Some(value) if !value.is_empty() && (operator.starts_with(":-") || operator.starts_with('-')) => {
                self.variable(name, quoting);
            }
            _ => self.push(Piece::Variable(name.to_owned())),
        }
    }

    fn variable(&mut self, name: &str, quoting: Quoting) {
        match (self.lookup)(name) {
            // An unquoted value that would be split or matched against file names is not one text.
            Some(value)
                if quoting == Quoting::Double || !value.contains(|c: char| c.is_whitespace() || "*?[".contains(c)) =>
            {
                self.text.push_str(&value);
            }
            _ => self.push(Piece::Variable(name.to_owned())),
        }
    }

    fn brace(&mut self) {
        let whole = format!("{{{}", self.rest);
        let length = balanced(&whole, '{', '}');
        let inner = whole.get(1..length.saturating_sub(1)).unwrap_or("");
        if whole.get(..length).is_some_and(|t| t.ends_with('}')) && (inner.contains(',') || inner.contains("..")) {
            self.rest = self.rest.get(length - 1..).unwrap_or("");
            self.push(Piece::Opaque);
        } else {
            self.text.push('{');
        }
    }
}

/// The length of the bracketed text at the start of `text`, or all of it when it is not closed.
fn balanced(text: &str, open: char, close: char) -> usize {
    let mut depth = 0usize;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match quote {
            Some('\'') if c != '\'' => {}
            Some(q) if c == q => quote = None,
            _ if c == '\\' => escaped = true,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == open => depth += 1,
            None if c == close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + c.len_utf8();
                }
            }
            None => {}
        }
    }
    text.len()
}

/// Names after `$` anywhere outside single quotes, also inside command substitutions.
fn scan_names(raw: &str, names: &mut Vec<String>) {
    let mut chars = raw.char_indices().peekable();
    let mut single = false;
    let mut double = false;
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            '\\' if !single => {
                chars.next();
            }
            '$' if !single => {
                let after = raw.get(at + 1..).unwrap_or("");
                let after = after.strip_prefix('{').unwrap_or(after);
                let after = after.strip_prefix(['#', '!']).unwrap_or(after);
                let length = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
                let name = after.get(..length).unwrap_or("");
                if is_name(name) && !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn static_words_are_cooked() {
        for (raw, want) in [
            ("abc", Some("abc")),
            ("'a b'", Some("a b")),
            ("\"a b\"c", Some("a bc")),
            ("a\\ b", Some("a b")),
            ("\"a\\\"b\\n\"", Some("a\"b\\n")),
            ("''", Some("")),
            ("$x", None),
            ("a*", None),
            ("'a*'", Some("a*")),
            ("{a,b}", None),
            ("{}", Some("{}")),
            ("a$(b c)d", None),
            ("~/x", Some("~/x")),
            ("a$", Some("a$")),
            ("[", Some("[")),
        ] {
            assert_eq!(Word::from_raw(raw, 0).text(), want, "{raw}");
        }
    }

    #[test]
    fn known_variables_are_put_in() {
        let lookup = |name: &str| match name {
            "A" => Some("one".to_owned()),
            "L" => Some("x y".to_owned()),
            _ => None,
        };
        for (raw, want) in [
            ("/$A/b", Some("/one/b")),
            ("\"${A}\"-x", Some("one-x")),
            ("${A:-z}", Some("one")),
            ("$L", None),
            ("\"$L\"", Some("x y")),
            ("$B", None),
            ("'$A'", Some("$A")),
        ] {
            assert_eq!(Word::from_raw(raw, 0).resolve(&lookup).as_deref(), want, "{raw}");
        }
    }

    #[test]
    fn names_and_prefixes() {
        let word = Word::from_raw("--prefix=\"$HOME/${X:-y}\"'$Z'$(echo $Q)", 0);
        assert_eq!(word.variables(), ["HOME", "X", "Q"]);
        assert_eq!(word.static_prefix(), "--prefix=");
        assert_eq!(Word::from_raw("${deps}", 0).lone_variable(), Some("deps"));
        assert_eq!(Word::from_raw("\"$deps\"", 0).lone_variable(), None);
        let value = Value::after(&word, 9);
        assert_eq!(value.text(), None);
        assert_eq!(value.pieces(&no_variables)[1], Piece::Variable("HOME".into()));
    }
}
