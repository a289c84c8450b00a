//! `invalid-from-flag`

use dfopt_semantic::model::{FlagText, Model, Reference, ReferenceKind, ReferenceTarget};
use dfopt_semantic::mount::{MountError, parse_mount};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{Flag, Instruction};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `COPY --from` or the `from` of a mount holds a variable, or the number of a stage that does not exist.
    ///
    /// ## Why
    ///
    /// Variables are not expanded there, and the builder refuses both. To choose an image by a variable, give it a stage of
    /// its own.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// ARG TOOLS=busybox
    /// FROM alpine
    /// COPY --from=$TOOLS /bin/busybox /bin/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG TOOLS=busybox
    /// FROM $TOOLS AS tools
    /// FROM alpine
    /// COPY --from=tools /bin/busybox /bin/
    /// ```
    "invalid-from-flag" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["FLAG_INVALID_FROM_VALUE"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model) {
        for flag in site.ast.flags().filter(Flag::has_value) {
            if let Some(place) = variable(model, &site.ast, &flag) {
                ctx.report(place, "variables are not expanded here")
                    .help("give the image a stage of its own with `FROM $… AS name`")
                    .at(&site);
            }
        }
    }
    for reference in model.references().iter().filter(|reference| reference.target == ReferenceTarget::NoSuchStage) {
        if !is_extended(model, reference) {
            ctx.report(reference.range, format!("there is no stage {}", reference.name))
                .note(format!("this file has {} of them, counted from 0", model.stages().len()));
        }
    }
}

/// Where a variable stands in a name of a stage.
fn variable(model: &Model<'_>, ast: &Instruction, flag: &Flag) -> Option<TextRange> {
    let text = FlagText::of(flag, model.escape());
    match (ast, flag.name().as_deref()) {
        (Instruction::Copy(_), Some("from")) => {
            let expansion = dfopt_semantic::expand::expand(
                &text.value,
                dfopt_semantic::expand::Syntax::word(model.escape()),
                &dfopt_semantic::expand::UnknownEnvironment,
            );
            let is_variable = !expansion.references.is_empty() || !expansion.errors.is_empty();
            is_variable.then(|| text.range(0..text.value.len()))
        }
        (Instruction::Run(_), Some("mount")) => {
            let mount = parse_mount(&text.value, &|_| None);
            mount.errors.iter().find_map(|error| match error {
                MountError::VariableInFrom { range } => Some(text.range(range.clone())),
                _ => None,
            })
        }
        _ => None,
    }
}

/// Images that are copied from take numbers too, behind those of the stages.
fn is_extended(model: &Model<'_>, reference: &Reference) -> bool {
    let earlier = model.references().iter().take_while(|other| *other != reference);
    let mut images: Vec<&str> = earlier
        .filter(|other| other.kind != ReferenceKind::From && matches!(other.target, ReferenceTarget::Image(_)))
        .map(|other| other.name.as_str())
        .collect();
    images.sort_unstable();
    images.dedup();
    reference.name.parse::<usize>().is_ok_and(|number| number < model.stages().len() + images.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_value_is_marked() {
        check(
            &RULE,
            "
FROM a
COPY --from=$x y z
            ^^ variables are not expanded here
COPY --from=3 y z
            ^ there is no stage 3
RUN --mount=from=b$c,target=/x y
                  ^^ variables are not expanded here
",
        );
    }

    #[test]
    fn images_extend_the_numbers() {
        check_ok(&RULE, "FROM a\nCOPY --from=b y z\nCOPY --from=1 y z\nRUN --mount=from=7,target=/x y\n");
    }
}
