//! The evaluator: one pass over the input, one recursion per `${`.

use std::ops::Range;

use super::pattern::{self, Pattern};
use super::{
    Absent, Environment, ExpandError, ExpandedWord, Expansion, Lookup, Occurrences, Operation, Operator, Piece,
    QuoteContext, Quoting, Reach, Reference, Syntax, Text, VariableState, WordExpansion,
};

/// Deeper nesting is not read, so that no input can exhaust the stack.
const DEEPEST: usize = 64;

pub(super) fn expand(input: &str, syntax: Syntax, environment: &dyn Environment) -> Expansion {
    let mut evaluator = Evaluator::new(input, syntax, environment, None);
    let text = evaluator.run(None, Operand::Plain);
    let text = text.unwrap_or_else(|AtEnd| Text::unknown());
    let Evaluator { references, errors, .. } = evaluator;
    Expansion { text, references, errors }
}

pub(super) fn expand_words(input: &str, syntax: Syntax, environment: &dyn Environment) -> WordExpansion {
    let mut evaluator = Evaluator::new(input, syntax, environment, Some(Splitter::default()));
    if evaluator.run(None, Operand::Plain).is_err()
        && let Some(splitter) = &mut evaluator.splitter
    {
        splitter.add(Piece::Unknown, 0..input.len());
    }
    let Evaluator { references, errors, splitter, .. } = evaluator;
    let words = splitter.map(Splitter::finish).unwrap_or_default();
    WordExpansion { words, references, errors }
}

/// The input ended inside something open, and that has been reported.
struct AtEnd;

/// What the text being read is for, which decides what becomes of its escapes.
#[derive(Clone, Copy, PartialEq)]
enum Operand {
    /// Escapes are removed.
    Plain,
    /// Escapes are kept, and doubled inside quotes: the pattern is read once more.
    Pattern,
    /// Escapes are kept: the replacement of `${v/p/t}`.
    Replacement,
}

impl Operand {
    fn keeps_escapes(self) -> bool {
        self != Operand::Plain
    }
}

struct Evaluator<'a> {
    input: &'a str,
    at: usize,
    syntax: Syntax,
    environment: &'a dyn Environment,
    depth: usize,
    references: Vec<Reference>,
    errors: Vec<ExpandError>,
    splitter: Option<Splitter>,
}

