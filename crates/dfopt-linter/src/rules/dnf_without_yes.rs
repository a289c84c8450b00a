//! `dnf-without-yes`

use crate::peer;
use crate::question::{self, Answer};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A command of `dnf` stops to ask for confirmation.
    ///
    /// ## Why
    ///
    /// A build has nobody to ask: the command waits for an answer, gets none, and the build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM fedora:43
    /// RUN dnf install httpd
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM fedora:43
    /// RUN dnf install -y httpd
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A build that went on without the option installed the same packages.
    "dnf-without-yes" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL3038"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        const VERBS: &[&str] = &["install", "groupinstall", "localinstall"];
        return question::check_as_hadolint(ctx, VERBS, &Answer::BehindVerb, |one| {
            peer::is_any(one, &["dnf", "microdnf"])
                && peer::has_arg(one, VERBS)
                && !peer::has_any_flag(one, &["y", "assumeyes"])
        });
    }
    question::check(ctx, &["dnf", "dnf5", "microdnf"], "assumeyes", &Answer::BehindVerb);
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
FROM fedora:43
RUN dnf install a && dnf update
        ^^^^^^^ `dnf install` stops and asks [safe fix]
                         ^^^^^^ `dnf update` stops and asks [safe fix]
RUN dnf module install a
               ^^^^^^^ `dnf install` stops and asks [safe fix]
",
        );
    }

    #[test]
    fn answered() {
        check_ok(
            &RULE,
            "
FROM fedora:43
RUN dnf -y install a && dnf install --assumeyes b && dnf clean all && dnf list
RUN echo assumeyes=1 >> /etc/dnf.conf
RUN dnf install a
",
        );
    }

    #[test]
    fn the_option_follows_the_verb() {
        check_fix(&RULE, "FROM fedora:43\nRUN dnf install a\n", "FROM fedora:43\nRUN dnf install -y a\n");
    }

    #[test]
    fn hadolint_knows_three_verbs() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM fedora:43
RUN dnf localinstall a.rpm
        ^^^^^^^^^^^^ `dnf localinstall` stops and asks [safe fix]
RUN dnf update && dnf install -qy a && dnf remove b
RUN dnf --setopt=assumeyes=1 install a
                             ^^^^^^^ `dnf install` stops and asks [safe fix]
",
        );
    }
}
