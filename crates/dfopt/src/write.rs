//! Files changed whole or not at all: written beside the old one, synced, renamed over it.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why a file was left as it was.
#[derive(Debug)]
pub enum WriteError {
    /// Someone changed it since it was read.
    Changed(PathBuf),
    /// The owner and group of the file cannot be kept.
    Owner(PathBuf),
    /// This user may not write it.
    Forbidden(PathBuf),
    /// The disk is full.
    NoSpace(PathBuf),
    /// Anything else.
    Io(PathBuf, io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Changed(path) => {
                write!(to, "{}: changed on disk since it was read, left as it is; run again", path.display())
            }
            WriteError::Owner(path) => {
                write!(to, "{}: its owner could not be kept, left as it is; run as its owner", path.display())
            }
            WriteError::Forbidden(path) => {
                write!(to, "{}: this user may not write it or its folder, left as it is", path.display())
            }
            WriteError::NoSpace(path) => {
                write!(to, "{}: no space left on its disk, left as it is; free some and run again", path.display())
            }
            WriteError::Io(path, error) => {
                write!(to, "{}: could not be written, left as it is: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for WriteError {}

/// Puts `after` in place of `before` in a file. Mode, owner and symbolic links stay.
///
/// # Errors
/// When the file no longer has `before` in it, or the new one cannot be put in its place; then the file is untouched.
pub fn write_file(path: &Path, before: &[u8], after: &[u8]) -> Result<(), WriteError> {
    let error = |error: io::Error| classified(path, error);
    let target = fs::canonicalize(path).map_err(error)?;
    let data = fs::metadata(&target).map_err(error)?;
    if !may_write(&target) {
        return Err(WriteError::Forbidden(path.to_owned()));
    }
    let unchanged = || match fs::read(&target) {
        Ok(now) if now == before => Ok(()),
        Ok(_) => Err(WriteError::Changed(path.to_owned())),
        Err(trouble) => Err(error(trouble)),
    };
    unchanged()?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut fresh = tempfile::Builder::new().prefix(".dfopt-").suffix(".tmp").tempfile_in(folder).map_err(error)?;
    fresh.write_all(after).map_err(error)?;
    keep_owner(fresh.as_file(), &data).map_err(|_| WriteError::Owner(path.to_owned()))?;
    // After the owner, for a change of owner takes the set-user-id bit away.
    fresh.as_file().set_permissions(data.permissions()).map_err(error)?;
    fresh.as_file().sync_all().map_err(error)?;
    // Writing takes time: this leaves the shortest gap that a file system without locks allows.
    unchanged()?;
    fresh.persist(&target).map_err(|trouble| error(trouble.error))?;
    sync_folder(folder);
    Ok(())
}

/// Writes a report or the like: whole or not at all where the target is a file, straight where it is a pipe or device.
///
/// # Errors
/// When it cannot be written.
pub fn write_new(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    let error = |error: io::Error| classified(path, error);
    let special = fs::metadata(path).is_ok_and(|data| !data.is_file());
    if special {
        return File::options().write(true).open(path).and_then(|mut file| file.write_all(content)).map_err(error);
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dfopt-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file; the mask of the process is applied to it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut fresh = builder.tempfile_in(folder).map_err(error)?;
    fresh.write_all(content).map_err(error)?;
    fresh.persist(&target).map_err(|trouble| error(trouble.error))?;
    Ok(())
}

fn classified(path: &Path, error: io::Error) -> WriteError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            WriteError::NoSpace(path)
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => WriteError::Forbidden(path),
        _ => WriteError::Io(path, error),
    }
}

/// A rename needs no right to the file itself; who made it read-only meant it.
#[cfg(unix)]
fn may_write(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| !data.permissions().readonly())
}

#[cfg(unix)]
fn keep_owner(fresh: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let now = fresh.metadata()?;
    if now.uid() == old.uid() && now.gid() == old.gid() {
        return Ok(());
    }
    fchown(fresh, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_fresh: &File, _old: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Makes the rename last; a file system that cannot do that has done what it could.
#[cfg(unix)]
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfile");
        fs::write(&path, "new").unwrap();
        assert!(matches!(write_file(&path, b"old", b"mine"), Err(WriteError::Changed(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        write_file(&path, b"new", b"mine").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        fs::write(&real, "a").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link");
        symlink("real", &link).unwrap();
        write_file(&link, b"a", b"b").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "b");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o7777, 0o640);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_named() {
        let error = write_new(Path::new("/dev/full"), b"x").unwrap_err();
        assert!(matches!(error, WriteError::NoSpace(_)), "{error}");
        let error = write_new(Path::new("/no/such/folder/x"), b"x").unwrap_err();
        assert!(matches!(error, WriteError::Io(..)), "{error}");
    }
}
