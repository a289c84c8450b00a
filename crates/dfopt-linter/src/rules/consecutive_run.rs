//! `consecutive-run`

use dfopt_semantic::command::{Command, Connector, understand};
use dfopt_semantic::model::{Model, ScriptSource, Step};
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{TextRange, TextSize};

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Dialect, Severity};

declare_rule! {
    /// A `RUN` directly follows another.
    ///
    /// ## Why
    ///
    /// Each makes a layer. One `RUN` with both commands makes one, and what the first leaves behind can be deleted by the second.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd app
    /// RUN mkdir /data
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd app && mkdir /data
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A change of the second command now runs the first again. Variables and the directory that the first sets hold for the second.
    "consecutive-run" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3059", "S7031", "DF003"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Info),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let is_hadolint = ctx.dialect() == Dialect::Hadolint;
    let mut kept: Option<&Step> = None;
    let mut before: Option<&Step> = None;
    for step in model.steps() {
        let is_run = matches!(step.ast, Instruction::Run(_));
        if !is_run {
            (kept, before) = (None, None);
            continue;
        }
        let is_found = match (is_hadolint, kept, before) {
            (true, Some(first), _) => flags(first) == flags(step) && !is_long(model, first) && !is_long(model, step),
            (false, _, Some(first)) => follows(model, first, step),
            _ => false,
        };
        before = Some(step);
        if !is_found {
            kept = Some(step);
            continue;
        }
        let joint = before_and(model, step);
        let mut report = ctx.report(step.keyword_range(), "this `RUN` directly follows another");
        if let Some(first) = joint.as_ref().map(|joint| joint.first) {
            report = report.related(first.keyword_range(), "the one before");
        }
        if let Some(joint) = joint.filter(|_| !is_hadolint) {
            report.fix("Join them with `&&`", |fix| fix.replace(joint.between, joint.text));
        }
    }
}

/// Mounts in any order, their fields too, network and security.
fn flags(step: &Step) -> Vec<String> {
    let sorted = |flag: dfopt_syntax::ast::Flag| {
        let value = flag.raw_value();
        let mut fields: Vec<&str> = value.as_str().split(',').collect();
        fields.sort_unstable();
        format!("{}={}", flag.name().unwrap_or_default(), fields.join(","))
    };
    let mut flags: Vec<String> = step.ast.flags().map(sorted).collect();
    flags.sort_unstable();
    flags
}

/// Whether hadolint takes the RUN for one that has reasons to stand alone.
fn is_long(model: &Model<'_>, step: &Step) -> bool {
    let commands = peer::commands(model, step, Triggers::Skipped).iter();
    // A command whose name is an expansion does not count.
    commands.filter_map(peer::name).filter(|(name, _)| !name.contains("${")).count() > 1
}

/// Whether the two may as well be one.
fn follows(model: &Model<'_>, first: &Step, second: &Step) -> bool {
    let is_plain = |step: &Step| {
        let is_text =
            model.script(step).is_some_and(|script| script.source == ScriptSource::Text && script.script.complete);
        is_text && step.ast.heredocs().next().is_none() && !model.has_error(step)
    };
    let is_shipped = model.stage_of(second).is_some_and(|stage| stage.is_shipped());
    let understood = |step: &Step, is: fn(&dfopt_semantic::command::Understood<'_>) -> bool| {
        let commands = model.script(step).map(|script| script.invocations()).unwrap_or_default();
        commands.into_iter().filter_map(Command::of).any(|command| is(&understand(&command)))
    };
    // What is fetched stays in the cache when only what is built of it changes.
    let keeps_cache =
        understood(first, |what| what.fetches_dependencies()) && understood(second, |what| what.produces());
    is_shipped
        && is_plain(first)
        && is_plain(second)
        && first.shell == second.shell
        && flags(first) == flags(second)
        && !keeps_cache
}

/// How two instructions are joined.
struct Joint<'m> {
    first: &'m Step,
    between: TextRange,
    text: String,
}

/// What stands between the commands of a RUN and those of the RUN before, if nothing but blanks and the keyword do.
fn before_and<'m>(model: &'m Model<'_>, step: &Step) -> Option<Joint<'m>> {
    let first = model.steps().get(step.index.checked_sub(1)?)?;
    let is_chain = |step: &Step| {
        model.script(step).is_some_and(|script| {
            let mut commands = script.script.invocations.iter();
            script.source == ScriptSource::Text
                && script.script.complete
                && commands.all(|one| {
                    matches!(one.connector_before, Connector::Start | Connector::And) && one.subshells.is_empty()
                })
        })
    };
    let end = model.script(first)?.script.invocations.iter().map(|one| one.range().end).max()?;
    let start = model.script(step)?.script.invocations.iter().map(|one| one.range().start).min()?;
    let tail = model.text_at(TextRange::new(end.into(), first.ast.syntax().text_range().end().max(end.into())));
    let head = TextRange::new(step.keyword_range().end(), TextSize::new(start).max(step.keyword_range().end()));
    let gap = model.text_at(TextRange::new(
        first.ast.syntax().text_range().end(),
        step.ast.syntax().text_range().start().max(first.ast.syntax().text_range().end()),
    ));
    let is_blank = |text: &str| text.chars().all(|c| c.is_whitespace() || c == model.escape());
    let has_flags = step.ast.flags().next().is_some();
    if !is_chain(first) || !is_chain(step) || !is_blank(tail) || !is_blank(gap) || has_flags {
        return None;
    }
    if !is_blank(model.text_at(head)) {
        return None;
    }
    let line_end = if model.text().contains("\r\n") { "\r\n" } else { "\n" };
    let text = format!(" {}{line_end}    && ", model.escape());
    Some(Joint { first, between: TextRange::new(end.into(), TextSize::new(start).max(end.into())), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_second_is_marked() {
        check(
            &RULE,
            "
FROM debian
RUN a && b
# and
RUN c
^^^ this `RUN` directly follows another
RUN d; e
^^^ this `RUN` directly follows another
RUN f
^^^ this `RUN` directly follows another
",
        );
    }

    #[test]
    fn apart_for_a_reason() {
        check_ok(
            &RULE,
            "
FROM debian AS a
RUN b
RUN c
FROM golang
RUN go mod download
RUN go build .
RUN --mount=type=cache,target=/c d
COPY --from=a /x /x
RUN <<E
f
E
RUN g
",
        );
    }

    #[test]
    fn they_are_joined() {
        check_fix(
            &RULE,
            "FROM debian\nRUN a && b\n\nRUN c \\\n  d\nCMD x\n",
            "FROM debian\nRUN a && b \\\n    && c \\\n  d\nCMD x\n",
        );
    }

    #[test]
    fn hadolint_compares_with_the_last_that_it_did_not_mark() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM debian
RUN a
RUN b
^^^ this `RUN` directly follows another
RUN c && d
RUN e
RUN f
^^^ this `RUN` directly follows another
RUN --network=none g
RUN --mount=type=cache,target=/a --mount=type=cache,target=/b h
RUN --mount=type=cache,target=/b --mount=type=cache,target=/a i
^^^ this `RUN` directly follows another
CMD j
RUN k
",
        );
    }
}
