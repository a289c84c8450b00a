//! The things that effects are said of.

use std::fmt;

use super::path::PathPattern;
use crate::command::packages::Manager;

/// Something that can be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// Files.
    Path(PathPattern),
    /// A package of the distribution; `*` is every one.
    Package {
        /// The manager.
        manager: Manager,
        /// The name.
        name: Box<str>,
    },
    /// An environment or shell variable; a name that ends with `*` is every one that begins so.
    Variable(Box<str>),
    /// A user; `*` is every one.
    User(Box<str>),
    /// A group; `*` is every one.
    Group(Box<str>),
    /// A field of the image configuration, such as `Entrypoint`.
    ImageSetting(Box<str>),
    /// The network.
    Network,
    /// The clock.
    Time,
}

impl Resource {
    /// Every file.
    #[must_use]
    pub fn any_path() -> Self {
        Self::Path(PathPattern::any())
    }

    /// The file or tree that a pattern in the usual notation names: `/a/b`, `/a/**`, `/a/*.jar`.
    #[must_use]
    pub fn path(pattern: &str) -> Self {
        Self::Path(PathPattern::parse(pattern))
    }

    /// A variable.
    #[must_use]
    pub fn variable(name: &str) -> Self {
        Self::Variable(name.into())
    }

    /// True if the two have something in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Path(a), Self::Path(b)) => a.overlaps(b),
            (Self::Package { manager: a, name: x }, Self::Package { manager: b, name: y }) => {
                a == b && names_overlap(x, y)
            }
            (Self::Variable(a), Self::Variable(b))
            | (Self::User(a), Self::User(b))
            | (Self::Group(a), Self::Group(b))
            | (Self::ImageSetting(a), Self::ImageSetting(b)) => names_overlap(a, b),
            _ => self == other,
        }
    }

    /// True if all of `other` is part of this.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Path(a), Self::Path(b)) => a.covers(b),
            (Self::Package { manager: a, name: x }, Self::Package { manager: b, name: y }) => {
                a == b && name_covers(x, y)
            }
            (Self::Variable(a), Self::Variable(b))
            | (Self::User(a), Self::User(b))
            | (Self::Group(a), Self::Group(b))
            | (Self::ImageSetting(a), Self::ImageSetting(b)) => name_covers(a, b),
            _ => self == other,
        }
    }

    /// True if it is one thing, not a set of them.
    #[must_use]
    pub fn is_single(&self) -> bool {
        match self {
            Self::Path(path) => path.as_literal().is_some(),
            Self::Package { name, .. }
            | Self::Variable(name)
            | Self::User(name)
            | Self::Group(name)
            | Self::ImageSetting(name) => !name.ends_with('*'),
            Self::Network | Self::Time => false,
        }
    }
}

fn names_overlap(a: &str, b: &str) -> bool {
    match (a.strip_suffix('*'), b.strip_suffix('*')) {
        (Some(x), Some(y)) => x.starts_with(y) || y.starts_with(x),
        (Some(x), None) => b.starts_with(x),
        (None, Some(y)) => a.starts_with(y),
        (None, None) => a == b,
    }
}

fn name_covers(a: &str, b: &str) -> bool {
    match a.strip_suffix('*') {
        Some(x) => b.strip_suffix('*').unwrap_or(b).starts_with(x),
        None => a == b,
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{path}"),
            Self::Package { name, .. } => write!(f, "package {name}"),
            Self::Variable(name) => write!(f, "${name}"),
            Self::User(name) => write!(f, "user {name}"),
            Self::Group(name) => write!(f, "group {name}"),
            Self::ImageSetting(name) => write!(f, "image setting {name}"),
            Self::Network => f.write_str("network"),
            Self::Time => f.write_str("time"),
        }
    }
}
