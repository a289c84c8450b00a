//! What hadolint takes for the version of an rpm package; it looks for variables of the file in it.

use std::collections::HashMap;

use dfopt_semantic::command::{Invocation, Word};
use dfopt_semantic::model::Model;
use dfopt_syntax::ast::Instruction;

use super::packages::Installer;
use super::{Triggers, commands, has_arg, text};

/// The first package of each RUN that has no version.
pub(crate) fn unpinned<'m>(model: &'m Model<'_>, installer: &Installer, no_package: &[&str]) -> Vec<&'m Word> {
    let mut found = Vec::new();
    let mut names = Names::default();
    for step in model.steps() {
        names.note(&step.ast);
        let is_trigger = matches!(step.ast, Instruction::Onbuild(_));
        let open = |invocation: &'m Invocation| {
            let is_module = has_arg(invocation, &["module"]);
            if !is_module && has_arg(invocation, no_package) {
                return None;
            }
            let words = installer.packages(invocation).into_iter().filter(|word| text(word) != "module");
            let is_pinned = |word: &Word| match is_module {
                true => text(word).contains(':'),
                false => names.pin(text(word), is_trigger),
            };
            words.into_iter().find(|word| !is_pinned(word))
        };
        found.extend(commands(model, step, Triggers::Read).iter().find_map(open));
    }
    found
}

/// Names of variables as far as the file has been read.
#[derive(Default)]
struct Names {
    env: Vec<String>,
    args: Vec<String>,
    /// The variables of stages, by the name behind AS.
    stages: HashMap<String, Vec<String>>,
    stage: Option<String>,
    /// Those behind ONBUILD.
    triggers: Vec<String>,
}

impl Names {
    fn note(&mut self, ast: &Instruction) {
        let names = |ast: &Instruction| {
            let words: Vec<_> = ast.pairs().filter_map(|pair| pair.name()).map(|name| name.raw()).collect();
            words
        };
        match ast {
            Instruction::From(from) => {
                if let Some(stage) = self.stage.take() {
                    self.stages.insert(stage, std::mem::take(&mut self.env));
                }
                let image = from.image().map(|image| image.raw()).unwrap_or_default();
                let image = image.split([':', '@']).next().unwrap_or_default();
                self.env = self.stages.get(image).cloned().unwrap_or_default();
                self.stage = from.stage_name().map(|name| name.raw());
            }
            Instruction::Env(_) => self.env.extend(names(ast)),
            Instruction::Arg(_) => self.args.extend(names(ast)),
            Instruction::Onbuild(onbuild) => {
                let trigger = onbuild.trigger();
                self.triggers.extend(trigger.iter().flat_map(names));
            }
            _ => {}
        }
    }

    fn pin(&self, package: &str, is_trigger: bool) -> bool {
        let mut parts = package.split('-');
        parts.next();
        let parts: Vec<&str> = parts.collect();
        if parts.is_empty() {
            return false;
        }
        if package.ends_with(".rpm") {
            return true;
        }
        if package.contains('$') {
            let uses = |name: &String| package.contains(&format!("${{{name}}}"));
            return match is_trigger {
                true => self.triggers.iter().any(uses),
                false => self.env.iter().chain(&self.args).any(uses),
            };
        }
        let is_version = |c: char| c.is_alphanumeric() || matches!(c, '.' | '~' | '^' | '_' | ':' | '+');
        parts.iter().all(|part| part.chars().all(is_version))
            && parts.iter().any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
    }
}
