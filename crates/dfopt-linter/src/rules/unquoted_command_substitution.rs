//! `unquoted-command-substitution`

use crate::rule::declare_rule;
use crate::shell::{Cmd, Spot, Tree, is_quoted, spot, without_trivia};
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::{self as sh, AstNode};
use dfopt_syntax::{SyntaxKind, SyntaxNode};

declare_rule! {
    /// The output of a command is split into words and matched against files.
    ///
    /// ## Why
    ///
    /// Outside of quotes the shell cuts the output at blanks and line ends and replaces `*`, `?` and `[` by the names of
    /// files. Output that is known to be one word, and lists of packages that are meant to be split, are left out.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cp $(find / -name motd) /srv/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cp "$(find / -name motd)" /srv/
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix puts double quotes around the substitution. It is unsafe because a list that was meant to be split is one
    /// argument then.
    "unquoted-command-substitution" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2046"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for node in tree.of(SyntaxKind::SH_COMMAND_SUBST) {
            let Some(subst) = sh::CommandSubst::cast(node.clone()) else { continue };
            if is_quoted(node) || without_trivia(node) == "$()" || is_meant_to_split(tree, node, is_peer) {
                continue;
            }
            let is_list = match spot(node) {
                Spot::Argument(command) => match tree.command(&command) {
                    Some(cmd) if !splits(tree, cmd) => continue,
                    Some(cmd) => takes_lists(cmd),
                    None => continue,
                },
                Spot::Redirect => false,
                _ => continue,
            };
            if !is_peer && (is_list || is_one_word(tree, node, &subst)) {
                continue;
            }
            let range = node.text_range();
            let report =
                ctx.report_in(tree, range, "SC2046", "the output is split at blanks and matched against files");
            if tree.is_in_place() {
                report.fix("Quote it", |fix| {
                    fix.insert(range.start(), "\"");
                    fix.insert(range.end(), "\"");
                });
            }
        }
    }
}

fn splits(tree: &Tree, cmd: &Cmd) -> bool {
    tree.shell.is_small() || !matches!(cmd.name(), "export" | "readonly" | "local" | "declare" | "typeset")
}

/// The commands of a substitution.
fn commands<'t>(tree: &'t Tree, node: &SyntaxNode) -> Vec<&'t Cmd> {
    tree.commands.iter().filter(|cmd| node.text_range().contains_range(cmd.node().text_range())).collect()
}

/// Programs that print lists of numbers.
fn is_meant_to_split(tree: &Tree, node: &SyntaxNode, is_peer: bool) -> bool {
    commands(tree, node)
        .last()
        .is_some_and(|cmd| matches!(cmd.name(), "seq" | "pgrep") || (!is_peer && cmd.name() == "pidof"))
}

/// Whether arguments of the command are lists by their nature.
fn takes_lists(cmd: &Cmd) -> bool {
    const TAKE: [&str; 18] = [
        "apt-get", "apt", "apk", "yum", "dnf", "microdnf", "zypper", "pip", "pip3", "npm", "gem", "apt-mark", "gcc",
        "g++", "cc", "clang", "set", "rpm",
    ];
    TAKE.contains(&cmd.name())
}

/// Whether the output is one word for certain, or made to be split.
fn is_one_word(tree: &Tree, node: &SyntaxNode, subst: &sh::CommandSubst) -> bool {
    let inner = commands(tree, node);
    let Some(last) = inner.last() else { return subst.list().is_none() };
    match last.name() {
        "nproc" | "uname" | "arch" | "id" | "getconf" | "hostname" | "whoami" | "pwd" | "mktemp" | "xargs"
        | "pkg-config" | "wc" | "basename" | "dirname" | "realpath" | "readlink" | "which" | "rustc" => true,
        "date" => last
            .args()
            .iter()
            .any(|arg| arg.value.as_deref().is_some_and(|text| text.starts_with('+') && !text.contains(' '))),
        "dpkg" => last.has("--print-architecture"),
        "apk" => last.has("--print-arch"),
        "lsb_release" => last.options().any(|option| option.contains('s')),
        "rpm" => last.options().any(|option| option == "-E" || option == "--eval"),
        "command" => last.has("-v"),
        "git" => last.has("rev-parse"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn arguments_and_redirections() {
        check(
            &RULE,
            "
FROM a
RUN cp $(find x) a`y` > $(z)
       ^^^^^^^^^ the output is split at blanks and matched against files [fix]
                  ^^^ the output is split at blanks and matched against files [fix]
                        ^^^^ the output is split at blanks and matched against files [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN x=$(a); for i in $(a); do :; done; $(a) b; echo \"$(a)\"; kill $(pidof x); make -j$(nproc)\n\
             RUN apt-get install -y linux-headers-$(uname -r) $(cat list) && echo $(date +%s)\n",
        );
    }

    #[test]
    fn quotes_are_put_around_it() {
        check_fix(&RULE, "FROM a\nRUN cp $(cat \"$f\") b\n", "FROM a\nRUN cp \"$(cat \"$f\")\" b\n");
    }
}
