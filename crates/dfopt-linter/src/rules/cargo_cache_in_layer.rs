//! `cargo-cache-in-layer`

use dfopt_semantic::effects::caches::Cache;

use crate::leftover::{self, Leftover};
use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// The registry of `cargo` stays in the image.
    ///
    /// ## Why
    ///
    /// `cargo` keeps the sources of all crates that it compiled. The program that it built needs none of them. A build stage leaves them behind;
    /// so does a cache mount.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y cargo
    /// RUN cargo install ripgrep
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y cargo
    /// RUN cargo install ripgrep && rm -rf /root/.cargo/registry /usr/local/cargo/registry
    /// ```
    "cargo-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::CargoRegistry],
    message: "the registry of `cargo` stays in the image",
    clean: None,
    help: "build in a stage of its own, or mount a cache on the registry",
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
RUN cargo build --release
    ^^^^^^^^^^^^^^^^^^^^^ the registry of `cargo` stays in the image
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM rust
RUN cargo build
FROM debian:13
RUN cargo build && rm -rf ~/.cargo
RUN --mount=type=cache,target=/root/.cargo/registry cargo build
RUN cargo --version
",
        );
    }
}
