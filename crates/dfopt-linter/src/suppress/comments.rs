//! The comment lines of a file and what stands around each.

use dfopt_semantic::model::Model;
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize};

/// A comment line.
pub(super) struct Comment {
    /// Where it stands, `#` first.
    pub range: TextRange,
    /// Its text, `#` first.
    pub text: String,
    /// Its line, from 0.
    pub line: u32,
    pub position: Position,
    /// Whether blanks precede it on its line.
    pub is_indented: bool,
}

impl Comment {
    /// The place of a part of the text.
    pub fn place(&self, start: usize, end: usize) -> TextRange {
        TextRange::new(self.range.start() + size(start), self.range.start() + size(end.max(start)))
    }
}

/// Where a comment line stands.
pub(super) enum Position {
    /// Between instructions.
    Outside {
        /// The node that follows with only comments and blank lines between.
        next: Option<SyntaxNode>,
    },
    /// Inside a continued instruction.
    Inside {
        /// The next line that is neither comment nor blank, from 0.
        line: u32,
    },
    /// Inside the script of a heredoc.
    Script {
        /// The comment itself.
        token: SyntaxToken,
        /// The next line that is neither comment nor blank, from 0.
        line: u32,
    },
}

/// All comment lines in the order of the file.
pub(super) fn of_file(model: &Model<'_>) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut at = 0;
    for (line, text) in model.text().split('\n').enumerate() {
        let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if body.starts_with('#') {
            found.extend(comment(model, at, at + text.len() - body.len(), line));
        }
        at += text.len() + 1;
    }
    found
}

fn comment(model: &Model<'_>, line_start: usize, start: usize, line: usize) -> Option<Comment> {
    let token = model.parse().syntax().token_at_offset(size(start)).right_biased()?;
    let range = token.text_range();
    if range.start() != size(start) {
        return None;
    }
    let line = u32::try_from(line).ok()?;
    let position = match token.kind() {
        SyntaxKind::COMMENT if token.parent().is_some_and(|parent| parent.kind() == SyntaxKind::FILE) => {
            let next = std::iter::successors(token.next_sibling_or_token(), SyntaxElement::next_sibling_or_token);
            Position::Outside { next: next.filter_map(SyntaxElement::into_node).next() }
        }
        SyntaxKind::COMMENT => Position::Inside { line: next_line(model, line) },
        SyntaxKind::SH_COMMENT => Position::Script { token: token.clone(), line: next_line(model, line) },
        _ => return None,
    };
    let text = token.text().trim_end().to_owned();
    let is_indented = !model.text()[line_start..start].trim_start_matches('\u{feff}').is_empty();
    Some(Comment { range: TextRange::at(range.start(), size(text.len())), text, line, position, is_indented })
}

/// The next line that is neither comment nor blank.
fn next_line(model: &Model<'_>, line: u32) -> u32 {
    let behind = model.text().split('\n').skip(line as usize + 1);
    let skipped = behind.take_while(|text| text.trim().is_empty() || text.trim_start().starts_with('#')).count();
    line + 1 + u32::try_from(skipped).unwrap_or(0)
}

/// The places of a stage's instructions, FROM first.
pub(super) fn places_of_stage(model: &Model<'_>, index: usize) -> Vec<TextRange> {
    let Some(stage) = model.stages().get(index) else { return Vec::new() };
    let steps = model.stage_steps(stage);
    match (steps.first(), steps.last()) {
        (Some(first), Some(last)) => vec![first.ast.syntax().text_range().cover(last.ast.syntax().text_range())],
        _ => Vec::new(),
    }
}

/// The stage that a comment is in, or the one that it stands before.
pub(super) fn stage_of(model: &Model<'_>, comment: &Comment) -> Option<usize> {
    if let Position::Outside { next: Some(next) } = &comment.position
        && let Some(Instruction::From(from)) = Instruction::cast(next.clone())
    {
        let at = from.syntax().text_range().start();
        return model.step_at(from.range().start()).and_then(|step| step.stage).filter(|_| at >= comment.range.end());
    }
    let before =
        model.steps().iter().rev().find(|step| step.ast.syntax().text_range().start() <= comment.range.start());
    before.and_then(|step| step.stage)
}

/// A count of bytes as a size of text.
pub(super) fn size(n: usize) -> TextSize {
    TextSize::new(u32::try_from(n).unwrap_or(u32::MAX))
}
