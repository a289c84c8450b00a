//! `go-cache-in-layer`

use dfopt_semantic::effects::caches::Cache;

use crate::leftover::{self, Leftover};
use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// The caches of `go` stay in the image.
    ///
    /// ## Why
    ///
    /// `go` keeps the sources of all modules and what it compiled of them, often more than a gigabyte. The program that it built needs none of
    /// that. A build stage leaves it behind; so does a cache mount.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y golang
    /// COPY . /src
    /// RUN cd /src && go build -o /app .
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y golang
    /// COPY . /src
    /// RUN cd /src && go build -o /app . && go clean -cache -modcache
    /// ```
    "go-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::GoModules, Cache::GoBuild],
    message: "the caches of `go` stay in the image",
    clean: None,
    help: "build in a stage of its own, or mount caches on the two directories",
};

fn check(ctx: &mut Context<'_>) {
    leftover::check_but_toolchains(ctx, &LEFTOVER);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_last_command_is_marked() {
        check(
            &RULE,
            "
FROM debian:13
RUN apt-get install golang && go build -o /app .
                              ^^^^^^^^^^^^^^^^^^ the caches of `go` stay in the image
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM golang
RUN go build -o /app .
FROM debian:13
RUN go build . && go clean -modcache -cache
RUN --mount=type=cache,target=/root/go/pkg/mod --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build .
RUN go version
",
        );
    }
}
