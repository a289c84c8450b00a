//! Names that a file's strings may stand for: libraries, paths, programs, environment variables.
//!
//! A name is only a hint. Whether it means something is decided later, against the root it is looked up in.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Names found in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The names, sorted, each once.
    pub found: Vec<Name>,
    /// Whether all strings could be looked at.
    pub complete: bool,
}

/// A name and what it could stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// What it could stand for.
    pub kind: NameKind,
    /// The name itself; a path that ends with `/` is the beginning of a computed one.
    pub text: Arc<str>,
}

/// What a name could stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameKind {
    /// A shared library, such as `libpq.so.5`.
    Library,
    /// An absolute path.
    Absolute,
    /// A relative path.
    Relative,
    /// A word that is a string by itself.
    Word,
    /// The first word of a text that reads like a command line.
    Command,
    /// The first word of any other text.
    Leading,
    /// An environment variable.
    Variable,
}

/// Collects the names of one file.
pub(super) struct Collector<'a> {
    interner: &'a mut Interner,
    found: HashSet<Name>,
    complete: bool,
    words: Words,
}

/// Whether words that could be programs are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    Wanted,
    Ignored,
}

/// Shares equal names between files and bounds their number.
#[derive(Default)]
pub(super) struct Interner {
    texts: HashSet<Arc<str>>,
    used: usize,
}

const MAX_PER_FILE: usize = 60_000;
const MAX_PER_LAYER: usize = 3_000_000;
const MAX_TEXT: usize = 512;

impl<'a> Collector<'a> {
    pub(super) fn new(interner: &'a mut Interner, words: Words) -> Self {
        Self { interner, found: HashSet::new(), complete: true, words }
    }

    pub(super) fn incomplete(&mut self) {
        self.complete = false;
    }

    pub(super) fn finish(self) -> Names {
        let mut found: Vec<Name> = self.found.into_iter().collect();
        found.sort();
        Names { found, complete: self.complete }
    }

    fn add(&mut self, kind: NameKind, text: &str) {
        if text.is_empty() || text.len() > MAX_TEXT {
            return;
        }
        let wanted = match kind {
            NameKind::Word | NameKind::Command | NameKind::Leading => self.words == Words::Wanted,
            _ => true,
        };
        if !wanted {
            return;
        }
        if self.found.len() >= MAX_PER_FILE || self.interner.used >= MAX_PER_LAYER {
            self.complete = false;
            return;
        }
        let text = match self.interner.texts.get(text) {
            Some(text) => Arc::clone(text),
            None => {
                let text: Arc<str> = Arc::from(text);
                self.interner.texts.insert(Arc::clone(&text));
                text
            }
        };
        if self.found.insert(Name { kind, text }) {
            self.interner.used += 1;
        }
    }

    /// Looks at one string of the file.
    pub(super) fn string(&mut self, text: &str) {
        let text = text.trim();
        if text.len() < 2 {
            return;
        }
        self.libraries(text);
        self.absolute(text);
        if text.len() > MAX_TEXT {
            return;
        }
        let mut words = text.split_whitespace();
        let Some(first) = words.next() else { return };
        if words.next().is_none() {
            self.single(first);
        } else {
            self.sentence(text);
        }
    }

