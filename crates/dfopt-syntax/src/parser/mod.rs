//! From text to tree. The file level: directives, comments, where each instruction starts and ends, heredoc bodies.

mod directives;
pub(crate) mod flags;
pub(crate) mod heredoc;
mod instruction;
pub(crate) mod json;
pub(crate) mod keyword;
mod lexer;
pub(crate) mod words;

use std::collections::HashMap;

use rowan::GreenNode;

use crate::{
    ErrorKind, ShellKind, SyntaxError, SyntaxKind, SyntaxNode,
    ast::File,
    lines::{self, Item, Line, LogicalLine},
    parser::{
        heredoc::Opener,
        instruction::{Scope, keyword_len},
        keyword::Head,
    },
    shell_kind,
    sink::{Cursor, Sink},
};

/// A tree and what is wrong with its text.
#[derive(Clone, Debug)]
pub struct Parse {
    green: GreenNode,
    errors: Vec<SyntaxError>,
}

impl Parse {
    /// The root of the tree.
    #[must_use]
    pub fn syntax(&self) -> SyntaxNode {
        SyntaxNode::new_root(self.green.clone())
    }

    /// The typed root.
    #[must_use]
    pub fn file(&self) -> File {
        File::of_root(self.syntax())
    }

    /// The errors, by position.
    #[must_use]
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }
}

/// Parses a Dockerfile. Never fails; the texts of the tree's tokens joined are `source`.
#[must_use]
pub fn parse(source: &str) -> Parse {
    let mut sink = Sink::new(source);
    sink.start(SyntaxKind::FILE);
    if source.starts_with('\u{feff}') {
        sink.token(SyntaxKind::BOM, '\u{feff}'.len_utf8());
    }
    let escape = directives::directives(&mut sink, source);
    let mut parser = FileParser {
        source,
        escape,
        sink,
        shells: shell_kind::Shells::default(),
        last_lines: None,
        above: None,
        known: 0,
        unknown: Vec::new(),
        has_from: false,
        template: false,
        in_conflict: false,
    };
    parser.items();
    let FileParser { mut sink, known, unknown, has_from, .. } = parser;
    sink.finish();
    let (green, mut errors) = sink.done();
    if !has_from
        && unknown.len() > 2 * known
        && let Some(&(start, end)) = unknown.first()
    {
        errors = vec![SyntaxError::new(ErrorKind::NotADockerfile, start, end)];
    }
    Parse { green, errors }
}

/// The instruction above, while only its own lines are behind.
#[derive(Clone, Copy)]
struct Above {
    /// Where its text ends in the file.
    text_end: usize,
    runs_shell: bool,
}

struct FileParser<'a> {
    source: &'a str,
    escape: char,
    sink: Sink<'a>,
    shells: shell_kind::Shells,
    /// Each line's text without leading tabs and where it stands last; made when a heredoc does not end.
    last_lines: Option<HashMap<&'a str, usize>>,
    above: Option<Above>,
    /// How many instructions were understood.
    known: usize,
    /// First words of the lines that were not.
    unknown: Vec<(usize, usize)>,
    has_from: bool,
    /// Whether template text was reported.
    template: bool,
    /// Whether a merge conflict was reported that has not ended.
    in_conflict: bool,
}

impl<'a> FileParser<'a> {
    fn items(&mut self) {
        while let Some(line) = lines::line_at(self.source, self.sink.at()) {
            if line.is_blank() {
                self.sink.token(SyntaxKind::BLANK_LINE, line.next - line.start);
                self.above = None;
            } else if line.is_comment() {
                self.shells.pragma(line.text.trim());
                self.sink.token(SyntaxKind::INDENT, line.indent());
                self.sink.token(SyntaxKind::COMMENT, line.text.len() - line.indent());
                self.sink.token(SyntaxKind::NEWLINE, line.newline_len());
                self.above = None;
            } else if let Some(logical) = lines::logical_line(self.source, line.start, self.escape) {
                self.logical(&line, &logical);
            }
        }
    }

