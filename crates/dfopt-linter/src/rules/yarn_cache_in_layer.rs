//! `yarn-cache-in-layer`

use dfopt_semantic::command::Invocation;
use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;

use crate::leftover::{self, Leftover};
use crate::peer;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// The cache of `yarn` stays in the image.
    ///
    /// ## Why
    ///
    /// Besides installing packages, `yarn` keeps the archives in a cache for the next time. In an image there is no next time.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// COPY package.json yarn.lock .
    /// RUN yarn install --frozen-lockfile
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// COPY package.json yarn.lock .
    /// RUN yarn install --frozen-lockfile && yarn cache clean
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A later `yarn` command downloads again.
    "yarn-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3060", "DF055"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::Yarn],
    message: "the cache of `yarn` stays in the image",
    clean: Some("yarn cache clean"),
    help: "end the `RUN` with `yarn cache clean`, or mount a cache",
};

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        return leftover::check_as_hadolint(ctx, &LEFTOVER, as_hadolint);
    }
    leftover::check(ctx, &LEFTOVER);
}

/// hadolint's verdict.
fn as_hadolint(model: &Model<'_>, step: &Step) -> Option<TextRange> {
    let is_yarn = |one: &Invocation| peer::is_any(one, &["yarn"]);
    let installs = |one: &Invocation| is_yarn(one) && peer::has_arg(one, &["install"]);
    let cleans = |one: &Invocation| is_yarn(one) && peer::has_arg(one, &["cache", "clean"]);
    let found = leftover::uncleaned(model, step, installs, cleans)?;
    let is_cleaned = peer::first(model, step, cleans).is_some();
    let is_mounted = peer::is_mounted(model, step, ".cache/yarn");
    ((is_cleaned || !is_mounted) && peer::counts_as_last(model, step)).then_some(found)
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
FROM node
RUN yarn && yarn add a
            ^^^^^^^^^^ the cache of `yarn` stays in the image [fix]
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM node AS a
RUN yarn install
FROM node
RUN yarn install && yarn cache clean
RUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install
RUN yarn build
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn it_is_emptied_at_the_end() {
        check_fix(&RULE, "FROM node\nRUN yarn install\n", "FROM node\nRUN yarn install && yarn cache clean\n");
    }

    #[test]
    fn hadolint_wants_the_verb() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM node AS a
RUN yarn install
FROM node
RUN yarn && yarn add b
RUN yarn install --frozen-lockfile
    ^^^^ the cache of `yarn` stays in the image [fix]
RUN yarn cache clean && yarn install
                        ^^^^ the cache of `yarn` stays in the image [fix]
RUN --mount=type=cache,target=/root/.cache/yarn yarn install
RUN yarn install && yarn cache clean
",
        );
    }
}
