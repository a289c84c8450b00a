//! `mixed-instruction-case`

use dfopt_semantic::model::Step;

use crate::option::Choice;
use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Severity};

static CASE: Choice = Choice::new(
    "case",
    &["majority", "upper"],
    "majority",
    "Whether keywords are written as most of the file writes them, or in upper case.",
);

declare_rule! {
    /// Keywords are written in upper case here and in lower case there.
    ///
    /// ## Why
    ///
    /// One way of writing them is easier to read and to search for.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY app /usr/local/bin/
    /// cmd ["app"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY app /usr/local/bin/
    /// CMD ["app"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The case of a keyword means nothing to the builder.
    "mixed-instruction-case" {
        category: Category::Layout,
        severity: Severity::Style,
        fix: Some(Applicability::Safe),
        aliases: &["ConsistentInstructionCasing", "CASING_INSTRUCTION", "S6476", "DF076"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        buildkit: Some(Severity::Warning),
        options: &[CASE.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let keywords: Vec<(&Step, String)> = model
        .steps()
        .iter()
        .filter(|step| step.stage.is_some())
        .map(|step| (step, step.ast.keyword_tokens().map(|token| token.text().to_owned()).collect()))
        .collect();
    let count = |is: fn(&str) -> bool| keywords.iter().filter(|(_, keyword)| is(keyword)).count();
    let is_lower = CASE.of(ctx) == "majority" && count(is_lower) > count(is_upper);
    for (step, keyword) in &keywords {
        let wanted = if is_lower { keyword.to_lowercase() } else { keyword.to_uppercase() };
        if *keyword == wanted {
            continue;
        }
        let place = step.keyword_range();
        let case = if is_lower { "lower" } else { "upper" };
        let report = ctx.report(place, format!("`{keyword}` is not in {case} case"));
        // One that is cut by a continuation stays as it is.
        if model.text_at(place) == keyword {
            report.fix(format!("Write `{wanted}`"), |fix| {
                fix.replace(place, wanted);
                fix.safe();
            });
        }
    }
}

fn is_lower(keyword: &str) -> bool {
    keyword.chars().all(|c| c.is_ascii_lowercase())
}

fn is_upper(keyword: &str) -> bool {
    keyword.chars().all(|c| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::OptionValue;
    use crate::testing::{check, check_fix, check_ok, check_with, only_with};

    #[test]
    fn the_minority_is_marked() {
        check(
            &RULE,
            "FROM a\nrun b\n^^^ `run` is not in upper case [safe fix]\nRun c\n^^^ `Run` is not in upper case [safe fix]\nCMD d\n",
        );
        check(&RULE, "from a\nrun b\nCMD c\n^^^ `CMD` is not in lower case [safe fix]\n");
        check(&RULE, "from a\n^^^^ `from` is not in upper case [safe fix]\nRUN b\n");
        check_ok(&RULE, "arg A\narg B\nFROM a\nRUN b\nONBUILD run c\n");
    }

    #[test]
    fn upper_case_can_be_asked_for() {
        let settings = only_with(&RULE, &[("case", OptionValue::Text("upper".into()))]);
        let text =
            "from a\n^^^^ `from` is not in upper case [safe fix]\nrun b\n^^^ `run` is not in upper case [safe fix]\n";
        check_with(&RULE, &settings, Options::default(), text);
    }

    #[test]
    fn keywords_are_written_alike() {
        check_fix(&RULE, "FROM a\nRun b\ncmd c\n", "FROM a\nRUN b\nCMD c\n");
    }
}
