//! `unquoted-at`

use crate::rule::declare_rule;
use crate::shell::{Spot, is_quoted, spot, without_trivia};
use crate::{Applicability, Category, Context, Dialect, Severity};
use dfopt_syntax::SyntaxKind;
use dfopt_syntax::shell::ast::{self as sh, AstNode};

declare_rule! {
    /// All arguments, or all elements of an array, are split again.
    ///
    /// ## Why
    ///
    /// `$@` without quotes cuts every argument at blanks and matches it against files; `"$@"` passes each as it is. The same
    /// goes for `$*` and `${array[@]}`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN f() { cp $@ /srv; } && f "a b"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN f() { cp "$@" /srv; } && f "a b"
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix puts double quotes around the expansion. It is unsafe because splitting may have been meant, and `"$*"` is one
    /// argument.
    "unquoted-at" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["SC2068", "SC2048"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
    }
}

fn check(ctx: &mut Context<'_>) {
    for tree in ctx.scripts() {
        for node in tree.of(SyntaxKind::SH_PARAM) {
            let Some(param) = sh::Param::cast(node.clone()) else { continue };
            if is_quoted(node)
                || !matches!(spot(node), Spot::Argument(_) | Spot::CommandWord | Spot::ForWord | Spot::Redirect)
            {
                continue;
            }
            let text = without_trivia(node);
            if param.prefix().is_some() {
                continue;
            }
            let code = match param.name().as_deref() {
                Some("@") => "SC2068",
                Some("*") => "SC2048",
                _ if text.contains("[@]") => "SC2068",
                _ => continue,
            };
            let range = node.text_range();
            let report = ctx.report_in(tree, range, code, format!("`{text}` splits every argument again"));
            let report =
                if code == "SC2048" { report.severity_in(Dialect::Hadolint, Severity::Warning) } else { report };
            if tree.is_in_place() {
                report.fix("Quote it", |fix| {
                    fix.insert(range.start(), "\"");
                    fix.insert(range.end(), "\"");
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn each_is_marked() {
        check(
            &RULE,
            "
FROM a
SHELL [\"/bin/bash\", \"-c\"]
RUN f $@ x$* ${a[@]}; for i in $@; do :; done
      ^^ `$@` splits every argument again [fix]
          ^^ `$*` splits every argument again [fix]
             ^^^^^^^ `${a[@]}` splits every argument again [fix]
                               ^^ `$@` splits every argument again [fix]
",
        );
        check_ok(&RULE, "FROM a\nRUN f \"$@\" \"$*\" $#; x=$@\n");
        check_fix(&RULE, "FROM a\nRUN f $@\n", "FROM a\nRUN f \"$@\"\n");
    }
}
