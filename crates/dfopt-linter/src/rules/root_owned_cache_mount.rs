//! `root-owned-cache-mount`

use crate::cache_mount::cache_mounts;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A cache is mounted for root in a `RUN` of another user.
    ///
    /// ## Why
    ///
    /// The directory of a cache belongs to root and only root can write there, unless the mount says otherwise. The command fails, or goes on
    /// without its cache.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24
    /// USER 1000
    /// RUN --mount=type=cache,target=/home/node/.npm npm ci
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// USER 1000
    /// RUN --mount=type=cache,target=/home/node/.npm,uid=1000 npm ci
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The cache gets another owner; a command that could not write there now does.
    "root-owned-cache-mount" {
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
        let mount = &found.mount;
        let is_said = mount.uid.is_some() || mount.gid.is_some() || mount.mode.is_some();
        let Some(user) = found.step.user.as_ref().and_then(|user| user.known()).filter(|_| !is_said) else { continue };
        let (name, group) = user.split_once(':').map_or((user, None), |(name, group)| (name, Some(group)));
        // What is prepared in another stage may have another owner.
        if matches!(name, "" | "root" | "0") || mount.from.is_some() {
            continue;
        }
        let report = ctx.report(found.target(), format!("`{name}` cannot write to this cache, which belongs to root"));
        let Ok(uid) = name.parse::<u32>() else {
            report.help("say whose it is with `uid=`");
            continue;
        };
        let gid = group.and_then(|group| group.parse::<u32>().ok()).map(|gid| format!(",gid={gid}"));
        let text = format!(",uid={uid}{}", gid.unwrap_or_default());
        report.fix(format!("Add `{}`", text.trim_start_matches(',')), |fix| fix.insert(found.value().end(), text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_target_is_marked() {
        check(
            &RULE,
            "
FROM a
USER app
RUN --mount=type=cache,target=/c x
                              ^^ `app` cannot write to this cache, which belongs to root
USER 1000:1001
RUN --mount=type=cache,target=/c x
                              ^^ `1000` cannot write to this cache, which belongs to root [fix]
",
        );
    }

    #[test]
    fn root_or_said() {
        check_ok(
            &RULE,
            "
FROM a
RUN --mount=type=cache,target=/c x
USER root
RUN --mount=type=cache,target=/c x
USER 1000
RUN --mount=type=cache,target=/c,uid=1000 x
RUN --mount=type=cache,target=/c,mode=0777 x
RUN --mount=type=bind,target=/c x
USER $U
RUN --mount=type=cache,target=/c x
",
        );
    }

    #[test]
    fn the_owner_is_added() {
        check_fix(
            &RULE,
            "FROM a\nUSER 1000:1001\nRUN --mount=type=cache,target=/c x\n",
            "FROM a\nUSER 1000:1001\nRUN --mount=type=cache,target=/c,uid=1000,gid=1001 x\n",
        );
    }
}
