//! `constant-platform`

use dfopt_semantic::model::{ExpandedText, Stage, TextRole};
use dfopt_semantic::platform::Platform;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::site::flag_with_blank;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// `FROM` fixes the platform.
    ///
    /// ## Why
    ///
    /// The stage is of that platform whatever `docker build --platform` asks for. On another machine it runs in emulation, or
    /// not at all.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM --platform=linux/amd64 alpine:3.22
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Without the flag the image is of the platform that is asked for, which the software in it may not know.
    "constant-platform" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3029", "FromPlatformFlagConstDisallowed", "DF061"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        let Some(flag) = step.ast.flag("platform") else { continue };
        let texts = model.expanded_texts(step, &step.ast);
        let Some(text) = texts.iter().find(|text| text.role == TextRole::Flag("platform".to_owned())) else { continue };
        let is_constant = match ctx.dialect() {
            Dialect::Hadolint => {
                !text.raw.is_empty() && !text.raw.contains("BUILDPLATFORM") && !text.raw.contains("TARGETPLATFORM")
            }
            _ => model.stage_of(step).is_some_and(|stage| is_constant(text, stage)),
        };
        if is_constant {
            ctx.report(text.whole(), "the stage is of this platform on every machine")
                .fix("Remove `--platform`", |fix| fix.delete(flag_with_blank(model, flag.range())));
        }
    }
}

/// A platform without variables, unless the stage is named after it.
fn is_constant(text: &ExpandedText, stage: &Stage) -> bool {
    let Some(known) = text.known().filter(|known| !known.is_empty() && text.expansion.references.is_empty()) else {
        return false;
    };
    let Ok(platform) = Platform::parse(known) else { return false };
    // Builders take their own architecture where none is written.
    let architecture = platform.architecture.as_deref().unwrap_or("amd64");
    let name = stage.name.as_ref().map_or("", |name| name.name.as_str());
    !name.contains(&platform.os) && !name.contains(architecture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_platform_is_marked() {
        check(
            &RULE,
            "
FROM --platform=linux/amd64 a
                ^^^^^^^^^^^ the stage is of this platform on every machine [fix]
FROM --platform=x86_64 a AS x86_64
                ^^^^^^ the stage is of this platform on every machine [fix]
",
        );
        check_ok(
            &RULE,
            "ARG P=linux/amd64\nFROM --platform=$P a\nFROM --platform=linux/arm64 a AS build-arm64\nFROM --platform=no/such/thing/at a\nFROM --platform=$BUILDPLATFORM a\n",
        );
    }

    #[test]
    fn the_flag_goes() {
        check_fix(&RULE, "FROM --platform=linux/amd64  a AS b\n", "FROM a AS b\n");
        check_fix(&RULE, "FROM \\\n  --platform=linux/amd64 \\\n  a\n", "FROM \\\n  \\\n  a\n");
    }

    #[test]
    fn hadolint_reads_what_is_written() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "ARG P\nFROM --platform=$P a\n                ^^ the stage is of this platform on every machine [fix]\nFROM --platform=x$BUILDPLATFORM a\n",
        );
    }
}
