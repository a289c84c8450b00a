//! Commands as hadolint reads them, for verdicts that are to be its own.
//!
//! No wrapper is looked through, a path is part of the name, and a flag's value is an argument like any other.

use dfopt_semantic::command::{Invocation, Word};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::Instruction;

/// The commands of a RUN, scripts inside strings left out; with `ONBUILD RUN` when asked for.
pub(crate) fn commands<'m>(model: &'m Model<'_>, step: &Step, triggers: Triggers) -> &'m [Invocation] {
    let is_run = match &step.ast {
        Instruction::Run(_) => true,
        Instruction::Onbuild(onbuild) => {
            triggers == Triggers::Read && matches!(onbuild.trigger(), Some(Instruction::Run(_)))
        }
        _ => false,
    };
    let script = model.script(step).filter(|script| is_run && script.script.complete);
    script.map_or(&[], |script| script.script.invocations.as_slice())
}

/// Whether instructions behind ONBUILD are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Triggers {
    /// They are.
    Read,
    /// They are not.
    Skipped,
}

/// The name of a command, exactly as written but for quotes.
pub(crate) fn name(invocation: &Invocation) -> Option<(&str, &Word)> {
    let first = invocation.words.first()?;
    let is_prefix = matches!(text(first), "command" | "builtin" | "exec" | "busybox" | "run");
    let word = if is_prefix { invocation.words[1..].iter().find(|word| !text(word).starts_with('-'))? } else { first };
    Some((text(word), word))
}

/// All words but the first.
pub(crate) fn args(invocation: &Invocation) -> impl Iterator<Item = &str> {
    invocation.words.iter().skip(1).map(text)
}

/// Whether an argument is the flag `name`: `--name`, `--name=value`, or a letter among `-abc`.
pub(crate) fn has_flag(invocation: &Invocation, name: &str) -> bool {
    args(invocation).any(|arg| match arg.strip_prefix("--") {
        Some(long) => long.split('=').next() == Some(name),
        None => name.len() == 1 && arg.strip_prefix('-').is_some_and(|letters| letters.contains(name)),
    })
}

fn text(word: &Word) -> &str {
    word.text().unwrap_or(&word.raw)
}

/// A FROM as hadolint reads it.
pub(crate) struct From {
    /// The name of the image without tag and digest.
    pub image: String,
    /// The name of the stage as written.
    pub alias: Option<String>,
}

/// Reads a FROM.
pub(crate) fn from(step: &Step) -> Option<From> {
    let Instruction::From(from) = &step.ast else { return None };
    let image = from.image()?.raw();
    let name = image.split('@').next().unwrap_or_default();
    let colon = name.rfind(':').filter(|&colon| !name[colon..].contains('/'));
    let image = colon.map_or(name, |colon| &name[..colon]).to_owned();
    Some(From { image, alias: from.stage_name().map(|name| name.raw()) })
}

/// The text behind keyword and flags with its quotes, and with the blanks at its end.
pub(crate) fn argument(model: &Model<'_>, ast: &Instruction) -> String {
    let mut text = ast.arguments().as_str().trim_start().to_owned();
    let behind = &model.text()[usize::from(ast.head_range().end())..];
    text.extend(behind.chars().take_while(|c| matches!(c, ' ' | '\t')));
    text
}
