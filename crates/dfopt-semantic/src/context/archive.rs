//! Which local files ADD unpacks; decided by content, not by name.

/// What a file's first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    /// A plain tar: unpacked.
    Tar,
    /// Compressed; unpacked if a tar is inside.
    Compressed,
    /// Neither: copied as it is.
    None,
}

/// Judges by the first 512 bytes.
pub fn archive_kind(start: &[u8]) -> Archive {
    const COMPRESSED: [&[u8]; 4] =
        [&[0x1f, 0x8b, 0x08], b"BZh", &[0xfd, b'7', b'z', b'X', b'Z', 0], &[0x28, 0xb5, 0x2f, 0xfd]];
    if COMPRESSED.iter().any(|magic| start.starts_with(magic)) {
        return Archive::Compressed;
    }
    match start.get(257..262) {
        Some(b"ustar") => Archive::Tar,
        _ => Archive::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(archive_kind(&tar), Archive::Tar);
        assert_eq!(archive_kind(&[0x1f, 0x8b, 0x08, 0]), Archive::Compressed);
        assert_eq!(archive_kind(b"#!/bin/sh\n"), Archive::None);
        assert_eq!(archive_kind(b""), Archive::None);
    }
}
