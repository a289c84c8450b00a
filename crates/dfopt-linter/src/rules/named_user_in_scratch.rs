//! `named-user-in-scratch`

use dfopt_semantic::model::{Base, Model, Stage, Step, TextRole};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::{absolute, sites};
use crate::{Category, Context, Severity};

declare_rule! {
    /// A user or group is given by name, and the image has no list of names.
    ///
    /// ## Why
    ///
    /// Names are looked up in `/etc/passwd` and `/etc/group` of the image. Without these files the build fails, or the container
    /// does not start.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// USER app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// USER 1000
    /// ```
    "named-user-in-scratch" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["tally/named-identity-in-passwdless-stage"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model) {
        let step = site.step;
        let Some(stage) = model.stage_of(step).filter(|stage| lacks_names(model, stage)) else { continue };
        if step.shell.set_by.is_some() || may_have_got_names(model, stage, step) {
            continue;
        }
        for text in model.expanded_texts(step, &site.ast) {
            let is_owner = match text.role {
                TextRole::Argument => matches!(site.ast, Instruction::User(_)),
                TextRole::Flag(ref name) => name == "chown",
                _ => false,
            };
            let Some(known) = text.known().filter(|_| is_owner) else { continue };
            let mut parts = known.split(':');
            if let Some(name) = parts.find(|part| is_name(part)) {
                ctx.report(text.whole(), format!("nothing here knows the name `{name}`")).help("give the number");
            }
        }
    }
}

fn is_name(part: &str) -> bool {
    !part.is_empty() && part != "root" && part.parse::<u32>().is_err()
}

fn lacks_names(model: &Model<'_>, stage: &Stage) -> bool {
    model.root_base(stage) == Some(&Base::Scratch)
        || model.base_facts(stage).is_some_and(|facts| !facts.has_passwd() && !facts.is_windows())
}

/// Whether an instruction above may have brought the files with the names.
fn may_have_got_names(model: &Model<'_>, stage: &Stage, step: &Step) -> bool {
    let above = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    above.filter(|other| other.index < step.index).any(|other| match &other.ast {
        Instruction::Run(_) | Instruction::Onbuild(_) => true,
        Instruction::Copy(_) | Instruction::Add(_) => {
            let to = other.copied(model).and_then(|copied| copied.destination).and_then(|to| to.text.into_known());
            let Some(to) = to.and_then(|to| absolute(other, &to)) else { return true };
            to == "/" || to == "/etc" || to.starts_with("/etc/")
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn names_are_marked() {
        check(
            &RULE,
            "
FROM scratch AS x
COPY --chown=app:1 a /a
             ^^^^^ nothing here knows the name `app`
FROM x
USER 1000:staff
     ^^^^^^^^^^ nothing here knows the name `staff`
",
        );
    }

    #[test]
    fn numbers_and_lists_of_names() {
        check_ok(
            &RULE,
            "FROM scratch\nUSER 1000:1\nCOPY --chown=0:0 a /a\nUSER $U\nUSER root\nFROM scratch\nCOPY --from=b /etc/passwd /etc/passwd\nUSER app\nFROM alpine\nUSER app\nFROM scratch\nADD root.tar /\nUSER app\n",
        );
    }
}