impl<'a> Evaluator<'a> {
    fn new(
        input: &'a str,
        syntax: Syntax,
        environment: &'a dyn Environment,
        splitter: Option<Splitter>,
    ) -> Evaluator<'a> {
        // The reference's scanner drops a byte order mark at the start of whatever it is given.
        let at = if input.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let (references, errors) = (Vec::new(), Vec::new());
        Evaluator { input, at, syntax, environment, depth: 0, references, errors, splitter }
    }

    fn peek(&self) -> Option<char> {
        self.input[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Reads up to `stop` and past it, or to the end of the input.
    fn run(&mut self, stop: Option<char>, operand: Operand) -> Result<Text, AtEnd> {
        let top = stop.is_none();
        if !top && let Some(splitter) = &mut self.splitter {
            // The reference shares one buffer between levels: `80${x:-81}` splits into `81` alone.
            splitter.drop_pending();
        }
        let mut text = Text::default();
        while let Some(c) = self.peek() {
            let start = self.at;
            if stop == Some(c) {
                self.next();
                return Ok(text);
            }
            match c {
                '$' => {
                    let value = self.dollar(QuoteContext::Bare)?;
                    if top && let Some(splitter) = &mut self.splitter {
                        splitter.add_variable(&value, start..self.at);
                    }
                    text.append(value);
                }
                '\'' | '"' if self.syntax.quoting == Quoting::Word => {
                    let quoted = self.quoted(c, operand)?;
                    if top && let Some(splitter) = &mut self.splitter {
                        splitter.add_raw(&quoted, start..self.at);
                    }
                    text.append(quoted);
                }
                '<' if top && self.splitter.is_some() => {
                    // Blanks behind `<<` belong to the word, for the sake of heredocs.
                    self.next();
                    if self.peek() == Some('<') {
                        self.next();
                        while matches!(self.peek(), Some(' ' | '\t' | '\r')) {
                            self.next();
                        }
                    }
                    let raw = Text::from_known(&self.input[start..self.at]);
                    if let Some(splitter) = &mut self.splitter {
                        splitter.add_raw(&raw, start..self.at);
                    }
                    text.append(raw);
                }
                _ => {
                    self.next();
                    let mut shown = Some(c);
                    if c == self.syntax.escape {
                        if operand.keeps_escapes() {
                            text.push(c);
                        }
                        shown = self.next();
                    }
                    let Some(shown) = shown else { break };
                    text.push(shown);
                    if top && let Some(splitter) = &mut self.splitter {
                        if c == self.syntax.escape {
                            splitter.add_raw(&Text::from_known(shown), start..self.at);
                        } else {
                            splitter.add_char(shown, start..self.at);
                        }
                    }
                }
            }
        }
        if top { Ok(text) } else { Err(AtEnd) }
    }

    fn quoted(&mut self, quote: char, operand: Operand) -> Result<Text, AtEnd> {
        let open = self.at..self.at + 1;
        self.next();
        let escape = self.syntax.escape;
        let mut text = Text::default();
        while let Some(c) = self.peek() {
            if c == quote {
                self.next();
                return Ok(text);
            }
            if quote == '"' && c == '$' {
                let value = self.dollar(QuoteContext::Double)?;
                text.append(value);
                continue;
            }
            self.next();
            if c != escape {
                text.push(c);
            } else if quote == '\'' {
                if operand == Operand::Pattern {
                    text.push(c);
                }
                text.push(c);
            } else {
                match self.peek() {
                    None => break,
                    Some(next) if next == '"' || next == '$' || next == escape => {
                        if operand.keeps_escapes() {
                            text.push(c);
                        }
                        text.push(next);
                        self.next();
                    }
                    Some(_) => {
                        if operand.keeps_escapes() {
                            text.push(c);
                        }
                        text.push(c);
                    }
                }
            }
        }
        self.errors.push(ExpandError::UnclosedQuote { range: open });
        Err(AtEnd)
    }

    fn dollar(&mut self, quotes: QuoteContext) -> Result<Text, AtEnd> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok(Text::from_known("$"));
            }
            let lookup = self.refer(name.clone(), start..self.at, name, None, quotes);
            return Ok(value_of(lookup));
        }
        self.next();
        if self.depth == DEEPEST {
            self.errors.push(ExpandError::TooDeep { range: start..self.at });
            self.skip_braces();
            return Ok(Text::unknown());
        }
        self.depth += 1;
        let result = self.braced(start, quotes);
        self.depth -= 1;
        result
    }

    /// The rest of an expansion whose `${` has been read.
    fn braced(&mut self, start: usize, quotes: QuoteContext) -> Result<Text, AtEnd> {
        let open = start..self.at;
        match self.peek() {
            None => return self.unclosed(open),
            Some('{' | '}' | ':') => {
                let range = start..self.at + 1;
                self.errors.push(ExpandError::BadSubstitution { range });
                self.skip_braces();
                return Ok(Text::unknown());
            }
            Some(_) => {}
        }
        let name = self.name();
        let operator_at = self.at;
        let Some(c) = self.next() else { return self.unclosed(open) };
        if c == '}' {
            let lookup = self.refer(name.clone(), start..self.at, name, None, quotes);
            return Ok(value_of(lookup));
        }
        let (absent, sign) = match c {
            ':' => match self.next() {
                Some(sign) => (Absent::UnsetOrEmpty, sign),
                None => return self.unclosed(open),
            },
            _ => (Absent::Unset, c),
        };
        let operator = match (sign, absent) {
            ('-', absent) => Operator::Default(absent),
            ('+', absent) => Operator::Alternative(absent),
            ('?', absent) => Operator::Require(absent),
            ('#', Absent::Unset) => Operator::TrimPrefix(Reach::Shortest),
            ('%', Absent::Unset) => Operator::TrimSuffix(Reach::Shortest),
            ('/', Absent::Unset) if self.peek() == Some('/') => {
                self.next();
                Operator::Replace(Occurrences::All)
            }
            ('/', Absent::Unset) => Operator::Replace(Occurrences::First),
            _ => {
                let range = operator_at..self.at;
                let modifier = self.input[range.clone()].to_owned();
                self.errors.push(ExpandError::UnsupportedModifier { modifier, range });
                // Read again from the brace itself when that is what the colon was followed by.
                if sign == '}' {
                    self.at -= 1;
                }
                self.skip_braces();
                return Ok(Text::unknown());
            }
        };
        let operator_range = operator_at..self.at;
        // Reserved before nested references, so that they come in the order of their dollars.
        let index = self.references.len();
        let lookup = self.refer(name.clone(), start..start, name, None, quotes);
        let lookup = owned(lookup);
        let result = self.operate(operator, operator_range, lookup, index, &open);
        if let (Ok(_), Some(reference)) = (&result, self.references.get_mut(index)) {
            reference.range = start..self.at;
        } else if let Some(reference) = self.references.get_mut(index) {
            reference.range = start..self.input.len();
        }
        result
    }

    fn operate(
        &mut self,
        operator: Operator,
        operator_range: Range<usize>,
        lookup: Lookup<'static>,
        index: usize,
        open: &Range<usize>,
    ) -> Result<Text, AtEnd> {
        let operand_at = self.at;
        let errors_before = self.errors.len();
        let (stop, kind) = match operator {
            Operator::Default(_) | Operator::Alternative(_) | Operator::Require(_) => ('}', Operand::Plain),
            Operator::TrimPrefix(_) | Operator::TrimSuffix(_) => ('}', Operand::Pattern),
            Operator::Replace(_) => ('/', Operand::Pattern),
        };
        let Ok(word) = self.run(Some(stop), kind) else {
            if self.errors.len() == errors_before {
                match operator {
                    Operator::Replace(_) => self.errors.push(ExpandError::MissingSlash { range: operator_range }),
                    _ => self.errors.push(ExpandError::UnclosedBrace { range: open.clone() }),
                }
            }
            return Err(AtEnd);
        };
        let operand = operand_at..self.at - 1;
        let (operator, word) = with_reach(operator, word);
        if let Some(reference) = self.references.get_mut(index) {
            let (range, operand) = (operator_range, operand.clone());
            reference.operation = Some(Operation { operator, range, operand });
        }
        let whole = open.start..self.at;
        Ok(match operator {
            Operator::Default(absent) => match is_absent(&lookup, absent) {
                Some(true) => word,
                Some(false) => value_of(lookup),
                None => Text::unknown(),
            },
            Operator::Alternative(absent) => match is_absent(&lookup, absent) {
                Some(true) => Text::default(),
                Some(false) => word,
                None if word.is_empty() => word,
                None => Text::unknown(),
            },
            Operator::Require(absent) => match is_absent(&lookup, absent) {
                Some(true) => {
                    let name = self.references.get(index).map(|r| r.name.clone()).unwrap_or_default();
                    let message = word.into_known().filter(|message| !message.is_empty());
                    self.errors.push(ExpandError::Required { name, message, range: whole });
                    Text::unknown()
                }
                Some(false) => value_of(lookup),
                None => Text::unknown(),
            },
            Operator::TrimPrefix(_) | Operator::TrimSuffix(_) => {
                let reversed = matches!(operator, Operator::TrimSuffix(_));
                let Some(pattern) = self.pattern(word, &operand, reversed) else { return Ok(Text::unknown()) };
                let Some(value) = value_of(lookup).into_known() else { return Ok(Text::unknown()) };
                let trimmed = match operator {
                    Operator::TrimPrefix(reach) => pattern.trim_prefix(&value, reach),
                    Operator::TrimSuffix(reach) => pattern.trim_suffix(&value, reach),
                    _ => None,
                };
                trimmed.map_or_else(Text::unknown, Text::from_known)
            }
            Operator::Replace(occurrences) => {
                let Ok(replacement) = self.run(Some('}'), Operand::Replacement) else {
                    if self.errors.len() == errors_before {
                        self.errors.push(ExpandError::UnclosedBrace { range: open.clone() });
                    }
                    return Err(AtEnd);
                };
                let pattern = self.pattern(word, &operand, false);
                let (Some(pattern), Some(replacement), Some(value)) =
                    (pattern, replacement.into_known(), value_of(lookup).into_known())
                else {
                    return Ok(Text::unknown());
                };
                pattern.replace(&value, &replacement, occurrences).map_or_else(Text::unknown, Text::from_known)
            }
        })
    }

    fn pattern(&mut self, source: Text, range: &Range<usize>, reversed: bool) -> Option<Pattern> {
        let source = source.into_known()?;
        // The reference reverses the text of a suffix pattern before it reads it.
        let source = if reversed { pattern::reversed(&source) } else { source };
        match Pattern::parse(&source) {
            Ok(pattern) => Some(pattern),
            Err(escaped) => {
                self.errors.push(ExpandError::BadPatternEscape { escaped, range: range.clone() });
                None
            }
        }
    }

    /// The name at the cursor: identifier, digits, or one special character; may be empty.
    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        match self.peek() {
            Some(c) if is_digit(c) => {
                while self.peek().is_some_and(is_digit) {
                    self.next();
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
            }
            _ => {
                while self.peek().is_some_and(|c| c == '_' || c.is_alphabetic() || is_digit(c)) {
                    self.next();
                }
            }
        }
        start..self.at
    }

    fn refer(
        &mut self,
        name: Range<usize>,
        range: Range<usize>,
        name_range: Range<usize>,
        operation: Option<Operation>,
        quotes: QuoteContext,
    ) -> Lookup<'a> {
        let (input, environment) = (self.input, self.environment);
        let name = &input[name];
        // `${+x}` has no name at all, and nothing can set that.
        let lookup = if name.is_empty() { Lookup::Unset } else { environment.lookup(name) };
        let state = match lookup {
            Lookup::Set(_) => VariableState::Set,
            Lookup::Unset => VariableState::Unset,
            Lookup::Unknown => VariableState::Unknown,
        };
        let depth = self.depth.saturating_sub(usize::from(input[range.start..].starts_with("${")));
        self.references.push(Reference { name: name.to_owned(), range, name_range, state, operation, quotes, depth });
        lookup
    }

    fn unclosed<T>(&mut self, open: Range<usize>) -> Result<T, AtEnd> {
        self.errors.push(ExpandError::UnclosedBrace { range: open });
        Err(AtEnd)
    }

    /// Goes behind the brace that closes an expansion given up on, so that the rest is still read.
    fn skip_braces(&mut self) {
        let mut open = 1usize;
        while let Some(c) = self.next() {
            match c {
                '{' => open += 1,
                '}' => open -= 1,
                _ if c == self.syntax.escape => {
                    self.next();
                }
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }
}

/// A doubled `#` or `%` is found only now, because the reference looks for it in the word already expanded.
fn with_reach(operator: Operator, word: Text) -> (Operator, Text) {
    let (sign, longest) = match operator {
        Operator::TrimPrefix(_) => ('#', Operator::TrimPrefix(Reach::Longest)),
        Operator::TrimSuffix(_) => ('%', Operator::TrimSuffix(Reach::Longest)),
        _ => return (operator, word),
    };
    let mut pieces = word.pieces;
    if let Some(Piece::Known(first)) = pieces.first_mut()
        && let Some(rest) = first.strip_prefix(sign)
    {
        *first = rest.to_owned();
        if first.is_empty() {
            pieces.remove(0);
        }
        return (longest, Text { pieces });
    }
    (operator, Text { pieces })
}

/// `None` when it cannot be told.
fn is_absent(lookup: &Lookup<'_>, absent: Absent) -> Option<bool> {
    match lookup {
        Lookup::Set(value) => Some(absent == Absent::UnsetOrEmpty && value.is_empty()),
        Lookup::Unset => Some(true),
        Lookup::Unknown => None,
    }
}

fn value_of(lookup: Lookup<'_>) -> Text {
    match lookup {
        Lookup::Set(value) => Text::from_known(value),
        Lookup::Unset => Text::default(),
        Lookup::Unknown => Text::unknown(),
    }
}

fn owned(lookup: Lookup<'_>) -> Lookup<'static> {
    match lookup {
        Lookup::Set(value) => Lookup::Set(value.into_owned().into()),
        Lookup::Unset => Lookup::Unset,
        Lookup::Unknown => Lookup::Unknown,
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && !c.is_alphabetic())
}

/// Cuts the output of an expansion into words while it is made.
#[derive(Default)]
struct Splitter {
    words: Vec<ExpandedWord>,
    pending: Text,
    range: Option<Range<usize>>,
}

impl Splitter {
    fn add(&mut self, piece: Piece, range: Range<usize>) {
        match piece {
            Piece::Known(text) => self.pending.push_str(&text),
            Piece::Unknown => self.pending.push_unknown(),
        }
        self.range = Some(match self.range.take() {
            Some(so_far) => so_far.start..range.end,
            None => range,
        });
    }

    fn add_raw(&mut self, text: &Text, range: Range<usize>) {
        for piece in text.pieces() {
            self.add(piece.clone(), range.clone());
        }
    }

    fn add_char(&mut self, c: char, range: Range<usize>) {
        if c.is_whitespace() {
            self.flush();
        } else {
            self.add(Piece::Known(c.to_string()), range);
        }
    }

    fn add_variable(&mut self, value: &Text, range: Range<usize>) {
        for piece in value.pieces() {
            match piece {
                Piece::Unknown => self.add(Piece::Unknown, range.clone()),
                Piece::Known(text) => {
                    for c in text.chars() {
                        self.add_char(c, range.clone());
                    }
                }
            }
        }
    }

    fn drop_pending(&mut self) {
        self.pending = Text::default();
        self.range = None;
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.pending);
        if let Some(range) = self.range.take()
            && !text.is_empty()
        {
            self.words.push(ExpandedWord { text, range });
        }
    }

    fn finish(mut self) -> Vec<ExpandedWord> {
        self.flush();
        self.words
    }
}
