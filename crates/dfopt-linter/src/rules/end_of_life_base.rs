//! `end-of-life-base`

use dfopt_semantic::base::{Certainty, EndOfSupport, TABLE_DATE, end_of_support};
use dfopt_semantic::model::{Base, TextRole};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A base image gets no security fixes any more.
    ///
    /// ## Why
    ///
    /// Holes that are found in it stay open. Its packages may even be gone from the servers, and then an install fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.7-slim
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.13-slim
    /// ```
    "end-of-life-base" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["tally/ruby/eol-ruby-version"],
        since: "0.1.0",
        check: check,
    }
}

/// Days before the end from which on it is told of.
const NOTICE: i64 = 90;

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    // What was over when the table was made is over on any day.
    let today = ctx.today().unwrap_or(TABLE_DATE);
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        let Some(Base::Image(image)) = model.stage_of(step).map(|stage| &stage.base) else { continue };
        let ends = end_of_support(image, model.options().bases);
        let stated: Vec<&EndOfSupport> = ends.iter().filter(|end| end.certainty == Certainty::Stated).collect();
        let Some(end) = stated.first().filter(|end| end.date.days_since(today) < NOTICE) else { continue };
        let texts = model.expanded_texts(step, &step.ast);
        let Some(text) = texts.iter().find(|text| text.role == TextRole::Image) else { continue };
        let place = match &image.tag_range {
            Some(tag) => text.range_after(tag.clone()),
            None => text.whole(),
        };
        let (subject, date) = (&end.subject, end.date);
        let is_over = date.days_since(today) < 0;
        let mut report = if is_over {
            ctx.report(place, format!("{subject} has had no security fixes since {date}"))
        } else {
            ctx.report(place, format!("{subject} gets security fixes until {date} only")).severity(Severity::Info)
        };
        if let Some(successor) = &end.successor {
            report = report.help(format!("use {successor}"));
        }
        if stated.iter().any(|end| end.mirrors_moved && end.date.days_since(today) < 0) {
            report.note("its packages have left the usual servers, so that an install fails");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with, diagnostics};
    use crate::{Selection, Settings};

    #[test]
    fn the_tag_is_marked() {
        check(
            &RULE,
            "
FROM debian:stretch AS a
            ^^^^^^^ Debian 9 (stretch) has had no security fixes since 2022-06-30
FROM a
FROM openjdk
     ^^^^^^^ the openjdk image has had no security fixes since 2022-07-31
",
        );
        check_ok(&RULE, "FROM debian:13\nFROM python\nFROM example.com/a:1\nFROM scratch\n");
    }

    #[test]
    fn the_day_decides() {
        let on = |day: &str| {
            let selection = Selection {
                select: vec!["end-of-life-base".to_owned()],
                today: crate::Date::parse(day),
                ..Selection::default()
            };
            let settings = Settings::resolve(&selection).unwrap_or_default();
            let options = dfopt_semantic::model::Options::default();
            let found = diagnostics(&RULE, &settings, options, "FROM python:3.12-slim\n");
            found.iter().map(|one| one.severity).collect::<Vec<_>>()
        };
        assert_eq!(on("2028-07-01"), []);
        assert_eq!(on("2028-09-01"), [Severity::Info]);
        assert_eq!(on("2028-11-01"), [Severity::Warning]);
    }

    #[test]
    fn gone_packages_are_noted() {
        let options = dfopt_semantic::model::Options::default();
        let found = diagnostics(&RULE, &Settings::only(&RULE), options, "FROM debian:stretch\n");
        assert!(found.iter().all(|one| one.notes.len() == 1) && found.len() == 1);
        check_with(&RULE, &Settings::only(&RULE), options, "FROM debian:bookworm\n");
    }
}
