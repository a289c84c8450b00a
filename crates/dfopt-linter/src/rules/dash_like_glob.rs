//! `dash-like-glob`

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::WordPart;

declare_rule! {
    /// Files that match a bare glob may be taken for options.
    ///
    /// ## Why
    ///
    /// A file named `-rf` matches `*` and is an option for the command. `./*` names the same files without that risk.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv
    /// RUN rm *
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /srv
    /// RUN rm ./*
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix puts `./` before the glob. It is unsafe because a program may print or store the names.
    "dash-like-glob" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2035"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for cmd in &tree.commands {
            if matches!(cmd.name(), "echo" | "printf" | "") || (!is_peer && matches!(cmd.name(), "[" | "test")) {
                continue;
            }
            for arg in cmd.args() {
                if arg.is("--") {
                    break;
                }
                let Some(WordPart::Glob(glob)) = arg.word.parts().next() else { continue };
                if !matches!(glob.text(), "*" | "?") || (is_peer && matches!(cmd.name(), "[" | "set")) {
                    continue;
                }
                let range = glob.text_range();
                let report =
                    ctx.report_in(tree, range, "SC2035", "a file whose name begins with `-` becomes an option");
                if tree.is_in_place() {
                    report.fix("Begin with `./`", |fix| fix.insert(range.start(), "./"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn globs_at_the_start() {
        check(
            &RULE,
            "
FROM a
RUN rm *.o a/* ?x
       ^ a file whose name begins with `-` becomes an option [fix]
               ^ a file whose name begins with `-` becomes an option [fix]
",
        );
        check_ok(&RULE, "FROM a\nRUN rm -- *; echo *; for i in *; do :; done; rm \"*\" [a]*; [ -f * ]\n");
        check_fix(&RULE, "FROM a\nRUN rm *.o\n", "FROM a\nRUN rm ./*.o\n");
    }
}
