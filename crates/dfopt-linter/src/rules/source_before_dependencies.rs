//! `source-before-dependencies`

use dfopt_semantic::command::ecosystems::{Ecosystem, facts};
use dfopt_semantic::model::{DependencyInstall, EarlyCopy, Model};

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// Sources are copied before the dependencies are installed.
    ///
    /// ## Why
    ///
    /// The builder takes a step from its cache as long as nothing before it has changed. With the sources copied first, every
    /// edit makes the installation run again. Copy the files that name the dependencies, install, then copy the rest.
    ///
    /// `dfopt fix --order-copies` proposes the order.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:22-slim
    /// WORKDIR /app
    /// COPY . .
    /// RUN npm ci
    /// CMD ["node", "server.js"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:22-slim
    /// WORKDIR /app
    /// COPY package.json package-lock.json ./
    /// RUN npm ci
    /// COPY . .
    /// CMD ["node", "server.js"]
    /// ```
    "source-before-dependencies" {
        category: Category::Cache,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DF070", "DD006"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        for copy in model.early_copies(stage) {
            let wanted: Vec<&DependencyInstall> =
                copy.dependencies.iter().filter(|install| matters(model, copy, install)).collect();
            if !wanted.is_empty() {
                report(ctx, copy, &wanted);
            }
        }
    }
}

fn report(ctx: &mut Context<'_>, copy: &EarlyCopy, installs: &[&DependencyInstall]) {
    let Some(first) = installs.first() else { return };
    let manifests = manifests(first);
    let mut report = ctx.report(&copy.source.word, "every edit of these sources installs the dependencies again");
    for install in installs {
        report = report.related(&install.command, "installs the dependencies");
    }
    for packages in &copy.packages {
        report = report.related(packages, "needs none of the sources either");
    }
    if installs.iter().all(|install| install.has_cache_mount) {
        // What was fetched is still there, only the installation is repeated.
        report = report.severity(Severity::Info);
    }
    let help = match (manifests.is_empty(), first.only_fetches) {
        (true, _) => "copy what names the dependencies first, install, then copy the rest".to_owned(),
        (false, true) => format!("copy {manifests} first, install, then copy the rest"),
        (false, false) => {
            format!(
                "copy {manifests} first and fetch the dependencies in a step of its own, or mount a cache into this one"
            )
        }
    };
    report.help(help);
}

/// Whether the order can be better at all.
fn matters(model: &Model<'_>, copy: &EarlyCopy, install: &DependencyInstall) -> bool {
    // Fetching is part of the build here; a cache mount makes that cheap.
    if !install.only_fetches && install.has_cache_mount {
        return false;
    }
    let root = if copy.source.path == "." { "" } else { &copy.source.path };
    let holds = |file: &str, text: &str| model.context_file_holds(&format!("{root}/{file}"), text) == Some(true);
    match install.ecosystem {
        Ecosystem::Node => {
            let hooks = ["\"preinstall\"", "\"install\"", "\"postinstall\"", "\"prepare\"", "\"file:", "\"link:"];
            !hooks.iter().any(|hook| holds("package.json", hook))
        }
        Ecosystem::Go => {
            let is_vendored = model.context().is_some_and(|context| {
                context.entry(format!("{root}/vendor/modules.txt").trim_start_matches('/')).is_some()
            });
            let replaces = holds("go.mod", "=> ./") || holds("go.mod", "=> ../");
            !is_vendored && !replaces
        }
        Ecosystem::Rust => !holds("Cargo.toml", "path ="),
        _ => true,
    }
}

/// The files that name the dependencies, in words.
fn manifests(install: &DependencyInstall) -> String {
    if !install.named.is_empty() {
        let names = install.named.iter().map(|path| format!("`{}`", path.rsplit('/').next().unwrap_or(path)));
        return names.collect::<Vec<_>>().join(", ");
    }
    let Some(facts) = facts(install.ecosystem) else { return String::new() };
    let plain = |name: &&&str| !name.contains(['/', '*']) && !name.starts_with('.');
    let first = facts.manifests.iter().find(plain);
    let lock = facts.locks.iter().find(plain);
    let names: Vec<String> = first.into_iter().chain(lock).map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        more => format!("{} and the like", more.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, check_with};
    use dfopt_semantic::context::MemoryContext;
    use dfopt_semantic::model::Options;

    #[test]
    fn the_copied_sources_are_marked() {
        check(
            &RULE,
            "
FROM node:22
WORKDIR /app
COPY package.json .
COPY src ./src
     ^^^ every edit of these sources installs the dependencies again
RUN npm install
FROM golang:1.24
WORKDIR /app
ADD . /app
    ^ every edit of these sources installs the dependencies again
RUN apt-get update
RUN go build -o /app/x .
",
        );
    }

    #[test]
    fn manifests_first() {
        check_ok(&RULE, "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n");
        check_ok(&RULE, "FROM golang:1.24\nCOPY go.* ./\nRUN go mod download\nCOPY . .\nRUN go build .\n");
        check_ok(&RULE, "FROM golang:1.24\nCOPY . .\nRUN --mount=type=cache,target=/go/pkg/mod go build .\n");
        check_ok(&RULE, "FROM python:3.12\nCOPY . .\nRUN pip install .\n");
        check_ok(&RULE, "FROM python:3.12\nCOPY --from=x /a /a\nRUN pip install -r /a/requirements.txt\n");
    }

    #[test]
    fn the_context_shows_what_an_install_needs() {
        let context = MemoryContext::new().file("package.json", "{\"scripts\": {\"postinstall\": \"node x.js\"}}");
        let options = Options { context: Some(&context), ..Options::default() };
        check_with(&RULE, &Settings::only(&RULE), options, "FROM node:22\nCOPY . .\nRUN npm ci\n");
    }
}
