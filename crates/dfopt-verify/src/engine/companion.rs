//! This program's own executable in its two other roles: as guard of the engine's commands, and as probe inside a container.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use object::elf;
use object::read::elf::{Dyn as _, ProgramHeader as _};

use crate::probe::{HELLO, SUBCOMMAND};

/// Where the probe lies in a container.
const FOLDER: &str = "dfopt-probe";
/// The same as a path.
pub(crate) const ROOT: &str = "/dfopt-probe";

/// What the probe is to do in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// To look at what runs.
    Look,
    /// To run it.
    Trace,
}

/// An executable that answers to the hidden subcommand.
#[derive(Debug, Clone)]
pub(crate) struct Companion {
    pub(crate) executable: PathBuf,
    /// Shared objects that were mapped into it when it was asked, none for a static executable.
    libraries: Vec<PathBuf>,
}

/// The probe packed for `docker cp`, and how it is started there.
#[derive(Debug)]
pub(crate) struct PackedProbe {
    pub(crate) tar: Vec<u8>,
    pub(crate) entrypoint: String,
    pub(crate) arguments: Vec<String>,
    /// Where a tracer writes to.
    pub(crate) report: String,
}

impl Companion {
    /// Asks the executable whether it knows the hidden subcommand; any other program is not used.
    pub(crate) fn find(executable: &Path) -> Option<Self> {
        let mut child = Command::new(executable)
            .args([SUBCOMMAND, "hello"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let collector = super::command::Collector::new(child.stdout.take()?, 1 << 20);
        let start = Instant::now();
        loop {
            match child.try_wait() {
                Ok(None) if start.elapsed() < Duration::from_secs(5) => std::thread::sleep(Duration::from_millis(2)),
                Ok(Some(status)) if status.success() => break,
                _ => {
                    drop(child.kill());
                    drop(child.wait());
                    return None;
                }
            }
        }
        let output = collector.finish();
        let text = output.text();
        let mut lines = text.lines();
        (lines.next() == Some(HELLO))
            .then(|| Self { executable: executable.to_owned(), libraries: lines.map(PathBuf::from).collect() })
    }

    /// The executable, with its loader and libraries where it has any, as an archive for the root of a container; or why that
    /// cannot be for an image of this architecture (in the engine's spelling, such as `amd64`).
    pub(crate) fn pack(&self, architecture: &str, role: Role) -> Result<PackedProbe, String> {
        let program = std::fs::read(&self.executable).map_err(|error| format!("cannot read the probe: {error}"))?;
        let facts = ElfFacts::read(&program)
            .ok_or("this build of dfopt is not a Linux program, so it cannot run in a container")?;
        if facts.architecture != Some(architecture) {
            return Err(format!("this build of dfopt does not run on {architecture}"));
        }
        let mut tar = tar::Builder::new(Vec::with_capacity(program.len() + (1 << 16)));
        let packing = |error: std::io::Error| format!("cannot pack the probe: {error}");
        append(&mut tar, "dfopt", 0o755, &program).map_err(packing)?;
        if role == Role::Trace {
            // Whoever the program runs as writes into it.
            append(&mut tar, "trace", 0o666, b"").map_err(packing)?;
        }
        let run = |file: &str| format!("/{FOLDER}/{file}");
        let (entrypoint, mut arguments) = match &facts.interpreter {
            None => (run("dfopt"), Vec::new()),
            Some(interpreter) => {
                let loader =
                    std::fs::read(interpreter).map_err(|error| format!("cannot read {interpreter}: {error}"))?;
                append(&mut tar, "loader", 0o755, &loader).map_err(packing)?;
                for library in &self.libraries {
                    let bytes = std::fs::read(library)
                        .map_err(|error| format!("cannot read {}: {error}", library.display()))?;
                    // Programs ask for a library by its SONAME, the file may be called otherwise.
                    let name = ElfFacts::read(&bytes)
                        .and_then(|facts| facts.soname)
                        .or_else(|| Some(library.file_name()?.to_str()?.to_owned()))
                        .ok_or_else(|| format!("no name for {}", library.display()))?;
                    append(&mut tar, &format!("lib/{name}"), 0o755, &bytes).map_err(packing)?;
                }
                (run("loader"), vec!["--library-path".to_owned(), run("lib"), run("dfopt")])
            }
        };
        arguments.push(SUBCOMMAND.to_owned());
        Ok(PackedProbe { tar: tar.into_inner().map_err(packing)?, entrypoint, arguments, report: run("trace") })
    }
}

fn append(tar: &mut tar::Builder<Vec<u8>>, name: &str, mode: u32, bytes: &[u8]) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(mode);
    header.set_size(bytes.len() as u64);
    tar.append_data(&mut header, format!("{FOLDER}/{name}"), bytes)
}

/// What is asked of an ELF file here.
struct ElfFacts {
    /// In the engine's spelling.
    architecture: Option<&'static str>,
    interpreter: Option<String>,
    soname: Option<String>,
}

impl ElfFacts {
    fn read(bytes: &[u8]) -> Option<Self> {
        match object::FileKind::parse(bytes).ok()? {
            object::FileKind::Elf64 => Self::read_class::<elf::FileHeader64<object::Endianness>>(bytes),
            object::FileKind::Elf32 => Self::read_class::<elf::FileHeader32<object::Endianness>>(bytes),
            _ => None,
        }
    }

