//! `copy-to-root`

use dfopt_semantic::model::{Base, Brought};

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// A directory is copied to `/`.
    ///
    /// ## Why
    ///
    /// Its files are strewn among those of the system, and a folder named `lib` or `etc` in it changes files of the base image unseen.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// COPY src/ /
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// COPY src/ /opt/app/
    /// ```
    "copy-to-root" {
        category: Category::Policy,
        severity: Severity::Info,
        fix: None,
        aliases: &["DF026"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| stage.is_shipped()) {
        if model.root_base(stage) == Some(&Base::Scratch) {
            continue;
        }
        for step in model.stage_steps(stage) {
            let brings_directory = model.context_sources(step).iter().any(|source| source.kind == Brought::Directory);
            let destination = step.copied(model).and_then(|copied| copied.destination).filter(|_| brings_directory);
            let Some(destination) = destination else { continue };
            let path = destination.text.known().zip(step.workdir.known());
            if path.is_some_and(|(to, workdir)| dfopt_semantic::effects::normalize(to, workdir) == "/") {
                ctx.report(&destination, "a directory goes to `/`").help("give the program a directory of its own");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_destination_is_marked() {
        check(
            &RULE,
            "FROM debian:13\nCOPY src/ /\n          ^ a directory goes to `/`\nADD . ./\n      ^^ a directory goes to `/`\n",
        );
        check_ok(&RULE, "FROM debian:13\nCOPY src/ /app\nCOPY run.sh /\nCOPY --from=x a/ /\nWORKDIR /app\nCOPY . .\n");
        check_ok(&RULE, "FROM scratch\nCOPY root/ /\n");
    }
}
