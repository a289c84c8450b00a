//! `build-only-tool-shipped`

use std::ops::Range;

use dfopt_semantic::command::distro::{build_tool_package, rough_megabytes_together};
use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::model::{Model, Shipment, Step, bytes, rough_size};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A tool that only the build uses is installed into the image that is shipped.
    ///
    /// ## Why
    ///
    /// Version control, key management and unpackers do their work while the image is built. In the shipped image they take
    /// room and bring flaws of their own. Use them in a build stage, or remove them in the same `RUN`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
    /// RUN git clone --depth 1 https://example.com/site.git /srv/site
    /// CMD ["/srv/site/run"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:12
    /// ADD --keep-git-dir=false https://example.com/site.git /srv/site
    /// CMD ["/srv/site/run"]
    /// ```
    "build-only-tool-shipped" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// Packages, and the programs that they are installed for.
const TOOLS: &[(&str, &[&str])] = &[
    ("apt-transport-https", &[]),
    ("dirmngr", &["gpg", "dirmngr", "apt-key"]),
    ("git", &["git"]),
    ("git-core", &["git"]),
    ("git-lfs", &["git-lfs", "git"]),
    ("gnupg", &["gpg", "gpg2", "apt-key", "gpgv"]),
    ("gnupg2", &["gpg", "gpg2", "apt-key", "gpgv"]),
    ("gpg", &["gpg", "gpg2", "apt-key"]),
    ("lsb-release", &["lsb_release"]),
    ("mercurial", &["hg"]),
    ("patch", &["patch"]),
    ("rsync", &["rsync"]),
    ("software-properties-common", &["add-apt-repository", "apt-add-repository"]),
    ("subversion", &["svn"]),
    ("unzip", &["unzip"]),
    ("xz", &["xz", "unxz", "xzcat"]),
    ("xz-utils", &["xz", "unxz", "xzcat"]),
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let mut seen = Vec::new();
    for shipment in model.shipments() {
        let layers = model.layers(shipment.stage);
        for step in layers.iter().filter(|step| matches!(step.ast, Instruction::Run(_)) && !model.has_error(step)) {
            if seen.contains(&step.index) {
                continue;
            }
            seen.push(step.index);
            check_run(ctx, &shipment, &layers, step);
        }
    }
}

fn check_run(ctx: &mut Context<'_>, shipment: &Shipment<'_>, layers: &[&Step], step: &Step) {
    let model = ctx.model();
    for installation in model.installations(step) {
        let candidates = installation
            .packages
            .iter()
            .filter(|package| !package.is_removed && build_tool_package(&package.name).is_some());
        let found: Vec<_> = candidates
            .filter_map(|package| {
                let (_, programs) = TOOLS.iter().find(|(name, _)| *name == package.name)?;
                let later = layers.iter().filter(|other| other.index >= step.index);
                let used = later.into_iter().find_map(|other| use_of(model, other, &package.name, programs))?;
                let runs = programs
                    .iter()
                    .any(|program| shipment.run.names(program) || checks_health_with(model, layers, program));
                (!runs).then_some((package, used))
            })
            .collect();
        let Some(((first, used), rest)) = found.split_first() else { continue };
        let names = std::iter::once(first.name.as_str()).chain(rest.iter().map(|(package, _)| package.name.as_str()));
        let weight = rough_megabytes_together(installation.manager, names);
        let size = if weight >= 5 { format!(" ({})", rough_size(weight)) } else { String::new() };
        let message = match rest {
            [] => format!("only the build uses `{}`, but it stays in the image{size}", first.name),
            more => format!(
                "only the build uses `{}` and {} more, but they stay in the image{size}",
                first.name,
                more.len()
            ),
        };
        let mut report = ctx.report(&first.range, message).related(used, "used here");
        for (package, used) in rest {
            report = report.related(&package.range, format!("so does `{}`", package.name)).related(used, "used here");
        }
        if weight > 0 {
            report = report.weighs(bytes(weight));
        }
        report.help("use it in a build stage, or remove it in the same `RUN`");
    }
}

