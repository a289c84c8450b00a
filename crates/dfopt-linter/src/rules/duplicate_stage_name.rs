//! `duplicate-stage-name`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// Two stages have the same name.
    ///
    /// ## Why
    ///
    /// The name means different stages in different places: `FROM name` takes the nearest one above, `COPY --from=name` the last
    /// one in the file. Names are compared without regard to case.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// FROM node:24 AS build
    /// FROM alpine:3.22
    /// COPY --from=build /app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS server
    /// FROM node:24 AS client
    /// FROM alpine:3.22
    /// COPY --from=server /app /app
    /// ```
    "duplicate-stage-name" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3024", "DuplicateStageName", "DUPLICATE_BUILD_STAGE_NAME", "DS-0012", "CKV_DOCKER_11", "S6586", "DF042"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let as_written = ctx.dialect() == Dialect::Hadolint;
    let names: Vec<_> = model.stages().iter().filter_map(|stage| stage.name.as_ref()).collect();
    for (at, name) in names.iter().enumerate() {
        let is_same = |other: &&&dfopt_semantic::model::StageName| {
            if as_written { model.text_at(other.range) == model.text_at(name.range) } else { other.name == name.name }
        };
        let Some(first) = names[..at].iter().find(is_same) else { continue };
        ctx.report(name.range, format!("a stage above is called `{}` too", name.name))
            .related(first.range, "first used here")
            .note("`FROM` takes the nearest stage of that name above it, `--from` the last in the file");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_later_name_is_marked() {
        check(
            &RULE,
            "
FROM a AS build
FROM b AS Build
          ^^^^^ a stage above is called `build` too
",
        );
        check_ok(&RULE, "FROM a AS b\nFROM b\nFROM b AS c\n");
    }

    #[test]
    fn hadolint_compares_case() {
        let settings = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &settings,
            dfopt_semantic::model::Options::default(),
            "FROM a AS b\nFROM a AS B\nFROM a AS b\n          ^ a stage above is called `b` too\n",
        );
    }
}
