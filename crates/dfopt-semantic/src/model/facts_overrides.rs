//! Instructions of which only the last of a stage counts: CMD, ENTRYPOINT, HEALTHCHECK.

use dfopt_syntax::SyntaxKind;
use dfopt_syntax::ast::Instruction;

use super::{Base, Model, Role, Stage, Step};

/// An instruction that a later one of the same stage replaces.
#[derive(Clone, Copy, Debug)]
pub struct Override<'m> {
    /// What is replaced: the instruction itself, or the FROM of a stage whose base brings it by ONBUILD.
    pub earlier: &'m Step,
    /// The instruction that counts.
    pub last: &'m Step,
    /// Whether it comes from an ONBUILD of the base stage.
    pub is_triggered: bool,
}

impl Model<'_> {
    /// The instructions of a kind that do not count, because another of the same stage follows; in order.
    #[must_use]
    pub fn overridden(&self, kind: SyntaxKind) -> Vec<Override<'_>> {
        let mut found = Vec::new();
        for stage in self.stages() {
            let own = self.stage_steps(stage).iter().filter(|step| step.ast.kind() == kind);
            let all: Vec<(&Step, bool)> =
                self.triggered(stage, kind).map(|from| (from, true)).chain(own.map(|step| (step, false))).collect();
            let Some(((last, _), earlier)) = all.split_last() else { continue };
            found.extend(earlier.iter().map(|&(earlier, is_triggered)| Override { earlier, last, is_triggered }));
        }
        found
    }

    /// For each ONBUILD of that kind that the base stage brings, the stage's FROM, where it is carried out.
    fn triggered<'m>(&'m self, stage: &'m Stage, kind: SyntaxKind) -> impl Iterator<Item = &'m Step> + 'm {
        let base = match stage.base {
            // What nothing needs is not built, so that nothing is triggered there.
            Base::Stage(index) if stage.role != Role::Unreachable => self.stages().get(index),
            _ => None,
        };
        let is_wanted = move |step: &&Step| match &step.ast {
            Instruction::Onbuild(onbuild) => onbuild.trigger().is_some_and(|trigger| trigger.kind() == kind),
            _ => false,
        };
        let count = base.map_or(0, |base| self.stage_steps(base).iter().filter(is_wanted).count());
        self.stage_steps(stage).iter().take(1).flat_map(move |from| std::iter::repeat_n(from, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Options;

    #[test]
    fn all_but_the_last_of_a_stage() {
        let text = "FROM a AS x\nCMD 1\nONBUILD CMD 2\nCMD 3\nFROM b\nCMD 5\nFROM x\nCMD 4\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let found = model.overridden(SyntaxKind::CMD);
        let places: Vec<_> = found
            .iter()
            .map(|one| (model.text_at(one.earlier.range()), model.text_at(one.last.range()), one.is_triggered))
            .collect();
        assert_eq!(places, [("CMD 1", "CMD 3", false), ("FROM x", "CMD 4", true)]);
    }
}
