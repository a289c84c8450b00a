//! What is learned about a regular file's content while it streams by.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use object::ReadCache;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::names::{Collector, Interner, Names, Words};
use super::parts::{self, Member, NodeManifest};
use super::path::file_name;
use super::{Digest, ImageError};
use crate::elf::{self, ElfFacts};

/// Facts about a file's content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// What an ELF file needs and offers.
    pub elf: Option<ElfFacts>,
    /// The first line of a script.
    pub shebang: Option<Shebang>,
    /// The language of a program text.
    pub language: Option<Language>,
    /// Whether a program text seems to start other programs.
    pub spawns: bool,
    /// The text itself, where it matters and is short.
    pub text: Option<Arc<str>>,
    /// Names in its strings; absent for files of the base image.
    pub names: Option<Names>,
    /// The members of an archive; absent for files of the base image.
    pub members: Option<Vec<Member>>,
    /// The checksum of a compiled class, as archives state it; absent for files of the base image.
    pub class: Option<u32>,
    /// What the manifest of a Node package says; absent for files of the base image.
    pub node: Option<Box<NodeManifest>>,
}

/// The interpreter line of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shebang {
    /// The interpreter's path.
    pub interpreter: String,
    /// All that follows it, as one argument, as the kernel does it.
    pub argument: Option<String>,
}

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// A shell script.
    Shell,
    /// Python.
    Python,
    /// JavaScript or TypeScript.
    JavaScript,
    /// Ruby.
    Ruby,
    /// Perl.
    Perl,
    /// PHP.
    Php,
    /// Another programming language.
    Other,
    /// Settings and other data.
    Data,
}

/// How much is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Depth {
    /// Everything.
    Full,
    /// No names: the file belongs to the base image.
    Base,
}

pub(super) struct FileRead {
    pub(super) sha256: Digest,
    pub(super) content: Option<Arc<Content>>,
}

/// Reads the files of one layer.
pub(super) struct Reader {
    depth: Depth,
    interner: Interner,
    buffer: Vec<u8>,
}

const CHUNK: usize = 128 << 10;
const CLASS_MAGIC: &[u8] = &[0xca, 0xfe, 0xba, 0xbe];
const MAX_ELF_IN_MEMORY: u64 = 96 << 20;
const MAX_DATABASE: u64 = 48 << 20;
const MAX_SCRIPT: u64 = 256 << 10;
const MAX_SCANNED_TEXT: u64 = 2 << 20;
const MAX_SCANNED_BINARY: u64 = 16 << 20;
const MAX_ARCHIVE: u64 = 96 << 20;

enum Plan {
    /// Only the digest.
    Digest,
    /// The whole content is held.
    Hold,
    /// The content goes to a temporary file, for random access.
    Spool,
}

impl Reader {
    pub(super) fn new(depth: Depth) -> Self {
        Self { depth, interner: Interner::default(), buffer: vec![0; CHUNK] }
    }

    pub(super) fn read(
        &mut self,
        path: &str,
        mode: u32,
        size: u64,
        mut data: impl Read,
    ) -> Result<FileRead, ImageError> {
        let fail = |error: std::io::Error| ImageError::archive(path, &error);
        let mut hash = Sha256::new();
        let mut buffer = std::mem::take(&mut self.buffer);
        let start = fill(&mut data, &mut buffer).map_err(fail)?;
        hash.update(&buffer[..start]);
        let plan = self.plan(path, mode, size, &buffer[..start]);
        let mut held = Vec::new();
        let mut spooled = None;
        match plan {
            Plan::Digest => {}
            Plan::Hold => {
                held.reserve_exact(usize::try_from(size).unwrap_or(0));
                held.extend_from_slice(&buffer[..start]);
            }
            Plan::Spool => {
                let mut file = tempfile::tempfile().map_err(ImageError::Io)?;
                file.write_all(&buffer[..start]).map_err(ImageError::Io)?;
                spooled = Some(file);
            }
        }
        if start == buffer.len() {
            loop {
                let read = fill(&mut data, &mut buffer).map_err(fail)?;
                if read == 0 {
                    break;
                }
                hash.update(&buffer[..read]);
                match (&plan, &mut spooled) {
                    (Plan::Hold, _) => held.extend_from_slice(&buffer[..read]),
                    (_, Some(file)) => file.write_all(&buffer[..read]).map_err(ImageError::Io)?,
                    _ => {}
                }
            }
        }
        self.buffer = buffer;
        let content = match (plan, spooled) {
            (Plan::Hold, _) => self.content(path, &held),
            (_, Some(file)) => self.large_elf(file)?,
            _ => None,
        };
        Ok(FileRead { sha256: Digest(hash.finalize().into()), content: content.map(Arc::new) })
    }

