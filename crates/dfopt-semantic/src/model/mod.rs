//! The meaning of one Dockerfile: stages and how they hang together, scopes and values, commands. Borrows the tree.
//!
//! Facts are computed when first asked for and kept, so rules and planner share them.

mod build;
mod effects;
mod facts_base;
mod facts_bloat;
mod facts_deletions;
mod facts_development;
mod facts_expanded;
mod facts_flat;
mod facts_frontend;
mod facts_order;
mod facts_overrides;
mod facts_packages;
mod facts_products;
mod facts_rings;
mod facts_run_command;
mod facts_sources;
mod facts_walk;
mod memo;
mod reference;
mod scope;
mod script;
mod stage;
mod step;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use dfopt_syntax::ast::{AstNode, File};
use dfopt_syntax::{Parse, TextRange};

pub use effects::CONTEXT_ROOT;
pub use facts_bloat::{LeftCache, Shipment, bytes, rough_size};
pub use facts_deletions::Deletion;
pub use facts_development::DevelopmentInstall;
pub use facts_expanded::{ExpandedText, FlagText, TextRole};
pub use facts_flat::FlatScript;
pub use facts_frontend::{CheckDirective, Frontend};
pub use facts_order::{DependencyInstall, EarlyCopy};
pub use facts_overrides::Override;
pub use facts_packages::{Installation, InstalledPackage};
pub use facts_products::{Product, Use};
pub use facts_run_command::RunCommand;
pub use facts_sources::{Brought, ContextSource};
pub use reference::{Reference, ReferenceKind, ReferenceTarget};
pub use scope::{PLATFORM_ARGS, Scope, Value, Variable, VariableKind, is_platform_arg, is_proxy_arg};
pub use script::{ScriptSource, ShellScript};
pub use stage::{Base, Role, Stage, StageName};
pub use step::{CommandLine, Copied, CopiedSource, Shell, Step};

use crate::base::Extra;
use crate::context::{BuildContext, IgnoreFile};

/// What is known from outside the file.
#[derive(Clone, Copy, Default)]
pub struct Options<'o> {
    /// Values of build arguments.
    pub build_args: Option<&'o BTreeMap<String, String>>,
    /// The stage that is built; `None` for the last one.
    pub target: Option<&'o str>,
    /// Further stages that somebody builds by name.
    pub other_targets: &'o [String],
    /// The build context, where it can be read.
    pub context: Option<&'o dyn BuildContext>,
    /// The ignore file that applies to the context, where there is one.
    pub ignore: Option<&'o IgnoreFile>,
    /// Base images that the settings add to the table.
    pub bases: Option<&'o Extra>,
    /// What was lost when the text was read from bytes.
    pub damage: Option<&'o crate::encoding::Damage>,
}

/// The meaning of a Dockerfile.
pub struct Model<'a> {
    text: &'a str,
    parse: &'a Parse,
    file: File,
    escape: char,
    options: Options<'a>,
    steps: Vec<Step>,
    stages: Vec<Stage>,
    references: Vec<Reference>,
    facts: memo::Facts,
    lines: OnceCell<Vec<u32>>,
}

impl<'a> Model<'a> {
    /// Reads the tree of `text`.
    #[must_use]
    pub fn new(text: &'a str, parse: &'a Parse, options: Options<'a>) -> Self {
        build::build(text, parse, options)
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The text at a place in the file.
    #[must_use]
    pub fn text_at(&self, range: TextRange) -> &'a str {
        self.text.get(usize::from(range.start())..usize::from(range.end())).unwrap_or_default()
    }

    /// The tree with its errors.
    #[must_use]
    pub fn parse(&self) -> &'a Parse {
        self.parse
    }

    /// The typed root of the tree.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The escape character in force.
    #[must_use]
    pub fn escape(&self) -> char {
        self.escape
    }

    /// What was given from outside.
    #[must_use]
    pub fn options(&self) -> &Options<'a> {
        &self.options
    }

    /// The build context, where it can be read.
    #[must_use]
    pub fn context(&self) -> Option<&'a dyn BuildContext> {
        self.options.context
    }

    /// All instructions in the order of the file, those before the first FROM included.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The instructions before the first FROM.
    #[must_use]
    pub fn global_steps(&self) -> &[Step] {
        let end = self.stages.first().map_or(self.steps.len(), |stage| stage.steps.start);
        &self.steps[..end]
    }

    /// The stages in the order of the file.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The instructions of a stage, its FROM first.
    #[must_use]
    pub fn stage_steps(&self, stage: &Stage) -> &[Step] {
        &self.steps[stage.steps.clone()]
    }

    /// The stage that an instruction is in.
    #[must_use]
    pub fn stage_of(&self, step: &Step) -> Option<&Stage> {
        step.stage.and_then(|index| self.stages.get(index))
    }

    /// The stage that is built, if there is one.
    #[must_use]
    pub fn target(&self) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.is_target)
    }

    /// A stage and the stages it is built from, itself first.
    pub fn chain<'m>(&'m self, stage: &'m Stage) -> impl Iterator<Item = &'m Stage> + 'm {
        std::iter::successors(Some(stage), |stage| match stage.base {
            Base::Stage(index) => self.stages.get(index),
            _ => None,
        })
    }

    /// All places that name a stage or an image: FROM, `--from`, mounts.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// The scope that an instruction sees: what holds before it.
    #[must_use]
    pub fn scope<'m>(&'m self, step: &Step) -> Scope<'m, 'a> {
        Scope::before(self, step)
    }

    /// The scope at the end of a stage.
    #[must_use]
    pub fn scope_after<'m>(&'m self, stage: &Stage) -> Scope<'m, 'a> {
        Scope::after(self, stage)
    }

    /// The commands of RUN, CMD, ENTRYPOINT or HEALTHCHECK, if they could be read as such.
    #[must_use]
    pub fn script(&self, step: &Step) -> Option<&ShellScript> {
        self.facts.scripts.get(step.index, || script::of_step(step)).as_ref()
    }

    /// Line (from 0) of a place in the file.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> u32 {
        let starts = self.lines.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
            newlines.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)).collect()
        });
        u32::try_from(starts.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
    }

    /// Whether the parser reported an error inside the instruction.
    #[must_use]
    pub fn has_error(&self, step: &Step) -> bool {
        let range = step.ast.syntax().text_range();
        self.parse.errors().iter().any(|error| range.contains_range(error.range))
    }
}
