//! The commands of RUN instructions, those behind ONBUILD too, as rules about commands read them.

use crate::Place;

use dfopt_semantic::command::{Command, Invocation, RedirectOp, Understood, Word};
use dfopt_semantic::effects;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

/// A RUN and its commands, a command before the script in it.
pub(crate) struct Run<'m> {
    /// The instruction.
    pub step: &'m Step,
    /// The commands, in reading order.
    pub invocations: Vec<&'m Invocation>,
}

impl<'m> Run<'m> {
    /// The commands that have a name.
    pub fn commands(&self) -> impl Iterator<Item = Command<'m>> + '_ {
        self.invocations.iter().filter_map(|invocation| Command::of(invocation))
    }
}

/// The RUN instructions without an error, those behind ONBUILD too, in order.
pub(crate) fn steps<'m>(model: &'m Model<'_>) -> impl Iterator<Item = &'m Step> {
    model.steps().iter().filter(|step| {
        let is_run = match &step.ast {
            Instruction::Run(_) => true,
            Instruction::Onbuild(onbuild) => matches!(onbuild.trigger(), Some(Instruction::Run(_))),
            _ => false,
        };
        is_run && !model.has_error(step)
    })
}

/// Those of them that could be read, with their commands.
pub(crate) fn of_file<'m>(model: &'m Model<'_>) -> impl Iterator<Item = Run<'m>> + 'm {
    steps(model).filter_map(|step| Some(Run { step, invocations: model.script(step)?.invocations() }))
}

/// Visits the commands of an instruction as they are meant.
pub(crate) fn visit(
    model: &Model<'_>,
    step: &Step,
    visit: &mut dyn FnMut(&Command<'_>, &Understood<'_>, &effects::Step<'_, '_>),
) {
    model.walk(step, &mut |at| {
        if let Some(meant) = at.meant {
            visit(meant.command, meant.understood, at);
        }
    });
}

/// Every text that a command holds: its words, what it assigns, and what it is handed as input.
pub(crate) fn texts(invocation: &Invocation) -> impl Iterator<Item = &Word> {
    let inputs = invocation
        .redirects
        .iter()
        .filter(|redirect| matches!(redirect.op, RedirectOp::HereDocument | RedirectOp::HereString));
    let assigned = invocation.assignments.iter().map(|(_, value)| value);
    invocation.words.iter().chain(assigned).chain(inputs.map(|redirect| &redirect.target))
}

/// A word with the blanks before it, when it stands there as it is and can be taken away without leaving an empty line.
pub(crate) fn removable(model: &Model<'_>, word: &Word) -> Option<TextRange> {
    let start = usize::try_from(word.range.start).ok()?;
    let before = model.text().get(..start)?;
    let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
    let is_behind_something = !before[..start - blanks].ends_with('\n');
    let range = word.range.place();
    if model.text_at(range) != &*word.raw {
        return None;
    }
    let blanks = u32::try_from(blanks).ok().filter(|&blanks| blanks > 0 && is_behind_something)?;
    Some(TextRange::new(range.start() - dfopt_syntax::TextSize::new(blanks), range.end()))
}

/// Whether a command holds files against a checksum or a signature.
pub(crate) fn is_checksum(command: &Command<'_>) -> bool {
    let Some(name) = command.name() else { return false };
    let sums = [
        "sha1sum",
        "sha224sum",
        "sha256sum",
        "sha384sum",
        "sha512sum",
        "shasum",
        "b2sum",
        "md5sum",
        "sha256",
        "sha512",
    ];
    let signatures = ["gpg", "gpgv", "gpg2", "cosign", "minisign", "signify", "slsa-verifier"];
    sums.contains(&name)
        || signatures.contains(&name)
        || (name == "openssl" && command.args().first().is_some_and(|word| word.is_any(&["dgst", "sha256"])))
}
