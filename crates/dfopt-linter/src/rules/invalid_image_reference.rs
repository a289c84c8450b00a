//! `invalid-image-reference`

use std::ops::Range;

use dfopt_semantic::image_ref::{ImageRef, ImageRefError};
use dfopt_semantic::model::{Base, ReferenceKind, ReferenceTarget, TextRole};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// The name of an image is malformed.
    ///
    /// ## Why
    ///
    /// A name is `[registry/]path[:tag][@digest]`, its path in lower case; the builder refuses others. The same holds for the
    /// names in `COPY --from=` and in mounts.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM Alpine:3.22
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ```
    "invalid-image-reference" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["INVALID_REFERENCE_FORMAT"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| stage.base == Base::Unknown) {
        let Some(step) = model.stage_steps(stage).first() else { continue };
        for text in model.expanded_texts(step, &step.ast).iter().filter(|text| text.role == TextRole::Image) {
            let Some(name) = text.known().filter(|name| !name.is_empty()) else { continue };
            if model.awaits_argument(step, text) {
                continue;
            }
            if let Err(error) = ImageRef::parse(name) {
                report(ctx, name, &error, |range| text.range_after(range));
            }
        }
    }
    for reference in model.references() {
        // A `$` with something behind it is a variable, which is a mistake of its own.
        let is_literal = reference.name.find('$').is_none_or(|at| at + 1 == reference.name.len())
            && reference.target == ReferenceTarget::Unknown;
        if reference.kind == ReferenceKind::From || !is_literal {
            continue;
        }
        let runs = model.steps().get(reference.step).is_some_and(|step| !matches!(step.ast, Instruction::Onbuild(_)));
        if let Err(error) = ImageRef::parse(&reference.name)
            && runs
        {
            let whole = reference.range;
            let is_plain = model.text_at(whole) == reference.name;
            report(ctx, &reference.name, &error, |range| if is_plain { part(whole, &range) } else { whole });
        }
    }
}

fn part(whole: TextRange, range: &Range<usize>) -> TextRange {
    let size = |n: usize| dfopt_syntax::TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
    TextRange::new(whole.start() + size(range.start), whole.start() + size(range.end))
}

fn report(ctx: &mut Context<'_>, name: &str, error: &ImageRefError, place: impl Fn(Range<usize>) -> TextRange) {
    let message = match error {
        ImageRefError::EmptyName { .. } => "missing image name",
        ImageRefError::UpperCase { .. } => "image names must be in lower case",
        ImageRefError::BadDomain { .. } => "not a registry's name",
        ImageRefError::BadPath { .. } => "not a part of an image name",
        ImageRefError::TooLong { .. } => "longer than an image name may be",
        ImageRefError::BadTag { .. } => "not a tag",
        ImageRefError::BadDigest { .. } => "not a digest",
        ImageRefError::LooksLikeId { .. } => "an image name must not look like an image's id",
    };
    let range = error.range().clone();
    let range = if range.is_empty() { 0..name.len() } else { range };
    ctx.report(place(range), message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_wrong_part_is_marked() {
        check(
            &RULE,
            "
ARG T=a:b
FROM Alpine
     ^^^^^^ image names must be in lower case
FROM a:b:c
       ^^^ not a tag
FROM a:$T
     ^^^^ not a tag
FROM a@sha256:12
       ^^^^^^^^^ not a digest
COPY --from=b..c x y
            ^^^^ not a part of an image name
RUN --mount=from=b:,target=/x y
                 ^^ not a tag
",
        );
    }

    #[test]
    fn good_names() {
        check_ok(
            &RULE,
            "ARG X\nFROM a:$X\nFROM localhost:5000/a_b/c--d:V1.x AS Build\nFROM build\nCOPY --from=Build x y\nCOPY --from=0 x y\nFROM scratch\n",
        );
    }
}
