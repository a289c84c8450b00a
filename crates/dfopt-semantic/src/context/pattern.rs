//! One pattern of an ignore file.
//!
//! The reference rewrites a pattern into a regular expression of Go and runs that. What can be written in a pattern and
//! still means something there (classes, `^`, escapes such as `\d`) therefore has its meaning here as well. We take the
//! same detour, and run the expression as a set of states, in time proportional to pattern times path.

use super::glob::refused_place;

/// A pattern that a builder refuses, and so the whole ignore file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPattern {
    /// The byte at which it cannot go on.
    pub at: usize,
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) enum Pattern {
    Exact(String),
    Prefix(String),
    /// `**` followed by this; without its slash it may be the whole path.
    Suffix(String),
    Expression(Vec<Node>),
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    One(Set),
    Many(Set),
    /// The next `usize` nodes are optional.
    Optional(usize),
    Assert(Assertion),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Assertion {
    Start,
    End,
    WordBoundary,
    NoWordBoundary,
}

/// A set of characters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Set {
    fn one(c: char) -> Set {
        Set { negated: false, ranges: vec![(c, c)] }
    }

    fn all_but(c: char) -> Set {
        Set { negated: true, ranges: vec![(c, c)] }
    }

    fn contains(&self, c: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != self.negated
    }

    /// The ranges it holds, with a negation carried out.
    fn resolved(&self) -> Vec<(char, char)> {
        if !self.negated {
            return self.ranges.clone();
        }
        let mut ranges = self.ranges.clone();
        ranges.sort_unstable();
        let (mut result, mut from) = (Vec::new(), Some('\0'));
        for (low, high) in ranges {
            if let Some(start) = from
                && start < low
                && let Some(end) = before(low)
            {
                result.push((start, end));
            }
            from = from.and_then(|from| after(high).map(|next| next.max(from)));
        }
        if let Some(start) = from {
            result.push((start, char::MAX));
        }
        result
    }
}

fn before(c: char) -> Option<char> {
    ('\0'..c).next_back()
}

fn after(c: char) -> Option<char> {
    (c..=char::MAX).nth(1)
}

impl Pattern {
    /// `text` is a cleaned pattern without its `!`.
    pub(super) fn parse(text: &str) -> Result<Pattern, BadPattern> {
        if let Some(at) = refused_place(text) {
            return Err(BadPattern { at });
        }
        let (kind, expression) = rewrite(text);
        match kind {
            Kind::Exact => Ok(Pattern::Exact(text.to_owned())),
            Kind::Prefix => Ok(Pattern::Prefix(text.strip_suffix("**").unwrap_or(text).to_owned())),
            Kind::Suffix => Ok(Pattern::Suffix(text.strip_prefix("**").unwrap_or(text).to_owned())),
            Kind::Expression => {
                // Where the expression fails cannot be traced back to a place in the pattern.
                Parser::parse(&expression).map(Pattern::Expression).ok_or(BadPattern { at: 0 })
            }
        }
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        match self {
            Pattern::Exact(text) => text == path,
            Pattern::Prefix(prefix) => path.starts_with(prefix),
            Pattern::Suffix(suffix) => path.ends_with(suffix) || suffix.strip_prefix('/') == Some(path),
            Pattern::Expression(nodes) => run(nodes, path),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Exact,
    Prefix,
    Suffix,
    Expression,
}

/// The regular expression that stands for a pattern, with its ends anchored, and whether it is needed at all.
fn rewrite(pattern: &str) -> (Kind, String) {
    let mut chars = pattern.strip_prefix('\u{feff}').unwrap_or(pattern).chars().peekable();
    let (mut kind, mut out, mut first) = (Kind::Exact, String::new(), true);
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_some() {
                    out.push_str("(.*/)?");
                    kind = Kind::Expression;
                } else if kind == Kind::Exact {
                    kind = Kind::Prefix;
                } else {
                    out.push_str(".*");
                    kind = Kind::Expression;
                }
                if first {
                    kind = Kind::Suffix;
                }
            }
            '*' => {
                out.push_str("[^/]*");
                kind = Kind::Expression;
            }
            '?' => {
                out.push_str("[^/]");
                kind = Kind::Expression;
            }
            '.' | '+' | '(' | ')' | '|' | '{' | '}' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '\\' => {
                out.push(c);
                if let Some(escaped) = chars.next() {
                    out.push(escaped);
                    kind = Kind::Expression;
                }
            }
            '[' | ']' => {
                out.push(c);
                kind = Kind::Expression;
            }
            c => out.push(c),
        }
        first = false;
    }
    (kind, out)
}

