//! Tests of the shell parser as data: a text, and the outline of its tree.

mod commands;
mod properties;
mod recovery;
mod trees;
mod word_trees;
mod words;

use std::fmt::Write;

use expect_test::Expect;

use super::{parse_script, script};
use crate::{
    SyntaxElement, SyntaxError, SyntaxKind, SyntaxNode,
    lines::logical_line,
    sink::{Cursor, Sink},
};

/// One line for each node; tokens stand in the line of their node as long as no node comes before them. Blanks between
/// words are left out.
fn outline(node: &SyntaxNode) -> String {
    let mut out = String::new();
    push_outline(node, 0, &mut out);
    out
}

fn push_outline(node: &SyntaxNode, depth: usize, out: &mut String) {
    let _ = write!(out, "{:1$}{2}", "", depth * 2, short(node.kind()));
    let mut in_line = true;
    for element in node.children_with_tokens() {
        match element {
            SyntaxElement::Token(token) if token.kind() == SyntaxKind::WHITESPACE => {}
            SyntaxElement::Token(token) => {
                let text = match token.kind() {
                    SyntaxKind::TEXT => format!("{:?}", token.text()),
                    kind => format!("{}{:?}", short(kind), token.text()),
                };
                if in_line {
                    let _ = write!(out, " {text}");
                } else {
                    let _ = writeln!(out, "{:1$}{text}", "", depth * 2 + 2);
                }
            }
            SyntaxElement::Node(child) => {
                if in_line {
                    out.push('\n');
                    in_line = false;
                }
                push_outline(&child, depth + 1, out);
            }
        }
    }
    if in_line {
        out.push('\n');
    }
}

fn short(kind: SyntaxKind) -> String {
    format!("{kind:?}").trim_start_matches("SH_").to_owned()
}

fn push_errors(errors: &[SyntaxError], source: &str, out: &mut String) {
    for error in errors {
        let at = &source[error.range];
        let _ =
            writeln!(out, "! {:?} at {}..{} {at:?}", error.kind, error.range.start().raw(), error.range.end().raw());
    }
}

trait Raw {
    fn raw(self) -> u32;
}

impl Raw for rowan::TextSize {
    fn raw(self) -> u32 {
        self.into()
    }
}

/// Compares the outline and the errors of a script.
fn check(text: &str, expect: Expect) {
    let parse = parse_script(text);
    assert_eq!(parse.root.text().to_string(), text);
    let mut out = outline(&parse.root);
    push_errors(&parse.errors, text, &mut out);
    expect.assert_eq(&out);
}

/// Compares the errors alone.
fn check_errors(text: &str, expect: Expect) {
    let parse = parse_script(text);
    assert_eq!(parse.root.text().to_string(), text);
    let mut out = String::new();
    push_errors(&parse.errors, text, &mut out);
    expect.assert_eq(&out);
}

/// The tree of shell text that stands in a Dockerfile, where lines are continued and comments may stand between them.
fn parse_continued(source: &str) -> (String, SyntaxNode, Vec<SyntaxError>) {
    let line = logical_line(source, 0, '\\').unwrap();
    let mut sink = Sink::new(source);
    sink.start(SyntaxKind::FILE);
    let mut cursor = Cursor::new(&mut sink, &line.text, &line.items);
    script(&mut cursor);
    cursor.close(SyntaxKind::ERROR_TEXT);
    sink.finish();
    let (green, errors) = sink.done();
    let root = SyntaxNode::new_root(green);
    assert_eq!(root.text().to_string(), source[..line.end]);
    (line.text.into_owned(), root, errors)
}

/// Compares the outline of shell text that stands in a Dockerfile.
fn check_continued(source: &str, expect: Expect) {
    let (_, root, errors) = parse_continued(source);
    let mut out = outline(&root);
    push_errors(&errors, source, &mut out);
    expect.assert_eq(&out);
}
