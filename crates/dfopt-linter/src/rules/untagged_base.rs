//! `untagged-base`

use dfopt_semantic::model::{Base, Model, ReferenceKind, ReferenceTarget, Stage};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// An image is used without a tag.
    ///
    /// ## Why
    ///
    /// Without tag and digest the builder takes `latest`, which is another image tomorrow.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ```
    "untagged-base" {
        category: Category::Reproducibility,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3006", "DS-0001", "CKV_DOCKER_7", "S6596", "DF001", "DKL-DI-0006"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for stage in model.stages() {
            if let Some(place) = as_hadolint(model, stage) {
                ctx.report(place, "this image has no tag");
            }
        }
        return;
    }
    for stage in model.stages() {
        let Base::Image(image) = &stage.base else { continue };
        if image.tag.is_none()
            && image.digest.is_none()
            && let Some(place) = image_word(model, stage)
        {
            ctx.report(place, "this image has no tag").help("name the version that you build on");
        }
    }
    for reference in model.references().iter().filter(|reference| reference.kind != ReferenceKind::From) {
        if let ReferenceTarget::Image(image) = &reference.target
            && image.tag.is_none()
            && image.digest.is_none()
        {
            ctx.report(reference.range, "this image has no tag").severity(Severity::Info);
        }
    }
}

fn image_word(model: &Model<'_>, stage: &Stage) -> Option<TextRange> {
    match &model.stage_steps(stage).first()?.ast {
        Instruction::From(from) => from.image().map(|word| word.range()),
        _ => None,
    }
}

/// hadolint judges the text as written.
fn as_hadolint(model: &Model<'_>, stage: &Stage) -> Option<TextRange> {
    let Instruction::From(from) = &model.stage_steps(stage).first()?.ast else { return None };
    let word = from.image()?;
    let text = word.raw();
    let behind_registry = match text.split_once('/') {
        Some((registry, rest)) if registry.contains('.') => rest,
        _ => &text,
    };
    let is_alias = model.stages()[..stage.index]
        .iter()
        .any(|other| other.name.as_ref().is_some_and(|name| model.text_at(name.range) == behind_registry));
    let is_quiet = behind_registry.contains([':', '@']) || text == "scratch" || text.starts_with('$') || is_alias;
    (!is_quiet).then(|| word.range())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn images_without_tag_and_digest() {
        check(
            &RULE,
            "
ARG IMAGE=debian
FROM alpine AS a
     ^^^^^^ this image has no tag
FROM $IMAGE
     ^^^^^^ this image has no tag
COPY --from=nginx b c
            ^^^^^ this image has no tag
",
        );
        check_ok(
            &RULE,
            "ARG X\nFROM alpine:3 AS Base\nFROM base\nFROM scratch\nFROM a@sha256:0000000000000000000000000000000000000000000000000000000000000000\nFROM $X\nCOPY --from=base b c\n",
        );
    }

    #[test]
    fn hadolint_reads_what_is_written() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "FROM a:1 AS b\nFROM reg.io/b\nFROM $X\nFROM localhost:5000/x\nFROM a/$X\n     ^^^^ this image has no tag\nCOPY --from=nginx b c\n",
        );
    }
}
