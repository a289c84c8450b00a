//! A folder as a build context. Its tree is walked when someone first asks for it.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use dfopt_semantic::context::{
    BuildContext, ContextOrigin, Entry, EntryKind, FilteredContext, IgnoreFile, IgnorePlace, ignore_file_places,
    walk_order,
};

/// A folder on disk, all of it: what is ignored included.
#[derive(Debug)]
pub struct FsContext {
    root: PathBuf,
    entries: OnceLock<Vec<Entry>>,
}

/// The ignore file that a builder would obey.
#[derive(Debug, Clone)]
pub struct FoundIgnoreFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub file: IgnoreFile,
}

impl FsContext {
    /// A context in this folder.
    ///
    /// # Errors
    /// When it is no folder that can be read.
    pub fn open(root: &Path) -> io::Result<FsContext> {
        fs::read_dir(root)?;
        Ok(FsContext { root: root.to_owned(), entries: OnceLock::new() })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The ignore file that applies to a build with this Dockerfile, if there is one.
    #[must_use]
    pub fn ignore_file(&self, dockerfile: Option<&Path>) -> Option<FoundIgnoreFile> {
        // What cannot be named beside a Dockerfile lies in the root.
        let name = dockerfile.and_then(Path::to_str).unwrap_or_default();
        ignore_file_places(ContextOrigin::Local, name).into_iter().find_map(|place| {
            let path = match place {
                IgnorePlace::BesideDockerfile(_) if name.is_empty() => return None,
                IgnorePlace::BesideDockerfile(path) => PathBuf::from(path),
                IgnorePlace::ContextRoot => self.root.join(".dockerignore"),
            };
            let text = String::from_utf8_lossy(&fs::read(&path).ok()?).into_owned();
            Some(FoundIgnoreFile { file: IgnoreFile::parse(&text), path })
        })
    }

    /// The context as a client sends it: without what the ignore file leaves out.
    #[must_use]
    pub fn sent(&self, dockerfile: Option<&Path>) -> FilteredContext<'_> {
        let found = self.ignore_file(dockerfile);
        FilteredContext::new(self, &found.map(|found| found.file).unwrap_or_default())
    }
}

impl BuildContext for FsContext {
    fn entries(&self) -> &[Entry] {
        self.entries.get_or_init(|| {
            let mut entries = Vec::new();
            walk(&self.root, "", &mut entries);
            entries.sort_by(|a, b| walk_order(&a.path, &b.path));
            entries
        })
    }

    fn read(&self, path: &str) -> Option<Cow<'_, [u8]>> {
        // A link may lead out of the context, where no build can follow it.
        let is_file = self.entry(path).is_some_and(|entry| entry.kind == EntryKind::File);
        if !is_file {
            return None;
        }
        fs::read(self.root.join(path)).ok().map(Cow::Owned)
    }
}

/// Collects what is below a folder; parts that cannot be read are left out.
fn walk(folder: &Path, prefix: &str, entries: &mut Vec<Entry>) {
    let Ok(children) = fs::read_dir(folder) else { return };
    for child in children.flatten() {
        let Ok(data) = child.metadata() else { continue };
        let path = format!("{prefix}{}", child.file_name().to_string_lossy());
        let kind = data.file_type();
        let kind = if kind.is_dir() {
            EntryKind::Directory
        } else if kind.is_file() {
            EntryKind::File
        } else if kind.is_symlink() {
            let target = fs::read_link(child.path()).unwrap_or_default();
            EntryKind::Symlink(target.to_string_lossy().into_owned())
        } else {
            EntryKind::Other
        };
        if kind == EntryKind::Directory {
            walk(&child.path(), &format!("{path}/"), entries);
        }
        let size = if kind == EntryKind::File { data.len() } else { 0 };
        entries.push(Entry { path, kind, size, mode: mode(&data) });
    }
}

#[cfg(unix)]
fn mode(data: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    data.permissions().mode() & 0o7777
}

/// What clients on other systems send.
#[cfg(not(unix))]
fn mode(_data: &fs::Metadata) -> u32 {
    0o755
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_a_context_in_walk_order() {
        let folder = folder(&[("b", "2"), ("a/x", "1"), ("a.txt", "3")]);
        let context = FsContext::open(folder.path()).unwrap();
        let paths: Vec<&str> = context.entries().iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a", "a/x", "a.txt", "b"]);
        assert_eq!(context.read("a/x").as_deref(), Some(&b"1"[..]));
        assert_eq!(context.read("a"), None);
        assert_eq!(context.read("../outside"), None);
        assert!(FsContext::open(&folder.path().join("none")).is_err());
    }

    #[test]
    fn the_ignore_file_beside_the_dockerfile_wins() {
        let folder = folder(&[
            ("docker/Dockerfile", ""),
            ("docker/Dockerfile.dockerignore", "a\n"),
            (".dockerignore", "b\n"),
            ("a", ""),
            ("b", ""),
        ]);
        let context = FsContext::open(folder.path()).unwrap();
        let dockerfile = folder.path().join("docker/Dockerfile");
        let sent = context.sent(Some(&dockerfile));
        assert!(sent.is_ignored("a") && sent.entry("b").is_some());
        let sent = context.sent(None);
        assert!(sent.is_ignored("b") && sent.entry("a").is_some());
    }
}
