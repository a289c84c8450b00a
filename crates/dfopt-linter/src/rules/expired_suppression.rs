//! `expired-suppression`

use crate::rule::declare_rule;
use crate::suppress::Found;
use crate::{Category, Context, Severity};

declare_rule! {
    /// The last day of a suppression is over.
    ///
    /// ## Why
    ///
    /// `until` says how long a defect may stay. From the day after, what the comment hid is reported again, and the comment
    /// should be looked at: mend the defect and drop it, or give it another day.
    ///
    /// ## Example
    ///
    /// ```text
    /// FROM alpine:3.22
    /// # dfopt ignore=relative-workdir; until=2024-06-30
    /// WORKDIR app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /app
    /// ```
    "expired-suppression" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DF072"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let Some(found) = Found::of(ctx.model(), ctx.settings()) else { return };
    let settings = ctx.settings();
    for suppression in found.suppressions.iter().filter(|one| one.is_expired(settings)) {
        if let Some((_, place)) = suppression.until {
            ctx.report(place, "that day is over").note("what the comment hid is reported again");
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::testing::check_with;
    use crate::{Date, Selection, Settings};

    #[test]
    fn the_day_itself_counts() {
        let on = |today: Option<&str>| {
            let today = today.and_then(Date::parse);
            Settings::resolve(&Selection { select: vec![RULE.name.into()], today, ..Selection::default() }).unwrap()
        };
        let text = "FROM a\n# dfopt ignore=x; until=2026-05-01; reason=y\nRUN a\n";
        for day in [Some("2026-05-01"), None] {
            check_with(&RULE, &on(day), Options::default(), text);
        }
        check_with(
            &RULE,
            &on(Some("2026-05-02")),
            Options::default(),
            "FROM a\n# dfopt ignore=x; until=2026-05-01; reason=y\n                  ^^^^^^^^^^^^^^^^ that day is over\nRUN a\n",
        );
    }
}
