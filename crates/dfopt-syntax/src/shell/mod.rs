//! Shell text: one grammar that covers POSIX shells, bash, ksh and most of zsh, parsed in place over a logical text.
//! What a particular shell lacks is no error here; that is for those who know the shell.

pub mod ast;
mod command;
mod compound;
mod cond;
mod cook;
mod expansion;
mod heredoc;
mod parser;
mod walk;
mod word;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use crate::{
    SyntaxError, SyntaxKind, SyntaxNode,
    lines::Item,
    sink::{Cursor, Sink},
};

use parser::Parser;

/// A shell text parsed by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptParse {
    /// The tree, an `SH_SCRIPT`; its offsets are those of the text.
    pub root: SyntaxNode,
    /// What is wrong, in order of place.
    pub errors: Vec<SyntaxError>,
}

impl ScriptParse {
    /// The typed root.
    #[must_use]
    pub fn script(&self) -> Option<ast::Script> {
        ast::AstNode::cast(self.root.clone())
    }
}

/// Parses a shell text that stands in a string, such as the last one of `["sh", "-c", "…"]`.
#[must_use]
pub fn parse_script(text: &str) -> ScriptParse {
    let items = [Item { trivia: None, len: text.len() }];
    let mut sink = Sink::new(text);
    let mut cursor = Cursor::new(&mut sink, text, &items);
    script(&mut cursor);
    cursor.close(SyntaxKind::ERROR_TEXT);
    let (green, errors) = sink.done();
    ScriptParse { root: SyntaxNode::new_root(green), errors }
}

/// Everything from the cursor to the end of its text.
pub(crate) fn script(cursor: &mut Cursor<'_, '_>) {
    cursor.start(SyntaxKind::SH_SCRIPT);
    let mut parser = Parser::new(cursor);
    command::list(&mut parser);
    parser.line_breaks();
    heredoc::report_missing_bodies(&mut parser);
    parser.rest_as_error();
    cursor.finish();
}
