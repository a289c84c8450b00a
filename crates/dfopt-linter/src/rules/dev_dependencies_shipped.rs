//! `dev-dependencies-shipped`

use dfopt_semantic::command::ecosystems::Ecosystem;
use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::effects::PathPattern;
use dfopt_semantic::model::{DevelopmentInstall, Model, ReferenceKind, ReferenceTarget, Stage, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// Dependencies for development are installed into the image that is shipped.
    ///
    /// ## Why
    ///
    /// Test runners, linters and bundlers are needed to work on a program, not to run it. They are often the larger part of all
    /// dependencies, and each can have flaws. The package manager has a switch to leave them out.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:22-slim
    /// WORKDIR /app
    /// COPY package.json package-lock.json ./
    /// RUN npm ci
    /// COPY . .
    /// CMD ["node", "server.js"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:22-slim
    /// WORKDIR /app
    /// COPY package.json package-lock.json ./
    /// RUN npm ci --omit=dev
    /// COPY . .
    /// CMD ["node", "server.js"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A program may use something that its manifest lists for development only.
    "dev-dependencies-shipped" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &[
            "DF031",
            "tally/php/composer-no-dev-in-production",
            "tally/php/no-xdebug-in-final-image",
            "tally/ruby/missing-bundle-without-development",
        ],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let mut seen = Vec::new();
    for stage in model.stages().iter().filter(|stage| model.is_built(stage) && !stage.is_for_development()) {
        if model.run_command(stage).is_some_and(|run| run.needs_toolchain()) {
            continue;
        }
        let layers = model.layers(stage);
        let mut found: Vec<(DevelopmentInstall, Option<TextRange>)> =
            model.development_installs(&layers).into_iter().map(|install| (install, None)).collect();
        found.extend(from_feeders(model, &layers));
        for (install, copied) in found {
            if !seen.contains(&install.command) {
                seen.push(install.command.clone());
                report(ctx, stage, &install, copied);
            }
        }
    }
}

/// Installations in other stages whose directory is copied.
fn from_feeders(model: &Model<'_>, layers: &[&Step]) -> Vec<(DevelopmentInstall, Option<TextRange>)> {
    let mut found = Vec::new();
    for step in layers {
        let Some(copied) = step.copied(model).filter(|copied| copied.from.is_some()) else { continue };
        let mut references =
            model.references().iter().filter(|one| one.step == step.index && one.kind == ReferenceKind::Copy);
        let Some(ReferenceTarget::Stage(feeder)) = references.next().map(|one| &one.target) else { continue };
        let Some(feeder) = model.stages().get(*feeder) else { continue };
        for install in model.development_installs(&model.layers(feeder)) {
            let Some(installed) = installed_in(&install) else { continue };
            let source = copied.sources.iter().find(|source| {
                source
                    .text
                    .known()
                    .is_some_and(|text| PathPattern::parse(text).with_everything_below().contains(&installed))
            });
            if let Some(source) = source {
                found.push((install, Some(source.range)));
            }
        }
    }
    found
}

/// The directory below the project that dependencies are installed in, where they are.
fn installed_in(install: &DevelopmentInstall) -> Option<String> {
    let below = match install.ecosystem {
        Ecosystem::Node => "node_modules",
        Ecosystem::Php => "vendor",
        Ecosystem::Elixir => "deps",
        Ecosystem::Python => ".venv",
        _ => return None,
    };
    Some(format!("{}/{below}", install.directory.as_deref()?.trim_end_matches('/')))
}

fn report(ctx: &mut Context<'_>, stage: &Stage, install: &DevelopmentInstall, copied: Option<TextRange>) {
    let model = ctx.model();
    let Some(step) = model.steps().get(install.step) else { return };
    let environment = model.environment(step);
    let is_development = ["NODE_ENV", "RAILS_ENV", "RACK_ENV", "APP_ENV", "MIX_ENV"].iter().any(|name| {
        environment.variables.get(*name).is_some_and(|value| matches!(&**value, "development" | "dev" | "test"))
    });
    let declared = declares_development(model, stage, install);
    if is_development || declared == Some(false) {
        return;
    }
    let place = install.word.clone().unwrap_or_else(|| install.command.clone());
    let place = place.place();
    let builds = builds_later(model, install);
    let mut report = ctx.report(place, "dependencies for development are installed into the image");
    if declared == Some(true) {
        report = report.severity(Severity::Warning);
    }
    if let Some(copied) = copied {
        report = report.related(copied, "they are copied from here");
    }
    let is_exact = install.word.is_none() && model.text_at(place).lines().count() == 1;
    match (builds, install.switch) {
        (Some(build), _) => {
            let build = build.place();
            report
                .related(build, "may need them")
                .help("build in a stage of its own, or take them away in the same `RUN`");
        }
        (None, Some(switch)) if is_exact => {
            report.fix(format!("Add `{switch}`"), |fix| fix.insert(place.end(), format!(" {switch}")));
        }
        _ => {
            report.help("leave them out where the program runs");
        }
    }
}

