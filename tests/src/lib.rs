//! What the end-to-end tests share: where things are, how `dfopt` is run, the container engine, the oracle, skips.
//!
//! The tests themselves are the files beside this folder, each with an entry in `tests/Cargo.toml`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "it is test code all through: a failed expectation fails the test that called"
)]

pub mod breakage;
pub mod engine;
pub mod folder;
pub mod layer;
pub mod manifest;
pub mod mutate;
pub mod oracle;
pub mod peers;
pub mod place;
pub mod process;
pub mod reading;
pub mod schema;
pub mod skip;
pub mod source;
