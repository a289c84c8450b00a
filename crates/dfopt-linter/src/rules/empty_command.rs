//! `empty-command`

use dfopt_syntax::ast::{CommandForm, Instruction};

use crate::rule::declare_rule;
use crate::site::{keyword, sites};
use crate::{Category, Context, Severity};

declare_rule! {
    /// `RUN`, `CMD` or `ENTRYPOINT` has no command.
    ///
    /// ## Why
    ///
    /// The builder makes `sh -c ""` of it, which does nothing.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// CMD ["sleep", "60"]
    /// ```
    "empty-command" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| site.step.stage.is_some()) {
        let is_run = matches!(site.ast, Instruction::Run(_));
        if !is_run && !matches!(site.ast, Instruction::Cmd(_) | Instruction::Entrypoint(_)) {
            continue;
        }
        let is_empty = match site.ast.command() {
            None => site.ast.heredocs().next().is_none(),
            // An empty array takes an inherited command back, but runs nothing.
            Some(CommandForm::Exec(json)) => {
                is_run && json.strings().next().is_none() && json.others().next().is_none()
            }
            Some(CommandForm::Shell(_)) => site.ast.arguments().as_str().trim().is_empty(),
        };
        if is_empty {
            ctx.report(keyword(&site), format!("`{}` without a command", site.ast.name()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_keyword_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN
^^^ `RUN` without a command
RUN []
^^^ `RUN` without a command
ENTRYPOINT
^^^^^^^^^^ `ENTRYPOINT` without a command
",
        );
        check_ok(&RULE, "FROM a\nCMD []\nENTRYPOINT []\nRUN <<E\nx\nE\nRUN true\nHEALTHCHECK NONE\n");
    }
}
