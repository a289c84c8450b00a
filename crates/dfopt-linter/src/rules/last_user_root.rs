//! `last-user-root`

use dfopt_semantic::command::Command;
use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, peer};

declare_rule! {
    /// The container runs as root because the last `USER` says so.
    ///
    /// ## Why
    ///
    /// Whoever takes over a program that runs as root has the rights of root in the container, and one mistake of the kernel or of a
    /// mount away those on the host. A program that gives its rights up at its start, by `gosu` or `setpriv`, is fine.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// USER root
    /// RUN npm install -g serve@14
    /// CMD ["serve"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// USER root
    /// RUN npm install -g serve@14
    /// USER node
    /// CMD ["serve"]
    /// ```
    "last-user-root" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3002", "DS-0002", "CKV_DOCKER_8", "S6471", "DF002", "CIS-DI-0001"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        if ctx.dialect() == Dialect::Hadolint {
            let last = last_user(model, stage).map(|step| (step, peer::argument(model, &step.ast)));
            if let Some((step, text)) = last
                && (matches!(&*text, "root" | "0") || text.starts_with("root:") || text.starts_with("0:"))
            {
                ctx.report(place(step), MESSAGE);
            }
            continue;
        }
        if !model.is_built(stage) || drops_rights(model, stage) {
            continue;
        }
        let last = model.chain(stage).take(model.stages().len()).find_map(|stage| last_user(model, stage));
        let user = last.and_then(|step| Some((step, step.argument(model)?.into_known()?)));
        if let Some((step, user)) = user
            && is_root(&user)
        {
            ctx.report(place(step), MESSAGE).help("end the stage with a `USER` that has fewer rights");
        }
    }
}

const MESSAGE: &str = "the container runs as root";

fn last_user<'m>(model: &'m Model<'_>, stage: &'m Stage) -> Option<&'m Step> {
    model.stage_steps(stage).iter().rev().find(|step| matches!(step.ast, Instruction::User(_)))
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default().trim();
    matches!(name, "root" | "0") || name.eq_ignore_ascii_case("ContainerAdministrator")
}

fn place(step: &Step) -> TextRange {
    step.ast.words().next().map_or(step.keyword_range(), |word| word.range())
}

/// Programs that start another one with fewer rights.
const DROPPERS: [&str; 8] = ["gosu", "su-exec", "setpriv", "runuser", "su", "setuidgid", "s6-setuidgid", "chroot"];

/// Whether what the container starts gives up its rights, as far as can be seen.
fn drops_rights(model: &Model<'_>, stage: &Stage) -> bool {
    let Some(run) = model.run_command(stage) else { return false };
    let is_dropper = |name: &str| DROPPERS.contains(&name);
    let in_command = run.invocations.iter().filter_map(Command::of).any(|command| {
        command.name().is_some_and(is_dropper) || command.wrappers().iter().any(|wrapper| is_dropper(wrapper.name))
    });
    let has_own_start = run
        .steps
        .iter()
        .filter_map(|&index| model.steps().get(index))
        .any(|step| matches!(step.ast, Instruction::Entrypoint(_)));
    let in_base = !has_own_start && model.base_facts(stage).is_some_and(|facts| facts.drops_privileges);
    // A start script that cannot be read is likely the reason why such a program is in the image.
    let in_script = run.is_opaque && ["gosu", "su-exec", "setpriv"].iter().any(|name| model.text().contains(name));
    in_command || in_base || in_script
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_user_of_the_target_is_marked() {
        check(&RULE, "FROM a AS x\nUSER 0:0\n     ^^^ the container runs as root\nFROM x\nCMD [\"b\"]\n");
        check(&RULE, "FROM a\nARG U=root\nUSER $U\n     ^^ the container runs as root\n");
        check_ok(&RULE, "FROM a AS x\nUSER root\nFROM b\nUSER root\nUSER app\n");
        check_ok(&RULE, "FROM a\nUSER $U\n");
    }

    #[test]
    fn who_gives_up_rights_is_fine() {
        check_ok(&RULE, "FROM a\nUSER root\nENTRYPOINT [\"gosu\", \"app\", \"b\"]\n");
        check_ok(&RULE, "FROM a\nUSER root\nRUN apt-get install -y gosu\nENTRYPOINT [\"/docker-entrypoint.sh\"]\n");
        check_ok(&RULE, "FROM postgres:18\nUSER root\nRUN a\n");
    }

    #[test]
    fn hadolint_looks_at_every_stage_and_reads_what_is_written() {
        let marked = "
FROM a:1
USER root
     ^^^^ the container runs as root
FROM a:1
USER root
USER \"root\"
FROM a:1
USER 0:app
     ^^^^^ the container runs as root
ONBUILD USER app
FROM a:1
USER Root
";
        check_with(&RULE, &Settings::of_preset(Preset::Hadolint), Options::default(), marked);
        let blank = "FROM a:1\nUSER root \n";
        check_with(&RULE, &Settings::of_preset(Preset::Hadolint), Options::default(), blank);
    }
}
