//! Spelling of paths inside an image: absolute, normal, and text even when the bytes are not.

use super::ImageError;

pub(super) const MAX_PATH: usize = 8192;

/// The path of an archive member as an absolute path of the image.
///
/// A `..` would let an archive write outside its root, so it is refused.
pub(super) fn member_path(bytes: &[u8]) -> Result<String, ImageError> {
    if bytes.len() > MAX_PATH {
        return Err(ImageError::Limit("a path is too long".into()));
    }
    if bytes.contains(&0) {
        return Err(ImageError::Archive("a path holds a NUL byte".into()));
    }
    let mut path = String::with_capacity(bytes.len() + 1);
    for part in bytes.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                return Err(ImageError::Archive(format!("the member `{}` leaves the root", text(bytes))));
            }
            part => {
                path.push('/');
                path.push_str(&text(part));
            }
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    Ok(path)
}

/// Bytes as text; what is not UTF-8 is written as `\xNN`, so that different names stay different.
pub(super) fn text(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// The folder a path lies in; `/` for the root itself.
#[must_use]
pub fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

/// The last component of a path.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Joins a path to a folder, unless it is absolute, and removes `.`, `..` and doubled slashes by spelling alone.
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { folder };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Whether a path is the folder itself or lies below it.
#[must_use]
pub fn is_below(path: &str, folder: &str) -> bool {
    if folder == "/" {
        return true;
    }
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn member_paths_are_absolute_and_stay_inside() {
        assert_eq!(member_path(b"./usr//bin/x").unwrap(), "/usr/bin/x");
        assert_eq!(member_path(b"/a/").unwrap(), "/a");
        assert_eq!(member_path(b"./").unwrap(), "/");
        assert_eq!(member_path(b"a\xff").unwrap(), "/a\\xff");
        assert!(member_path(b"a/../../etc/passwd").is_err());
        assert!(member_path(&[b'a'; MAX_PATH + 1]).is_err());
    }

    #[test]
    fn joining_is_by_spelling() {
        assert_eq!(join("/srv/app", "./run"), "/srv/app/run");
        assert_eq!(join("/srv/app", "../x"), "/srv/x");
        assert_eq!(join("/srv", "/x/../../y"), "/y");
        assert!(is_below("/a/b", "/a") && !is_below("/ab", "/a") && is_below("/a", "/a"));
    }
}
