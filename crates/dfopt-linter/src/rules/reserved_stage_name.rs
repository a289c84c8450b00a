//! `reserved-stage-name`

use dfopt_semantic::model::{Model, ReferenceTarget, Stage};
use dfopt_syntax::TextRange;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A stage has a name that means something else already.
    ///
    /// ## Why
    ///
    /// `scratch` is the empty base and `context` the build context. A stage of that name hides them, and the file means something
    /// else than it says.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS context
    /// RUN go build -o /app .
    /// FROM alpine:3.22
    /// COPY --from=context /app /app
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
    ///
    /// ## Fix safety
    ///
    /// The fix renames the stage wherever the file names it. Somebody outside may build it by the old name.
    "reserved-stage-name" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3063", "ReservedStageName"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let as_written = ctx.dialect() == Dialect::Hadolint;
    for stage in model.stages() {
        let Some(name) = &stage.name else { continue };
        let compared = if as_written { model.text_at(name.range) } else { name.name.as_str() };
        let what = match compared {
            "scratch" => "the empty base",
            "context" => "the build context",
            _ => continue,
        };
        let new = format!("{}-stage", name.name);
        let places = places(model, stage, &name.name);
        let is_free = !model.stages().iter().any(|other| other.name.as_ref().is_some_and(|name| name.name == new));
        let report = ctx.report(name.range, format!("`{}` is the name of {what}", name.name));
        if let Some(places) = places.filter(|_| is_free) {
            report.fix(format!("Rename to `{new}`"), |fix| {
                for place in places {
                    fix.replace(place, new.as_str());
                }
            });
        }
    }
}

/// Where the file names the stage; `None` when one of the places is not written plainly.
fn places(model: &Model<'_>, stage: &Stage, name: &str) -> Option<Vec<TextRange>> {
    let mut places: Vec<TextRange> = stage.name.iter().map(|name| name.range).collect();
    for reference in model.references().iter().filter(|reference| !reference.is_number) {
        let is_meant = match reference.target {
            ReferenceTarget::Stage(index) | ReferenceTarget::Later(index) => index == stage.index,
            ReferenceTarget::Itself => {
                model.steps().get(reference.step).is_some_and(|step| step.stage == Some(stage.index))
            }
            _ => false,
        };
        if is_meant {
            if !model.text_at(reference.range).eq_ignore_ascii_case(name) {
                return None;
            }
            places.push(reference.range);
        }
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM a AS Scratch
          ^^^^^^^ `scratch` is the name of the empty base [fix]
FROM b AS context
          ^^^^^^^ `context` is the name of the build context [fix]
",
        );
        check_ok(&RULE, "FROM scratch\nFROM a AS contexts\n");
    }

    #[test]
    fn it_is_renamed_everywhere() {
        check_fix(
            &RULE,
            "FROM a AS context\nFROM context AS b\nFROM c\nCOPY --from=Context x y\nRUN --mount=from=context,target=/x true\n",
            "FROM a AS context-stage\nFROM context-stage AS b\nFROM c\nCOPY --from=context-stage x y\nRUN --mount=from=context-stage,target=/x true\n",
        );
    }

    #[test]
    fn hadolint_compares_as_written() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "FROM a AS Context\nFROM b AS scratch\n          ^^^^^^^ `scratch` is the name of the empty base [fix]\n",
        );
    }
}
