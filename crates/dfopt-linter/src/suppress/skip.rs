//! `# check=skip=NAME[,NAME…]`, as a directive or above an instruction.

use dfopt_semantic::model::{CheckDirective, Model};
use dfopt_semantic::suggest::is_close;
use dfopt_syntax::{TextRange, TextSize};

use super::comments::{Comment, Position, size};
use super::{Flaw, Found, Name, Names, Origin, Reach, Repair, Suppression};
use crate::SuppressionForm;

pub(super) fn collect(model: &Model<'_>, comments: &[Comment], found: &mut Found) {
    let directive = model.check_directive();
    let is_argument = model.options().build_args.is_some_and(|args| args.contains_key("BUILDKIT_DOCKERFILE_CHECK"));
    if let Some(check) = &directive {
        let origin = if is_argument { Origin::Argument } else { Origin::Directive };
        found.suppressions.extend(suppression(check, Reach::File, origin));
    }
    let directive = directive.filter(|_| !is_argument);
    for (at, comment) in comments.iter().enumerate() {
        let is_directive = directive.as_ref().is_some_and(|check| comment.range.contains_range(check.range));
        let Some((offset, value)) = value(comment).filter(|_| !is_directive) else {
            found.flaws.extend(misspelt(model, comment));
            continue;
        };
        let check = CheckDirective::parse(value, comment.range.start() + size(offset));
        if let Some(flaw) = flaw(model, comments, at, &check) {
            found.flaws.push(flaw);
            continue;
        }
        let Position::Outside { next: Some(next) } = &comment.position else { continue };
        let reason = value.split_once(' ').map(|(_, reason)| reason.trim().to_owned());
        let reach = Reach::Places(vec![next.text_range()]);
        if let Some(suppression) = suppression(&check, reach, Origin::Comment) {
            let reason = reason.filter(|reason| !reason.is_empty());
            found.suppressions.push(Suppression { range: comment.range, reason, ..suppression });
        }
    }
}

fn suppression(check: &CheckDirective, reach: Reach, origin: Origin) -> Option<Suppression> {
    let names = match (check.skips_all, check.skip.as_slice()) {
        (true, _) => Names::AllOfBuildkit(check.range),
        (false, []) => return None,
        (false, names) => {
            Names::These(names.iter().map(|(text, range)| Name { text: text.clone(), range: *range }).collect())
        }
    };
    Some(Suppression {
        form: SuppressionForm::Check,
        range: check.range,
        origin,
        reach,
        names,
        reason: None,
        until: None,
    })
}

/// The text behind `check=` of a comment, and where it starts in it.
fn value(comment: &Comment) -> Option<(usize, &str)> {
    let text = comment.text.strip_prefix('#')?.trim_start().strip_prefix("check=")?;
    Some((comment.text.len() - text.len(), text))
}

/// Why the builder does not obey a comment with `check=`.
fn flaw(model: &Model<'_>, comments: &[Comment], at: usize, check: &CheckDirective) -> Option<Flaw> {
    let comment = &comments[at];
    let flaw = |message: &str, repair| Some(Flaw { range: comment.range, message: message.into(), repair });
    let Position::Outside { next } = &comment.position else {
        return flaw("the builder reads no `check=` inside an instruction", None);
    };
    if next.is_none() {
        return flaw("stands above no instruction", None);
    }
    if comment.is_indented {
        let start = comment.range.start();
        let before = &model.text()[..usize::from(start)];
        let blanks = TextRange::new(size(before.rfind('\n').map_or(0, |at| at + 1)), start);
        let repair = Repair { title: "Drop the blanks before it".into(), edits: vec![(blanks, String::new())] };
        return flaw("the builder reads `check=` at the start of a line only", Some(repair));
    }
    if above(comments, at).any(|other| !other.is_indented && value(other).is_some()) {
        return flaw("the builder obeys only the first `check=` above an instruction", None);
    }
    if let Some(bare) = below(comments, at).find(|other| is_bare(other)) {
        let message = "the `#` line below keeps the builder from obeying it".into();
        let repair = Repair { title: "Drop the `#` line".into(), edits: vec![(line(bare), String::new())] };
        return Some(Flaw { range: comment.range, message, repair: Some(repair) });
    }
    let part = check.malformed.first()?;
    let range = if part.is_empty() { comment.range } else { *part };
    Some(Flaw { range, message: "expected `skip=`, `experimental=` or `error=true`".into(), repair: None })
}

/// `chek=skip=…` below the directives, which have a rule of their own for that.
fn misspelt(model: &Model<'_>, comment: &Comment) -> Option<Flaw> {
    let text = comment.text.strip_prefix('#')?;
    let (word, behind) = text.trim_start().split_once('=')?;
    let is_known = ["skip=", "error=", "experimental="].iter().any(|part| behind.starts_with(part));
    let is_behind = model.steps().first().is_some_and(|step| step.keyword_range().start() < comment.range.start());
    if word == "check" || !is_close(word, "check") || !is_known || !is_behind {
        return None;
    }
    let start = comment.text.len() - text.trim_start().len();
    let range = comment.place(start, start + word.len());
    let repair = Repair { title: "Write `check`".into(), edits: vec![(range, "check".into())] };
    Some(Flaw { range, message: format!("`{word}` is not `check`"), repair: Some(repair) })
}

fn is_bare(comment: &Comment) -> bool {
    comment.text.trim_start_matches('#').trim().is_empty()
}

/// The line of a comment that is not indented.
fn line(comment: &Comment) -> TextRange {
    TextRange::new(comment.range.start(), comment.range.end() + TextSize::of('\n'))
}

/// The comments that stand above this one and belong to the same instruction, up to a bare `#`.
fn above(comments: &[Comment], at: usize) -> impl Iterator<Item = &Comment> {
    let next = next_of(&comments[at]);
    comments[..at].iter().rev().take_while(move |other| next_of(other) == next).take_while(|other| !is_bare(other))
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