/// Reads as much of Go's regular expressions as a rewritten pattern can hold.
struct Parser<'a> {
    rest: &'a str,
    nodes: Vec<Node>,
}

impl Parser<'_> {
    fn parse(expression: &str) -> Option<Vec<Node>> {
        let mut parser = Parser { rest: expression, nodes: vec![Node::Assert(Assertion::Start)] };
        while !parser.rest.is_empty() {
            if parser.rest == "\\" {
                // A backslash at the end takes away the meaning of the `$` that the reference puts there.
                parser.nodes.push(Node::One(Set::one('$')));
                parser.nodes.push(Node::Many(Set { negated: true, ranges: Vec::new() }));
                break;
            }
            parser.node()?;
        }
        parser.nodes.push(Node::Assert(Assertion::End));
        Some(parser.nodes)
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn node(&mut self) -> Option<()> {
        if self.eat("(.*/)?") {
            self.nodes.push(Node::Optional(2));
            self.nodes.push(Node::Many(Set::all_but('\n')));
            self.nodes.push(Node::One(Set::one('/')));
            return Some(());
        }
        if self.eat(".*") {
            self.nodes.push(Node::Many(Set::all_but('\n')));
            return Some(());
        }
        if self.eat("\\Q") {
            let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
            self.rest = rest;
            self.nodes.extend(literal.chars().map(|c| Node::One(Set::one(c))));
            return Some(());
        }
        let set = match self.next()? {
            '^' => return self.assert(Assertion::Start),
            '[' => self.class()?,
            '\\' => match self.rest.chars().next()? {
                'A' => return self.skip_and_assert(Assertion::Start),
                'z' => return self.skip_and_assert(Assertion::End),
                'b' => return self.skip_and_assert(Assertion::WordBoundary),
                'B' => return self.skip_and_assert(Assertion::NoWordBoundary),
                letter => match perl_class(letter) {
                    Some(set) => {
                        self.next();
                        set
                    }
                    None => Set::one(self.escape()?),
                },
            },
            c => Set::one(c),
        };
        let many = self.eat("*");
        self.nodes.push(if many { Node::Many(set) } else { Node::One(set) });
        Some(())
    }

    fn assert(&mut self, assertion: Assertion) -> Option<()> {
        self.nodes.push(Node::Assert(assertion));
        Some(())
    }

    fn skip_and_assert(&mut self, assertion: Assertion) -> Option<()> {
        self.next();
        self.assert(assertion)
    }

    /// A class whose `[` has been read.
    fn class(&mut self) -> Option<Set> {
        let negated = self.eat("^");
        let mut ranges = Vec::new();
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            if self.rest.starts_with("[:")
                && let Some(end) = self.rest[2..].find(":]")
            {
                ranges.extend(posix_class(&self.rest[2..2 + end])?);
                self.rest = &self.rest[2 + end + 2..];
                continue;
            }
            if let Some(letter) = self.rest.strip_prefix('\\').and_then(|rest| rest.chars().next())
                && let Some(set) = perl_class(letter)
            {
                ranges.extend(set.resolved());
                self.rest = &self.rest[2..];
                continue;
            }
            let low = self.class_char()?;
            let mut high = low;
            if self.rest.starts_with('-') && self.rest.len() > 1 && !self.rest.starts_with("-]") {
                self.next();
                high = self.class_char()?;
                if high < low {
                    return None;
                }
            }
            ranges.push((low, high));
        }
        self.next();
        Some(Set { negated, ranges })
    }

    fn class_char(&mut self) -> Option<char> {
        match self.next()? {
            '\\' => self.escape(),
            c => Some(c),
        }
    }

    /// The character meant by an escape whose backslash has been read.
    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            'a' => '\u{7}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'x' => {
                let digits = self.rest.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
                self.rest = &self.rest[2..];
                char::from(u8::from_str_radix(digits, 16).ok()?)
            }
            first @ '0'..='7' => {
                if first != '0' && !self.rest.starts_with(|c| matches!(c, '0'..='7')) {
                    return None;
                }
                let mut code = first.to_digit(8)?;
                for _ in 0..2 {
                    let Some(digit) = self.rest.chars().next().and_then(|c| c.to_digit(8)) else { break };
                    code = code * 8 + digit;
                    self.next();
                }
                char::from_u32(code)?
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
            _ => return None,
        })
    }
}

