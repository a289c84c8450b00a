//! `overridden-cmd`

use dfopt_syntax::SyntaxKind;

use crate::overrides::report;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A stage has more than one `CMD`.
    ///
    /// ## Why
    ///
    /// Only the last one counts. The others are leftovers, or somebody takes them for a list of commands.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD ["a"]
    /// CMD ["b"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD ["b"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix removes the earlier one, which has no effect. Comments above it stay.
    "overridden-cmd" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL4003", "MultipleInstructionsDisallowed", "MULTIPLE_INSTRUCTIONS", "DS-0016", "DF038"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    report(ctx, SyntaxKind::CMD);
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
CMD [\"a\"]
^^^ a later `CMD` takes its place [safe fix]
CMD [\"b\"]
FROM x
CMD [\"b\"]
",
        );
        check_ok(&RULE, "FROM a\nCMD [\"b\"]\nONBUILD CMD [\"b\"]\nFROM b\nCMD [\"b\"]\n");
    }

    #[test]
    fn the_earlier_one_goes() {
        check_fix(&RULE, "FROM a\n# why\nCMD [\"a\"]\n\nCMD [\"b\"]\n", "FROM a\n# why\n\nCMD [\"b\"]\n");
    }

    #[test]
    fn hadolint_marks_the_later_ones() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "FROM a\nCMD [\"a\"]\nCMD [\"b\"]\n^^^ it takes the place of an earlier `CMD`\nCMD [\"b\"]\n^^^ it takes the place of an earlier `CMD`\nONBUILD CMD [\"b\"]\n",
        );
    }
}
