//! What each instruction reads and writes: those of its commands, of what it copies, and of the settings it makes.

use std::collections::BTreeMap;

use dfopt_syntax::ast::Instruction;

use super::{Model, ShellScript, Step, Value};
use crate::context::{clean, has_wildcards, join_clean};
use crate::effects::{Effects, Env, Resource, effects_of};

/// Where the paths of the build context stand among resources: no image path can begin so.
pub const CONTEXT_ROOT: &str = "/\u{0}context";

impl Model<'_> {
    /// What an instruction reads and writes. Paths of the build context lie below [`CONTEXT_ROOT`].
    #[must_use]
    pub fn effects(&self, step: &Step) -> Effects {
        let mut effects = Effects::none();
        match &step.ast {
            Instruction::From(_) => effects.writes.add_everything(),
            Instruction::Run(_) => return self.run_effects(step),
            Instruction::Copy(_) | Instruction::Add(_) => self.copy_effects(step, &mut effects),
            Instruction::Env(_) | Instruction::Arg(_) => {
                for variable in &step.variables {
                    effects.writes.add(Resource::variable(&variable.name));
                }
                self.variables_read(step, &mut effects);
            }
            Instruction::Workdir(_) => {
                self.setting(step, "WorkingDir", &mut effects);
                match step.argument(self).and_then(|text| Some(join_clean(step.workdir.known()?, text.known()?))) {
                    Some(path) => effects.writes.add(Resource::path(&path)),
                    None => effects.writes.add_at_most(Resource::any_path()),
                }
            }
            Instruction::User(_) => {
                self.setting(step, "User", &mut effects);
                let name = step.argument(self).and_then(|text| text.into_known());
                let name = name.as_deref().map_or("*", |name| name.split(':').next().unwrap_or(name));
                effects.reads.add_at_most(Resource::User(name.into()));
            }
            Instruction::Shell(_) => self.setting(step, "Shell", &mut effects),
            Instruction::Cmd(_) => self.setting(step, "Cmd", &mut effects),
            Instruction::Entrypoint(_) => self.setting(step, "Entrypoint", &mut effects),
            Instruction::Healthcheck(_) => self.setting(step, "Healthcheck", &mut effects),
            Instruction::Expose(_) => self.setting(step, "ExposedPorts", &mut effects),
            Instruction::Volume(_) => self.setting(step, "Volumes", &mut effects),
            Instruction::Label(_) => self.setting(step, "Labels", &mut effects),
            Instruction::Stopsignal(_) => self.setting(step, "StopSignal", &mut effects),
            Instruction::Maintainer(_) => self.setting(step, "Author", &mut effects),
            Instruction::Onbuild(_) => self.setting(step, "OnBuild", &mut effects),
        }
        effects
    }

    fn setting(&self, step: &Step, name: &str, effects: &mut Effects) {
        effects.writes.add(Resource::ImageSetting(name.into()));
        self.variables_read(step, effects);
    }

    /// The variables that the builder expands in the instruction.
    fn variables_read(&self, step: &Step, effects: &mut Effects) {
        use dfopt_syntax::ast::{AstNode, Variable};
        for variable in step.ast.syntax().descendants().filter_map(Variable::cast) {
            if let Some(name) = variable.name() {
                effects.reads.add(Resource::variable(name.text()));
            }
        }
    }

    fn run_effects(&self, step: &Step) -> Effects {
        let Some(script) = self.script(step) else { return Effects::unknown() };
        // What a mount brings in is read, and what is written there is not in the image: too much is assumed of both.
        if step.ast.flag("mount").is_some() {
            let mut effects = self.script_effects(step, script);
            effects.reads.add_at_most(Resource::any_path());
            return effects;
        }
        self.script_effects(step, script)
    }

    fn script_effects(&self, step: &Step, script: &ShellScript) -> Effects {
        let mut variables: BTreeMap<Box<str>, Box<str>> = BTreeMap::new();
        for (variable, _) in self.scope(step).variables() {
            if let Value::Known(value) = &variable.value {
                variables.entry(variable.name.as_str().into()).or_insert_with(|| value.as_str().into());
            }
        }
        let user = match &step.user {
            Some(user) => user.known().map(Into::into),
            None => Some("root".into()),
        };
        let inner = |called: &crate::command::InlineScript<'_>| {
            let place = &called.word.range;
            let found = script.inner.iter().map(|(at, inner)| (script.script.invocations.get(*at), inner));
            let of_word = found
                .into_iter()
                .find(|(outer, _)| outer.is_some_and(|outer| outer.words.iter().any(|word| word.range == *place)));
            of_word.map(|(_, inner)| inner.script.clone())
        };
        let env = Env { workdir: step.workdir.known().map(Into::into), user, variables, inline: Some(&inner) };
        effects_of(&script.script, &env)
    }

    fn copy_effects(&self, step: &Step, effects: &mut Effects) {
        self.variables_read(step, effects);
        let Some(copied) = step.copied(self) else { return *effects = Effects::unknown() };
        for source in copied.sources.iter().filter(|source| !source.is_heredoc) {
            match source.text.known() {
                Some(url) if url.contains("://") || url.starts_with("git@") => effects.reads.add(Resource::Network),
                Some(_) if copied.from.is_some() => {}
                Some(path) => {
                    let path = clean(path);
                    let path = path.trim_start_matches('/');
                    let inside = match path {
                        "" | "." => format!("{CONTEXT_ROOT}/**"),
                        path if has_wildcards(path) => format!("{CONTEXT_ROOT}/{path}/**"),
                        path => format!("{CONTEXT_ROOT}/{path}/**"),
                    };
                    effects.reads.add(Resource::path(&inside));
                }
                None => effects.reads.add_at_most(Resource::path(&format!("{CONTEXT_ROOT}/**"))),
            }
        }
        let destination = copied.destination.as_ref().and_then(|destination| destination.text.known());
        match (destination, step.workdir.known()) {
            (Some(destination), _) if destination.starts_with('/') => {
                effects.writes.add_at_most(Resource::path(&format!("{}/**", clean(destination).trim_end_matches('/'))));
            }
            (Some(destination), Some(workdir)) => {
                let path = join_clean(workdir, destination);
                effects.writes.add_at_most(Resource::path(&format!("{}/**", path.trim_end_matches('/'))));
            }
            _ => effects.writes.add_at_most(Resource::any_path()),
        }
    }
}
