//! Source text as the architecture tests look at it: which files there are, which of their text is code and which comment,
//! which paths the code names.
//!
//! It is no parser: it knows comments, literals, `use` trees and braces, which is all that those tests ask about.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::place;

/// All files of the project, tracked or about to be, relative to its top with `/` between, in alphabetical order.
///
/// # Panics
/// When a folder cannot be read.
#[must_use]
pub fn files() -> Vec<String> {
    let git = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(place::root())
        .output();
    let mut files: Vec<String> = match git {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).split_terminator('\0').map(str::to_owned).collect()
        }
        _ => {
            let mut found = Vec::new();
            walk(place::root(), "", &mut found);
            found
        }
    };
    files.retain(|path| place::root().join(path).is_file());
    files.sort();
    files.dedup();
    assert!(files.iter().any(|path| path == "tests/src/source.rs"), "the list of files is wrong: {files:?}");
    files
}

/// The text of one of the [`files`], or nothing where it is not UTF-8.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn text(path: &str) -> Option<String> {
    let bytes = fs::read(place::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    String::from_utf8(bytes).ok()
}

/// A Rust file taken apart; both texts have every line of the file, with blanks for what is not theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// All but comments and the insides of literals.
    pub code: String,
    /// Comments, doc comments among them.
    pub comments: String,
}

/// Takes a Rust file apart.
#[must_use]
pub fn parts(text: &str) -> Parts {
    let chars: Vec<char> = text.chars().collect();
    let mut parts = Parts { code: String::new(), comments: String::new() };
    let mut at = 0;
    while at < chars.len() {
        let (kind, end) = piece(&chars, at);
        for &c in &chars[at..end] {
            let blank = if c == '\n' { '\n' } else { ' ' };
            parts.code.push(if kind == Piece::Code { c } else { blank });
            parts.comments.push(if kind == Piece::Comment { c } else { blank });
        }
        at = end;
    }
    parts
}

