//! `find-xargs-without-null`

use crate::rule::declare_rule;
use crate::shell::Cmd;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// Names from `find` or `ls` fall apart in `xargs`.
    ///
    /// ## Why
    ///
    /// `xargs` splits its input at blanks, line ends and quotes. A file with a blank in its name becomes two. `find -print0 |
    /// xargs -0` keeps names whole, and so does `find -exec … +`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN find /srv -type f | xargs rm
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN find /srv -type f -print0 | xargs -0 rm
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix adds `-print0` and `-0`. It is unsafe because BusyBox may be built without them, and actions in the expression
    /// may print on their own.
    "find-xargs-without-null" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2038", "SC2011"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let is_peer = ctx.dialect() == Dialect::Hadolint;
    for tree in ctx.scripts() {
        for (first, second) in tree.piped() {
            let (name, next) = (first.name(), second.name());
            if next != "xargs" || !matches!(name, "find" | "ls") {
                continue;
            }
            let splits_otherwise = second.options().any(|option| {
                matches!(option, "-0" | "--null")
                    || option.starts_with("-d")
                    || option.starts_with("--delimiter")
                    || is_letters(option, '0')
            });
            let prints_otherwise =
                ["-print0", "-printf", "-fprintf", "-exec", "-execdir"].iter().any(|flag| first.has(flag));
            let takes_nul = second.options().any(|option| matches!(option, "-0" | "--null") || is_letters(option, '0'));
            let is_right = if is_peer { takes_nul && name == "find" } else { splits_otherwise };
            if is_right || prints_otherwise || (!is_peer && has_plain_names(first)) {
                continue;
            }
            let code = if name == "find" { "SC2038" } else { "SC2011" };
            let range = if is_peer {
                first.node().text_range()
            } else {
                first.name_word().map_or(first.node().text_range(), |word| word.range())
            };
            let report = ctx.report_in(tree, range, code, "names with blanks fall apart in `xargs`");
            let is_simple = name == "find" && first.is_bare() && second.is_bare() && !first.has("-print");
            if let (true, Some(xargs)) = (is_simple && tree.is_in_place(), second.name_word()) {
                let end = first.words.last().map_or(range.end(), |word| word.range().end());
                report.fix("Separate names by NUL", |fix| {
                    fix.insert(end, " -print0");
                    fix.insert(xargs.range().end(), " -0");
                });
            }
        }
    }
}

fn is_letters(option: &str, letter: char) -> bool {
    !option.starts_with("--")
        && option.contains(letter)
        && option[1..].chars().all(|c| c.is_ascii_alphabetic() || c == letter)
}

/// `-name '*.ext'` of files that packages bring, whose names have no blanks.
fn has_plain_names(find: &Cmd) -> bool {
    find.args().windows(2).any(|pair| {
        matches!(pair[0].value.as_deref(), Some("-name" | "-iname"))
            && pair[1].value.as_deref().is_some_and(|pattern| pattern.starts_with("*.") && !pattern.contains(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn neighbours_in_a_pipeline() {
        check(
            &RULE,
            "
FROM a
RUN find . -type f | xargs -r rm; ls | xargs rm
    ^^^^ names with blanks fall apart in `xargs` [fix]
                                  ^^ names with blanks fall apart in `xargs`
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN find . -print0 | xargs -0r rm; find . | xargs -d '\\n' rm; find . | sort | xargs rm; find . -name '*.pyc' | xargs rm\n",
        );
        check_fix(
            &RULE,
            "FROM a\nRUN find . -type f | xargs rm\n",
            "FROM a\nRUN find . -type f -print0 | xargs -0 rm\n",
        );
    }
}
