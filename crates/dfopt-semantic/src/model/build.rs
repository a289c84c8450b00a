//! One pass over the instructions that fills the model.

use std::cell::OnceCell;

use dfopt_syntax::ast::{AstNode, Instruction, KeyValue, Word};
use dfopt_syntax::{Parse, TextRange};

use super::memo::Facts;
use super::scope::Scope;
use super::stage::is_valid_name;
use super::{
    Base, Model, Options, Reference, ReferenceKind, ReferenceTarget, Role, Shell, Stage, StageName, Step, Value,
    Variable, VariableKind,
};
use crate::expand::{Syntax, Text, UnknownEnvironment, expand};
use crate::image_ref::ImageRef;

pub(super) fn build<'a>(text: &'a str, parse: &'a Parse, options: Options<'a>) -> Model<'a> {
    let file = parse.file();
    let mut builder =
        Builder { escape: file.escape(), options, steps: Vec::new(), stages: Vec::new(), state: State::at_root() };
    for ast in file.instructions() {
        builder.instruction(ast);
    }
    let Builder { escape, steps, mut stages, .. } = builder;
    if let Some(stage) = stages.last_mut() {
        stage.steps.end = steps.len();
    }
    let references = references(&steps, &stages, escape);
    roles(&mut stages, &steps, &references, &options);
    let facts = Facts::new(steps.len(), stages.len());
    Model { text, parse, file, escape, options, steps, stages, references, facts, lines: OnceCell::new() }
}

/// What instructions change for those behind them.
#[derive(Clone)]
struct State {
    workdir: Text,
    workdir_set_by: Option<usize>,
    user: Option<Text>,
    shell: Shell,
}

impl State {
    fn at_root() -> Self {
        State { workdir: Text::from_known("/"), workdir_set_by: None, user: None, shell: Shell::linux() }
    }

    /// What holds in an image of which the file says nothing.
    fn of_image(image: Option<&ImageRef>, options: &Options<'_>) -> Self {
        let facts = image.and_then(|image| crate::base::BaseFacts::lookup(image, options.bases));
        let windows = facts.as_ref().is_some_and(crate::base::Facts::is_windows);
        let workdir = facts.as_ref().and_then(|facts| facts.workdir()).map_or_else(Text::unknown, Text::from_known);
        let shell = if windows { Shell::windows() } else { Shell::linux() };
        State { workdir, workdir_set_by: None, user: None, shell }
    }
}

struct Builder<'a> {
    escape: char,
    options: Options<'a>,
    steps: Vec<Step>,
    stages: Vec<Stage>,
    state: State,
}

