//! One file for each thing that an editor can ask for. Handlers know the protocol and this crate's documents; what they say comes
//! from the crates below.

pub mod actions;
pub mod commands;
pub mod completion;
pub mod diagnostics;
pub mod edits;
pub mod hints;
pub mod hover;
pub mod navigation;
pub mod signature;
pub mod structure;
pub mod symbols;
pub mod tokens;