    fn logical(&mut self, line: &Line<'a>, logical: &LogicalLine<'a>) {
        let text = &*logical.text;
        let len = keyword_len(text);
        let (word, args) = (&text[..len], text[len..].trim());
        if let Some(foreign) = Foreign::of(line.text.trim()) {
            let error = self.foreign_error(foreign);
            return self.error_lines(logical, error);
        }
        let word_start = lines_start(logical);
        match keyword::head(word, args) {
            Head::Keyword(kind) => self.instruction(logical, kind, len),
            Head::Misspelt(kind, keyword) => {
                let error = ErrorKind::UnknownInstruction {
                    word: word.into(),
                    suggestion: Some(keyword),
                    read_as_suggestion: true,
                };
                self.sink.error(error, word_start, word_start + len);
                self.instruction(logical, kind, len);
            }
            Head::Glued(kind, keyword, len) => {
                self.sink.error(ErrorKind::MissingBlank { keyword }, word_start, word_start + len);
                self.instruction(logical, kind, len);
            }
            Head::Unknown(suggestion) => {
                self.unknown.push((word_start, word_start + word.len()));
                let above = self.above.filter(|above| above.runs_shell && suggestion.is_none());
                if let Some(above) = above {
                    self.sink.error(ErrorKind::MissingContinuation, above.text_end, above.text_end);
                } else {
                    let error =
                        ErrorKind::UnknownInstruction { word: word.into(), suggestion, read_as_suggestion: false };
                    let end = logical_end(logical, len);
                    self.sink.error(error, word_start, end);
                }
                self.error_lines(logical, None);
            }
        }
    }

    /// What to report of a line of that kind, if it is the first of its conflict or the file's first template line.
    fn foreign_error(&mut self, foreign: Foreign) -> Option<ErrorKind> {
        let was_in_conflict = self.in_conflict;
        match foreign {
            Foreign::Template => {
                return (!std::mem::replace(&mut self.template, true)).then_some(ErrorKind::TemplateLine);
            }
            Foreign::Ours => self.in_conflict = true,
            Foreign::Middle if was_in_conflict => return None,
            Foreign::Middle => self.in_conflict = true,
            Foreign::Theirs => {
                self.in_conflict = false;
                if was_in_conflict {
                    return None;
                }
            }
        }
        Some(ErrorKind::ConflictMarker)
    }

    /// One node for this line and the unknown ones right below it.
    fn error_lines(&mut self, logical: &LogicalLine<'a>, error: Option<ErrorKind>) {
        if let Some(error) = error {
            let start = lines_start(logical);
            self.sink.error(error, start, logical_end(logical, logical.text.len()));
        }
        self.sink.start(SyntaxKind::ERROR_LINES);
        Cursor::new(&mut self.sink, &logical.text, &logical.items).close(SyntaxKind::ERROR_TEXT);
        while let Some(line) =
            lines::line_at(self.source, self.sink.at()).filter(|line| !line.is_blank() && !line.is_comment())
        {
            let Some(next) = lines::logical_line(self.source, line.start, self.escape) else { break };
            let len = keyword_len(&next.text);
            if !matches!(keyword::head(&next.text[..len], next.text[len..].trim()), Head::Unknown(None))
                || Foreign::of(line.text.trim()).is_some()
            {
                break;
            }
            let start = lines_start(&next);
            self.unknown.push((start, start + len));
            Cursor::new(&mut self.sink, &next.text, &next.items).close(SyntaxKind::ERROR_TEXT);
        }
        self.sink.finish();
        self.above = None;
    }

    fn instruction(&mut self, logical: &LogicalLine<'a>, kind: SyntaxKind, keyword_len: usize) {
        self.known += 1;
        self.has_from |= kind == SyntaxKind::FROM;
        let text = &*logical.text;
        self.shells.before(kind, text[keyword_len..].trim());
        let (openers, hidden) = self.openers(logical, kind, keyword_len);
        let shell = self.shells.current(self.escape);
        let scope = Scope { escape: self.escape, shell, openers: &openers };

        self.sink.start(kind);
        let mut cursor = Cursor::new(&mut self.sink, text, &logical.items);
        instruction::instruction(&mut cursor, kind, keyword_len, &scope);
        cursor.close(SyntaxKind::ERROR_TEXT);
        let role = BodyRole::of(kind, text, keyword_len, self.escape, &openers, shell);
        for opener in &openers {
            self.body(logical, opener, &role, hidden);
        }
        self.sink.finish();
        if matches!(kind, SyntaxKind::SHELL) {
            self.shells.set(text[keyword_len..].trim());
        }
        let runs_shell = matches!(
            kind,
            SyntaxKind::RUN | SyntaxKind::CMD | SyntaxKind::ENTRYPOINT | SyntaxKind::ENV | SyntaxKind::LABEL
        );
        let text_end = logical_end(logical, text.len());
        self.above = Some(Above { text_end, runs_shell: runs_shell && openers.is_empty() });
    }

