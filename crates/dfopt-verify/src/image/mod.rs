//! A container image as an index: configuration, what each layer did, and the merged root with facts about every file.
//!
//! Contents are looked at once, while they stream by, and then forgotten; only what later questions need is kept.

mod archive;
mod config;
mod content;
mod layer;
mod names;
mod parts;
mod path;
mod read;
mod root;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

pub use config::{Command, HealthConfig, HistoryEntry, ImageConfig, RootFs, RunConfig};
pub use content::{Content, Language, Shebang};
pub use layer::{Change, LayerIndex};
pub use names::{Name, NameKind, Names};
pub use parts::{Member, NodeManifest};
pub use path::{file_name, is_below, join, parent};
pub use read::{LayerCache, Limits, ReadConfig};
pub use root::{Node, Resolution, ResolveError, Root};

use crate::packages::Packages;

/// An image, read.
#[derive(Debug, Clone)]
pub struct Image {
    /// The configuration.
    pub config: ImageConfig,
    /// The layers, lowest first.
    pub layers: Vec<Layer>,
    /// The root file system as a container sees it.
    pub root: Root,
    /// How many of the lowest layers belong to the base image; 0 when the base is not known.
    pub base_layers: usize,
    packages: OnceLock<Arc<Packages>>,
}

/// A layer with the instruction that made it.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Digest of the uncompressed archive, as the configuration states it.
    pub diff_id: String,
    /// Position of the instruction in the configuration's history, when the history is complete.
    pub history: Option<usize>,
    /// The instruction as the engine recorded it.
    pub created_by: Option<String>,
    /// What the layer did.
    pub index: Arc<LayerIndex>,
}

/// One thing at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Permission bits with set-user-id, set-group-id and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Extended attributes, values in hex; `security.capability` among them.
    pub xattrs: BTreeMap<String, String>,
    /// What is known about a regular file's content.
    pub content: Option<Arc<Content>>,
}

/// What a path is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File {
        /// Length in bytes.
        size: u64,
        /// SHA-256 of the content.
        sha256: Digest,
    },
    /// A folder.
    Folder,
    /// A symbolic link.
    Symlink {
        /// Where it points, as written.
        target: String,
    },
    /// A character or block device.
    Device {
        /// Whether it is a block device.
        block: bool,
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A named pipe.
    Fifo,
}

/// A SHA-256 digest, written as hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// The attribute that holds file capabilities.
pub const CAPABILITY: &str = "security.capability";

/// Why an image could not be read.
#[derive(Debug)]
pub enum ImageError {
    /// The stream could not be read.
    Io(std::io::Error),
    /// The archive is broken or of an unknown kind.
    Archive(String),
    /// A bound was passed.
    Limit(String),
    /// A document in the archive is broken.
    Document {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The archive holds several images, or none.
    Count(usize),
    /// The image does not begin with the layers of the base it was said to have.
    Base,
}

impl ImageError {
    fn archive(what: &str, error: &std::io::Error) -> Self {
        // A limit passed inside a decoder travels through as an I/O error.
        if let Some(limit) = error.get_ref().and_then(|inner| inner.downcast_ref::<read::LimitPassed>()) {
            return Self::Limit(limit.to_string());
        }
        Self::Archive(format!("{what}: {error}"))
    }
}

impl std::fmt::Display for ImageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the image could not be read: {error}"),
            Self::Archive(reason) => write!(f, "the image archive is broken: {reason}"),
            Self::Limit(reason) => write!(f, "the image archive is beyond the bounds: {reason}"),
            Self::Document { name, reason } => write!(f, "`{name}` in the image archive is broken: {reason}"),
            Self::Base => f.write_str("the image does not begin with the layers of its base"),
            Self::Count(count) => write!(f, "the image archive holds {count} images where one is expected"),
        }
    }
}

impl std::error::Error for ImageError {}

