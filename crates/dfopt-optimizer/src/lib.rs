//! Plans refactors of Dockerfiles: which edits, what each carries or drops, and why. Believes nothing: what a plan leads to is
//! for a build to show.

mod evidence;
mod plan;
mod recipes;
mod split;
mod tree;

pub use evidence::{
    BaseEvidence, Evidence, FileKind, ImageConfig, ImageFile, Need, Package, Release, Repair, Strength, UserEntry,
};
pub use plan::{Carried, Dropped, Item, Outcome, Plan, Refusal, Rung, RungState};
pub use recipes::wants_text;
pub use split::{Candidate, Known, Request, Runtime, candidates, recipe_name, refusal, split_stages};
