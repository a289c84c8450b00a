//! Stages.

use std::ops::Range;

use dfopt_syntax::TextRange;

use crate::image_ref::ImageRef;

/// What a stage starts from.
#[derive(Clone, PartialEq, Debug)]
pub enum Base {
    /// An earlier stage, by index.
    Stage(usize),
    /// Nothing.
    Scratch,
    /// An image.
    Image(ImageRef),
    /// A name that depends on something unknown, or is missing or malformed.
    Unknown,
}

/// What becomes of a stage when the target is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Its layers are in the image: the target, or a stage it is built from.
    Shipped,
    /// Reached through `COPY --from` or a mount; only what is copied ships.
    Feeder,
    /// Not built.
    Unreachable,
}

/// The name behind AS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StageName {
    /// In lower case, as the builder keeps it.
    pub name: String,
    /// Where it stands.
    pub range: TextRange,
    /// Whether it is one that the builder accepts.
    pub is_valid: bool,
}

/// A stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its number, from 0.
    pub index: usize,
    /// The name behind AS.
    pub name: Option<StageName>,
    /// What it starts from.
    pub base: Base,
    /// The base as written after expansion with what is known; `None` when not known.
    pub base_text: Option<String>,
    /// Its instructions, by index, FROM first.
    pub steps: Range<usize>,
    /// Whether it is the one that is built.
    pub is_target: bool,
    /// What becomes of it.
    pub role: Role,
}

impl Stage {
    /// Whether its layers are in the image.
    #[must_use]
    pub fn is_shipped(&self) -> bool {
        self.role == Role::Shipped
    }

    /// Whether the name is one that people give to stages for work on the program, not for shipping it.
    #[must_use]
    pub fn is_for_development(&self) -> bool {
        const NAMES: &[&str] = &[
            "dev",
            "devel",
            "development",
            "debug",
            "test",
            "tests",
            "testing",
            "lint",
            "ci",
            "e2e",
            "docs",
            "devcontainer",
        ];
        let named = self.name.as_ref().map(|name| &*name.name);
        named.is_some_and(|name| name.split(['-', '_', '.']).any(|part| NAMES.contains(&part)))
    }
}

/// Whether the builder accepts a stage's name, once in lower case.
pub(super) fn is_valid_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
}