    /// Looks at bytes that may be text.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.string(text),
            Err(_) => {
                let text = String::from_utf8_lossy(bytes);
                for part in text.split(char::REPLACEMENT_CHARACTER) {
                    self.string(part);
                }
            }
        }
    }

    fn libraries(&mut self, text: &str) {
        let bytes = text.as_bytes();
        for at in memchr::memmem::find_iter(bytes, b".so") {
            let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'.' | b'-');
            let start = bytes[..at].iter().rposition(|byte| !part(byte)).map_or(0, |before| before + 1);
            let mut end = at + 3;
            while let Some(rest) = bytes.get(end..)
                && rest.first() == Some(&b'.')
            {
                let digits = rest[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                if digits == 0 || !rest[1].is_ascii_digit() {
                    break;
                }
                end += 1 + digits;
            }
            let ends = bytes
                .get(end)
                .is_none_or(|byte| !part(byte) || (*byte == b'.' && bytes.get(end + 1).is_none_or(|next| !part(next))));
            if start < at && ends {
                self.add(NameKind::Library, &text[start..end]);
            }
        }
    }

    fn absolute(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut skip = 0;
        for at in memchr::memchr_iter(b'/', bytes) {
            if at < skip {
                continue;
            }
            let begins = at == 0
                || matches!(
                    bytes[at - 1],
                    b' ' | b'\t'
                        | b'\n'
                        | b'"'
                        | b'\''
                        | b'`'
                        | b'='
                        | b':'
                        | b','
                        | b';'
                        | b'('
                        | b'<'
                        | b'>'
                        | b'|'
                        | b'&'
                        | b'['
                        | b'{'
                        | b'!'
                        | b'@'
                );
            // `//` follows a scheme, or begins a comment.
            if !begins || bytes.get(at + 1) == Some(&b'/') {
                continue;
            }
            let length = bytes[at..].iter().take_while(|byte| is_path_byte(**byte)).count();
            skip = at + length;
            let cut = bytes.get(at + length).is_some_and(|byte| matches!(byte, b'%' | b'$' | b'{' | b'*' | b'<'));
            let path = text[at..at + length].trim_end_matches(['.', '-']);
            match (cut, path.rfind('/')) {
                (true, Some(last)) if last > 0 => self.add(NameKind::Absolute, &path[..=last]),
                (false, _) if path.len() > 1 => self.add(NameKind::Absolute, path),
                _ => {}
            }
        }
    }

    fn single(&mut self, word: &str) {
        if let Some((name, _)) = word.split_once('=')
            && is_variable(name)
        {
            self.add(NameKind::Variable, name);
            return;
        }
        if is_variable(word) {
            self.add(NameKind::Variable, word);
        }
        if word.starts_with('/') {
            return;
        }
        if is_program(word) {
            self.add(NameKind::Word, word);
        }
        if word.contains("://") || word.contains("//") {
            return;
        }
        let length = word.bytes().take_while(|byte| is_path_byte(*byte)).count();
        let has_extension = word.rsplit_once('.').is_some_and(|(stem, extension)| {
            !stem.is_empty()
                && (1..=10).contains(&extension.len())
                && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if length == word.len() {
            if word.contains('/') || has_extension {
                self.add(NameKind::Relative, word.strip_prefix("./").unwrap_or(word));
            }
        } else if let Some(last) = word[..length].rfind('/')
            && matches!(word.as_bytes()[length], b'%' | b'$' | b'{' | b'*')
        {
            let path = &word[..=last];
            self.add(NameKind::Relative, path.strip_prefix("./").unwrap_or(path));
        }
    }

    /// A text of several words: programs it may run.
    fn sentence(&mut self, text: &str) {
        for (at, command) in text.split(['|', ';', '&', '\n', '(', '`']).enumerate() {
            let mut words = command.split_whitespace().skip_while(|word| {
                word.split_once('=').is_some_and(|(name, _)| is_variable(name))
                    || matches!(*word, "exec" | "sudo" | "env" | "!" | "then" | "do")
            });
            let Some(first) = words.next() else { continue };
            let first = first.trim_matches(['"', '\'']);
            if !is_program(first) {
                continue;
            }
            let has_option = words.any(|word| {
                word.strip_prefix('-').is_some_and(|rest| {
                    rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-') && rest.len() < 40
                })
            });
            let redirected =
                command.contains("2>") || command.contains(">/") || command.contains("> /") || command.contains("</");
            if has_option || redirected || (at > 0 && text.contains(['|', '&'])) {
                self.add(NameKind::Command, first);
            } else if at == 0 {
                self.add(NameKind::Leading, first);
            }
        }
    }

    /// Looks at the quoted literals of a program text.
    pub(super) fn quoted(&mut self, text: &str) {
        for line in text.lines() {
            let bytes = line.as_bytes();
            // An apostrophe can be taken for an opening quote, so every pair of equal marks is tried.
            for mark in *b"\"'`" {
                let mut open: Option<usize> = None;
                for at in memchr::memchr_iter(mark, bytes) {
                    if at > 0 && bytes[at - 1] == b'\\' {
                        continue;
                    }
                    if let Some(literal) = open.and_then(|open| line.get(open + 1..at)) {
                        self.string(literal);
                    }
                    open = Some(at);
                }
            }
        }
    }

    /// Looks at every word and every value of a settings file or script.
    pub(super) fn loose(&mut self, text: &str) {
        for line in text.lines().take(100_000) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some((_, value)) = line.split_once(['=', ':']) {
                self.string(value.trim().trim_matches(['"', '\'', ';', ',']));
            }
            for word in line.split_whitespace() {
                self.string(word.trim_matches(['"', '\'', ';', ',', '[', ']', '{', '}', '(', ')']));
            }
        }
    }
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'.' | b'-' | b'+' | b'@' | b'~') || byte >= 0x80
}

