//! `yum-cache-in-layer`

use dfopt_semantic::command::Invocation;
use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;

use crate::leftover::{self, Leftover};
use crate::peer;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// The cache of `yum` stays in the image.
    ///
    /// ## Why
    ///
    /// The package manager keeps what it fetched, lists of tens of megabytes at least. Nothing needs them once the packages are installed, and a
    /// later `RUN` that deletes them leaves them in the layer where they are.
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
    /// RUN yum install -y httpd && yum clean all
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A later install command fetches the lists again.
    "yum-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3032", "DS-0015", "DF047"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::Yum],
    message: "the cache of `yum` stays in the image",
    clean: Some("yum clean all"),
    help: "end the `RUN` with `yum clean all`",
};

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        return leftover::check_as_hadolint(ctx, &LEFTOVER, as_hadolint);
    }
    leftover::check(ctx, &LEFTOVER);
}

/// hadolint's verdict.
fn as_hadolint(model: &Model<'_>, step: &Step) -> Option<TextRange> {
    let installs = |one: &Invocation| peer::is_any(one, &["yum"]) && peer::has_arg(one, &["install"]);
    let cleans = |one: &Invocation| {
        (peer::is_any(one, &["yum"]) && peer::has_arg(one, &["clean", "all"]))
            || (peer::is_any(one, &["rm"]) && peer::has_arg(one, &["-rf", "/var/cache/yum/*"]))
    };
    leftover::uncleaned(model, step, installs, cleans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_last_install_is_marked() {
        check(
            &RULE,
            "
FROM rockylinux:8
RUN yum install -y a
    ^^^^^^^^^^^^^^^^ the cache of `yum` stays in the image [fix]
RUN yum clean all
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM rockylinux:8 AS a
RUN yum install -y a
FROM rockylinux:8
RUN yum install -y a && rm -rf /var/cache/yum
RUN --mount=type=cache,target=/var/cache/yum yum install -y a
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn it_is_emptied_at_the_end() {
        check_fix(
            &RULE,
            "FROM rockylinux:8\nRUN yum install -y a\n",
            "FROM rockylinux:8\nRUN yum install -y a && yum clean all\n",
        );
    }

    #[test]
    fn hadolint_takes_any_forced_removal() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM rockylinux:8 AS a
RUN --mount=type=cache,target=/var/cache/yum yum install -y a
                                             ^^^ the cache of `yum` stays in the image [fix]
RUN yum clean all && yum install -y a
                     ^^^ the cache of `yum` stays in the image [fix]
RUN yum install -y a && rm -rf /x
FROM scratch
",
        );
    }
}
