//! Shell commands: what a command line is once wrappers and options are taken apart, and what it means to a package manager, a compiler or a file.
//!
//! Everything here works on plain data ([`Script`]); reading shell text is the business of the syntax crate.

mod accounts;
mod archives;
pub mod distro;
pub mod downloads;
pub mod ecosystems;
pub mod files;
pub mod gem;
pub mod go;
pub mod native;
pub mod node;
pub mod options;
pub mod packages;
mod plain;
pub mod purpose;
pub mod python;
pub mod rust;
pub mod script;
mod services;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod testing;
pub mod tools;
pub mod understood;
pub mod view;
pub mod word;

pub use accounts::{Account, AccountAction};
pub use archives::{Extract, ExtractKind, Pack};
pub use script::{Connector, Dialect, Invocation, Nesting, Redirect, RedirectOp, Script, ShellOptions};
pub use services::{EditInPlace, Print, StateChange, StateKind};
pub use understood::{Development, Understood, understand};
pub use view::{Command, InlineScript, Wrapper};
pub use word::{Value, Word};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