    /// The heredocs of the line, and whether they are only meant, not seen by the builder.
    fn openers(&mut self, logical: &LogicalLine<'a>, kind: SyntaxKind, keyword_len: usize) -> (Vec<Opener>, bool) {
        let text = &*logical.text;
        if !text.contains("<<") {
            return (Vec::new(), false);
        }
        let Some(args) = heredoc_args(text, kind, keyword_len, self.escape) else { return (Vec::new(), false) };
        if text[args..].starts_with('[') && json::array(&text[args..]).is_ok() {
            return (Vec::new(), false);
        }
        match heredoc::find(text) {
            Ok(openers) => (openers, false),
            Err(culprit) => {
                let Some(opener) = heredoc::intended(text) else { return (Vec::new(), false) };
                let ends = self.terminator(logical.end, &opener).is_some_and(|end| {
                    !self
                        .lines_from(logical.end)
                        .take_while(|line| line.start < end)
                        .any(|line| starts_instruction(line.text))
                });
                if !ends {
                    return (Vec::new(), false);
                }
                let at = lines_offset(logical, culprit);
                self.sink.error(ErrorKind::HiddenHeredoc, at, at + 1);
                (vec![opener], true)
            }
        }
    }

    fn lines_from(&self, at: usize) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let source = self.source;
        std::iter::successors(lines::line_at(source, at), move |line| lines::line_at(source, line.next))
    }

    /// Where the line that ends the heredoc starts.
    fn terminator(&mut self, from: usize, opener: &Opener) -> Option<usize> {
        if let Some(last) = &self.last_lines {
            let known = last.get(&*opener.name).is_some_and(|&at| at >= from);
            if !known {
                return None;
            }
        }
        let found = self.lines_from(from).find(|line| ends_heredoc(line.text, opener)).map(|line| line.start);
        if found.is_none() && self.last_lines.is_none() {
            let source = self.source;
            let lines = std::iter::successors(lines::line_at(source, 0), |line| lines::line_at(source, line.next));
            self.last_lines = Some(lines.map(|line| (line.text.trim_start_matches('\t'), line.start)).collect());
        }
        found
    }

    /// Parses the body of a heredoc at the sink's place.
    fn body(&mut self, logical: &LogicalLine<'a>, opener: &Opener, role: &BodyRole, hidden: bool) {
        let from = self.sink.at();
        let mut opener = opener.clone();
        let mut end = self.terminator(from, &opener);
        if end.is_none() && !hidden {
            let bare: String = opener.name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let at = |pos| lines_offset(logical, pos);
            let shorter = Opener { name: bare, ..opener.clone() };
            if !shorter.name.is_empty() && shorter.name != opener.name && self.terminator(from, &shorter).is_some() {
                let error = ErrorKind::GluedDelimiter { name: opener.name.as_str().into() };
                self.sink.error(error, at(opener.delim), at(opener.end));
                end = self.terminator(from, &shorter);
                opener = shorter;
            } else {
                let error = ErrorKind::UnterminatedHeredoc { name: opener.name.as_str().into() };
                self.sink.error(error, at(opener.start), at(opener.end));
            }
        }
        let stop = end.unwrap_or_else(|| {
            let next = self.lines_from(from).find(|line| starts_instruction(line.text));
            next.map_or(self.source.len(), |line| line.start)
        });
        self.sink.start(SyntaxKind::HEREDOC);
        self.sink.start(SyntaxKind::HEREDOC_BODY);
        let text = &self.source[from..stop];
        match role.language(text, &opener) {
            Language::Shell(shell) if !text.is_empty() => {
                let items = [Item { trivia: None, len: text.len() }];
                let mut cursor = Cursor::new(&mut self.sink, text, &items);
                instruction::shell_text(&mut cursor, shell);
                cursor.close(SyntaxKind::ERROR_TEXT);
            }
            Language::Expanded if !text.is_empty() => {
                let items = [Item { trivia: None, len: text.len() }];
                let mut cursor = Cursor::new(&mut self.sink, text, &items);
                words::heredoc_body(&mut cursor);
                cursor.close(SyntaxKind::ERROR_TEXT);
            }
            _ => self.sink.token(SyntaxKind::HEREDOC_TEXT, text.len()),
        }
        self.sink.finish();
        if let Some(line) = end.and_then(|end| lines::line_at(self.source, end)) {
            let tabs = line.text.len() - line.text.trim_start_matches('\t').len();
            self.sink.token(SyntaxKind::INDENT, tabs);
            self.sink.token(SyntaxKind::HEREDOC_END, line.text.len() - tabs);
            self.sink.token(SyntaxKind::NEWLINE, line.newline_len());
        }
        self.sink.finish();
    }
}

/// Lines that other programs put into files.
#[derive(Clone, Copy)]
enum Foreign {
    /// `<<<<<<< ours`
    Ours,
    /// `=======`, or `||||||| base`
    Middle,
    /// `>>>>>>> theirs`
    Theirs,
    /// A line of a template language.
    Template,
}

