//! Instructions and the state they are carried out in.

use dfopt_syntax::TextRange;
use dfopt_syntax::ast::{AstNode, CommandForm, Instruction, Source};

use super::{Model, Variable};
use crate::expand::{Text, expand};

/// The shell that runs shell-form commands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shell {
    /// Its arguments, before the command.
    pub argv: Vec<String>,
    /// The SHELL instruction that set it, by index; `None` for the default.
    pub set_by: Option<usize>,
}

impl Shell {
    /// The default on Linux.
    #[must_use]
    pub fn linux() -> Self {
        Shell { argv: vec!["/bin/sh".into(), "-c".into()], set_by: None }
    }

    /// The default on Windows.
    #[must_use]
    pub fn windows() -> Self {
        Shell { argv: vec!["cmd".into(), "/S".into(), "/C".into()], set_by: None }
    }
}

/// An instruction and what holds before it.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number in the file, from 0.
    pub index: usize,
    /// The stage it is in, by index; `None` before the first FROM.
    pub stage: Option<usize>,
    /// The instruction.
    pub ast: Instruction,
    /// The variables it makes.
    pub variables: Vec<Variable>,
    /// The working directory before it: absolute where known.
    pub workdir: Text,
    /// The WORKDIR that set it, by index; `None` when it is the base image's.
    pub workdir_set_by: Option<usize>,
    /// The user before it; `None` when it is the base image's.
    pub user: Option<Text>,
    /// The shell before it.
    pub shell: Shell,
}

impl Step {
    /// Where it stands, heredoc bodies included.
    #[must_use]
    pub fn range(&self) -> TextRange {
        self.ast.range()
    }

    /// Where its keyword stands.
    #[must_use]
    pub fn keyword_range(&self) -> TextRange {
        self.ast.keyword_range()
    }

    /// The value of a flag, expanded; `None` without the flag.
    #[must_use]
    pub fn flag_text(&self, model: &Model<'_>, name: &str) -> Option<Text> {
        let flag = self.ast.flag(name)?;
        let value = flag.value(model.escape());
        Some(expand(&value, crate::expand::Syntax::word(model.escape()), &model.scope(self)).text)
    }

    /// The absolute path that `path` is for the instruction; `None` where that hangs on an unknown directory.
    #[must_use]
    pub fn absolute(&self, path: &str) -> Option<String> {
        match path.starts_with('/') {
            true => Some(crate::effects::normalize(path, "/")),
            false => Some(crate::effects::normalize(path, self.workdir.known()?)),
        }
    }

    /// The argument of USER, WORKDIR or STOPSIGNAL, expanded.
    #[must_use]
    pub fn argument(&self, model: &Model<'_>) -> Option<Text> {
        let word = self.ast.words().next()?;
        Some(model.scope(self).expand(&word.raw(), model.escape()).text)
    }

    /// The sources and the destination of COPY or ADD, expanded.
    #[must_use]
    pub fn copied(&self, model: &Model<'_>) -> Option<Copied> {
        let (sources, destination) = self.ast.copied()?;
        let scope = model.scope(self);
        let expanded = |source: &Source| match source {
            Source::Heredoc(_) => Text::from_known(source.raw()),
            source => scope.expand(&source.raw(), model.escape()).text,
        };
        let part = |source: &Source| CopiedSource {
            text: expanded(source),
            range: source.range(),
            is_heredoc: matches!(source, Source::Heredoc(_)),
        };
        let from = self.ast.flag("from").map(|flag| flag.value(model.escape())).filter(|from| !from.is_empty());
        Some(Copied { sources: sources.iter().map(part).collect(), destination: destination.as_ref().map(part), from })
    }

    /// The command of RUN, CMD, ENTRYPOINT or HEALTHCHECK as the process gets it.
    #[must_use]
    pub fn command_line(&self) -> Option<CommandLine> {
        match self.ast.command()? {
            CommandForm::Exec(json) => Some(CommandLine::Exec(json.strings().map(|string| string.value()).collect())),
            CommandForm::Shell(_) => Some(CommandLine::Shell {
                shell: self.shell.argv.clone(),
                text: self.ast.arguments().as_str().to_owned(),
            }),
        }
    }
}

/// A command as the process gets it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CommandLine {
    /// The arguments.
    Exec(Vec<String>),
    /// A text for a shell.
    Shell {
        /// The shell and its options.
        shell: Vec<String>,
        /// The text.
        text: String,
    },
}

/// What COPY or ADD copies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// The sources.
    pub sources: Vec<CopiedSource>,
    /// The destination.
    pub destination: Option<CopiedSource>,
    /// The stage or image named by `--from`.
    pub from: Option<String>,
}

/// A source or destination.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopiedSource {
    /// The text after expansion.
    pub text: Text,
    /// Where it stands.
    pub range: TextRange,
    /// Whether it is a heredoc.
    pub is_heredoc: bool,
}
