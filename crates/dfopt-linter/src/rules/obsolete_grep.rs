//! `obsolete-grep`

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// `egrep` and `fgrep` are obsolete, and `grep` counts by itself.
    ///
    /// ## Why
    ///
    /// GNU grep warns about `egrep` and `fgrep`, and some distributions no longer have them. `grep -E`, `grep -F` and `grep
    /// -c` do the same.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN egrep "root|nobody" /etc/passwd
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN grep -E "root|nobody" /etc/passwd
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix writes `grep` with the option that the old name stood for.
    "obsolete-grep" {
        category: Category::Maintainability,
        severity: Severity::Style,
        fix: Some(Applicability::Safe),
        aliases: &["SC2196", "SC2197", "SC2126"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for cmd in &tree.commands {
            let (code, option) = match cmd.name() {
                "egrep" => ("SC2196", "-E"),
                "fgrep" => ("SC2197", "-F"),
                _ => continue,
            };
            let Some(word) = cmd.name_word() else { continue };
            let range = word.range();
            let report = ctx.report_in(tree, range, code, format!("obsolete, use `grep {option}`"));
            if tree.is_in_place() && word.text() == cmd.name() {
                report.fix(format!("Write `grep {option}`"), |fix| {
                    fix.replace(range, format!("grep {option}"));
                    fix.safe();
                });
            }
        }
        for (grep, count) in tree.piped() {
            let is_count = count.name() == "wc" && count.args().len() == 1 && (count.has("-l") || count.has("--lines"));
            let prints_other = grep.options().any(|option| {
                option.starts_with("--only")
                    || (!option.starts_with("--") && option.contains(['o', 'A', 'B', 'C', 'r', 'R', 'l', 'L', 'c']))
            });
            if matches!(grep.name(), "grep" | "egrep" | "fgrep") && is_count && !prints_other {
                let range = grep.name_word().map_or(grep.node().text_range(), |word| word.range());
                ctx.report_in(tree, range, "SC2126", "`grep -c` counts without `wc`")
                    .severity_in(Dialect::Hadolint, Severity::Style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_program_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN egrep x; /bin/fgrep y; grep z | wc -l
    ^^^^^ obsolete, use `grep -E` [safe fix]
             ^^^^^^^^^^ obsolete, use `grep -F`
                           ^^^^ `grep -c` counts without `wc`
",
        );
        check_ok(&RULE, "FROM a\nRUN grep -E x; grep -o y | wc -l; grep z | wc; grep -c w\n");
        check_fix(&RULE, "FROM a\nRUN egrep -v x y\n", "FROM a\nRUN grep -E -v x y\n");
    }
}