/// Code with the items under `#[cfg(test)]` blanked.
#[must_use]
pub fn without_tests(code: &str) -> String {
    let mut rest = code;
    let mut kept = String::new();
    while let Some(start) = rest.find("#[cfg(test)]") {
        let end = start + item(&rest[start..]);
        kept.push_str(&rest[..start]);
        kept.extend(rest[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    kept + rest
}

/// A path or macro that code names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The line it is on, counted from one.
    pub line: usize,
    /// Segments joined with `::`, a `use` tree's prefix included; a macro ends in `!`.
    pub path: String,
}

impl Mention {
    /// Whether it names `path` or something in it.
    #[must_use]
    pub fn is_in(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }
}

/// The paths of two segments and more, and the macros, that code names.
#[must_use]
pub fn mentions(code: &str) -> Vec<Mention> {
    let mut reader = Reader { tokens: tokens(code), at: 0, found: Vec::new() };
    while let Some(token) = reader.next() {
        match token {
            Token::Word(word) if word == "use" => reader.tree(&mut Vec::new()),
            Token::Word(word) => reader.path(word),
            _ => {}
        }
    }
    reader.found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Code,
    Comment,
    Literal,
}

/// What starts at a place, and where it ends.
fn piece(chars: &[char], at: usize) -> (Piece, usize) {
    let starts = |text: &str, at: usize| text.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    let inside_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    if starts("//", at) {
        let end = chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |length| at + length);
        return (Piece::Comment, end);
    }
    if starts("/*", at) {
        let (mut depth, mut end) = (1, at + 2);
        while end < chars.len() && depth > 0 {
            let step = if starts("/*", end) {
                1
            } else if starts("*/", end) {
                -1
            } else {
                0
            };
            depth += step;
            end += if step == 0 { 1 } else { 2 };
        }
        return (Piece::Comment, end.min(chars.len()));
    }
    let mut open = at;
    if !inside_word {
        while open < at + 2 && matches!(chars.get(open), Some('b' | 'c' | 'r')) {
            open += 1;
        }
    }
    let raw = open > at && chars[open - 1] == 'r';
    let hashes = chars[open.min(chars.len())..].iter().take_while(|c| raw && **c == '#').count();
    match chars.get(open + hashes) {
        Some('"') if raw => {
            let close: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let mut end = open + hashes + 1;
            while end < chars.len() && !starts(&close, end) {
                end += 1;
            }
            (Piece::Literal, (end + close.len()).min(chars.len()))
        }
        Some('"') => (Piece::Literal, closed(chars, open + 1, '"')),
        // A lifetime has no second quote.
        Some('\'') if chars.get(open + 1) == Some(&'\\') || chars.get(open + 2) == Some(&'\'') => {
            (Piece::Literal, closed(chars, open + 1, '\''))
        }
        _ => (Piece::Code, at + 1),
    }
}

fn closed(chars: &[char], from: usize, quote: char) -> usize {
    let mut end = from;
    while let Some(&c) = chars.get(end) {
        if c == quote {
            return end + 1;
        }
        end += if c == '\\' { 2 } else { 1 };
    }
    chars.len()
}

/// The length of the item at the start, attributes included: up to its closing brace or semicolon.
fn item(code: &str) -> usize {
    let (mut braces, mut others) = (0_usize, 0_usize);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => others += 1,
            ')' | ']' => others = others.saturating_sub(1),
            '{' => braces += 1,
            '}' => {
                braces = braces.saturating_sub(1);
                if braces == 0 {
                    return at + 1;
                }
            }
            ';' if braces == 0 && others == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Separator,
    Mark(char),
}

fn tokens(code: &str) -> Vec<(usize, Token)> {
    let mut tokens = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (token, length) = if word > 0 {
                (Token::Word(rest[..word].to_owned()), word)
            } else if rest.starts_with("::") {
                (Token::Separator, 2)
            } else {
                (Token::Mark(first), first.len_utf8())
            };
            tokens.push((number + 1, token));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    at: usize,
    found: Vec<Mention>,
}

impl Reader {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).map(|(_, token)| token.clone());
        self.at += 1;
        token
    }

    fn accept(&mut self, token: &Token) -> bool {
        let here = self.tokens.get(self.at).is_some_and(|(_, found)| found == token);
        self.at += usize::from(here);
        here
    }

    fn word(&mut self) -> Option<String> {
        match self.tokens.get(self.at) {
            Some((_, Token::Word(word))) => {
                self.at += 1;
                Some(word.clone())
            }
            _ => None,
        }
    }

    fn push(&mut self, path: String) {
        let line = self.tokens[self.at.min(self.tokens.len()) - 1].0;
        self.found.push(Mention { line, path });
    }

    /// The tree of a `use`, below a prefix.
    fn tree(&mut self, prefix: &mut Vec<String>) {
        let depth = prefix.len();
        self.accept(&Token::Separator);
        loop {
            if let Some(word) = self.word() {
                prefix.push(word);
                if self.accept(&Token::Separator) {
                    continue;
                }
                self.push(prefix.join("::"));
                if self.accept(&Token::Word("as".to_owned())) {
                    self.word();
                }
            } else if self.accept(&Token::Mark('*')) {
                self.push(prefix.join("::"));
            } else if self.accept(&Token::Mark('{')) {
                while self.at < self.tokens.len() && !self.accept(&Token::Mark('}')) {
                    let before = self.at;
                    self.tree(prefix);
                    self.accept(&Token::Mark(','));
                    self.at += usize::from(self.at == before);
                }
            }
            break;
        }
        prefix.truncate(depth);
    }

    /// A path in an expression or type, from its first word.
    fn path(&mut self, first: String) {
        let mut path = vec![first];
        while self.accept(&Token::Separator) {
            match self.word() {
                Some(word) => path.push(word),
                None => break,
            }
        }
        let unequal = matches!(self.tokens.get(self.at + 1), Some((_, Token::Mark('='))));
        if !unequal && self.accept(&Token::Mark('!')) {
            self.push(format!("{}!", path.join("::")));
        } else if path.len() > 1 {
            self.push(path.join("::"));
        }
    }
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type().unwrap().is_dir() {
            found.push(format!("{prefix}{name}"));
        } else if !matches!(name.as_str(), ".git" | "target" | "node_modules") {
            walk(&entry.path(), &format!("{prefix}{name}/"), found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str) -> Vec<String> {
        mentions(&parts(code).code).into_iter().map(|mention| mention.path).collect()
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        let text = "a(\"x // \\\" y\", 'z', '\\'', b'q', r#\"in \" side\"#); // why \"not\"\n/* a /* b */ c */ fn f<'a>(x: &'a str) {}\n";
        let parts = parts(text);
        for gone in ["// \\", "z", "q", "side", "why", "b */"] {
            assert!(!parts.code.contains(gone), "{gone} in {}", parts.code);
        }
        assert!(parts.code.contains("fn f<'a>(x: &'a str) {}"));
        assert!(parts.comments.contains("// why \"not\"") && parts.comments.contains("/* a /* b */ c */"));
        assert_eq!(parts.code.lines().count(), text.lines().count());
    }

    #[test]
    fn use_trees_give_whole_paths() {
        assert_eq!(
            paths("use std::{fs, io::{self, Read as _}, collections::*};\npub use super::other;"),
            ["std::fs", "std::io::self", "std::io::Read", "std::collections", "super::other"]
        );
    }

    #[test]
    fn expressions_give_paths_and_macros() {
        assert_eq!(
            paths("let x = std::env::var(a) ; if y != z { crate::say!(1) } println!();"),
            ["std::env::var", "crate::say!", "println!"]
        );
        assert_eq!(mentions("\n\nstd::fs::read()")[0].line, 3);
    }

    #[test]
    fn test_modules_are_cut_out() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { std::fs::read() }\n}\n#[cfg(test)]\nuse std::env;\nfn c() {}\n";
        let left = without_tests(code);
        assert!(left.contains("fn a") && left.contains("fn c") && !left.contains("std"), "{left}");
        assert_eq!(left.lines().count(), code.lines().count());
    }

    #[test]
    fn a_prefix_ends_at_a_segment() {
        let mention = Mention { line: 1, path: "std::fs::read".to_owned() };
        assert!(mention.is_in("std::fs") && !mention.is_in("std::f") && mention.is_in("std::fs::read"));
    }
}
