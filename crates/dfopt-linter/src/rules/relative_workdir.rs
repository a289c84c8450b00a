//! `relative-workdir`

use dfopt_semantic::context::join_clean;
use dfopt_semantic::model::{ExpandedText, Model, Step};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::{carriers, sites};
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// A relative `WORKDIR` depends on the base image.
    ///
    /// ## Why
    ///
    /// The first `WORKDIR` of a stage is joined to the one of its base image. When the base changes it, the program moves. Later
    /// relative ones build on the first and are fine.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// WORKDIR /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix is safe when the base image's directory is known, since the result is the same. Otherwise `/` is a guess.
    "relative-workdir" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["DL3000", "WorkdirRelativePath", "WORKDIR_IS_NOT_ABSOLUTE", "DS-0009", "CKV_DOCKER_10", "S7021", "DF009"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model).filter(|site| site.step.stage.is_some() && matches!(site.ast, Instruction::Workdir(_))) {
        let step = site.step;
        if site.is_trigger() && ctx.dialect() == Dialect::Hadolint {
            continue;
        }
        for text in model.expanded_texts(step, &site.ast) {
            let is_relative = match ctx.dialect() {
                Dialect::Hadolint => is_relative_as_written(&text.raw),
                _ => step.workdir_set_by.is_none() && is_relative(text, may_be_windows(model, step)),
            };
            if is_relative && site.is_trigger() && ctx.dialect() == Dialect::Buildkit {
                for from in carriers(model, step) {
                    ctx.report(from.keyword_range(), "relative path behind `ONBUILD` of the base");
                }
            } else if is_relative {
                report(ctx, step, text);
            }
        }
    }
}

fn report(ctx: &mut Context<'_>, step: &Step, text: &ExpandedText) {
    let before = step.workdir.known();
    let is_plain = text.known() == Some(&text.raw) && !text.raw.contains(char::is_whitespace);
    let absolute = join_clean(before.unwrap_or("/"), &text.raw);
    let place = text.whole();
    let report = ctx.report(place, "relative path");
    if is_plain && absolute.starts_with('/') {
        report.fix("Make the path absolute", |fix| {
            fix.replace(place, absolute);
            if before.is_some() {
                fix.safe();
            }
        });
    }
}

/// Whether a path may begin with a drive: on Windows, and where the base is not known.
fn may_be_windows(model: &Model<'_>, step: &Step) -> bool {
    let is_known = model.stage_of(step).and_then(|stage| model.base_facts(stage)).is_some();
    !is_known || model.is_windows(step)
}

fn is_relative(text: &ExpandedText, may_be_windows: bool) -> bool {
    let start = text.expansion.text.prefix();
    if start.is_empty() || !text.expansion.errors.is_empty() {
        return false;
    }
    let has_drive = start.get(1..2) == Some(":") && start.starts_with(|c: char| c.is_ascii_alphabetic());
    !start.starts_with('/') && !(may_be_windows && (has_drive || start.starts_with('\\')))
}

fn is_relative_as_written(raw: &str) -> bool {
    let text = raw.trim_matches(['"', '\'']);
    let has_drive =
        text.get(1..).is_some_and(|rest| rest.starts_with(':') && text.starts_with(|c: char| c.is_ascii_alphabetic()));
    !text.starts_with(['$', '/']) && !has_drive
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_first_of_a_chain_is_marked() {
        check(
            &RULE,
            "
FROM a AS x
WORKDIR app/$V
        ^^^^^^ relative path
FROM x
WORKDIR more
FROM scratch
WORKDIR app
        ^^^ relative path [safe fix]
",
        );
        check_ok(&RULE, "FROM a\nWORKDIR /srv\nWORKDIR app\nFROM a\nWORKDIR $X\nWORKDIR app\n");
        check_ok(
            &RULE,
            "FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nWORKDIR C:/app\nFROM other.example/a\nWORKDIR C:\\app\n",
        );
    }

    #[test]
    fn the_path_is_made_absolute() {
        check_fix(&RULE, "FROM a\nWORKDIR ./app\n", "FROM a\nWORKDIR /app\n");
        check_fix(&RULE, "FROM scratch\nWORKDIR app/src\n", "FROM scratch\nWORKDIR /app/src\n");
    }

    #[test]
    fn hadolint_marks_every_one() {
        let settings = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &settings,
            dfopt_semantic::model::Options::default(),
            "FROM a\nWORKDIR /srv\nWORKDIR app\n        ^^^ relative path [fix]\nWORKDIR \"$x\"\nWORKDIR c:x\n"
                .replace("[fix]", "[safe fix]")
                .as_str(),
        );
    }
}
