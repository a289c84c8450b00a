//! `relative-copy-destination`

use std::collections::HashSet;

use dfopt_semantic::model::{Model, Step, TextRole};
use dfopt_syntax::ast::{Instruction, Source};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// `COPY` goes to a relative path, and no `WORKDIR` says where that is.
    ///
    /// ## Why
    ///
    /// The destination is joined to the directory that the base image has set. When the base changes it, the files move.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM example.com/base:1
    /// COPY app bin/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM example.com/base:1
    /// WORKDIR /srv
    /// COPY app bin/
    /// ```
    "relative-copy-destination" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3045", "DF063"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        return check_as_hadolint(ctx);
    }
    for site in sites(model).filter(|site| matches!(site.ast, Instruction::Copy(_) | Instruction::Add(_))) {
        let step = site.step;
        let has_workdir = step.workdir_set_by.is_some() || !step.workdir.prefix().is_empty();
        if has_workdir || step.stage.is_none() {
            continue;
        }
        for text in model.expanded_texts(step, &site.ast).iter().filter(|text| text.role == TextRole::Destination) {
            let is_relative = text.known().is_some_and(|to| !to.is_empty() && !to.starts_with('/') && !has_drive(to));
            if is_relative {
                ctx.report(text.whole(), "relative path without a `WORKDIR`")
                    .help("set `WORKDIR` above, or write the path in full");
            }
        }
    }
}

/// `c:`
fn has_drive(path: &str) -> bool {
    (path.starts_with(|c: char| c.is_ascii_alphabetic()) && path.get(1..2) == Some(":")) || path.starts_with('\\')
}

fn check_as_hadolint(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let mut has_workdir: HashSet<String> = HashSet::new();
    let mut stage = String::new();
    for step in model.steps() {
        match &step.ast {
            Instruction::From(from) => {
                let image = from.image().map(|image| image_name(&image.raw())).unwrap_or_default();
                let is_inherited = has_workdir.contains(&image);
                stage = from.stage_name().map_or_else(|| image.clone(), |name| name.raw());
                // A name that is used again is another stage.
                if is_inherited {
                    has_workdir.insert(stage.clone());
                } else {
                    has_workdir.remove(&stage);
                }
            }
            Instruction::Workdir(_) => {
                has_workdir.insert(stage.clone());
            }
            Instruction::Copy(_) if !has_workdir.contains(&stage) => {
                if let Some(to) = relative_as_written(model, step) {
                    ctx.report(to.range(), "relative path without a `WORKDIR`");
                }
            }
            _ => {}
        }
    }
}

fn relative_as_written(model: &Model<'_>, step: &Step) -> Option<Source> {
    let (_, to) = step.ast.copied()?;
    let to = to.filter(|to| !matches!(to, Source::Heredoc(_)))?;
    let written = match &to {
        Source::Json(string) => string.value(),
        to => model.text_at(to.range()).to_owned(),
    };
    let path = written.trim_matches(['"', '\'']);
    let has_drive =
        path.get(1..).is_some_and(|rest| rest.starts_with(':') && path.starts_with(|c: char| c.is_ascii_alphabetic()));
    (!path.starts_with(['/', '$']) && !has_drive).then_some(to)
}

/// The name without registry, tag and digest.
fn image_name(image: &str) -> String {
    let name = image.split('@').next().unwrap_or_default();
    let colon = name.rfind(':').filter(|&colon| !name[colon..].contains('/'));
    let name = colon.map_or(name, |colon| &name[..colon]);
    let registry = name.split_once('/').filter(|(first, _)| first.contains(['.', ':']) || *first == "localhost");
    registry.map_or(name, |(_, rest)| rest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_destination_is_marked() {
        check(
            &RULE,
            "
FROM other.example/a AS x
COPY a b
       ^ relative path without a `WORKDIR`
ADD [\"a\", \"./b/\"]
          ^^^^^^ relative path without a `WORKDIR`
FROM x
COPY a .
       ^ relative path without a `WORKDIR`
",
        );
    }

    #[test]
    fn where_the_directory_is_known() {
        check_ok(
            &RULE,
            "FROM scratch\nCOPY a b\nFROM alpine:3.22\nCOPY a b\nFROM other.example/a AS y\nWORKDIR x\nCOPY a b\nFROM y\nCOPY a b\nFROM other.example/b\nCOPY a /b\nCOPY a $X\nCOPY a c:/x\n",
        );
    }

    #[test]
    fn hadolint_remembers_names() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "
FROM debian:12
COPY a b
       ^ relative path without a `WORKDIR`
ADD a b
COPY a \"/b\"
WORKDIR /x
COPY a b
FROM debian:11
COPY a b
FROM alpine:3 AS y
COPY a $b
COPY a c:
COPY a 'b'
       ^^^ relative path without a `WORKDIR`
",
        );
    }
}
