//! Placeholder.

pub mod base;
pub mod chmod;
pub mod command;
pub mod context;
pub mod duration;
pub mod effects;
pub mod encoding;
pub mod expand;
pub mod flags;
pub mod git_ref;
pub mod image_ref;
pub mod model;
pub mod mount;
pub mod platform;
pub mod port;
pub mod signal;
pub mod suggest;
