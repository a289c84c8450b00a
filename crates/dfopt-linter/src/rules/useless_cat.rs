//! `useless-cat`

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Severity};
use dfopt_syntax::TextRange;
use dfopt_syntax::shell::ast::WordPart;

declare_rule! {
    /// `cat` passes one file on to a program that could read it itself.
    ///
    /// ## Why
    ///
    /// A redirection does the same without a second process, and the failure of a missing file is not lost in the pipeline.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN cat /etc/passwd | sort > /etc/sorted
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN < /etc/passwd sort > /etc/sorted
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix redirects the file. It is unsafe because a file that is missing ends the command then.
    "useless-cat" {
        category: Category::Maintainability,
        severity: Severity::Style,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2002"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for (cat, next) in tree.piped() {
            let [file] = cat.args() else { continue };
            let has_glob = file.word.parts().any(|part| matches!(part, WordPart::Glob(_) | WordPart::Brace(_)));
            let is_one = file.value.is_some() || file.text().starts_with('"');
            let is_plain = cat.ast.redirects().next().is_none() && cat.ast.assignments().next().is_none();
            if cat.name() != "cat"
                || !cat.is_bare()
                || has_glob
                || !is_one
                || !is_plain
                || file.text().starts_with('-')
                || cat.context.pipeline_index > 0
            {
                continue;
            }
            let Some(word) = cat.name_word() else { continue };
            let report = ctx.report_in(tree, word.range(), "SC2002", "the next program can read the file itself");
            let reads = next
                .ast
                .redirects()
                .any(|redirect| redirect.operator().is_some_and(|operator| operator.starts_with('<')));
            if tree.is_in_place() && !reads {
                let whole = TextRange::new(cat.node().text_range().start(), next.node().text_range().start());
                let text = file.text();
                report.fix("Redirect the file", |fix| fix.replace(whole, format!("< {text} ")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn one_file_without_options() {
        check(
            &RULE,
            "
FROM a
RUN cat f | sort && cat \"$g\" | wc
    ^^^ the next program can read the file itself [fix]
                    ^^^ the next program can read the file itself [fix]
",
        );
        check_ok(&RULE, "FROM a\nRUN cat a b | c; cat *.d | e; cat -n f | g; cat - | h; cat | i; cat $j | k; cat l\n");
        check_fix(&RULE, "FROM a\nRUN cat f | sort -u | wc\n", "FROM a\nRUN < f sort -u | wc\n");
    }
}
