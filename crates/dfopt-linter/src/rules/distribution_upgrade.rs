//! `distribution-upgrade`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::packages::{Maintenance, Manager};
use dfopt_syntax::{TextRange, TextSize};

use crate::peer;
use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// The distribution of the base image is upgraded.
    ///
    /// ## Why
    ///
    /// The image no longer is what its base says: each build gets another state of the distribution, and the upgraded files are there
    /// twice, in the base and in the new layer. A newer tag of the base does the same, smaller and for all images built on it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.5
    /// RUN zypper --non-interactive dist-upgrade
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// ```
    "distribution-upgrade" {
        category: Category::Reproducibility,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3035", "DS-0024", "DF044", "DKL-DI-0003"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        const VERBS: &[&str] = &["dist-upgrade", "dup"];
        for step in model.steps() {
            let found = peer::first(model, step, |one| peer::is_any(one, &["zypper"]) && peer::has_arg(one, VERBS));
            if let Some(found) = found {
                ctx.report(peer::head(found, VERBS), MESSAGE).help(HELP);
            }
        }
        return;
    }
    for step in steps(model) {
        visit(model, step, &mut |command, understood, _| {
            let Some(name) = command.name_word() else { return };
            let end = match understood {
                Understood::PackageMaintenance(found) if found.action == Maintenance::DistributionUpgrade => {
                    found.verb.range.end
                }
                // After a change of the repositories this goes to another release.
                Understood::PackageMaintenance(found)
                    if (found.manager, found.action) == (Manager::Apk, Maintenance::Upgrade)
                        && command.args().iter().any(|word| word.is_any(&["--available", "-a"]))
                        && model.text_at(step.range()).contains("/etc/apk/repositories") =>
                {
                    found.verb.range.end
                }
                _ if command.name() == Some("do-release-upgrade") => name.range.end,
                _ => return,
            };
            let place = TextRange::new(name.range.start.into(), TextSize::new(end.max(name.range.start)));
            ctx.report(place, MESSAGE).help(HELP);
        });
    }
}

const MESSAGE: &str = "this upgrades the whole distribution";
const HELP: &str = "build on a newer tag of the base image";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn upgrades_of_all() {
        check(
            &RULE,
            "
FROM debian
RUN apt-get update && sudo apt-get -y dist-upgrade && dnf distro-sync
                           ^^^^^^^^^^^^^^^^^^^^^^^ this upgrades the whole distribution
                                                      ^^^^^^^^^^^^^^^ this upgrades the whole distribution
RUN sed -i s/3.18/3.19/ /etc/apk/repositories && apk upgrade --available
                                                 ^^^^^^^^^^^ this upgrades the whole distribution
",
        );
    }

    #[test]
    fn of_packages() {
        check_ok(
            &RULE,
            "
FROM debian
RUN apt-get upgrade && zypper up && apk upgrade && echo dist-upgrade
",
        );
    }

    #[test]
    fn hadolint_knows_zypper() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM opensuse/leap
RUN zypper -n dup && zypper dist-upgrade
    ^^^^^^^^^^^^^ this upgrades the whole distribution
RUN apt-get dist-upgrade
ONBUILD RUN zypper dup
            ^^^^^^^^^^ this upgrades the whole distribution
",
        );
    }
}
