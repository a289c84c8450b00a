//! The comment lines of a file and what stands around each.

use dfopt_semantic::model::Model;
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken, TextRange};

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
        /// The next line that is neither comment nor blank, from 0.
        line: u32,
    },
}

/// All comment lines in the order of the file.
pub(super) fn of_file(model: &Model<'_>) -> Vec<Comment> {
    let root = model.parse().syntax();
    let tokens = root.descendants_with_tokens().filter_map(SyntaxElement::into_token);
    tokens.filter_map(|token| comment(model, &token)).collect()
}

fn comment(model: &Model<'_>, token: &SyntaxToken) -> Option<Comment> {
    let range = token.text_range();
    let before = &model.text()[..usize::from(range.start())];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let blanks = before[line_start..].trim_start_matches('\u{feff}');
    if !blanks.trim().is_empty() {
        return None;
    }
    let line = model.line_of(range.start().into());
    let position = match token.kind() {
        SyntaxKind::COMMENT if token.parent().is_some_and(|parent| parent.kind() == SyntaxKind::FILE) => {
            let next = std::iter::successors(token.next_sibling_or_token(), SyntaxElement::next_sibling_or_token);
            Position::Outside { next: next.filter_map(SyntaxElement::into_node).next() }
        }
        SyntaxKind::COMMENT => Position::Inside { line: next_line(model, line) },
        SyntaxKind::SH_COMMENT => Position::Script { line: next_line(model, line) },
        _ => return None,
    };
    Some(Comment { range, text: token.text().trim_end().to_owned(), line, position, is_indented: !blanks.is_empty() })
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
