//! What rules about cache mounts share.

use dfopt_semantic::effects::is_below;
use dfopt_semantic::model::{FlagText, Model, Step};
use dfopt_semantic::mount::{Mount, MountKind, parse_mount};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::runs::steps;

/// A cache mount of a RUN.
pub(crate) struct CacheMount<'m> {
    /// The instruction.
    pub step: &'m Step,
    /// The mount.
    pub mount: Mount,
    /// Where it is mounted.
    pub at: String,
    /// The value of its flag.
    pub text: FlagText,
}

impl CacheMount<'_> {
    /// Where the value of the flag stands.
    pub fn value(&self) -> TextRange {
        self.text.range(0..self.text.value.len())
    }

    /// Where the target stands.
    pub fn target(&self) -> TextRange {
        self.mount.target.as_ref().map_or_else(|| self.value(), |target| self.text.range(target.range.clone()))
    }

    /// Whether `path` is the mount or lies in it.
    pub fn holds(&self, path: &str) -> bool {
        is_below(path, &self.at)
    }
}

/// The cache mounts of a file with a known place.
pub(crate) fn cache_mounts<'m>(model: &'m Model<'_>) -> Vec<CacheMount<'m>> {
    steps(model).flat_map(|step| of_step(model, step)).collect()
}

/// The cache mounts of a RUN with a known place.
pub(crate) fn of_step<'m>(model: &Model<'_>, step: &'m Step) -> Vec<CacheMount<'m>> {
    let trigger = match &step.ast {
        Instruction::Onbuild(onbuild) => onbuild.trigger(),
        _ => None,
    };
    let ast = trigger.as_ref().unwrap_or(&step.ast);
    let scope = model.scope(step);
    let flags = ast.flags().filter(|flag| flag.name().as_deref() == Some("mount"));
    let mounts = flags.filter_map(|flag| {
        let text = FlagText::of(&flag, model.escape());
        let mount = parse_mount(&text.value, &|value| {
            let expansion = scope.expand(value, model.escape());
            expansion.text.into_known().filter(|_| expansion.errors.is_empty())
        });
        let is_cache = mount.effective_kind() == Some(MountKind::Cache) && mount.errors.is_empty();
        let at = mount.mounted_at(step.workdir.known().unwrap_or("/")).filter(|_| is_cache)?;
        Some(CacheMount { step, mount, at, text })
    });
    mounts.collect()
}
