//! What is known of the image that a stage comes down to.

use super::{Base, Model, Stage, Step};
use crate::base::{BaseFacts, Facts};

impl Model<'_> {
    /// What the stage comes down to: an image, nothing, or what is not known; never a stage.
    #[must_use]
    pub fn root_base<'m>(&'m self, stage: &'m Stage) -> Option<&'m Base> {
        // A broken file may make the chain endless.
        let last = self.chain(stage).take(self.stages().len()).last()?;
        (!matches!(last.base, Base::Stage(_))).then_some(&last.base)
    }

    /// What the table knows of the image that the stage comes down to.
    #[must_use]
    pub fn base_facts(&self, stage: &Stage) -> Option<&Facts> {
        let find = || match self.root_base(stage)? {
            Base::Image(image) => BaseFacts::lookup(image, self.options.bases),
            Base::Scratch => BaseFacts::scratch(),
            _ => None,
        };
        self.facts.bases.get(stage.index, find).as_ref()
    }

    /// Whether the instruction is carried out on Windows, as far as can be told.
    #[must_use]
    pub fn is_windows(&self, step: &Step) -> bool {
        let program =
            step.shell.argv.first().map(|program| program.rsplit(['/', '\\']).next().unwrap_or(program).to_lowercase());
        let by_shell =
            program.is_some_and(|name| matches!(name.trim_end_matches(".exe"), "cmd" | "powershell" | "pwsh"));
        by_shell || self.stage_of(step).and_then(|stage| self.base_facts(stage)).is_some_and(|facts| facts.is_windows())
    }

    /// Whether the instruction is carried out as root; `None` when it cannot be told.
    #[must_use]
    pub fn runs_as_root(&self, step: &Step) -> Option<bool> {
        let user = match &step.user {
            Some(user) => user.known()?,
            None => self.base_facts(self.stage_of(step)?)?.user()?,
        };
        let name = user.split(':').next().unwrap_or_default();
        Some(matches!(name, "" | "root" | "0"))
    }

    /// Whether somebody builds the stage by itself: the target, or a stage that the project names as one.
    #[must_use]
    pub fn is_built(&self, stage: &Stage) -> bool {
        let name = stage.name.as_ref().map(|name| name.name.as_str());
        stage.is_target || self.options.other_targets.iter().any(|target| Some(target.to_lowercase().as_str()) == name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    #[test]
    fn facts_come_down_the_chain() {
        let text = "FROM scratch AS a\nFROM a AS b\nUSER 1000\nRUN x\nFROM other.example/b\nRUN x\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        assert_eq!(model.root_base(&model.stages()[1]), Some(&Base::Scratch));
        assert_eq!(model.runs_as_root(&model.steps()[3]), Some(false));
        assert_eq!(model.runs_as_root(model.steps().last().unwrap()), None);
        assert!(model.base_facts(&model.stages()[2]).is_none());
    }

    #[test]
    fn windows_is_told_by_shell_or_base() {
        let text = "FROM x\nSHELL [\"powershell.exe\", \"-Command\"]\nRUN x\nFROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN y\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let windows: Vec<bool> = model.steps().iter().map(|step| model.is_windows(step)).collect();
        assert_eq!(windows, [false, false, true, true, true]);
    }
}
