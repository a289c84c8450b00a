//! `base-platform-mismatch`

use dfopt_semantic::base::only_platform;
use dfopt_semantic::model::{Base, TextRole};
use dfopt_semantic::platform::Platform;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// `FROM` asks for a platform that the base image does not have.
    ///
    /// ## Why
    ///
    /// The builder takes the image that there is, and what runs in it is of another machine than asked for. Or it finds none, and
    /// the build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM --platform=linux/amd64 arm64v8/alpine:3.22
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM --platform=linux/amd64 alpine:3.22
    /// ```
    "base-platform-mismatch" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &["InvalidBaseImagePlatform", "tally/platform-mismatch"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        let Some(Base::Image(image)) = model.stage_of(step).map(|stage| &stage.base) else { continue };
        let texts = model.expanded_texts(step, &step.ast);
        let wanted = texts.iter().find(|text| text.role == TextRole::Flag("platform".to_owned()));
        let wanted = wanted.and_then(|text| text.known()).and_then(|text| Platform::parse(text).ok());
        let (Some(wanted), Some(only)) = (wanted, only_platform(image, model.options().bases)) else { continue };
        let has_other_machine = only.architecture.is_some()
            && wanted.architecture.is_some()
            && !(only.same_machine(&wanted) || runs_on(&only, &wanted));
        if only.os == wanted.os && !has_other_machine {
            continue;
        }
        let Some(place) = texts.iter().find(|text| text.role == TextRole::Image).map(|text| text.whole()) else {
            continue;
        };
        let name = only.architecture.as_ref().map_or(only.os.clone(), |machine| format!("{}/{machine}", only.os));
        ctx.report(place, format!("this image is for {name} alone"));
    }
}

/// Whether an older variant of the same architecture is asked for newer machines.
fn runs_on(only: &Platform, wanted: &Platform) -> bool {
    only.os == wanted.os && only.architecture == wanted.architecture
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_image_is_marked() {
        check(
            &RULE,
            "
FROM --platform=linux/arm64 amd64/alpine:3.22
                            ^^^^^^^^^^^^^^^^^ this image is for linux/amd64 alone
FROM --platform=linux/amd64 mcr.microsoft.com/windows/nanoserver:ltsc2022
                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this image is for windows alone
FROM --platform=windows debian:13
                        ^^^^^^^^^ this image is for linux alone
",
        );
    }

    #[test]
    fn what_fits_or_is_not_known() {
        check_ok(
            &RULE,
            "FROM amd64/alpine:3.22\nFROM --platform=$TARGETPLATFORM amd64/alpine:3.22\nFROM --platform=linux/arm/v7 arm32v6/alpine:3.22\nFROM --platform=linux/s390x debian:13\nFROM --platform=windows/amd64 example.com/a:1\n",
        );
    }
}
