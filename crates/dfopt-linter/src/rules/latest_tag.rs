//! `latest-tag`

use dfopt_semantic::model::TextRole;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// An image is used by the tag `latest`.
    ///
    /// ## Why
    ///
    /// The tag is moved to every new version, so that the same file builds something else tomorrow. Other tags that move, such as
    /// `edge` or `stable`, are reported as information.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:latest
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// ```
    "latest-tag" {
        category: Category::Reproducibility,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3007", "DS-0001", "CKV_DOCKER_7", "S6596", "DF001", "DF024", "DKL-DI-0006"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

/// Tags that are moved by habit.
const MOVING: [&str; 9] = ["edge", "rolling", "nightly", "canary", "master", "main", "stable", "current", "lts"];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let as_written = ctx.dialect() == Dialect::Hadolint;
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        for text in model.expanded_texts(step, &step.ast).iter().filter(|text| text.role == TextRole::Image) {
            let name = if as_written { Some(text.raw.as_str()) } else { text.known() };
            let Some(name) = name.filter(|name| !name.contains('@')) else { continue };
            let Some(colon) = name.rfind(':').filter(|&colon| !name[colon..].contains('/')) else { continue };
            let tag = &name[colon + 1..];
            let place = text.range_after(colon + 1..name.len());
            if tag == "latest" {
                ctx.report(place, "`latest` is another image tomorrow").help("name the version that you build on");
            } else if !as_written && MOVING.contains(&tag) {
                ctx.report(place, format!("the tag `{tag}` is moved to new versions")).severity(Severity::Info);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_tag_is_marked() {
        check(
            &RULE,
            "
ARG T=latest
FROM a:latest
       ^^^^^^ `latest` is another image tomorrow
FROM a:$T
     ^^^^ `latest` is another image tomorrow
FROM localhost:5000/a:edge
                      ^^^^ the tag `edge` is moved to new versions
",
        );
        check_ok(&RULE, "FROM a:latest-slim\nFROM a\nFROM a:latest@sha256:00\n");
    }

    #[test]
    fn hadolint_reads_what_is_written() {
        let settings = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &settings,
            dfopt_semantic::model::Options::default(),
            "ARG T=latest\nFROM a:$T\nFROM a:edge\nFROM a:latest\n       ^^^^^^ `latest` is another image tomorrow\n",
        );
    }
}
