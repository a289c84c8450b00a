//! `unused-shell-variable`

use crate::rule::declare_rule;
use crate::shell::{Got, is_set_by_shells};
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// A script sets a variable that it never uses.
    ///
    /// ## Why
    ///
    /// The variable ends with the shell of this `RUN`. It may be misspelt where it is used, meant to be exported, or left
    /// over.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN arch=$(apk --print-arch); echo done
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN arch=$(apk --print-arch); echo "$arch"
    /// ```
    "unused-shell-variable" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2034"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        let names = tree.names();
        if !is_peer && names.reads_files {
            continue;
        }
        // `export` without a name, `set -a` and a text in quotes may use any of them.
        let exports_all =
            tree.commands.iter().any(|cmd| cmd.name() == "set" && (cmd.has_letter('a') || cmd.has("allexport")));
        if exports_all {
            continue;
        }
        let mut seen: Vec<&str> = Vec::new();
        for assigned in &names.assigned {
            let name = assigned.name.as_str();
            let is_loop = matches!(assigned.got, Got::Each(_));
            if assigned.only_for.is_some()
                || assigned.is_exported
                || name.starts_with('_')
                || tree.given.contains_key(name)
                || is_set_by_shells(name)
                || names.used.iter().any(|used| used.name == name)
                || (!is_peer && is_loop)
                || seen.contains(&name)
            {
                continue;
            }
            seen.push(name);
            ctx.report_in(tree, assigned.range, "SC2034", format!("`{name}` is never used"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM a
ENV given=1
RUN x=1; y=$z; given=2; _t=3; PATH=/x; read w; for i in 1 2; do :; done
    ^ `x` is never used
         ^ `y` is never used
                                            ^ `w` is never used
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN x=1 cmd; y=2; export y; export z=3; a=1; echo \"${a}\"; b=1; echo $((b+1)); set -a; c=1\n",
        );
        check_ok(&RULE, "FROM a\nRUN v=1; . ./build.sh\n");
    }
}
