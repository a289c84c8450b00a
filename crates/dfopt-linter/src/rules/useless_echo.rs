//! `useless-echo`

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};
use dfopt_syntax::SyntaxKind;
use dfopt_syntax::shell::ast::WordPart;

declare_rule! {
    /// `echo` only passes on the output of a command.
    ///
    /// ## Why
    ///
    /// `echo $(command)` prints what `command` prints itself, with blanks lost. `$(echo text)` is `text`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN echo "$(uname -m)" > /etc/arch
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN uname -m > /etc/arch
    /// ```
    "useless-echo" {
        category: Category::Maintainability,
        severity: Severity::Style,
        fix: None,
        aliases: &["SC2005", "SC2116"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Style),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for cmd in tree.commands.iter().filter(|cmd| cmd.name() == "echo" && cmd.is_bare()) {
            if let [arg] = cmd.args() {
                let parts: Vec<_> = arg.word.parts().collect();
                let is_lone = match parts.as_slice() {
                    [WordPart::CommandSubst(_)] => true,
                    [WordPart::DoubleQuoted(quoted)] => {
                        let inner: Vec<_> = quoted.parts().collect();
                        matches!(inner.as_slice(), [WordPart::CommandSubst(_)])
                    }
                    _ => false,
                };
                if is_lone {
                    ctx.report_in(tree, arg.range(), "SC2005", "the command prints this by itself");
                    continue;
                }
            }
            let has_glob = cmd
                .args()
                .iter()
                .any(|arg| arg.word.parts().any(|part| matches!(part, WordPart::Glob(_) | WordPart::Brace(_))));
            let subst = cmd
                .node()
                .parent()
                .and_then(|list| list.parent())
                .filter(|around| around.kind() == SyntaxKind::SH_COMMAND_SUBST);
            let is_only = cmd.node().parent().is_some_and(|list| list.children().count() == 1);
            let is_plain =
                cmd.options().next().is_none() && cmd.ast.redirects().next().is_none() && !cmd.args().is_empty();
            if let Some(subst) = subst.filter(|_| is_only && is_plain && !has_glob) {
                ctx.report_in(tree, subst.text_range(), "SC2116", "the text stands for itself without `echo`");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn both_directions() {
        check(
            &RULE,
            "
FROM a
RUN echo $(a) && echo \"$(b)\" && x=$(echo c)
         ^^^^ the command prints this by itself
                      ^^^^^^ the command prints this by itself
                                  ^^^^^^^^^ the text stands for itself without `echo`
",
        );
        check_ok(&RULE, "FROM a\nRUN echo a $(b) && x=$(echo *) && y=$(echo -n a) && z=$(echo a | b)\n");
    }
}
