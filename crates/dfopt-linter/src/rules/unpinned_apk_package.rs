//! `unpinned-apk-package`

use dfopt_semantic::command::packages::Manager;

use crate::peer::packages::APK;
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::unpinned::{check_as_hadolint, report_open, visit_installs};
use crate::{ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// A package is installed with `apk` without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the version that the repository has on that day, so the same file makes different images, and a version that
    /// breaks something arrives unannounced. Distributions remove old versions, so a pin has to be looked after.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl=~8.14
    /// ```
    "unpinned-apk-package" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3018", "DF052"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        let is_pinned = |package: &str| package.contains(['=', '~', '>', '<']) || package.ends_with(".apk");
        return check_as_hadolint(ctx, |invocation| APK.packages(invocation), is_pinned);
    }
    let model = ctx.model();
    for step in steps(model) {
        visit_installs(model, step, &mut |install| {
            if install.manager == Manager::Apk {
                // A name with a dot in front stands for others that were pinned or not.
                report_open(ctx, install, |package| package.name.starts_with('.'));
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
FROM alpine
RUN apk --root /x add -t .d a=1 b c@edge
                                ^ `b` and another package have no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "
FROM alpine
RUN apk add .deps a~1 'b>2' c=$V $P ./d.apk so:e !f && apk del g && apk update
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
FROM alpine
RUN apk add -t .d a=1 $P b
                      ^^ `$P` has no version
RUN apk add --repository=x a=1 b~2 'c>1' d.apk
RUN apk --root /x add a=1
               ^^ `/x` has no version
RUN apk add a@edge=1 b@edge
                     ^^^^^^ `b@edge` has no version
RUN sudo apk add a
",
        );
    }
}
