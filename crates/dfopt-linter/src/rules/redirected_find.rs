//! `redirected-find`

use crate::rule::declare_rule;
use crate::shell::{Cmd, Tree};
use crate::{Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::AstNode;

declare_rule! {
    /// A command lacks its place, or a redirection stands inside it.
    ///
    /// ## Why
    ///
    /// A redirection in the middle of `find` is for `find` itself, not for the command behind `-exec`. Without a path, only
    /// GNU find takes the working directory. `ln` with one argument links into the working directory.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN find /srv -exec cat {} > /dev/null \;
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN find /srv -exec sh -c 'cat "$1" > /dev/null' x {} \;
    /// ```
    "redirected-find" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2227", "SC2185", "SC2226"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for cmd in tree.commands.iter().filter(|cmd| cmd.is_bare()) {
            match cmd.name() {
                "find" => find(ctx, tree, cmd),
                "ln" => {
                    let mut operands = cmd.operands();
                    let (Some(first), None) = (operands.next(), operands.next()) else { continue };
                    if cmd.options().any(|option| option.starts_with("-t") || option.starts_with("--"))
                        || cmd.ast.redirects().next().is_some()
                    {
                        continue;
                    }
                    let range =
                        if ctx.dialect() == Dialect::Hadolint { cmd.node().text_range() } else { first.range() };
                    ctx.report_in(tree, range, "SC2226", "`ln` has no place to link to")
                        .severity_in(Dialect::Hadolint, Severity::Warning);
                }
                _ => {}
            }
        }
    }
}

fn find(ctx: &mut Context<'_>, tree: &Tree, cmd: &Cmd) {
    let last = cmd.words.last().map(|word| word.range().end());
    for redirect in cmd.ast.redirects() {
        let range = redirect.syntax().text_range();
        let is_output = redirect.writes_file();
        if is_output && last.is_some_and(|last| range.end() < last) {
            ctx.report_in(tree, range, "SC2227", "redirects `find`, not the command that it runs")
                .severity_in(Dialect::Hadolint, Severity::Warning);
        }
    }
    let is_expression = |arg: &crate::shell::Arg| {
        let text = arg.value.as_deref().unwrap_or_default();
        text.starts_with('-')
            && !matches!(text, "-H" | "-L" | "-P" | "-h" | "-help" | "--help" | "-version" | "--version" | "-f")
    };
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    let is_mode = |arg: &&crate::shell::Arg| matches!(arg.value.as_deref(), Some("-H" | "-L" | "-P"));
    let first = cmd.args().iter().find(|arg| !is_mode(arg));
    if is_peer
        && first.is_none()
        && let Some(name) = cmd.name_word()
    {
        ctx.report_in(tree, name.range(), "SC2185", "only GNU find takes the working directory when no path is given");
    }
    if let Some(first) = first.filter(|first| is_expression(first)) {
        ctx.report_in(tree, first.range(), "SC2185", "only GNU find takes the working directory when no path is given");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn each_place_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN find . > x -name y; find -name x; ln -s a
           ^^^ redirects `find`, not the command that it runs
                             ^^^^^ only GNU find takes the working directory when no path is given
                                            ^ `ln` has no place to link to
",
        );
        check_ok(&RULE, "FROM a\nRUN find . -name x > y 2>&1; find \"$d\" -type f; ln -s a b; ln -t d a\n");
    }
}
