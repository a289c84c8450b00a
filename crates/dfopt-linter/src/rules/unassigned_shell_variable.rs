//! `unassigned-shell-variable`

use crate::rule::declare_rule;
use crate::shell::How;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// A script uses a variable that nothing sets.
    ///
    /// ## Why
    ///
    /// The name is assigned neither in the script nor by `ARG` or `ENV`, so it is empty unless the base image happens to set
    /// it. Often it is misspelt, or was set in an earlier `RUN`, whose shell is gone.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN version=3 && echo "$verison" > /etc/app-version
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN version=3 && echo "$version" > /etc/app-version
    /// ```
    "unassigned-shell-variable" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2154", "SC2153"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        let is_guarded =
            |name: &str| tree.names().used.iter().any(|used| used.how == How::Guarded && used.name == name);
        // A text inside another one, or behind a sourced file, gets variables from there.
        if !is_peer && (tree.names().reads_files || !tree.is_outer) {
            continue;
        }
        for never in tree.never_assigned() {
            let name = &never.used.name;
            let is_upper = !name.contains(|c: char| c.is_ascii_lowercase());
            if (is_upper && never.near.is_none()) || (!is_peer && is_guarded(name)) {
                continue;
            }
            let code = if is_upper { "SC2153" } else { "SC2154" };
            let report = ctx.report_in(tree, never.used.range, code, format!("nothing sets `{name}`"));
            let report = if is_upper { report.severity_in(Dialect::Hadolint, Severity::Info) } else { report };
            if let Some(near) = never.near {
                report.help(format!("did you mean `{near}`?"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_first_use_of_a_name() {
        check(
            &RULE,
            "
FROM a
ARG known
RUN echo $known $other \"$other\" ${third:-x} $third $HOME $UPPER
                ^^^^^^ nothing sets `other`
RUN LIST_ALL=1; echo $LIST_AL
                     ^^^^^^^^ nothing sets `LIST_AL`
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN . /etc/os-release; echo $id\nRUN for i in a; do echo $i; done; read x; echo $x $((y=1)) $y\n",
        );
        check_ok(&RULE, "FROM a\nRUN --mount=type=secret,id=x,env=token echo $token $1 $? $@\n");
    }
}
