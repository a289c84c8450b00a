//! `unknown-rule-in-suppression`

use crate::rule::declare_rule;
use crate::suppress::{Found, Origin, unknown};
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A comment asks for silence about a rule that does not exist.
    ///
    /// ## Why
    ///
    /// A misspelt name hides nothing. The builder compares the names of its checks with regard to case. Codes that hadolint has
    /// retired can go.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # dfopt ignore=relativ-workdir
    /// WORKDIR app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # dfopt ignore=relative-workdir
    /// WORKDIR app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix writes the nearest name that exists. It is unsafe because another one may have been meant.
    "unknown-rule-in-suppression" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DF072"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let Some(found) = Found::of(ctx.model(), ctx.settings()) else { return };
    for suppression in found.suppressions.iter().filter(|one| one.origin != Origin::Argument) {
        for unknown in unknown(suppression) {
            let report = ctx.report(unknown.range, unknown.message);
            if let Some(meant) = unknown.meant {
                report.fix(format!("Write `{meant}`"), |fix| fix.replace(unknown.range, meant));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn names_are_looked_up() {
        check(
            &RULE,
            "
# check=skip=maintainerdeprecated,Nonsense
             ^^^^^^^^^^^^^^^^^^^^ the check is written `MaintainerDeprecated` [fix]
                                  ^^^^^^^^ the builder has no check `Nonsense`
FROM a:1
# dfopt ignore=sudo-in-runn, xyzzy, DL3004, all-of-it, SC2086
               ^^^^^^^^^^^^ no rule is called `sudo-in-runn` [fix]
                             ^^^^^ no rule is called `xyzzy`
                                            ^^^^^^^^^ no rule is called `all-of-it`
RUN x
# hadolint ignore=DL3005,DL9999,SC9999
                  ^^^^^^ hadolint has retired `DL3005`, and nothing reports it
                         ^^^^^^ hadolint has no code `DL9999`
RUN y
# dfopt ignore=layout,dl3017
               ^^^^^^ `layout` stands for several rules; a suppression names each, or `all`
                      ^^^^^^ hadolint has retired `dl3017`, and nothing reports it
RUN z
",
        );
        check_ok(&RULE, "# dfopt global ignore=all\n# hadolint global ignore=DL3000\nFROM a\n");
    }

    #[test]
    fn the_nearest_name_is_offered() {
        check_fix(
            &RULE,
            "FROM a\n# check=skip=MaintainerDeprecatd\nRUN x\n",
            "FROM a\n# check=skip=MaintainerDeprecated\nRUN x\n",
        );
    }
}
