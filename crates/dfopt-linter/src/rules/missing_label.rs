//! `missing-label`

use dfopt_semantic::model::{Model, Stage};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels, peer};

declare_rule! {
    /// An image has not all labels of the schema.
    ///
    /// ## Why
    ///
    /// Labels that are agreed upon are what other tools find images by: who looks after them, where the sources are, under
    /// which licence they stand.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.source" = "url" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.title="app"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.title="app" \
    ///       org.opencontainers.image.source="https://example.com/app"
    /// ```
    "missing-label" {
        category: Category::Policy,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3049", "DF074"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for (label, _) in labels::SCHEMA.of(ctx) {
        let places = match ctx.dialect() {
            Dialect::Hadolint => missing_as_hadolint(model, label),
            _ => model
                .target()
                .filter(|stage| is_missing(model, stage, label))
                .map(|stage| place(model, stage))
                .into_iter()
                .collect(),
        };
        for place in places {
            ctx.report(place, format!("the label `{label}` is missing"));
        }
    }
}

/// Whether no stage of the chain sets it; a key that is not known may be it.
fn is_missing(model: &Model<'_>, stage: &Stage, label: &str) -> bool {
    let steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    let mut set = steps.flat_map(|step| labels::of_step(model, step, Dialect::Recommended));
    !set.any(|one| one.key.is_none_or(|key| key == label))
}

fn place(model: &Model<'_>, stage: &Stage) -> TextRange {
    let from = model.stage_steps(stage).first();
    let image = from.and_then(|step| match &step.ast {
        Instruction::From(from) => from.image().map(|image| image.range()),
        _ => None,
    });
    image.or(from.map(|step| step.keyword_range())).unwrap_or_default()
}

/// A stage that lacks the label so far, as hadolint keeps the books.
struct Lacking<'m> {
    alias: Option<String>,
    stage: &'m Stage,
}

/// hadolint goes by names as written: a label counts for every stage so far that has the name of the stage which sets it, and a stage
/// that another one copies from needs none.
fn missing_as_hadolint(model: &Model<'_>, label: &str) -> Vec<TextRange> {
    let mut lacking: Vec<Lacking<'_>> = Vec::new();
    let mut good: Vec<String> = Vec::new();
    for stage in model.stages() {
        let steps = model.stage_steps(stage);
        let Some(from) = steps.first().and_then(peer::from) else { continue };
        let name = from.alias.as_ref().unwrap_or(&from.image);
        let is_good = |good: &Vec<String>| good.contains(&from.image);
        if is_good(&good) {
            good.extend(from.alias.clone());
        } else {
            lacking.push(Lacking { alias: from.alias.clone(), stage });
        }
        for step in steps {
            if labels::of_step(model, step, Dialect::Hadolint).iter().any(|one| one.key.as_deref() == Some(label)) {
                lacking.retain(|one| one.stage.index != stage.index && one.alias.as_ref() != Some(name));
                good.extend(from.alias.clone());
            }
            if let Instruction::Copy(copy) = &step.ast
                && let Some(flag) = Instruction::Copy(copy.clone()).flag("from")
            {
                let copied = flag.raw_value().as_str().to_owned();
                lacking.retain(|one| one.alias.as_ref() != Some(&copied));
            }
        }
    }
    lacking.iter().map(|one| place(model, one.stage)).collect()
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::testing::{check_ok, check_with, diagnostics, only_with};
    use crate::{OptionValue, Settings};

    fn settings() -> Settings {
        only_with(&RULE, &[("schema", OptionValue::Table(vec![("b".into(), "text".into())]))])
    }

    #[test]
    fn the_target_needs_the_labels() {
        let check = |text: &str| check_with(&RULE, &settings(), Options::default(), text);
        check("FROM x AS build\nFROM y\n     ^ the label `b` is missing\nCOPY --from=build a b\n");
        check("FROM x AS base\nLABEL b=1\nFROM base\n");
        check("FROM x\nLABEL $KEY=1\n");
        check("FROM x\n     ^ the label `b` is missing\nONBUILD LABEL b=1\n");
        check_ok(&RULE, "FROM x\n");
    }

    #[test]
    fn hadolint_looks_at_every_stage() {
        let settings = settings().with_dialect(Dialect::Hadolint);
        let lines = |text: &str| {
            let found = diagnostics(&RULE, &settings, Options::default(), text);
            found.iter().map(|one| text[..usize::from(one.range.start())].matches('\n').count() + 1).collect::<Vec<_>>()
        };
        assert_eq!(lines("FROM x AS one\nFROM one AS two\nLABEL b=1\n"), [1]);
        assert_eq!(lines("FROM x AS one\nFROM one\nLABEL b=1\nFROM one\n"), [4]);
        assert_eq!(lines("FROM x AS one\nLABEL b=1\nFROM one AS two\nFROM two\n"), [0; 0]);
        assert_eq!(lines("FROM x AS one\nFROM y\nCOPY --from=one a b\nLABEL b=1\n"), [0; 0]);
        assert_eq!(lines("FROM x AS one\nFROM y\nCOPY --from=\"one\" a b\nLABEL b=1\n"), [1]);
        assert_eq!(lines("FROM x\nFROM x\nLABEL b=1\n"), [1]);
    }
}
