//! `zypper-without-yes`

use crate::peer;
use crate::question::{self, Answer};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A command of `zypper` stops to ask for confirmation.
    ///
    /// ## Why
    ///
    /// A build has nobody to ask: the command waits for an answer, gets none, and the build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper install curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper --non-interactive install curl
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A build that went on without the option installed the same packages.
    "zypper-without-yes" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL3034", "DF043"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        const VERBS: &[&str] = &["install", "in", "remove", "rm", "source-install", "si", "patch"];
        return question::check_as_hadolint(ctx, VERBS, &Answer::BehindName, |one| {
            peer::is_any(one, &["zypper"])
                && peer::has_arg(one, VERBS)
                && !peer::has_any_flag(one, &["non-interactive", "n", "no-confirm", "y"])
        });
    }
    question::check(ctx, &["zypper"], "ZYPP_NONINTERACTIVE", &Answer::BehindName);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn commands_that_ask() {
        check(
            &RULE,
            "
FROM opensuse/leap
RUN zypper in a && zypper dup
           ^^ `zypper in` stops and asks [safe fix]
                          ^^^ `zypper dup` stops and asks [safe fix]
",
        );
    }

    #[test]
    fn answered() {
        check_ok(
            &RULE,
            "
FROM opensuse/leap
RUN zypper -n in a && zypper install -y b && zypper refresh && zypper --non-interactive rm c
ENV ZYPP_NONINTERACTIVE=1
RUN zypper in a
",
        );
    }

    #[test]
    fn the_option_follows_the_name() {
        check_fix(
            &RULE,
            "FROM opensuse/leap\nRUN zypper --gpg-auto-import-keys in a\n",
            "FROM opensuse/leap\nRUN zypper --non-interactive --gpg-auto-import-keys in a\n",
        );
    }

    #[test]
    fn hadolint_knows_seven_verbs() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM opensuse/leap
RUN zypper patch
           ^^^^^ `zypper patch` stops and asks [safe fix]
RUN zypper update && zypper --no-confirm rm b && zypper dup
",
        );
    }
}
