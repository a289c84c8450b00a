//! `cd-back`

use crate::rule::declare_rule;
use crate::shell::Cmd;
use crate::{ByDefault, Category, Context, Dialect, Severity};
use dfopt_syntax::SyntaxKind;

declare_rule! {
    /// `cd ..` undoes a `cd` that may have failed.
    ///
    /// ## Why
    ///
    /// When the first `cd` fails, the second leaves the directory before it, and everything behind runs in the wrong place. A
    /// subshell, `(cd dir && command)`, comes back by itself.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN for d in a b; do cd "/srv/$d"; touch x; cd ..; done
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN for d in a b; do (cd "/srv/$d" && touch x); done
    /// ```
    "cd-back" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2103"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        if tree.commands.iter().any(Cmd::sets_errexit) || (!is_peer && tree.ends_on_failure()) {
            continue;
        }
        for list in tree.of(SyntaxKind::SH_LIST) {
            let statements: Vec<&Cmd> = list.children().filter_map(|child| tree.command(&child)).collect();
            let is_in_loop = list.parent().is_some_and(|parent| parent.kind() == SyntaxKind::SH_BRANCH);
            if !is_peer && !is_in_loop {
                continue;
            }
            let mut went = false;
            for cmd in statements.iter().filter(|cmd| cmd.name() == "cd" && cmd.is_bare()) {
                let is_back = cmd.args().first().is_some_and(|arg| arg.is(".."));
                if is_back && went {
                    ctx.report_in(
                        tree,
                        cmd.node().text_range(),
                        "SC2103",
                        "goes back from where an earlier `cd` may not have come",
                    )
                    .help("run the commands in a subshell: `(cd … && …)`");
                }
                went = !is_back;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn in_the_body_of_a_loop() {
        check(
            &RULE,
            "
FROM a
RUN for i in a b; do cd $i; x; cd ..; done
                               ^^^^^ goes back from where an earlier `cd` may not have come
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN cd a; x; cd ..\nRUN for i in a b; do (cd $i; x); cd $i && y && cd ..; done\nRUN set -e; for i in a; do cd $i; cd ..; done\n",
        );
    }
}
