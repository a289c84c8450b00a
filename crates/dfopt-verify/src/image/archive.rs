//! A bounded, streaming reader of tar archives that keeps extended attributes byte for byte.
//!
//! Header fields come from the `tar` crate; extension records are read here because their values may hold newlines,
//! which a file capability does now and then.

use std::io::{self, Read};

use tar::EntryType;

use super::ImageError;

const BLOCK: usize = 512;
const MAX_EXTENSION: u64 = 1 << 20;

/// One member of a tar archive.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) path: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) kind: EntryType,
    pub(super) size: u64,
    pub(super) mode: u32,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) device: (u32, u32),
    pub(super) xattrs: Vec<(String, Vec<u8>)>,
}

/// Reads members one after another from a stream.
pub(super) struct Archive<R> {
    inner: R,
    remaining: u64,
    padding: u64,
}

#[derive(Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    sparse: bool,
    xattrs: Vec<(String, Vec<u8>)>,
}

impl<R: Read> Archive<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, remaining: 0, padding: 0 }
    }

    /// The next member; what is left of the current one is skipped.
    pub(super) fn next(&mut self) -> Result<Option<Member>, ImageError> {
        let mut extensions = Extensions::default();
        loop {
            self.skip_rest()?;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            let kind = header.entry_type();
            let size = header
                .entry_size()
                .or_else(|error| blank(&header.as_old().size).ok_or(error))
                .map_err(|error| ImageError::archive("member size", &error))?;
            self.remaining = size;
            self.padding = pad(size);
            if kind.is_gnu_longname() {
                extensions.path = Some(trim_nul(self.extension()?));
            } else if kind.is_gnu_longlink() {
                extensions.link = Some(trim_nul(self.extension()?));
            } else if kind.is_pax_local_extensions() {
                let data = self.extension()?;
                parse_records(&data, &mut extensions)?;
            } else if kind.is_pax_global_extensions() {
                self.extension()?;
            } else {
                return self.member(&header, kind, extensions).map(Some);
            }
        }
    }

    fn member(&mut self, header: &tar::Header, kind: EntryType, extensions: Extensions) -> Result<Member, ImageError> {
        if kind == EntryType::GNUSparse || extensions.sparse {
            return Err(ImageError::Archive("sparse members are not supported".into()));
        }
        let field = |name: &str, value: io::Result<u64>| value.map_err(|error| ImageError::archive(name, &error));
        let mut size = extensions.size.unwrap_or(self.remaining);
        if matches!(
            kind,
            EntryType::Link
                | EntryType::Symlink
                | EntryType::Char
                | EntryType::Block
                | EntryType::Directory
                | EntryType::Fifo
        ) {
            size = 0;
        }
        self.remaining = size;
        self.padding = pad(size);
        Ok(Member {
            path: extensions.path.unwrap_or_else(|| header.path_bytes().into_owned()),
            link: match extensions.link {
                Some(link) => link,
                None => header.link_name_bytes().map(std::borrow::Cow::into_owned).unwrap_or_default(),
            },
            kind,
            size,
            mode: header
                .mode()
                .or_else(|error| blank(&header.as_old().mode).ok_or(error))
                .map_err(|error| ImageError::archive("member mode", &error))?
                & 0o7777,
            uid: match extensions.uid {
                Some(uid) => uid,
                None => field("member owner", header.uid().or_else(|error| blank(&header.as_old().uid).ok_or(error)))?,
            },
            gid: match extensions.gid {
                Some(gid) => gid,
                None => field("member group", header.gid().or_else(|error| blank(&header.as_old().gid).ok_or(error)))?,
            },
            device: (
                header.device_major().ok().flatten().unwrap_or(0),
                header.device_minor().ok().flatten().unwrap_or(0),
            ),
            xattrs: extensions.xattrs,
        })
    }

    /// The data of the current member.
    pub(super) fn data(&mut self) -> Data<'_, R> {
        Data { archive: self }
    }

    fn header(&mut self) -> Result<Option<tar::Header>, ImageError> {
        let mut block = [0_u8; BLOCK];
        if !read_block(&mut self.inner, &mut block)? {
            return Ok(None);
        }
        if is_zero(&block) {
            // Two zero blocks end an archive, one alone is tolerated, and what follows the end is drained so that a
            // decoder behind this reader reaches its own end.
            if !read_block(&mut self.inner, &mut block)? {
                return Ok(None);
            }
            if is_zero(&block) {
                io::copy(&mut self.inner, &mut io::sink())
                    .map_err(|error| ImageError::archive("end of archive", &error))?;
                return Ok(None);
            }
        }
        let mut header = tar::Header::new_old();
        header.as_mut_bytes().copy_from_slice(&block);
        let sum: u32 = block
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        match header.cksum() {
            Ok(expected) if expected == sum => Ok(Some(header)),
            _ => Err(ImageError::Archive("a header has a wrong checksum".into())),
        }
    }

    fn extension(&mut self) -> Result<Vec<u8>, ImageError> {
        if self.remaining > MAX_EXTENSION {
            return Err(ImageError::Limit("an extension header is too long".into()));
        }
        let mut data = Vec::new();
        self.data().read_to_end(&mut data).map_err(|error| ImageError::archive("extension header", &error))?;
        Ok(data)
    }

    fn skip_rest(&mut self) -> Result<(), ImageError> {
        let length = self.remaining + self.padding;
        let skipped = io::copy(&mut (&mut self.inner).take(length), &mut io::sink())
            .map_err(|error| ImageError::archive("member data", &error))?;
        if skipped < self.remaining {
            return Err(ImageError::Archive("the archive ends inside a member".into()));
        }
        self.remaining = 0;
        self.padding = 0;
        Ok(())
    }
}

