//! `single-quoted-expansion`

use crate::rule::declare_rule;
use crate::shell::{Cmd, Spot, spot};
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::{self as sh, AstNode};
use dfopt_syntax::{SyntaxKind, SyntaxNode, TextRange, TextSize};

declare_rule! {
    /// A variable or command in single quotes is not expanded.
    ///
    /// ## Why
    ///
    /// Single quotes keep `$name` and `$(command)` as they are written. Where another program expands them later (a shell
    /// behind `-c`, `awk`, `envsubst`), that is meant and not reported.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl && curl -o '/srv/$NAME' https://example.com/data
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl && curl -o "/srv/$NAME" https://example.com/data
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix uses double quotes. It is unsafe because the text may have been meant as it is.
    "single-quoted-expansion" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2016"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for node in tree.of(SyntaxKind::SH_SINGLE_QUOTED) {
            let Some(quoted) = sh::SingleQuoted::cast(node.clone()).filter(|quoted| !quoted.is_ansi()) else {
                continue;
            };
            let text = quoted.value();
            if !looks_expanded(&text) {
                continue;
            }
            let Some(command) = node.ancestors().find(|ancestor| ancestor.kind() == SyntaxKind::SH_COMMAND) else {
                continue;
            };
            let Some(cmd) = tree.command(&command) else { continue };
            let is_wanted = match spot(node) {
                Spot::Assignment => is_prompt(node),
                _ => expands_itself(cmd, &text) || (!is_peer && (is_written_to_file(cmd) || expands_or_matches(cmd))),
            };
            if is_wanted {
                continue;
            }
            let range = node.text_range();
            let report = ctx.report_in(tree, range, "SC2016", "nothing is expanded in single quotes");
            let is_simple = !text.contains(['"', '\\', '`', '!']);
            if is_simple && tree.is_in_place() {
                let last = TextRange::new(range.end() - TextSize::of('\''), range.end());
                report.fix("Use double quotes", |fix| {
                    fix.replace(TextRange::at(range.start(), TextSize::of('\'')), "\"");
                    fix.replace(last, "\"");
                });
            }
        }
    }
}

/// `$name`, `${`, `$(`, `$1` or a pair of backticks.
fn looks_expanded(text: &str) -> bool {
    let is_start = |c: char| c == '_' || c == '{' || c == '(' || c.is_ascii_alphanumeric();
    let dollar = text.match_indices('$').any(|(at, _)| text[at + 1..].starts_with(is_start));
    let backtick = text.find('`').is_some_and(|at| text[at + 1..].find('`').is_some_and(|len| len > 0));
    dollar || backtick
}

/// `PS1='…'` and the like.
fn is_prompt(node: &SyntaxNode) -> bool {
    let assignment = node.ancestors().find_map(sh::Assignment::cast);
    let name = assignment.and_then(|assignment| assignment.name()).unwrap_or_default();
    matches!(name.as_str(), "PS1" | "PS2" | "PS3" | "PS4" | "PROMPT_COMMAND")
}

/// Programs that carry out or expand their arguments.
fn expands_itself(cmd: &Cmd, text: &str) -> bool {
    let outer = cmd.words.first().and_then(|word| word.value.as_deref()).unwrap_or_default();
    let outer = outer.rsplit('/').next().unwrap_or(outer);
    let runs = |name: &str| {
        matches!(
            name,
            "trap"
                | "sh"
                | "bash"
                | "ksh"
                | "zsh"
                | "dash"
                | "ash"
                | "ssh"
                | "eval"
                | "xprop"
                | "alias"
                | "sudo"
                | "doas"
                | "docker"
                | "podman"
                | "oc"
                | "dpkg-query"
                | "jq"
                | "rename"
                | "rg"
                | "unset"
        ) || name.ends_with("awk")
            || name.starts_with("perl")
    };
    if runs(cmd.name()) || runs(outer) {
        return true;
    }
    match cmd.name() {
        "sed" => {
            let is_address = |(at, _): (usize, &str)| {
                let behind = &text.as_bytes()[at + 1..];
                matches!(behind.first(), Some(b'{' | b'd' | b'p' | b's' | b'a' | b'i' | b'c'))
                    && !behind.get(1).is_some_and(u8::is_ascii_alphabetic)
            };
            text.match_indices('$').any(is_address)
        }
        "find" => {
            let exec = cmd.args().iter().position(|arg| arg.is("-exec") || arg.is("-execdir"));
            let called =
                exec.and_then(|at| cmd.args().get(at + 1)).and_then(|arg| arg.value.as_deref()).unwrap_or_default();
            runs(called.rsplit('/').next().unwrap_or(called))
        }
        "git" => cmd.has("filter-branch"),
        _ => false,
    }
}

/// Programs with a pattern or a program in their own language, and those that call a shell.
fn expands_or_matches(cmd: &Cmd) -> bool {
    match cmd.name() {
        "su" | "gosu" | "su-exec" | "xargs" | "runuser" | "chroot" | "script" | "parallel" => true,
        "envsubst" | "sed" | "grep" | "egrep" | "fgrep" | "tr" | "expr" | "find" | "php" | "node" | "ruby" | "psql"
        | "mysql" | "tclsh" => true,
        name => name.starts_with("python") || name.starts_with("pwsh"),
    }
}

/// `echo 'export A=$B' >> .bashrc`, `printf '…' | tee file`
fn is_written_to_file(cmd: &Cmd) -> bool {
    let is_text = matches!(cmd.name(), "echo" | "printf" | "cat" | "tee");
    let parents = cmd.node().ancestors().skip(1).take_while(|node| {
        matches!(
            node.kind(),
            SyntaxKind::SH_PIPELINE
                | SyntaxKind::SH_GROUP
                | SyntaxKind::SH_SUBSHELL
                | SyntaxKind::SH_LIST
                | SyntaxKind::SH_AND_OR
        )
    });
    let redirected =
        |node: &SyntaxNode| node.children().filter_map(sh::Redirect::cast).any(|redirect| redirect.writes_file());
    let piped = cmd.context.pipeline_index + 1 < cmd.context.pipeline_len;
    is_text && (piped || redirected(cmd.node()) || parents.into_iter().any(|node| redirected(&node)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn what_the_shell_would_expand() {
        check(
            &RULE,
            "
FROM a
RUN cp '$x' '${y}' '$(z)' '`z`' '$' '$.' && v='$1'
       ^^^^ nothing is expanded in single quotes [fix]
            ^^^^^^ nothing is expanded in single quotes [fix]
                   ^^^^^^ nothing is expanded in single quotes [fix]
                          ^^^^^ nothing is expanded in single quotes
                                              ^^^^ nothing is expanded in single quotes [fix]
",
        );
    }

    #[test]
    fn programs_that_want_it() {
        check_ok(
            &RULE,
            "FROM a\nRUN awk '{print $1}' f; sh -c 'a $b'; sed '$d' f; sed 's/$x/y/' f; find . -exec sh -c 'a $1' x {} +; PS1='$x'\n\
             RUN echo 'export A=$B' >> ~/.bashrc; printf '$x' | tee f; su app -c 'a $b'; envsubst '$A'; (echo '$a'; echo b) > c\n",
        );
        check_fix(&RULE, "FROM a\nRUN cp '$x y' b\n", "FROM a\nRUN cp \"$x y\" b\n");
    }
}
