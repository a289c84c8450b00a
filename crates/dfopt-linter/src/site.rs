//! Instructions as they are judged: those of the file, and those behind ONBUILD.

use dfopt_semantic::context::join_clean;
use dfopt_semantic::model::{Base, Model, Role, Step};
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{TextRange, TextSize};

use crate::Report;

/// An instruction to judge.
pub(crate) struct Site<'m> {
    /// The instruction of the file that it is in.
    pub step: &'m Step,
    /// The instruction itself.
    pub ast: Instruction,
    /// When it is carried out.
    pub when: When,
}

/// When an instruction is carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// In its place.
    Here,
    /// As a trigger, in a later stage of the same file.
    InLaterStage,
    /// As a trigger, in another file.
    Elsewhere,
}

impl Site<'_> {
    /// Whether it stands behind ONBUILD.
    pub fn is_trigger(&self) -> bool {
        self.when != When::Here
    }
}

/// All instructions of a file, each ONBUILD followed by its trigger.
pub(crate) fn sites<'m>(model: &'m Model<'_>) -> impl Iterator<Item = Site<'m>> + 'm {
    model.steps().iter().flat_map(move |step| {
        let here = Site { step, ast: step.ast.clone(), when: When::Here };
        let trigger = match &step.ast {
            // One that may not stand there is not carried out, so nothing more is to be said of it.
            Instruction::Onbuild(onbuild) => onbuild.trigger().filter(|trigger| !is_forbidden(trigger)),
            _ => None,
        };
        let when = when_triggered(model, step);
        std::iter::once(here).chain(trigger.map(|ast| Site { step, ast, when }))
    })
}

impl Report<'_> {
    /// Judges by where the instruction is carried out: what only another file would trip over does not fail this build.
    #[allow(clippy::return_self_not_must_use)]
    pub(crate) fn at(self, site: &Site<'_>) -> Self {
        if site.when == When::Elsewhere { self.builds_anyway() } else { self }
    }
}

/// When the trigger of an ONBUILD is carried out.
pub(crate) fn when_triggered(model: &Model<'_>, step: &Step) -> When {
    let used = |stage: usize| model.stages().iter().any(|other| other.base == Base::Stage(stage));
    if step.stage.is_some_and(used) { When::InLaterStage } else { When::Elsewhere }
}

/// The instruction behind ONBUILD, or the instruction itself.
pub(crate) fn carried_out(step: &Step) -> Option<Instruction> {
    match &step.ast {
        Instruction::Onbuild(onbuild) => onbuild.trigger().filter(|trigger| !is_forbidden(trigger)),
        ast => Some(ast.clone()),
    }
}

/// The steps with commands for a build: RUN, and `ONBUILD RUN`.
pub(crate) fn runs<'m>(model: &'m Model<'_>) -> impl Iterator<Item = &'m Step> + 'm {
    let is_run = |step: &&Step| step.stage.is_some() && matches!(carried_out(step), Some(Instruction::Run(_)));
    model.steps().iter().filter(is_run)
}

/// The FROMs in the file at which the trigger of an ONBUILD is carried out; BuildKit says there what it thinks of it.
pub(crate) fn carriers<'m>(model: &'m Model<'_>, step: &Step) -> Vec<&'m Step> {
    let Some(stage) = step.stage else { return Vec::new() };
    let children =
        model.stages().iter().filter(|other| other.base == Base::Stage(stage) && other.role != Role::Unreachable);
    children.filter_map(|child| model.stage_steps(child).first()).collect()
}

/// Whether the instruction may not stand behind ONBUILD.
pub(crate) fn is_forbidden(trigger: &Instruction) -> bool {
    matches!(trigger, Instruction::Onbuild(_) | Instruction::From(_) | Instruction::Maintainer(_))
}

/// The place of the keyword of an instruction.
pub(crate) fn keyword(site: &Site<'_>) -> TextRange {
    let range = site.ast.keyword_range();
    if range.is_empty() { site.ast.range() } else { range }
}

/// The absolute path that a path of an instruction means; `None` where the working directory is not known.
pub(crate) fn absolute(step: &Step, path: &str) -> Option<String> {
    let workdir = if path.starts_with('/') { "/" } else { step.workdir.known()? };
    Some(join_clean(workdir, path))
}

/// The place of a flag with the blanks that divide it from what follows on its line.
pub(crate) fn flag_with_blank(model: &Model<'_>, flag: TextRange) -> TextRange {
    let behind = model.text().get(usize::from(flag.end())..).unwrap_or_default();
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    TextRange::new(flag.start(), flag.end() + TextSize::new(u32::try_from(blanks).unwrap_or(0)))
}
