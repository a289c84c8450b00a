//! `unpinned-yum-package`

use dfopt_semantic::command::packages::Manager;

use crate::peer::{self, packages::YUM, rpm};
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::unpinned::{report, report_open, visit_installs};
use crate::{ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// A package is installed with `yum` without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the version that the repository has on that day, so the same file makes different images, and a version that
    /// breaks something arrives unannounced. Distributions remove old versions, so a pin has to be looked after.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM rockylinux:8
    /// RUN yum install -y httpd
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM rockylinux:8
    /// RUN yum install -y httpd-2.4.63
    /// ```
    "unpinned-yum-package" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3033"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        rpm::unpinned(model, &YUM, &[]).into_iter().for_each(|word| report(ctx, &[word]));
        return;
    }
    for step in steps(model) {
        visit_installs(model, step, &mut |install| {
            if install.manager == Manager::Rpm && matches!(install.tool, "yum") {
                // `nodejs:22` is a stream of a module, `1:a-2` an epoch.
                report_open(ctx, install, |package| peer::text(package.word).contains(':'));
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
FROM rockylinux:8
RUN yum -y install --enablerepo x a-1.2 b c-devel
                                        ^ `b` and another package have no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "
FROM rockylinux:8
RUN yum install -y @group a-$V b-1.2-3.el9.x86_64 ./c.rpm https://x/d.rpm $P 'e-1.*' && yum remove f
RUN yum module install -y nodejs:22 && yum groupinstall -y tools
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
FROM rockylinux:8 AS base
ENV V=1
RUN yum install -y a-$V b-1.2 java-17-openjdk c-d.rpm
FROM base
RUN yum install -y a-$V
RUN yum install -y a-$W
                   ^^^^ `a-$W` has no version
RUN yum install -y a.rpm
                   ^^^^^ `a.rpm` has no version
RUN yum install -y --enablerepo x a-1
                                ^ `x` has no version
RUN yum module install -y a:1 && yum module install b
                                                    ^ `b` has no version
FROM other
RUN yum install -y a-$V
                   ^^^^ `a-$V` has no version
ARG V
RUN yum install -y a-$V
ONBUILD RUN yum install -y a-$V
                           ^^^^ `a-$V` has no version
",
        );
    }
}
