//! `copy-from-own-stage`

use dfopt_semantic::model::{ReferenceKind, ReferenceTarget};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Rule, Severity};

declare_rule! {
    /// Stages copy from each other in a ring, or one from itself.
    ///
    /// ## Why
    ///
    /// Each stage would have to be built before the other. The builder refuses the file, even when none of the stages is
    /// needed.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine AS build
    /// COPY --from=build /app /srv/app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine AS build
    /// RUN cp -r /app /srv/app
    /// ```
    "copy-from-own-stage" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["DL3023", "DS-0006", "DF050", "tally/circular-stage-deps"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let only_own = ctx.dialect() == Dialect::Hadolint;
    for reference in model.references().iter().filter(|reference| reference.kind != ReferenceKind::From) {
        let Some(step) = model.steps().get(reference.step) else { continue };
        let Some(stage) = model.stage_of(step).filter(|_| !matches!(step.ast, Instruction::Onbuild(_))) else {
            continue;
        };
        match reference.target {
            ReferenceTarget::Itself if only_own => {
                let alias = stage.name.as_ref().map(|name| model.text_at(name.range));
                if reference.kind == ReferenceKind::Copy && alias == Some(&reference.name) {
                    ctx.report(reference.range, "this stage copies from itself");
                }
            }
            ReferenceTarget::Itself => {
                ctx.report(reference.range, "this stage copies from itself");
            }
            ReferenceTarget::Later(later) if !only_own => {
                let Some(way_back) = model.copies_between(later, stage.index) else { continue };
                let mut report = ctx.report(reference.range, "these stages copy from each other");
                for back in way_back {
                    report = report.related(back.range, "and this closes the ring");
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Selection, Settings};

    #[test]
    fn rings_are_marked_where_they_look_ahead() {
        check(
            &RULE,
            "
FROM a AS x
COPY --from=X b c
            ^ this stage copies from itself
COPY --from=y b c
            ^ these stages copy from each other
FROM a AS y
RUN --mount=from=x,target=/x true
",
        );
        check(&RULE, "FROM a\nCOPY --from=0 b c\n            ^ this stage copies from itself\n");
    }

    #[test]
    fn looking_ahead_alone_is_another_rule() {
        check_ok(&RULE, "FROM a AS x\nCOPY --from=y b c\nFROM x AS y\n");
    }

    #[test]
    fn hadolint_compares_the_alias_as_written() {
        let selection = Selection { preset: Preset::Hadolint, select: vec!["DL3023".into()], ..Selection::default() };
        let settings = Settings::resolve(&selection).unwrap_or_default();
        check_with(
            &RULE,
            &settings,
            dfopt_semantic::model::Options::default(),
            "FROM a AS x\nCOPY --from=0 b c\nCOPY --from=X b c\nCOPY --from=x b c\n            ^ this stage copies from itself\n",
        );
    }
}
