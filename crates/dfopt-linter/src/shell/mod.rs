//! The shell texts of a file as trees, for the rules about shell scripts: which shell reads each, which variables it starts
//! with, its commands, and where its bytes stand in the file.

mod bashisms;
mod build;
mod commands;
mod literal;
mod names;
mod spaces;
mod words;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use dfopt_semantic::model::Model;
use dfopt_syntax::{SyntaxError, SyntaxKind, SyntaxNode, TextRange, TextSize};

pub(crate) use bashisms::bashisms;
pub(crate) use commands::{Arg, Cmd};
pub(crate) use names::{Got, How, Names, is_set_by_shells};
pub(crate) use words::{Spot, is_quoted, spot, without_trivia};

use crate::Dialect;

/// The shell that reads a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shell {
    /// `sh`, and nothing says which.
    Posix,
    /// dash without `pipefail`
    Dash,
    /// dash with `pipefail`
    DashPipefail,
    /// BusyBox
    Ash,
    Bash,
    Ksh,
}

impl Shell {
    /// Whether it is one of the small shells.
    pub fn is_small(self) -> bool {
        !matches!(self, Shell::Bash | Shell::Ksh)
    }

    /// What a message calls it.
    pub fn name(self) -> &'static str {
        match self {
            Shell::Posix => "POSIX sh",
            Shell::Dash | Shell::DashPipefail => "dash",
            Shell::Ash => "BusyBox ash",
            Shell::Bash => "bash",
            Shell::Ksh => "ksh",
        }
    }
}

/// A variable that the instructions before the script set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Given {
    /// To one word, as far as is known.
    Word,
    /// To something with blanks or characters that match file names.
    Split,
}

/// A shell text.
pub(crate) struct Tree {
    /// The instruction it is in, by index.
    pub step: usize,
    pub shell: Shell,
    /// Whether it is read as ShellCheck reads it.
    is_peer: bool,
    /// Whether a failure ends it from the start, by the arguments of the shell.
    pub errexit: bool,
    /// Whether it is the whole that the instruction runs, not a text inside a command.
    pub is_outer: bool,
    /// What the parser says of it, with places in the file.
    pub errors: Vec<(TextRange, SyntaxError)>,
    /// The variables it starts with.
    pub given: Rc<BTreeMap<String, Given>>,
    /// Where each byte of the text stands, unless it stands as it is in the file.
    places: Option<Vec<u32>>,
    /// All nodes, parents first.
    nodes: Vec<SyntaxNode>,
    pub commands: Vec<Cmd>,
    names: OnceCell<Names>,
}

impl Tree {
    /// The place in the file of a place in the text.
    pub fn place(&self, range: TextRange) -> TextRange {
        let Some(places) = &self.places else { return range };
        let at = |offset: TextSize| places.get(usize::from(offset)).copied();
        let start = at(range.start()).or(places.last().copied()).unwrap_or(0);
        let end = match range.is_empty() {
            true => start,
            false => at(range.end() - TextSize::new(1)).map_or(start, |last| last + 1),
        };
        TextRange::new(start.into(), end.max(start).into())
    }

    /// Whether edits of the file are edits of the text: it is no string of something else.
    pub fn is_in_place(&self) -> bool {
        self.places.is_none()
    }

    /// The nodes of a kind in reading order.
    pub fn of(&self, kind: SyntaxKind) -> impl Iterator<Item = &SyntaxNode> {
        self.nodes.iter().filter(move |node| node.kind() == kind)
    }

    /// All nodes, parents first.
    pub fn nodes(&self) -> &[SyntaxNode] {
        &self.nodes
    }

    /// The command of a node.
    pub fn command(&self, node: &SyntaxNode) -> Option<&Cmd> {
        self.commands.iter().find(|cmd| cmd.node() == node)
    }

    /// Neighbours in pipelines.
    pub fn piped(&self) -> impl Iterator<Item = (&Cmd, &Cmd)> {
        self.commands.iter().filter_map(|cmd| {
            let parent = cmd.node().parent().filter(|parent| parent.kind() == SyntaxKind::SH_PIPELINE)?;
            let start = cmd.node().text_range().end();
            let next = parent.children().find(|child| child.text_range().start() >= start)?;
            Some((cmd, self.command(&next)?))
        })
    }

    /// What is assigned and used in it.
    pub fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(self))
    }

    /// Whether a failure ends it, from the start or by a `set -e` in it.
    pub fn ends_on_failure(&self) -> bool {
        self.errexit || self.commands.iter().any(Cmd::sets_errexit)
    }
}

/// The shell texts of a file that the rules look at.
pub(crate) fn trees(model: &Model<'_>, dialect: Dialect) -> Vec<Tree> {
    build::trees(model, dialect)
}