    fn plan(&self, path: &str, mode: u32, size: u64, start: &[u8]) -> Plan {
        if elf::is_elf(start) {
            return if size <= MAX_ELF_IN_MEMORY { Plan::Hold } else { Plan::Spool };
        }
        if is_database(path) {
            return if size <= MAX_DATABASE { Plan::Hold } else { Plan::Digest };
        }
        if self.depth == Depth::Full && parts::is_zip(start) && size <= MAX_ARCHIVE {
            return Plan::Hold;
        }
        let script = start.starts_with(b"#!");
        let hold = match self.depth {
            Depth::Base => (script && mode & 0o111 != 0 && size <= MAX_SCRIPT) || is_system_text(path),
            Depth::Full => {
                script
                    || is_system_text(path)
                    || (is_text(start) && size <= MAX_SCANNED_TEXT && !is_prose(path))
                    || (is_code(path) && size <= MAX_SCANNED_BINARY)
            }
        };
        if hold && size <= MAX_SCANNED_BINARY { Plan::Hold } else { Plan::Digest }
    }

    fn content(&mut self, path: &str, bytes: &[u8]) -> Option<Content> {
        if elf::is_elf(bytes) {
            return self.elf(bytes);
        }
        let mut content = Content { shebang: shebang(bytes), ..Content::default() };
        if self.depth == Depth::Full && parts::is_zip(bytes) {
            content.members = parts::members(bytes);
            return content.members.is_some().then_some(content);
        }
        let text = std::str::from_utf8(bytes).ok();
        if path == LIBRARY_CACHE {
            content.text = Some(Arc::from(library_cache(bytes)));
            return Some(content);
        }
        if is_database(path) || is_system_text(path) {
            content.text = Some(Arc::from(&*String::from_utf8_lossy(bytes)));
            return Some(content);
        }
        content.language = text.map(|_| language(path, content.shebang.as_ref()));
        if content.language == Some(Language::Shell) && bytes.len() as u64 <= MAX_SCRIPT {
            content.text = text.map(Arc::from);
        }
        if self.depth == Depth::Full {
            content.class = bytes.starts_with(CLASS_MAGIC).then(|| parts::crc32(bytes));
            if file_name(path) == "package.json" {
                content.node = text.and_then(parts::node_manifest).map(Box::new);
            }
            content.spawns = spawns(content.language, bytes);
            // Dependencies are many, and their words mean programs only where they start some.
            let words = if content.spawns || !is_dependency(path) { Words::Wanted } else { Words::Ignored };
            let mut names = Collector::new(&mut self.interner, words);
            match (text, content.language) {
                (Some(text), Some(Language::Data)) => names.loose(text),
                (Some(text), Some(Language::Shell)) => {
                    names.loose(text);
                    names.quoted(text);
                }
                (Some(text), _) => names.quoted(text),
                (None, _) => elf::visit_printable(bytes, &mut |run| names.bytes(run)),
            }
            content.names = Some(names.finish()).filter(|names| !names.found.is_empty() || !names.complete);
        }
        (content != Content::default()).then_some(content)
    }

    fn elf(&mut self, bytes: &[u8]) -> Option<Content> {
        let mut facts = elf::read(bytes)?;
        let mut names = None;
        if self.depth == Depth::Full && facts.linked {
            let mut collector = Collector::new(&mut self.interner, Words::Wanted);
            if !elf::visit_strings(bytes, &mut facts, &mut |run| collector.bytes(run)) {
                collector.incomplete();
            }
            names = Some(collector.finish());
        }
        Some(Content { elf: Some(facts), names, ..Content::default() })
    }

    /// An ELF file too large to hold: facts by random access, strings without regard to sections.
    fn large_elf(&mut self, mut file: std::fs::File) -> Result<Option<Content>, ImageError> {
        let cache = ReadCache::new(file.try_clone().map_err(ImageError::Io)?);
        let Some(facts) = elf::read(&cache) else {
            return Ok(None);
        };
        drop(cache);
        let mut names = None;
        if self.depth == Depth::Full && facts.linked {
            let mut collector = Collector::new(&mut self.interner, Words::Wanted);
            file.seek(SeekFrom::Start(0)).map_err(ImageError::Io)?;
            let mut chunk = vec![0; 1 << 20];
            loop {
                let read = fill(&mut file, &mut chunk).map_err(ImageError::Io)?;
                if read == 0 {
                    break;
                }
                elf::visit_printable(&chunk[..read], &mut |run| {
                    if run.len() >= 4 {
                        collector.bytes(run);
                    }
                });
            }
            // Strings of this compiler cannot be told apart without reading its code.
            if facts.compiler != elf::Compiler::Other {
                collector.incomplete();
            }
            names = Some(collector.finish());
        }
        Ok(Some(Content { elf: Some(facts), names, ..Content::default() }))
    }
}

