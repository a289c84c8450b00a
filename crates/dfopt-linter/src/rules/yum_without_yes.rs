//! `yum-without-yes`

use crate::peer;
use crate::question::{self, Answer};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A command of `yum` stops to ask for confirmation.
    ///
    /// ## Why
    ///
    /// A build has nobody to ask: the command waits for an answer, gets none, and the build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM rockylinux:8
    /// RUN yum install httpd
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM rockylinux:8
    /// RUN yum install -y httpd
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A build that went on without the option installed the same packages.
    "yum-without-yes" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL3030", "DF027"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        const VERBS: &[&str] = &["install", "groupinstall", "localinstall"];
        return question::check_as_hadolint(ctx, VERBS, &Answer::BehindVerb, |one| {
            peer::is_any(one, &["yum"]) && peer::has_arg(one, VERBS) && !peer::has_any_flag(one, &["y", "assumeyes"])
        });
    }
    question::check(ctx, &["yum"], "assumeyes", &Answer::BehindVerb);
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
FROM rockylinux:8
RUN yum install a && yum update
        ^^^^^^^ `yum install` stops and asks [safe fix]
                         ^^^^^^ `yum update` stops and asks [safe fix]
RUN yum module install a
               ^^^^^^^ `yum install` stops and asks [safe fix]
",
        );
    }

    #[test]
    fn answered() {
        check_ok(
            &RULE,
            "
FROM rockylinux:8
RUN yum -y install a && yum install --assumeyes b && yum clean all && yum list
RUN echo assumeyes=1 >> /etc/yum.conf
RUN yum install a
",
        );
    }

    #[test]
    fn the_option_follows_the_verb() {
        check_fix(&RULE, "FROM rockylinux:8\nRUN yum install a\n", "FROM rockylinux:8\nRUN yum install -y a\n");
    }

    #[test]
    fn hadolint_knows_three_verbs() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM rockylinux:8
RUN yum localinstall a.rpm
        ^^^^^^^^^^^^ `yum localinstall` stops and asks [safe fix]
RUN yum update && yum install -qy a && yum remove b
RUN yum --setopt=assumeyes=1 install a
                             ^^^^^^^ `yum install` stops and asks [safe fix]
",
        );
    }
}
