//! Sets of absolute paths: a path, a path with wildcards, a directory with all below it.

use std::fmt;

/// A part of a pattern between two slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Part {
    Literal(Box<str>),
    /// With `*`, `?` or `[…]`; literal characters that look so are escaped by a backslash.
    Glob(Box<str>),
}

/// A set of absolute paths.
///
/// `/a/**` is `/a` and everything below it. Links are not followed: a path is its spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PathPattern {
    parts: Vec<Part>,
    /// Everything below the parts belongs to the set too.
    tree: bool,
}

impl PathPattern {
    /// Every path.
    #[must_use]
    pub fn any() -> Self {
        Self { parts: Vec::new(), tree: true }
    }

    /// One path; wildcards in it are ordinary characters.
    #[must_use]
    pub fn literal(path: &str) -> Self {
        Self { parts: parts_of(&normalize(path, "/")).map(|part| Part::Literal(part.into())).collect(), tree: false }
    }

    /// A path and everything below it; wildcards in it are ordinary characters.
    #[must_use]
    pub fn tree(path: &str) -> Self {
        Self { tree: true, ..Self::literal(path) }
    }

    /// A pattern in which `*`, `?`, `[…]` are wildcards and a final `/**` stands for a tree.
    #[must_use]
    pub fn parse(pattern: &str) -> Self {
        let (pattern, tree) = match pattern.strip_suffix("**") {
            Some(start) if start.is_empty() || start.ends_with('/') => (start, true),
            _ => (pattern, false),
        };
        Self {
            parts: parts_of(&normalize(pattern, "/"))
                .map(
                    |part| {
                        if has_wildcard(part) { Part::Glob(part.into()) } else { Part::Literal(unescaped(part).into()) }
                    },
                )
                .collect(),
            tree,
        }
    }

    /// The same set with everything below.
    #[must_use]
    pub fn with_everything_below(mut self) -> Self {
        self.tree = true;
        self
    }

    /// The path, if the set is exactly one.
    #[must_use]
    pub fn as_literal(&self) -> Option<String> {
        if self.tree {
            return None;
        }
        self.directory()
    }

    /// The directory of a tree, or the path itself, if no wildcard occurs.
    #[must_use]
    pub fn directory(&self) -> Option<String> {
        let mut path = String::new();
        for part in &self.parts {
            let Part::Literal(text) = part else {
                return None;
            };
            path.push('/');
            path.push_str(text);
        }
        if path.is_empty() {
            path.push('/');
        }
        Some(path)
    }

    /// True if everything below belongs to the set.
    #[must_use]
    pub fn is_tree(&self) -> bool {
        self.tree
    }

    /// True if the set is every path.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.tree && self.parts.is_empty()
    }

    /// True if `path` belongs to the set.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.covers(&Self::literal(path))
    }

    /// True if the sets may have a path in common; two wildcards in the same place count as equal unless their literal ends exclude each other.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let common = self.parts.len().min(other.parts.len());
        let heads = self.parts.iter().zip(&other.parts).all(|(a, b)| parts_overlap(a, b));
        if !heads {
            return false;
        }
        match self.parts.len().cmp(&other.parts.len()) {
            std::cmp::Ordering::Equal => true,
            std::cmp::Ordering::Less => self.tree && common == self.parts.len(),
            std::cmp::Ordering::Greater => other.tree && common == other.parts.len(),
        }
    }

    /// True if every path of `other` surely belongs to this set.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        if self.parts.len() > other.parts.len() || (other.tree && !self.tree) {
            return false;
        }
        if self.parts.len() < other.parts.len() && !self.tree {
            return false;
        }
        self.parts.iter().zip(&other.parts).all(|(a, b)| part_covers(a, b))
    }

    /// True if the set lies in the directory `path` or is it.
    #[must_use]
    pub fn is_below(&self, path: &str) -> bool {
        Self::tree(path).covers(self)
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(text) | Part::Glob(text) => write!(f, "/{text}")?,
            }
        }
        match (self.parts.is_empty(), self.tree) {
            (_, true) => f.write_str("/**"),
            (true, false) => f.write_str("/"),
            (false, false) => Ok(()),
        }
    }
}

