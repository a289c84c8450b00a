//! `unpinned-dnf-package`

use dfopt_semantic::command::packages::Manager;

use crate::peer::{self, packages::DNF, rpm};
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::unpinned::{report, report_open, visit_installs};
use crate::{ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// A package is installed with `dnf` without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the version that the repository has on that day, so the same file makes different images, and a version that
    /// breaks something arrives unannounced. Distributions remove old versions, so a pin has to be looked after.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM fedora:43
    /// RUN dnf install -y httpd
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM fedora:43
    /// RUN dnf install -y httpd-2.4.63
    /// ```
    "unpinned-dnf-package" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3041"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        rpm::unpinned(model, &DNF, &["group"]).into_iter().for_each(|word| report(ctx, &[word]));
        return;
    }
    for step in steps(model) {
        visit_installs(model, step, &mut |install| {
            if install.manager == Manager::Rpm && matches!(install.tool, "dnf" | "microdnf" | "dnf5" | "tdnf") {
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
FROM fedora:43
RUN dnf -y install --enablerepo x a-1.2 b c-devel
                                        ^ `b` and another package have no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "
FROM fedora:43
RUN dnf install -y @group a-$V b-1.2-3.el9.x86_64 ./c.rpm https://x/d.rpm $P 'e-1.*' && dnf remove f
RUN dnf module install -y nodejs:22 && dnf groupinstall -y tools
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
FROM fedora:43 AS base
ENV V=1
RUN dnf install -y a-$V b-1.2 java-17-openjdk c-d.rpm
FROM base
RUN dnf install -y a-$V
RUN dnf install -y a-$W
                   ^^^^ `a-$W` has no version
RUN dnf install -y a.rpm
                   ^^^^^ `a.rpm` has no version
RUN dnf install -y --enablerepo x a-1
                                ^ `x` has no version
RUN dnf module install -y a:1 && dnf module install b
                                                    ^ `b` has no version
FROM other
RUN dnf install -y a-$V
                   ^^^^ `a-$V` has no version
ARG V
RUN dnf install -y a-$V
ONBUILD RUN dnf install -y a-$V
                           ^^^^ `a-$V` has no version
",
        );
    }
}