impl Builder<'_> {
    fn instruction(&mut self, ast: Instruction) {
        let index = self.steps.len();
        if let Instruction::From(from) = &ast {
            self.open_stage(from, index);
        }
        let stage = self.stages.len().checked_sub(1);
        let state = self.state.clone();
        self.steps.push(Step {
            index,
            stage,
            ast,
            variables: Vec::new(),
            workdir: state.workdir,
            workdir_set_by: state.workdir_set_by,
            user: state.user,
            shell: state.shell,
        });
        let variables = self.variables(index);
        if let Some(step) = self.steps.last_mut() {
            step.variables = variables;
        }
        self.apply(index);
    }

    fn open_stage(&mut self, from: &dfopt_syntax::ast::From, index: usize) {
        if let Some(stage) = self.stages.last_mut() {
            stage.steps.end = index;
        }
        let name = from.stage_name().map(|word| {
            let name = word.raw().to_lowercase();
            StageName { is_valid: is_valid_name(&name), name, range: word.range() }
        });
        let base_text = from.image().and_then(|image| self.global_text(&image, index));
        let base = self.base(base_text.as_deref());
        self.state = match &base {
            Base::Stage(index) => self.state_triggered(*index),
            Base::Scratch => State::at_root(),
            Base::Image(image) => State::of_image(Some(image), &self.options),
            Base::Unknown => State::of_image(None, &self.options),
        };
        let number = self.stages.len();
        self.stages.push(Stage {
            index: number,
            name,
            base,
            base_text,
            steps: index..index + 1,
            is_target: false,
            role: Role::Unreachable,
        });
    }

    /// The text of a word of FROM, if all its variables are known.
    fn global_text(&self, word: &Word, index: usize) -> Option<String> {
        let end = self.stages.first().map_or(index, |stage| stage.steps.start);
        let scope = Scope::globals_of(&self.steps, &self.stages, self.options, end);
        let expansion = scope.expand(&word.raw(), self.escape);
        if expansion.errors.is_empty() { expansion.text.into_known() } else { None }
    }

    fn base(&self, text: Option<&str>) -> Base {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Base::Unknown };
        let named = |stage: &&Stage| stage.name.as_ref().is_some_and(|name| name.name == text);
        if let Some(stage) = self.stages.iter().rev().find(named) {
            return Base::Stage(stage.index);
        }
        if text == "scratch" {
            return Base::Scratch;
        }
        ImageRef::parse(text).map_or(Base::Unknown, Base::Image)
    }

    /// The state at the end of a stage that is complete.
    fn state_after(&self, index: usize) -> State {
        let end = self.stages.get(index).map_or(0, |stage| stage.steps.end);
        let Some(last) = end.checked_sub(1).and_then(|last| self.steps.get(last)) else { return State::at_root() };
        let mut state = State {
            workdir: last.workdir.clone(),
            workdir_set_by: last.workdir_set_by,
            user: last.user.clone(),
            shell: last.shell.clone(),
        };
        self.change(&mut state, last);
        state
    }

    /// The state at the start of a stage built on another: the triggers of that one are carried out.
    fn state_triggered(&self, index: usize) -> State {
        let mut state = self.state_after(index);
        let steps = self.stages.get(index).and_then(|stage| self.steps.get(stage.steps.clone()));
        for step in steps.unwrap_or_default() {
            if let Instruction::Onbuild(onbuild) = &step.ast
                && let Some(trigger) = onbuild.trigger()
            {
                self.change_by(&mut state, step, &trigger);
            }
        }
        state
    }

    fn apply(&mut self, index: usize) {
        let Some(step) = self.steps.get(index) else { return };
        let mut state = self.state.clone();
        self.change(&mut state, step);
        self.state = state;
    }

    /// What an instruction changes.
    fn change(&self, state: &mut State, step: &Step) {
        self.change_by(state, step, &step.ast);
    }

    /// What `ast`, the step's instruction or its trigger, changes.
    fn change_by(&self, state: &mut State, step: &Step, ast: &Instruction) {
        let scope = Scope::of_parts(&self.steps, &self.stages, self.options, step);
        match ast {
            Instruction::Workdir(_) => {
                let Some(word) = ast.words().next() else { return };
                let text = scope.expand(&word.raw(), self.escape).text;
                if !text.is_empty() {
                    state.workdir = join(&state.workdir, &text);
                    state.workdir_set_by = Some(step.index);
                }
            }
            Instruction::User(_) => {
                let Some(word) = ast.words().next() else { return };
                let text = scope.expand(&word.raw(), self.escape).text;
                state.user = Some(if text.is_empty() { Text::from_known("root") } else { text });
            }
            Instruction::Shell(_) => {
                if let Some(json) = ast.json() {
                    let argv = json.strings().map(|string| string.value()).collect();
                    state.shell = Shell { argv, set_by: Some(step.index) };
                }
            }
            _ => {}
        }
    }

    /// The variables that the instruction at `index` makes.
    fn variables(&self, index: usize) -> Vec<Variable> {
        let Some(step) = self.steps.get(index) else { return Vec::new() };
        match &step.ast {
            Instruction::Env(_) => step.ast.pairs().filter_map(|pair| self.env(step, &pair)).collect(),
            Instruction::Arg(_) => {
                let mut made: Vec<Variable> = Vec::new();
                for pair in step.ast.pairs() {
                    made.extend(self.arg(step, &pair, &made));
                }
                made
            }
            _ => Vec::new(),
        }
    }

    fn env(&self, step: &Step, pair: &KeyValue) -> Option<Variable> {
        let scope = Scope::of_parts(&self.steps, &self.stages, self.options, step);
        let word = pair.name()?;
        let name = scope.expand(&word.raw(), self.escape).text.into_known()?;
        let value = pair.value().map_or(Text::default(), |value| scope.expand(&value.raw(), self.escape).text);
        let value = value.into_known().map_or(Value::Unknown, Value::Known);
        Some(Variable { name, kind: VariableKind::Env, value, name_range: word.range(), range: pair.range() })
    }

    fn arg(&self, step: &Step, pair: &KeyValue, made: &[Variable]) -> Option<Variable> {
        let word = pair.name()?;
        let name = word.raw();
        let scope = Scope::of_parts(&self.steps, &self.stages, self.options, step);
        let value = if let Some(given) = scope.build_arg(&name) {
            Value::Known(given.to_owned())
        } else if pair.has_equals() {
            let raw = pair.value().map(|value| value.raw()).unwrap_or_default();
            let seen = WithEarlier { made, scope };
            let text = expand(&raw, Syntax::word(self.escape), &seen).text;
            text.into_known().map_or(Value::Unknown, Value::Known)
        } else if step.stage.is_some() {
            scope.global_value(&name).unwrap_or(Value::Unset)
        } else {
            Value::Unset
        };
        Some(Variable { name, kind: VariableKind::Arg, value, name_range: word.range(), range: pair.range() })
    }
}

