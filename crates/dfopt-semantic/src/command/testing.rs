//! A small reader of command lines for tests: words, quotes, lists, pipes, subshells and redirections, nothing else.

use super::script::{Connector, Invocation, Redirect, RedirectOp, Script};
use super::word::{Word, is_name};

/// The script of `text`, with places counted from its start.
pub(crate) fn script(text: &str) -> Script {
    let mut reader = Reader {
        text,
        at: 0,
        subshells: Vec::new(),
        next_subshell: 1,
        script: Script { complete: true, ..Script::default() },
        connector: Connector::Start,
        current: None,
        redirect: None,
    };
    reader.run();
    reader.script
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    subshells: Vec<u32>,
    next_subshell: u32,
    script: Script,
    connector: Connector,
    current: Option<Invocation>,
    redirect: Option<(RedirectOp, Option<u32>)>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn end_command(&mut self, connector: Connector) {
        if let Some(done) = self.current.take() {
            self.script.invocations.push(done);
            self.connector = connector;
        }
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            let rest = self.rest().to_owned();
            let operators: [(&str, Connector); 6] = [
                ("&&", Connector::And),
                ("||", Connector::Or),
                (";", Connector::Semi),
                ("|", Connector::Pipe),
                ("&", Connector::Background),
                ("\n", Connector::Newline),
            ];
            if rest.starts_with(' ') {
                self.at += 1;
            } else if let Some((op, connector)) = operators.iter().find(|(op, _)| rest.starts_with(op)) {
                self.at += op.len();
                self.end_command(*connector);
                self.connector = *connector;
            } else if rest.starts_with('(') {
                self.at += 1;
                self.subshells.push(self.next_subshell);
                self.next_subshell += 1;
            } else if rest.starts_with(')') {
                self.at += 1;
                self.end_command(Connector::Semi);
                self.subshells.pop();
            } else if let Some((op, length, fd)) = redirect_operator(&rest) {
                self.at += length;
                self.redirect = Some((op, fd));
            } else {
                self.word();
            }
        }
        self.end_command(Connector::Semi);
    }

    fn word(&mut self) {
        let rest = self.rest().to_owned();
        let length = word_length(&rest);
        let raw = &rest[..length];
        let start = u32::try_from(self.at).unwrap();
        let word = Word::from_raw(raw, start);
        self.at += length;
        let connector = self.connector;
        let subshells = self.subshells.clone();
        let current =
            self.current.get_or_insert_with(|| Invocation { subshells, ..Invocation::simple(Vec::new(), connector) });
        if let Some((op, fd)) = self.redirect.take() {
            current.redirects.push(Redirect { op, fd, target: word });
        } else if let Some((name, value)) = raw.split_once('=')
            && is_name(name)
            && current.words.is_empty()
        {
            let at = start + u32::try_from(name.len()).unwrap() + 1;
            current.assignments.push((name.into(), Word::from_raw(value, at)));
        } else {
            current.words.push(word);
        }
    }
}

fn redirect_operator(rest: &str) -> Option<(RedirectOp, usize, Option<u32>)> {
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let fd = rest[..digits].parse().ok();
    for (op, kind) in [
        (">>", RedirectOp::Append),
        (">&", RedirectOp::Duplicate),
        ("<&", RedirectOp::Duplicate),
        ("<<<", RedirectOp::HereString),
        ("<<", RedirectOp::HereDocument),
        (">", RedirectOp::Write),
        ("<", RedirectOp::Read),
    ] {
        if rest[digits..].starts_with(op) {
            return Some((kind, digits + op.len(), fd));
        }
    }
    None
}

fn word_length(rest: &str) -> usize {
    let mut quote = None;
    let mut depth = 0usize;
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        if escaped {
            escaped = false;
        } else if let Some(q) = quote {
            if c == q {
                quote = None;
            } else if c == '\\' && q == '"' {
                escaped = true;
            }
        } else {
            match c {
                '\'' | '"' => quote = Some(c),
                '\\' => escaped = true,
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                ' ' | ';' | '&' | '|' | '\n' | '<' | '>' | ')' if depth == 0 => {
                    return at.max(1);
                }
                _ => {}
            }
        }
    }
    rest.len()
}