/// Reads until the buffer is full or the data ends.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn shebang(bytes: &[u8]) -> Option<Shebang> {
    let line = bytes.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(&line[..line.len().min(4096)]);
    // A carriage return belongs to the name, as it does for the kernel: that script cannot start.
    let line = line.trim_matches([' ', '\t']);
    let (interpreter, argument) = match line.split_once([' ', '\t']) {
        Some((interpreter, argument)) => (interpreter, Some(argument.trim_matches([' ', '\t']).to_owned())),
        None => (line, None),
    };
    (!interpreter.is_empty()).then(|| Shebang {
        interpreter: interpreter.to_owned(),
        argument: argument.filter(|argument| !argument.is_empty()),
    })
}

fn is_text(start: &[u8]) -> bool {
    let start = &start[..start.len().min(8192)];
    if start.is_empty() || start.contains(&0) {
        return false;
    }
    match std::str::from_utf8(start) {
        Ok(_) => true,
        // The cut may fall inside a character.
        Err(error) => error.error_len().is_none(),
    }
}

/// Package databases.
fn is_database(path: &str) -> bool {
    matches!(
        path,
        "/var/lib/dpkg/status"
            | "/var/lib/dpkg/diversions"
            | "/var/lib/apt/extended_states"
            | "/lib/apk/db/installed"
            | "/usr/lib/apk/db/installed"
            | "/etc/apk/world"
    ) || path.starts_with("/var/lib/dpkg/status.d/")
        || (path.starts_with("/var/lib/dpkg/info/")
            && [".list", ".shlibs", ".symbols"].iter().any(|end| path.ends_with(end)))
}

/// Short files that say how the system finds libraries, users and itself.
fn is_system_text(path: &str) -> bool {
    matches!(
        path,
        "/etc/passwd"
            | "/etc/group"
            | "/etc/ld.so.conf"
            | "/etc/nsswitch.conf"
            | "/etc/os-release"
            | "/usr/lib/os-release"
            | "/etc/alpine-release"
            | "/etc/debian_version"
            | "/etc/timezone"
            | "/etc/ld.so.preload"
            | LIBRARY_CACHE
    ) || (path.starts_with("/etc/ld.so.conf.d/") && path.ends_with(".conf"))
        || (path.starts_with("/etc/ld-musl-") && path.ends_with(".path"))
        || matches!(file_name(path), "pyvenv.cfg" | "CACHEDIR.TAG")
        // What the folder of a Java runtime says of itself.
        || path.strip_suffix("/release").is_some_and(|folder| folder.contains("/jvm/") || folder.contains("/java"))
}

const LIBRARY_CACHE: &str = "/etc/ld.so.cache";

/// The loader's cache as lines of a library's name, a tab and its path.
fn library_cache(bytes: &[u8]) -> String {
    const MAGIC: &[u8] = b"glibc-ld.so.cache1.1";
    const HEADER: usize = 48;
    const RECORD: usize = 24;
    let mut lines = String::new();
    let Some(start) = memchr::memmem::find(bytes, MAGIC) else {
        return lines;
    };
    let bytes = &bytes[start..];
    let word = |at: usize| -> Option<usize> {
        let bytes: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_ne_bytes(bytes)).ok()
    };
    let text = |at: usize| -> Option<std::borrow::Cow<'_, str>> {
        let rest = bytes.get(at..)?;
        Some(String::from_utf8_lossy(&rest[..memchr::memchr(0, rest)?]))
    };
    for record in 0..word(MAGIC.len()).unwrap_or(0).min(100_000) {
        let at = HEADER + record * RECORD;
        let Some((name, path)) = word(at + 4).and_then(text).zip(word(at + 8).and_then(text)) else {
            break;
        };
        lines.push_str(&name);
        lines.push('\t');
        lines.push_str(&path);
        lines.push('\n');
    }
    lines
}

/// Texts that are read by people.
fn is_prose(path: &str) -> bool {
    let name = file_name(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    path.starts_with("/usr/share/doc/")
        || path.starts_with("/usr/share/man/")
        || path.starts_with("/usr/share/locale/")
        || path.contains("/.git/")
        || matches!(
            extension,
            "md" | "rst"
                | "map"
                | "css"
                | "scss"
                | "less"
                | "svg"
                | "html"
                | "htm"
                | "csv"
                | "tsv"
                | "po"
                | "log"
                | "h"
                | "hpp"
                | "c"
                | "cc"
                | "cpp"
                | "rs"
                | "go"
                | "java"
                | "kt"
                | "md5sums"
                | "list"
                | "snap"
                | "ts"
                | "tsx"
                | "jsx"
                | "d"
                | "pem"
                | "crt"
        )
        || matches!(name, "LICENSE" | "COPYING" | "NOTICE" | "CHANGELOG" | "README" | "AUTHORS" | "METADATA" | "RECORD")
}

/// Compiled code that is not ELF.
fn is_code(path: &str) -> bool {
    let extension = file_name(path).rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "class" | "pyc" | "dll" | "exe" | "wasm")
}

