//! `unpinned-zypper-package`

use dfopt_semantic::command::packages::Manager;

use crate::peer::{self, packages::ZYPPER};
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::unpinned::{check_as_hadolint, report_open, visit_installs};
use crate::{ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// A package is installed with `zypper` without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the version that the repository has on that day, so the same file makes different images, and a version that
    /// breaks something arrives unannounced. Distributions remove old versions, so a pin has to be looked after.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper --non-interactive install curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper --non-interactive install curl=8.6.0
    /// ```
    "unpinned-zypper-package" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3037"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        let is_pinned = |package: &str| package.contains(['=', '>', '<']) || package.ends_with(".rpm");
        return check_as_hadolint(ctx, |invocation| ZYPPER.packages(invocation), is_pinned);
    }
    let model = ctx.model();
    for step in steps(model) {
        visit_installs(model, step, &mut |install| {
            if install.manager == Manager::Zypper && !install.verb.is_any(&["inr", "install-new-recommends"]) {
                report_open(ctx, install, |package| peer::text(package.word).contains(['=', '>', '<']));
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
    fn names_without_a_version() {
        check(
            &RULE,
            "
FROM opensuse/leap
RUN zypper -n --root /x in -y a=1 b
                                  ^ `b` has no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "
FROM opensuse/leap
RUN zypper in -t pattern devel_basis && zypper install 'a>=1' $P b=1.* ./c.rpm && zypper rm d
",
        );
    }

    #[test]
    fn hadolint_knows_no_values() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM opensuse/leap
RUN zypper -n in -t pattern x=1
                    ^^^^^^^ `pattern` has no version
RUN zypper install 'a>=1' b.rpm 'c<2'
RUN zypper install a && zypper in b
                   ^ `a` has no version
RUN zypper remove a
",
        );
    }
}
