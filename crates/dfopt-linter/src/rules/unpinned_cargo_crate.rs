//! `unpinned-cargo-crate`

use dfopt_semantic::command::rust::CargoVerb;
use dfopt_semantic::command::{Command, Understood, Word};

use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::unpinned::report;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A crate is installed with `cargo` without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the newest version of that day, so the same file makes different images, and a version that breaks something, or needs a
    /// newer compiler, arrives unannounced.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM rust:1.90
    /// RUN cargo install cargo-chef
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM rust:1.90
    /// RUN cargo install cargo-chef --version 0.1.72 --locked
    /// ```
    "unpinned-cargo-crate" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in steps(model) {
        visit(model, step, &mut |command, understood, _| {
            let Understood::Cargo(cargo) = understood else { return };
            if cargo.verb != CargoVerb::Install || cargo.path.is_some() || has_version(command) {
                return;
            }
            let is_open = |word: &&Word| {
                word.text().is_some_and(|text| !text.is_empty() && !text.contains('@') && !text.starts_with(['.', '/']))
            };
            report(ctx, &cargo.crates.iter().copied().filter(is_open).collect::<Vec<_>>());
        });
    }
}

/// Whether an option says which version, tag or commit is meant.
fn has_version(command: &Command<'_>) -> bool {
    command.args().iter().any(|word| {
        let text = word.static_prefix();
        let name = text.split('=').next().unwrap_or_default();
        matches!(name, "--version" | "--vers" | "--rev" | "--tag" | "--list")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn crates_without_a_version() {
        check(
            &RULE,
            "
FROM rust
RUN cargo install --locked a b@1 --features x
                           ^ `a` has no version
RUN cargo binstall -y c
                      ^ `c` has no version
RUN cargo +nightly install --git https://x/y d
                                             ^ `d` has no version
",
        );
    }

    #[test]
    fn pinned_or_local() {
        check_ok(
            &RULE,
            "
FROM rust
RUN cargo install a --version 1 && cargo install --path . && cargo install --git https://x/y --rev z d && cargo install $C
RUN cargo build && cargo install --vers=1 b && cargo binstall c@1
",
        );
    }
}
