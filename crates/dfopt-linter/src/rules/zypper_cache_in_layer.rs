//! `zypper-cache-in-layer`

use dfopt_semantic::command::Invocation;
use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;

use crate::leftover::{self, Leftover};
use crate::peer;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// The cache of `zypper` stays in the image.
    ///
    /// ## Why
    ///
    /// The package manager keeps what it fetched, lists of tens of megabytes at least. Nothing needs them once the packages are installed, and a
    /// later `RUN` that deletes them leaves them in the layer where they are.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper -n install curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper -n install curl && zypper clean --all
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A later install command fetches the lists again.
    "zypper-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3036", "DS-0020", "DF045"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::Zypper],
    message: "the cache of `zypper` stays in the image",
    clean: Some("zypper clean --all"),
    help: "end the `RUN` with `zypper clean --all`",
};

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        return leftover::check_as_hadolint(ctx, &LEFTOVER, as_hadolint);
    }
    leftover::check(ctx, &LEFTOVER);
}

/// hadolint's verdict.
fn as_hadolint(model: &Model<'_>, step: &Step) -> Option<TextRange> {
    let is_zypper = |one: &Invocation| peer::is_any(one, &["zypper"]);
    let installs = |one: &Invocation| is_zypper(one) && peer::has_arg(one, &["install", "in"]);
    let cleans = |one: &Invocation| is_zypper(one) && peer::has_arg(one, &["clean", "cc"]);
    let found = leftover::uncleaned(model, step, installs, cleans);
    found.filter(|_| !peer::is_mounted(model, step, "/var/cache/zypp"))
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
FROM opensuse/leap
RUN zypper -n in a
    ^^^^^^^^^^^^^^ the cache of `zypper` stays in the image [fix]
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM opensuse/leap AS a
RUN zypper -n in a
FROM opensuse/leap
RUN zypper -n in a && zypper cc -a
RUN zypper -n in a && rm -rf /var/cache/zypp
RUN --mount=type=cache,target=/var/cache/zypp zypper -n in a
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn it_is_emptied_at_the_end() {
        check_fix(
            &RULE,
            "FROM opensuse/leap\nRUN zypper -n in a\n",
            "FROM opensuse/leap\nRUN zypper -n in a && zypper clean --all\n",
        );
    }

    #[test]
    fn hadolint_wants_the_command() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM opensuse/leap AS a
RUN zypper in -y a && rm -rf /var/cache/zypp
    ^^^^^^ the cache of `zypper` stays in the image [fix]
RUN zypper in -y a && zypper cc
RUN --mount=type=cache,target=/var/cache/zypp zypper install -y a
FROM scratch
",
        );
    }
}
