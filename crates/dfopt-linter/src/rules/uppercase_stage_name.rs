//! `uppercase-stage-name`

use dfopt_semantic::model::ReferenceTarget;
use dfopt_syntax::TextRange;

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Severity};

declare_rule! {
    /// The name of a stage holds an upper-case letter.
    ///
    /// ## Why
    ///
    /// The builder keeps names of stages in lower case, and so do its messages. A name that is written so looks the same everywhere.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS Build
    /// RUN go build -o /app .
    ///
    /// FROM scratch
    /// COPY --from=Build /app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS build
    /// RUN go build -o /app .
    ///
    /// FROM scratch
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The name and all references to it are changed together, and the builder compares them without regard to case.
    "uppercase-stage-name" {
        category: Category::Layout,
        severity: Severity::Style,
        fix: Some(Applicability::Safe),
        aliases: &["StageNameCasing"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        let Some(name) = &stage.name else { continue };
        let written = model.text_at(name.range);
        if !written.chars().any(char::is_uppercase) {
            continue;
        }
        let refers = |target: &ReferenceTarget| *target == ReferenceTarget::Stage(stage.index);
        let uses: Vec<TextRange> = model
            .references()
            .iter()
            .filter(|reference| refers(&reference.target) && !reference.is_number)
            .map(|reference| reference.range)
            .filter(|range| model.text_at(*range).chars().any(char::is_uppercase))
            .collect();
        let lower = |range: TextRange| model.text_at(range).to_lowercase();
        // What is cut by a continuation, or holds a variable, stays as it is.
        let is_plain = |range: &TextRange| lower(*range) == name.name;
        let report = ctx.report(name.range, format!("`{written}` is not in lower case"));
        if is_plain(&name.range) && uses.iter().all(is_plain) {
            report.fix(format!("Call it `{}`", name.name), |fix| {
                for range in std::iter::once(name.range).chain(uses) {
                    fix.replace(range, lower(range));
                }
                fix.safe();
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(&RULE, "FROM a AS Build\n          ^^^^^ `Build` is not in lower case [safe fix]\nFROM b AS c\n");
        check_ok(&RULE, "FROM a AS build-1\nFROM B\n");
    }

    #[test]
    fn references_are_renamed_too() {
        check_fix(
            &RULE,
            "FROM a AS Build\nFROM build AS x\nRUN --mount=from=Build,target=/b c\nCOPY --from=0 --link d e\nCOPY --from=bUILD d e\n",
            "FROM a AS build\nFROM build AS x\nRUN --mount=from=build,target=/b c\nCOPY --from=0 --link d e\nCOPY --from=build d e\n",
        );
    }
}
