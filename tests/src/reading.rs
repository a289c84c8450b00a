//! What dfopt's parser makes of a Dockerfile, told as the oracle tells what BuildKit's makes of it.

use dfopt_syntax::ast::{AstNode as _, Healthcheck, HeredocOpener, Instruction, JsonArray, Source};
use dfopt_syntax::{ErrorKind, LogicalText, Parse, SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken, parse};
use serde_json::{Value, json};

/// A file as dfopt reads it.
#[derive(Debug)]
pub struct Reading {
    /// The tree and its errors.
    pub parsed: Parse,
    /// `name`, `value`, `line` of each directive.
    pub directives: Vec<Value>,
    /// The escape character in force.
    pub escape: char,
    /// What stands where an instruction is due, broken lines included.
    pub entries: Vec<Entry>,
    lines: Lines,
}

/// An instruction, or a line that is none.
#[derive(Debug)]
pub struct Entry {
    /// First line, from 1.
    pub start: usize,
    /// Last line.
    pub end: usize,
    /// What the oracle says of an instruction, as far as the parser knows: `keyword` and so on.
    pub facts: Value,
    /// Whether its first word is a keyword.
    pub is_known: bool,
    /// Whether it has heredocs that the builder does not see as they are meant.
    pub is_recovered: bool,
}

