//! `root-owned-copy-after-user`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::files::FileAction;
use dfopt_semantic::effects::{Meant, is_below};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::absolute;
use crate::{Applicability, ByDefault, Category, Context, Severity};

declare_rule! {
    /// Files are copied for root, while another user is in force.
    ///
    /// ## Why
    ///
    /// `COPY` does not heed `USER`: what it makes belongs to root. The program can read it, but not change it, which is often
    /// just right.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// USER app
    /// COPY data /srv/data
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// USER app
    /// COPY --chown=app data /srv/data
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The program may then change the files.
    "root-owned-copy-after-user" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/copy-after-user-without-chown"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_))) {
        let is_user = step.user.is_some() && model.runs_as_root(step) == Some(false) && !model.is_windows(step);
        if step.stage.is_none() || !is_user || step.ast.flag("chown").is_some() || is_given_later(model, step) {
            continue;
        }
        // Windows' own users.
        let user = step.user.as_ref().and_then(|user| user.known()).filter(|user| !user.starts_with("Container"));
        let Some(user) = user else { continue };
        let keyword = step.keyword_range();
        let report = ctx.report(keyword, format!("this belongs to root, though `{user}` is in force"));
        let is_number = user.split(':').all(|part| part.parse::<u32>().is_ok());
        let is_plain = user.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
        // Names cannot be looked up for a layer of its own.
        if is_plain && (is_number || step.ast.flag("link").is_none()) {
            report.fix(format!("Add `--chown={user}`"), |fix| fix.insert(keyword.end(), format!(" --chown={user}")));
        }
    }
}

/// Whether a later command of the stage changes the owner.
fn is_given_later(model: &Model<'_>, step: &Step) -> bool {
    let to = step.copied(model).and_then(|copied| copied.destination).and_then(|to| to.text.into_known());
    let Some(path) = to.and_then(|to| absolute(step, &to)) else { return true };
    let Some(stage) = model.stage_of(step) else { return true };
    let later = model.stage_steps(stage).iter().filter(|other| other.index > step.index);
    let mut is_given = false;
    for run in later.filter(|other| matches!(other.ast, Instruction::Run(_))) {
        model.walk(run, &mut |here| {
            let Some(Meant { command: _, understood }) = here.meant else { return };
            let Understood::File(change) = understood else { return };
            if change.action == FileAction::Owner {
                is_given |= change.open
                    || change.targets.iter().any(|target| {
                        here.state
                            .path(*target)
                            .is_none_or(|target| is_below(&path, &target) || is_below(&target, &path))
                    });
            }
        });
    }
    is_given
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_keyword_is_marked() {
        check(
            &RULE,
            "
FROM x
COPY a /a
USER app
COPY a /b
^^^^ this belongs to root, though `app` is in force [fix]
ADD --link a /c
^^^ this belongs to root, though `app` is in force
",
        );
        check_ok(
            &RULE,
            "FROM x\nUSER root\nCOPY a /a\nUSER $U\nCOPY a /a\nUSER app\nCOPY --chown=1 a /a\nCOPY b /srv/b\nUSER root\nRUN chown -R app /srv\n",
        );
    }

    #[test]
    fn the_owner_is_added() {
        check_fix(&RULE, "FROM x\nUSER 1:2\nCOPY a /b\n", "FROM x\nUSER 1:2\nCOPY --chown=1:2 a /b\n");
    }
}
