//! What planning leads to: edits with their reasons, or why there are none.

use std::collections::BTreeSet;

use dfopt_syntax::{Edits, TextRange};

/// The end of a planning.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A plan.
    Plan(Box<Plan>),
    /// The file is fine as it is.
    Nothing {
        /// Why, in one line.
        reason: String,
    },
    /// It cannot be done soundly.
    Refused(Refusal),
}

/// The end of planning a change that must leave the image as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Rewritten {
    /// Edits with their reasons.
    Done(Rewrite),
    /// The file is fine as it is.
    Nothing {
        /// Why, in one line.
        reason: String,
    },
    /// It cannot be done soundly.
    Refused(Refusal),
}

/// A change that must leave the image as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Rewrite {
    /// What changes in the file.
    pub edits: Edits,
    /// What and why, in the order of planning.
    pub changes: Vec<Change>,
}

/// One thing that is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The place in the original.
    pub range: TextRange,
    /// What becomes of it, and why.
    pub reason: String,
}

/// Why a refactor is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The instruction that stands in the way.
    pub range: Option<TextRange>,
    /// What stands in the way.
    pub reason: String,
    /// What would make it possible.
    pub remedy: String,
}

/// A refactor, thought through.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The recipe that supplied the facts.
    pub recipe: &'static str,
    /// The name given to the build stage; `None` where a smaller base and fewer packages are enough.
    pub build_stage: Option<String>,
    /// The commands that end the build stage and remove what only building needs.
    pub trims: Vec<String>,
    /// The image the runtime stage starts from.
    pub runtime: String,
    /// The bases that were considered, in order, with the one chosen.
    pub ladder: Vec<Rung>,
    /// What gets into the runtime stage.
    pub carried: Vec<Carried>,
    /// What does not, in words: neighbours with one reason are one entry.
    pub dropped: Vec<Dropped>,
    /// Every path that stays behind, and trees ending in `/` that a program may name though nothing there is needed, with reasons.
    pub left: Vec<(String, String)>,
    /// Paths that come along with a directory although nothing asks for them.
    pub along: BTreeSet<String>,
    /// What changes in the file.
    pub edits: Edits,
    /// What could not be known without a build.
    pub assumptions: Vec<String>,
}

/// A base image that was considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Its name.
    pub image: String,
    /// Why it was considered.
    pub why: String,
    /// What became of it.
    pub state: RungState,
}

/// What became of a base image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungState {
    /// It is the plan's.
    Chosen,
    /// Not yet.
    Waiting,
    /// A candidate on it failed.
    Failed,
    /// It cannot be had, or cannot carry what is needed.
    Unfit,
}

/// A thing of the original.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// An instruction, by keyword, with its place.
    Instruction {
        /// The keyword.
        keyword: &'static str,
        /// Where it stands.
        start: u32,
        /// Where it ends.
        end: u32,
    },
    /// A path; a directory with all below it ends in `/`.
    Path(String),
    /// A package.
    Package(String),
    /// A user.
    User(String),
    /// A variable of the base image.
    Variable(String),
}

/// Something that gets into the runtime stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Carried {
    /// What.
    pub item: Item,
    /// Why.
    pub reason: String,
}

/// Something that stays behind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dropped {
    /// What.
    pub item: Item,
    /// Why nothing needs it.
    pub reason: String,
}
