//! `production-install-before-build`

use dfopt_semantic::command::node::{Node, NodeVerb};
use dfopt_semantic::command::{Development, Understood};
use dfopt_semantic::effects::Meant;
use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::TextRange;

use crate::rule::declare_rule;
use crate::site::runs;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// A build step needs packages that the install left out.
    ///
    /// ## Why
    ///
    /// `NODE_ENV=production` and `--omit=dev` leave out what only development needs, and that is where compilers and bundlers
    /// usually are.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24
    /// ENV NODE_ENV=production
    /// COPY . .
    /// RUN npm ci
    /// RUN npm run build
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// COPY . .
    /// RUN npm ci
    /// RUN npm run build
    /// RUN npm prune --omit=dev
    /// ```
    "production-install-before-build" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// Programs that projects have for development only.
const TOOLS: [&str; 9] = ["tsc", "vite", "webpack", "rollup", "ng", "nest", "vue-cli-service", "esbuild", "parcel"];

/// What a stage does with packages, in order.
enum Event {
    /// An install, and whether packages for development come along.
    Install(TextRange, bool),
    /// A command that needs them.
    Build(TextRange, String),
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let has_none = lists_no_development_packages(model);
    for stage in model.stages().iter().filter(|_| !has_none) {
        let events: Vec<Event> = runs(model)
            .filter(|step| step.stage == Some(stage.index))
            .flat_map(|step| events(model, stage, step))
            .collect();
        let mut installs = events.iter().filter_map(|event| match event {
            Event::Install(place, is_whole) => Some((*place, *is_whole)),
            Event::Build(..) => None,
        });
        let (Some((install, false)), None) = (installs.next(), installs.next()) else { continue };
        let build = events.iter().find_map(|event| match event {
            Event::Build(place, name) if place.start() > install.start() => Some((*place, name)),
            _ => None,
        });
        if let Some((place, name)) = build {
            ctx.report(install, format!("what `{name}` needs may be left out here"))
                .related(place, "this runs afterwards")
                .help("install everything, build, then remove what only development needs");
        }
    }
}

fn events(model: &Model<'_>, stage: &Stage, step: &Step) -> Vec<Event> {
    let mut found = Vec::new();
    let value = |name: &str| {
        model.scope(step).variable(name).and_then(|(variable, _)| variable.value.known().map(str::to_owned))
    };
    let of_base = model.base_facts(stage).is_some_and(|facts| {
        facts.env.iter().any(|variable| variable.name == "NODE_ENV" && variable.value == Some("production"))
    });
    model.walk(step, &mut |here| {
        let Some(Meant { command, understood }) = here.meant else { return };
        let Some(word) = command.name_word() else { return };
        let node = match understood {
            Understood::Node(node) => node,
            _ => {
                let name = command.name().unwrap_or_default();
                if TOOLS.contains(&name) {
                    found.push(Event::Build(word.range.place(), name.to_owned()));
                }
                return;
            }
        };
        match node.verb {
            NodeVerb::Install | NodeVerb::CleanInstall => {
                let env = here.state.for_command(command).lookup("NODE_ENV").or_else(|| value("NODE_ENV"));
                let is_production = env.map_or(of_base, |env| env == "production");
                let is_whole = match node.development {
                    Development::Excluded => false,
                    Development::ByEnvironment("NODE_ENV") => !is_production,
                    _ => true,
                };
                found.push(Event::Install(
                    (word.range.start..node.word.range.end.max(word.range.end)).place(),
                    is_whole,
                ));
            }
            // Whoever names packages, or takes them from elsewhere, has a plan.
            NodeVerb::Add | NodeVerb::AddGlobal | NodeVerb::Deploy | NodeVerb::Fetch => {
                found.push(Event::Install(word.range.place(), true));
            }
            NodeVerb::Run | NodeVerb::Exec => found.extend(build_of(node, word.range.place())),
            _ => {}
        }
    });
    found
}

/// A script called `build`, or a tool.
fn build_of(node: &Node<'_>, place: TextRange) -> Option<Event> {
    let name = node.script?;
    let is_build = match node.verb {
        NodeVerb::Run => name == "build" || name.starts_with("build:") || name == "compile",
        _ => TOOLS.contains(&name),
    };
    is_build.then(|| Event::Build(place, name.to_owned()))
}

/// Whether the project's manifest is known, and has no packages for development.
fn lists_no_development_packages(model: &Model<'_>) -> bool {
    let manifest = model.context().and_then(|context| context.read("package.json"));
    manifest.is_some_and(|text| !String::from_utf8_lossy(&text).contains("\"devDependencies\""))
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, check_with};

    #[test]
    fn the_install_is_marked() {
        check(
            &RULE,
            "
FROM x AS a
RUN npm ci --omit=dev && npm run build
    ^^^^^^ what `build` needs may be left out here
FROM x AS b
ENV NODE_ENV=production
RUN yarn install
    ^^^^^^^^^^^^ what `tsc` needs may be left out here
RUN npx tsc
",
        );
        check(
            &RULE,
            "FROM x\nRUN NODE_ENV=production npm install && vite build\n                            ^ \n"
                .replace(
                    "                            ^ \n",
                    "                        ^^^^^^^^^^^ what `vite` needs may be left out here\n",
                )
                .as_str(),
        );
    }

    #[test]
    fn installs_that_are_whole() {
        for text in [
            "FROM x\nRUN npm ci && npm run build\n",
            "FROM x\nRUN npm ci && npm run build && npm ci --omit=dev\n",
            "FROM x\nENV NODE_ENV=production\nRUN npm ci --include=dev && npm run build\n",
            "FROM x\nRUN npm run build && npm ci --omit=dev\n",
            "FROM x\nRUN npm ci --omit=dev\nFROM x\nRUN npm run build\n",
            "FROM x\nRUN npm ci --omit=dev && npm run migrate\n",
        ] {
            check_ok(&RULE, text);
        }
        let context = MemoryContext::new().file("package.json", "{}");
        let options = Options { context: Some(&context), ..Options::default() };
        check_with(&RULE, &Settings::only(&RULE), options, "FROM x\nRUN npm ci --omit=dev && npm run build\n");
    }
}
