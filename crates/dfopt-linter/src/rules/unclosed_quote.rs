//! `unclosed-quote`

use dfopt_semantic::expand::ExpandError;
use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{ErrorKind, TextRange};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A quote is opened and never closed.
    ///
    /// ## Why
    ///
    /// The builder refuses the file where the text is one that it reads itself. In `COPY`, `ADD`, `EXPOSE` and `VOLUME`
    /// quotes do not hold words together, so that a quoted name with a blank falls apart; the JSON form can name it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ENV GREETING="hello
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// ENV GREETING="hello"
    /// ```
    "unclosed-quote" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["SYNTAX_MISSING_SINGLE_QUOTE", "SYNTAX_MISSING_DOUBLE_QUOTE"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let mut in_flags: Vec<TextRange> = Vec::new();
    for error in model.parse().errors().iter().filter(|error| error.kind == ErrorKind::UnclosedQuoteInFlag) {
        in_flags.push(error.range);
        let report = ctx
            .report(error.range, "this quote is never closed")
            .note("it takes in everything to the end of the instruction, which is left without arguments");
        // A RUN without a command runs nothing, and no more.
        if model.step_at(error.range.start()).is_some_and(|step| matches!(step.ast, Instruction::Run(_))) {
            report.builds_anyway();
        }
    }
    for site in sites(model) {
        // Two words of one instruction hold the two ends of one quoted text: one mistake, one report.
        let mut reported = false;
        for text in model.expanded_texts(site.step, &site.ast) {
            for error in &text.expansion.errors {
                let ExpandError::UnclosedQuote { range } = error else { continue };
                let range = text.range(range.clone());
                if reported || in_flags.iter().any(|flag| site.step.range().contains_range(*flag)) {
                    continue;
                }
                reported = true;
                let report = ctx.report(range, "this quote is never closed").at(&site);
                if splits_at_blanks(&site.ast) {
                    report.help("quotes do not hold words together here; use the JSON form for a name with blanks");
                }
            }
        }
    }
}

fn splits_at_blanks(ast: &Instruction) -> bool {
    matches!(ast, Instruction::Copy(_) | Instruction::Add(_) | Instruction::Volume(_)) && ast.json().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_quote_is_marked_once() {
        check(
            &RULE,
            "
FROM a
ENV x='b
      ^ this quote is never closed
COPY \"a b\" /c
     ^ this quote is never closed
USER \"a
     ^ this quote is never closed
ENV x=c
",
        );
        check(&RULE, "FROM a\nRUN --mount=\"type=cache,target=/c make\n            ^ this quote is never closed\n");
    }

    #[test]
    fn shell_text_is_the_shells() {
        check_ok(&RULE, "FROM a\nRUN echo \"a\nCMD echo 'b\nLABEL x=\"a b\"\nENV y=a\\\"\n");
    }
}
