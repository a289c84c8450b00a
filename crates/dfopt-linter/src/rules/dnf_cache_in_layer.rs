//! `dnf-cache-in-layer`

use dfopt_semantic::command::Invocation;
use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;

use crate::leftover::{self, Leftover};
use crate::peer;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// The cache of `dnf` stays in the image.
    ///
    /// ## Why
    ///
    /// The package manager keeps what it fetched, lists of tens of megabytes at least. Nothing needs them once the packages are installed, and a
    /// later `RUN` that deletes them leaves them in the layer where they are.
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
    /// RUN dnf install -y httpd && dnf clean all
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A later install command fetches the lists again.
    "dnf-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3040", "DS-0019", "DS-0027", "DF046"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::Dnf],
    message: "the cache of `dnf` stays in the image",
    clean: Some("{tool} clean all"),
    help: "end the `RUN` with `dnf clean all`",
};

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        return leftover::check_as_hadolint(ctx, &LEFTOVER, as_hadolint);
    }
    leftover::check(ctx, &LEFTOVER);
}

/// hadolint's verdict, for the two programs apart.
fn as_hadolint(model: &Model<'_>, step: &Step) -> Option<TextRange> {
    const VERBS: &[&str] = &["install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei"];
    let is_mounted = ["/var/cache/libdnf5", ".cache/libdnf5"].iter().any(|part| peer::is_mounted(model, step, part));
    if is_mounted {
        return None;
    }
    ["dnf", "microdnf"].into_iter().find_map(|name| {
        let installs = |one: &Invocation| peer::is_any(one, &[name]) && peer::has_arg(one, VERBS);
        let cleans = |one: &Invocation| {
            (peer::is_any(one, &[name]) && peer::has_arg(one, &["clean", "all"]))
                || (peer::is_any(one, &["rm"]) && peer::has_arg(one, &["-rf", "/var/cache/libdnf5*"]))
        };
        leftover::uncleaned(model, step, installs, cleans)
    })
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
FROM fedora:43
RUN dnf install -y a
    ^^^^^^^^^^^^^^^^ the cache of `dnf` stays in the image [fix]
RUN dnf upgrade -y; x
    ^^^^^^^^^^^^^^ the cache of `dnf` stays in the image
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM fedora:43 AS a
RUN dnf install -y a
FROM fedora:43
RUN dnf install -y a && rm -rf /var/cache/dnf /var/cache/libdnf5
RUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y a
RUN dnf list
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn it_is_emptied_at_the_end() {
        check_fix(
            &RULE,
            "FROM fedora:43\nRUN dnf install -y a \\\n    b\n",
            "FROM fedora:43\nRUN dnf install -y a \\\n    b \\\n    && dnf clean all\n",
        );
    }

    #[test]
    fn the_program_itself_empties_it() {
        check_fix(
            &RULE,
            "FROM a\nRUN microdnf install -y b\n",
            "FROM a\nRUN microdnf install -y b && microdnf clean all\n",
        );
    }

    #[test]
    fn hadolint_tells_the_programs_apart() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM fedora:43 AS a
RUN dnf install -y a && microdnf clean all
    ^^^ the cache of `dnf` stays in the image [fix]
RUN --mount=type=cache,target=/var/cache/dnf dnf up -y
                                             ^^^ the cache of `dnf` stays in the image [fix]
RUN --mount=type=cache,target=/var/cache/libdnf5 dnf up -y
RUN microdnf in a && rm -rf b
FROM scratch
",
        );
    }
}
