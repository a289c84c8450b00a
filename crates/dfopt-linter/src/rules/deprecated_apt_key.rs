//! `deprecated-apt-key`

use dfopt_semantic::base::Distro;
use dfopt_semantic::model::{Model, Step};

use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::{Category, Context, Severity};

declare_rule! {
    /// `apt-key` makes a key valid for every repository.
    ///
    /// ## Why
    ///
    /// A key that `apt-key` adds may sign the packages of all repositories, those of the distribution too. Debian 13 and Ubuntu 25.04 do not
    /// have the command any more. A key in a file of its own is named by the one repository that it is for.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:12
    /// RUN curl -fsSL https://example.com/key.asc | apt-key add -
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:12
    /// RUN curl -fsSLo /etc/apt/keyrings/example.asc https://example.com/key.asc \
    ///  && echo "deb [signed-by=/etc/apt/keyrings/example.asc] https://example.com/apt stable main" > /etc/apt/sources.list.d/example.list
    /// ```
    "deprecated-apt-key" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in steps(model) {
        visit(model, step, &mut |command, _, _| {
            let Some(name) = command.name_word().filter(|_| command.name() == Some("apt-key")) else { return };
            if !command.args().iter().any(|word| word.is_any(&["add", "adv", "fetch-keys"])) {
                return;
            }
            let report = ctx.report(name, "`apt-key` makes the key valid for every repository");
            let report = report.help("put the key into `/etc/apt/keyrings` and name it with `signed-by`");
            if is_gone(model, step) {
                report.note("the command is not there any more in this release").severity(Severity::Warning);
            }
        });
    }
}

/// Whether the release of the base is known to lack the command.
fn is_gone(model: &Model<'_>, step: &Step) -> bool {
    let release = model.stage_of(step).and_then(|stage| model.base_facts(stage)).and_then(|facts| facts.release);
    release.is_some_and(|release| {
        let mut parts = release.version.split('.').map_while(|part| part.parse::<u32>().ok());
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        match release.distro {
            Distro::Debian => version.0 >= 13,
            Distro::Ubuntu => version >= (25, 4),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM debian:12
RUN curl x | sudo apt-key add - && apt-key adv --recv-keys y
                  ^^^^^^^ `apt-key` makes the key valid for every repository
                                   ^^^^^^^ `apt-key` makes the key valid for every repository
",
        );
    }

    #[test]
    fn looks() {
        check_ok(
            &RULE,
            "
FROM debian:12
RUN apt-key list && echo apt-key add
",
        );
    }

    #[test]
    fn it_is_gone_in_newer_releases() {
        let severity = |base: &str| {
            let text = format!("FROM {base}\nRUN apt-key add x\n");
            let found = crate::testing::diagnostics(
                &RULE,
                &crate::Settings::of_preset(crate::Preset::Recommended),
                dfopt_semantic::model::Options::default(),
                &text,
            );
            found.first().map(|diagnostic| diagnostic.severity)
        };
        assert_eq!(severity("debian:12"), Some(Severity::Info));
        assert_eq!(severity("debian:13"), Some(Severity::Warning));
        assert_eq!(severity("ubuntu:25.04"), Some(Severity::Warning));
    }
}
