//! `unpinned-apt-package`

use dfopt_semantic::command::packages::Manager;

use crate::peer::{self, packages::APT_GET};
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::unpinned::{check_as_hadolint, comes_from_snapshot, report_open, visit_installs};
use crate::{ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// A package is installed with `apt` without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the version that the repository has on that day, so the same file makes different images, and a version that
    /// breaks something arrives unannounced. Distributions remove old versions, so a pin has to be looked after.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl=8.14.*
    /// ```
    "unpinned-apt-package" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3008", "DF005"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        let is_pinned = |package: &str| package.contains(['=', '/']) || package.ends_with(".deb");
        return check_as_hadolint(ctx, |invocation| APT_GET.packages(invocation), is_pinned);
    }
    let model = ctx.model();
    for step in steps(model).filter(|step| !comes_from_snapshot(model, step)) {
        visit_installs(model, step, &mut |install| {
            if install.manager == Manager::Apt {
                report_open(ctx, install, |package| peer::text(package.word).contains('/'));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_first_is_marked() {
        check(
            &RULE,
            "
FROM debian
RUN sudo apt-get -o A=b install -y a=1 b \\
                                       ^ `b` and another package have no version
      c
ONBUILD RUN apt install -t stable d
                                  ^ `d` has no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "FROM debian\nARG P\nRUN apt-get install a=1.* b=$V c/stable ./d.deb $P 'e*' && apt-get install f-\n",
        );
        check_ok(&RULE, "FROM debian\nRUN echo deb https://snapshot.debian.org/x y >/z\nRUN apt-get install a\n");
        check_ok(&RULE, "FROM debian\nRUN dpkg -i a.deb && apk add b && apt-get remove c\n");
    }

    #[test]
    fn hadolint_knows_no_values() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM debian
RUN apt-get install a=1 $P b
                        ^^ `$P` has no version
RUN apt-get install -o A=b -t x $(cat /f) c.deb
RUN apt-get install -- a=1
                    ^^ `--` has no version
RUN apt-get install -c x a=1
                       ^ `x` has no version
RUN sudo apt-get install a; apt install a
ONBUILD RUN command apt-get install a=1
                    ^^^^^^^ `apt-get` has no version
",
        );
    }
}
