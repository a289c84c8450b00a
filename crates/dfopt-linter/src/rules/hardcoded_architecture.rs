//! `hardcoded-architecture`

use dfopt_semantic::command::{Command, Nesting, Word};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::runs;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// A download is for one architecture, though the file is written for several.
    ///
    /// ## Why
    ///
    /// On another machine the image gets a program that does not run there.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG TARGETARCH
    /// COPY bin/$TARGETARCH /bin/
    /// RUN wget https://example.com/tool-linux-amd64
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG TARGETARCH
    /// COPY bin/$TARGETARCH /bin/
    /// RUN wget https://example.com/tool-linux-$TARGETARCH
    /// ```
    "hardcoded-architecture" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

const MACHINES: [&str; 5] = ["amd64", "x86_64", "arm64", "aarch64", "x64"];

/// Names by which a file or script shows that it knows of architectures.
const AWARE: [&str; 5] = ["TARGETARCH", "TARGETPLATFORM", "BUILDPLATFORM", "BUILDARCH", "TARGETVARIANT"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let is_for_several = AWARE.iter().any(|name| model.text().contains(name));
    if !is_for_several && !ctx.is_pedantic() {
        return;
    }
    let severity = if is_for_several { Severity::Warning } else { Severity::Info };
    let message = |machine: &str| format!("`{machine}` is only one of the architectures");
    for step in runs(model) {
        if chooses(&step.ast.syntax().text().to_string()) {
            continue;
        }
        let Some(script) = model.script(step) else { continue };
        let mut found: Vec<(&'static str, TextRange)> = Vec::new();
        for invocation in script.invocations() {
            if !matches!(invocation.nesting, Nesting::Always | Nesting::Substitution) {
                continue;
            }
            let prints = Command::of(invocation)
                .and_then(|command| command.name())
                .is_some_and(|name| matches!(name, "echo" | "printf" | "test" | "["));
            found.extend(invocation.words.iter().filter(|_| !prints).filter_map(machine_in_name));
        }
        for (at, &(machine, place)) in found.iter().enumerate() {
            if found[..at].iter().any(|(other, _)| *other == machine) {
                continue;
            }
            let others = found[at + 1..].iter().filter(|(other, range)| *other == machine && *range != place);
            let mut report = ctx.report(place, message(machine)).severity(severity);
            for (_, other) in others {
                report = report.related(*other, "here too");
            }
        }
    }
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Add(_))) {
        for (machine, place) in in_sources(model, step) {
            ctx.report(place, message(machine)).severity(severity);
        }
    }
}

/// Whether a script looks at the architecture itself.
fn chooses(text: &str) -> bool {
    AWARE.iter().any(|name| text.contains(name))
        || [
            "uname -m",
            "uname --machine",
            "--print-architecture",
            "apk --print-arch",
            "$(arch)",
            "`arch`",
            "GOARCH",
            "_arch}",
            "ARCH}",
            "$ARCH",
            "$arch",
            "${arch",
        ]
        .iter()
        .any(|sign| text.contains(sign))
}

/// An architecture in a word that names a file, a package or an address.
fn machine_in_name(word: &Word) -> Option<(&'static str, TextRange)> {
    let (machine, at) = machine_in(&word.raw)?;
    let is_exact = word.range.len() == word.raw.len();
    let start = word.range.start + u32::try_from(at).unwrap_or(0);
    let end = start + u32::try_from(machine.len()).unwrap_or(0);
    Some((machine, if is_exact { (start..end).place() } else { word.range.place() }))
}

/// The first architecture that is a part of its own in a longer text.
fn machine_in(text: &str) -> Option<(&'static str, usize)> {
    let text_lower = text.to_ascii_lowercase();
    let is_name = |c: char| c.is_ascii_alphanumeric();
    // `--arch=amd64` and the like say it on purpose.
    if text.starts_with('-') {
        return None;
    }
    MACHINES
        .iter()
        .filter_map(|machine| {
            let (at, _) = text_lower.match_indices(machine).find(|(at, _)| {
                let before = text[..*at].chars().next_back();
                let after = text[at + machine.len()..].chars().next();
                let is_apart = !before.is_some_and(is_name) && !after.is_some_and(|c| is_name(c) || c == '_');
                is_apart && (before.is_some() || after.is_some())
            })?;
            Some((*machine, at))
        })
        .min_by_key(|(_, at)| *at)
}

fn in_sources(model: &Model<'_>, step: &Step) -> Vec<(&'static str, TextRange)> {
    let Some(copied) = step.copied(model) else { return Vec::new() };
    let sources = copied.sources.iter().filter(|source| !source.is_heredoc);
    sources
        .filter_map(|source| {
            let text = source.text.known().filter(|text| text.contains("://"))?;
            let (machine, at) = machine_in(text)?;
            let written = model.text_at(source.range);
            let place = match written.find(text) {
                Some(offset) => {
                    let start = u32::from(source.range.start()) + u32::try_from(offset + at).unwrap_or(0);
                    (start..start + u32::try_from(machine.len()).unwrap_or(0)).place()
                }
                None => source.range,
            };
            Some((machine, place))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, check_with};

    #[test]
    fn the_architecture_is_marked() {
        check(
            &RULE,
            "
FROM --platform=$BUILDPLATFORM x
RUN curl -O https://example.com/a_linux_x86_64.tar.gz && tar xf a-amd64.tar
                                        ^^^^^^ `x86_64` is only one of the architectures
                                                                  ^^^^^ `amd64` is only one of the architectures
ADD https://example.com/b-arm64 /b
                          ^^^^^ `arm64` is only one of the architectures
",
        );
    }

    #[test]
    fn what_is_chosen_or_no_name() {
        check_ok(
            &RULE,
            "FROM x\nARG TARGETARCH\nRUN curl https://example.com/a-$TARGETARCH || curl https://example.com/a-amd64\nRUN case $(uname -m) in x86_64) curl a-amd64;; esac\nRUN if x; then curl a-amd64; fi\nRUN dpkg --add-architecture arm64 && echo a-amd64\nRUN curl xx64/y\n",
        );
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &Settings::default(),
            options,
            "FROM x:1\nADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 https://example.com/a-amd64 /a\n",
        );
    }
}
