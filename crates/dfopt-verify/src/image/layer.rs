//! One layer: the paths it adds or changes, and those it deletes.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use tar::EntryType;

use super::archive::{Archive, Member};
use super::content::{Depth, Reader};
use super::path::{file_name, join, member_path, parent, text};
use super::read::Budget;
use super::{Entry, ImageError, Kind};

/// What one layer did.
#[derive(Debug, Clone, Default)]
pub struct LayerIndex {
    /// Paths that were added or changed.
    pub(super) entries: BTreeMap<Arc<str>, Arc<Entry>>,
    /// Hard links whose target lies in a lower layer.
    pub(super) outside_links: BTreeMap<Arc<str>, String>,
    /// Paths that were deleted.
    pub(super) deleted: Vec<String>,
    /// Folders whose lower content was deleted.
    pub(super) emptied: Vec<String>,
    /// Bytes of the layer's archive, uncompressed.
    pub(super) bytes: u64,
}

/// What a layer did to one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// Added it, or changed it.
    Written(&'a Entry),
    /// Deleted it.
    Deleted,
    /// Deleted all that was in the folder.
    Emptied,
}

impl LayerIndex {
    /// Paths that were added or changed, sorted.
    pub fn written(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(path, entry)| (&**path, &**entry))
    }

    /// All changes, by path.
    pub fn changes(&self) -> impl Iterator<Item = (&str, Change<'_>)> {
        let gone = self.deleted.iter().map(|path| (path.as_str(), Change::Deleted));
        let emptied = self.emptied.iter().map(|path| (path.as_str(), Change::Emptied));
        gone.chain(emptied).chain(self.written().map(|(path, entry)| (path, Change::Written(entry))))
    }

    /// Whether the layer added or changed the path.
    #[must_use]
    pub fn writes(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// Whether the layer deleted the path.
    #[must_use]
    pub fn deletes(&self, path: &str) -> bool {
        self.deleted.iter().any(|gone| gone == path)
    }

    /// Paths that were deleted, sorted.
    pub fn deletions(&self) -> impl Iterator<Item = &str> {
        self.deleted.iter().map(String::as_str)
    }

    /// Bytes of the layer's archive, uncompressed.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads the archive of a layer.
    pub(super) fn read(from: impl Read, depth: Depth, budget: &mut Budget) -> Result<Self, ImageError> {
        let mut archive = Archive::new(from);
        let mut reader = Reader::new(depth);
        let mut index = Self::default();
        while let Some(member) = archive.next()? {
            budget.member(member.size)?;
            index.bytes += 512 + member.size.next_multiple_of(512);
            let path = member_path(&member.path)?;
            let name = file_name(&path);
            if name == ".wh..wh..opq" {
                index.emptied.push(parent(&path).to_owned());
            } else if name.starts_with(".wh..wh.") {
                // Bookkeeping of the aufs driver.
            } else if let Some(gone) = name.strip_prefix(".wh.") {
                let folder = parent(&path);
                index.deleted.push(join(folder, gone));
            } else if member.kind == EntryType::Link {
                index.hard_link(path, &member)?;
            } else {
                let entry = entry(&path, &member, &mut archive, &mut reader)?;
                index.entries.insert(Arc::from(path), Arc::new(entry));
            }
        }
        index.deleted.sort();
        index.deleted.dedup();
        index.emptied.sort();
        index.emptied.dedup();
        Ok(index)
    }

    fn hard_link(&mut self, path: String, member: &Member) -> Result<(), ImageError> {
        let target = member_path(&member.link)?;
        let path: Arc<str> = Arc::from(path);
        match self.entries.get(target.as_str()) {
            Some(entry) => {
                let entry = Arc::clone(entry);
                self.entries.insert(path, entry);
            }
            None => {
                self.outside_links.insert(path, target);
            }
        }
        Ok(())
    }
}

fn entry<R: Read>(
    path: &str,
    member: &Member,
    archive: &mut Archive<R>,
    reader: &mut Reader,
) -> Result<Entry, ImageError> {
    let mut content = None;
    let kind = match member.kind {
        EntryType::Directory => Kind::Folder,
        EntryType::Symlink => Kind::Symlink { target: text(&member.link) },
        EntryType::Char | EntryType::Block => {
            Kind::Device { block: member.kind == EntryType::Block, major: member.device.0, minor: member.device.1 }
        }
        EntryType::Fifo => Kind::Fifo,
        // Old archives mark a folder by a slash at the end of a regular member's name.
        EntryType::Regular if member.size == 0 && member.path.ends_with(b"/") => Kind::Folder,
        EntryType::Regular | EntryType::Continuous => {
            let read = reader.read(path, member.mode, member.size, archive.data())?;
            content = read.content;
            Kind::File { size: member.size, sha256: read.sha256 }
        }
        other => {
            return Err(ImageError::Archive(format!(
                "`{path}` is of the unknown kind {:?}",
                char::from(other.as_byte())
            )));
        }
    };
    let number =
        |id: u64| u32::try_from(id).map_err(|_| ImageError::Archive(format!("`{path}` has an owner out of range")));
    Ok(Entry {
        kind,
        mode: member.mode,
        uid: number(member.uid)?,
        gid: number(member.gid)?,
        xattrs: member
            .xattrs
            .iter()
            .map(|(name, value)| (name.clone(), value.iter().map(|byte| format!("{byte:02x}")).collect()))
            .collect(),
        content,
    })
}
