//! `invalid-escape-directive`

use dfopt_syntax::ErrorKind;

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `# escape=` has a value other than a backslash and a backtick.
    ///
    /// ## Why
    ///
    /// The builder refuses the file. No remark may follow on the line.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # escape=^
    /// FROM mcr.microsoft.com/windows/nanoserver:ltsc2025
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # escape=`
    /// FROM mcr.microsoft.com/windows/nanoserver:ltsc2025
    /// ```
    "invalid-escape-directive" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["INVALID_ESCAPE_DIRECTIVE"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for error in ctx.model().parse().errors().iter().filter(|error| error.kind == ErrorKind::InvalidEscapeDirective) {
        ctx.report(error.range, "the escape must be a backslash or a backtick");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_value_is_marked() {
        check(
            &RULE,
            "# escape=` for Windows\n         ^^^^^^^^^^^^^ the escape must be a backslash or a backtick\nFROM a\n",
        );
        check_ok(&RULE, "# escape = `\nFROM a\n");
        check_ok(&RULE, "# remark\n# escape=x\nFROM a\n");
    }
}
