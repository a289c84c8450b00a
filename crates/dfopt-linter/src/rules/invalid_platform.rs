//! `invalid-platform`

use dfopt_semantic::model::TextRole;
use dfopt_semantic::platform::{Platform, PlatformError};
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `FROM --platform` has a value that is no platform.
    ///
    /// ## Why
    ///
    /// A platform is `os/architecture`, `os/architecture/variant`, or one of the two alone where its name is known. The builder
    /// refuses others.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM --platform=linux:amd64 alpine
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM --platform=linux/amd64 alpine
    /// ```
    "invalid-platform" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        for text in model.expanded_texts(step, &step.ast).iter().filter(|text| text.role != TextRole::Image) {
            let Some(known) = text.known().filter(|known| !known.is_empty()) else { continue };
            let Err(error) = Platform::parse(known) else { continue };
            if model.awaits_argument(step, text) {
                continue;
            }
            let message = match error {
                PlatformError::BadPart { .. } => "not a part of a platform",
                PlatformError::TooManyParts { .. } => "a platform has three parts at most",
                PlatformError::UnknownName { .. } => "neither an operating system nor an architecture",
            };
            let range = error.range().clone();
            let place = if range.is_empty() { text.whole() } else { text.range_after(range) };
            ctx.report(place, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_wrong_part_is_marked() {
        check(
            &RULE,
            "
FROM --platform=linux/amd64/v2/x a
                               ^ a platform has three parts at most
FROM --platform=linux/am%64 a
                      ^^^^^ not a part of a platform
FROM --platform=lunix a
                ^^^^^ neither an operating system nor an architecture
",
        );
        check_ok(
            &RULE,
            "FROM --platform=$TARGETPLATFORM a\nFROM --platform=arm64 a\nFROM --platform=windows(10.0.17763)/amd64 a\n",
        );
    }
}
