//! `non-portable-expr`

use crate::rule::declare_rule;
use crate::shell::Shell;
use crate::{ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// `expr` is used for what the shell does, or in a way that not every `expr` knows.
    ///
    /// ## Why
    ///
    /// `substr`, `match`, `length` and `index` are GNU words. Arithmetic is `$((…))`, and `${v#…}` cuts texts, both without
    /// another process.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN expr length "$(cat /etc/alpine-release)"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN v=$(cat /etc/alpine-release) && echo "${#v}"
    /// ```
    "non-portable-expr" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2308", "SC2003"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for cmd in tree.commands.iter().filter(|cmd| cmd.name() == "expr") {
            let Some(first) = cmd.args().first() else { continue };
            let word = first.value.as_deref().unwrap_or_default();
            if matches!(word, "substr" | "match" | "length" | "index") {
                // The shell of Debian and its relatives comes with GNU programs.
                if is_peer || !matches!(tree.shell, Shell::Dash | Shell::DashPipefail | Shell::Bash) {
                    ctx.report_in(tree, first.range(), "SC2308", format!("not every `expr` has `{word}`"));
                }
                continue;
            }
            let is_match =
                cmd.args().iter().any(|arg| arg.is(":") || arg.is("<") || arg.is(">") || arg.is("<=") || arg.is(">="));
            if !is_match && let Some(name) = cmd.name_word() {
                ctx.report_in(tree, name.range(), "SC2003", "the shell calculates by itself: `$((…))`")
                    .severity_in(Dialect::Hadolint, Severity::Style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn words_and_sums() {
        check(
            &RULE,
            "
FROM a
RUN expr substr a 1 2 && expr 1 + 2
         ^^^^^^ not every `expr` has `substr`
                         ^^^^ the shell calculates by itself: `$((…))`
",
        );
        check_ok(&RULE, "FROM debian:12\nRUN expr length a && expr a : 'b'\n");
    }
}
