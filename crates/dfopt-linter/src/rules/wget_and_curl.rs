//! `wget-and-curl`

use dfopt_semantic::command::{Command, Invocation, Word};
use dfopt_semantic::model::Step;
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::runs::steps;
use crate::{ByDefault, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// A stage downloads with `wget` and with `curl`.
    ///
    /// ## Why
    ///
    /// Both do the same. Using one of them saves the other with all that it needs, and readers need to know one set of options only.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN wget -O /a https://example.com/a
    /// RUN curl -fsSLo /b https://example.com/b
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSLo /a https://example.com/a
    /// RUN curl -fsSLo /b https://example.com/b
    /// ```
    "wget-and-curl" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL4001", "DS-0014", "DF058"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

const MESSAGE: &str = "this stage uses both `wget` and `curl`";

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        return check_as_hadolint(ctx);
    }
    let model = ctx.model();
    for stage in model.stages() {
        let mut first: Option<(String, TextRange)> = None;
        let mut is_told = false;
        for step in steps(model).filter(|step| step.stage == Some(stage.index)) {
            model.walk(step, &mut |at| {
                let Some(command) = Command::of(at.invocation) else { return };
                let Some(name) = command.name().filter(|name| matches!(*name, "wget" | "curl")) else { return };
                let Some(place) = command.name_word().map(Place::place) else { return };
                match &first {
                    None => first = Some((name.to_owned(), place)),
                    Some((other, before)) if other != name && !is_told => {
                        is_told = true;
                        ctx.report(place, MESSAGE).related(*before, format!("`{other}` is used here"));
                    }
                    Some(_) => {}
                }
            });
        }
    }
}

/// What has been used in a stage.
#[derive(Default)]
struct Used {
    wget: bool,
    curl: bool,
}

impl Used {
    /// The command to mark, if the instruction uses one of both and the stage uses the two.
    fn note<'w>(&mut self, commands: &'w [Invocation]) -> Option<&'w Word> {
        let uses = |name: &str| commands.iter().filter_map(peer::name).find(|(found, _)| *found == name);
        let (wget, curl) = (uses("wget"), uses("curl"));
        self.wget |= wget.is_some();
        self.curl |= curl.is_some();
        let (_, word) = curl.or(wget)?;
        (self.wget && self.curl).then_some(word)
    }
}

/// hadolint's verdict; what stands behind ONBUILD is counted apart.
fn check_as_hadolint(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let (mut used, mut triggered) = (Used::default(), Used::default());
    for step in model.steps() {
        let found =
            |used: &mut Used, step: &Step| used.note(peer::commands(model, step, Triggers::Read)).map(Place::place);
        let place = match &step.ast {
            Instruction::From(_) => {
                used = Used::default();
                None
            }
            Instruction::Onbuild(_) => found(&mut triggered, step),
            _ => found(&mut used, step),
        };
        if let Some(place) = place {
            ctx.report(place, MESSAGE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_second_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN wget x
RUN sudo curl y && wget z
         ^^^^ this stage uses both `wget` and `curl`
FROM b
RUN curl x
",
        );
    }

    #[test]
    fn one_of_them() {
        check_ok(
            &RULE,
            "
FROM a
RUN apt-get install wget curl && curl x
FROM b
RUN wget x
",
        );
    }

    #[test]
    fn hadolint_marks_each_use_from_then_on() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM a
RUN wget x
RUN curl y
    ^^^^ this stage uses both `wget` and `curl`
ONBUILD RUN wget z
RUN wget z
    ^^^^ this stage uses both `wget` and `curl`
ONBUILD RUN curl z
            ^^^^ this stage uses both `wget` and `curl`
FROM b
RUN curl x
",
        );
    }
}
