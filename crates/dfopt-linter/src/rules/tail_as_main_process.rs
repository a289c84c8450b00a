//! `tail-as-main-process`

use dfopt_semantic::command::{Command, Invocation};

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// The main process waits, while a service runs in the background.
    ///
    /// ## Why
    ///
    /// `docker stop` reaches the waiting program alone, and the container goes on when the service has died.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// CMD service nginx start && tail -f /var/log/nginx/access.log
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// CMD ["nginx", "-g", "daemon off;"]
    /// ```
    "tail-as-main-process" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| model.is_built(stage) && !stage.is_for_development()) {
        let Some(run) = model.run_command(stage) else { continue };
        let Some((last, earlier)) = run.invocations.split_last() else { continue };
        // Alone it keeps a container for somebody to work in.
        // A start script that is handed the command only passes it on.
        let hands_over = |one: &&Invocation| one.words.len() > last.words.len() && one.words.ends_with(&last.words);
        let starts = earlier.iter().filter(|one| !hands_over(one)).filter_map(Command::of).any(|command| {
            command.name().is_none_or(|name| {
                !matches!(name, "echo" | "cd" | "export" | "set" | "touch" | "mkdir" | "true" | ":" | "sh" | "bash")
            })
        });
        let Some(step) = run.step().and_then(|index| model.steps().get(index)).filter(|_| starts) else { continue };
        let Some(name) = waits(last) else { continue };
        let place = last.words.first().map(|word| word.range.place()).unwrap_or_default();
        let place = if step.range().contains_range(place) && !place.is_empty() { place } else { step.keyword_range() };
        ctx.report(place, format!("`{name}` is the main process, and hides the service from signals and from its end"))
            .help("start the service in the foreground, as the last command, with `exec`");
    }
}

/// The name of a command that only waits.
fn waits(invocation: &Invocation) -> Option<&'static str> {
    let command = Command::of(invocation)?;
    let words: Vec<&str> = command.args().iter().filter_map(|word| word.text()).collect();
    match command.name()? {
        "tail"
            if words.iter().any(|word| {
                matches!(*word, "-f" | "-F" | "--follow")
                    || (word.starts_with('-') && !word.starts_with("--") && word.contains(['f', 'F']))
            }) =>
        {
            Some("tail")
        }
        "sleep" if words.contains(&"infinity") || words.contains(&"inf") => Some("sleep"),
        "sleep" if invocation.nesting == dfopt_semantic::command::Nesting::Loop => Some("sleep"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_waiting_program_is_marked() {
        check(
            &RULE,
            "
FROM x
CMD service a start; tail -f /b
                     ^^^^ `tail` is the main process, and hides the service from signals and from its end
",
        );
        check(
            &RULE,
            "
FROM x
ENTRYPOINT a & while true; do sleep 10; done
                              ^^^^^ `sleep` is the main process, and hides the service from signals and from its end
",
        );
    }

    #[test]
    fn containers_to_work_in() {
        check_ok(&RULE, "FROM x\nENTRYPOINT [\"/docker-init.sh\"]\nCMD [\"sleep\", \"infinity\"]\n");
        check_ok(&RULE, "FROM x\nCMD tail -f /dev/null\n");
        check_ok(&RULE, "FROM x\nCMD [\"sleep\", \"infinity\"]\n");
        check_ok(&RULE, "FROM x AS dev\nCMD a start && sleep infinity\n");
        check_ok(&RULE, "FROM x\nCMD a && tail -n 5 /b\n");
        check_ok(&RULE, "FROM x AS y\nCMD a && tail -f /b\nFROM z\n");
    }
}