fn parts_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// Whether the path `path` is `directory` or lies in it; both are taken as they are written.
#[must_use]
pub fn is_below(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The absolute path that `path` names in the directory `base`, without `.`, `..` and doubled slashes.
#[must_use]
pub fn normalize(path: &str, base: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    if !path.starts_with('/') {
        parts.extend(parts_of(base));
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    format!("/{}", parts.join("/"))
}

/// `text` with every character that a pattern would take for a wildcard escaped.
#[must_use]
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "*?[\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn has_wildcard(part: &str) -> bool {
    let mut escaped = false;
    part.chars().any(|c| {
        let wild = !escaped && "*?[".contains(c);
        escaped = !escaped && c == '\\';
        wild
    })
}

fn unescaped(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    let mut escaped = false;
    for c in part.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            out.push(c);
        }
    }
    out
}

fn parts_overlap(a: &Part, b: &Part) -> bool {
    match (a, b) {
        (Part::Literal(x), Part::Literal(y)) => x == y,
        (Part::Literal(x), Part::Glob(g)) | (Part::Glob(g), Part::Literal(x)) => glob_matches(g, x, Dots::Matched),
        (Part::Glob(x), Part::Glob(y)) => ends_agree(x, y),
    }
}

fn part_covers(a: &Part, b: &Part) -> bool {
    match (a, b) {
        (Part::Literal(x), Part::Literal(y)) => x == y,
        (Part::Glob(g), Part::Literal(x)) => glob_matches(g, x, Dots::Explicit),
        // A lone star matches every name but hidden ones.
        (Part::Glob(g), Part::Glob(h)) => g == h || (&**g == "*" && !h.starts_with(['.', '\\'])),
        (Part::Literal(_), Part::Glob(_)) => false,
    }
}

/// True unless the literal text before the first, or after the last wildcard of both excludes a common name.
fn ends_agree(x: &str, y: &str) -> bool {
    let head = |s: &str| -> String { s.chars().take_while(|c| !"*?[\\".contains(*c)).collect() };
    let tail = |s: &str| -> String {
        if s.contains('\\') {
            return String::new();
        }
        s.chars().rev().take_while(|c| !"*?[]".contains(*c)).collect()
    };
    let (a, b) = (head(x), head(y));
    let (c, d) = (tail(x), tail(y));
    (a.starts_with(&b) || b.starts_with(&a)) && (c.starts_with(&d) || d.starts_with(&c))
}

/// Whether a wildcard takes a leading dot. The shell's does not, that of `COPY` does; overlap errs one way, inclusion the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dots {
    Matched,
    Explicit,
}

/// Matching of one name.
fn glob_matches(glob: &str, name: &str, dots: Dots) -> bool {
    if dots == Dots::Explicit && name.starts_with('.') && glob.starts_with(['*', '?', '[']) {
        return false;
    }
    let glob: Vec<char> = glob.chars().collect();
    let name: Vec<char> = name.chars().collect();
    // The usual two-pointer walk: on a mismatch the last star takes one more character.
    let (mut g, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        let step = match glob.get(g) {
            Some('*') => {
                star = Some((g, n));
                g += 1;
                continue;
            }
            Some(_) => one(&glob, g, name.get(n).copied().unwrap_or('\0')),
            None => None,
        };
        match (step, star) {
            (Some(next), _) => {
                g = next;
                n += 1;
            }
            (None, Some((star_at, from))) => {
                g = star_at + 1;
                n = from + 1;
                star = Some((star_at, n));
            }
            (None, None) => return false,
        }
    }
    glob.iter().skip(g).all(|c| *c == '*')
}

/// Where the pattern goes on after matching `c` at `at`; `None` if it does not match.
fn one(glob: &[char], at: usize, c: char) -> Option<usize> {
    match glob.get(at)? {
        '?' => Some(at + 1),
        '\\' => (glob.get(at + 1) == Some(&c)).then_some(at + 2),
        '[' => {
            let close = (at + 2..glob.len()).find(|i| glob.get(*i) == Some(&']'));
            let Some(close) = close else {
                return (c == '[').then_some(at + 1);
            };
            let inside = glob.get(at + 1..close)?;
            let (negated, set) = match inside.split_first() {
                Some(('!' | '^', rest)) => (true, rest),
                _ => (false, inside),
            };
            // Classes such as `[:digit:]` are taken to match: the set may only grow by that.
            let named = set.contains(&':');
            let mut found = named;
            let mut i = 0;
            while let Some(low) = set.get(i) {
                if set.get(i + 1) == Some(&'-')
                    && let Some(high) = set.get(i + 2)
                {
                    found |= *low <= c && c <= *high;
                    i += 3;
                } else {
                    found |= *low == c;
                    i += 1;
                }
            }
            (found != negated || named).then_some(close + 1)
        }
        literal => (*literal == c).then_some(at + 1),
    }
}
