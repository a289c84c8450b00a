//! `defeated-cache-mount`

use dfopt_semantic::command::packages::{Manager, Setting};
use dfopt_semantic::command::python::PipVerb;
use dfopt_semantic::command::{Command, Connector, Understood, Word, understand};
use dfopt_semantic::effects::caches::{Cache, cache_uses};
use dfopt_semantic::effects::{Meant, is_below};
use dfopt_semantic::model::{Model, ScriptSource, Step};
use dfopt_syntax::ast::AstNode;
use dfopt_syntax::{TextRange, TextSize};

use crate::cache_mount::{CacheMount, of_step};
use crate::peer;
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// A cache is mounted, and the same `RUN` empties or avoids it.
    ///
    /// ## Why
    ///
    /// The mount keeps what is fetched for the next build. A command that empties it, or an option that goes without a cache, leaves nothing to
    /// keep. Neither is needed: what is in the mount is not in the image.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.13-slim
    /// COPY requirements.txt .
    /// RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir -r requirements.txt
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.13-slim
    /// COPY requirements.txt .
    /// RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
    /// ```
    ///
    /// ## Fix safety
    ///
    /// What the mount holds is not in the image, so the image stays the same.
    "defeated-cache-mount" {
        category: Category::Cache,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in steps(model) {
        let mounts = of_step(model, step);
        if mounts.is_empty() {
            continue;
        }
        check_emptied(ctx, step, &mounts);
        check_avoided(ctx, step, &mounts);
        check_hook(ctx, step, &mounts);
    }
}

/// The mount, if there is one, that holds a cache of the RUN.
fn holder<'c, 'm>(
    model: &Model<'_>,
    step: &Step,
    mounts: &'c [CacheMount<'m>],
    cache: Cache,
) -> Option<&'c CacheMount<'m>> {
    let environment = model.environment(step);
    let lookup = |name: &str| environment.variables.get(name).map(|value| value.to_string());
    let home = lookup("HOME").or_else(|| {
        let user = environment.user.as_deref()?;
        Some(if matches!(user, "root" | "0") { "/root".to_owned() } else { format!("/home/{user}") })
    });
    let directories = cache.directories(home.as_deref(), &lookup);
    mounts.iter().find(|mount| {
        directories.iter().any(|directory| is_below(directory, &mount.at) || is_below(&mount.at, directory))
    })
}

/// Commands that empty what is mounted.
fn check_emptied(ctx: &mut Context<'_>, step: &Step, mounts: &[CacheMount<'_>]) {
    let model = ctx.model();
    let uses = model.with_script(step, cache_uses).unwrap_or_default();
    let mut seen: Vec<std::ops::Range<u32>> = Vec::new();
    for found in &uses {
        let Some(mount) = holder(model, step, mounts, found.cache) else { continue };
        // One cache that is emptied may lie in no mount, although another one does.
        for emptied in found.emptied.iter().filter(|range| !range.is_empty()) {
            if seen.contains(emptied) || (found.filled.is_empty() && !mount.holds(&mount.at)) {
                continue;
            }
            seen.push(emptied.clone());
            let place = emptied.place();
            let report =
                ctx.report(place, "this empties the cache that is mounted").related(mount.value(), "the mount");
            if let Some(dropped) = droppable(model, step, emptied) {
                report.fix("Leave it out", |fix| {
                    fix.safe();
                    fix.delete(dropped);
                });
            }
        }
    }
}

/// The range of a command with the `&&` before it, where nothing else hangs on it.
fn droppable(model: &Model<'_>, step: &Step, command: &std::ops::Range<u32>) -> Option<TextRange> {
    let script = model.script(step).filter(|script| script.source == ScriptSource::Text && script.script.complete)?;
    let commands = &script.script.invocations;
    let at = commands.iter().position(|one| one.range() == *command)?;
    let is_joined = |one: &dfopt_semantic::command::Invocation| one.connector_before == Connector::And;
    let next_is_joined = commands.get(at + 1).is_none_or(is_joined);
    let one = commands.get(at).filter(|one| is_joined(one) && one.subshells.is_empty() && next_is_joined)?;
    // It may have other paths to delete.
    let is_whole = Command::of(one).is_some_and(|found| match understand(&found) {
        Understood::File(op) => op.targets.len() == 1,
        Understood::PackageMaintenance(_) | Understood::Node(_) | Understood::Pip(_) => true,
        _ => false,
    });
    let previous = commands.get(at.checked_sub(1)?)?.range();
    let between = model.text_at(TextRange::new(previous.end.into(), command.start.into()));
    let is_plain = between.chars().all(|c| c.is_whitespace() || c == '&' || c == model.escape());
    (is_whole && is_plain).then(|| TextRange::new(previous.end.into(), command.end.into()))
}

