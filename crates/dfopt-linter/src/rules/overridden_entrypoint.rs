//! `overridden-entrypoint`

use dfopt_syntax::SyntaxKind;

use crate::overrides::report;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A stage has more than one `ENTRYPOINT`.
    ///
    /// ## Why
    ///
    /// Only the last one counts. The others are leftovers.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT ["a"]
    /// ENTRYPOINT ["b"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENTRYPOINT ["b"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix removes the earlier one, which has no effect. Comments above it stay.
    "overridden-entrypoint" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL4004", "MultipleInstructionsDisallowed", "MULTIPLE_INSTRUCTIONS", "DS-0007", "DF039"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    report(ctx, SyntaxKind::ENTRYPOINT);
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
ENTRYPOINT [\"a\"]
^^^^^^^^^^ a later `ENTRYPOINT` takes its place [safe fix]
ENTRYPOINT [\"b\"]
FROM x
ENTRYPOINT [\"b\"]
",
        );
        check_ok(&RULE, "FROM a\nENTRYPOINT [\"b\"]\nONBUILD ENTRYPOINT [\"b\"]\nFROM b\nENTRYPOINT [\"b\"]\n");
    }

    #[test]
    fn the_earlier_one_goes() {
        check_fix(
            &RULE,
            "FROM a\n# why\nENTRYPOINT [\"a\"]\n\nENTRYPOINT [\"b\"]\n",
            "FROM a\n# why\n\nENTRYPOINT [\"b\"]\n",
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
            "FROM a\nENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]\n^^^^^^^^^^ it takes the place of an earlier `ENTRYPOINT`\nENTRYPOINT [\"b\"]\n^^^^^^^^^^ it takes the place of an earlier `ENTRYPOINT`\nONBUILD ENTRYPOINT [\"b\"]\n",
        );
    }
}
