//! `undeclared-arg-in-from`

use dfopt_semantic::expand::{Operator, Reference};
use dfopt_semantic::model::{ExpandedText, PLATFORM_ARGS, TextRole, is_platform_arg};
use dfopt_semantic::suggest;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// `FROM` uses an argument that is not declared before the first `FROM`.
    ///
    /// ## Why
    ///
    /// Only arguments declared above the first `FROM` are known there. Another is replaced by nothing, and `--build-arg` cannot
    /// set it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// ARG VERSION=3.22
    /// FROM alpine:${VERSOIN}
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG VERSION=3.22
    /// FROM alpine:${VERSION}
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix takes the nearest name that is declared, and is unsafe because another one may be meant.
    "undeclared-arg-in-from" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["UndefinedArgInFrom"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        for text in model.expanded_texts(step, &step.ast) {
            let is_blank = text.role == TextRole::Image && text.known() == Some("");
            // That there is no image is worse, and said by another rule.
            if is_blank && ctx.dialect() != Dialect::Buildkit {
                continue;
            }
            let mut seen: Vec<&str> = Vec::new();
            for reference in &text.expansion.references {
                let name = reference.name.as_str();
                let is_declared = is_platform_arg(name) || model.scope(step).variable(name).is_some();
                if is_declared || seen.contains(&name) {
                    continue;
                }
                seen.push(name);
                let scope = model.scope(step);
                let declared = scope.variables().map(|(variable, _)| variable.name.as_str());
                let near = suggest::nearest(name, declared.chain(PLATFORM_ARGS.iter().copied()));
                let place = text.range(reference.name_range.clone());
                let mut report = ctx.report(place, format!("no `ARG` above the first `FROM` declares `{name}`"));
                if has_default(text, reference) {
                    report = report.severity(Severity::Info);
                }
                if let Some(near) = near.filter(|_| name.len() > 2) {
                    report
                        .help(format!("did you mean `{near}`?"))
                        .fix(format!("Change to `{near}`"), |fix| fix.replace(place, near));
                }
            }
        }
    }
}

/// `${NAME:-default}`
fn has_default(text: &ExpandedText, reference: &Reference) -> bool {
    reference.operation.as_ref().is_some_and(|operation| {
        matches!(operation.operator, Operator::Default(_)) && !text.raw[operation.operand.clone()].is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with, diagnostics};
    use crate::{Preset, Settings};

    #[test]
    fn names_are_marked_once_a_word() {
        check(
            &RULE,
            "
ARG VERSION=1
FROM --platform=$PLAT a:$VERSION$X$X
                 ^^^^ no `ARG` above the first `FROM` declares `PLAT`
                                 ^ no `ARG` above the first `FROM` declares `X`
ARG Y=1
FROM a:1$Y
         ^ no `ARG` above the first `FROM` declares `Y`
",
        );
        check_ok(&RULE, "ARG V\nFROM --platform=$BUILDPLATFORM a:$V-${TARGETARCH}\nRUN $x\n");
    }

    #[test]
    fn no_image_at_all_is_another_rule() {
        check_ok(&RULE, "FROM $X\n");
        let settings = Settings::of_preset(Preset::Buildkit);
        let options = dfopt_semantic::model::Options::default();
        check_with(&RULE, &settings, options, "FROM $X\n      ^ no `ARG` above the first `FROM` declares `X`\n");
    }

    #[test]
    fn a_default_makes_it_harmless() {
        let options = dfopt_semantic::model::Options::default();
        let found = diagnostics(&RULE, &Settings::only(&RULE), options, "FROM a:${X:-1}\nFROM a:1${X:-}\n");
        let severities: Vec<_> = found.iter().map(|one| one.severity).collect();
        assert_eq!(severities, [Severity::Info, Severity::Warning]);
    }

    #[test]
    fn a_near_name_is_meant() {
        check_fix(
            &RULE,
            "ARG VERSION=1\nFROM --platform=$BUILDPLATFROM a:1${VERSOIN}\n",
            "ARG VERSION=1\nFROM --platform=$BUILDPLATFORM a:1${VERSION}\n",
        );
    }
}
