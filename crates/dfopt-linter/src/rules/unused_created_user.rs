//! `unused-created-user`

use dfopt_semantic::command::{Account, AccountAction, Understood, understand};
use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::Instruction;
use dfopt_syntax::{TextRange, TextSize};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Place, Severity, runs};

declare_rule! {
    /// A user is created, and the container runs as root all the same.
    ///
    /// ## Why
    ///
    /// The user is there to run the program with fewer rights. Without `USER` nothing does.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN useradd --system app
    /// CMD ["app"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN useradd --system app
    /// USER app
    /// CMD ["app"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The program may write where only root can, or listen on a port below 1024.
    "unused-created-user" {
        category: Category::Security,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/user-created-but-never-used"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let created = created_users(model);
    for stage in model.stages().iter().filter(|stage| model.is_built(stage)) {
        let run = model.run_command(stage);
        // A start script that cannot be read may switch to it.
        if run.as_ref().is_some_and(|run| run.is_opaque) || !runs_as_root(model, stage) {
            continue;
        }
        let in_chain =
            |step: &Step| model.chain(stage).take(model.stages().len()).any(|one| step.stage == Some(one.index));
        for user in created.iter().filter(|user| in_chain(user.step)) {
            if is_named_elsewhere(model, &created, user) {
                continue;
            }
            let report = ctx.report(user.place, format!("nothing runs as `{}`", user.name));
            let start = run.as_ref().and_then(|run| run.steps.first()).and_then(|&index| model.steps().get(index));
            if let Some(start) = start.filter(|start| start.stage == Some(stage.index)) {
                let at = start.keyword_range().start();
                let line = format!("USER {}\n", user.name);
                report.fix(format!("Run as `{}`", user.name), |fix| fix.insert(at, line));
            }
        }
    }
}

/// A user that a RUN makes.
struct Created<'m> {
    step: &'m Step,
    name: String,
    place: TextRange,
    /// The command that makes it.
    command: TextRange,
}

fn created_users<'m>(model: &'m Model<'_>) -> Vec<Created<'m>> {
    let mut created = Vec::new();
    for run in runs::of_file(model).filter(|run| matches!(run.step.ast, Instruction::Run(_))) {
        for command in run.commands() {
            let Understood::Account(Account { action, name, .. }) = understand(&command) else { continue };
            let Some(word) = name.filter(|_| action == AccountAction::AddUser) else { continue };
            let Some(name) = word.text().filter(|name| is_plain(name)) else { continue };
            created.push(Created {
                step: run.step,
                name: name.to_owned(),
                place: word.range.place(),
                command: command.range().place(),
            });
        }
    }
    created
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether the container runs as root for certain.
fn runs_as_root(model: &Model<'_>, stage: &Stage) -> bool {
    let last = model.stage_steps(stage).last();
    let user = last.map(|step| match &step.ast {
        Instruction::User(_) => step.argument(model),
        _ => step.user.clone(),
    });
    let root = |user: &str| matches!(user.split(':').next().unwrap_or_default(), "" | "root" | "0");
    match user.flatten() {
        Some(user) => user.known().is_some_and(root),
        None => model.base_facts(stage).is_some_and(|facts| facts.user().is_none_or(root) && !facts.drops_privileges),
    }
}

/// Whether the name stands anywhere but in the commands that make users, and in paths.
fn is_named_elsewhere(model: &Model<'_>, created: &[Created<'_>], user: &Created<'_>) -> bool {
    let text = model.text();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    text.match_indices(user.name.as_str()).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + user.name.len()..].chars().next();
        let is_whole = !before.is_some_and(is_word) && !after.is_some_and(is_word);
        let Ok(at) = u32::try_from(at) else { return false };
        let at = TextSize::new(at);
        let in_making = created.iter().any(|one| one.command.contains(at)) || is_group_command(model, at);
        let in_instruction = model.step_at(at).is_some();
        let in_start = model.step_at(at).is_some_and(|step| {
            matches!(
                step.ast,
                Instruction::Cmd(_) | Instruction::Entrypoint(_) | Instruction::Label(_) | Instruction::From(_)
            )
        });
        is_whole && in_instruction && !in_making && !in_start
    })
}

/// Whether a place is in a command that makes or changes a user or group.
fn is_group_command(model: &Model<'_>, at: TextSize) -> bool {
    let Some(script) = model.step_at(at).and_then(|step| model.script(step)) else { return false };
    script.invocations().into_iter().any(|invocation| {
        let is_here = invocation.range().place().contains(at);
        let command = is_here.then(|| dfopt_semantic::command::Command::of(invocation)).flatten();
        command.is_some_and(|command| matches!(understand(&command), Understood::Account(_)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn a_user_that_nothing_runs_as_is_marked() {
        check(
            &RULE,
            "FROM debian:13\nRUN groupadd app && useradd -g app app\n                                   ^^^ nothing runs as `app` [fix]\nCMD [\"app\"]\n",
        );
    }

    #[test]
    fn a_user_that_is_named_is_fine() {
        check_ok(&RULE, "FROM debian:13\nRUN useradd app\nUSER app\nCMD [\"b\"]\n");
        check_ok(&RULE, "FROM debian:13\nRUN useradd app && chown -R app:app /srv\nCMD [\"b\"]\n");
        check_ok(&RULE, "FROM debian:13\nRUN useradd app\nCOPY --chown=app a b\nCMD [\"b\"]\n");
        check_ok(&RULE, "FROM debian:13\nRUN useradd app\nENTRYPOINT [\"/docker-entrypoint.sh\"]\n");
        check_ok(&RULE, "FROM other.example/a\nRUN useradd app\nCMD [\"b\"]\n");
        check_ok(&RULE, "FROM debian:13\nRUN useradd \"$APP\"\nCMD [\"b\"]\n");
    }

    #[test]
    fn the_program_runs_as_the_user() {
        check_fix(
            &RULE,
            "FROM debian:13\nRUN useradd app\nCMD [\"b\"]\n",
            "FROM debian:13\nRUN useradd app\nUSER app\nCMD [\"b\"]\n",
        );
    }
}
