//! From the names in a file's strings to the paths they stand for, each with how sure that is.

use super::{Certainty, From, Reason, Walk, roots};
use crate::elf::{Abilities, Compiler};
use crate::image::{Language, NameKind, Node, file_name, join, parent};

/// Program names that are also everyday words: alone they prove little.
const EVERYDAY: &[&str] = &[
    "ar",
    "arch",
    "as",
    "at",
    "base64",
    "bc",
    "bzip2",
    "c++",
    "cat",
    "cc",
    "cmp",
    "col",
    "column",
    "comm",
    "compare",
    "convert",
    "cut",
    "date",
    "dc",
    "dd",
    "diff",
    "dir",
    "display",
    "du",
    "expand",
    "expect",
    "expr",
    "factor",
    "false",
    "file",
    "find",
    "fold",
    "free",
    "from",
    "gprof",
    "head",
    "host",
    "hostname",
    "id",
    "import",
    "info",
    "install",
    "join",
    "kill",
    "last",
    "ld",
    "less",
    "link",
    "ln",
    "logger",
    "look",
    "ls",
    "m4",
    "mail",
    "make",
    "man",
    "mesg",
    "more",
    "mount",
    "mv",
    "nice",
    "nm",
    "node",
    "open",
    "paste",
    "patch",
    "ps",
    "rename",
    "reset",
    "rev",
    "rm",
    "script",
    "select",
    "seq",
    "size",
    "sleep",
    "sort",
    "split",
    "stat",
    "stream",
    "strings",
    "strip",
    "sum",
    "sync",
    "tail",
    "tee",
    "test",
    "time",
    "top",
    "touch",
    "tr",
    "true",
    "unlink",
    "uptime",
    "users",
    "view",
    "w",
    "wall",
    "watch",
    "wc",
    "which",
    "who",
    "write",
    "xz",
    "yes",
    "zip",
    "gzip",
    "go",
    "gold",
    "animate",
    "composite",
    "identify",
    "montage",
    "prove",
    "perf",
    "line",
    "lines",
    "linux32",
    "linux64",
    "scalar",
    "svn",
    "cpp",
    "gcc",
    "c99",
    "c89",
    "g++",
    "python",
    "perl",
    "ruby",
    "php",
    "java",
];

/// Data that Go's standard library looks for and has built in as well; other programs that name it have nothing else.
const OPTIONAL_FOR_GO: &[&str] = &[
    "/etc/services",
    "/etc/protocols",
    "/etc/mime.types",
    "/etc/apache/mime.types",
    "/etc/apache2/mime.types",
    "/etc/httpd/conf/mime.types",
    "/usr/share/mime",
    "/usr/local/share/mime",
];

/// Data that standard libraries look for and do without: what they read there is built in as well.
const OPTIONAL: &[&str] = &[
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/localtime",
    "/etc/shells",
    "/etc/terminfo",
    "/lib/terminfo",
    "/usr/share/terminfo",
    "/usr/lib/debug",
    "/etc/ssl/openssl.cnf",
    "/etc/login.defs",
    "/etc/inputrc",
    "/etc/os-release",
    "/usr/lib/os-release",
    "/etc/issue",
    "/etc/debian_version",
    "/etc/environment",
    "/etc/profile",
    "/etc/fstab",
    "/etc/mtab",
    "/etc/machine-id",
];

/// Whether what reads such a file has another way without it; `compiler` made the program.
pub(crate) fn does_without(path: &str, compiler: Option<Compiler>) -> bool {
    let is_in = |optional: &[&str]| optional.iter().any(|optional| crate::image::is_below(path, optional));
    is_in(OPTIONAL) || (compiler == Some(Compiler::Go) && is_in(OPTIONAL_FOR_GO))
}

/// Paths that exist everywhere or only while a container runs.
pub(crate) fn is_noise(path: &str) -> bool {
    matches!(
        path,
        "/" | "/etc/passwd"
            | "/etc/group"
            | "/etc/shadow"
            | "/etc/hosts"
            | "/etc/resolv.conf"
            | "/etc/hostname"
            | "/.dockerenv"
    ) || matches!(
        path,
        "/usr"
            | "/bin"
            | "/sbin"
            | "/lib"
            | "/lib64"
            | "/etc"
            | "/var"
            | "/opt"
            | "/home"
            | "/root"
            | "/srv"
            | "/mnt"
            | "/media"
            | "/boot"
            | "/usr/bin"
            | "/usr/sbin"
            | "/usr/lib"
            | "/usr/lib64"
            | "/usr/share"
            | "/usr/local"
            | "/usr/local/bin"
            | "/usr/local/sbin"
            | "/usr/local/lib"
            | "/usr/local/share"
            | "/usr/include"
            | "/var/lib"
            | "/var/log"
            | "/var/cache"
            | "/var/tmp"
            | "/var/run"
            | "/usr/local/etc"
            | "/var/spool"
    ) || ["/proc", "/sys", "/dev", "/run", "/tmp", "/var/run"].iter().any(|folder| crate::image::is_below(path, folder))
}