/// Options that go without the cache that is mounted.
fn check_avoided(ctx: &mut Context<'_>, step: &Step, mounts: &[CacheMount<'_>]) {
    let model = ctx.model();
    let mut found: Vec<(Word, Cache)> = Vec::new();
    model.walk(step, &mut |at| {
        let Some(Meant { command, understood }) = at.meant else { return };
        let (cache, switches): (Cache, &[&str]) = match understood {
            Understood::Pip(pip) if pip.verb == PipVerb::Install && pip.no_cache => {
                let cache = if pip.tool == "uv" { Cache::Uv } else { Cache::Pip };
                (cache, &["--no-cache-dir", "--no-cache"])
            }
            Understood::PackageInstall(install) if install.manager == Manager::Apk && install.cache == Setting::Off => {
                (Cache::Apk, &["--no-cache"])
            }
            _ => return,
        };
        found.extend(command.args().iter().find(|word| word.is_any(switches)).map(|word| (word.clone(), cache)));
    });
    for (word, cache) in found {
        let Some(mount) = holder(model, step, mounts, cache) else { continue };
        let place = word.place();
        let is_exact = model.text_at(place) == peer::text(&word);
        let report = ctx.report(place, "this avoids the cache that is mounted").related(mount.value(), "the mount");
        let before = model.text().get(..place.start().into()).unwrap_or_default();
        if is_exact && before.ends_with(' ') && !before.ends_with("  ") {
            report.fix("Leave it out", |fix| {
                fix.safe();
                fix.delete(TextRange::new(place.start() - TextSize::new(1), place.end()));
            });
        }
    }
}

/// Images of Debian and Ubuntu delete what `apt` fetches, unless somebody takes the hook away.
fn check_hook(ctx: &mut Context<'_>, step: &Step, mounts: &[CacheMount<'_>]) {
    let model = ctx.model();
    let Some(mount) = mounts.iter().find(|mount| is_below(&mount.at, "/var/cache/apt")) else { return };
    let Some(stage) = model.stage_of(step) else { return };
    let cleans = model.base_facts(stage).is_some_and(|facts| facts.cleans_apt());
    let layers = model.layers(stage);
    let mut before = layers.iter().filter(|other| other.index <= step.index);
    let is_off = before.any(|other| {
        let text = model.text_at(other.ast.syntax().text_range());
        text.contains("docker-clean") || text.contains("Keep-Downloaded-Packages")
    });
    let installs = model.installations(step).iter().any(|one| one.manager == Manager::Apt);
    if cleans && !is_off && installs {
        ctx.report(mount.target(), "nothing is kept here: the base image deletes what `apt` fetches")
            .help("delete `/etc/apt/apt.conf.d/docker-clean` before")
            .severity(Severity::Info);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn commands_options_and_the_hook() {
        check(
            &RULE,
            "
FROM python:3.13
RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir a && rm -rf /root/.cache/pip
                                                           ^^^^^^^^^^^^^^ this avoids the cache that is mounted [safe fix]
                                                                               ^^^^^^^^^^^^^^^^^^^^^^^ this empties the cache that is mounted [safe fix]
RUN --mount=type=cache,target=/var/cache/apt apt-get install -y a
                              ^^^^^^^^^^^^^^ nothing is kept here: the base image deletes what `apt` fetches
",
        );
    }

    #[test]
    fn kept() {
        check_ok(
            &RULE,
            "
FROM python:3.13
RUN --mount=type=cache,target=/root/.cache/pip pip install a && rm -rf /tmp/x
RUN --mount=type=cache,target=/root/.npm pip install --no-cache-dir a
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt apt-get install -y a
RUN pip install --no-cache-dir a && rm -rf ~/.cache/pip
",
        );
    }

    #[test]
    fn both_are_left_out() {
        check_fix(
            &RULE,
            "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir a \\\n && pip cache purge \\\n && b\n",
            "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip pip install a \\\n && b\n",
        );
    }
}
