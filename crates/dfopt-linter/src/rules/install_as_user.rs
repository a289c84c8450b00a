//! `install-as-user`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::node::NodeVerb;
use dfopt_semantic::command::packages::Maintenance;
use dfopt_semantic::effects::Meant;
use dfopt_semantic::model::{Model, Step};

use crate::rule::declare_rule;
use crate::site::runs;
use crate::{Category, Context, Severity};

declare_rule! {
    /// Packages are installed by a user who may not.
    ///
    /// ## Why
    ///
    /// A system's package manager writes where only root may. The build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// USER app
    /// RUN apt-get update && apt-get install -y curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// USER app
    /// ```
    "install-as-user" {
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
    for step in runs(model).filter(|step| model.runs_as_root(step) == Some(false)) {
        if let Some((range, tool, severity)) = first_install(model, step) {
            let user = step.user.as_ref().and_then(|user| user.known()).unwrap_or("the base's user");
            ctx.report(&range, format!("`{tool}` needs root, and `{user}` is in force"))
                .severity(severity)
                .help("install before `USER`, or switch to root for it");
        }
    }
}

/// The name of the first command that writes to the system.
fn first_install(model: &Model<'_>, step: &Step) -> Option<(std::ops::Range<u32>, String, Severity)> {
    let mut found = None;
    let has_prefix = |name: &str| model.scope(step).variable(name).is_some();
    let has_own_prefix = has_prefix("NPM_CONFIG_PREFIX") || has_prefix("npm_config_prefix") || has_prefix("PNPM_HOME");
    model.walk(step, &mut |here| {
        let Some(Meant { command, understood }) = here.meant else { return };
        let is_lifted = ["sudo", "doas", "gosu", "su-exec", "fakeroot"].iter().any(|name| command.is_wrapped_in(name));
        let is_root = here.state.user().is_none_or(|user| matches!(user, "root" | "0"));
        if found.is_some() || is_lifted || is_root {
            return;
        }
        let severity = match understood {
            Understood::PackageInstall(install) if install.root.is_none() => Severity::Warning,
            Understood::PackageRemove(_) => Severity::Warning,
            Understood::PackageMaintenance(maintenance)
                if matches!(maintenance.action, Maintenance::Update | Maintenance::Upgrade) =>
            {
                Severity::Warning
            }
            Understood::Node(node) if node.verb == NodeVerb::AddGlobal && !has_own_prefix => Severity::Info,
            _ => return,
        };
        let Some(name) = command.name_word() else { return };
        found = Some((name.range.clone(), command.name().unwrap_or_default().to_owned(), severity));
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, diagnostics};

    #[test]
    fn the_manager_is_marked() {
        check(
            &RULE,
            "
FROM other.example/x
USER app
RUN x && apk add y && apk add z
         ^^^ `apk` needs root, and `app` is in force
RUN npm install -g y
    ^^^ `npm` needs root, and `app` is in force
",
        );
        let options = dfopt_semantic::model::Options::default();
        let text = "FROM x\nUSER 1000\nRUN npm i -g y\n";
        let found = diagnostics(&RULE, &crate::Settings::only(&RULE), options, text);
        assert_eq!(found.iter().map(|one| one.severity).collect::<Vec<_>>(), [Severity::Info]);
    }

    #[test]
    fn who_may() {
        check_ok(
            &RULE,
            "FROM x\nRUN apk add y\nUSER app\nRUN sudo apt-get install y\nRUN npm ci\nUSER root\nRUN apk add y\nUSER $U\nRUN apk add y\nUSER 0:1\nRUN apk add y\n",
        );
    }
}
