//! `self-referencing-env`

use dfopt_semantic::model::{Model, Step, TextRole};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction, KeyValue};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Dialect, Severity};

declare_rule! {
    /// An `ENV` uses a variable that it sets itself.
    ///
    /// ## Why
    ///
    /// All values of one instruction are expanded with what held before it. The variable has its old value there, or none.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV APP=/srv/app DATA=$APP/data
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV APP=/srv/app
    /// ENV DATA=$APP/data
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix divides the instruction, so that the second variable gets another value than before.
    "self-referencing-env" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3044", "DF062"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Env(_))) {
        match ctx.dialect() {
            Dialect::Hadolint => check_as_hadolint(ctx, step),
            _ => check_pairs(ctx, step),
        }
    }
}

fn check_pairs(ctx: &mut Context<'_>, step: &Step) {
    let model = ctx.model();
    let pairs: Vec<KeyValue> = step.ast.pairs().collect();
    let names: Vec<Option<String>> = pairs.iter().map(|pair| pair.name().map(|name| name.raw())).collect();
    let texts = model.expanded_texts(step, &step.ast);
    for text in texts.iter().filter(|text| text.role == TextRole::Value) {
        let place = text.whole();
        let Some(at) = pairs.iter().position(|pair| pair.range().contains_range(place)) else { continue };
        let mut seen: Vec<&str> = Vec::new();
        for reference in &text.expansion.references {
            let name = reference.name.as_str();
            let Some(setter) = names[..at].iter().position(|other| other.as_deref() == Some(name)) else { continue };
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let before = match model.scope(step).variable(name) {
                Some(_) => "has its old value here",
                None => "is not set yet",
            };
            let report = ctx
                .report(text.range(reference.range.clone()), format!("`{name}` {before}"))
                .related(pairs[setter].range(), "this holds for the instructions below only");
            if let Some(gap) = gap(model, &pairs[at - 1], &pairs[at]) {
                report.fix("Divide the instruction", |fix| fix.replace(gap, "\nENV "));
            }
        }
    }
}

/// The blanks between two pairs, if there is nothing else.
fn gap(model: &Model<'_>, before: &KeyValue, after: &KeyValue) -> Option<TextRange> {
    let gap = TextRange::new(before.range().end(), after.range().start().max(before.range().end()));
    let is_blank = model.text_at(gap).chars().all(|c| c.is_whitespace() || c == model.escape());
    is_blank.then_some(gap)
}

/// The text of another pair names a key that nothing above sets.
fn check_as_hadolint(ctx: &mut Context<'_>, step: &Step) {
    let model = ctx.model();
    let pairs: Vec<(KeyValue, String, String)> = step
        .ast
        .pairs()
        .filter_map(|pair| {
            let name = pair.name()?.raw().trim_matches(['"', '\'']).to_owned();
            let value = pair.value().map(|value| value.raw()).unwrap_or_default();
            Some((pair, name, value))
        })
        .collect();
    let is_set_above = |name: &str| {
        // Of an ARG with several names only the first is seen.
        let seen = |step: &Step| if matches!(step.ast, Instruction::Arg(_)) { 1 } else { usize::MAX };
        let mut above = model.steps()[..step.index].iter().flat_map(|step| step.variables.iter().take(seen(step)));
        above.any(|variable| variable.name == name)
    };
    for (at, (pair, _, value)) in pairs.iter().enumerate() {
        let mut others = pairs.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, (_, name, _))| name);
        if let Some(name) = others.find(|name| names(value, name) && !is_set_above(name)) {
            ctx.report(pair.range(), format!("`{name}` is set by the same instruction"));
            return;
        }
    }
}

/// Whether a text holds `$name` or `${name}`.
fn names(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.contains(&format!("${{{name}}}"))
        || text.match_indices(&format!("${name}")).any(|(at, found)| !text[at + found.len()..].starts_with(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_use_is_marked() {
        check(
            &RULE,
            "
FROM scratch
ENV A=1 B=$A/$A C=${B:-x}
          ^^ `A` is not set yet [fix]
                  ^^^^^^^ `B` is not set yet [fix]
ENV A=2 D=\"$A\"
           ^^ `A` has its old value here [fix]
",
        );
        check_ok(&RULE, "FROM scratch\nENV B=$A A=1\nENV C=x D='$C' E=\\$C\nENV F $F\nARG G=1 H=$G\n");
    }

    #[test]
    fn the_instruction_is_divided() {
        check_fix(&RULE, "FROM a\nENV A=1 \\\n    B=$A \\\n    C=$B$A\n", "FROM a\nENV A=1\nENV B=$A\nENV C=$B$A\n");
    }

    #[test]
    fn hadolint_looks_at_any_other_pair() {
        let settings = Settings::of_preset(Preset::Hadolint);
        let options = dfopt_semantic::model::Options::default();
        check_with(
            &RULE,
            &settings,
            options,
            "
FROM a
ENV B=$A A=1
    ^^^^ `A` is set by the same instruction
ENV A=2 C='$A'
ENV D=1 E=${D:-x} F=$Dx
ENV G=1 H='${G}'
        ^^^^^^^^ `G` is set by the same instruction
FROM b
ENV B=1 I=$B
",
        );
    }
}
