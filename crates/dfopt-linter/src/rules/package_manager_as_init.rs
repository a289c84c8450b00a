//! `package-manager-as-init`

use dfopt_semantic::command::Command;

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// The image starts its program through a package manager or a build tool.
    ///
    /// ## Why
    ///
    /// The tool stays as the parent of the program. It may not pass signals on, and tools that compile do so at every start.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM rust:1.90
    /// COPY . .
    /// CMD ["cargo", "run", "--release"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM rust:1.90
    /// COPY . .
    /// RUN cargo build --release
    /// CMD ["target/release/app"]
    /// ```
    "package-manager-as-init" {
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
        let steps: Vec<_> = run.steps.iter().filter_map(|&index| model.steps().get(index)).collect();
        for invocation in &run.invocations {
            let Some(command) = Command::of(invocation) else { continue };
            let Some(name) = command.name_word() else { continue };
            let place = name.range.place();
            // What stands in a script of the context has no place here.
            let is_here = steps.iter().any(|step| step.range().contains_range(place) && !place.is_empty());
            let words: Vec<&str> = command.args().iter().filter_map(|word| word.text()).collect();
            let Some(tool) = tool(command.name().unwrap_or_default(), &words).filter(|_| is_here) else { continue };
            let has_init = ["tini", "dumb-init", "catatonit"].iter().any(|init| command.is_wrapped_in(init));
            match tool {
                Tool::Compiles => {
                    ctx.report(place, "this builds the program at every start")
                        .help("build in a `RUN`, start the result");
                }
                Tool::Runs if ctx.is_pedantic() && !has_init => {
                    ctx.report(place, "this stays as the parent of the program").help("start the program itself");
                }
                Tool::Runs => {}
            }
            break;
        }
    }
}

enum Tool {
    /// It builds, then starts.
    Compiles,
    /// It starts.
    Runs,
}

fn tool(name: &str, words: &[&str]) -> Option<Tool> {
    let verb = words.iter().find(|word| !word.starts_with('-')).copied().unwrap_or_default();
    match name {
        "mvn" | "mvnw" | "gradle" | "gradlew" if !verb.is_empty() => Some(Tool::Compiles),
        "cargo" | "go" | "dotnet" if verb == "run" => Some(Tool::Compiles),
        "npm" | "pnpm" | "yarn" | "bun" => matches!(verb, "run" | "start" | "run-script").then_some(Tool::Runs),
        "poetry" | "pipenv" if verb == "run" => Some(Tool::Runs),
        "foreman" if verb == "start" => Some(Tool::Runs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, check_with};

    #[test]
    fn the_tool_is_marked() {
        check(
            &RULE,
            "
FROM x
ENTRYPOINT [\"./mvnw\"]
            ^^^^^^^^ this builds the program at every start
CMD [\"spring-boot:run\"]
",
        );
        check(&RULE, "FROM x\nCMD exec npm start\n         ^^^ this stays as the parent of the program\n");
    }

    #[test]
    fn what_only_starts_is_for_those_who_ask() {
        let settings = Settings::default();
        let options = dfopt_semantic::model::Options::default();
        check_with(&RULE, &settings, options, "FROM x\nCMD [\"npm\", \"start\"]\n");
        check_ok(&RULE, "FROM x\nCMD [\"tini\", \"--\", \"npm\", \"start\"]\n");
        check_ok(&RULE, "FROM x AS dev\nCMD go run .\n");
        check_ok(&RULE, "FROM x\nCMD npm ci\n");
    }
}
