//! `repeated-directive`

use dfopt_syntax::ErrorKind;

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A parser directive is given twice.
    ///
    /// ## Why
    ///
    /// The builder refuses a second `syntax`, `escape` or `check` at the top of the file.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # check=skip=JSONArgsRecommended
    /// # check=error=true
    /// FROM alpine
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # check=skip=JSONArgsRecommended;error=true
    /// FROM alpine
    /// ```
    "repeated-directive" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["DUPLICATED_ESCAPE_DIRECTIVE"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for error in ctx.model().parse().errors() {
        if let ErrorKind::RepeatedDirective { name } = &error.kind {
            ctx.report(error.range, format!("`{name}` is given twice"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_second_name_is_marked() {
        check(&RULE, "# escape=`\n# ESCAPE=`\n  ^^^^^^ `escape` is given twice\nFROM a\n");
        check_ok(&RULE, "# escape=`\n\n# escape=`\nFROM a\n");
    }
}
