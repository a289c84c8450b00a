//! `unknown-copy-source`

use dfopt_semantic::base::BaseFacts;
use dfopt_semantic::model::{Model, Reference, ReferenceKind, ReferenceTarget, Step};
use dfopt_semantic::suggest;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// `--from` names an image that looks like a misspelt stage.
    ///
    /// ## Why
    ///
    /// What is no stage is pulled as an image. A slip in a stage's name thus copies from somebody else's image, or fails late.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS builder
    /// RUN go build -o /app .
    /// FROM alpine:3.22
    /// COPY --from=bulider /app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25 AS builder
    /// RUN go build -o /app .
    /// FROM alpine:3.22
    /// COPY --from=builder /app /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix takes the nearest name of a stage, and is unsafe because an image may be meant.
    "unknown-copy-source" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3022", "DF049"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Copy(_))) {
            let from = step.ast.flags().filter(|flag| flag.name().as_deref() == Some("from")).last();
            let Some(node) = from.and_then(|flag| flag.value_node()) else { continue };
            // Quotes are part of the name there.
            let name = model.text_at(node.text_range());
            if !name.is_empty() && !is_known_to_hadolint(model, step, name) {
                ctx.report(node.text_range(), format!("no stage above is called `{name}`"));
            }
        }
        return;
    }
    for reference in model.references().iter().filter(|reference| reference.kind != ReferenceKind::From) {
        let Some(step) = model.steps().get(reference.step) else { continue };
        let Some(near) = misspelt(model, step, reference) else { continue };
        ctx.report(reference.range, format!("`{}` is an image, not a stage", reference.name))
            .help(format!("did you mean the stage `{near}`?"))
            .fix(format!("Change to `{near}`"), |fix| fix.replace(reference.range, near));
    }
}

/// The stage that was probably meant.
fn misspelt<'m>(model: &'m Model<'_>, step: &Step, reference: &Reference) -> Option<&'m str> {
    let ReferenceTarget::Image(image) = &reference.target else { return None };
    let is_plain = image.tag.is_none() && image.digest.is_none() && !reference.name.contains('/');
    if !is_plain || reference.is_number || BaseFacts::knows(image) {
        return None;
    }
    let names = model.stages()[..step.stage?].iter().filter_map(|stage| stage.name.as_ref());
    suggest::nearest(&reference.name, names.map(|name| name.name.as_str()))
}

/// A tag, an alias as written, or the number of a stage.
fn is_known_to_hadolint(model: &Model<'_>, step: &Step, name: &str) -> bool {
    let so_far = step.stage.map_or(0, |stage| stage + 1);
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    let is_number = digits.parse::<usize>().is_ok_and(|number| number < so_far);
    let mut aliases = model.stages()[..so_far].iter().filter_map(|stage| stage.name.as_ref());
    name.contains(':') || is_number || aliases.any(|alias| model.text_at(alias.range) == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn a_name_near_a_stage_is_marked() {
        check(
            &RULE,
            "
FROM a AS builder
FROM b
COPY --from=bilder /x /x
            ^^^^^^ `bilder` is an image, not a stage [fix]
RUN --mount=from=buidler,target=/x true
                 ^^^^^^^ `buidler` is an image, not a stage [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a AS node2\nFROM b\nCOPY --from=nginx /x /x\nCOPY --from=node /x /x\nCOPY --from=node2:1 / /\nCOPY --from=NODE2 / /\nCOPY --from=0 / /\n",
        );
    }

    #[test]
    fn the_stage_takes_its_place() {
        check_fix(
            &RULE,
            "FROM a AS builder\nFROM b\nCOPY --from=bulider /x /x\n",
            "FROM a AS builder\nFROM b\nCOPY --from=builder /x /x\n",
        );
    }

    #[test]
    fn hadolint_knows_no_images_without_tag() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "
FROM a AS x
COPY --from=x / /
COPY --from=0 / /
COPY --from=0day / /
COPY --from=nginx:1 / /
COPY --from=nginx / /
            ^^^^^ no stage above is called `nginx`
COPY --from=1 / /
            ^ no stage above is called `1`
COPY --from=X / /
            ^ no stage above is called `X`
COPY --from=y / /
            ^ no stage above is called `y`
FROM b AS y
",
        );
    }
}
