//! `instruction-before-from`

use dfopt_syntax::ErrorKind;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Rule, Severity};

declare_rule! {
    /// An instruction other than `ARG` stands before the first `FROM`.
    ///
    /// ## Why
    ///
    /// Before the first `FROM` there is no image that an instruction could change. Only `ARG` may stand there, for use in
    /// `FROM` itself.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// LABEL stage=build
    /// FROM alpine
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// LABEL stage=build
    /// ```
    "instruction-before-from" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["DL3061", "DF037"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let meant = model.parse().errors().iter().find(|error| {
        matches!(
            error.kind,
            ErrorKind::UnknownInstruction { suggestion: Some("FROM"), read_as_suggestion: false, .. }
                | ErrorKind::NotADockerfile
        )
    });
    let mut found = 0;
    for step in model.global_steps() {
        if matches!(step.ast, Instruction::Arg(_))
            || meant.is_some_and(|error| error.range.start() < step.range().start())
        {
            continue;
        }
        found += 1;
        if found == 1 || ctx.dialect() == Dialect::Hadolint {
            ctx.report(step.keyword_range(), format!("`{}` before the first `FROM`", step.ast.name()))
                .note("only `ARG` may stand here");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_first_of_them_is_marked() {
        check(
            &RULE,
            "
# remark
ARG v
RUN x
^^^ `RUN` before the first `FROM`
USER y
FROM a
",
        );
        check_ok(&RULE, "ARG v\nFROM a\nRUN x\n");
        check_ok(&RULE, "FORM a b c d\nRUN x\n");
    }
}
