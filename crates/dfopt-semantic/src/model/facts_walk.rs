//! The commands of an instruction with what is known where each of them stands: directory, user, variables.

use dfopt_syntax::ast::Instruction;

use super::{Model, ShellScript, Step};
use crate::command::{InlineScript, Script};
use crate::effects::caches::{CacheUse, cache_uses};
use crate::effects::{self, Env, Footprint, PathPattern, is_below};
use crate::mount::{Mount, MountKind, parse_mount};

use super::{FlagText, Value};

impl Model<'_> {
    /// What is known where the commands of an instruction start. Where nothing is known of the user it is root, as in most
    /// images.
    #[must_use]
    pub fn environment(&self, step: &Step) -> &Env<'static> {
        self.facts.environments.get(step.index, || self.find_environment(step))
    }

    fn find_environment(&self, step: &Step) -> Env<'static> {
        let facts = self.stage_of(step).and_then(|stage| self.base_facts(stage));
        let user = match &step.user {
            Some(user) => user.known().map(|user| user.split(':').next().unwrap_or_default().to_owned()),
            None => Some(facts.as_ref().and_then(|facts| facts.user()).unwrap_or("root").to_owned()),
        };
        let mut env =
            Env { workdir: step.workdir.known().map(Into::into), user: user.map(Into::into), ..Env::default() };
        let mut seen = Vec::new();
        for (variable, _) in self.scope(step).variables() {
            if seen.contains(&&*variable.name) {
                continue;
            }
            match &variable.value {
                Value::Known(value) => {
                    env.variables.insert(variable.name.as_str().into(), value.as_str().into());
                }
                Value::Unset => continue,
                Value::Unknown => {}
            }
            seen.push(&variable.name);
        }
        for fact in facts.iter().flat_map(|facts| facts.env) {
            if let Some(value) = fact.value.filter(|_| !seen.contains(&fact.name)) {
                env.variables.insert(fact.name.into(), value.into());
            }
        }
        env
    }

    /// Runs `ask` with the script of an instruction and what is known where it starts; scripts inside words can be read.
    pub fn with_script<T>(&self, step: &Step, ask: impl FnOnce(&Script, &Env<'_>) -> T) -> Option<T> {
        let script = self.script(step)?;
        let read = |inline: &InlineScript<'_>| script.inside(inline).cloned();
        let env = Env { inline: Some(&read), ..self.environment(step).clone() };
        Some(ask(&script.script, &env))
    }

    /// Visits the commands of an instruction in order, those of scripts inside words too.
    pub fn walk(&self, step: &Step, visit: &mut dyn FnMut(&effects::Step<'_, '_>)) {
        self.with_script(step, |script, env| effects::walk(script, env, visit));
    }

    /// What a RUN does to the caches of package managers, but for those that a mount keeps out of the image.
    #[must_use]
    pub fn cache_uses(&self, step: &Step) -> &[CacheUse] {
        self.facts.cache_uses.get(step.index, || self.find_cache_uses(step))
    }

    fn find_cache_uses(&self, step: &Step) -> Vec<CacheUse> {
        let mounts = self.mount_points(step);
        self.with_script(step, |script, env| {
            let lookup = |name: &str| env.variables.get(name).map(|value| value.to_string());
            let home = env.variables.get("HOME").map(|home| home.to_string()).or_else(|| {
                let user = env.user.as_deref()?;
                Some(if matches!(user, "root" | "0") { "/root".to_owned() } else { format!("/home/{user}") })
            });
            let mut uses = cache_uses(script, env);
            uses.retain(|found| {
                let directories = found.cache.directories(home.as_deref(), &lookup);
                !directories.iter().any(|directory| mounts.iter().any(|mount| is_below(directory, mount)))
            });
            uses
        })
        .unwrap_or_default()
    }

    /// The mounts of a RUN.
    #[must_use]
    pub fn mounts(&self, step: &Step) -> &[Mount] {
        self.facts.mounts.get(step.index, || self.find_mounts(step))
    }

    fn find_mounts(&self, step: &Step) -> Vec<Mount> {
        let scope = self.scope(step);
        let trigger = match &step.ast {
            Instruction::Onbuild(onbuild) => onbuild.trigger(),
            _ => None,
        };
        let flags =
            trigger.as_ref().unwrap_or(&step.ast).flags().filter(|flag| flag.name().as_deref() == Some("mount"));
        let texts = flags.map(|flag| FlagText::of(&flag, self.escape()).value);
        texts
            .map(|text| {
                parse_mount(&text, &|value| {
                    let expansion = scope.expand(value, self.escape());
                    expansion.text.into_known().filter(|_| expansion.errors.is_empty())
                })
            })
            .collect()
    }

    /// The directories of a RUN whose content is in no layer: caches, bind mounts and memory.
    #[must_use]
    pub fn mount_points(&self, step: &Step) -> Vec<String> {
        let workdir = step.workdir.known().unwrap_or("/");
        let covers = |mount: &Mount| {
            matches!(mount.effective_kind(), Some(MountKind::Cache | MountKind::Tmpfs | MountKind::Bind))
        };
        self.mounts(step).iter().filter(|mount| covers(mount)).filter_map(|mount| mount.mounted_at(workdir)).collect()
    }

    /// Whether a path that a RUN writes is in no layer, because a mount covers it.
    #[must_use]
    pub fn is_mounted(&self, step: &Step, path: &PathPattern) -> bool {
        self.mount_points(step).iter().any(|mount| path.is_below(mount))
    }

    /// What a RUN reads from outside itself.
    #[must_use]
    pub fn reads(&self, step: &Step) -> &Footprint {
        self.facts.reads.get(step.index, || {
            self.with_script(step, |script, env| effects::effects_of(script, env).reads)
                .unwrap_or_else(Footprint::everything)
        })
    }
}

impl ShellScript {
    /// The script that stands inside a word of this one or of those inside it.
    #[must_use]
    pub fn inside(&self, inline: &InlineScript<'_>) -> Option<&Script> {
        self.inner.iter().find_map(|(at, inner)| {
            let invocation = self.script.invocations.get(*at)?;
            let is_here = invocation.words.iter().any(|word| word.range == inline.word.range);
            if is_here { Some(&inner.script) } else { inner.inside(inline) }
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::effects::caches::Cache;
    use crate::model::Options;

    fn left(text: &str) -> Vec<Cache> {
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let uses = model.cache_uses(model.steps().last().unwrap());
        uses.iter().filter(|found| !found.clean_at_end).map(|found| found.cache).collect()
    }

    #[test]
    fn caches_know_mounts_users_and_variables() {
        assert_eq!(left("FROM python:3.12\nRUN pip install x\n"), [Cache::Pip]);
        assert_eq!(left("FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install x\n"), []);
        assert_eq!(left("FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache pip install x\n"), []);
        assert_eq!(
            left("FROM python:3.12\nUSER app\nRUN --mount=type=cache,target=/home/app/.cache/pip pip install x\n"),
            []
        );
        assert_eq!(left("FROM unknown/x\nRUN pip install x && rm -rf ~/.cache/pip\n"), []);
        assert_eq!(left("FROM python:3.12\nRUN sh -c 'pip install x'\n"), [Cache::Pip]);
        assert_eq!(left("FROM python:3.12\nRUN pip install x && bash -c 'rm -rf /root/.cache'\n"), []);
    }
}