impl Foreign {
    fn of(text: &str) -> Option<Self> {
        let marker = |c: &str| {
            let mut rest = text.strip_prefix(c);
            for _ in 1..7 {
                rest = rest?.strip_prefix(c);
            }
            rest.filter(|rest| rest.starts_with(' '))
        };
        if marker("<").is_some() {
            return Some(Foreign::Ours);
        }
        if text == "=======" || marker("|").is_some() {
            return Some(Foreign::Middle);
        }
        if marker(">").is_some() {
            return Some(Foreign::Theirs);
        }
        let wrapped = |mark: &str| {
            text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)).is_some_and(|inner| {
                !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            })
        };
        let is_template = text.starts_with("{{")
            || text.starts_with("{%")
            || text.starts_with("<%")
            || wrapped("@@")
            || wrapped("%%");
        is_template.then_some(Foreign::Template)
    }
}

/// What reads a heredoc's body.
enum Language {
    Shell(ShellKind),
    Expanded,
    Text,
}

/// What the bodies of an instruction are for.
enum BodyRole {
    /// Files of COPY and ADD.
    File,
    /// The whole of a RUN.
    Script(ShellKind),
    /// Standard input of a command of a RUN.
    Input,
    /// Standard input of a shell.
    ShellInput(ShellKind),
}

impl BodyRole {
    fn of(
        kind: SyntaxKind,
        text: &str,
        keyword_len: usize,
        escape: char,
        openers: &[Opener],
        shell: ShellKind,
    ) -> Self {
        let mut kind = kind;
        let mut keyword_end = keyword_len;
        while kind == SyntaxKind::ONBUILD {
            let at = flags::skip(text, keyword_end, escape);
            keyword_end = at + self::keyword_len(&text[at..]);
            match keyword::node_of(&text[at..keyword_end]) {
                Some(inner) => kind = inner,
                None => break,
            }
        }
        if kind != SyntaxKind::RUN {
            return BodyRole::File;
        }
        let [opener] = openers else { return BodyRole::Input };
        let args = flags::skip(text, keyword_end, escape);
        if opener.start == args && opener.end == text.len() {
            return BodyRole::Script(shell);
        }
        let mut words = text[args..opener.start].split_ascii_whitespace();
        let program = words.next().map(shell_kind::of_program);
        let reads_input = words.all(|word| word.starts_with('-') && !word.contains('c'));
        match program {
            Some(Some(kind)) if reads_input && opener.end == text.len() => BodyRole::ShellInput(kind),
            _ => BodyRole::Input,
        }
    }

    fn language(&self, body: &str, opener: &Opener) -> Language {
        match self {
            BodyRole::File if opener.quoted => Language::Text,
            BodyRole::File => Language::Expanded,
            BodyRole::Script(shell) => match body.strip_prefix("#!") {
                Some(line) => Language::Shell(shell_kind::of_shebang(line.lines().next().unwrap_or_default())),
                None => Language::Shell(*shell),
            },
            BodyRole::ShellInput(shell) => Language::Shell(*shell),
            BodyRole::Input => Language::Text,
        }
    }
}

/// Where the arguments start of an instruction that may hold heredocs.
fn heredoc_args(text: &str, kind: SyntaxKind, keyword_len: usize, escape: char) -> Option<usize> {
    match kind {
        SyntaxKind::RUN | SyntaxKind::COPY | SyntaxKind::ADD => Some(flags::skip(text, keyword_len, escape)),
        SyntaxKind::ONBUILD => {
            let at = flags::skip(text, keyword_len, escape);
            let len = instruction::keyword_len(&text[at..]);
            let inner = keyword::node_of(&text[at..at + len]).filter(|&inner| inner != SyntaxKind::ONBUILD)?;
            heredoc_args(text, inner, at + len, escape)
        }
        _ => None,
    }
}

fn ends_heredoc(line: &str, opener: &Opener) -> bool {
    let line = if opener.strips_tabs { line.trim_start_matches('\t') } else { line };
    line == opener.name
}

/// Whether a line begins, at column 0, with an upper-case keyword and a blank.
fn starts_instruction(line: &str) -> bool {
    let len = keyword_len(line);
    len < line.len() && line[..len].bytes().all(|b| b.is_ascii_uppercase()) && keyword::node_of(&line[..len]).is_some()
}

/// Where the logical text starts in the file.
fn lines_start(logical: &LogicalLine<'_>) -> usize {
    lines_offset(logical, 0)
}

fn lines_offset(logical: &LogicalLine<'_>, pos: usize) -> usize {
    crate::sink::offset_in_file(&logical.items, logical.start, pos)
}

/// Where the first `len` bytes of the logical text end in the file.
fn logical_end(logical: &LogicalLine<'_>, len: usize) -> usize {
    if len == 0 { lines_start(logical) } else { lines_offset(logical, len - 1) + 1 }
}
