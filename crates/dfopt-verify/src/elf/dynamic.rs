//! The dynamic segment, read through the program headers: those survive every kind of stripping.

use std::collections::BTreeSet;

use object::elf;
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{Endianness, ReadRef};

use super::{Abilities, ElfFacts};

const MAX_STRINGS: u64 = 64 << 20;
const MAX_RECORDS: usize = 65_536;

/// Fills the dynamic facts and returns the names in the dynamic string table; `None` without a dynamic segment.
pub(super) fn read<'data, H, R>(
    endian: Endianness,
    data: R,
    segments: &'data [H::ProgramHeader],
    facts: &mut ElfFacts,
) -> Option<BTreeSet<&'data [u8]>>
where
    H: FileHeader<Endian = Endianness>,
    R: ReadRef<'data>,
{
    let table = segments.iter().find_map(|segment| segment.dynamic(endian, data).ok().flatten())?;
    let mut entries: Vec<(i64, u64)> = Vec::new();
    for entry in table {
        let tag = entry.d_tag(endian);
        if tag == elf::DT_NULL {
            break;
        }
        entries.push((tag.0, entry.d_val(endian).into()));
    }
    let value = |tag: elf::DynamicTag| entries.iter().find(|entry| entry.0 == tag.0).map(|entry| entry.1);
    let at = |address: u64, length: u64| bytes_at::<H, R>(endian, data, segments, address, length);
    let strings = value(elf::DT_STRTAB)
        .zip(value(elf::DT_STRSZ))
        .and_then(|(address, length)| at(address, length.min(MAX_STRINGS)))
        .unwrap_or(&[]);
    let text = |offset: u64| -> Option<String> {
        let rest = strings.get(usize::try_from(offset).ok()?..)?;
        let end = memchr::memchr(0, rest)?;
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    };
    for (tag, value) in &entries {
        let folders = || text(*value).map(|list| list.split(':').map(str::to_owned).collect::<Vec<_>>());
        match elf::DynamicTag(*tag) {
            elf::DT_NEEDED => facts.needed.extend(text(*value)),
            elf::DT_SONAME => facts.soname = text(*value),
            elf::DT_RPATH => facts.rpath = folders().unwrap_or_default(),
            elf::DT_RUNPATH => facts.runpath = folders().unwrap_or_default(),
            _ => {}
        }
    }
    let records = Records {
        endian,
        segment: &|address| {
            // The length of these tables is not recorded; they end within their segment.
            rest_at::<H, R>(endian, data, segments, address)
        },
    };
    if let Some(address) = value(elf::DT_VERNEED) {
        records.needed(address, |file, version| {
            if let Some((file, version)) = text(file).zip(text(version)) {
                facts.versions_needed.entry(file).or_default().insert(version);
            }
        });
    }
    if let Some(address) = value(elf::DT_VERDEF) {
        records.provided(address, |version| facts.versions_provided.extend(text(version)));
    }
    Some(strings.split(|byte| *byte == 0).collect())
}

fn bytes_at<'data, H, R>(
    endian: Endianness,
    data: R,
    segments: &'data [H::ProgramHeader],
    address: u64,
    length: u64,
) -> Option<&'data [u8]>
where
    H: FileHeader<Endian = Endianness>,
    R: ReadRef<'data>,
{
    let (offset, available) = place::<H>(endian, segments, address)?;
    data.read_bytes_at(offset, length.min(available)).ok()
}

fn rest_at<'data, H, R>(
    endian: Endianness,
    data: R,
    segments: &'data [H::ProgramHeader],
    address: u64,
) -> Option<&'data [u8]>
where
    H: FileHeader<Endian = Endianness>,
    R: ReadRef<'data>,
{
    bytes_at::<H, R>(endian, data, segments, address, 4 << 20)
}

/// Where an address lies in the file, and how many bytes of its segment follow.
pub(super) fn place<H: FileHeader<Endian = Endianness>>(
    endian: Endianness,
    segments: &[H::ProgramHeader],
    address: u64,
) -> Option<(u64, u64)> {
    segments.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD).find_map(|segment| {
        let start: u64 = segment.p_vaddr(endian).into();
        let length: u64 = segment.p_filesz(endian).into();
        let offset: u64 = segment.p_offset(endian).into();
        let inside = address.checked_sub(start)?;
        (inside < length).then(|| (offset.saturating_add(inside), length - inside))
    })
}

/// The version tables: chains of records that each say how far away the next one is.
struct Records<'a, 'data> {
    endian: Endianness,
    segment: &'a dyn Fn(u64) -> Option<&'data [u8]>,
}

impl Records<'_, '_> {
    fn half(&self, data: &[u8], at: usize) -> Option<u16> {
        let bytes: [u8; 2] = data.get(at..at + 2)?.try_into().ok()?;
        Some(match self.endian {
            Endianness::Little => u16::from_le_bytes(bytes),
            Endianness::Big => u16::from_be_bytes(bytes),
        })
    }

    fn word(&self, data: &[u8], at: usize) -> Option<u32> {
        let bytes: [u8; 4] = data.get(at..at + 4)?.try_into().ok()?;
        Some(match self.endian {
            Endianness::Little => u32::from_le_bytes(bytes),
            Endianness::Big => u32::from_be_bytes(bytes),
        })
    }

    fn needed(&self, address: u64, mut each: impl FnMut(u64, u64)) -> Option<()> {
        let data = (self.segment)(address)?;
        let mut at = 0_usize;
        for _ in 0..MAX_RECORDS {
            let count = self.half(data, at + 2)?;
            let file = u64::from(self.word(data, at + 4)?);
            let mut inner = at + self.word(data, at + 8)? as usize;
            for _ in 0..count {
                each(file, u64::from(self.word(data, inner + 8)?));
                match self.word(data, inner + 12)? {
                    0 => break,
                    next => inner += next as usize,
                }
            }
            match self.word(data, at + 12)? {
                0 => break,
                next => at += next as usize,
            }
        }
        Some(())
    }

    fn provided(&self, address: u64, mut each: impl FnMut(u64)) -> Option<()> {
        const BASE: u16 = 1;
        let data = (self.segment)(address)?;
        let mut at = 0_usize;
        for _ in 0..MAX_RECORDS {
            let flags = self.half(data, at + 2)?;
            let inner = at + self.word(data, at + 12)? as usize;
            // The base record names the library itself, not a version.
            if flags & BASE == 0 {
                each(u64::from(self.word(data, inner)?));
            }
            match self.word(data, at + 16)? {
                0 => break,
                next => at += next as usize,
            }
        }
        Some(())
    }
}

/// What imported names allow.
pub(super) fn abilities(names: &BTreeSet<&[u8]>) -> Abilities {
    let any = |wanted: &[&str]| wanted.iter().any(|name| names.contains(name.as_bytes()));
    Abilities {
        shell: any(&["system", "popen", "wordexp"]),
        exec: any(&[
            "execl",
            "execle",
            "execlp",
            "execv",
            "execve",
            "execvp",
            "execvpe",
            "execveat",
            "fexecve",
            "posix_spawn",
            "posix_spawnp",
            "g_spawn_sync",
            "g_spawn_async",
            "g_spawn_command_line_sync",
            "g_spawn_command_line_async",
            "uv_spawn",
            "SDL_CreateProcess",
        ]),
        zones: any(&["tzset", "localtime", "localtime_r", "mktime", "strftime"]),
        load: any(&["dlopen", "dlmopen", "g_module_open", "lt_dlopen", "lt_dlopenext", "uv_dlopen", "SDL_LoadObject"]),
    }
}
