//! Lossless, error-recovering syntax tree of Dockerfiles and of the shell text in them.
//!
//! `parse` never fails: it gives a tree whose token texts joined are the input, and a list of errors.

pub mod ast;
mod edit;
mod error;
mod kind;
mod lines;
mod logical;
mod parser;
pub mod shell;
mod shell_kind;
mod sink;

pub use edit::{Edit, EditError, Edits};
pub use error::{ErrorKind, JsonProblem, SyntaxError};
pub use kind::{Dockerfile, SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken};
pub use logical::LogicalText;
pub use parser::{Parse, json::decode_json_string, keyword::keyword_of, parse};
pub use rowan::{TextRange, TextSize};
pub use shell_kind::ShellKind;
