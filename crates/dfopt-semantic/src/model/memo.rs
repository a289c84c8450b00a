//! Facts that several rules ask for: each is found out when first asked for, and kept as long as the model.

use std::cell::OnceCell;

use super::{
    ContextSource, DependencyInstall, EarlyCopy, ExpandedText, FlatScript, Installation, Product, RunCommand,
    ShellScript,
};
use crate::base;
use crate::effects::caches::CacheUse;
use crate::effects::{Env, Footprint};
use crate::mount::Mount;

/// One fact for each instruction or each stage, by its number.
pub(super) struct Memo<T>(Vec<OnceCell<T>>);

impl<T> Memo<T> {
    fn new(count: usize) -> Self {
        Memo((0..count).map(|_| OnceCell::new()).collect())
    }

    /// The fact about instruction or stage number `index` of this model, found by `find` if nobody has asked yet.
    pub fn get(&self, index: usize, find: impl FnOnce() -> T) -> &T {
        self.0[index].get_or_init(find)
    }
}

/// All that is kept.
pub(super) struct Facts {
    pub scripts: Memo<Option<ShellScript>>,
    pub flat_scripts: Memo<Option<FlatScript>>,
    pub environments: Memo<Env<'static>>,
    pub mounts: Memo<Vec<Mount>>,
    pub cache_uses: Memo<Vec<CacheUse>>,
    pub reads: Memo<Footprint>,
    pub texts: Memo<Vec<ExpandedText>>,
    pub trigger_texts: Memo<Vec<ExpandedText>>,
    pub context_sources: Memo<Vec<ContextSource>>,
    pub installations: Memo<Vec<Installation>>,
    pub dependency_installs: Memo<Vec<DependencyInstall>>,
    pub bases: Memo<Option<base::Facts>>,
    pub early_copies: Memo<Vec<EarlyCopy>>,
    pub products: Memo<Vec<Product>>,
    pub run_commands: Memo<Option<RunCommand>>,
}

impl Facts {
    /// Nothing yet about so many instructions and stages.
    pub fn new(steps: usize, stages: usize) -> Self {
        Facts {
            scripts: Memo::new(steps),
            flat_scripts: Memo::new(steps),
            environments: Memo::new(steps),
            mounts: Memo::new(steps),
            cache_uses: Memo::new(steps),
            reads: Memo::new(steps),
            texts: Memo::new(steps),
            trigger_texts: Memo::new(steps),
            context_sources: Memo::new(steps),
            installations: Memo::new(steps),
            dependency_installs: Memo::new(steps),
            bases: Memo::new(stages),
            early_copies: Memo::new(stages),
            products: Memo::new(stages),
            run_commands: Memo::new(stages),
        }
    }
}