/// Where an instruction uses one of the programs of a package.
fn use_of(model: &Model<'_>, step: &Step, package: &str, programs: &[&str]) -> Option<Range<u32>> {
    if !matches!(step.ast, Instruction::Run(_)) {
        return None;
    }
    let mut found = None;
    model.walk(step, &mut |at| {
        let Some(command) = Command::of(at.invocation) else { return };
        let (Some(name), Some(word)) = (command.name(), command.name_word()) else { return };
        let words = || command.args().iter().map(|word| &*word.raw);
        let is_fetch = |understood: Understood<'_>| match understood {
            Understood::Go(go) => go.fetches(),
            Understood::Pip(pip) => pip.packages.iter().any(|word| word.raw.contains("git+")),
            _ => false,
        };
        // Only what fetches is done with when the image is: `git config` and `git lfs install` prepare for later.
        let fetches =
            command.args().iter().any(|word| word.is_any(&["clone", "fetch", "pull", "submodule", "ls-remote"]));
        let prepares = name == "git" && !fetches;
        let uses = (programs.contains(&name) && !prepares)
            || (package.starts_with("git") && is_fetch(understand(&command)))
            || (package.starts_with("xz")
                && name == "tar"
                && words().any(|word| word.contains(".xz") || is_xz_option(word)))
            || (package == "apt-transport-https" && words().any(|word| word.contains("https://")));
        if uses && found.is_none() {
            found = Some(word.range.clone());
        }
    });
    found
}

/// `-xJf` and the like.
fn is_xz_option(word: &str) -> bool {
    word.contains('J') && word.trim_start_matches('-').chars().all(|c| c.is_ascii_alphabetic()) && word.len() <= 6
}

fn checks_health_with(model: &Model<'_>, layers: &[&Step], program: &str) -> bool {
    let checks = layers.iter().filter(|step| matches!(step.ast, Instruction::Healthcheck(_)));
    let mut commands = checks.filter_map(|step| model.script(step)).flat_map(|script| script.invocations());
    commands.any(|invocation| invocation.words.iter().any(|word| word.is_any(&[program])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_first_package_is_marked() {
        check(
            &RULE,
            "
FROM debian:12
RUN apt-get update && apt-get install -y curl gnupg unzip ca-certificates
                                              ^^^^^ only the build uses `gnupg` and 1 more, but they stay in the image (about 14 MB)
RUN curl -fsSL https://x/key | gpg --dearmor > /key && curl -o x.zip https://x/x.zip && unzip x.zip
CMD [\"app\"]
",
        );
        check(
            &RULE,
            "
FROM alpine:3
RUN apk add --no-cache git && git clone https://x/y /y
                       ^^^ only the build uses `git`, but it stays in the image (about 12 MB)
CMD [\"/y/run\"]
",
        );
    }

    #[test]
    fn tools_that_run_or_that_nothing_uses() {
        let head = "FROM debian:12\nRUN apt-get install -y git rsync\nRUN git clone https://x/y /y && rsync a b\n";
        check_ok(&RULE, head);
        check_ok(&RULE, &format!("{head}CMD [\"sh\", \"-c\", \"git pull && rsync -a x y && exec /y/run\"]\n"));
        check_ok(&RULE, "FROM debian:12\nRUN apt-get install -y git && git config --global a b\nCMD [\"app\"]\n");
        check_ok(&RULE, "FROM debian:12\nRUN apt-get install -y git\nCMD [\"app\"]\n");
        check_ok(
            &RULE,
            "FROM debian:12\nRUN apt-get install -y git && git clone https://x/y && apt-get purge -y git\nCMD [\"app\"]\n",
        );
        check_ok(&RULE, "FROM debian:12 AS dev\nRUN apt-get install -y git && git clone https://x/y\nCMD [\"app\"]\n");
    }
}