fn perl_class(letter: char) -> Option<Set> {
    let ranges = match letter.to_ascii_lowercase() {
        'd' => vec![('0', '9')],
        's' => vec![('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')],
        'w' => vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        _ => return None,
    };
    Some(Set { negated: letter.is_ascii_uppercase(), ranges })
}

fn posix_class(name: &str) -> Option<Vec<(char, char)>> {
    let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    let ranges = match name {
        "alnum" => vec![('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => vec![('A', 'Z'), ('a', 'z')],
        "ascii" => vec![('\0', '\x7f')],
        "blank" => vec![('\t', '\t'), (' ', ' ')],
        "cntrl" => vec![('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => vec![('0', '9')],
        "graph" => vec![('!', '~')],
        "lower" => vec![('a', 'z')],
        "print" => vec![(' ', '~')],
        "punct" => vec![('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => vec![('\t', '\r'), (' ', ' ')],
        "upper" => vec![('A', 'Z')],
        "word" => vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => vec![('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(Set { negated, ranges }.resolved())
}

/// Whether the expression matches the whole path.
fn run(nodes: &[Node], path: &str) -> bool {
    let mut active = vec![false; nodes.len() + 1];
    let mut following = active.clone();
    let mut stack = Vec::new();
    let mut previous = None;
    let mut chars = path.chars();
    reach(nodes, &mut active, &mut stack, 0, previous, chars.clone().next());
    loop {
        let Some(c) = chars.next() else { return active[nodes.len()] };
        let next = chars.clone().next();
        previous = Some(c);
        following.fill(false);
        for (at, node) in nodes.iter().enumerate() {
            if !active[at] {
                continue;
            }
            match node {
                Node::One(set) if set.contains(c) => {
                    reach(nodes, &mut following, &mut stack, at + 1, previous, next);
                }
                Node::Many(set) if set.contains(c) => {
                    reach(nodes, &mut following, &mut stack, at, previous, next);
                }
                _ => {}
            }
        }
        std::mem::swap(&mut active, &mut following);
    }
}

/// Marks `start` and all nodes that can be reached from it without reading a character.
fn reach(
    nodes: &[Node],
    active: &mut [bool],
    stack: &mut Vec<usize>,
    start: usize,
    previous: Option<char>,
    next: Option<char>,
) {
    stack.push(start);
    while let Some(at) = stack.pop() {
        if std::mem::replace(&mut active[at], true) {
            continue;
        }
        match nodes.get(at) {
            Some(Node::Many(_)) => stack.push(at + 1),
            Some(Node::Optional(count)) => stack.extend([at + 1, at + 1 + count]),
            Some(Node::Assert(assertion)) if holds(*assertion, previous, next) => stack.push(at + 1),
            _ => {}
        }
    }
}

fn holds(assertion: Assertion, previous: Option<char>, next: Option<char>) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    match assertion {
        Assertion::Start => previous.is_none(),
        Assertion::End => next.is_none(),
        Assertion::WordBoundary => is_word(previous) != is_word(next),
        Assertion::NoWordBoundary => is_word(previous) == is_word(next),
    }
}