pub(super) fn follow(walk: &mut Walk<'_>, path: &str, node: &Node, from: From<'_>) {
    let Some(content) = &node.entry.content else { return };
    let Some(names) = &content.names else { return };
    if !names.complete {
        walk.closure.opaque.insert(path.to_owned());
    }
    let elf = content.elf.as_ref();
    let source = Source {
        path,
        abilities: match elf {
            Some(elf) => elf.abilities,
            None => Abilities { shell: content.spawns, exec: content.spawns, load: true, zones: true },
        },
        is_data: elf.is_none() && matches!(content.language, Some(Language::Data)),
        compiler: elf.map(|elf| elf.compiler),
    };
    let linking = elf.cloned().or_else(|| roots::any_program(walk.image));
    for name in &names.found {
        match name.kind {
            NameKind::Library => {
                let own = elf.is_some_and(|elf| {
                    elf.soname.as_deref() == Some(&name.text) || elf.needed.iter().any(|needed| **needed == *name.text)
                });
                if own {
                    continue;
                }
                let beside = join(parent(path), &name.text);
                let found = linking
                    .as_ref()
                    .and_then(|elf| walk.linker.find(path, elf, &name.text, None))
                    .or_else(|| walk.image.root.exists(&beside).then_some(beside));
                if let Some(found) = found {
                    let certainty =
                        if source.abilities.load && !source.is_data { Certainty::Likely } else { Certainty::Possible };
                    walk.need(&found, certainty, Reason::Loads { soname: name.text.to_string() }, from);
                }
            }
            NameKind::Absolute => absolute(walk, &source, &name.text, from),
            NameKind::Relative => relative(walk, &source, &name.text, from),
            NameKind::Word | NameKind::Command | NameKind::Leading => {
                program(walk, &source, name.kind, &name.text, from)
            }
            NameKind::Variable => {
                walk.closure.variables.entry(name.text.to_string()).or_insert_with(|| path.to_owned());
            }
        }
    }
}

/// The file whose strings are looked at.
struct Source<'b> {
    path: &'b str,
    abilities: Abilities,
    is_data: bool,
    compiler: Option<Compiler>,
}

fn absolute(walk: &mut Walk<'_>, source: &Source<'_>, text: &str, from: From<'_>) {
    let image = walk.image;
    let computed = text.ends_with('/');
    let path = join("/", text);
    if is_noise(&path) {
        return;
    }
    let Ok(found) = image.root.resolve(&path) else { return };
    let own = !image.is_from_base(found.node);
    let folder = found.node.entry.is_folder();
    let compiled = source.compiler.is_some();
    let mut certainty = Certainty::Likely;
    let built_in = does_without(&path, source.compiler);
    if built_in || (compiled && is_source_file(&path)) {
        certainty = Certainty::Possible;
    }
    if crate::image::is_below(&path, "/usr/share/zoneinfo") && !source.abilities.zones {
        certainty = Certainty::Possible;
    }
    // A compiler writes the folders of its own installation into what it makes.
    if folder && !own && !computed {
        certainty = Certainty::Possible;
    }
    let program = found.node.entry.is_file() && found.node.entry.mode & 0o111 != 0;
    let reason =
        if program { Reason::Executes { program: text.to_owned() } } else { Reason::Names { text: text.to_owned() } };
    walk.need_with(&path, certainty, reason, from, folder && (computed || own));
}

fn relative(walk: &mut Walk<'_>, source: &Source<'_>, text: &str, from: From<'_>) {
    let image = walk.image;
    let workdir = image.config.config.workdir();
    let computed = text.ends_with('/');
    for base in [workdir, parent(source.path)] {
        let path = join(base, text);
        if path == base || path == source.path || is_noise(&path) {
            continue;
        }
        let Ok(found) = image.root.resolve(&path) else { continue };
        let own = !image.is_from_base(found.node);
        let compiled = source.compiler.is_some();
        let certainty =
            if own && !(compiled && is_source_file(&path)) { Certainty::Likely } else { Certainty::Possible };
        let folder = found.node.entry.is_folder();
        walk.need_with(&path, certainty, Reason::Names { text: text.to_owned() }, from, folder && (computed || own));
    }
}

fn program(walk: &mut Walk<'_>, source: &Source<'_>, kind: NameKind, word: &str, from: From<'_>) {
    let image = walk.image;
    let words = kind == NameKind::Word;
    // A single word may also be a folder or file beside the program.
    if words && !source.is_data {
        let path = join(image.config.config.workdir(), word);
        if let Ok(found) = image.root.resolve(&path)
            && !image.is_from_base(found.node)
            && path != source.path
        {
            let tree = found.node.entry.is_folder();
            walk.need_with(&path, Certainty::Likely, Reason::Names { text: word.to_owned() }, from, tree);
        }
    }
    let may_run = source.abilities.spawns() || (source.is_data && kind == NameKind::Command);
    if !may_run {
        return;
    }
    let Some(path) = walk.programs.get(word).cloned() else { return };
    let Ok(found) = image.root.resolve(&path) else { return };
    if !found.node.entry.is_file() || file_name(source.path) == word {
        return;
    }
    let own = !image.is_from_base(found.node);
    let everyday = EVERYDAY.contains(&word);
    let certainty = match kind {
        _ if source.is_data => Certainty::Possible,
        NameKind::Command => Certainty::Likely,
        NameKind::Word if !everyday && (source.abilities.exec || source.abilities.shell) => Certainty::Likely,
        NameKind::Leading if !everyday && (own || source.abilities.shell) => Certainty::Likely,
        NameKind::Word if own && source.abilities.exec => Certainty::Likely,
        _ => Certainty::Possible,
    };
    walk.need(&path, certainty, Reason::Executes { program: word.to_owned() }, from);
}

/// Source texts whose names compilers leave in what they make.
pub(super) fn is_source_file(path: &str) -> bool {
    let extension = file_name(path).rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(
        extension,
        "go" | "c"
            | "cc"
            | "cpp"
            | "cxx"
            | "h"
            | "hpp"
            | "hh"
            | "rs"
            | "s"
            | "S"
            | "zig"
            | "swift"
            | "d"
            | "nim"
            | "hs"
            | "f90"
            | "m"
            | "mm"
    )
}
