//! Dependencies that only working on a program takes, and that an instruction installs.

use std::ops::Range;

use dfopt_syntax::ast::Instruction;

use super::{Model, Step, Value};
use crate::command::ecosystems::{self, Ecosystem};
use crate::command::node::{NodeTool, NodeVerb};
use crate::command::tools::{Action, Tool};
use crate::command::{Development, Understood};
use crate::effects::Meant;
use crate::expand::{Environment, Lookup};

/// An installation of dependencies, or what takes some of them away again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DevelopmentInstall {
    /// The instruction.
    pub step: usize,
    /// The language.
    pub ecosystem: Ecosystem,
    /// The name and the verb of the command.
    pub command: Range<u32>,
    /// The word that says that dependencies for development are meant, where one does.
    pub word: Option<Range<u32>>,
    /// Whether dependencies for development are there afterwards.
    pub is_included: bool,
    /// The switch that leaves them out, to be added behind the verb.
    pub switch: Option<&'static str>,
    /// The directory it works in.
    pub directory: Option<String>,
}

impl Model<'_> {
    /// The installations of a chain of instructions after which dependencies for development are there: the last of each
    /// language, and those that ask for them by name.
    #[must_use]
    pub fn development_installs(&self, layers: &[&Step]) -> Vec<DevelopmentInstall> {
        let mut all: Vec<DevelopmentInstall> = Vec::new();
        let mut is_off = false;
        for step in layers.iter().filter(|step| matches!(step.ast, Instruction::Run(_)) && !self.has_error(step)) {
            self.walk(step, &mut |at| {
                let Some(Meant { command, understood }) = at.meant else { return };
                if let Understood::Tool(run) = understood {
                    is_off |= run.turns_development_off();
                }
                let state = at.state.for_command(command);
                let lookup = |name: &str| match state.lookup(name) {
                    Some(value) => Value::Known(value),
                    None => match self.scope(step).lookup(name) {
                        Lookup::Unset => Value::Unset,
                        _ if self
                            .scope(step)
                            .variable(name)
                            .is_some_and(|(found, _)| found.value == Value::Unknown) =>
                        {
                            Value::Unknown
                        }
                        _ => Value::Unset,
                    },
                };
                let Some((verb, word, is_included, switch)) = judge(understood, &lookup, is_off) else { return };
                let Some(ecosystem) = ecosystems::of(understood) else { return };
                let start = command.range().start;
                all.push(DevelopmentInstall {
                    step: step.index,
                    ecosystem,
                    command: start..verb.end.max(start),
                    word,
                    is_included,
                    switch,
                    directory: state.directory().map(str::to_owned),
                });
            });
        }
        // A later installation in the same directory, or a clean-up, decides; what is asked for by name stays.
        let is_last = |at: usize, one: &DevelopmentInstall| {
            one.word.is_some()
                || !all[at + 1..].iter().any(|later| {
                    later.ecosystem == one.ecosystem && later.directory == one.directory && later.word.is_none()
                })
        };
        all.iter()
            .enumerate()
            .filter(|(at, one)| one.is_included && is_last(*at, one))
            .map(|(_, one)| one.clone())
            .collect()
    }
}

