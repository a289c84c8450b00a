//! Builds two Dockerfiles with a container engine, compares the images and says whether one can replace the other.
//!
//! The judge shares no code with the planner: this crate knows images, processes and containers, never our syntax tree.

pub mod cancel;
pub mod closure;
pub mod compare;
pub mod elf;
pub mod engine;
pub mod error;
pub mod expectations;
pub mod facts;
pub mod image;
pub mod packages;
pub mod probe;
pub mod progress;
pub mod request;
pub mod run;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod testing;
pub mod text;
pub mod verdict;