/// Whether a word could be a program's name.
fn is_program(word: &str) -> bool {
    word.len() >= 2
        && word.len() <= 64
        && word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '[')
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+'))
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a word could be an environment variable.
fn is_variable(word: &str) -> bool {
    word.len() >= 2
        && word.len() <= 64
        && word.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn names(strings: &[&str]) -> Vec<(NameKind, String)> {
        let mut interner = Interner::default();
        let mut collector = Collector::new(&mut interner, Words::Wanted);
        for text in strings {
            collector.string(text);
        }
        collector.finish().found.into_iter().map(|name| (name.kind, name.text.to_string())).collect()
    }

    fn has(text: &str, kind: NameKind, expected: &str) -> bool {
        names(&[text]).contains(&(kind, expected.to_owned()))
    }

    #[test]
    fn strings_are_sorted_into_kinds() {
        use NameKind::*;
        assert!(has("libsqlite3.so.0", Library, "libsqlite3.so.0"));
        assert!(has("cannot load libfoo-1.2.so: %s", Library, "libfoo-1.2.so"));
        assert!(has("/opt/x/libz.so.1.2", Library, "libz.so.1.2"));
        assert!(has("/etc/ssl/certs/ca-certificates.crt", Absolute, "/etc/ssl/certs/ca-certificates.crt"));
        assert!(has("open /etc/hosts.", Absolute, "/etc/hosts"));
        assert!(has("PATH=/usr/bin:/opt/bin", Absolute, "/opt/bin"));
        assert!(has("/usr/share/zoneinfo/%s", Absolute, "/usr/share/zoneinfo/"));
        assert!(has("templates/index.html", Relative, "templates/index.html"));
        assert!(has("./views/%s.html", Relative, "views/"));
        assert!(has("settings.toml", Relative, "settings.toml"));
        assert!(has("git", Word, "git"));
        assert!(has("git --version", Command, "git"));
        assert!(has("LC_ALL=C convert a.png | identify -verbose -", Command, "identify"));
        assert!(has("file not found", Leading, "file"));
        assert!(has("DATABASE_URL", Variable, "DATABASE_URL"));
    }

    #[test]
    fn addresses_are_not_paths() {
        let found = names(&["https://example.org/usr/bin", "a/b//c"]);
        assert!(found.iter().all(|(kind, _)| *kind != NameKind::Absolute), "{found:?}");
    }

    #[test]
    fn literals_are_found_between_quotes() {
        let mut interner = Interner::default();
        let mut collector = Collector::new(&mut interner, Words::Wanted);
        collector.quoted("it's = run([\"git\", 'log'])\nx = open(\"/srv/a.txt\")");
        let found: Vec<String> = collector.finish().found.iter().map(|name| name.text.to_string()).collect();
        assert!(found.contains(&"git".to_owned()) && found.contains(&"/srv/a.txt".to_owned()), "{found:?}");
    }
}
