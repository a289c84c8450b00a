//! `# check=skip=NAME[,NAME…]`, as a directive or above an instruction.

use dfopt_semantic::model::{CheckDirective, Model};
use dfopt_syntax::TextSize;

use super::comments::{Comment, Position};
use super::{Names, Reach, Suppression};
use crate::SuppressionForm;

pub(super) fn collect(model: &Model<'_>, comments: &[Comment]) -> Vec<Suppression> {
    let directive = model.check_directive();
    let mut found: Vec<Suppression> =
        directive.iter().filter_map(|check| suppression(check, Reach::File, None)).collect();
    for (at, comment) in comments.iter().enumerate() {
        let Position::Outside { next: Some(next) } = &comment.position else { continue };
        let Some(value) = value(comment) else { continue };
        let is_first = !above(comments, at).any(|other| self::value(other).is_some());
        let is_dropped = below(comments, at).any(|other| other.text.trim_start_matches('#').trim().is_empty());
        let is_directive = directive.as_ref().is_some_and(|check| comment.range.contains_range(check.range));
        if !is_first || is_dropped || is_directive {
            continue;
        }
        let check = CheckDirective::parse(value, TextSize::new(0));
        if !check.malformed.is_empty() {
            continue;
        }
        let reason =
            value.split_once(' ').map(|(_, reason)| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        let mut suppression = suppression(&check, Reach::Places(vec![next.text_range()]), reason);
        if let Some(suppression) = &mut suppression {
            suppression.range = comment.range;
        }
        found.extend(suppression);
    }
    found
}

fn suppression(check: &CheckDirective, reach: Reach, reason: Option<String>) -> Option<Suppression> {
    let names = match (check.skips_all, check.skip.as_slice()) {
        (true, _) => Names::AllOfBuildkit,
        (false, []) => return None,
        (false, names) => Names::These(names.iter().map(|(name, _)| name.clone()).collect()),
    };
    Some(Suppression { form: SuppressionForm::Check, range: check.range, reach, names, reason, until: None })
}

/// The text behind `check=` of a comment that is not indented.
fn value(comment: &Comment) -> Option<&str> {
    let text = comment.text.strip_prefix('#').filter(|_| !comment.is_indented)?;
    text.trim_start().strip_prefix("check=")
}

/// The comments that stand above this one and belong to the same instruction, up to a bare `#`.
fn above(comments: &[Comment], at: usize) -> impl Iterator<Item = &Comment> {
    let next = next_of(&comments[at]);
    let same = comments[..at].iter().rev().take_while(move |other| next_of(other) == next);
    same.take_while(|other| !other.text.trim_start_matches('#').trim().is_empty())
}

fn below(comments: &[Comment], at: usize) -> impl Iterator<Item = &Comment> {
    let next = next_of(&comments[at]);
    comments[at + 1..].iter().take_while(move |other| next_of(other) == next)
}

fn next_of(comment: &Comment) -> Option<TextSize> {
    match &comment.position {
        Position::Outside { next } => next.as_ref().map(|next| next.text_range().start()),
        _ => None,
    }
}
