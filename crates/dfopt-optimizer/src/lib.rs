//! Plans refactors of Dockerfiles: which edits, what each carries or drops, and why. Believes nothing: what a plan leads to is
//! for a build to show.

mod evidence;
mod order;
mod plan;
mod prune;
mod recipes;
mod split;
mod tree;

pub use evidence::{
    BaseEvidence, Evidence, FileKind, ImageConfig, ImageFile, Need, Package, Release, Repair, Strength, UserEntry,
};
pub use order::order_copies;
pub use plan::{Carried, Change, Dropped, Item, Outcome, Plan, Refusal, Rewrite, Rewritten, Rung, RungState};
pub use prune::prune_stages;
pub use split::{Candidate, Known, Request, Runtime, When, candidates, recipe_name, refusal, split_stages};
