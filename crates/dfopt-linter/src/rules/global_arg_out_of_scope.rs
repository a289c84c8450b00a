//! `global-arg-out-of-scope`

use dfopt_semantic::expand::Operator;
use dfopt_semantic::model::{Model, Stage, Step, TextRole, is_platform_arg};
use dfopt_syntax::ast::{AstNode, CommandForm, Instruction};
use dfopt_syntax::shell::ast::Param;
use dfopt_syntax::{SyntaxKind, TextRange};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// An argument from above the first `FROM` is used in a stage that does not declare it.
    ///
    /// ## Why
    ///
    /// Such arguments, and those that the builder sets for the platform, are known in `FROM` alone. Elsewhere the name stands for
    /// nothing until the stage says `ARG` and the name.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// ARG VERSION=1.2
    /// FROM alpine:3.22
    /// RUN wget https://example.com/app-$VERSION.tar.gz
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// ARG VERSION=1.2
    /// FROM alpine:3.22
    /// ARG VERSION
    /// RUN wget https://example.com/app-$VERSION.tar.gz
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix declares the argument at the start of the stage, which gives the instructions below another value than before.
    "global-arg-out-of-scope" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["UndefinedVar", "S6579"],
        since: "0.1.0",
        check: check,
    }
}

/// A use of a variable.
struct Use {
    name: String,
    place: TextRange,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() != Dialect::Recommended {
        return;
    }
    let globals: Vec<(&str, TextRange)> = model
        .global_steps()
        .iter()
        .flat_map(|step| &step.variables)
        .map(|variable| (variable.name.as_str(), variable.name_range))
        .collect();
    for stage in model.stages() {
        let mut seen: Vec<String> = Vec::new();
        for step in model.stage_steps(stage).iter().skip(1) {
            for found in uses(model, step) {
                let global = globals.iter().find(|(name, _)| *name == found.name);
                let is_global = global.is_some() || is_platform_arg(&found.name);
                let is_here = model.scope(step).variable(&found.name).is_some() || base_has(model, stage, &found.name);
                if !is_global || is_here || seen.contains(&found.name) {
                    continue;
                }
                let name = &found.name;
                let mut report = ctx.report(found.place, format!("`{name}` is not known in this stage"));
                report = match global {
                    Some((_, place)) => report.related(*place, "it is known in `FROM` alone"),
                    None => report.note("the builder sets it for `FROM` alone"),
                };
                report = report.help(format!("declare it in the stage: `ARG {name}`"));
                if let Some(from) = model.stage_steps(stage).first() {
                    let end = from.ast.head_range().end();
                    report.fix(format!("Declare `ARG {name}`"), |fix| fix.insert(end, format!("\nARG {name}")));
                }
                seen.push(found.name);
            }
        }
    }
}

fn base_has(model: &Model<'_>, stage: &Stage, name: &str) -> bool {
    model.base_facts(stage).is_some_and(|facts| facts.env.iter().any(|variable| variable.name == name))
}

/// The variables that an instruction uses without a default.
fn uses(model: &Model<'_>, step: &Step) -> Vec<Use> {
    let mut found: Vec<Use> = Vec::new();
    for text in model.expanded_texts(step, &step.ast).iter().filter(|text| text.role != TextRole::Port) {
        for reference in &text.expansion.references {
            let has_default = reference
                .operation
                .as_ref()
                .is_some_and(|operation| matches!(operation.operator, Operator::Default(_) | Operator::Alternative(_)));
            if !has_default {
                let place = text.range(reference.name_range.clone());
                found.push(Use { name: reference.name.clone(), place });
            }
        }
    }
    if matches!(step.ast.command(), Some(CommandForm::Shell(_))) && !model.is_windows(step) {
        found.extend(shell_uses(model, step));
    }
    found
}

/// The variables that shell text uses and does not set itself.
fn shell_uses(model: &Model<'_>, step: &Step) -> Vec<Use> {
    let nodes = step.ast.syntax().descendants();
    // Within the operand of a default is a default too.
    let params = nodes
        .filter_map(Param::cast)
        .filter(|param| param.operator().is_none_or(|operator| !operator.starts_with([':', '-', '+', '=', '?'])));
    let own = own_names(model, step);
    let uses = params.filter_map(|param| {
        let name = param.name()?;
        let place = param.syntax().text_range();
        (!own.contains(&name)).then_some(Use { name, place })
    });
    uses.collect()
}

/// The names that the script or a mount gives a value.
fn own_names(model: &Model<'_>, step: &Step) -> Vec<String> {
    let mut own: Vec<String> = Vec::new();
    for node in step.ast.syntax().descendants_with_tokens() {
        if node.kind() == SyntaxKind::SH_NAME
            && let Some(token) = node.into_token()
        {
            own.push(token.text().to_owned());
        }
    }
    if let Some(script) = model.script(step) {
        for script in script.all() {
            own.extend(script.opaque_variables.iter().map(|name| name.to_string()));
            let sets = |name: &str| matches!(name, "export" | "read" | "local" | "declare" | "readonly" | "eval" | ".");
            let setters = script
                .invocations
                .iter()
                .filter(|one| one.words.first().is_some_and(|word| word.text().is_some_and(sets)));
            let words = setters.flat_map(|one| one.words.iter().skip(1));
            own.extend(words.map(|word| word.raw.split('=').next().unwrap_or_default().to_owned()));
        }
    }
    if let Instruction::Run(_) = step.ast {
        let fields = step.ast.flags().flat_map(|flag| flag.fields().collect::<Vec<_>>());
        let env = fields.filter(|field| field.key().is_some_and(|key| key.eq_ignore_ascii_case("env")));
        own.extend(env.filter_map(|field| field.value(model.escape())));
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_first_use_in_a_stage_is_marked() {
        check(
            &RULE,
            "
ARG V=1
ARG W
FROM other.example/a AS x
LABEL v=$V
         ^ `V` is not known in this stage [fix]
RUN echo $V \"${W}\" '$TARGETARCH' && echo $TARGETOS
             ^^^^ `W` is not known in this stage [fix]
                                         ^^^^^^^^^ `TARGETOS` is not known in this stage [fix]
ARG V
FROM x
RUN echo $V
CMD echo $W
         ^^ `W` is not known in this stage [fix]
",
        );
    }

    #[test]
    fn what_the_stage_or_the_script_sets() {
        check_ok(
            &RULE,
            "ARG V=1\nFROM other.example/a:$V\nRUN echo ${V:-x} && V=1 && echo $V\nRUN --mount=type=secret,id=a,env=V echo $V\nRUN for V in a; do echo $V; done\nRUN read V && echo $V\nRUN [\"echo\", \"$V\"]\nENV V=2\nRUN echo $V $OTHER\n",
        );
    }

    #[test]
    fn it_is_declared() {
        check_fix(
            &RULE,
            "ARG V=1\nARG W\nFROM other.example/a # x\nRUN echo $V $W\n",
            "ARG V=1\nARG W\nFROM other.example/a # x\nARG W\nARG V\nRUN echo $V $W\n",
        );
    }
}
