//! `cache-mount-of-other-home`

use dfopt_semantic::effects::is_below;
use dfopt_semantic::model::Model;

use crate::cache_mount::{CacheMount, cache_mounts};
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A cache is mounted in the home of another user than the one that runs.
    ///
    /// ## Why
    ///
    /// Tools look for their cache in the home of the user that they run as. This one stays empty, and every build fetches everything again.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24
    /// USER node
    /// RUN --mount=type=cache,target=/root/.npm,uid=1000 npm ci
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// USER node
    /// RUN --mount=type=cache,target=/home/node/.npm,uid=1000 npm ci
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The home of the user may be elsewhere.
    "cache-mount-of-other-home" {
        category: Category::Cache,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for found in cache_mounts(model) {
        let Some(user) = user(model, &found) else { continue };
        let is_root = matches!(user.as_str(), "root" | "0");
        let written = found.mount.target.as_ref().and_then(|target| target.value.clone()).unwrap_or_default();
        let (home, other) = if is_root {
            let Some(owner) = found.at.strip_prefix("/home/").and_then(|rest| rest.split('/').next()) else { continue };
            ("/root".to_owned(), format!("/home/{owner}"))
        } else {
            if !is_below(&found.at, "/root") {
                continue;
            }
            (format!("/home/{user}"), "/root".to_owned())
        };
        if is_pointed_to(model, &found, is_root) {
            continue;
        }
        let message = format!("this cache is in `{other}`, and `{user}` looks for it in `{home}`");
        let is_number = user.bytes().all(|b| b.is_ascii_digit()) && !is_root;
        let report = ctx.report(found.target(), message);
        let place = found.target();
        match written.strip_prefix(&other) {
            Some(rest) if !is_number && model.text_at(place) == written => {
                report.fix(format!("Mount it in `{home}`"), |fix| fix.replace(place, format!("{home}{rest}")));
            }
            _ => {
                report.help("mount it where the tool of that user looks");
            }
        }
    }
}

/// The user that the commands run as, if it is known.
fn user(model: &Model<'_>, found: &CacheMount<'_>) -> Option<String> {
    let name = match &found.step.user {
        Some(user) => user.known()?.to_owned(),
        None => {
            let facts = model.base_facts(model.stage_of(found.step)?)?;
            facts.user()?.to_owned()
        }
    };
    let name = name.split(':').next().unwrap_or_default();
    Some(if name.is_empty() { "root".to_owned() } else { name.to_owned() })
}

/// Whether a variable, an option or a change of the user makes the tool look there all the same.
fn is_pointed_to(model: &Model<'_>, found: &CacheMount<'_>, is_root: bool) -> bool {
    const CHANGES: &[&str] = &["su", "gosu", "su-exec", "sudo", "runuser", "setpriv", "HOME="];
    let environment = model.environment(found.step);
    let by_variable = environment.variables.values().any(|value| {
        !value.is_empty()
            && value.starts_with('/')
            && (found.holds(value) || is_below(&found.at, value))
            && &**value != "/"
    });
    let text = model.text_at(found.step.range());
    let commands = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')'));
    let by_command = commands.clone().any(|word| {
        CHANGES.iter().any(|change| word == *change || (change.ends_with('=') && word.starts_with(change)))
    });
    // The path stands in the commands themselves.
    let by_path = text.matches(found.at.trim_end_matches('/')).count() > 1;
    by_variable || by_path || (by_command && is_root) || (by_command && text.contains("HOME="))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn homes_of_others() {
        check(
            &RULE,
            "
FROM node:24
RUN --mount=type=cache,target=/home/node/.npm npm ci
                              ^^^^^^^^^^^^^^^ this cache is in `/home/node`, and `root` looks for it in `/root` [fix]
USER 1000
RUN --mount=type=cache,target=/root/.npm,uid=1000 npm ci
                              ^^^^^^^^^^ this cache is in `/root`, and `1000` looks for it in `/home/1000`
",
        );
    }

    #[test]
    fn own_homes_and_pointers() {
        check_ok(
            &RULE,
            "
FROM node:24
RUN --mount=type=cache,target=/root/.npm npm ci
RUN --mount=type=cache,target=/home/node/.npm su node -c 'npm ci'
RUN --mount=type=cache,target=/home/node/.npm npm ci --cache /home/node/.npm
USER node
RUN --mount=type=cache,target=/home/node/.npm npm ci
ENV npm_config_cache=/root/.npm
RUN --mount=type=cache,target=/root/.npm npm ci
FROM unknown/x
RUN --mount=type=cache,target=/home/node/.npm npm ci
",
        );
    }

    #[test]
    fn it_moves_to_the_users_home() {
        check_fix(
            &RULE,
            "FROM node:24\nUSER node\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
            "FROM node:24\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm npm ci\n",
        );
    }
}
