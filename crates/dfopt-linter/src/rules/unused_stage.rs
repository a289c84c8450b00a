//! `unused-stage`

use dfopt_semantic::model::Role;
use dfopt_syntax::ErrorKind;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Severity, Tag};

declare_rule! {
    /// A stage is not part of what is built.
    ///
    /// ## Why
    ///
    /// The target neither starts from the stage nor copies from it, so that it is never built. It may be a leftover, or its name
    /// may be misspelt where it should be used. A stage that somebody builds by `--target` belongs into the settings.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// RUN go build -o /app .
    /// FROM alpine:3.22
    /// COPY app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// RUN go build -o /app .
    /// FROM alpine:3.22
    /// COPY --from=build /app /app
    /// ```
    "unused-stage" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["tally/no-unreachable-stages"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    // What could not be read may use any stage; shell text and look-alikes of JSON cannot.
    let is_gap = |kind: &ErrorKind| {
        !matches!(
            kind,
            ErrorKind::JsonLookAlike { .. }
                | ErrorKind::ShellUnclosed { .. }
                | ErrorKind::ShellMissingOperand { .. }
                | ErrorKind::ShellUnexpected { .. }
        )
    };
    if model.parse().errors().iter().any(|error| is_gap(&error.kind)) {
        return;
    }
    for stage in model.stages().iter().filter(|stage| stage.role == Role::Unreachable) {
        let Some(step) = model.stage_steps(stage).first() else { continue };
        let Instruction::From(from) = &step.ast else { continue };
        let name = stage.name.as_ref().map(|name| name.range);
        let Some(place) = name.or_else(|| from.image().map(|image| image.range())) else { continue };
        let report = ctx.report(place, "nothing that is built uses this stage").tag(Tag::Unnecessary);
        if stage.is_for_development() {
            report
                .severity(Severity::Info)
                .note("by its name it is built with `--target`; name it among the targets in the settings");
        }
    }
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, check_with, diagnostics};

    #[test]
    fn what_no_target_reaches() {
        check(
            &RULE,
            "
FROM a AS x
          ^ nothing that is built uses this stage
FROM b
     ^ nothing that is built uses this stage
FROM c AS y
FROM d AS z
RUN --mount=from=y,target=/y true
FROM z
",
        );
        check_ok(&RULE, "FROM a AS x\nFROM b\nCOPY --from=0 c d\n");
        check_ok(&RULE, "FROM a AS x\nFROM b\nCOPPY --from=x c d\n");
    }

    #[test]
    fn targets_may_be_named() {
        let targets = ["x".to_owned()];
        let options = Options { other_targets: &targets, ..Options::default() };
        check_with(&RULE, &Settings::only(&RULE), options, "FROM a AS x\nFROM b\n");
    }

    #[test]
    fn stages_for_development_are_probably_targets() {
        let found = diagnostics(&RULE, &Settings::only(&RULE), Options::default(), "FROM a AS test\nFROM b\n");
        assert_eq!(found.iter().map(|one| one.severity).collect::<Vec<_>>(), [Severity::Info]);
    }
}
