//! `overwritten-env`

use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::SyntaxKind;
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction, KeyValue};

use crate::pairs::without_pair;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A variable is set, and set again before anything could read it.
    ///
    /// ## Why
    ///
    /// Only the later value has an effect. The earlier one is a leftover, or another name was meant.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV MODE=debug
    /// ENV MODE=production
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV MODE=production
    /// ```
    ///
    /// ## Fix safety
    ///
    /// Nothing reads the earlier value. Where another variable is set in between, the order in the image's configuration changes,
    /// and the fix is unsafe.
    "overwritten-env" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Safe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

/// A value that nothing has read yet.
struct Pending<'m> {
    name: String,
    step: &'m Step,
    pair: KeyValue,
    kind: SyntaxKind,
    /// How many variables were set up to here.
    count: usize,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    check_steps(ctx, model.global_steps());
    for stage in model.stages() {
        check_steps(ctx, model.stage_steps(stage));
    }
}

fn check_steps(ctx: &mut Context<'_>, steps: &[Step]) {
    let model = ctx.model();
    let mut pending: Vec<Pending<'_>> = Vec::new();
    let mut count = 0;
    for step in steps {
        match step.ast {
            Instruction::Run(_) | Instruction::Onbuild(_) => {
                pending.clear();
                continue;
            }
            Instruction::Env(_) | Instruction::Arg(_) => {}
            _ => {
                forget_read(&mut pending, model, step);
                continue;
            }
        }
        let kind = step.ast.kind();
        // An ARG sees the names before it in the same instruction; ENV does not.
        if kind == SyntaxKind::ENV {
            forget_read(&mut pending, model, step);
        }
        for pair in step.ast.pairs() {
            let Some(name) = pair.name().and_then(|name| name.literal()) else { continue };
            if kind == SyntaxKind::ARG {
                let value = pair.value().map(|value| value.raw()).unwrap_or_default();
                let expansion = model.scope(step).expand(&value, model.escape());
                pending.retain(|one| !expansion.references.iter().any(|reference| reference.name == one.name));
                if !pair.has_equals() {
                    continue;
                }
            }
            if let Some(at) = pending.iter().position(|one| one.name == name && one.kind == kind) {
                report(ctx, &pending.remove(at), pair.range(), count);
            }
            count += usize::from(kind == SyntaxKind::ENV);
            pending.push(Pending { name, step, pair, kind, count });
        }
    }
}

/// Forgets what the instruction reads.
fn forget_read(pending: &mut Vec<Pending<'_>>, model: &Model<'_>, step: &Step) {
    for text in model.expanded_texts(step, &step.ast) {
        pending.retain(|one| !text.expansion.references.iter().any(|reference| reference.name == one.name));
    }
    // From a web address the builder copies through a proxy, which is read from the environment.
    if matches!(step.ast, Instruction::Add(_)) {
        pending.retain(|one| !one.name.to_ascii_lowercase().ends_with("_proxy"));
    }
}

fn report(ctx: &mut Context<'_>, earlier: &Pending<'_>, later: TextRange, count: usize) {
    let model = ctx.model();
    let report = ctx
        .report(earlier.pair.range(), format!("`{}` is set again before anything reads it", earlier.name))
        .related(later, "this value counts");
    if let Some(dropped) = without_pair(model, earlier.step, &earlier.pair) {
        report.fix(format!("Remove the earlier `{}`", earlier.name), |fix| {
            fix.delete(dropped);
            if count == earlier.count {
                fix.safe();
            }
        });
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
ARG V=1
    ^^^ `V` is set again before anything reads it [safe fix]
ARG V=2
FROM a
ENV A=1 B=2 A=3
    ^^^ `A` is set again before anything reads it [fix]
            ^^^ `A` is set again before anything reads it [safe fix]
ENV A=4
LABEL x=$A
ENV A=5
    ^^^ `A` is set again before anything reads it [safe fix]
ENV A 6
",
        );
    }

    #[test]
    fn what_is_read_in_between() {
        check_ok(
            &RULE,
            "FROM x\nENV A=1\nRUN y\nENV A=2\nENV A=$A:b\nWORKDIR /$A\nENV A=3\nARG B=1\nARG B\nARG C=1 D=$C C=2\nENV B=1\nFROM x\nENV A=4\n",
        );
    }

    #[test]
    fn the_earlier_pair_goes() {
        check_fix(&RULE, "FROM a\nENV A=1 \\\n  B=2\nENV A=3\n", "FROM a\nENV B=2\nENV A=3\n");
        check_fix(&RULE, "FROM a\nENV B=2 A=1\nENV A=3\n", "FROM a\nENV B=2\nENV A=3\n");
        check_fix(&RULE, "FROM a\n# c\nENV A=1\nENV A=3\n", "FROM a\n# c\nENV A=3\n");
    }
}
