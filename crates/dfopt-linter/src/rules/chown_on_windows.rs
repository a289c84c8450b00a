//! `chown-on-windows`

use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::{flag_with_blank, sites};
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// `--chown` stands in a Windows stage.
    ///
    /// ## Why
    ///
    /// Files of Windows have no such owner. The builder ignores the flag.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    /// COPY --chown=app:app app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    /// COPY app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The builder ignores what the fix removes.
    "chown-on-windows" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["tally/windows/no-chown-flag"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Copy(_) | Instruction::Add(_))) {
        let Some(flag) = site.ast.flag("chown").filter(|_| model.is_windows(site.step)) else { continue };
        ctx.report(&flag, "`--chown` has no effect on Windows").fix("Remove it", |fix| {
            fix.delete(flag_with_blank(model, flag.range()));
            fix.safe();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_flag_is_marked() {
        check(
            &RULE,
            "
FROM mcr.microsoft.com/windows/servercore:ltsc2022
COPY --chown=a b c
     ^^^^^^^^^ `--chown` has no effect on Windows [safe fix]
FROM alpine
COPY --chown=a b c
",
        );
        check_ok(&RULE, "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY b c\n");
    }

    #[test]
    fn the_flag_goes() {
        let base = "FROM mcr.microsoft.com/windows/servercore:ltsc2022\n";
        check_fix(&RULE, &format!("{base}ADD --chown=a  b c\n"), &format!("{base}ADD b c\n"));
    }
}
