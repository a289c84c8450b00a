//! `unknown-instruction`

use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{ErrorKind, SyntaxError};

use crate::rule::declare_rule;
use crate::site::{When, when_triggered};
use crate::{Applicability, Category, Context, Rule, Severity};

declare_rule! {
    /// A line begins with a word that is no instruction.
    ///
    /// ## Why
    ///
    /// The builder refuses the whole file. Mostly the word is misspelt, the line above lacks the backslash that would
    /// continue it, or a blank is missing between keyword and argument.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPPY app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix is offered where the arguments fit the nearest keyword, and is unsafe because another one may be meant.
    "unknown-instruction" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: Some(Applicability::Unsafe),
        aliases: &["UNKNOWN_INSTRUCTION", "tally/unknown-instruction"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for error in model.parse().errors() {
        report(ctx, error);
    }
}

fn report(ctx: &mut Context<'_>, error: &SyntaxError) {
    let model = ctx.model();
    match &error.kind {
        ErrorKind::UnknownInstruction { word, suggestion, read_as_suggestion } => {
            let range = error.range;
            let mut report = ctx.report(range, format!("unknown instruction `{word}`"));
            if let Some(suggestion) = suggestion {
                report = report.help(format!("did you mean `{suggestion}`?"));
                if *read_as_suggestion {
                    report = report.fix(format!("Change to `{suggestion}`"), |fix| fix.replace(range, *suggestion));
                }
            }
            // Behind ONBUILD it is only read when the image is built upon.
            let onbuild = model.step_at(range.start()).filter(|step| matches!(step.ast, Instruction::Onbuild(_)));
            if onbuild
                .is_some_and(|step| step.keyword_range() != range && when_triggered(model, step) == When::Elsewhere)
            {
                report.builds_anyway();
            }
        }
        ErrorKind::MissingContinuation => {
            ctx.report(error.range, "missing `\\` at the end of this line")
                .note("the next line begins with no instruction, so it seems to belong to this one");
        }
        ErrorKind::MissingBlank { keyword } => {
            let range = error.range;
            ctx.report(range, format!("missing blank behind `{keyword}`"))
                .fix("Insert a blank", |fix| fix.insert(range.end(), " "));
        }
        ErrorKind::ConflictMarker => {
            ctx.report(error.range, "merge conflict marker").help("resolve the conflict and delete the markers");
        }
        ErrorKind::TemplateLine => {
            ctx.report(error.range, "template syntax").note("this file has to go through its template engine first");
        }
        ErrorKind::NotADockerfile => {
            ctx.report(error.range, "this does not look like a Dockerfile");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn each_kind_of_line() {
        check(
            &RULE,
            "
FORM alpine
^^^^ unknown instruction `FORM` [fix]
CMD[\"a\"]
^^^ missing blank behind `CMD` [fix]
COPY a b
yarn install
^^^^ unknown instruction `yarn`
",
        );
        check(
            &RULE,
            "FROM a\nRUN apt-get update\n                  ^ missing `\\` at the end of this line\n  && apt-get install x\n",
        );
        check_ok(&RULE, "from a\nrun x\n");
    }

    #[test]
    fn markers_and_templates() {
        check(
            &RULE,
            "FROM a\n<<<<<<< ours\n^^^^^^^^^^^^ merge conflict marker\nRUN x\n=======\nRUN y\n>>>>>>> theirs\n",
        );
        check(&RULE, "FROM a\n{{ lines }}\n^^^^^^^^^^^ template syntax\n{{ more }}\n");
        check(&RULE, "{ \"a\":\n^ this does not look like a Dockerfile\n 1 }\n");
    }

    #[test]
    fn fixes() {
        check_fix(&RULE, "FORM alpine\nCMD[\"a\"]\n", "FROM alpine\nCMD [\"a\"]\n");
    }
}
