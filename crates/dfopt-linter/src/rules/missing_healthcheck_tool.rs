//! `missing-healthcheck-tool`

use dfopt_semantic::command::{Command, Understood};
use dfopt_semantic::effects::Meant;
use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::absolute;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A health check calls a program that the image does not have.
    ///
    /// ## Why
    ///
    /// The check fails always, and the container is never healthy.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// HEALTHCHECK CMD curl -f http://localhost/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN apt-get update && apt-get install -y --no-install-recommends curl
    /// HEALTHCHECK CMD curl -f http://localhost/
    /// ```
    "missing-healthcheck-tool" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Healthcheck(_))) {
        let Some(stage) = model.stage_of(step) else { continue };
        let (Some(facts), Some(script)) = (model.base_facts(stage), model.script(step)) else { continue };
        let mut seen: Vec<&str> = Vec::new();
        for invocation in script.invocations() {
            let Some(command) = Command::of(invocation) else { continue };
            let (Some(name), Some(word)) = (command.name(), command.name_word()) else { continue };
            let is_missing = facts.has_program(name) == Some(false) && !seen.contains(&name);
            if is_missing && !may_be_brought(model, stage, name) {
                seen.push(name);
                ctx.report(&word.range, format!("nothing brings `{name}` into this image"));
            }
        }
    }
}

/// Whether an instruction of the chain may bring the program.
fn may_be_brought(model: &Model<'_>, stage: &Stage, name: &str) -> bool {
    let mut steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    steps.any(|step| match &step.ast {
        Instruction::Run(_) => installs(model, step, name),
        Instruction::Onbuild(_) => true,
        Instruction::Copy(_) | Instruction::Add(_) => copies(model, step, name),
        _ => false,
    })
}

/// A RUN that names the program, or does what is not known.
fn installs(model: &Model<'_>, step: &Step, name: &str) -> bool {
    let text = step.ast.syntax().text().to_string();
    let is_named = text.contains(name) || (name == "nc" && (text.contains("netcat") || text.contains("ncat")));
    let mut is_unknown = false;
    model.walk(step, &mut |here| {
        let Some(Meant { command, understood }) = here.meant else { return };
        // A program of one's own may do anything, whatever its name.
        is_unknown |= command
            .path()
            .is_some_and(|path| path.contains('/') && !path.starts_with("/bin/") && !path.starts_with("/usr/"));
        is_unknown |= match understood {
            Understood::PackageInstall(install) => !install.complete,
            Understood::Unknown => command.name().is_none_or(|name| name.ends_with(".sh")),
            _ => false,
        };
    });
    let is_readable = model.script(step).is_some_and(|script| script.script.complete);
    is_named || is_unknown || !is_readable
}

/// A COPY to where programs are looked for.
fn copies(model: &Model<'_>, step: &Step, name: &str) -> bool {
    let to = step.copied(model).and_then(|copied| copied.destination).and_then(|to| to.text.into_known());
    let Some(path) = to.and_then(|to| absolute(step, &to)) else { return true };
    let places = ["/", "/bin", "/usr", "/usr/bin", "/usr/local", "/usr/local/bin", "/sbin", "/usr/sbin"];
    places.contains(&path.as_str()) || path.rsplit('/').next() == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_program_is_marked() {
        check(
            &RULE,
            "
FROM debian:13-slim
RUN apt-get update && apt-get install -y nginx
COPY app /app
HEALTHCHECK CMD curl -f localhost || wget localhost || exit 1
                ^^^^ nothing brings `curl` into this image
                                     ^^^^ nothing brings `wget` into this image
",
        );
        check(
            &RULE,
            "FROM alpine:3.22\nHEALTHCHECK CMD [\"curl\", \"x\"]\n                 ^^^^^^ nothing brings `curl` into this image\n",
        );
    }

    #[test]
    fn what_may_bring_it() {
        for text in [
            "FROM alpine:3.22\nHEALTHCHECK CMD wget x\n",
            "FROM alpine:3.22\nRUN apk add curl\nHEALTHCHECK CMD curl x\n",
            "FROM alpine:3.22\nRUN apk add $P\nHEALTHCHECK CMD curl x\n",
            "FROM alpine:3.22\nRUN ./install\nHEALTHCHECK CMD curl x\n",
            "FROM alpine:3.22\nCOPY --from=x /y /usr/bin/\nHEALTHCHECK CMD curl x\n",
            "FROM other.example/x\nHEALTHCHECK CMD curl x\n",
            "FROM alpine:3.22\nHEALTHCHECK CMD app x\n",
            "FROM alpine:3.22\nHEALTHCHECK NONE\n",
        ] {
            check_ok(&RULE, text);
        }
    }
}
