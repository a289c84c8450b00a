//! `path-without-inherited-value`

use dfopt_semantic::model::{Base, ExpandedText, TextRole};
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// `ENV PATH` drops the directories that the base image has.
    ///
    /// ## Why
    ///
    /// Programs such as `ls` and `sh` are no longer found, neither by later instructions nor in the container.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ENV PATH=/opt/app/bin
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ENV PATH=/opt/app/bin:$PATH
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix appends the old value, so that programs are found that were not before.
    "path-without-inherited-value" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Env(_))) {
        let Some(stage) = model.stage_of(step).filter(|stage| model.root_base(stage) != Some(&Base::Scratch)) else {
            continue;
        };
        let is_windows = model.is_windows(step) || (model.escape() == '`' && model.base_facts(stage).is_none());
        let texts = model.expanded_texts(step, &step.ast);
        for pair in step.ast.pairs().filter(|pair| pair.name().is_some_and(|name| name.raw() == "PATH")) {
            let Some(value) = pair.value() else { continue };
            let is_value = |text: &&ExpandedText| text.role == TextRole::Value && text.whole() == value.range();
            let Some(text) = texts.iter().find(is_value) else { continue };
            let keeps = text.expansion.references.iter().any(|reference| reference.name == "PATH");
            let Some(known) = text.known().filter(|_| !keeps) else { continue };
            let parts: Vec<&str> = known.split(':').map(|part| part.trim_end_matches('/')).collect();
            let is_whole = parts.contains(&"/bin") && parts.contains(&"/usr/bin")
                || known.to_ascii_lowercase().contains("system32")
                || known.contains("%PATH%");
            if is_whole {
                continue;
            }
            let report = ctx.report(value.range(), "the directories of the base image are dropped");
            if !is_windows && !text.raw.ends_with('\'') && !known.is_empty() {
                let is_quoted = text.raw.ends_with('"');
                let end = value.range().end() - TextSize::new(u32::from(is_quoted));
                report.fix("Append `:$PATH`", |fix| fix.insert(end, ":$PATH"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_value_is_marked() {
        check(
            &RULE,
            "
FROM a
ENV X=1 PATH=/a/bin:/b
             ^^^^^^^^^ the directories of the base image are dropped [fix]
ENV PATH '/a'
         ^^^^ the directories of the base image are dropped
",
        );
        check_ok(
            &RULE,
            "FROM a\nENV PATH=/a:$PATH\nENV PATH=/usr/bin:/bin\nENV PATH=$X\nENV PATHS=/a\nFROM scratch\nENV PATH=/a\n",
        );
    }

    #[test]
    fn the_old_value_is_appended() {
        check_fix(
            &RULE,
            "FROM a\nENV PATH=\"/a\" B=1\nENV PATH /b\n",
            "FROM a\nENV PATH=\"/a:$PATH\" B=1\nENV PATH /b:$PATH\n",
        );
    }
}
