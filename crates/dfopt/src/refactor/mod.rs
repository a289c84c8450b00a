//! Refactors and their proof: plan, build, compare, repair.

mod evidence;
mod plan_text;
mod prover;
mod repair;
mod report;
mod show;
mod split;
mod subject;
mod verify;

pub use split::split_stages;
pub use verify::verify;
