//! Commands as hadolint reads them, for verdicts that are to be its own.
//!
//! No wrapper is looked through, a path is part of the name, a flag's value is an argument like any other, and an expansion
//! is a piece of text.

pub(crate) mod packages;
pub(crate) mod rpm;
mod stage;

use crate::Place;
use dfopt_semantic::command::{Invocation, Word};
use dfopt_semantic::model::{Model, Step};
use dfopt_semantic::mount::MountKind;
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

pub(crate) use stage::{counts_as_last, image_name};

/// The commands of a RUN, scripts inside strings left out; with `ONBUILD RUN` when asked for.
pub(crate) fn commands<'m>(model: &'m Model<'_>, step: &Step, triggers: Triggers) -> &'m [Invocation] {
    let is_wanted = triggers == Triggers::Read || matches!(step.ast, Instruction::Run(_));
    model.flat_script(step).filter(|_| is_wanted).map_or(&[], |script| script.invocations.as_slice())
}

/// The first command of a RUN that is wanted, `ONBUILD RUN` read too.
pub(crate) fn first<'m>(
    model: &'m Model<'_>,
    step: &Step,
    is_wanted: impl Fn(&Invocation) -> bool,
) -> Option<&'m Invocation> {
    commands(model, step, Triggers::Read).iter().find(|invocation| is_wanted(invocation))
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
    let is_prefix = match text(first) {
        // `command -v` only looks.
        "command" => !invocation.words.get(1).is_some_and(|word| matches!(text(word), "-v" | "-V")),
        first => matches!(first, "builtin" | "exec" | "busybox" | "run"),
    };
    let word = if is_prefix { invocation.words[1..].iter().find(|word| !text(word).starts_with('-'))? } else { first };
    Some((text(word), word))
}

/// Whether the command has one of the names.
pub(crate) fn is_any(invocation: &Invocation, names: &[&str]) -> bool {
    name(invocation).is_some_and(|(name, _)| names.contains(&name))
}

/// All words but the first.
pub(crate) fn args(invocation: &Invocation) -> impl Iterator<Item = &str> {
    invocation.words.iter().skip(1).map(text)
}

/// Whether an argument is one of `any`, wherever it stands.
pub(crate) fn has_arg(invocation: &Invocation, any: &[&str]) -> bool {
    args(invocation).any(|arg| any.contains(&arg))
}

/// The flags: `--name` and `--name=value` give `name`, `-abc` gives three.
pub(crate) fn flags(invocation: &Invocation) -> impl Iterator<Item = &str> {
    args(invocation).flat_map(flags_of)
}

/// Whether one of the flags is given.
pub(crate) fn has_any_flag(invocation: &Invocation, names: &[&str]) -> bool {
    flags(invocation).any(|flag| names.contains(&flag))
}

/// Whether an argument is the flag `name`: `--name`, `--name=value`, or a letter among `-abc`.
pub(crate) fn has_flag(invocation: &Invocation, name: &str) -> bool {
    has_any_flag(invocation, &[name])
}

/// The arguments that are no flags, without those that follow one of the flags `valued`.
pub(crate) fn plain_args<'i>(invocation: &'i Invocation, valued: &[&str]) -> Vec<&'i Word> {
    let mut plain = Vec::new();
    let mut is_value = false;
    for word in invocation.words.iter().skip(1) {
        let (arg, is_dropped) = (text(word), is_value);
        is_value = !arg.contains('=') && flags_of(arg).any(|flag| valued.contains(&flag));
        if !is_dropped && flags_of(arg).next().is_none() {
            plain.push(word);
        }
    }
    plain
}

fn flags_of(arg: &str) -> impl Iterator<Item = &str> {
    let (long, letters) = match arg.strip_prefix("--") {
        Some("") => (None, ""),
        Some(long) => (long.split('=').next(), ""),
        None => (None, arg.strip_prefix('-').unwrap_or_default()),
    };
    let letters = letters.char_indices().map(move |(at, letter)| &letters[at..at + letter.len_utf8()]);
    long.into_iter().chain(letters)
}

/// The text of a word.
pub(crate) fn text(word: &Word) -> &str {
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

/// Where a command begins.
pub(crate) fn start(invocation: &Invocation) -> TextRange {
    name(invocation).map_or(TextRange::default(), |(_, word)| word.place())
}

/// From the name of a command to the first argument that is one of `verbs`.
pub(crate) fn head(invocation: &Invocation, verbs: &[&str]) -> TextRange {
    let start = start(invocation);
    let verb = invocation.words.iter().skip(1).find(|word| verbs.contains(&text(word)));
    verb.map(Place::place).filter(|verb| verb.end() >= start.end()).map_or(start, |verb| start.cover(verb))
}

/// Whether a cache or tmpfs mount has a target that contains `part`.
pub(crate) fn is_mounted(model: &Model<'_>, step: &Step, part: &str) -> bool {
    model.mounts(step).iter().any(|mount| {
        matches!(mount.effective_kind(), Some(MountKind::Cache | MountKind::Tmpfs))
            && mount.target.as_ref().and_then(|target| target.value.as_deref()).is_some_and(|to| to.contains(part))
    })
}
