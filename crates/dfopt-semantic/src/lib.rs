//! Placeholder.

pub mod command;
pub mod effects;
pub mod chmod;
pub mod model;
pub mod base;
pub mod context;
pub mod duration;
pub mod encoding;
pub mod expand;
pub mod flags;
pub mod git_ref;
pub mod image_ref;
pub mod mount;
pub mod platform;
pub mod port;
pub mod signal;
pub mod suggest;
