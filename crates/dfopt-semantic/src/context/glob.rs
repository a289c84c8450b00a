//! Wildcards in COPY and ADD sources.

use super::pattern::BadPattern;

/// Whether a source holds a wildcard that no backslash protects.
pub fn has_wildcards(source: &str) -> bool {
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' | '[' => return true,
            '\\' => {
                chars.next();
            }
            _ => {}
        }
    }
    false
}

/// Where the syntax check of ignore patterns stops, if it does.
///
/// The reference checks a pattern by matching it against `.`, and looks at each piece between stars only as long as that
/// match goes on: `a*[` passes.
pub(super) fn refused_place(pattern: &str) -> Option<usize> {
    let (mut at, mut name) = (0, Some('.'));
    while at < pattern.len() {
        let stars = pattern[at..].len() - pattern[at..].trim_start_matches('*').len();
        let start = at + stars;
        at = start + piece_length(&pattern[start..]);
        if start == at {
            return None;
        }
        let tokens = match Glob::parse(&pattern[start..at]) {
            Ok(glob) => glob.tokens,
            Err(bad) => return Some(start + bad.at),
        };
        // A piece is never empty, so it can only take the one character that there is.
        match (name, tokens.as_slice()) {
            (Some(c), [token]) if token.matches(c) => name = None,
            _ => return None,
        }
    }
    None
}

/// The length of what precedes the next star outside a class.
fn piece_length(pattern: &str) -> usize {
    let mut in_class = false;
    let mut chars = pattern.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '*' if !in_class => return at,
            _ => {}
        }
    }
    pattern.len()
}

/// A source pattern: `*` and `?` stay within a directory, a class may match `/`.
#[derive(Debug, Clone)]
pub struct Glob {
    tokens: Vec<Token>,
}

#[derive(Debug, Clone)]
enum Token {
    Star,
    Any,
    Char(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Fails at the place of the syntax error.
    pub fn parse(pattern: &str) -> Result<Glob, BadPattern> {
        let mut tokens = Vec::new();
        let mut reader = Reader { pattern, at: 0 };
        while let Some(c) = reader.next() {
            tokens.push(match c {
                '*' => Token::Star,
                '?' => Token::Any,
                '\\' => Token::Char(reader.next().ok_or(reader.bad())?),
                '[' => reader.class()?,
                c => Token::Char(c),
            });
        }
        Ok(Glob { tokens })
    }

    /// Whether the whole of `path` matches.
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<char> = path.chars().collect();
        let (mut token, mut at) = (0, 0);
        // Each star takes as little as lets the piece behind it match, and is never reconsidered once the next star is
        // reached; that is how the reference does it, and it shows when a class matches a slash.
        let mut star: Option<(usize, usize)> = None;
        loop {
            match self.tokens.get(token) {
                Some(Token::Star) => {
                    token += 1;
                    star = Some((token, at));
                    continue;
                }
                Some(one) if path.get(at).is_some_and(|c| one.matches(*c)) => {
                    token += 1;
                    at += 1;
                    continue;
                }
                None if at == path.len() => return true,
                _ => {}
            }
            let Some((behind, taken)) = star else { return false };
            match path.get(taken) {
                Some(c) if *c != '/' => {
                    star = Some((behind, taken + 1));
                    (token, at) = (behind, taken + 1);
                }
                _ => return false,
            }
        }
    }
}

impl Token {
    fn matches(&self, c: char) -> bool {
        match self {
            Token::Star => false,
            Token::Any => c != '/',
            Token::Char(own) => *own == c,
            Token::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

struct Reader<'a> {
    pattern: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.pattern[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn bad(&self) -> BadPattern {
        BadPattern { at: self.at }
    }

    /// A class whose `[` has been read.
    fn class(&mut self) -> Result<Token, BadPattern> {
        let negated = self.peek() == Some('^');
        if negated {
            self.next();
        }
        let mut ranges = Vec::new();
        loop {
            if self.peek() == Some(']') && !ranges.is_empty() {
                self.next();
                return Ok(Token::Class { negated, ranges });
            }
            let low = self.class_char()?;
            let mut high = low;
            if self.peek() == Some('-') {
                self.next();
                high = self.class_char()?;
            }
            ranges.push((low, high));
        }
    }

    fn class_char(&mut self) -> Result<char, BadPattern> {
        match self.peek() {
            None | Some('-' | ']') => return Err(self.bad()),
            Some('\\') => {
                self.next();
            }
            Some(_) => {}
        }
        let c = self.next().ok_or(self.bad())?;
        if self.peek().is_none() { Err(self.bad()) } else { Ok(c) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stay_within_a_directory() {
        for (pattern, path, expected) in [
            ("*", ".env", true),
            ("*", "a/b", false),
            ("a/*", "a/b", true),
            ("**", "a/b", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("a[^x]c", "a/c", true),
            ("[a-c][\\]]", "b]", true),
            ("[!a]", "!", true),
            ("[[]x", "[x", true),
            ("\\*", "*", true),
            ("*.tar.*", "a.tar.tar.gz", true),
            ("*[^x]b", "a/b", true),
            ("*[^x]*b", "a/b", false),
        ] {
            assert_eq!(Glob::parse(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn malformed_patterns_are_placed() {
        for (pattern, at) in [("[", 1), ("a[a-", 4), ("[]a]", 1), ("[-a]", 1), ("x\\", 2), ("[a", 2)] {
            assert_eq!(Glob::parse(pattern).unwrap_err(), BadPattern { at }, "{pattern}");
        }
    }
}
