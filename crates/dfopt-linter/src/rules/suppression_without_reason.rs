//! `suppression-without-reason`

use crate::rule::declare_rule;
use crate::suppress::{Found, Origin};
use crate::{ByDefault, Category, Context, Severity, SuppressionForm};

declare_rule! {
    /// A comment asks for silence and does not say why.
    ///
    /// ## Why
    ///
    /// Whoever reads it later cannot tell whether the reason still holds. A reason is given as `; reason=…` in this tool's form,
    /// as `# …` behind hadolint's and ShellCheck's codes, and behind a blank in the builder's form.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # dfopt ignore=relative-workdir
    /// WORKDIR app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # dfopt ignore=relative-workdir; reason=the base image sets /srv
    /// WORKDIR app
    /// ```
    "suppression-without-reason" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: None,
        aliases: &["tally/require-reason"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let Some(found) = Found::of(ctx.model(), ctx.settings()) else { return };
    for suppression in &found.suppressions {
        // The text behind a directive's value is not kept apart from it.
        if suppression.reason.is_some() || suppression.origin != Origin::Comment {
            continue;
        }
        let help = match suppression.form {
            SuppressionForm::Dfopt => "add `; reason=…`",
            SuppressionForm::Hadolint | SuppressionForm::Shellcheck => "add `# …`",
            SuppressionForm::Check => "add a blank and the reason",
        };
        ctx.report(suppression.range, "gives no reason").help(help);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn each_form_can_give_one() {
        check(
            &RULE,
            "
FROM a
# dfopt ignore=x; until=2027-01-01
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ gives no reason
RUN a
# hadolint ignore=DL3004
^^^^^^^^^^^^^^^^^^^^^^^^ gives no reason
RUN b
# check=skip=all
^^^^^^^^^^^^^^^^ gives no reason
RUN <<E
echo a
# shellcheck disable=SC2086
^^^^^^^^^^^^^^^^^^^^^^^^^^^ gives no reason
echo $a
E
",
        );
        check_ok(
            &RULE,
            "# check=skip=all\nFROM a\n# dfopt ignore=x; reason=y\n# hadolint ignore=DL3004 # y\n# check=skip=all y\nRUN <<E\n# shellcheck disable=SC2086 # y\necho $a\nE\n",
        );
    }
}
