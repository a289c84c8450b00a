//! `overwritten-label`

use dfopt_semantic::model::Step;
use dfopt_syntax::ast::{AstNode, Instruction, KeyValue};

use crate::pairs::without_pair;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A label is given twice in a stage.
    ///
    /// ## Why
    ///
    /// The later value counts. The earlier one is a leftover, or another name was meant.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL version=1 vendor=me
    /// LABEL version=2
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL vendor=me
    /// LABEL version=2
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Nothing can read the earlier value, and labels have no order.
    "overwritten-label" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &["tally/labels/no-duplicate-keys"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        let mut seen: Vec<(String, &Step, KeyValue)> = Vec::new();
        for step in model.stage_steps(stage).iter().filter(|step| matches!(step.ast, Instruction::Label(_))) {
            for pair in step.ast.pairs() {
                let Some(name) = pair.name() else { continue };
                let Some(name) = model.scope(step).expand(&name.raw(), model.escape()).text.into_known() else {
                    continue;
                };
                if let Some(at) = seen.iter().position(|(other, _, _)| *other == name) {
                    let (name, earlier_step, earlier) = seen.remove(at);
                    let report = ctx
                        .report(earlier.range(), format!("the label `{name}` is given again"))
                        .related(pair.range(), "this value counts");
                    if let Some(dropped) = without_pair(model, earlier_step, &earlier) {
                        report.fix(format!("Remove the earlier `{name}`"), |fix| {
                            fix.delete(dropped);
                            fix.safe();
                        });
                    }
                }
                seen.push((name, step, pair));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_earlier_pair_is_marked() {
        check(
            &RULE,
            "
FROM x
LABEL a=1 \"b\"=2 a=3
      ^^^ the label `a` is given again [safe fix]
          ^^^^^ the label `b` is given again [safe fix]
RUN y
LABEL b 4
",
        );
        check_ok(&RULE, "FROM x AS y\nLABEL a=1 $b=2 $b=3\nFROM y\nLABEL a=2 A=3\n");
    }

    #[test]
    fn the_earlier_pair_goes() {
        check_fix(&RULE, "FROM x\nLABEL a=1 b=2\nLABEL a=3\n", "FROM x\nLABEL b=2\nLABEL a=3\n");
    }
}
