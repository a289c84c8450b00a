//! `volatile-value-before-build`

use std::ops::Range;

use dfopt_semantic::command::purpose::{Purpose, of};
use dfopt_semantic::command::{Command, understand};
use dfopt_semantic::model::{Model, Stage, Step, Value, Variable, VariableKind};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// A value that changes with every build is declared before a step that does not use it.
    ///
    /// ## Why
    ///
    /// The variables of a step are part of what its cache entry depends on, whether the step uses them or not. A commit or a
    /// date that is declared early makes every build repeat all the steps below.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:22-slim
    /// ARG GIT_COMMIT
    /// COPY package.json package-lock.json ./
    /// RUN npm ci
    /// LABEL org.opencontainers.image.revision=$GIT_COMMIT
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:22-slim
    /// COPY package.json package-lock.json ./
    /// RUN npm ci
    /// ARG GIT_COMMIT
    /// LABEL org.opencontainers.image.revision=$GIT_COMMIT
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A script or a program of a step in between may read the variable without naming it in the file.
    "volatile-value-before-build" {
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
    for stage in model.stages() {
        let mut seen: Vec<&str> = Vec::new();
        for step in model.stage_steps(stage) {
            for variable in &step.variables {
                let Some(kind) = volatility(variable) else { continue };
                if seen.contains(&&*variable.name) || model.has_error(step) {
                    continue;
                }
                seen.push(&variable.name);
                let names = names_of(model, stage, step, variable);
                let later = model.stage_steps(stage).iter().filter(|other| other.index > step.index);
                let user = later.clone().find(|other| mentions(model, other, &names));
                let before = later.take_while(|other| user.is_none_or(|user| other.index < user.index));
                // What is set for a build to read does not name itself in the file.
                let is_read = variable.kind == VariableKind::Env || is_for_build(&variable.name);
                let rebuilt = before.into_iter().find_map(|other| work_of(model, other, is_read));
                if let Some(rebuilt) = rebuilt {
                    report(ctx, step, variable, kind, &rebuilt, user);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Volatility {
    /// Another one with each commit or build.
    Build,
    /// Another one with each release.
    Release,
}

fn report(
    ctx: &mut Context<'_>,
    step: &Step,
    variable: &Variable,
    kind: Volatility,
    rebuilt: &Range<u32>,
    user: Option<&Step>,
) {
    let model = ctx.model();
    let place = rebuilt.place();
    let what = match kind {
        Volatility::Build => "build",
        Volatility::Release => "release",
    };
    let mut report = ctx
        .report(
            variable.name_range,
            format!("`{}` changes with every {what}, and so this repeats the steps below", variable.name),
        )
        .related(place, "is repeated, though it does not use the value");
    if kind == Volatility::Release {
        report = report.severity(Severity::Info);
    }
    match user.filter(|_| step.variables.len() == 1 && step.ast.pairs().count() == 1) {
        Some(user) => {
            let line = whole_lines(model, step);
            let text = model.text_at(line).to_owned();
            let at = whole_lines(model, user).start();
            report.fix("Move it down to where it is used", |fix| {
                fix.delete(line);
                fix.insert(at, text);
            });
        }
        None => {
            report.help("declare it where it is used, behind the steps that do not need it");
        }
    }
}

/// An instruction with its line end, from the start of its line.
fn whole_lines(model: &Model<'_>, step: &Step) -> TextRange {
    let range = step.ast.syntax().text_range();
    let text = model.text();
    let (start, end) = (usize::from(range.start()), usize::from(range.end()));
    let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let end =
        if text[..end].ends_with('\n') { end } else { text[end..].find('\n').map_or(text.len(), |at| end + at + 1) };
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX).into();
    TextRange::new(offset(start), offset(end))
}

/// The variable, and others that are made of it right behind it.
fn names_of(model: &Model<'_>, stage: &Stage, step: &Step, variable: &Variable) -> Vec<String> {
    let mut names = vec![variable.name.clone()];
    for other in model.stage_steps(stage).iter().filter(|other| other.index > step.index) {
        for made in other.variables.iter().filter(|made| made.kind == VariableKind::Env) {
            if !names.contains(&made.name) && has_word(model.text_at(made.range), &variable.name) {
                names.push(made.name.clone());
            }
        }
    }
    names
}

/// Whether a step uses one of the names, other than to hand it on.
fn mentions(model: &Model<'_>, step: &Step, names: &[String]) -> bool {
    let text = model.text_at(step.range());
    names.iter().any(|name| has_word(text, name))
}

fn has_word(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Whether bundlers and build scripts take variables of such names into what they make.
fn is_for_build(name: &str) -> bool {
    ["VERGEN_", "NEXT_PUBLIC_", "REACT_APP_", "VITE_", "NUXT_", "VUE_APP_", "GATSBY_", "PUBLIC_"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// The first command of a RUN that installs or, unless that may read the value, builds.
fn work_of(model: &Model<'_>, step: &Step, is_read: bool) -> Option<Range<u32>> {
    if !matches!(step.ast, Instruction::Run(_)) {
        return None;
    }
    let mut found = None;
    model.walk(step, &mut |at| {
        let Some(command) = Command::of(at.invocation) else { return };
        let purpose = of(&understand(&command));
        let installs = matches!(purpose, Purpose::FetchesDependencies | Purpose::InstallsPackages);
        if (installs || (purpose == Purpose::BuildsArtifact && !is_read)) && found.is_none() {
            let range = command.range();
            let end = command.args().first().map_or(range.end, |word| word.range.end);
            found = Some(range.start..end.max(range.start));
        }
    });
    found
}

/// Whether the name says that the value changes all the time, and the value does not say otherwise.
fn volatility(variable: &Variable) -> Option<Volatility> {
    // What stands in the file changes with the file only.
    let is_constant = match (&variable.value, variable.kind) {
        (Value::Known(_), VariableKind::Env) => true,
        (Value::Known(value), VariableKind::Arg) => !is_placeholder(value),
        _ => false,
    };
    let name = variable.name.to_ascii_uppercase();
    let parts: Vec<&str> = name.split('_').collect();
    let is_digest =
        ["SHA256", "SHA512", "SHA1", "CHECKSUM", "SHASUM", "SHA256SUM"].iter().any(|part| parts.contains(part));
    if is_constant || is_digest || name.contains("CACHEBUST") || name.contains("CACHE_BUST") {
        return None;
    }
    let has = |wanted: &[&str]| parts.iter().any(|part| wanted.contains(part));
    let names_commit = has(&["SHA", "COMMIT", "REVISION", "GITSHA", "GITREV", "GITHASH", "COMMITHASH", "SHORTSHA"])
        || matches!(&*name, "VCS_REF" | "TIMESTAMP");
    let names_git = parts.first() == Some(&"GIT")
        && has(&["REF", "TAG", "BRANCH", "HASH", "REV", "DESCRIBE", "DIRTY", "DATE", "STATE", "TREE", "HEAD"]);
    let names_build = name.contains("BUILD_DATE")
        || name.contains("BUILD_TIME")
        || name.contains("BUILD_NUMBER")
        || name.contains("BUILD_ID")
        || matches!(&*name, "BUILDDATE" | "BUILDTIME" | "BUILDNUMBER");
    let names_run = name.starts_with("CI_") && has(&["ID", "SHA", "REF", "PIPELINE", "JOB"])
        || matches!(&*name, "GITHUB_SHA" | "GITHUB_RUN_ID" | "GITHUB_RUN_NUMBER");
    if names_commit || names_git || names_build || names_run {
        return Some(Volatility::Build);
    }
    let names_own_version = matches!(
        &*name,
        "VERSION" | "APP_VERSION" | "RELEASE_VERSION" | "IMAGE_VERSION" | "BUILD_VERSION" | "PROJECT_VERSION"
    );
    (names_own_version && variable.kind == VariableKind::Arg && variable.value == Value::Unset)
        .then_some(Volatility::Release)
}

/// Whether a default is there to be replaced.
fn is_placeholder(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "unknown"
            | "none"
            | "dev"
            | "local"
            | "head"
            | "n/a"
            | "na"
            | "null"
            | "undefined"
            | "unset"
            | "0"
            | "dirty"
            | "unspecified"
            | "development"
            | "snapshot"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_declaration_is_marked() {
        check(
            &RULE,
            "
FROM golang:1.24
ARG BUILD_DATE
    ^^^^^^^^^^ `BUILD_DATE` changes with every build, and so this repeats the steps below
ARG GIT_COMMIT=unknown
    ^^^^^^^^^^ `GIT_COMMIT` changes with every build, and so this repeats the steps below [fix]
RUN go mod download
RUN go build -ldflags \"-X main.commit=$GIT_COMMIT\" .
",
        );
        check(
            &RULE,
            "
FROM debian:12
ARG VERSION
    ^^^^^^^ `VERSION` changes with every release, and so this repeats the steps below
RUN apt-get update
",
        );
    }

    #[test]
    fn values_that_stay_or_are_used() {
        check_ok(&RULE, "FROM x\nARG NODE_COMMIT=0123abcd\nRUN make\n");
        check_ok(&RULE, "FROM x\nENV GIT_SHA=0123abcd\nRUN make\n");
        check_ok(&RULE, "FROM x\nARG GIT_SHA\nRUN go build -ldflags \"-X c=$GIT_SHA\"\nRUN make\n");
        check_ok(&RULE, "FROM x\nARG GIT_SHA\nENV APP_SHA=$GIT_SHA\nLABEL a=b\n");
        check_ok(&RULE, "FROM x\nRUN make\nARG GIT_SHA\nLABEL sha=$GIT_SHA\n");
        check_ok(&RULE, "FROM x\nARG FOO_SHA256\nARG CACHEBUST\nARG GIT_USER\nARG HASHICORP\nRUN make\n");
        check_ok(&RULE, "FROM x\nARG SHA\nENV VERGEN_GIT_SHA=$SHA\nRUN cargo build\n");
        check_ok(&RULE, "FROM x\nARG GIT_SHA\nRUN mkdir /x\n");
    }

    #[test]
    fn the_declaration_moves_down() {
        check_fix(
            &RULE,
            "FROM x\n# the commit\nARG GIT_SHA\nRUN apt-get update\n\nLABEL sha=$GIT_SHA\n",
            "FROM x\n# the commit\nRUN apt-get update\n\nARG GIT_SHA\nLABEL sha=$GIT_SHA\n",
        );
    }
}
