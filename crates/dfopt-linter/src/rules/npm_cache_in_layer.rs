//! `npm-cache-in-layer`

use dfopt_semantic::effects::caches::Cache;

use crate::leftover::{self, Leftover};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// The cache of `npm` stays in the image.
    ///
    /// ## Why
    ///
    /// Besides installing packages, `npm` keeps the archives in `~/.npm` for the next time. In an image there is no next time.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// COPY package.json package-lock.json .
    /// RUN npm ci
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// COPY package.json package-lock.json .
    /// RUN npm ci && npm cache clean --force
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A later `npm` command downloads again.
    "npm-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::Npm],
    message: "the cache of `npm` stays in the image",
    clean: Some("npm cache clean --force"),
    help: "end the `RUN` with `npm cache clean --force`, or mount a cache",
};

fn check(ctx: &mut Context<'_>) {
    leftover::check(ctx, &LEFTOVER);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_last_install_is_marked() {
        check(
            &RULE,
            "
FROM node
RUN npm ci --omit=dev
    ^^^^^^^^^^^^^^^^^ the cache of `npm` stays in the image [fix]
RUN npm cache clean --force
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM node AS a
RUN npm ci
FROM node
RUN npm ci && rm -rf /root/.npm
RUN --mount=type=cache,target=/root/.npm npm ci
RUN npm run build
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn it_is_emptied_at_the_end() {
        check_fix(&RULE, "FROM node\nRUN npm ci\n", "FROM node\nRUN npm ci && npm cache clean --force\n");
    }
}
