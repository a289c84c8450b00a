//! `base-without-default`

use std::collections::BTreeMap;

use dfopt_semantic::expand::{Environment, Lookup, Syntax, expand};
use dfopt_semantic::image_ref::ImageRef;
use dfopt_semantic::model::{Model, TextRole, is_platform_arg};
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// A base image depends on an argument that has no default.
    ///
    /// ## Why
    ///
    /// Without `--build-arg` the image's name is empty or incomplete, and the build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// ARG VERSION
    /// FROM alpine:$VERSION
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG VERSION=3.22
    /// FROM alpine:$VERSION
    /// ```
    "base-without-default" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &["InvalidDefaultArgInFrom"],
        since: "0.1.0",
        check: check,
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Buildkit {
        return check_as_buildkit(ctx);
    }
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::From(_))) {
        for text in model.expanded_texts(step, &step.ast).iter().filter(|text| text.role == TextRole::Image) {
            let is_bad = text.known().is_some_and(|name| name.is_empty() || ImageRef::parse(name).is_err());
            if is_bad && model.awaits_argument(step, text) {
                ctx.report(text.whole(), "without a build argument this is no image").help("give the `ARG` a default");
            }
        }
    }
}

/// Whatever the build is given: with the defaults alone there is no image.
fn check_as_buildkit(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let defaults = Defaults::of(model);
    for step in model.steps() {
        let Instruction::From(from) = &step.ast else { continue };
        let Some(image) = from.image() else { continue };
        let expansion = expand(&image.raw(), Syntax::word(model.escape()), &defaults);
        let name = expansion.text.known().filter(|_| expansion.errors.is_empty());
        if name.is_some_and(|name| name.is_empty() || ImageRef::parse(name).is_err()) {
            ctx.report(image.range(), "without a build argument this is no image");
        }
    }
}

/// The defaults of the arguments above the first FROM.
struct Defaults(BTreeMap<String, Option<String>>);

impl Defaults {
    fn of(model: &Model<'_>) -> Self {
        let mut defaults = Defaults(BTreeMap::new());
        let steps = model.global_steps().iter().filter(|step| matches!(step.ast, Instruction::Arg(_)));
        for pair in steps.flat_map(|step| step.ast.pairs().collect::<Vec<_>>()) {
            let Some(name) = pair.name() else { continue };
            let raw = pair.value().map(|value| value.raw()).unwrap_or_default();
            let value = expand(&raw, Syntax::word(model.escape()), &defaults).text;
            if pair.has_equals() {
                defaults.0.insert(name.raw(), value.into_known());
            }
        }
        defaults
    }
}

impl Environment for Defaults {
    fn lookup(&self, name: &str) -> Lookup<'_> {
        match self.0.get(name) {
            Some(Some(value)) => Lookup::Set(value.into()),
            Some(None) => Lookup::Unknown,
            None if is_platform_arg(name) => Lookup::Unknown,
            None => Lookup::Unset,
        }
    }
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
ARG A
FROM $A
     ^^ without a build argument this is no image
FROM b:${A}
     ^^^^^^ without a build argument this is no image
",
        );
        check_ok(&RULE, "ARG A\nARG B=c\nFROM ${A:-b}\nFROM $B\nFROM b$A\nFROM B\nFROM $D\n");
    }
}
