//! `compiler-shipped`

use std::ops::Range;

use dfopt_semantic::base::Kind;
use dfopt_semantic::command::distro::{compiler_package, rough_megabytes_together};
use dfopt_semantic::command::tools::Tool;
use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::model::{Installation, Model, Step, bytes, rough_size};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// Compilers or headers are installed into the image that is shipped, and stay there.
    ///
    /// ## Why
    ///
    /// They are of use while something is compiled. Afterwards they only take room, often more than all the rest, and give
    /// whoever breaks into the container a compiler. A program that was linked against a library needs the library, which is a
    /// package of its own, not the one with the headers.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM python:3.12-slim
    /// COPY requirements.txt .
    /// RUN apt-get update && apt-get install -y gcc libpq-dev && pip install -r requirements.txt
    /// CMD ["python", "-m", "app"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM python:3.12-slim AS build
    /// COPY requirements.txt .
    /// RUN apt-get update && apt-get install -y gcc libpq-dev && pip install --prefix=/install -r requirements.txt
    ///
    /// FROM python:3.12-slim
    /// RUN apt-get update && apt-get install -y libpq5 && rm -rf /var/lib/apt/lists/*
    /// COPY --from=build /install /usr/local
    /// CMD ["python", "-m", "app"]
    /// ```
    "compiler-shipped" {
        category: Category::Size,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DKL-LI-0003"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let mut seen = Vec::new();
    for shipment in model.shipments() {
        if model.base_facts(shipment.stage).is_some_and(|facts| facts.kind == Kind::Toolchain) {
            continue;
        }
        let layers = model.layers(shipment.stage);
        let reason = layers.iter().find_map(|step| compiles(model, step));
        for step in layers.into_iter().filter(|step| matches!(step.ast, Instruction::Run(_)) && !model.has_error(step))
        {
            if seen.contains(&step.index) {
                continue;
            }
            seen.push(step.index);
            for installation in model.installations(step) {
                report(ctx, installation, reason.as_ref());
            }
        }
    }
}

fn report(ctx: &mut Context<'_>, installation: &Installation, reason: Option<&Range<u32>>) {
    let kept = installation.packages.iter().filter(|package| !package.is_removed);
    let kept: Vec<_> = kept.filter(|package| compiler_package(installation.manager, &package.name).is_some()).collect();
    let Some((first, rest)) = kept.split_first() else { return };
    let weight = rough_megabytes_together(installation.manager, kept.iter().map(|package| package.name.as_str()));
    let size = if weight >= 5 { format!(" ({})", rough_size(weight)) } else { String::new() };
    let message = match rest {
        [] => format!("`{}` is needed to compile only, but stays in the image{size}", first.name),
        [second] => {
            format!("`{}` and `{}` are needed to compile only, but stay in the image{size}", first.name, second.name)
        }
        more => format!(
            "`{}` and {} more packages are needed to compile only, but stay in the image{size}",
            first.name,
            more.len()
        ),
    };
    let mut report = ctx.report(&first.range, message);
    let mut seen = vec![first.range.clone()];
    for package in rest.iter().filter(|package| {
        // A list in a variable has one place.
        let is_new = !seen.contains(&package.range);
        seen.push(package.range.clone());
        is_new
    }) {
        report = report.related(&package.range, format!("so does `{}`", package.name));
    }
    report = match reason {
        Some(reason) => report.related(reason, "this may compile; afterwards nothing does"),
        None => report.severity(Severity::Info),
    };
    if weight > 0 {
        report = report.weighs(bytes(weight));
    }
    // The virtual machine is wanted, and is a package of its own.
    if let Some(jdk) = kept.iter().find(|package| package.name.contains("jdk")) {
        report.help(format!("to run Java, `{}` is enough", jdk.name.replace("jdk", "jre")));
        return;
    }
    report.help("remove them in the same `RUN`, or let `dfopt fix --split-stages` leave them in a build stage");
}

/// The command of an instruction that may call a compiler.
fn compiles(model: &Model<'_>, step: &Step) -> Option<Range<u32>> {
    if !matches!(step.ast, Instruction::Run(_)) {
        return None;
    }
    let mut found = None;
    model.walk(step, &mut |at| {
        let Some(command) = Command::of(at.invocation) else { return };
        let understood = understand(&command);
        let does = understood.produces()
            || match &understood {
                Understood::Pip(pip) => pip.installs(),
                Understood::Node(node) => node.installs() || !node.packages.is_empty(),
                Understood::Tool(run) => {
                    let tools = [
                        Tool::Gem,
                        Tool::Bundler,
                        Tool::PhpExtension,
                        Tool::Pecl,
                        Tool::Poetry,
                        Tool::Uv,
                        Tool::Pipenv,
                        Tool::Pdm,
                        Tool::Cpan,
                        Tool::R,
                    ];
                    tools.contains(&run.tool) && run.fetches()
                }
                _ => false,
            };
        if does && found.is_none() {
            let start = command.range().start;
            found = Some(start..command.args().first().map_or(command.range().end, |word| word.range.end).max(start));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::testing::{check, check_ok, diagnostics};

    #[test]
    fn the_first_package_of_each_command_is_marked() {
        check(
            &RULE,
            "
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl build-essential libpq-dev=15.* \\
                                                                      ^^^^^^^^^^^^^^^ `build-essential` and `libpq-dev` are needed to compile only, but stay in the image (about 253 MB)
  && rm -rf /var/lib/apt/lists/*
RUN pip install -r requirements.txt
CMD [\"python\", \"app.py\"]
",
        );
        check(
            &RULE,
            "
FROM alpine:3
RUN apk add --no-cache --virtual .deps gcc musl-dev make
                                       ^^^ `gcc` and 2 more packages are needed to compile only, but stay in the image (about 152 MB)
RUN make install
CMD [\"server\"]
",
        );
    }

    #[test]
    fn a_file_without_a_reason_is_told_mildly() {
        let text = "FROM debian:12\nRUN apt-get install -y gcc\nCMD [\"server\"]\n";
        let found = diagnostics(&RULE, &Settings::only(&RULE), dfopt_semantic::model::Options::default(), text);
        assert_eq!(found[0].severity, Severity::Info);
    }

    #[test]
    fn removed_or_needed_compilers_are_no_matter() {
        check_ok(&RULE, "FROM alpine:3\nRUN apk add --virtual .d gcc && make && apk del .d\nCMD [\"x\"]\n");
        check_ok(
            &RULE,
            "FROM debian:12\nRUN apt-get install -y gcc && make && apt-get purge -y --auto-remove gcc\nCMD [\"x\"]\n",
        );
        check_ok(&RULE, "FROM debian:12\nRUN apt-get install -y gcc\n");
        check_ok(&RULE, "FROM debian:12\nRUN apt-get install -y gcc\nCMD [\"make\"]\n");
        check_ok(&RULE, "FROM debian:12 AS dev\nRUN apt-get install -y gcc\nCMD [\"x\"]\n");
        check_ok(
            &RULE,
            "FROM debian:12 AS b\nRUN apt-get install -y gcc\nFROM debian:12\nCOPY --from=b /x /x\nCMD [\"/x\"]\n",
        );
        check_ok(&RULE, "FROM golang:1.24\nRUN apt-get install -y gcc && go build -o /x\nCMD [\"/x\"]\n");
        check_ok(&RULE, "FROM debian:12\nRUN apt-get install -y libpq5 curl\nCMD [\"x\"]\n");
    }
}
