//! `unquoted-variable`

use crate::rule::declare_rule;
use crate::shell::{Cmd, Spot, Tree, is_quoted, spot, without_trivia};
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::{self as sh, AstNode};
use dfopt_syntax::{SyntaxKind, SyntaxNode};

declare_rule! {
    /// The value of a variable is split into words and matched against files.
    ///
    /// ## Why
    ///
    /// Outside of quotes the shell cuts a value at blanks and replaces `*`, `?` and `[` by the names of files. A value that
    /// is empty vanishes, so that a test or a command gets one argument less. Values that are known to be one word, and lists
    /// of packages or flags that are meant to be split, are left out.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN dir=$(ls /opt) && cp /etc/motd /opt/$dir
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN dir=$(ls /opt) && cp /etc/motd "/opt/$dir"
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix puts double quotes around the expansion. It is unsafe because a list that was meant to be split is one
    /// argument then.
    "unquoted-variable" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2086"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for node in tree.of(SyntaxKind::SH_PARAM) {
            let Some(param) = sh::Param::cast(node.clone()) else { continue };
            let Some(name) = param.name().filter(|name| name != "@" && (is_peer || name != "*")) else { continue };
            let is_count = param.prefix().is_some_and(|prefix| prefix.text() == "#");
            let is_switch = matches!(param.operator().as_deref(), Some("+" | ":+"));
            let range = node.text_range();
            if is_count || is_switch || is_quoted(node) || tree.is_one_word(&name, range.start().into()) {
                continue;
            }
            let text = without_trivia(node);
            if text.contains("[@]") || text.contains("[*]") {
                continue;
            }
            let is_meant = match spot(node) {
                Spot::Argument(command) => {
                    let Some(cmd) = tree.command(&command) else { continue };
                    if !splits(tree, cmd, node) {
                        continue;
                    }
                    is_list(&name, cmd)
                }
                Spot::Redirect => false,
                _ => continue,
            };
            if !is_peer && (is_meant || is_one_word_by_custom(&name)) {
                continue;
            }
            let report =
                ctx.report_in(tree, range, "SC2086", format!("`{text}` is split at blanks and matched against files"));
            if tree.is_in_place() {
                report.fix("Quote it", |fix| {
                    fix.insert(range.start(), "\"");
                    fix.insert(range.end(), "\"");
                });
            }
        }
    }
}

/// Whether the shell splits the words of the command: the value of `export a=$b` in some shells only.
fn splits(tree: &Tree, cmd: &Cmd, node: &SyntaxNode) -> bool {
    let is_declaration = matches!(cmd.name(), "export" | "readonly" | "local" | "declare" | "typeset");
    if !is_declaration {
        return true;
    }
    let word = node.ancestors().find(|ancestor| ancestor.kind() == SyntaxKind::SH_WORD);
    let is_value =
        word.is_some_and(|word| without_trivia(&word).split('$').next().is_some_and(|lead| lead.contains('=')));
    tree.shell.is_small() || !is_value
}

/// Whether the value is a list that is meant to be split.
fn is_list(name: &str, cmd: &Cmd) -> bool {
    let upper = name.to_ascii_uppercase();
    let ends =
        ["OPTS", "OPTIONS", "FLAGS", "ARGS", "DEPS", "PACKAGES", "PKGS", "PACKAGE_LIST", "EXTENSIONS", "LIST", "KEYS"];
    const INSTALLERS: [&str; 22] = [
        "apt-get",
        "apt",
        "aptitude",
        "apk",
        "yum",
        "dnf",
        "microdnf",
        "zypper",
        "pip",
        "pip3",
        "npm",
        "gem",
        "make",
        "cmake",
        "configure",
        "apt-mark",
        "docker-php-ext-install",
        "pecl",
        "go",
        "cargo",
        "xargs",
        "set",
    ];
    ends.iter().any(|end| upper.ends_with(end)) || INSTALLERS.contains(&cmd.name())
}

/// Variables that nobody sets to several words.
fn is_one_word_by_custom(name: &str) -> bool {
    matches!(name, "HOME" | "PWD" | "OLDPWD" | "USER" | "HOSTNAME" | "TMPDIR" | "SHELL" | "LOGNAME" | "PATH")
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
ARG one=1 two=\"a b\"
RUN x=$(y) && cp $x $one $two /dst$x > $x
                 ^^ `$x` is split at blanks and matched against files [fix]
                         ^^^^ `$two` is split at blanks and matched against files [fix]
                                  ^^ `$x` is split at blanks and matched against files [fix]
                                       ^^ `$x` is split at blanks and matched against files [fix]
RUN [ -n $y ] && export a=$y
         ^^ `$y` is split at blanks and matched against files [fix]
                          ^^ `$y` is split at blanks and matched against files [fix]
RUN sh -c 'rm $y'
              ^^ `$y` is split at blanks and matched against files
",
        );
    }

    #[test]
    fn one_word_for_certain_or_meant() {
        check_ok(
            &RULE,
            "FROM a\nRUN v=1.2; w=$v-x; n=$((1+2)); for i in a b; do echo $v $w $n $i $? $# ${#v}; done\n\
             RUN a=$b; case $b in x) ;; esac; for i in $b; do :; done; $b x; echo \"$b\" \"${c:-$d}\" $HOME\n\
             RUN apt-get install -y $PKGS && make $FLAGS && cc $CFLAGS\nSHELL [\"/bin/bash\", \"-c\"]\nRUN export a=$b\n",
        );
        check_ok(&RULE, "FROM a\nRUN <<E\nx=\"a b\"\nx=c\necho $x ${y:+z}\nE\n");
    }

    #[test]
    fn branches_and_loops_count() {
        check(
            &RULE,
            "FROM a\nRUN if a; then v=abc; fi; echo $v\n                               ^^ `$v` is split at blanks and matched against files [fix]\n",
        );
        check_ok(&RULE, "FROM a\nRUN v=; if a; then v=-x; fi; cmd $v\n");
    }

    #[test]
    fn quotes_are_put_around_the_expansion() {
        check_fix(&RULE, "FROM a\nRUN cp $x/y \\\n  ${z} b\n", "FROM a\nRUN cp \"$x\"/y \\\n  \"${z}\" b\n");
    }
}
