//! What ships with a program though only its build needs it: the questions that rules about size share.

use std::ops::Range;

use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{TextRange, TextSize};

use super::{Model, Product, RunCommand, ScriptSource, Stage, Step, Use};
use crate::command::Connector;
use crate::effects::caches::Cache;

/// A stage that somebody builds to run a program.
#[derive(Clone, Debug)]
pub struct Shipment<'m> {
    /// The stage.
    pub stage: &'m Stage,
    /// What a container starts.
    pub run: &'m RunCommand,
    /// What its build commands make.
    pub products: &'m [Product],
}

impl Shipment<'_> {
    /// The product that a container starts, and how.
    #[must_use]
    pub fn started(&self, model: &Model<'_>) -> Option<(&Product, Use)> {
        model.started_product(self.stage, self.run, self.products)
    }
}

/// A cache that a RUN leaves in the image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftCache {
    /// The cache.
    pub cache: Cache,
    /// The last command that fills it.
    pub filled: Range<u32>,
    /// A command of a later RUN that empties it, too late.
    pub emptied_later: Option<Range<u32>>,
}

impl Model<'_> {
    /// The stages that are built to run a program which needs no build tools: not for development, not to be worked in.
    #[must_use]
    pub fn shipments(&self) -> Vec<Shipment<'_>> {
        let built = self
            .stages()
            .iter()
            .filter(|stage| self.is_built(stage) && !stage.is_for_development() && !is_for_building(stage));
        let shipments = built.filter_map(|stage| {
            let run = self.run_command(stage).filter(|run| !run.is_interactive() && !run.needs_toolchain())?;
            Some(Shipment { stage, run, products: self.products(stage) })
        });
        shipments.collect()
    }

    /// The instructions of a stage and of those below it, in the order in which they are carried out.
    #[must_use]
    pub fn layers<'m>(&'m self, stage: &'m Stage) -> Vec<&'m Step> {
        let mut stages: Vec<&Stage> = self.chain(stage).take(self.stages().len()).collect();
        stages.reverse();
        stages.into_iter().flat_map(|stage| self.stage_steps(stage)).collect()
    }

    /// The first of `caches` that a RUN leaves in the image.
    #[must_use]
    pub fn left_cache(&self, step: &Step, caches: &[Cache]) -> Option<LeftCache> {
        let uses = self.cache_uses(step);
        let left = uses.iter().find(|found| caches.contains(&found.cache) && !found.clean_at_end)?;
        let filled = left.filled.last()?.clone();
        let stage = self.stage_of(step)?;
        let later = self.stage_steps(stage).iter().filter(|other| other.index > step.index);
        let mut later = later.filter(|other| matches!(other.ast, Instruction::Run(_)));
        let emptied_later = later.find_map(|other| {
            let uses = self.cache_uses(other);
            uses.iter().find(|found| found.cache == left.cache).and_then(|found| found.emptied.last().cloned())
        });
        Some(LeftCache { cache: left.cache, filled, emptied_later })
    }

    /// Where and how a command can be added to the end of a RUN so that it runs when all before it went well; `None` where
    /// that takes more than an insertion.
    #[must_use]
    pub fn appended(&self, step: &Step, command: &str) -> Option<(TextSize, String)> {
        let script =
            self.script(step).filter(|script| script.source == ScriptSource::Text && script.script.complete)?;
        let is_chain = script
            .script
            .invocations
            .iter()
            .all(|one| matches!(one.connector_before, Connector::Start | Connector::And | Connector::Pipe));
        let end = script.script.invocations.iter().map(|one| one.range().end).max()?;
        let range = step.ast.syntax().text_range();
        if !is_chain || step.ast.heredocs().next().is_some() {
            return None;
        }
        let rest = self.text_at(TextRange::new(end.into(), range.end().max(end.into())));
        let is_end = rest.chars().all(|c| c.is_whitespace() || c == self.escape());
        let text = self.text_at(TextRange::new(range.start(), end.into()));
        let joint = match text.rsplit_once('\n') {
            Some((_, last)) if is_end => {
                let indent: String = last.chars().take_while(|c| c.is_whitespace()).collect();
                let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
                format!(" {}{line_end}{indent}&& {command}", self.escape())
            }
            None if is_end => format!(" && {command}"),
            _ => return None,
        };
        Some((end.into(), joint))
    }
}

/// Whether the name says that the stage is there to build in.
fn is_for_building(stage: &Stage) -> bool {
    let name = stage.name.as_ref().map(|name| &*name.name);
    name.is_some_and(|name| {
        name.split(['-', '_', '.']).any(|part| matches!(part, "build" | "builder" | "builds" | "compile" | "compiler"))
    })
}

/// A rough size in words: `about 840 MB`.
#[must_use]
pub fn rough_size(megabytes: u32) -> String {
    match megabytes {
        0..1000 => format!("about {megabytes} MB"),
        _ => format!("about {}.{} GB", megabytes / 1000, megabytes % 1000 / 100),
    }
}

/// Megabytes as bytes.
#[must_use]
pub fn bytes(megabytes: u32) -> u64 {
    u64::from(megabytes) * 1_000_000
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    #[test]
    fn what_is_built_to_run() {
        for (text, want) in [
            ("FROM golang\nCMD [\"./app\"]\n", 1),
            ("FROM golang\n", 0),
            ("FROM golang\nCMD [\"bash\"]\n", 0),
            ("FROM golang\nCMD go run .\n", 0),
            ("FROM golang AS dev\nCMD [\"./app\"]\n", 0),
            ("FROM golang AS builder\nCMD [\"./app\"]\n", 0),
            ("FROM nginx\n", 1),
        ] {
            let parse = dfopt_syntax::parse(text);
            let model = Model::new(text, &parse, Options::default());
            assert_eq!(model.shipments().len(), want, "{text}");
        }
    }

    #[test]
    fn commands_are_appended() {
        for (run, want) in [
            ("RUN a && b\n", Some("RUN a && b && c\n")),
            ("RUN a \\\n  && b\nCMD x\n", Some("RUN a \\\n  && b \\\n  && c\nCMD x\n")),
            ("RUN a; b\n", None),
            ("RUN a || b\n", None),
            ("RUN a && (b)\n", None),
            ("RUN <<E\na\nE\n", None),
        ] {
            let text = format!("FROM x\n{run}");
            let parse = dfopt_syntax::parse(&text);
            let model = Model::new(&text, &parse, Options::default());
            let after = model.appended(&model.steps()[1], "c").map(|(at, joint)| {
                let mut text = text.clone();
                text.insert_str(usize::from(at), &joint);
                text
            });
            assert_eq!(after, want.map(|want| format!("FROM x\n{want}")), "{run}");
        }
    }

    #[test]
    fn sizes_in_words() {
        assert_eq!(rough_size(840), "about 840 MB");
        assert_eq!(rough_size(1950), "about 1.9 GB");
    }
}
