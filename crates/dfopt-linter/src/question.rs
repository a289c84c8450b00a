//! What rules about installations that stop to ask share.

use dfopt_semantic::command::packages::Question;
use dfopt_semantic::command::{Connector, Invocation, Word};
use dfopt_semantic::effects::Meant;
use dfopt_syntax::ast::AstNode;

use crate::runs::steps;
use crate::{Context, Place, peer};

/// How a package manager is told to go on.
pub(crate) enum Answer {
    /// By `-y` behind the verb.
    BehindVerb,
    /// By `--non-interactive` behind the name.
    BehindName,
}

/// hadolint's verdict: the first command of an instruction that `asks`; the verb is one of `verbs`.
pub(crate) fn check_as_hadolint(
    ctx: &mut Context<'_>,
    verbs: &[&str],
    answer: &Answer,
    asks: impl Fn(&Invocation) -> bool,
) {
    let model = ctx.model();
    for step in model.steps() {
        let Some(found) = peer::first(model, step, &asks) else { continue };
        let verb = found.words.iter().skip(1).find(|word| verbs.contains(&peer::text(word)));
        if let (Some(verb), Some((_, name))) = (verb, peer::name(found)) {
            report(ctx, name, verb, answer);
        }
    }
}

/// This project's verdict on the commands of some tools.
pub(crate) fn check(ctx: &mut Context<'_>, tools: &[&str], setting: &str, answer: &Answer) {
    let model = ctx.model();
    for step in steps(model) {
        model.walk(step, &mut |at| {
            let Some(Meant { command, .. }) = at.meant else { return };
            let Some(question) = Question::of(command).filter(|question| tools.contains(&question.tool)) else {
                return;
            };
            // What is piped in may be the answer.
            let is_fed = at.expanded.connector_before == Connector::Pipe;
            if question.is_answered || is_fed || is_configured(ctx, step, setting) {
                return;
            }
            report(ctx, question.name, question.verb, answer);
        });
    }
}

/// Whether the instruction or one before it in the chain mentions the setting that answers for good.
fn is_configured(ctx: &Context<'_>, step: &dfopt_semantic::model::Step, setting: &str) -> bool {
    let model = ctx.model();
    let Some(stage) = model.stage_of(step) else { return true };
    let layers = model.layers(stage);
    let mut before = layers.iter().filter(|other| other.index <= step.index);
    before.any(|other| model.text_at(other.ast.syntax().text_range()).contains(setting))
}

fn report(ctx: &mut Context<'_>, name: &Word, verb: &Word, answer: &Answer) {
    let model = ctx.model();
    let (tool, action) = (name.raw.trim_matches(['"', '\'']).to_owned(), peer::text(verb).to_owned());
    let (word, text) = match answer {
        Answer::BehindVerb => (verb, " -y"),
        Answer::BehindName => (name, " --non-interactive"),
    };
    let place = word.range.place();
    // Inside a quoted script the place may be known roughly only; in a JSON array an option is a string of its own.
    let is_exact = model.text_at(place) == peer::text(word);
    let report = ctx.report(verb, format!("`{tool} {action}` stops and asks"));
    if is_exact {
        report.fix(format!("Add `{}`", text.trim_start()), |fix| {
            fix.safe();
            fix.insert(place.end(), text);
        });
    }
}
