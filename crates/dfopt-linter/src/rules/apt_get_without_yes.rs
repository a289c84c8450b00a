//! `apt-get-without-yes`

use dfopt_semantic::command::Invocation;

use crate::peer;
use crate::question::{self, Answer};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A command of `apt-get` stops to ask for confirmation.
    ///
    /// ## Why
    ///
    /// A build has nobody to ask: the command waits for an answer, gets none, and the build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A build that went on without the option installed the same packages.
    "apt-get-without-yes" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL3014", "DS-0021", "DF015"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        const VERBS: &[&str] = &["install"];
        return question::check_as_hadolint(ctx, VERBS, &Answer::BehindVerb, |one| {
            peer::is_any(one, &["apt-get"]) && peer::has_arg(one, VERBS) && !is_answered(one)
        });
    }
    question::check(ctx, &["apt-get", "apt", "aptitude"], "Assume-Yes", &Answer::BehindVerb);
}

/// Whether hadolint takes an option for an answer: being very quiet is one.
fn is_answered(invocation: &Invocation) -> bool {
    let count = |name: &str| peer::flags(invocation).filter(|flag| *flag == name).count();
    peer::has_any_flag(invocation, &["y", "yes", "qq", "assume-yes"])
        || count("q") == 2
        || count("quiet") == 2
        || peer::has_arg(invocation, &["-q=2"])
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
FROM debian
RUN sudo apt-get install a && apt remove b
                 ^^^^^^^ `apt-get install` stops and asks [safe fix]
                                  ^^^^^^ `apt remove` stops and asks [safe fix]
RUN apt-get upgrade -q
            ^^^^^^^ `apt-get upgrade` stops and asks [safe fix]
RUN [\"apt-get\", \"install\", \"a\"]
                ^^^^^^^^^ `apt-get install` stops and asks
",
        );
    }

    #[test]
    fn answered() {
        check_ok(
            &RULE,
            "
FROM debian
RUN apt-get -y install a && apt-get install --assume-yes b && apt-get -qq install c && apt-get update
RUN yes | apt-get install a && apt-get -s install b
RUN echo 'APT::Get::Assume-Yes true;' > /etc/apt/apt.conf.d/90yes
RUN apt-get install a
",
        );
    }

    #[test]
    fn the_option_follows_the_verb() {
        check_fix(
            &RULE,
            "FROM debian\nRUN apt-get install \\\n    a && sh -c \"apt-get remove b\"\n",
            "FROM debian\nRUN apt-get install -y \\\n    a && sh -c \"apt-get remove -y b\"\n",
        );
    }

    #[test]
    fn hadolint_counts_letters() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM debian
RUN apt-get install -q -q a && apt-get install -q=2 b && apt-get --quiet --quiet install c
RUN apt-get install -q a
            ^^^^^^^ `apt-get install` stops and asks [safe fix]
RUN apt-get install -o x=y a && apt-get install -my b
            ^^^^^^^ `apt-get install` stops and asks [safe fix]
RUN apt install a && sudo apt-get install b && apt-get remove c
ONBUILD RUN apt-get install a
                    ^^^^^^^ `apt-get install` stops and asks [safe fix]
",
        );
    }
}
