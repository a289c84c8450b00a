//! What a file says of others: the members of an archive, the dependencies in the manifest of a Node package.

use std::collections::BTreeMap;
use std::sync::Arc;

/// One file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path in the archive.
    pub name: Arc<str>,
    /// Its length, unpacked.
    pub size: u64,
    /// The checksum that the archive states.
    pub crc32: u32,
}

/// What the `package.json` of a Node package says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeManifest {
    /// The package's name.
    pub name: String,
    /// Packages it needs to run: dependencies, optional ones and those of its peers.
    pub needs: Vec<String>,
    /// Packages it needs to be worked on.
    pub develops_with: Vec<String>,
    /// Names of the programs it brings.
    pub programs: Vec<String>,
    /// Command lines by name.
    pub scripts: BTreeMap<String, String>,
}

/// The checksum as archives state it.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

pub(super) fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04")
}

/// The members of a ZIP archive by its directory; `None` when that is broken or of the 64-bit kind.
pub(super) fn members(bytes: &[u8]) -> Option<Vec<Member>> {
    const END: &[u8] = b"PK\x05\x06";
    const ENTRY: &[u8] = b"PK\x01\x02";
    let half = |at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    // A comment may follow the end.
    let tail = bytes.len().saturating_sub(22 + 65_535);
    let end = tail + memchr::memmem::rfind(&bytes[tail..], END)?;
    bytes.get(end..end + 22)?;
    let count = half(end + 10)?;
    // Where the directory is counts from the archive's own beginning, which something may stand before.
    let mut at = end.checked_sub(usize::try_from(word(end + 12)?).ok()?)?;
    let mut found = Vec::new();
    for _ in 0..count {
        if bytes.get(at..at + 4)? != ENTRY {
            return None;
        }
        let (name, extra, comment) = (half(at + 28)?, half(at + 30)?, half(at + 32)?);
        let text = std::str::from_utf8(bytes.get(at + 46..at + 46 + name)?).ok()?;
        if !text.ends_with('/') {
            found.push(Member { name: Arc::from(text), size: u64::from(word(at + 24)?), crc32: word(at + 16)? });
        }
        at += 46 + name + extra + comment;
    }
    Some(found)
}

/// Reads a `package.json`; `None` when it is not an object.
pub(super) fn node_manifest(text: &str) -> Option<NodeManifest> {
    let document: serde_json::Value = serde_json::from_str(text).ok()?;
    let document = document.as_object()?;
    let name = document.get("name").and_then(|name| name.as_str()).unwrap_or_default().to_owned();
    let keys = |field: &str| {
        let object = document.get(field).and_then(|value| value.as_object());
        object.into_iter().flat_map(|object| object.keys().cloned()).collect::<Vec<_>>()
    };
    let programs = match document.get("bin") {
        Some(serde_json::Value::String(_)) => vec![super::file_name(&name).to_owned()],
        _ => keys("bin"),
    };
    let scripts = document.get("scripts").and_then(|scripts| scripts.as_object());
    Some(NodeManifest {
        needs: ["dependencies", "optionalDependencies", "peerDependencies"].into_iter().flat_map(keys).collect(),
        develops_with: keys("devDependencies"),
        programs,
        scripts: scripts
            .into_iter()
            .flatten()
            .filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())))
            .collect(),
        name,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::testing::zip;

    #[test]
    fn the_directory_of_an_archive_is_read() {
        let bytes = zip(&[("a/B.class", b"one"), ("empty", b"")]);
        let found = members(&bytes).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((&*found[0].name, found[0].size, found[0].crc32), ("a/B.class", 3, crc32(b"one")));
        let behind_a_script = [b"#!/bin/sh\nexec java -jar $0\n", &bytes[..]].concat();
        assert_eq!(members(&behind_a_script).unwrap(), found);
        for cut in 0..bytes.len() {
            assert!(members(&bytes[..cut]).is_none_or(|members| members.is_empty()), "{cut}");
        }
    }

    #[test]
    fn a_manifest_tells_what_runs_from_what_is_only_worked_with() {
        let manifest = node_manifest(
            r#"{"name": "@x/app", "bin": "cli.js", "dependencies": {"a": "1"}, "peerDependencies": {"b": "*"},
                "devDependencies": {"c": "2"}, "scripts": {"start": "node .", "odd": 1}}"#,
        )
        .unwrap();
        assert_eq!(manifest.needs, ["a", "b"]);
        assert_eq!(manifest.develops_with, ["c"]);
        assert_eq!(manifest.programs, ["app"]);
        assert_eq!(manifest.scripts["start"], "node .");
        for broken in ["", "[]", "{", "7"] {
            assert!(node_manifest(broken).is_none());
        }
    }
}