/// The data of one member.
pub(super) struct Data<'a, R> {
    archive: &'a mut Archive<R>,
}

impl<R: Read> Read for Data<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let archive = &mut *self.archive;
        if archive.remaining == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let length = usize::try_from(archive.remaining).unwrap_or(usize::MAX).min(buffer.len());
        let read = archive.inner.read(&mut buffer[..length])?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive ends inside a member"));
        }
        archive.remaining -= read as u64;
        Ok(read)
    }
}

/// Some writers leave a number of zero out.
fn blank<N: Default>(field: &[u8]) -> Option<N> {
    field.iter().all(|byte| matches!(byte, 0 | b' ')).then(N::default)
}

fn pad(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}

fn is_zero(block: &[u8; BLOCK]) -> bool {
    block.iter().all(|byte| *byte == 0)
}

fn trim_nul(mut data: Vec<u8>) -> Vec<u8> {
    while data.last() == Some(&0) {
        data.pop();
    }
    data
}

/// Fills the block, or says that the stream ended before its first byte.
fn read_block(from: &mut impl Read, block: &mut [u8; BLOCK]) -> Result<bool, ImageError> {
    let mut filled = 0;
    while filled < BLOCK {
        match from.read(&mut block[filled..]) {
            Ok(0) if filled == 0 => return Ok(false),
            Ok(0) => return Err(ImageError::Archive("the archive ends inside a header".into())),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ImageError::archive("header", &error)),
        }
    }
    Ok(true)
}

/// Reads `LENGTH KEY=VALUE\n` records; the length counts the whole record.
fn parse_records(mut data: &[u8], into: &mut Extensions) -> Result<(), ImageError> {
    let broken = || ImageError::Archive("a broken extension record".into());
    while !data.is_empty() {
        let space = memchr::memchr(b' ', data).ok_or_else(broken)?;
        let length: usize =
            std::str::from_utf8(&data[..space]).ok().and_then(|digits| digits.parse().ok()).ok_or_else(broken)?;
        if length <= space + 1 || length > data.len() {
            return Err(broken());
        }
        let record = &data[space + 1..length - 1];
        data = &data[length..];
        let equals = memchr::memchr(b'=', record).ok_or_else(broken)?;
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        let number = || std::str::from_utf8(value).ok().and_then(|digits| digits.parse::<u64>().ok());
        match key {
            b"path" => into.path = Some(value.to_vec()),
            b"linkpath" => into.link = Some(value.to_vec()),
            b"size" => into.size = Some(number().ok_or_else(broken)?),
            b"uid" => into.uid = number(),
            b"gid" => into.gid = number(),
            _ if key.starts_with(b"GNU.sparse.") => into.sparse = true,
            _ => {
                let name = key.strip_prefix(b"SCHILY.xattr.").or_else(|| key.strip_prefix(b"LIBARCHIVE.xattr."));
                if let Some(name) = name {
                    into.xattrs.push((String::from_utf8_lossy(name).into_owned(), value.to_vec()));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn record(key: &str, value: &[u8]) -> Vec<u8> {
        let body = key.len() + value.len() + 3;
        let mut length = body + 1;
        while length != body + length.to_string().len() {
            length += 1;
        }
        let mut out = format!("{length} {key}=").into_bytes();
        out.extend_from_slice(value);
        out.push(b'\n');
        out
    }

    #[test]
    fn attribute_values_may_hold_newlines() {
        let mut data = record("SCHILY.xattr.security.capability", b"\x01\n\x00=\n2");
        data.extend(record("path", b"a/b"));
        let mut extensions = Extensions::default();
        parse_records(&data, &mut extensions).unwrap();
        assert_eq!(extensions.path.unwrap(), b"a/b");
        assert_eq!(extensions.xattrs, [("security.capability".to_owned(), b"\x01\n\x00=\n2".to_vec())]);
    }

    #[test]
    fn broken_records_are_errors() {
        for data in [&b"9"[..], b"0 =\n", b"99 a=b\n", b"x a=b\n"] {
            assert!(parse_records(data, &mut Extensions::default()).is_err());
        }
    }

    #[test]
    fn a_cut_archive_is_an_error() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(600);
        header.set_mode(0o644);
        builder.append_data(&mut header, "f", &[7_u8; 600][..]).unwrap();
        let whole = builder.into_inner().unwrap();
        for cut in [100, 512, 700, 1100] {
            let mut archive = Archive::new(&whole[..cut]);
            let result = archive.next().and_then(|_| archive.next());
            assert!(result.is_err(), "{cut}");
        }
        let mut archive = Archive::new(&whole[..]);
        let member = archive.next().unwrap().unwrap();
        assert_eq!((member.path, member.size), (b"f".to_vec(), 600));
        assert!(archive.next().unwrap().is_none());
    }
}
