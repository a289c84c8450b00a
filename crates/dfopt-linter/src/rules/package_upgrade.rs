//! `package-upgrade`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::packages::{Maintenance, Manager};

use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::{ByDefault, Category, Context, Place, Severity};

declare_rule! {
    /// All packages of the base image are upgraded.
    ///
    /// ## Why
    ///
    /// Each build gets other versions, and every upgraded file is there twice, in the base and in the new layer. A fresh tag of the base
    /// brings the same fixes, smaller and for all images built on it. Where the base is rebuilt seldom, an upgrade is right.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get upgrade -y
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y openssl
    /// ```
    "package-upgrade" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DF069"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in steps(model) {
        visit(model, step, &mut |command, understood, _| {
            let Understood::PackageMaintenance(found) = understood else { return };
            let is_all = found.action == Maintenance::Upgrade && !found.verb.is_any(&["fix", "downgrade"]);
            // Packages behind the verb are meant alone; apk goes another way to a release.
            let behind = command.args().iter().skip_while(|word| word.range != found.verb.range).skip(1);
            let has_packages = behind.clone().any(|word| !word.raw.starts_with('-'));
            let is_release =
                found.manager == Manager::Apk && behind.clone().any(|word| word.is_any(&["--available", "-a"]));
            if let Some(name) = command.name_word().filter(|_| is_all && !has_packages && !is_release) {
                ctx.report(name.place().cover(found.verb.place()), "this upgrades all packages of the base");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn upgrades_of_all() {
        check(
            &RULE,
            "
FROM debian
RUN apt-get -y upgrade && yum update -y
    ^^^^^^^^^^^^^^^^^^ this upgrades all packages of the base
                          ^^^^^^^^^^ this upgrades all packages of the base
RUN apk upgrade --no-cache
    ^^^^^^^^^^^ this upgrades all packages of the base
",
        );
    }

    #[test]
    fn upgrades_of_some() {
        check_ok(
            &RULE,
            "
FROM debian
RUN apt-get update && dnf upgrade -y openssl && apk upgrade musl && apt-get dist-upgrade
",
        );
    }
}
