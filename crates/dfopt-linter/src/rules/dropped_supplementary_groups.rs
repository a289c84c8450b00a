//! `dropped-supplementary-groups`

use dfopt_semantic::command::{AccountAction, Understood};
use dfopt_semantic::effects::Meant;
use dfopt_semantic::model::{Model, Stage};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Severity};

declare_rule! {
    /// `USER` names a group, and drops the other groups of the user.
    ///
    /// ## Why
    ///
    /// With a group given only that one is in force. The groups that the file adds the user to have no effect.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd -G docker app
    /// USER app:app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd -G docker app
    /// USER app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The user then has all of its groups, and what it may do changes.
    "dropped-supplementary-groups" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/user-explicit-group-drops-supplementary-groups"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::User(_))) {
        let Some(stage) = model.stage_of(step) else { continue };
        for text in model.expanded_texts(step, &step.ast) {
            let Some((user, group)) = text.known().and_then(|known| known.split_once(':')) else { continue };
            let is_name = user.parse::<u32>().is_err() && !matches!(user, "" | "root");
            if !is_name || group.is_empty() || !has_more_groups(model, stage, step.index, user, group) {
                continue;
            }
            let colon = text.raw.find(':').filter(|_| text.known() == Some(text.raw.as_str()));
            let place = colon.map_or_else(|| text.whole(), |colon| text.range(colon..text.raw.len()));
            let report = ctx.report(place, format!("the other groups of `{user}` are not in force"));
            if colon.is_some() {
                report.fix("Remove the group", |fix| fix.delete(place));
            }
        }
    }
}

/// Whether the file puts the user into groups besides this one.
fn has_more_groups(model: &Model<'_>, stage: &Stage, before: usize, user: &str, group: &str) -> bool {
    let steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    let mut has_more = false;
    for step in steps.filter(|step| step.index < before && matches!(step.ast, Instruction::Run(_))) {
        model.walk(step, &mut |here| {
            let Some(Meant { command: _, understood }) = here.meant else { return };
            let Understood::Account(account) = understood else { return };
            let joins =
                matches!(account.action, AccountAction::AddUser | AccountAction::AddToGroup | AccountAction::Modify);
            let is_user = account.name.is_some_and(|name| name.is_any(&[user]));
            let groups = account.groups.and_then(|groups| groups.text());
            let others =
                groups.is_some_and(|groups| groups.split(',').any(|other| other != group && !other.is_empty()));
            has_more |= joins && is_user && others;
        });
    }
    has_more
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_group_is_marked() {
        check(
            &RULE,
            "
FROM x
RUN useradd -G a,b app && usermod -aG c other
USER app:app
        ^^^^ the other groups of `app` are not in force [fix]
USER other:c
USER app
USER 1000:1000
USER root:a
",
        );
        check_ok(&RULE, "FROM x\nRUN useradd app\nUSER app:app\nFROM y\nUSER $U:g\n");
    }

    #[test]
    fn the_group_goes() {
        check_fix(&RULE, "FROM x\nRUN usermod -aG a app\nUSER app:app\n", "FROM x\nRUN usermod -aG a app\nUSER app\n");
    }
}