/// A scope with the variables that the same ARG made before.
struct WithEarlier<'v, 'm, 'a> {
    made: &'v [Variable],
    scope: Scope<'m, 'a>,
}

impl crate::expand::Environment for WithEarlier<'_, '_, '_> {
    fn lookup(&self, name: &str) -> crate::expand::Lookup<'_> {
        match self.made.iter().rev().find(|variable| variable.name == name).map(|variable| &variable.value) {
            Some(Value::Known(value)) => crate::expand::Lookup::Set(value.as_str().into()),
            Some(Value::Unknown) => crate::expand::Lookup::Unknown,
            _ => self.scope.lookup(name),
        }
    }
}

/// The directory that WORKDIR leads to.
fn join(current: &Text, to: &Text) -> Text {
    if to.prefix().starts_with('/') {
        return to.clone();
    }
    match (current.known(), to.known()) {
        (Some(current), Some(to)) => Text::from_known(clean(&format!("{current}/{to}"))),
        _ => Text::unknown(),
    }
}

/// An absolute path without empty, `.` and `..` parts.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// All places that name a stage or an image.
fn references(steps: &[Step], stages: &[Stage], escape: char) -> Vec<Reference> {
    let mut found = Vec::new();
    for step in steps {
        let Some(stage) = step.stage.and_then(|index| stages.get(index)) else { continue };
        match &step.ast {
            Instruction::From(from) => {
                let Some(image) = from.image() else { continue };
                let target = match &stage.base {
                    Base::Stage(index) => ReferenceTarget::Stage(*index),
                    Base::Scratch => ReferenceTarget::Scratch,
                    Base::Image(image) => ReferenceTarget::Image(image.clone()),
                    Base::Unknown => ReferenceTarget::Unknown,
                };
                let name = stage.base_text.clone().unwrap_or_else(|| image.raw());
                found.push(Reference {
                    kind: ReferenceKind::From,
                    step: step.index,
                    range: image.range(),
                    name,
                    is_number: false,
                    target,
                });
            }
            _ => found.extend(of_flags(&step.ast, step.index, stage, stages, escape)),
        }
        if let Instruction::Onbuild(onbuild) = &step.ast
            && let Some(trigger) = onbuild.trigger()
        {
            found.extend(of_flags(&trigger, step.index, stage, stages, escape).into_iter().map(|mut reference| {
                // The names are those of the file that builds on this image.
                reference.target = ReferenceTarget::Unknown;
                reference
            }));
        }
    }
    found
}