type Judged = (Range<u32>, Option<Range<u32>>, bool, Option<&'static str>);

/// What a command does to dependencies for development: the place of the verb, of a word that names them, whether they are
/// there afterwards, and the switch against them.
fn judge(understood: &Understood<'_>, lookup: &dyn Fn(&str) -> Value, is_off: bool) -> Option<Judged> {
    match understood {
        Understood::Node(node) => {
            let switch = match node.tool {
                NodeTool::Npm => "--omit=dev",
                NodeTool::Yarn | NodeTool::Bun => "--production",
                NodeTool::Pnpm => "--prod",
            };
            let is_install = matches!(node.verb, NodeVerb::Install | NodeVerb::CleanInstall | NodeVerb::Prune);
            is_install.then(|| (node.word.range.clone(), None, is_included(node.development, lookup), Some(switch)))
        }
        Understood::Pip(pip) if pip.installs() => {
            let files = pip.requirements.iter().map(|value| value.word);
            let named = files
                .chain(pip.packages.iter().copied())
                .chain(pip.editable.iter().map(|value| value.word))
                .find(|word| names_development(&word.static_prefix()));
            named.map(|word| (pip.word.range.clone(), Some(word.range.clone()), true, None))
        }
        Understood::Tool(run) => {
            let xdebug = run.arguments().iter().find(|word| word.static_prefix().starts_with("xdebug"));
            if let Some(word) =
                xdebug.filter(|_| matches!(run.tool, Tool::Pecl | Tool::PhpExtension) && run.action != Action::Query)
            {
                return Some((run.word.range.clone(), Some(word.range.clone()), true, None));
            }
            let switch = match run.tool {
                Tool::Composer | Tool::Uv => Some("--no-dev"),
                Tool::Poetry => Some("--only main"),
                Tool::Pdm => Some("--prod"),
                Tool::Shards => Some("--production"),
                Tool::Pipenv | Tool::Bundler | Tool::Mix => None,
                _ => return None,
            };
            let is_install = matches!(run.action, Action::InstallDependencies | Action::Fetch)
                && run.development != Development::None;
            // `uv add x`, `poetry add x` and the like name what they install.
            let is_whole =
                run.word.is_any(&["install", "sync", "update", "i", "deps.get", "ci"]) || run.tool == Tool::Bundler;
            let included = is_included(run.development, lookup) && !(is_off && run.tool == Tool::Bundler);
            (is_install && is_whole).then(|| (run.word.range.clone(), None, included, switch))
        }
        _ => None,
    }
}

fn is_included(development: Development, lookup: &dyn Fn(&str) -> Value) -> bool {
    match development {
        Development::Included => true,
        Development::Excluded | Development::None => false,
        Development::ByEnvironment(name) => match lookup(name) {
            // It may be anything, so nothing can be said.
            Value::Unknown => false,
            Value::Unset => true,
            Value::Known(value) => match name {
                "BUNDLE_WITHOUT" => !value.contains("development"),
                "NODE_ENV" => value != "production",
                "MIX_ENV" => value != "prod",
                _ => !matches!(value.as_str(), "1" | "true" | "yes" | "on"),
            },
        },
    }
}

/// `requirements-dev.txt`, `dev-requirements.txt`, `requirements/dev.txt`, `.[test]`
fn names_development(text: &str) -> bool {
    let part = |part: &str| matches!(part, "dev" | "develop" | "development" | "test" | "tests" | "testing" | "lint");
    if let Some((_, extras)) = text.split_once('[') {
        return extras.trim_end_matches(']').split(',').any(|extra| part(extra.trim()));
    }
    let is_file = text.ends_with(".txt") || text.ends_with(".in");
    let name: Vec<&str> = text.rsplit('/').take(2).collect();
    let is_requirements = name.iter().any(|name| name.contains("requirements"));
    let stem = name.first().and_then(|name| name.rsplit_once('.')).map_or("", |(stem, _)| stem);
    is_file && is_requirements && stem.split(['-', '_', '.']).any(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Options;

    fn included(text: &str) -> Vec<String> {
        let text = format!("FROM x\nWORKDIR /app\n{text}");
        let parse = dfopt_syntax::parse(&text);
        let model = Model::new(&text, &parse, Options::default());
        let layers: Vec<&Step> = model.steps().iter().collect();
        let found = model.development_installs(&layers);
        found.into_iter().map(|one| text[one.command.start as usize..one.command.end as usize].to_owned()).collect()
    }

    #[test]
    fn the_last_install_decides() {
        for (text, want) in [
            ("RUN npm ci\n", &["npm ci"][..]),
            ("RUN npm ci --omit=dev\n", &[]),
            ("ENV NODE_ENV=production\nRUN npm ci\n", &[]),
            ("ARG NODE_ENV\nENV NODE_ENV=$NODE_ENV\nRUN npm ci\n", &[]),
            ("RUN npm ci && npm run build && npm prune --production\n", &[]),
            ("RUN yarn && yarn build && yarn install --production\n", &[]),
            ("RUN npm ci --omit=dev && npm ci\n", &["npm ci"]),
            ("RUN npm install -g pm2\n", &[]),
            ("RUN composer install\n", &["composer install"]),
            ("RUN composer install --no-dev\n", &[]),
            ("RUN pip install -r requirements.txt -r requirements-dev.txt\n", &["pip install"]),
            ("RUN pip install -e '.[dev]'\n", &["pip install"]),
            ("RUN pip install -r requirements.txt\n", &[]),
            ("RUN poetry install\n", &["poetry install"]),
            ("RUN poetry install --only main\n", &[]),
            ("RUN bundle install\n", &["bundle install"]),
            ("RUN bundle config set --local without 'development test' && bundle install\n", &[]),
            ("ENV BUNDLE_WITHOUT=development:test\nRUN bundle install\n", &[]),
            ("RUN pecl install xdebug-3.3\n", &["pecl install"]),
            ("RUN pipenv install\n", &[]),
            ("RUN pipenv install --dev\n", &["pipenv install"]),
        ] {
            assert_eq!(included(text), want, "{text}");
        }
    }
}
