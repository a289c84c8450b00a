//! Refactors and their proof: plan, build, compare, repair.

mod deliver;
mod evidence;
mod plan_text;
mod prover;
mod repair;
mod report;
mod show;
mod split;
mod subject;
mod targets;
mod tidy;
mod verify;

pub use split::split_stages;
pub use tidy::tidy;
pub use verify::verify;
