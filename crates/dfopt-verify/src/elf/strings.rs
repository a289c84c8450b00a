//! The strings of an ELF file's constant data, whichever way its compiler marks their ends.

use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

use super::literals;
use super::{Compiler, ElfFacts};

/// Sections that hold no literals: tables of the linker, unwinder and debugger.
const NO_LITERALS: &[&str] = &[
    ".dynstr",
    ".dynsym",
    ".gnu.hash",
    ".hash",
    ".gnu.version",
    ".gnu.version_r",
    ".gnu.version_d",
    ".eh_frame",
    ".eh_frame_hdr",
    ".gcc_except_table",
    ".gopclntab",
    ".data.rel.ro.gopclntab",
    ".gosymtab",
    ".typelink",
    ".itablink",
    ".go.buildinfo",
    ".interp",
    ".dynamic",
    ".got",
    ".got.plt",
];

/// Calls `each` with every string, and returns whether all could be found.
pub(crate) fn visit(data: &[u8], facts: &mut ElfFacts, each: &mut dyn FnMut(&[u8])) -> bool {
    match facts.bits {
        32 => visit_class::<elf::FileHeader32<Endianness>>(data, facts, each),
        _ => visit_class::<elf::FileHeader64<Endianness>>(data, facts, each),
    }
    .unwrap_or(false)
}

fn visit_class<H: FileHeader<Endian = Endianness>>(
    data: &[u8],
    facts: &mut ElfFacts,
    each: &mut dyn FnMut(&[u8]),
) -> Option<bool> {
    let header = H::parse(data).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, data).unwrap_or(&[]);
    let regions = regions::<H>(header, endian, data, segments);
    if facts.compiler == Compiler::Other && regions.constant.iter().any(|region| is_rust(region.bytes)) {
        facts.compiler = Compiler::Rust;
    }
    if facts.compiler == Compiler::Go && !regions.names.is_empty() {
        let starts = |what: &[u8]| regions.names.iter().any(|table| memchr::memmem::find(table, what).is_some());
        // A Go program has the calls it can make in its function table; what C code in it imports comes on top.
        let imported = if facts.is_static { Default::default() } else { facts.abilities };
        let exec = imported.exec
            || imported.shell
            || starts(b"os/exec.")
            || starts(b"os.StartProcess")
            || starts(b"syscall.Exec");
        facts.abilities.exec = exec;
        facts.abilities.shell = exec;
        facts.abilities.zones = starts(b"time.LoadLocation");
        facts.abilities.load = imported.load || starts(b"plugin.Open") || starts(b"purego.") || starts(b"dlopen");
    }
    if facts.compiler == Compiler::Other {
        for region in &regions.constant {
            terminated(region.bytes, each);
        }
        return Some(true);
    }
    let pieces = literals::find(&regions, literals::Target { machine: facts.machine, bits: facts.bits, endian }, each);
    // Parts in C still end their strings with NUL.
    for region in &regions.constant {
        terminated(region.bytes, &mut |text| {
            if text.len() <= 256 {
                each(text);
            }
        });
    }
    Some(pieces)
}

/// The parts of a file that matter for literals.
pub(super) struct Regions<'data> {
    pub(super) constant: Vec<Region<'data>>,
    pub(super) code: Vec<Region<'data>>,
    pub(super) relocations: Vec<Region<'data>>,
    /// Function names of a Go program.
    names: Vec<&'data [u8]>,
}

/// Bytes and the address they are loaded at.
#[derive(Clone, Copy)]
pub(super) struct Region<'data> {
    pub(super) address: u64,
    pub(super) bytes: &'data [u8],
}

fn regions<'data, H: FileHeader<Endian = Endianness>>(
    header: &'data H,
    endian: Endianness,
    data: &'data [u8],
    segments: &'data [H::ProgramHeader],
) -> Regions<'data> {
    let mut regions = Regions { constant: Vec::new(), code: Vec::new(), relocations: Vec::new(), names: Vec::new() };
    let sections = header.sections(endian, data).unwrap_or_default();
    for section in sections.iter() {
        let flags: u64 = section.sh_flags(endian).0;
        let kind = section.sh_type(endian);
        let name = sections.section_name(endian, section).unwrap_or(b"");
        let Ok(bytes) = section.data(endian, data) else { continue };
        if bytes.is_empty() || flags & 2 == 0 {
            continue;
        }
        let region = Region { address: section.sh_addr(endian).into(), bytes };
        if kind == elf::SHT_RELA {
            regions.relocations.push(region);
        } else if flags & 4 != 0 {
            regions.code.push(region);
        } else if name.ends_with(b"gopclntab") {
            regions.names.push(bytes);
        } else if kind != elf::SHT_NOTE && !NO_LITERALS.iter().any(|other| other.as_bytes() == name) {
            regions.constant.push(region);
        }
    }
    if regions.constant.is_empty() && regions.code.is_empty() {
        // Without a section table the segments have to do.
        for segment in segments.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD) {
            let Ok(bytes) = segment.data(endian, data) else { continue };
            let region = Region { address: segment.p_vaddr(endian).into(), bytes };
            let flags = segment.p_flags(endian).0;
            if flags & 1 != 0 {
                regions.code.push(region);
            }
            regions.constant.push(region);
        }
    }
    regions
}

fn is_rust(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"/rustc/").is_some() || memchr::memmem::find(bytes, b"library/std/src/").is_some()
}

/// Calls `each` with runs of printable text that end with a NUL byte.
pub(crate) fn terminated(bytes: &[u8], each: &mut dyn FnMut(&[u8])) {
    for run in bytes.split(|byte| *byte == 0) {
        printable(run, each);
    }
}

/// Calls `each` with the runs of printable text in the bytes.
pub(crate) fn printable(bytes: &[u8], each: &mut dyn FnMut(&[u8])) {
    let text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r') || *byte >= 0x80;
    for run in bytes.split(|byte| !text(byte)) {
        if run.len() >= 2 {
            each(run);
        }
    }
}
