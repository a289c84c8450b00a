//! `host-dependencies-copied`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::node::NodeVerb;
use dfopt_semantic::context::clean;
use dfopt_semantic::effects::Meant;
use dfopt_semantic::model::{Brought, Model, Step};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::absolute;
use crate::{Category, Context, Severity};

declare_rule! {
    /// The sources are copied over the dependencies that were installed before.
    ///
    /// ## Why
    ///
    /// The build context holds a directory of dependencies too, made on another system. It takes the place of the one in the
    /// image.
    ///
    /// ## Example
    ///
    /// ```text
    /// FROM node:24
    /// WORKDIR /app
    /// COPY package.json package-lock.json ./
    /// RUN npm ci
    /// COPY . .
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// WORKDIR /app
    /// COPY package.json package-lock.json ./
    /// RUN npm ci
    /// COPY src src
    /// ```
    "host-dependencies-copied" {
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
    let Some(context) = model.context() else { return };
    for stage in model.stages() {
        // Where installs put dependencies, as absolute paths.
        let mut installed: Vec<String> = Vec::new();
        for step in model.stage_steps(stage) {
            match step.ast {
                Instruction::Run(_) => installed.extend(installs(model, step)),
                Instruction::Copy(_) | Instruction::Add(_) => {
                    for source in model.context_sources(step).iter().filter(|source| source.kind == Brought::Directory)
                    {
                        let to = step.copied(model).and_then(|copied| copied.destination);
                        let Some(to) = to.as_ref().and_then(|to| absolute(step, to.text.known()?)) else { continue };
                        let overwritten = installed.iter().find_map(|path| {
                            let inside = path.strip_prefix(to.trim_end_matches('/'))?.strip_prefix('/')?;
                            let here = clean(&format!("{}/{inside}", source.path));
                            context.entry(&here).filter(|entry| entry.is_directory()).map(|_| here)
                        });
                        if let Some(path) = overwritten {
                            ctx.report(
                                &source.word,
                                format!("this copies `{path}` of the context over what was installed"),
                            )
                            .help(format!("add `{path}` to the ignore file"));
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// The directories that the installs of a RUN fill.
fn installs(model: &Model<'_>, step: &Step) -> Vec<String> {
    let mut found = Vec::new();
    model.walk(step, &mut |here| {
        let Some(Meant { command, understood }) = here.meant else { return };
        if !understood.fetches_dependencies() {
            return;
        }
        let names: &[&str] = match understood {
            Understood::Node(node) if matches!(node.verb, NodeVerb::Install | NodeVerb::CleanInstall) => {
                &["node_modules"]
            }
            Understood::Tool(_) => match command.name() {
                Some("composer") => &["vendor"],
                Some("bundle" | "bundler") => &["vendor/bundle"],
                Some("mix") => &["deps", "_build"],
                Some("dotnet") => &["obj"],
                Some("poetry" | "pipenv" | "uv") => &[".venv"],
                _ => &[],
            },
            _ => &[],
        };
        if let Some(directory) = here.state.for_command(command).directory() {
            found.extend(names.iter().map(|name| format!("{}/{name}", directory.trim_end_matches('/'))));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check_ok, check_with};

    const TEXT: &str = "FROM x\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY . .\n";

    #[test]
    fn the_source_is_marked() {
        let context = MemoryContext::new().file("package.json", "{}").file("node_modules/a/b", "");
        let options = Options { context: Some(&context), ..Options::default() };
        let settings = Settings::only(&RULE);
        let marked = format!("{TEXT}     ^ this copies `node_modules` of the context over what was installed\n");
        check_with(&RULE, &settings, options, &marked);
        check_with(&RULE, &settings, options, "FROM x\nWORKDIR /app\nCOPY . .\nRUN npm ci\n");
        check_with(&RULE, &settings, options, "FROM x\nWORKDIR /app\nRUN npm ci\nCOPY . /other\n");
        check_with(&RULE, &settings, options, "FROM x\nWORKDIR /app\nRUN npm ci\nFROM y\nWORKDIR /app\nCOPY . .\n");
    }

    #[test]
    fn a_context_without_them() {
        let context = MemoryContext::new().file("package.json", "{}").file("src/a.js", "");
        let options = Options { context: Some(&context), ..Options::default() };
        check_with(&RULE, &Settings::only(&RULE), options, TEXT);
        check_ok(&RULE, TEXT);
    }
}
