//! `unchecked-cd`

use crate::rule::declare_rule;
use crate::shell::Cmd;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// The script goes on in the wrong directory when `cd` fails.
    ///
    /// ## Why
    ///
    /// When the directory is not there, `cd` prints a message and the next command runs where the shell was before. Join it
    /// with `&&`, or let a failure end the script with `set -e`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cd /srv/app; rm -rf tmp
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cd /srv/app && rm -rf tmp
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix adds `|| exit 1`. It is unsafe because a build that went on before stops then.
    "unchecked-cd" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2164"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        let ends_on_failure =
            if is_peer { tree.commands.iter().any(Cmd::sets_errexit) } else { tree.ends_on_failure() };
        if ends_on_failure {
            continue;
        }
        for (at, cmd) in tree.commands.iter().enumerate() {
            if !matches!(cmd.name(), "cd" | "pushd" | "popd") || !cmd.is_bare() || is_checked(cmd) {
                continue;
            }
            let is_last = tree.commands.get(at + 1).is_none();
            let is_safe = cmd.args().first().and_then(|arg| arg.value.as_deref()).is_some_and(is_always_there);
            if is_safe || (!is_peer && is_last) {
                continue;
            }
            let range = cmd.node().text_range();
            let marked = cmd.name_word().map_or(range, |word| word.range());
            let report = ctx.report_in(
                tree,
                marked,
                "SC2164",
                format!("when `{}` fails, the script goes on elsewhere", cmd.name()),
            );
            if tree.is_in_place() {
                report.fix("Stop when it fails", |fix| fix.insert(range.end(), " || exit 1"));
            }
        }
    }
}

/// Whether something looks at the status.
fn is_checked(cmd: &Cmd) -> bool {
    cmd.context.status_tested && !cmd.context.negated
}

/// `/`, `.`, `..`, `../..`
fn is_always_there(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn what_follows_decides() {
        check(
            &RULE,
            "
FROM a
RUN cd x; a && cd y; b
    ^^ when `cd` fails, the script goes on elsewhere [fix]
               ^^ when `cd` fails, the script goes on elsewhere [fix]
RUN <<E
cd x
^^ when `cd` fails, the script goes on elsewhere [fix]
ls
E
",
        );
        check_ok(&RULE, "FROM a\nRUN cd x && a; cd /; b; cd ../..; if cd y; then c; fi; cd z || exit; d\n");
        check_ok(&RULE, "FROM a\nRUN set -eux; cd x; a\nRUN a; cd x\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN cd x; a\n");
        check_fix(&RULE, "FROM a\nRUN cd \"$x\"; a\n", "FROM a\nRUN cd \"$x\" || exit 1; a\n");
    }
}