fn of_flags(ast: &Instruction, step: usize, stage: &Stage, stages: &[Stage], escape: char) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut push = |kind, name: String, range: TextRange| {
        if name.is_empty() {
            return;
        }
        let is_number = name.bytes().all(|b| b.is_ascii_digit());
        let target = resolve(kind, &name, stage, stages);
        found.push(Reference { kind, step, range, name, is_number, target });
    };
    if let Instruction::Copy(_) = ast {
        for flag in ast.flags().filter(|flag| flag.name().as_deref() == Some("from")) {
            if let Some(node) = flag.value_node() {
                push(ReferenceKind::Copy, flag.value(escape), node.text_range());
            }
        }
    }
    if let Instruction::Run(_) = ast {
        for flag in ast.flags().filter(|flag| flag.name().as_deref() == Some("mount")) {
            for field in flag.fields().filter(|field| field.key().is_some_and(|key| key.eq_ignore_ascii_case("from"))) {
                if let (Some(name), Some(range)) = (field.value(escape), field.value_range()) {
                    push(ReferenceKind::Mount, name, range);
                }
            }
        }
    }
    found
}

fn resolve(kind: ReferenceKind, name: &str, stage: &Stage, stages: &[Stage]) -> ReferenceTarget {
    if name.contains('$') {
        let known = expand(name, Syntax::default(), &UnknownEnvironment).text.into_known();
        if known.is_none() {
            return ReferenceTarget::Unknown;
        }
    }
    let of_index = |index: usize| match index.cmp(&stage.index) {
        std::cmp::Ordering::Less => ReferenceTarget::Stage(index),
        std::cmp::Ordering::Equal => ReferenceTarget::Itself,
        std::cmp::Ordering::Greater => ReferenceTarget::Later(index),
    };
    if kind == ReferenceKind::Copy
        && let Ok(index) = name.parse::<usize>()
    {
        return if index < stages.len() { of_index(index) } else { ReferenceTarget::NoSuchStage };
    }
    let lower = name.to_lowercase();
    let named = |stage: &&Stage| stage.name.as_ref().is_some_and(|name| name.name == lower);
    if let Some(found) = stages.iter().rev().find(named) {
        return of_index(found.index);
    }
    if name == "scratch" {
        return ReferenceTarget::Scratch;
    }
    ImageRef::parse(name).map_or(ReferenceTarget::Unknown, ReferenceTarget::Image)
}

/// Marks the target and what it reaches.
fn roles(stages: &mut [Stage], steps: &[Step], references: &[Reference], options: &Options<'_>) {
    let by_name = |stages: &[Stage], name: &str| {
        let lower = name.to_lowercase();
        let named = |stage: &&Stage| stage.name.as_ref().is_some_and(|name| name.name == lower);
        stages.iter().rev().find(named).map(|stage| stage.index)
    };
    let target = match options.target {
        Some(name) => by_name(stages, name),
        None => stages.len().checked_sub(1),
    };
    let mut targets: Vec<usize> = target.into_iter().collect();
    targets.extend(options.other_targets.iter().filter_map(|name| by_name(stages, name)));
    if let Some(stage) = target.and_then(|target| stages.get_mut(target)) {
        stage.is_target = true;
    }
    let mut fed = Vec::new();
    while let Some(index) = targets.pop() {
        let mut at = Some(index);
        while let Some(stage) = at.and_then(|at| stages.get_mut(at)) {
            if stage.role == Role::Shipped {
                break;
            }
            stage.role = Role::Shipped;
            fed.push(stage.index);
            at = match stage.base {
                Base::Stage(index) => Some(index),
                _ => None,
            };
        }
    }
    while let Some(index) = fed.pop() {
        for reference in
            references.iter().filter(|reference| steps.get(reference.step).is_some_and(|s| s.stage == Some(index)))
        {
            if let ReferenceTarget::Stage(to) = reference.target
                && let Some(stage) = stages.get_mut(to).filter(|stage| stage.role == Role::Unreachable)
            {
                stage.role = Role::Feeder;
                fed.push(to);
            }
        }
    }
}
