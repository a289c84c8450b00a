//! `parsed-ls`

use crate::rule::declare_rule;
use crate::shell::Cmd;
use crate::{ByDefault, Category, Context, Dialect, Severity};
use dfopt_syntax::SyntaxKind;
use dfopt_syntax::shell::ast::{self as sh, AstNode};

declare_rule! {
    /// The output of `ls` is read by another program.
    ///
    /// ## Why
    ///
    /// `ls` is made for people: names with blanks or line ends cannot be told apart in its output. Globs, `find` or `stat`
    /// give names and facts reliably.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN for f in $(ls /srv); do echo "$f"; done
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN for f in /srv/*; do echo "$f"; done
    /// ```
    "parsed-ls" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2010", "SC2012", "SC2045"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for (first, second) in tree.piped() {
            if first.name() != "ls"
                || second.name() == "xargs"
                || (!is_peer && (first.has_letter('d') || second.name() == "head"))
            {
                continue;
            }
            let code = if second.name() == "grep" { "SC2010" } else { "SC2012" };
            let report = ctx.report_in(tree, first.node().text_range(), code, "the output of `ls` is for people");
            if code == "SC2012" {
                report.severity_in(Dialect::Hadolint, Severity::Info);
            }
        }
        for node in tree.of(SyntaxKind::SH_FOR) {
            let Some(found) = sh::For::cast(node.clone()) else { continue };
            let words: Vec<_> = found.words().collect();
            if is_peer && words.len() > 1 {
                continue;
            }
            for word in words {
                for subst in word.command_substs() {
                    let inside = |cmd: &&Cmd| subst.syntax().text_range().contains_range(cmd.node().text_range());
                    let mut inner = tree.commands.iter().filter(inside);
                    if inner.next().is_some_and(|cmd| cmd.name() == "ls") && inner.next().is_none() {
                        ctx.report_in(tree, subst.syntax().text_range(), "SC2045", "the output of `ls` is for people")
                            .severity_in(Dialect::Hadolint, Severity::Error)
                            .help("loop over a glob");
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn pipes_and_loops() {
        check(
            &RULE,
            "
FROM a
RUN ls x | grep y; ls -l | wc; for i in $(ls); do :; done
    ^^^^ the output of `ls` is for people
                   ^^^^^ the output of `ls` is for people
                                        ^^^^^ the output of `ls` is for people
",
        );
        check_ok(&RULE, "FROM a\nRUN ls; ls -d x | wc; ls | head; x=$(ls); for i in *; do :; done\n");
    }
}