impl Image {
    /// Reads an image archive (`docker save`, or an OCI layout in a tar) in one pass.
    ///
    /// # Errors
    ///
    /// The stream breaks, the archive is of an unknown kind, or a bound of the configuration is passed.
    pub fn read(from: impl std::io::Read, config: &ReadConfig) -> Result<Self, ImageError> {
        read::read(from, config)
    }

    /// The package database of the root.
    #[must_use]
    pub fn packages(&self) -> &Packages {
        self.packages.get_or_init(|| Arc::new(Packages::read(&self.root)))
    }

    /// Whether the path was last written by a layer of the base image.
    #[must_use]
    pub fn is_from_base(&self, node: &Node) -> bool {
        node.layer < self.base_layers
    }

    /// Bytes of all regular files as a container sees them.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.root.iter().map(|(_, node)| node.entry.size()).sum()
    }

    pub(crate) fn assemble(config: ImageConfig, indexes: Vec<Arc<LayerIndex>>, base_layers: usize) -> Self {
        let history = history_of_layers(&config, indexes.len());
        let layers: Vec<Layer> = indexes
            .into_iter()
            .enumerate()
            .map(|(at, index)| {
                let line = history.get(at).copied().flatten();
                Layer {
                    diff_id: config.rootfs.diff_ids.get(at).cloned().unwrap_or_default(),
                    history: line,
                    created_by: line.map(|line| config.history[line].created_by.clone()),
                    index,
                }
            })
            .collect();
        let root = Root::merge(layers.iter().map(|layer| &*layer.index));
        Self { config, layers, root, base_layers, packages: OnceLock::new() }
    }
}

/// The history line of each layer, or nothing at all when the counts disagree.
fn history_of_layers(config: &ImageConfig, layers: usize) -> Vec<Option<usize>> {
    let lines: Vec<Option<usize>> =
        config.history.iter().enumerate().filter(|(_, line)| !line.empty_layer).map(|(at, _)| Some(at)).collect();
    if lines.len() == layers { lines } else { vec![None; layers] }
}

impl Entry {
    /// Bytes of a regular file, 0 for anything else.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self.kind {
            Kind::File { size, .. } => size,
            _ => 0,
        }
    }

    /// Whether it is a regular file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File { .. })
    }

    /// Whether it is a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.kind == Kind::Folder
    }

    /// The target of a symbolic link.
    #[must_use]
    pub fn link_target(&self) -> Option<&str> {
        match &self.kind {
            Kind::Symlink { target } => Some(target),
            _ => None,
        }
    }

    /// The digest of a regular file.
    #[must_use]
    pub fn sha256(&self) -> Option<Digest> {
        match self.kind {
            Kind::File { sha256, .. } => Some(sha256),
            _ => None,
        }
    }

    /// Facts about an ELF file.
    #[must_use]
    pub fn elf(&self) -> Option<&crate::elf::ElfFacts> {
        self.content.as_ref()?.elf.as_ref()
    }

    /// The text of a file that was kept.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.content.as_ref()?.text.as_deref()
    }

    /// Whether a process with this user and groups may execute it.
    #[must_use]
    pub fn is_executable_by(&self, uid: u32, groups: &[u32]) -> bool {
        if uid == 0 {
            // Root needs one execute bit, whosever it is.
            return self.mode & 0o111 != 0;
        }
        self.allows(uid, groups, 1)
    }

    /// Whether the permission bits allow this access (4 read, 2 write, 1 execute) to a user.
    #[must_use]
    pub fn allows(&self, uid: u32, groups: &[u32], access: u32) -> bool {
        if uid == 0 && (access != 1 || self.is_folder()) {
            return true;
        }
        let bits = if self.uid == uid {
            self.mode >> 6
        } else if groups.contains(&self.gid) {
            self.mode >> 3
        } else {
            self.mode
        };
        bits & access == access
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut bytes = [0_u8; 32];
        let valid = text.len() == 64
            && text.is_ascii()
            && bytes
                .iter_mut()
                .enumerate()
                .all(|(at, byte)| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map(|value| *byte = value).is_ok());
        if valid { Ok(Self(bytes)) } else { Err(serde::de::Error::custom("not a SHA-256 digest")) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