/// Whether the project's manifest has such dependencies at all, when it can be read.
fn declares_development(model: &Model<'_>, stage: &Stage, install: &DevelopmentInstall) -> Option<bool> {
    let (file, key) = match install.ecosystem {
        Ecosystem::Node => ("package.json", "\"devDependencies\""),
        Ecosystem::Php if install.word.is_none() => ("composer.json", "\"require-dev\""),
        _ => return None,
    };
    let path = format!("{}/{file}", install.directory.as_deref()?.trim_end_matches('/'));
    let feeder = model.steps().get(install.step).and_then(|step| model.stage_of(step)).unwrap_or(stage);
    let text = model.copied_script(feeder, &path)?;
    let Some((_, rest)) = text.split_once(key) else { return Some(false) };
    let object = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('{')?;
    Some(!object.trim_start().starts_with('}'))
}

/// A later command of the same stage that may need what is for development.
fn builds_later(model: &Model<'_>, install: &DevelopmentInstall) -> Option<std::ops::Range<u32>> {
    let step = model.steps().get(install.step)?;
    let stage = model.stage_of(step)?;
    let mut found = None;
    let later = model
        .stage_steps(stage)
        .iter()
        .filter(|other| other.index >= step.index && matches!(other.ast, Instruction::Run(_)));
    for other in later {
        model.walk(other, &mut |at| {
            let Some(command) = Command::of(at.invocation) else { return };
            let range = command.range();
            let understood = understand(&command);
            let runs = understood.produces()
                || matches!(&understood, Understood::Node(node) if node.script.is_some() && !node.installs());
            if runs && range.start > install.command.start && found.is_none() {
                found = Some(range);
            }
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_fix, check_ok, check_with, diagnostics};
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    #[test]
    fn the_install_is_marked() {
        check(
            &RULE,
            "
FROM node:22
WORKDIR /app
RUN npm ci
    ^^^^^^ dependencies for development are installed into the image [fix]
CMD [\"node\", \"server.js\"]
",
        );
        check(
            &RULE,
            "
FROM node:22
RUN yarn && yarn build
    ^^^^ dependencies for development are installed into the image
CMD [\"node\", \"server.js\"]
",
        );
        check(
            &RULE,
            "
FROM python:3.12
RUN pip install -r requirements.txt -r requirements/dev.txt
                                       ^^^^^^^^^^^^^^^^^^^^ dependencies for development are installed into the image
CMD [\"python\", \"x.py\"]
",
        );
    }

    #[test]
    fn what_another_stage_installs_may_be_copied() {
        let head = "FROM node:22 AS build\nWORKDIR /app\nRUN npm ci\n";
        check(
            &RULE,
            &format!(
                "{head}    ^^^^^^ dependencies for development are installed into the image [fix]\nFROM node:22\nCOPY --from=build /app /app\nCMD [\"node\", \"x\"]\n"
            ),
        );
        check_ok(&RULE, &format!("{head}FROM nginx:1\nCOPY --from=build /app/dist /usr/share/nginx/html\n"));
        check_ok(
            &RULE,
            &format!("{head}RUN npm run build && npm prune --omit=dev\nFROM node:22\nCOPY --from=build /app /app\n"),
        );
    }

    #[test]
    fn development_is_no_mistake_where_it_is_meant() {
        check_ok(&RULE, "FROM node:22 AS dev\nRUN npm ci\nCMD [\"node\", \"x\"]\n");
        check_ok(&RULE, "FROM node:22\nRUN npm ci\nCMD [\"npm\", \"run\", \"dev\"]\n");
        check_ok(&RULE, "FROM node:22\nENV NODE_ENV=development\nRUN npm ci\nCMD [\"node\", \"x\"]\n");
        check_ok(&RULE, "FROM node:22\nENV NODE_ENV=production\nRUN npm ci\nCMD [\"node\", \"x\"]\n");
    }

    #[test]
    fn the_manifest_decides_when_it_can_be_read() {
        let text = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"x\"]\n";
        let context = MemoryContext::new().file("package.json", "{\"devDependencies\": {}}");
        check_with(&RULE, &Settings::only(&RULE), Options { context: Some(&context), ..Options::default() }, text);
        let context = MemoryContext::new().file("package.json", "{\"devDependencies\": {\"jest\": \"1\"}}");
        let found =
            diagnostics(&RULE, &Settings::only(&RULE), Options { context: Some(&context), ..Options::default() }, text);
        assert_eq!(found[0].severity, Severity::Warning);
    }

    #[test]
    fn the_switch_is_added() {
        check_fix(
            &RULE,
            "FROM node:22\nRUN npm ci --no-audit\nCMD [\"node\", \"x\"]\n",
            "FROM node:22\nRUN npm ci --omit=dev --no-audit\nCMD [\"node\", \"x\"]\n",
        );
    }
}
