//! What rules about the pairs of ENV, ARG and LABEL have in common.

use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, KeyValue};

/// What to delete so that the pair is gone: with it the blanks to its neighbour, or the whole instruction when it is the only
/// one. `None` when a comment would go too.
pub(crate) fn without_pair(model: &Model<'_>, step: &Step, pair: &KeyValue) -> Option<TextRange> {
    let pairs: Vec<TextRange> = step.ast.pairs().map(|pair| pair.range()).collect();
    let own = pair.range();
    let at = pairs.iter().position(|range| *range == own)?;
    let (deleted, gap) = match (at.checked_sub(1).and_then(|at| pairs.get(at)), pairs.get(at + 1)) {
        (None, None) => {
            let has_comments = step.ast.has_inner_comments() || step.ast.heredocs().next().is_some();
            return (!has_comments).then(|| step.ast.full_range());
        }
        (None, Some(next)) => (TextRange::new(own.start(), next.start()), TextRange::new(own.end(), next.start())),
        (Some(previous), _) => (TextRange::new(previous.end(), own.end()), TextRange::new(previous.end(), own.start())),
    };
    let is_blank = model.text_at(gap).chars().all(|c| c.is_whitespace() || c == model.escape());
    is_blank.then_some(deleted)
}
