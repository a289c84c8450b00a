//! Variables: what an instruction sees, in the three states that a file can tell apart.

use std::borrow::Cow;

use dfopt_syntax::TextRange;

use super::{Base, Model, Stage, Step};
use crate::expand::{Environment, Expansion, Lookup, Syntax, expand};

/// Which instruction makes a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VariableKind {
    /// ENV
    Env,
    /// ARG
    Arg,
}

/// What is known of a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// The value.
    Known(String),
    /// It depends on something unknown.
    Unknown,
    /// Declared without a value.
    Unset,
}

impl Value {
    /// The value, if it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            Value::Known(value) => Some(value),
            _ => None,
        }
    }
}

/// A variable that an instruction of the file makes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// ENV or ARG.
    pub kind: VariableKind,
    /// Its value.
    pub value: Value,
    /// Where the name stands.
    pub name_range: TextRange,
    /// Where name and value stand.
    pub range: TextRange,
}

/// Arguments that the builder sets for every build, visible in FROM.
pub const PLATFORM_ARGS: &[&str] = &[
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];

/// Arguments that need no declaration.
const PROXY_ARGS: &[&str] = &["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

/// Whether the builder sets a global argument of that name.
#[must_use]
pub fn is_platform_arg(name: &str) -> bool {
    PLATFORM_ARGS.contains(&name)
}

/// Whether an argument of that name needs no declaration.
#[must_use]
pub fn is_proxy_arg(name: &str) -> bool {
    PROXY_ARGS.contains(&name)
        || (name == name.to_ascii_lowercase() && PROXY_ARGS.contains(&&*name.to_ascii_uppercase()))
}

/// The variables visible at a place.
#[derive(Clone, Copy)]
pub struct Scope<'m, 'a> {
    steps: &'m [Step],
    stages: &'m [Stage],
    options: super::Options<'a>,
    /// Instructions before this one are seen.
    end: usize,
    stage: Option<usize>,
    /// Whether the place is FROM or global, where only global arguments count.
    is_global: bool,
}

impl<'m, 'a> Scope<'m, 'a> {
    pub(super) fn before(model: &'m Model<'a>, step: &Step) -> Self {
        Self::of_parts(&model.steps, &model.stages, model.options, step)
    }

    pub(super) fn of_parts(steps: &'m [Step], stages: &'m [Stage], options: super::Options<'a>, step: &Step) -> Self {
        let is_global = step.stage.is_none() || matches!(step.ast, dfopt_syntax::ast::Instruction::From(_));
        Scope { steps, stages, options, end: step.index, stage: step.stage, is_global }
    }

    /// The global scope before the instruction at `end`.
    pub(super) fn globals_of(steps: &'m [Step], stages: &'m [Stage], options: super::Options<'a>, end: usize) -> Self {
        Scope { steps, stages, options, end, stage: None, is_global: true }
    }

    pub(super) fn after(model: &'m Model<'a>, stage: &Stage) -> Self {
        let end = stage.steps.end;
        Scope {
            steps: &model.steps,
            stages: &model.stages,
            options: model.options,
            end,
            stage: Some(stage.index),
            is_global: false,
        }
    }

    /// The variables of the global scope, the last first.
    fn globals(&self) -> impl Iterator<Item = (&'m Variable, &'m Step)> + use<'m> {
        let first = self.stages.first().map_or(self.steps.len(), |stage| stage.steps.start);
        self.steps[..first.min(self.end)]
            .iter()
            .rev()
            .flat_map(|step| step.variables.iter().rev().map(move |v| (v, step)))
    }

    /// The variables made in the file that are visible here, the latest first; shadowed ones follow.
    pub fn variables(&self) -> impl Iterator<Item = (&'m Variable, &'m Step)> + use<'m, 'a> {
        let mut spans = Vec::new();
        if !self.is_global {
            let (mut stage, mut end) = (self.stage, self.end);
            while let Some(current) = stage.and_then(|index| self.stages.get(index)) {
                spans.push(current.steps.start..end.min(current.steps.end).max(current.steps.start));
                stage = match current.base {
                    Base::Stage(index) if index < current.index => Some(index),
                    _ => None,
                };
                end = usize::MAX;
            }
        }
        let steps = self.steps;
        let locals = spans.into_iter().flat_map(move |span| {
            steps[span].iter().rev().flat_map(|step| step.variables.iter().rev().map(move |variable| (variable, step)))
        });
        let globals = self.is_global.then(|| self.globals()).into_iter().flatten();
        locals.chain(globals)
    }

    /// The latest variable of that name that has a value here or at least a declaration.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<(&'m Variable, &'m Step)> {
        let mut declared = None;
        for (variable, step) in self.variables().filter(|(variable, _)| variable.name == name) {
            if variable.value != Value::Unset {
                return Some((variable, step));
            }
            declared.get_or_insert((variable, step));
        }
        declared
    }

    /// The value of the global argument of that name, as `ARG name` in a stage takes it over.
    #[must_use]
    pub fn global_value(&self, name: &str) -> Option<Value> {
        let global = Scope::globals_of(self.steps, self.stages, self.options, usize::MAX);
        let found =
            global.globals().find(|(variable, _)| variable.name == name).map(|(variable, _)| variable.value.clone());
        found.or_else(|| is_platform_arg(name).then_some(Value::Unknown))
    }

    /// What the base image under the stages of the file sets, as far as the table knows.
    fn base_image(&self) -> Option<&'m Stage> {
        let mut stage = self.stages.get(self.stage?)?;
        while let Base::Stage(index) = stage.base {
            if index >= stage.index {
                return None;
            }
            stage = self.stages.get(index)?;
        }
        Some(stage)
    }

    /// Whether everything that can set variables below this file is known: the base is empty.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.is_global || self.base_image().is_some_and(|stage| stage.base == Base::Scratch)
    }

    /// Expands a text at this place.
    #[must_use]
    pub fn expand(&self, text: &str, escape: char) -> Expansion {
        expand(text, Syntax::word(escape), self)
    }

    /// The build argument of that name.
    #[must_use]
    pub fn build_arg(&self, name: &str) -> Option<&'a str> {
        self.options.build_args.and_then(|args| args.get(name)).map(String::as_str)
    }
}

impl Environment for Scope<'_, '_> {
    fn lookup(&self, name: &str) -> Lookup<'_> {
        if let Some((variable, _)) = self.variable(name) {
            match &variable.value {
                Value::Known(value) => return Lookup::Set(Cow::Borrowed(value)),
                Value::Unknown => return Lookup::Unknown,
                Value::Unset => {}
            }
        }
        if self.is_global {
            return if is_platform_arg(name) { Lookup::Unknown } else { Lookup::Unset };
        }
        if is_proxy_arg(name) || name == "PATH" {
            return Lookup::Unknown;
        }
        match self.base_image().map(|stage| &stage.base) {
            Some(Base::Scratch) => Lookup::Unset,
            _ => Lookup::Unknown,
        }
    }
}