impl Reading {
    /// Reads a Dockerfile.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let parsed = parse(text);
        let file = parsed.file();
        let lines = Lines::of(text);
        let directives = file.directives().map(|directive| {
            let text = |token: Option<SyntaxToken>| token.map(|token| token.text().to_owned()).unwrap_or_default();
            let line = lines.at(directive.syntax().text_range().start().into());
            json!({"name": text(directive.name()).to_ascii_lowercase(), "value": text(directive.value()), "line": line})
        });
        let directives = directives.collect();
        let mut reading = Self { directives, escape: file.escape(), entries: Vec::new(), lines, parsed };
        reading.entries = reading.entries(file.syntax());
        reading
    }

    /// The line that an offset lies on, from 1.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.lines.at(offset)
    }

    /// The errors that make the builder refuse the file, with their lines; those of triggers excepted, which it does not see.
    #[must_use]
    pub fn fatal(&self) -> Vec<(&ErrorKind, usize)> {
        let file = self.parsed.file();
        let triggers: Vec<_> = file
            .instructions()
            .filter(|instruction| matches!(instruction, Instruction::Onbuild(_)))
            .map(|instruction| (instruction.keyword_range().end(), instruction.syntax().text_range().end()))
            .collect();
        let errors = self.parsed.errors().iter().filter(|error| match error.kind {
            ErrorKind::UnknownInstruction { .. } => {
                !triggers.iter().any(|&(start, end)| start <= error.range.start() && error.range.start() < end)
            }
            ErrorKind::MissingContinuation
            | ErrorKind::MissingBlank { .. }
            | ErrorKind::UnterminatedHeredoc { .. }
            | ErrorKind::HiddenHeredoc
            | ErrorKind::GluedDelimiter { .. }
            | ErrorKind::ConflictMarker
            | ErrorKind::TemplateLine
            | ErrorKind::NotADockerfile
            | ErrorKind::InvalidEscapeDirective
            | ErrorKind::RepeatedDirective { .. } => true,
            _ => false,
        });
        errors.map(|error| (&error.kind, self.line(error.range.start().into()))).collect()
    }

    fn entries(&self, file: &SyntaxNode) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut comments: Vec<String> = Vec::new();
        let mut indent = String::new();
        for element in file.children_with_tokens() {
            match element {
                SyntaxElement::Token(token) => {
                    if token.kind() == SyntaxKind::COMMENT {
                        comment(&mut comments, &indent, token.text());
                    }
                    indent = if token.kind() == SyntaxKind::INDENT { token.text().to_owned() } else { String::new() };
                }
                SyntaxElement::Node(node) => {
                    if let Some(instruction) = Instruction::cast(node.clone()) {
                        entries.push(self.instruction(&instruction, &std::mem::take(&mut comments)));
                    } else if node.kind() == SyntaxKind::ERROR_LINES {
                        self.error_lines(&node, &mut std::mem::take(&mut comments), &mut entries);
                    }
                }
            }
        }
        entries
    }

    fn instruction(&self, instruction: &Instruction, comments: &[String]) -> Entry {
        let range = instruction.syntax().text_range();
        let facts = self.facts(instruction);
        let written: String = instruction.keyword_tokens().map(|token| token.text().to_owned()).collect();
        let first = first_word(facts["original"].as_str().unwrap());
        let is_known = written == first && written.eq_ignore_ascii_case(instruction.name());
        let recovered = |kind: &ErrorKind| {
            matches!(
                kind,
                ErrorKind::HiddenHeredoc | ErrorKind::GluedDelimiter { .. } | ErrorKind::UnterminatedHeredoc { .. }
            )
        };
        let is_recovered = (!is_known && instruction.heredocs().next().is_some())
            || self.parsed.errors().iter().any(|error| recovered(&error.kind) && range.contains_range(error.range));
        let mut entry = Entry {
            start: self.line(range.start().into()),
            end: self.line(usize::from(range.end()) - 1),
            facts,
            is_known,
            is_recovered,
        };
        entry.facts["comments"] = json!(comments);
        if !is_known {
            entry.facts["keyword"] = first_word(entry.facts["original"].as_str().unwrap()).into();
        }
        entry
    }

    fn facts(&self, instruction: &Instruction) -> Value {
        let keyword: String = instruction.keyword_tokens().map(|token| token.text().to_owned()).collect();
        let flags: Vec<String> = instruction.flags().map(|flag| self.flag(flag.syntax())).collect();
        let heredocs = instruction.heredocs().zip(instruction.heredoc_openers());
        let heredocs: Vec<Value> =
            heredocs.map(|(heredoc, opener)| facts_of_heredoc(&heredoc.text(), &opener)).collect();
        let original = instruction.logical();
        let mut facts = json!({
            "keyword": keyword, "original": original.as_str().trim(), "flags": flags,
            "json": json_of(instruction).is_some(), "words": self.words(instruction), "heredocs": heredocs,
        });
        if let Instruction::Onbuild(onbuild) = instruction {
            match onbuild.trigger() {
                Some(trigger) => facts["trigger"] = self.facts(&trigger),
                None if !instruction.arguments().as_str().is_empty() => {
                    let text = instruction.arguments().as_str().to_owned();
                    facts["trigger"] = json!({"keyword": first_word(&text), "original": text});
                }
                None => {}
            }
        }
        facts
    }

    /// A flag without its quotes and escapes, as the builder has it: byte by byte.
    fn flag(&self, flag: &SyntaxNode) -> String {
        let raw = LogicalText::of(flag).as_str().to_owned();
        let (mut value, mut quote, mut chars) = (String::new(), None, raw.chars());
        while let Some(c) = chars.next() {
            match c {
                c if c == self.escape => value.extend(chars.next()),
                '\'' | '"' if quote.is_none() => quote = Some(c),
                c if quote == Some(c) => quote = None,
                c => value.push(c),
            }
        }
        value.bytes().map(char::from).collect()
    }

    fn words(&self, instruction: &Instruction) -> Vec<String> {
        if let Some(json) = json_of(instruction) {
            let strings = json.strings().map(|string| string.value());
            return match instruction {
                Instruction::Healthcheck(check) => healthcheck_type(check).into_iter().chain(strings).collect(),
                _ => strings.collect(),
            };
        }
        let arguments = instruction.arguments().as_str().trim().to_owned();
        let whole = || Some(arguments.clone()).filter(|text| !text.is_empty()).into_iter().collect();
        match instruction {
            Instruction::Run(_) | Instruction::Cmd(_) | Instruction::Entrypoint(_) => whole(),
            Instruction::Healthcheck(check) => {
                // Behind a type that is none, the builder and dfopt recover in different ways.
                let Some(kind) = healthcheck_type(check) else { return Vec::new() };
                let rest = arguments[kind.len()..].trim_start_matches(is_blank).to_owned();
                [kind, rest].into_iter().filter(|word| !word.is_empty()).collect()
            }
            Instruction::Copy(_) | Instruction::Add(_) => {
                let (mut parts, destination) = instruction.copied().unwrap_or_default();
                parts.extend(destination);
                parts.iter().map(Source::raw).collect()
            }
            Instruction::Env(_) | Instruction::Label(_) => {
                let mut words = Vec::new();
                for pair in instruction.pairs() {
                    let raw = |word: Option<dfopt_syntax::ast::Word>| word.map(|word| word.raw()).unwrap_or_default();
                    let is_last = pair.syntax().next_sibling().is_none();
                    let drops = |text: String| if is_last && !pair.is_legacy() { self.end_dropped(text) } else { text };
                    words.extend([
                        raw(pair.name()),
                        drops(raw(pair.value())),
                        if pair.has_equals() { "=" } else { "" }.to_owned(),
                    ]);
                }
                words
            }
            Instruction::Arg(_) => {
                let pairs: Vec<_> = instruction.pairs().collect();
                let mut words: Vec<String> =
                    pairs.iter().map(|pair| LogicalText::of(pair.syntax()).as_str().to_owned()).collect();
                if let Some(last) = words.pop() {
                    words.extend(Some(self.end_dropped(last)).filter(|word| !word.is_empty()));
                }
                words
            }
            Instruction::Onbuild(_) => Vec::new(),
            _ => instruction.words().map(|word| word.raw()).collect(),
        }
    }

    /// The builder drops an escape at the very end of pairs.
    fn end_dropped(&self, mut text: String) -> String {
        let mut chars = text.chars();
        let mut quote = None;
        let mut is_dangling = false;
        while let Some(c) = chars.next() {
            match (c, quote) {
                ('\'' | '"', None) => quote = Some(c),
                (c, Some(open)) if c == open => quote = None,
                (_, Some('\'')) => {}
                (c, _) if c == self.escape => is_dangling = chars.next().is_none(),
                _ => {}
            }
        }
        if is_dangling {
            text.pop();
        }
        text
    }

    /// Each logical line of the node is a line that the builder takes for an unknown instruction.
    fn error_lines(&self, node: &SyntaxNode, comments: &mut Vec<String>, entries: &mut Vec<Entry>) {
        let mut text = String::new();
        let (mut start, mut in_comment, mut continues) = (None, false, false);
        let tokens = node.children_with_tokens().filter_map(SyntaxElement::into_token).collect::<Vec<_>>();
        for (i, token) in tokens.iter().enumerate() {
            start = start.or(Some(token.text_range().start()));
            let mut ends = i + 1 == tokens.len();
            match token.kind() {
                SyntaxKind::COMMENT => in_comment = true,
                SyntaxKind::CONTINUATION => continues = true,
                SyntaxKind::ERROR_TEXT => {
                    text.push_str(token.text());
                    continues = false;
                }
                SyntaxKind::NEWLINE if std::mem::take(&mut in_comment) => {}
                SyntaxKind::NEWLINE => ends = true,
                SyntaxKind::INDENT
                    if continues && tokens.get(i + 1).is_none_or(|next| next.kind() != SyntaxKind::COMMENT) => {}
                _ => {}
            }
            if ends {
                let range = (start.take().unwrap(), token.text_range().end());
                entries.push(Entry {
                    start: self.line(range.0.into()),
                    end: self.line(usize::from(range.1) - 1),
                    facts: json!({"keyword": first_word(&text), "original": text.trim(), "comments": std::mem::take(comments)}),
                    is_known: false,
                    is_recovered: false,
                });
                text.clear();
            }
        }
    }
}

