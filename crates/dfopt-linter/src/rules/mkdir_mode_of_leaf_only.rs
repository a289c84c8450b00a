//! `mkdir-mode-of-leaf-only`

use crate::rule::declare_rule;
use crate::shell::Arg;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// `mkdir -p -m` sets the mode of the last directory only.
    ///
    /// ## Why
    ///
    /// The directories above it are made with the default mode. Make them one by one, or set their modes with `chmod`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN mkdir -p -m 700 srv/private/keys
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN mkdir -p srv/private && mkdir -m 700 srv/private/keys
    /// ```
    "mkdir-mode-of-leaf-only" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["SC2174"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for cmd in tree.commands.iter().filter(|cmd| cmd.name() == "mkdir") {
            let mode = cmd.args().iter().find(|arg| {
                let text = arg.value.as_deref().unwrap_or_default();
                text.starts_with("--mode") || (text.starts_with('-') && !text.starts_with("--") && text.contains('m'))
            });
            let makes_parents = cmd
                .options()
                .any(|option| option == "--parents" || (!option.starts_with("--") && option.contains('p')));
            let Some(mode) = mode.filter(|_| makes_parents) else { continue };
            let is_value = |arg: &&Arg| {
                arg.value
                    .as_deref()
                    .is_some_and(|text| text.bytes().all(|b| b.is_ascii_digit() || b"ugoarwx+-=,".contains(&b)))
            };
            let is_deep = cmd.operands().filter(|arg| !is_value(arg)).any(|arg| {
                let text = arg.text();
                let path = text.trim_matches(['"', '\'']);
                if is_peer {
                    return path.trim_end_matches('/').contains('/');
                }
                let parts = path.trim_matches('/').split('/').filter(|part| !matches!(*part, "" | "." | ".."));
                // The first directory of an absolute path is there in every image.
                parts.count() > 1 + usize::from(path.starts_with('/'))
            });
            if is_deep {
                ctx.report_in(tree, mode.range(), "SC2174", "the directories above the last get the default mode");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_option_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN mkdir -p -m 755 a/b && mkdir -pm 700 /srv/a/b
             ^^ the directories above the last get the default mode
                                 ^^^ the directories above the last get the default mode
",
        );
        check_ok(&RULE, "FROM a\nRUN mkdir -p -m 755 a /srv/b && mkdir -m 700 a/b && mkdir -p a/b\n");
    }
}
