//! `stopsignal-on-windows`

use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// `STOPSIGNAL` stands in a Windows stage.
    ///
    /// ## Why
    ///
    /// Windows knows no signals. BuildKit ignores the instruction, and the older builder refuses it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    /// STOPSIGNAL SIGTERM
    /// CMD ["app.exe"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
    /// CMD ["app.exe"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The signal also stands in the image's configuration, from which it goes.
    "stopsignal-on-windows" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/windows/no-stopsignal"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let steps = model.steps().iter().filter(|step| matches!(step.ast, Instruction::Stopsignal(_)));
    for step in steps.filter(|step| model.is_windows(step)) {
        let has_comments = step.ast.has_inner_comments();
        let report = ctx.report(step.keyword_range(), "Windows knows no signals");
        if !has_comments {
            report.fix("Remove `STOPSIGNAL`", |fix| fix.delete(step.ast.full_range()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix};

    #[test]
    fn the_keyword_is_marked() {
        check(
            &RULE,
            "
FROM mcr.microsoft.com/windows/servercore:ltsc2022
STOPSIGNAL SIGTERM
^^^^^^^^^^ Windows knows no signals [fix]
FROM alpine
STOPSIGNAL SIGTERM
",
        );
    }

    #[test]
    fn it_goes() {
        let base = "FROM mcr.microsoft.com/windows/servercore:ltsc2022\n";
        check_fix(&RULE, &format!("{base}STOPSIGNAL 9\nRUN x\n"), &format!("{base}RUN x\n"));
    }
}