fn is_dependency(path: &str) -> bool {
    [
        "/node_modules/",
        "/site-packages/",
        "/dist-packages/",
        "/gems/",
        "/vendor/",
        "/pkg/mod/",
        "/registry/src/",
        "/lib/python3",
    ]
    .iter()
    .any(|part| path.contains(part))
}

fn language(path: &str, shebang: Option<&Shebang>) -> Language {
    let name = shebang.map(|line| {
        let mut words = line
            .argument
            .as_deref()
            .unwrap_or("")
            .split_whitespace()
            .filter(|word| !word.starts_with('-') && !word.contains('='));
        match file_name(&line.interpreter) {
            "env" => words.next().map(|word| file_name(word).to_owned()).unwrap_or_default(),
            name => name.to_owned(),
        }
    });
    if let Some(name) = name.as_deref() {
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        match name {
            "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh" | "busybox" | "tini" | "dumb-init" | "with-contenv" => {
                return Language::Shell;
            }
            "python" | "pypy" => return Language::Python,
            "node" | "nodejs" | "deno" | "bun" => return Language::JavaScript,
            "ruby" => return Language::Ruby,
            "perl" => return Language::Perl,
            "php" => return Language::Php,
            _ => return Language::Other,
        }
    }
    match file_name(path).rsplit_once('.').map_or("", |(_, extension)| extension) {
        "sh" | "bash" | "ash" => Language::Shell,
        "py" | "pyw" => Language::Python,
        "js" | "mjs" | "cjs" => Language::JavaScript,
        "rb" | "rake" | "ru" | "gemspec" => Language::Ruby,
        "pl" | "pm" => Language::Perl,
        "php" | "phtml" => Language::Php,
        "lua" | "ex" | "exs" | "erl" | "r" | "R" | "jl" | "scala" | "clj" | "groovy" | "tcl" => Language::Other,
        _ => Language::Data,
    }
}

/// Whether a program text has one of its language's ways to start a program.
fn spawns(language: Option<Language>, bytes: &[u8]) -> bool {
    let marks: &[&str] = match language {
        Some(Language::Python) => &[
            "subprocess",
            "os.system",
            "os.popen",
            "os.exec",
            "os.spawn",
            "posix_spawn",
            "Popen",
            "shutil.which",
            "create_subprocess",
            "pexpect",
        ],
        Some(Language::JavaScript) => {
            &["child_process", "execa", "spawn", "execFile", "shelljs", "Bun.$", "Deno.Command", "Deno.run"]
        }
        Some(Language::Ruby) => &["system", "exec", "spawn", "Open3", "IO.popen", "`", "%x"],
        Some(Language::Perl) => &["system", "exec", "qx", "open", "`"],
        Some(Language::Php) => &["exec", "system", "passthru", "popen", "proc_open", "`"],
        Some(Language::Data) | None => &["ProcessBuilder", "java/lang/Runtime", "subprocess", "Process.Start"],
        Some(Language::Shell | Language::Other) => return true,
    };
    marks.iter().any(|mark| memchr::memmem::find(bytes, mark.as_bytes()).is_some())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn interpreter_lines_are_read_as_the_kernel_does() {
        let line = |text: &str| shebang(text.as_bytes());
        assert_eq!(
            line("#! /usr/bin/env -S python3 -u\nx").unwrap(),
            Shebang { interpreter: "/usr/bin/env".into(), argument: Some("-S python3 -u".into()) }
        );
        assert_eq!(line("#!/bin/sh\r\n").unwrap().interpreter, "/bin/sh\r");
        assert!(line("#!\n").is_none() && line("# !x").is_none());
    }

    #[test]
    fn a_dependency_without_a_way_to_start_programs_has_no_words() {
        let mut reader = Reader::new(Depth::Full);
        let text = b"const x = 'git'; open('/srv/data.json')";
        let read = reader.read("/app/node_modules/a/i.js", 0o644, text.len() as u64, &text[..]).unwrap();
        let names = read.content.unwrap().names.clone().unwrap();
        let texts: Vec<&str> = names.found.iter().map(|name| &*name.text).collect();
        assert_eq!(texts, ["/srv/data.json"]);
    }
}
