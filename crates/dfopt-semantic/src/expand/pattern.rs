//! The patterns of `${v#p}`, `${v%p}` and `${v/p/t}`: `*`, `?` and literals, matched the way a backtracking regular
//! expression would, in time proportional to pattern times text.

use super::{Occurrences, Reach};

/// Larger tables are not filled; the result then counts as unknown.
const LARGEST_TABLE: usize = 1 << 23;

#[derive(Clone, Copy, PartialEq)]
enum Token {
    Star,
    Any,
    Char(char),
}

pub(super) struct Pattern {
    tokens: Vec<Token>,
}

/// The pattern text back to front, escapes kept before what they escape. An escape at the very end is an escape of what
/// then precedes it, as in the reference.
pub(super) fn reversed(pattern: &str) -> String {
    let chars: Vec<char> = pattern.chars().collect();
    let mut groups: Vec<&[char]> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let width = if chars[at] == '\\' && at + 1 < chars.len() { 2 } else { 1 };
        groups.push(&chars[at..at + width]);
        at += width;
    }
    groups.into_iter().rev().flatten().collect()
}

impl Pattern {
    /// Fails with the character that a backslash must not stand before, `None` at the end.
    pub(super) fn parse(source: &str) -> Result<Pattern, Option<char>> {
        let mut tokens = Vec::new();
        let mut chars = source.strip_prefix('\u{feff}').unwrap_or(source).chars();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '*' => Token::Star,
                '?' => Token::Any,
                '\\' => match chars.next() {
                    Some(c @ ('}' | '/' | '*' | '?' | '\\')) => Token::Char(c),
                    other => return Err(other),
                },
                c => Token::Char(c),
            });
        }
        Ok(Pattern { tokens })
    }

    pub(super) fn trim_prefix(&self, value: &str, reach: Reach) -> Option<String> {
        let chars: Vec<char> = value.chars().collect();
        let table = Table::new(&self.tokens, &chars)?;
        let end = table.end(0, reach).unwrap_or(0);
        Some(chars[end..].iter().collect())
    }

    /// The pattern must have been made from reversed text.
    pub(super) fn trim_suffix(&self, value: &str, reach: Reach) -> Option<String> {
        let backwards: String = value.chars().rev().collect();
        let rest = self.trim_prefix(&backwards, reach)?;
        Some(rest.chars().rev().collect())
    }

    pub(super) fn replace(&self, value: &str, replacement: &str, occurrences: Occurrences) -> Option<String> {
        let chars: Vec<char> = value.chars().collect();
        let table = Table::new(&self.tokens, &chars)?;
        let mut result = String::new();
        let (mut copied, mut from) = (0, 0);
        while from <= chars.len() {
            let Some((start, end)) =
                (from..=chars.len()).find_map(|at| table.end(at, Reach::Longest).map(|end| (at, end)))
            else {
                break;
            };
            result.extend(&chars[copied..start]);
            // An empty match right behind another one does not count.
            if end > copied || start == 0 {
                match occurrences {
                    Occurrences::First => result.push_str(replacement),
                    Occurrences::All => push_template(&mut result, replacement, &chars[start..end]),
                }
            }
            copied = end;
            from = end.max(from + 1);
            if occurrences == Occurrences::First {
                break;
            }
        }
        result.extend(&chars[copied..]);
        Some(result)
    }
}

/// For each token and place whether the rest of the pattern can match from there.
struct Table<'a> {
    tokens: &'a [Token],
    chars: &'a [char],
    reachable: Vec<bool>,
}

impl<'a> Table<'a> {
    fn new(tokens: &'a [Token], chars: &'a [char]) -> Option<Table<'a>> {
        let width = chars.len() + 1;
        let size = width.checked_mul(tokens.len() + 1)?;
        if size > LARGEST_TABLE {
            return None;
        }
        let mut reachable = vec![false; size];
        reachable[tokens.len() * width..].fill(true);
        for (i, token) in tokens.iter().enumerate().rev() {
            for j in (0..width).rev() {
                let next = j + 1 < width && reachable[(i + 1) * width + j + 1];
                reachable[i * width + j] = match token {
                    Token::Char(c) => next && chars[j] == *c,
                    Token::Any => next && chars[j] != '\n',
                    Token::Star => {
                        reachable[(i + 1) * width + j]
                            || (j + 1 < width && chars[j] != '\n' && reachable[i * width + j + 1])
                    }
                };
            }
        }
        Some(Table { tokens, chars, reachable })
    }

    fn can(&self, token: usize, at: usize) -> bool {
        self.reachable[token * (self.chars.len() + 1) + at]
    }

    /// Where the match that starts at `at` ends: each star, from the first on, as short or as long as the rest allows.
    fn end(&self, mut at: usize, reach: Reach) -> Option<usize> {
        if !self.can(0, at) {
            return None;
        }
        for (i, token) in self.tokens.iter().enumerate() {
            if *token != Token::Star {
                at += 1;
                continue;
            }
            let mut chosen = at;
            for end in at..=self.chars.len() {
                if self.can(i + 1, end) {
                    chosen = end;
                    if reach == Reach::Shortest {
                        break;
                    }
                }
                if self.chars.get(end) == Some(&'\n') {
                    break;
                }
            }
            at = chosen;
        }
        Some(at)
    }
}

/// Inserts a replacement in which `$0` is the match, other groups are empty, and `$$` is a dollar.
fn push_template(result: &mut String, template: &str, matched: &[char]) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        let braced = rest.strip_prefix('{');
        let inner = braced.unwrap_or(rest);
        let length = inner.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(inner.len());
        let (name, mut tail) = inner.split_at(length);
        let mut closed = true;
        if braced.is_some() {
            match tail.strip_prefix('}') {
                Some(behind) => tail = behind,
                None => closed = false,
            }
        }
        if name.is_empty() || !closed {
            result.push('$');
            continue;
        }
        if name == "0" {
            result.extend(matched);
        }
        rest = tail;
    }
    result.push_str(rest);
}