/// The array of arguments; not the one that stands where HEALTHCHECK's type is due.
fn json_of(instruction: &Instruction) -> Option<JsonArray> {
    let has_type = |check: &Healthcheck| check.kind_token().is_some();
    let is_due = if let Instruction::Healthcheck(check) = instruction { has_type(check) } else { true };
    instruction.json().filter(|_| is_due)
}

fn facts_of_heredoc(text: &str, opener: &HeredocOpener) -> Value {
    json!({"name": opener.name, "expand": !opener.is_quoted, "chomp": opener.strips_tabs, "content": text})
}

fn healthcheck_type(check: &Healthcheck) -> Option<String> {
    let node = check.syntax().children().find(|node| node.kind() == SyntaxKind::HEALTHCHECK_TYPE)?;
    Some(LogicalText::of(&node).as_str().to_owned())
}

/// A comment above an instruction: one line without a word drops those above it, and an indented one loses its first blank
/// instead of its `#`.
fn comment(comments: &mut Vec<String>, indent: &str, text: &str) {
    let line = format!("{indent}{text}");
    let mut chars = line.chars();
    chars.next();
    match chars.as_str().trim() {
        "" => comments.clear(),
        text => comments.push(text.to_owned()),
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// The text up to the first blank.
#[must_use]
pub fn first_word(text: &str) -> &str {
    text.split(is_blank).next().unwrap_or_default()
}

/// Where lines start.
#[derive(Debug)]
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|&start| start <= offset)
    }
}
