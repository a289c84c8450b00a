//! Stages as hadolint tells them apart: by the words of FROM.

use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::Instruction;

/// Whether hadolint takes the instruction for one of the image: FROM reads like the last one, or some FROM starts from the
/// stage's name, or it stands behind ONBUILD.
pub(crate) fn counts_as_last(model: &Model<'_>, step: &Step) -> bool {
    if matches!(step.ast, Instruction::Onbuild(_)) {
        return true;
    }
    let Some(stage) = model.stage_of(step) else { return false };
    let is_last = model.stages().last().is_some_and(|last| words(model, last) == words(model, stage));
    let alias = stage.name.as_ref().map(|name| model.text_at(name.range));
    let is_base = || model.stages().iter().any(|other| image_name(model, other).as_deref() == alias);
    is_last || (alias.is_some() && is_base())
}

/// The image as FROM names it, without registry, tag and digest.
pub(crate) fn image_name(model: &Model<'_>, stage: &Stage) -> Option<String> {
    let Instruction::From(from) = &model.stage_steps(stage).first()?.ast else { return None };
    let image = from.image()?.raw();
    let image = match image.split_once('/') {
        Some((registry, rest)) if registry.contains('.') => rest,
        _ => image.as_str(),
    };
    Some(image.split([':', '@']).next().unwrap_or(image).to_owned())
}

fn words(model: &Model<'_>, stage: &Stage) -> Option<Vec<String>> {
    let from = model.stage_steps(stage).first()?;
    Some(from.ast.words().map(|word| word.raw()).collect())
}
