//! `combined-test`

use crate::rule::declare_rule;
use crate::shell::{Arg, Cmd, Tree};
use crate::{Applicability, ByDefault, Category, Context, Dialect, Severity};
use dfopt_syntax::shell::ast::{self as sh, AstNode, WordPart};
use dfopt_syntax::{SyntaxKind, SyntaxNode};

declare_rule! {
    /// A test asks two things at once, or asks in a roundabout way.
    ///
    /// ## Why
    ///
    /// `-a` and `-o` inside `[ ]` are obsolete and ambiguous. `-n` of an unquoted word is true when it is empty. A glob
    /// behind `-f` may be several files. `$?` and the output of `grep` are tests already: `if command`, `grep -q`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN [ -f /etc/a -a -f /etc/b ] && rm /etc/a
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN [ -f /etc/a ] && [ -f /etc/b ] && rm /etc/a
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix makes two tests of one. It is unsafe because `-a` binds more tightly than `-o`, while `&&` and `||` bind
    /// alike.
    "combined-test" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2166", "SC2070", "SC2144", "SC2181", "SC2143"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        let is_peer = ctx.dialect() == Dialect::Hadolint;
        for cmd in tree.commands.iter().filter(|cmd| cmd.name() == "[" || (cmd.name() == "test" && !is_peer)) {
            let args = match (cmd.name(), cmd.args().split_last()) {
                ("[", Some((last, args))) if last.is("]") => args,
                ("[", _) => continue,
                _ => cmd.args(),
            };
            joined(ctx, tree, cmd, args);
            for pair in args.windows(2) {
                operand(ctx, tree, &pair[0], &pair[1]);
            }
            status(ctx, tree, args);
        }
    }
}

/// `[ p -a q ]`
fn joined(ctx: &mut Context<'_>, tree: &Tree, cmd: &Cmd, args: &[Arg]) {
    for (at, arg) in args.iter().enumerate().skip(1) {
        let operator = match arg.value.as_deref() {
            Some("-a") => "&&",
            Some("-o") => "||",
            _ => continue,
        };
        if at + 1 == args.len() || arg.word.is_quoted() || args[at - 1].is("!") || args[at - 1].is("(") {
            continue;
        }
        let report = ctx
            .report_in(tree, arg.range(), "SC2166", format!("two tests in one, use `{operator}`"))
            .severity_in(Dialect::Hadolint, Severity::Warning);
        let has_parens = args.iter().any(|arg| arg.text().contains(['(', ')']));
        let is_mixed = args.iter().any(|other| other.is("-a")) && args.iter().any(|other| other.is("-o"));
        // Before or behind another operator two commands would need a group.
        let is_alone = cmd.node().parent().is_some_and(|parent| parent.kind() == SyntaxKind::SH_LIST)
            || (operator == "&&" && cmd.node().parent().is_some_and(|parent| is_all_and(&parent)));
        if cmd.name() == "[" && cmd.is_bare() && !has_parens && !is_mixed && is_alone && tree.is_in_place() {
            let range = arg.range();
            report.fix("Make two tests", |fix| fix.replace(range, format!("] {operator} [")));
        }
    }
}

fn is_all_and(node: &SyntaxNode) -> bool {
    node.kind() == SyntaxKind::SH_AND_OR
        && sh::AndOr::cast(node.clone())
            .is_some_and(|list| list.operators().all(|one| one.kind() == SyntaxKind::SH_AND_IF))
}

/// `-n $x`, `-f *.txt`, `-n "$(grep …)"`
fn operand(ctx: &mut Context<'_>, tree: &Tree, flag: &Arg, word: &Arg) {
    let Some(flag) = flag.value.as_deref() else { return };
    let is_unary = flag.len() == 2 && flag.starts_with('-') && flag.as_bytes()[1].is_ascii_alphabetic();
    if !is_unary {
        return;
    }
    let parts: Vec<_> = word.word.parts().collect();
    if flag == "-n" && matches!(parts.as_slice(), [WordPart::Param(_) | WordPart::CommandSubst(_)]) {
        ctx.report_in(tree, word.range(), "SC2070", "without quotes the test is true when it is empty")
            .severity_in(Dialect::Hadolint, Severity::Error);
    }
    let has_glob = parts.iter().any(|part| matches!(part, WordPart::Glob(_)));
    if has_glob && !matches!(flag, "-a" | "-o" | "-n" | "-z") {
        ctx.report_in(
            tree,
            word.range(),
            "SC2144",
            format!("`{flag}` takes one file, and the pattern may match several"),
        )
        .severity_in(Dialect::Hadolint, Severity::Error);
    }
    if matches!(flag, "-n" | "-z") && ends_in_grep(tree, word) {
        ctx.report_in(tree, word.range(), "SC2143", "`grep -q` is a test by itself")
            .severity_in(Dialect::Hadolint, Severity::Style);
    }
}

fn ends_in_grep(tree: &Tree, word: &Arg) -> bool {
    let substs = word.word.command_substs();
    let [subst] = substs.as_slice() else { return false };
    let last = tree.commands.iter().rfind(|cmd| subst.syntax().text_range().contains_range(cmd.node().text_range()));
    last.is_some_and(|cmd| matches!(cmd.name(), "grep" | "egrep" | "fgrep"))
}

/// `[ $? -eq 0 ]`
fn status(ctx: &mut Context<'_>, tree: &Tree, args: &[Arg]) {
    let [left, operator, right] = args else { return };
    let is_zero = right.value.as_deref() == Some("0");
    let is_status = matches!(left.text().as_str(), "$?" | "\"$?\"" | "${?}" | "\"${?}\"");
    let compares = matches!(operator.value.as_deref(), Some("=" | "==" | "!=" | "-eq" | "-ne" | "-gt"));
    if is_zero && is_status && compares {
        ctx.report_in(tree, left.range(), "SC2181", "`if command` tests the status without `$?`")
            .severity_in(Dialect::Hadolint, Severity::Style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn each_way_has_its_code() {
        check(
            &RULE,
            "
FROM a
RUN [ -f a -a -f b ]; [ -n $x ]; [ -f *.c ]; [ $? -ne 0 ]; [ -z \"$(a | grep b)\" ]
           ^^ two tests in one, use `&&` [fix]
                           ^^ without quotes the test is true when it is empty
                                      ^^^ `-f` takes one file, and the pattern may match several
                                               ^^ `if command` tests the status without `$?`
                                                                ^^^^^^^^^^^^^^^ `grep -q` is a test by itself
",
        );
        check_ok(&RULE, "FROM a\nRUN [ -n \"$x\" ] && [ a = b ] && test -f c && [ $? -eq 2 ] && [ -a x ]\n");
        check_fix(&RULE, "FROM a\nRUN [ -f a -o -f b ]; c\n", "FROM a\nRUN [ -f a ] || [ -f b ]; c\n");
    }
}
