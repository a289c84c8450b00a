//! `unused-suppression`

use crate::rule::declare_rule;
use crate::suppress::{Suppressing, unused};
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A comment asks for silence where nothing would be reported.
    ///
    /// ## Why
    ///
    /// What it was written for is gone. Left in place it hides the next defect of that kind. A code is judged only when all
    /// rules that it stands for are on, and a pragma of another tool only when that tool's own verdict would be silent too.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # hadolint ignore=DL3000,DL3004
    /// WORKDIR app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # hadolint ignore=DL3000
    /// WORKDIR app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix drops the code, or the whole comment when it was the last one. Instructions stay as they are, so the image does too.
    "unused-suppression" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DF072", "tally/unused-ignore"],
        since: "0.1.0",
        check: |_| {},
        afterwards: Some(check),
    }
}

fn check(ctx: &mut Context<'_>, suppressing: &Suppressing) {
    for unused in unused(ctx.model(), ctx.settings(), suppressing) {
        let report = ctx.report(unused.range, format!("`{}` hides nothing", unused.name));
        if let Some(deletion) = unused.deletion {
            report.fix(format!("Drop `{}`", unused.name), |fix| {
                fix.delete(deletion);
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
    fn each_code_is_judged() {
        check(
            &RULE,
            "
FROM alpine:3.22
# hadolint ignore=DL3000,DL3004
                  ^^^^^^ `DL3000` hides nothing [safe fix]
RUN sudo x
# dfopt ignore=all
               ^^^ `all` hides nothing [safe fix]
WORKDIR /app
# dfopt ignore=sudo-in-run; reason=x
               ^^^^^^^^^^^ `sudo-in-run` hides nothing [safe fix]
WORKDIR /app
",
        );
        check(&RULE, "# check=skip=all\n        ^^^^^^^^ `skip=all` hides nothing [safe fix]\nFROM alpine:3.22\n");
        check(
            &RULE,
            "FROM a:1\n# check=skip=MaintainerDeprecated;error=true\n             ^^^^^^^^^^^^^^^^^^^^ `MaintainerDeprecated` hides nothing\nRUN x\n",
        );
    }

    #[test]
    fn what_cannot_be_known_is_not_judged() {
        check_ok(&RULE, "FROM a:1\n# hadolint ignore=SC9999\nRUN x\n");
        check_ok(&RULE, "FROM a:1\n# dfopt ignore=sudo-in-run; until=2020-01-01\nRUN sudo x\n");
        // Off in the recommended preset.
        check_ok(&RULE, "FROM a:1\n# hadolint ignore=DL3003\nRUN x\n");
        // Two comments hide the same.
        check_ok(&RULE, "FROM a:1\n# hadolint ignore=DL3004\n# dfopt ignore=sudo-in-run\nRUN sudo x\n");
    }

    #[test]
    fn by_everything_it_is_not_hidden_but_by_name() {
        check(
            &RULE,
            "# dfopt global ignore=all\n                      ^^^ `all` hides nothing [safe fix]\nFROM a:1\nRUN x\n",
        );
        check_ok(&RULE, "# dfopt global ignore=unused-suppression\nFROM a:1\n# dfopt ignore=sudo-in-run\nRUN x\n");
    }

    #[test]
    fn codes_and_comments_go() {
        check_fix(
            &RULE,
            "FROM a:1\n# hadolint ignore=DL3000, DL3004 ,DL3007 # why\nRUN sudo x\n",
            "FROM a:1\n# hadolint ignore=DL3004 # why\nRUN sudo x\n",
        );
        check_fix(&RULE, "FROM a:1\n# remark\n  # dfopt ignore=DL3000,DL3004\nRUN x\n", "FROM a:1\n# remark\nRUN x\n");
        check_fix(&RULE, "FROM a:1\nRUN a && \\\n    # dfopt ignore=DL3004\n    b\n", "FROM a:1\nRUN a && \\\n    b\n");
    }
}
