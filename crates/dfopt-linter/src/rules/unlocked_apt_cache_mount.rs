//! `unlocked-apt-cache-mount`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::packages::Manager;
use dfopt_semantic::effects::is_below;
use dfopt_semantic::mount::Sharing;

use crate::cache_mount::cache_mounts;
use crate::rule::declare_rule;
use crate::runs::visit;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// Builds at the same time share a cache of `apt`.
    ///
    /// ## Why
    ///
    /// `apt` locks its directories and fails when another process has locked them. Two builds, or two stages of one, that use the same cache at
    /// the same time get in each other's way unless one waits for the other.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN --mount=type=cache,target=/var/cache/apt apt-get install -y curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get install -y curl
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The mount is not part of the image; a build may wait for another one.
    "unlocked-apt-cache-mount" {
        category: Category::Cache,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for found in cache_mounts(model) {
        let is_apt = ["/var/cache/apt", "/var/lib/apt"].iter().any(|directory| is_below(&found.at, directory));
        let is_shared = match &found.mount.sharing {
            None => true,
            Some(sharing) => sharing.value == Some(Sharing::Shared),
        };
        if !is_apt || !is_shared {
            continue;
        }
        let mut uses = false;
        visit(model, found.step, &mut |_, understood, _| {
            uses |= match understood {
                Understood::PackageInstall(install) => install.manager == Manager::Apt,
                Understood::PackageMaintenance(maintenance) => maintenance.manager == Manager::Apt,
                _ => false,
            };
        });
        if !uses {
            continue;
        }
        let report = ctx.report(found.target(), "builds at the same time share this cache of `apt`");
        let sharing = found.mount.fields.iter().find(|field| field.key.text.eq_ignore_ascii_case("sharing"));
        match &found.mount.sharing {
            Some(value) if sharing.is_some() => report.fix("Use `sharing=locked`", |fix| {
                fix.safe();
                fix.replace(found.text.range(value.range.clone()), "locked");
            }),
            _ => report.fix("Add `sharing=locked`", |fix| {
                fix.safe();
                fix.insert(found.value().end(), ",sharing=locked");
            }),
        };
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
FROM debian
RUN --mount=type=cache,target=/var/cache/apt --mount=target=/var/lib/apt/lists,type=cache,sharing=shared apt-get update
                              ^^^^^^^^^^^^^^ builds at the same time share this cache of `apt` [safe fix]
                                                            ^^^^^^^^^^^^^^^^^^ builds at the same time share this cache of `apt` [safe fix]
",
        );
    }

    #[test]
    fn locked_private_or_of_others() {
        check_ok(
            &RULE,
            "
FROM debian
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get install a
RUN --mount=type=cache,target=/var/cache/apt,sharing=private apt-get install a
RUN --mount=type=cache,target=/root/.cache apt-get install a
RUN --mount=type=cache,target=/var/cache/apt ls
RUN --mount=type=tmpfs,target=/var/cache/apt apt-get install a
",
        );
    }

    #[test]
    fn it_is_locked() {
        check_fix(
            &RULE,
            "FROM debian\nRUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,sharing=shared,target=/var/lib/apt apt-get install a\n",
            "FROM debian\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,sharing=locked,target=/var/lib/apt apt-get install a\n",
        );
    }
}
