//! What an ELF file needs and offers, read from the file alone.

mod dynamic;
mod literals;
mod strings;

use std::collections::{BTreeMap, BTreeSet};

use object::elf;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use object::{Endianness, ReadRef};
use serde::{Deserialize, Serialize};

pub(crate) use strings::{printable as visit_printable, visit as visit_strings};

/// What is known about an ELF file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElfFacts {
    /// 32 or 64 bits.
    pub bits: u8,
    /// Whether the low byte comes first.
    pub little_endian: bool,
    /// The machine number, such as 62 for x86-64 and 183 for AArch64.
    pub machine: u16,
    /// Whether it is an executable or a shared object rather than an object file.
    pub linked: bool,
    /// The program that loads it.
    pub interpreter: Option<String>,
    /// Libraries it is linked with, by name, in order.
    pub needed: Vec<String>,
    /// The name other files link it by.
    pub soname: Option<String>,
    /// Folders searched before `LD_LIBRARY_PATH`, also for the libraries of libraries.
    pub rpath: Vec<String>,
    /// Folders searched after `LD_LIBRARY_PATH`; when set, `rpath` is ignored.
    pub runpath: Vec<String>,
    /// Symbol versions it needs, by library.
    pub versions_needed: BTreeMap<String, BTreeSet<String>>,
    /// Symbol versions it provides.
    pub versions_provided: BTreeSet<String>,
    /// Whether nothing has to be loaded beside it.
    pub is_static: bool,
    /// Libraries that it says it may load later.
    pub dlopen: Vec<DlopenNote>,
    /// What the imported names say it can do.
    pub abilities: Abilities,
    /// What compiled it, as far as that matters for finding its strings.
    pub compiler: Compiler,
}

/// Libraries an ELF file may load by name, from its `.note.dlopen`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DlopenNote {
    /// Names that would do, the preferred one first.
    #[serde(rename = "soname")]
    pub sonames: Vec<String>,
    /// `required`, `recommended` or `suggested`.
    #[serde(default)]
    pub priority: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub feature: Option<String>,
}

/// What a program can do, judged by the names it imports; a static program can do all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    /// It can hand a text to a shell.
    pub shell: bool,
    /// It can execute another program by name or path.
    pub exec: bool,
    /// It can load a library by name.
    pub load: bool,
    /// It can look up a time zone by name.
    pub zones: bool,
}

impl Abilities {
    /// Everything.
    pub const ALL: Self = Self { shell: true, exec: true, load: true, zones: true };

    /// Whether it can start another program in any way.
    #[must_use]
    pub fn spawns(self) -> bool {
        self.shell || self.exec
    }
}

/// The compiler family of an ELF file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compiler {
    /// Go: its string literals have no end mark.
    Go,
    /// Rust: its string literals have no end mark.
    Rust,
    /// Any other: literals end with a NUL byte.
    #[default]
    Other,
}

/// Whether bytes begin like an ELF file.
#[must_use]
pub fn is_elf(start: &[u8]) -> bool {
    start.starts_with(b"\x7fELF")
}

/// Reads the facts; `None` when the file only looks like ELF.
pub(crate) fn read<'data, R: ReadRef<'data>>(data: R) -> Option<ElfFacts> {
    let class = *data.read_bytes_at(4, 1).ok()?.first()?;
    match class {
        1 => read_class::<elf::FileHeader32<Endianness>, R>(data, 32),
        2 => read_class::<elf::FileHeader64<Endianness>, R>(data, 64),
        _ => None,
    }
}

fn read_class<'data, H, R>(data: R, bits: u8) -> Option<ElfFacts>
where
    H: FileHeader<Endian = Endianness>,
    R: ReadRef<'data>,
{
    let header = H::parse(data).ok()?;
    let endian = header.endian().ok()?;
    let mut facts = ElfFacts {
        bits,
        little_endian: matches!(endian, Endianness::Little),
        machine: header.e_machine(endian).0,
        ..ElfFacts::default()
    };
    let kind = header.e_type(endian);
    facts.linked = kind == elf::ET_EXEC || kind == elf::ET_DYN;
    let segments = header.program_headers(endian, data).unwrap_or(&[]);
    for segment in segments {
        if let Ok(Some(interpreter)) = segment.interpreter(endian, data) {
            facts.interpreter = Some(String::from_utf8_lossy(interpreter).into_owned());
        }
    }
    let imports = dynamic::read::<H, R>(endian, data, segments, &mut facts);
    let mut sections = Vec::new();
    if let Ok(table) = header.sections(endian, data) {
        for section in table.iter() {
            let name = table.section_name(endian, section).unwrap_or(b"");
            sections.push(name);
            if name == b".note.dlopen"
                && let Ok(Some(notes)) = section.notes(endian, data)
            {
                facts.dlopen.extend(dlopen_notes::<H>(endian, notes));
            }
        }
    }
    facts.is_static = facts.linked && facts.interpreter.is_none() && facts.needed.is_empty() && facts.soname.is_none();
    facts.compiler = compiler(&sections);
    facts.abilities = match imports {
        Some(imports) if !facts.is_static => dynamic::abilities(&imports),
        _ => Abilities::ALL,
    };
    Some(facts)
}

fn dlopen_notes<H: FileHeader<Endian = Endianness>>(
    endian: Endianness,
    mut notes: object::read::elf::NoteIterator<'_, H>,
) -> Vec<DlopenNote> {
    const NOTE_TYPE: u32 = 0x407c_0c0a;
    let mut found = Vec::new();
    while let Ok(Some(note)) = notes.next() {
        if note.n_type(endian).0 != NOTE_TYPE {
            continue;
        }
        let text = String::from_utf8_lossy(note.desc());
        if let Ok(list) = serde_json::from_str::<Vec<DlopenNote>>(text.trim_end_matches('\0')) {
            found.extend(list);
        }
    }
    found
}

fn compiler(sections: &[&[u8]]) -> Compiler {
    let is_go = |name: &&[u8]| matches!(*name, b".note.go.buildid" | b".go.buildinfo" | b".gopclntab");
    if sections.iter().any(is_go) {
        Compiler::Go
    } else {
        // Rust leaves no section of its own; its strings tell, and they are looked at later.
        Compiler::Other
    }
}

impl ElfFacts {
    /// The machine in words, for messages.
    #[must_use]
    pub fn machine_name(&self) -> String {
        let name = match self.machine {
            3 => "i386",
            8 => "mips",
            20 => "powerpc",
            21 => "powerpc64",
            22 => "s390",
            40 => "arm",
            62 => "x86-64",
            183 => "aarch64",
            243 => "riscv",
            258 => "loongarch",
            other => return format!("machine {other}"),
        };
        format!("{name} ({} bits)", self.bits)
    }

    /// Whether it was linked against musl.
    #[must_use]
    pub fn is_musl(&self) -> bool {
        let musl = |name: &str| name.contains("ld-musl-") || name.starts_with("libc.musl-");
        self.interpreter.as_deref().is_some_and(musl) || self.needed.iter().any(|name| musl(name))
    }

    /// Whether a process of this machine can load that file.
    #[must_use]
    pub fn fits(&self, other: &Self) -> bool {
        self.bits == other.bits && self.machine == other.machine && self.little_endian == other.little_endian
    }
}