    fn read_class<Elf: object::read::elf::FileHeader<Endian = object::Endianness>>(bytes: &[u8]) -> Option<Self> {
        let header = Elf::parse(bytes).ok()?;
        let endian = header.endian().ok()?;
        let mut facts = Self {
            architecture: match (header.e_machine(endian), header.is_class_64(), header.is_little_endian()) {
                (elf::EM_X86_64, true, true) => Some("amd64"),
                (elf::EM_386, false, true) => Some("386"),
                (elf::EM_AARCH64, true, true) => Some("arm64"),
                (elf::EM_ARM, false, true) => Some("arm"),
                (elf::EM_RISCV, true, true) => Some("riscv64"),
                (elf::EM_PPC64, true, true) => Some("ppc64le"),
                (elf::EM_S390, true, false) => Some("s390x"),
                (elf::EM_LOONGARCH, true, true) => Some("loong64"),
                _ => None,
            },
            interpreter: None,
            soname: None,
        };
        for segment in header.program_headers(endian, bytes).ok()? {
            if let Ok(Some(interpreter)) = segment.interpreter(endian, bytes) {
                facts.interpreter = std::str::from_utf8(interpreter).ok().map(str::to_owned);
            }
        }
        let sections = header.sections(endian, bytes).ok()?;
        if let Ok(Some((entries, strings))) = sections.dynamic(endian, bytes) {
            let strings = sections.strings(endian, bytes, strings).ok()?;
            for entry in entries {
                if entry.d_tag(endian) == elf::DT_SONAME {
                    let name = entry.string(endian, strings).ok()?;
                    facts.soname = std::str::from_utf8(name).ok().map(str::to_owned);
                }
            }
        }
        Some(facts)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_know_the_subcommand_is_no_companion() {
        assert!(Companion::find(Path::new("/bin/true")).is_none());
        assert!(Companion::find(Path::new("/bin/echo")).is_none());
        assert!(Companion::find(Path::new("/nonexistent")).is_none());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn packing_says_why_not() {
        let companion = Companion { executable: PathBuf::from("/proc/self/exe"), libraries: Vec::new() };
        assert!(companion.pack("plan9", Role::Look).unwrap_err().contains("does not run on plan9"));
        let script = Companion { executable: PathBuf::from("/proc/self/status"), libraries: Vec::new() };
        assert!(script.pack("amd64", Role::Look).unwrap_err().contains("not a Linux program"));
    }
}
