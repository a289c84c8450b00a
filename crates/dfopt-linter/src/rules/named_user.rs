//! `named-user`

use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Dialect, Severity, peer};

declare_rule! {
    /// `USER` names a user where a number would do.
    ///
    /// ## Why
    ///
    /// Kubernetes can hold `runAsNonRoot` against a number only: it does not look names up in the image, and refuses to start the
    /// container.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN adduser -D -u 10001 app
    /// USER app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN adduser -D -u 10001 app
    /// USER 10001
    /// ```
    "named-user" {
        category: Category::Policy,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3066"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        let mut arguments: Vec<String> = Vec::new();
        for step in model.steps() {
            match &step.ast {
                Instruction::Arg(_) => {
                    arguments.extend(step.ast.pairs().next().and_then(|pair| pair.name()).map(|name| name.raw()))
                }
                Instruction::User(_) if is_named_as_hadolint(&peer::argument(model, &step.ast), &arguments) => {
                    ctx.report(place(step), MESSAGE);
                }
                _ => {}
            }
        }
        return;
    }
    for stage in model.stages().iter().filter(|stage| model.is_built(stage)) {
        let mut chain = model.chain(stage).take(model.stages().len());
        let last = chain.find_map(|stage| last_user(model, stage));
        let Some((step, user)) = last.and_then(|step| Some((step, step.argument(model)?.into_known()?))) else {
            continue;
        };
        let name = user.split(':').next().unwrap_or_default();
        if !name.is_empty() && !name.bytes().all(|b| b.is_ascii_digit()) {
            ctx.report(place(step), MESSAGE);
        }
    }
}

const MESSAGE: &str = "a name, where `runAsNonRoot` needs a number";

fn last_user<'m>(model: &'m Model<'_>, stage: &'m dfopt_semantic::model::Stage) -> Option<&'m Step> {
    model.stage_steps(stage).iter().rev().find(|step| matches!(step.ast, Instruction::User(_)))
}

fn place(step: &Step) -> TextRange {
    step.ast.words().next().map_or(step.keyword_range(), |word| word.range())
}

/// hadolint reads the text as it stands; a variable is one that an ARG before declares, also as the start of a longer name.
fn is_named_as_hadolint(text: &str, arguments: &[String]) -> bool {
    let name = text.split(':').next().unwrap_or_default();
    let is_argument = |name: &String| text.contains(&format!("${{{name}}}")) || text.contains(&format!("${name}"));
    !name.bytes().all(|b| b.is_ascii_digit()) && !arguments.iter().any(is_argument)
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_user_of_the_target_is_marked() {
        check(
            &RULE,
            "FROM a AS x\nUSER app:10\n     ^^^^^^ a name, where `runAsNonRoot` needs a number\nFROM x\nCMD b\n",
        );
        check(&RULE, "FROM a\nARG U=app\nUSER root\nUSER $U\n     ^^ a name, where `runAsNonRoot` needs a number\n");
        check_ok(&RULE, "FROM a AS x\nUSER app\nFROM b\nUSER app\nUSER 10:app\n");
        check_ok(&RULE, "FROM a\nUSER $U\n");
    }

    #[test]
    fn hadolint_reads_what_is_written() {
        let marked = "
FROM a:1
ARG U
USER $U
USER ${U}x
USER $UX:y
USER ${U:-1000}
     ^^^^^^^^^^ a name, where `runAsNonRoot` needs a number
USER \"10\"
     ^^^^ a name, where `runAsNonRoot` needs a number
USER 10:app
USER :10
ONBUILD USER app
";
        check_with(&RULE, &Settings::of_preset(Preset::Hadolint), Options::default(), marked);
        let blank = "FROM a:1\nUSER 10 \n     ^^ a name, where `runAsNonRoot` needs a number\nUSER 1\\\n0\n";
        check_with(&RULE, &Settings::of_preset(Preset::Hadolint), Options::default(), blank);
    }
}
