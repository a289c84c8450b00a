//! A Dockerfile as it was read: its name, its bytes, its text.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dfopt_semantic::encoding::{Decoded, Wide, decode};
use dfopt_syntax::TextSize;

use crate::discover::Origin;

/// More than any Dockerfile has; whoever points at a disk image gets an answer all the same.
const MOST_BYTES: u64 = 16 << 20;

/// A Dockerfile that was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// What it is called in output.
    pub name: String,
    /// Where it is; `None` for standard input.
    pub path: Option<PathBuf>,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// What it says, and what of that is damaged.
    pub decoded: Decoded,
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// What kind of trouble, for programs: `not-found`, `permission-denied`, `is-a-folder`, `too-large`, `unsupported`, `io`.
    pub kind: &'static str,
    /// For people.
    pub message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.message)
    }
}

impl Source {
    /// Reads a file or standard input, which is called `stdin_name` where that is given.
    ///
    /// # Errors
    /// With the name to report the trouble under.
    pub fn read(origin: &Origin, stdin_name: Option<&Path>) -> Result<Source, (String, ReadError)> {
        match origin {
            Origin::Stdin => {
                let name = stdin_name.map_or_else(|| "-".to_owned(), shown);
                let bytes = limited(io::stdin().lock()).map_err(|error| (name.clone(), error))?;
                Ok(Source::of(name, None, bytes))
            }
            Origin::File(path) => {
                let name = shown(path);
                let bytes = read_file(path).map_err(|error| (name.clone(), error))?;
                Ok(Source::of(name, Some(path.clone()), bytes))
            }
        }
    }

    /// A Dockerfile from bytes at hand.
    #[must_use]
    pub fn of(name: String, path: Option<PathBuf>, bytes: Vec<u8>) -> Source {
        let decoded = decode(&bytes);
        Source { name, path, bytes, decoded }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.decoded.text
    }

    /// Whether the text is exactly what the bytes say, so that it can be changed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.decoded.damage.is_none()
    }

    /// The byte of the file where a byte of the text comes from.
    #[must_use]
    pub fn byte_in_file(&self, offset: TextSize) -> usize {
        let offset = usize::from(offset);
        if self.is_whole() {
            return offset;
        }
        if let Some(encoding) = self.decoded.damage.encoding {
            let before = self.text().get(..offset).unwrap_or(self.text());
            return match encoding {
                Wide::Utf16 => 2 + 2 * before.chars().map(char::len_utf16).sum::<usize>(),
                Wide::Utf32 => 4 + 4 * before.chars().count(),
            };
        }
        let (mut in_text, mut in_file) = (0, 0);
        for chunk in self.bytes.utf8_chunks() {
            let valid = chunk.valid().len();
            if offset <= in_text + valid {
                return in_file + offset - in_text;
            }
            in_text += valid + char::REPLACEMENT_CHARACTER.len_utf8();
            in_file += valid + chunk.invalid().len();
        }
        in_file
    }
}

/// A path as output shows it: with `/` between its parts on every system.
#[must_use]
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

fn read_file(path: &Path) -> Result<Vec<u8>, ReadError> {
    if let Some(what) = other_build_file(path) {
        let message = format!("{what} is not read in this version: name the Dockerfiles that it builds");
        return Err(ReadError { kind: "unsupported", message });
    }
    let file = File::open(path).map_err(|error| read_error(&error))?;
    limited(file)
}

/// Files that describe builds and are no Dockerfiles.
fn other_build_file(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    if is_yaml && (name.starts_with("compose.") || name.starts_with("docker-compose.")) {
        return Some("a Compose file");
    }
    matches!(name, "docker-bake.hcl" | "docker-bake.json" | "docker-bake.override.hcl" | "docker-bake.override.json")
        .then_some("a Bake file")
}

fn limited(from: impl Read) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| read_error(&error))?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("it has more than {} MiB, which no Dockerfile has", MOST_BYTES >> 20);
        return Err(ReadError { kind: "too-large", message });
    }
    Ok(bytes)
}

fn read_error(error: &io::Error) -> ReadError {
    let (kind, message) = match error.kind() {
        io::ErrorKind::NotFound => ("not-found", "there is no such file".to_owned()),
        io::ErrorKind::PermissionDenied => ("permission-denied", "this user may not read it".to_owned()),
        io::ErrorKind::IsADirectory => ("is-a-folder", "it is a folder".to_owned()),
        _ => ("io", error.to_string()),
    };
    ReadError { kind, message }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn source(bytes: &[u8]) -> Source {
        Source::of("Dockerfile".to_owned(), None, bytes.to_vec())
    }

    #[test]
    fn places_in_damaged_text_lead_back_to_the_file() {
        let damaged = source(b"A\xffB\xc3(C");
        let at = |needle: char| TextSize::try_from(damaged.text().find(needle).unwrap()).unwrap();
        assert_eq!(damaged.byte_in_file(at('A')), 0);
        assert_eq!(damaged.byte_in_file(at('\u{fffd}')), 1);
        assert_eq!(damaged.byte_in_file(at('B')), 2);
        assert_eq!(damaged.byte_in_file(at('(')), 4);
        assert_eq!(damaged.byte_in_file(at('C')), 5);
        assert_eq!(damaged.byte_in_file(TextSize::of(damaged.text())), 6);
        assert!(!damaged.is_whole());
    }

    #[test]
    fn wide_text_leads_back_too() {
        let wide = source(b"\xff\xfeF\0R\0");
        assert_eq!(wide.text(), "FR");
        assert_eq!(wide.byte_in_file(1.into()), 4);
        assert_eq!(source("é\u{feff}".as_bytes()).byte_in_file(2.into()), 2);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let read = |path: &Path| Source::read(&Origin::File(path.to_owned()), None).unwrap_err().1.kind;
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join("none")), "not-found");
        assert_eq!(read(folder.path()), "is-a-folder");
        assert_eq!(read(Path::new("x/compose.prod.yaml")), "unsupported");
        std::fs::write(folder.path().join("big"), vec![b'#'; (MOST_BYTES + 1) as usize]).unwrap();
        assert_eq!(read(&folder.path().join("big")), "too-large");
    }
}
