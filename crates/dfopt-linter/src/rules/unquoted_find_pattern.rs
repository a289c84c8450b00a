//! `unquoted-find-pattern`

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};
use dfopt_syntax::shell::ast::WordPart;

declare_rule! {
    /// The shell expands the pattern that `find` was to get.
    ///
    /// ## Why
    ///
    /// When files in the working directory match, `find` gets their names instead of the pattern: one name finds too little,
    /// several are an error.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN find /srv -name *.tmp -delete
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN find /srv -name '*.tmp' -delete
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix puts single quotes around the pattern. `find` gets what it gets today wherever no file in the working
    /// directory matches, and what was meant where one does.
    "unquoted-find-pattern" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["SC2061"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    const TESTS: [&str; 10] =
        ["-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-regex", "-iregex", "-lname", "-ilname"];
    for tree in ctx.scripts() {
        for cmd in tree.commands.iter().filter(|cmd| cmd.name() == "find") {
            for pair in cmd.args().windows(2) {
                let is_pattern = pair[0].value.as_deref().is_some_and(|flag| TESTS.contains(&flag));
                let has_glob = pair[1].word.parts().any(|part| matches!(part, WordPart::Glob(_)));
                if !is_pattern || !has_glob {
                    continue;
                }
                let range = pair[1].range();
                let report =
                    ctx.report_in(tree, range, "SC2061", "the shell expands the pattern before `find` sees it");
                let text = pair[1].text();
                if tree.is_in_place()
                    && !text.contains(['\'', '"', '$', '`', '\\'])
                    && u32::from(range.len()) as usize == text.len()
                {
                    report.fix("Quote the pattern", |fix| {
                        fix.replace(range, format!("'{text}'"));
                        fix.safe();
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_pattern_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN find . -name *.c -o -path a*/b -o -name '*.d' -o -name \\*.e
                 ^^^ the shell expands the pattern before `find` sees it [safe fix]
                              ^^^^ the shell expands the pattern before `find` sees it [safe fix]
",
        );
        check_fix(&RULE, "FROM a\nRUN find . -name *.c\n", "FROM a\nRUN find . -name '*.c'\n");
        check_ok(&RULE, "FROM a\nRUN ls *.c && find *.d -type f\n");
    }
}
