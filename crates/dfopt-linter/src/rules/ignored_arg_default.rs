//! `ignored-arg-default`

use dfopt_semantic::model::Step;
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction, KeyValue};

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// An argument has one default above the first `FROM` and another in a stage.
    ///
    /// ## Why
    ///
    /// `FROM` uses the first, the stage the second. Without `--build-arg` they differ, which is easily overlooked.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// ARG VERSION=1.25
    /// FROM golang:${VERSION}
    /// ARG VERSION=1.24
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG VERSION=1.25
    /// FROM golang:${VERSION}
    /// ARG VERSION
    /// ```
    "ignored-arg-default" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let globals: Vec<(String, String, TextRange)> = model.global_steps().iter().flat_map(defaults).collect();
    for step in model.steps().iter().filter(|step| step.stage.is_some()) {
        for (name, value, place) in defaults(step) {
            let global = globals.iter().rev().find(|(other, _, _)| *other == name);
            if let Some((_, global, global_place)) = global.filter(|(_, global, _)| *global != value) {
                ctx.report(place, format!("above the first `FROM` the default of `{name}` is `{global}`"))
                    .related(*global_place, "which `FROM` uses")
                    .help("leave the default out to take over the value");
            }
        }
    }
}

/// The literal defaults of an ARG, with their places.
fn defaults(step: &Step) -> Vec<(String, String, TextRange)> {
    let pairs = step.ast.pairs().filter(|_| matches!(step.ast, Instruction::Arg(_)));
    let default = |pair: KeyValue| {
        let value = pair.value()?;
        Some((pair.name()?.raw(), value.literal()?, value.range()))
    };
    pairs.filter_map(default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_default_of_the_stage_is_marked() {
        check(
            &RULE,
            "
ARG A=1
ARG A=2
FROM a
ARG A=\"3\"
      ^^^ above the first `FROM` the default of `A` is `2`
",
        );
        check_ok(&RULE, "ARG A=1 B C=$X\nFROM a\nARG A\nARG A=\"1\"\nARG B=2\nARG C=3 D=4\nENV A=5\n");
    }
}
