//! `missing-healthcheck`

use dfopt_semantic::model::{Model, Stage};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Dialect, Preset, Severity, peer};

declare_rule! {
    /// An image that serves a port has no `HEALTHCHECK`.
    ///
    /// ## Why
    ///
    /// Without one Docker takes a container for healthy as long as its process lives, also when it answers nobody. Where an orchestrator
    /// probes containers itself, as Kubernetes does, the instruction is not read.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 8080
    /// CMD ["app"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 8080
    /// HEALTHCHECK CMD ["app", "ping"]
    /// CMD ["app"]
    /// ```
    "missing-healthcheck" {
        category: Category::Policy,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3057", "DS-0026", "CKV_DOCKER_2", "CIS-DI-0006", "DF012"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        when_selected: &[(Preset::Hadolint, Severity::Warning)],
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let stages = match ctx.dialect() {
        Dialect::Hadolint => without_as_hadolint(model),
        _ => model.stages().iter().filter(|stage| model.is_built(stage) && serves_unchecked(model, stage)).collect(),
    };
    for stage in stages {
        ctx.report(place(model, stage), "no `HEALTHCHECK`").help("`HEALTHCHECK NONE` says that none is wanted");
    }
}

fn serves_unchecked(model: &Model<'_>, stage: &Stage) -> bool {
    let has = |is: fn(&Instruction) -> bool| {
        let mut chain = model.chain(stage).take(model.stages().len());
        chain.any(|stage| model.stage_steps(stage).iter().any(|step| is(&step.ast)))
    };
    has(|ast| matches!(ast, Instruction::Expose(_))) && !has(|ast| matches!(ast, Instruction::Healthcheck(_)))
}

fn place(model: &Model<'_>, stage: &Stage) -> TextRange {
    let from = model.stage_steps(stage).first();
    let image = from.and_then(|step| match &step.ast {
        Instruction::From(from) => from.image().map(|image| image.range()),
        _ => None,
    });
    image.or(from.map(|step| step.keyword_range())).unwrap_or_default()
}

/// hadolint goes by names as written: a stage is fine that has a check, is built from a name that has one, or whose name is built
/// upon by a stage that has one.
fn without_as_hadolint<'m>(model: &'m Model<'_>) -> Vec<&'m Stage> {
    let named: Vec<(&Stage, peer::From)> = model
        .stages()
        .iter()
        .filter_map(|stage| Some((stage, peer::from(model.stage_steps(stage).first()?)?)))
        .collect();
    let name = |from: &peer::From| from.alias.clone().unwrap_or_else(|| from.image.clone());
    let has_own =
        |stage: &Stage| model.stage_steps(stage).iter().any(|step| matches!(step.ast, Instruction::Healthcheck(_)));
    let mut checked: Vec<String> = Vec::new();
    let mut without: Vec<usize> = Vec::new();
    let mut built_upon: Vec<String> = Vec::new();
    for (at, (stage, from)) in named.iter().enumerate() {
        let is_own = has_own(stage);
        if is_own || checked.contains(&from.image) {
            checked.push(name(from));
        } else {
            without.push(at);
        }
        if is_own {
            built_upon.push(from.image.clone());
        }
    }
    for (_, from) in named.iter().rev() {
        if built_upon.contains(&name(from)) {
            built_upon.push(from.image.clone());
        }
    }
    without
        .iter()
        .map(|&at| &named[at])
        .filter(|(_, from)| !built_upon.contains(&name(from)))
        .map(|(stage, _)| *stage)
        .collect()
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, diagnostics};

    #[test]
    fn a_target_that_serves_is_marked() {
        check(&RULE, "FROM a AS x\nEXPOSE 1\nFROM x\n     ^ no `HEALTHCHECK`\nCMD b\n");
        check_ok(&RULE, "FROM a AS x\nEXPOSE 1\nHEALTHCHECK NONE\nFROM x\nCMD b\n");
        check_ok(&RULE, "FROM a\nCMD b\n");
        check_ok(&RULE, "FROM a AS x\nEXPOSE 1\nFROM b\n");
    }

    #[test]
    fn hadolint_goes_by_names() {
        let settings = Settings::only(&RULE).with_dialect(Dialect::Hadolint);
        let lines = |text: &str| {
            let found = diagnostics(&RULE, &settings, Options::default(), text);
            found.iter().map(|one| text[..usize::from(one.range.start())].matches('\n').count() + 1).collect::<Vec<_>>()
        };
        assert_eq!(lines("FROM a\n"), [1]);
        assert_eq!(lines("FROM a AS x\nHEALTHCHECK NONE\nFROM x AS y\nFROM y\nFROM b\n"), [5]);
        assert_eq!(lines("FROM a AS x\nFROM x AS y\nFROM y\nHEALTHCHECK CMD c\n"), [0; 0]);
        assert_eq!(lines("FROM a\nONBUILD HEALTHCHECK CMD c\n"), [1]);
    }
}
