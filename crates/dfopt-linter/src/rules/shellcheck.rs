//! `shellcheck`

use crate::rule::declare_rule;
use crate::{Applicability, Category, Severity};

declare_rule! {
    /// ShellCheck has found something in a shell script.
    ///
    /// ## Why
    ///
    /// Where the program `shellcheck` is installed, all scripts of a run are given to it, each in the dialect of its shell and
    /// with `ARG` and `ENV` known. What it says is shown here at its place in the Dockerfile, unless a rule of this tool says
    /// the same. <https://www.shellcheck.net/wiki/> has a page for each number.
    ///
    /// ## Example
    ///
    /// ```text
    /// FROM alpine:3.22
    /// RUN for f in a b; do read -r line < "$f" | cat; done
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cat a b
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Fixes are those that ShellCheck proposes. They are unsafe because nothing is known here of what they change.
    "shellcheck" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: |_| {},
        hadolint: Some(Severity::Warning),
    }
}
