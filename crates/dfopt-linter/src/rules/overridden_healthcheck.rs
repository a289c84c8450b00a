//! `overridden-healthcheck`

use dfopt_syntax::SyntaxKind;

use crate::overrides::report;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A stage has more than one `HEALTHCHECK`.
    ///
    /// ## Why
    ///
    /// Only the last one counts. The others are leftovers, or somebody hopes for several checks.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK NONE
    /// HEALTHCHECK CMD ["b"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// HEALTHCHECK CMD ["b"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix removes the earlier one, which has no effect. Comments above it stay.
    "overridden-healthcheck" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL3012", "MultipleInstructionsDisallowed", "MULTIPLE_INSTRUCTIONS", "DS-0023", "DF041"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    report(ctx, SyntaxKind::HEALTHCHECK);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn all_but_the_last_are_marked() {
        check(
            &RULE,
            "
FROM a AS x
HEALTHCHECK NONE
^^^^^^^^^^^ a later `HEALTHCHECK` takes its place [safe fix]
HEALTHCHECK CMD [\"b\"]
FROM x
HEALTHCHECK CMD [\"b\"]
",
        );
        check_ok(
            &RULE,
            "FROM a\nHEALTHCHECK CMD [\"b\"]\nONBUILD HEALTHCHECK CMD [\"b\"]\nFROM b\nHEALTHCHECK CMD [\"b\"]\n",
        );
    }

    #[test]
    fn the_earlier_one_goes() {
        check_fix(
            &RULE,
            "FROM a\n# why\nHEALTHCHECK NONE\n\nHEALTHCHECK CMD [\"b\"]\n",
            "FROM a\n# why\n\nHEALTHCHECK CMD [\"b\"]\n",
        );
    }

    #[test]
    fn hadolint_marks_the_later_ones() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "FROM a\nHEALTHCHECK NONE\nHEALTHCHECK CMD [\"b\"]\n^^^^^^^^^^^ it takes the place of an earlier `HEALTHCHECK`\nHEALTHCHECK CMD [\"b\"]\n^^^^^^^^^^^ it takes the place of an earlier `HEALTHCHECK`\nONBUILD HEALTHCHECK CMD [\"b\"]\n",
        );
    }
}
