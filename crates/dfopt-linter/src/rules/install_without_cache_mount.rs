//! `install-without-cache-mount`

use dfopt_semantic::effects::caches::{Cache, cache_uses};
use dfopt_semantic::effects::is_below;
use dfopt_semantic::model::{Model, Role, Step};
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Place, Severity};

declare_rule! {
    /// A build stage installs packages without a cache mount.
    ///
    /// ## Why
    ///
    /// When one dependency changes, the instruction runs again and fetches all of them anew. A cache mount keeps what was fetched between builds,
    /// outside the image.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1
    /// FROM node:24 AS build
    /// COPY package.json package-lock.json .
    /// RUN npm ci
    /// FROM nginx:1.29
    /// COPY --from=build /dist /usr/share/nginx/html
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1
    /// FROM node:24 AS build
    /// COPY package.json package-lock.json .
    /// RUN --mount=type=cache,target=/root/.npm npm ci
    /// FROM nginx:1.29
    /// COPY --from=build /dist /usr/share/nginx/html
    /// ```
    ///
    /// ## Fix safety
    ///
    /// What is in the mount is missing in the stage: a later instruction that reads it, or copies from it, finds nothing.
    "install-without-cache-mount" {
        category: Category::Cache,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/prefer-package-cache-mounts", "tally/ruby/prefer-bundler-cache-mount", "tally/js/node-gyp-cache-mounts"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if !uses_buildkit(model) {
        return;
    }
    for step in model.steps() {
        let is_feeder = model.stage_of(step).is_some_and(|stage| stage.role == Role::Feeder);
        if !matches!(step.ast, Instruction::Run(_)) || !is_feeder || model.has_error(step) {
            continue;
        }
        let mounted = model.mount_points(step);
        let uses = model.with_script(step, cache_uses).unwrap_or_default();
        let mut place = None;
        let mut flags: Vec<String> = Vec::new();
        for found in uses.iter().filter(|found| found.emptied.is_empty() && is_fetched(found.cache)) {
            let Some(filled) = found.filled.first() else { continue };
            let directories = directories(model, step, found.cache);
            let is_mounted = |directory: &String| mounted.iter().any(|mount| is_below(directory, mount));
            let Some(directory) = directories.first().filter(|_| !directories.iter().any(is_mounted)) else { continue };
            place.get_or_insert_with(|| filled.place());
            let sharing = match found.cache {
                Cache::AptArchives | Cache::AptLists => ",sharing=locked",
                _ => "",
            };
            let flag = format!(" --mount=type=cache,target={directory}{sharing}");
            if !flags.contains(&flag) {
                flags.push(flag);
            }
        }
        let Some(place) = place else { continue };
        let is_read_later = flags.iter().any(|flag| is_needed_later(model, step, flag));
        let report = ctx.report(place, "what is fetched here is fetched again by the next build");
        if is_read_later {
            report.help("mount a cache where the tool keeps what it fetches");
        } else {
            let at = step.keyword_range().end();
            report.fix("Mount a cache", |fix| fix.insert(at, flags.concat()));
        }
    }
}

/// Whether the file is written for a builder that has cache mounts.
fn uses_buildkit(model: &Model<'_>) -> bool {
    let has_feature = |ast: &Instruction| {
        ast.heredocs().next().is_some()
            || ast.flags().any(|flag| matches!(flag.name().as_deref(), Some("mount" | "link")))
    };
    let first = model.text().lines().take_while(|line| line.starts_with('#'));
    let has_syntax = first.into_iter().any(|line| {
        line.trim_start_matches('#')
            .trim_start()
            .split_once('=')
            .is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("syntax"))
    });
    has_syntax || model.steps().iter().any(|step| has_feature(&step.ast))
}

/// Whether the cache holds nothing but what can be fetched again.
fn is_fetched(cache: Cache) -> bool {
    // Where the cache is also where things are installed, a mount takes them away.
    !matches!(
        cache,
        Cache::Conda
            | Cache::Gem
            | Cache::Bundler
            | Cache::Nuget
            | Cache::Deno
            | Cache::AptLists
            | Cache::Gradle
            | Cache::Stack
    )
}

fn directories(model: &Model<'_>, step: &Step, cache: Cache) -> Vec<String> {
    let environment = model.environment(step);
    let lookup = |name: &str| environment.variables.get(name).map(|value| value.to_string());
    let home = lookup("HOME").or_else(|| {
        let user = environment.user.as_deref()?;
        Some(if matches!(user, "root" | "0") { "/root".to_owned() } else { format!("/home/{user}") })
    });
    cache.directories(home.as_deref(), &lookup)
}

/// Whether a later instruction, of another stage too, names the directory, or runs without network what was fetched here.
fn is_needed_later(model: &Model<'_>, step: &Step, flag: &str) -> bool {
    let directory = flag.split("target=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let later = model.steps().iter().filter(|other| other.index > step.index);
    later.into_iter().any(|other| {
        let text = model.text_at(other.ast.syntax().text_range());
        text.contains(directory) || text.contains("--network=none") || text.contains("--offline")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_command_is_marked() {
        check(
            &RULE,
            "
# syntax=docker/dockerfile:1
FROM golang AS a
RUN apk add x && go mod download
    ^^^^^^^^^ what is fetched here is fetched again by the next build [fix]
FROM scratch
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn mounted_shipped_or_for_another_builder() {
        check_ok(
            &RULE,
            "
FROM python AS a
RUN --mount=type=cache,target=/root/.cache/pip pip install -r x
RUN pip install --no-cache-dir -r y && ls
FROM python
RUN pip install -r x
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn a_mount_is_added() {
        check_fix(
            &RULE,
            "# syntax=docker/dockerfile:1\nFROM python:3.13 AS a\nRUN pip install -r x\nFROM scratch\nCOPY --from=a /x /x\n",
            "# syntax=docker/dockerfile:1\nFROM python:3.13 AS a\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r x\nFROM scratch\nCOPY --from=a /x /x\n",
        );
    }
}
