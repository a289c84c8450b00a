//! Packing and unpacking archives.

use super::options::{Spec, Style, parse};
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// An archive that is unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract<'a> {
    /// `tar`, `unzip`, `gunzip`, …
    pub tool: &'a str,
    /// The archive; `None` is standard input.
    pub archive: Option<Value<'a>>,
    /// The directory it is unpacked in; `None` is the one the command runs in.
    pub directory: Option<Value<'a>>,
    /// The members named.
    pub members: Vec<&'a Word>,
    /// Leading parts of member names that are left off.
    pub strips_components: bool,
    /// What becomes of the archive and where the content goes.
    pub kind: ExtractKind,
}

/// How an archive is unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExtractKind {
    /// Members go below the directory; the archive stays.
    Members,
    /// The file is replaced by its content without the extension (`gunzip x.gz`).
    Replace,
    /// The content goes to standard output.
    Stdout,
    /// Only a list is printed.
    List,
}

/// An archive that is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack<'a> {
    /// `tar`, `zip`, `gzip`, …
    pub tool: &'a str,
    /// The archive; `None` is standard output, or beside each input.
    pub archive: Option<Value<'a>>,
    /// The directory the inputs are taken from.
    pub directory: Option<Value<'a>>,
    /// The inputs.
    pub inputs: Vec<&'a Word>,
    /// True if the inputs are replaced by archives beside them.
    pub replaces: bool,
}

static TAR: Spec = Spec {
    style: Style::Gnu,
    short: "fCbgKLNTVXIFH",
    attached: "",
    long: &[
        "file",
        "directory",
        "strip-components",
        "exclude",
        "transform",
        "xform",
        "owner",
        "group",
        "mode",
        "files-from",
        "exclude-from",
        "use-compress-program",
        "format",
        "sort",
        "mtime",
        "checkpoint",
        "checkpoint-action",
        "one-top-level",
        "strip",
    ],
};

static UNZIP: Spec = Spec { style: Style::Gnu, short: "dxPO", attached: "", long: &[] };

static SEVEN: Spec = Spec { style: Style::Gnu, short: "", attached: "otpma", long: &[] };

static GZIP: Spec =
    Spec { style: Style::Gnu, short: "STbo", attached: "", long: &["suffix", "threads", "output-dir-flat"] };

static PATCH: Spec = Spec {
    style: Style::Gnu,
    short: "iodpFrBDgVYz",
    attached: "",
    long: &["input", "directory", "strip", "output", "fuzz"],
};

static CPIO: Spec = Spec { style: Style::Gnu, short: "DFEHICRM", attached: "", long: &["directory", "file", "format"] };

/// The meaning of a command of an archiver.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let tool = command.name()?;
    match tool {
        "tar" | "bsdtar" | "gtar" => tar(command, tool),
        "unzip" => {
            let parsed = command.options(&UNZIP);
            let list = parsed.has(&["-l", "-v", "-t", "-Z"]);
            let stdout = parsed.has(&["-p", "-c"]);
            Some(Understood::Extract(Extract {
                tool,
                archive: parsed.operands.first().map(|w| Value::whole(w)),
                directory: parsed.value(&["-d"]),
                members: parsed.operands.get(1..).unwrap_or(&[]).to_vec(),
                strips_components: false,
                kind: match (list, stdout) {
                    (true, _) => ExtractKind::List,
                    (_, true) => ExtractKind::Stdout,
                    _ => ExtractKind::Members,
                },
            }))
        }
        "7z" | "7za" | "7zr" | "7zz" => {
            let parsed = command.options(&SEVEN);
            match parsed.operand(0)? {
                "x" | "e" => Some(Understood::Extract(Extract {
                    tool,
                    archive: parsed.operands.get(1).map(|w| Value::whole(w)),
                    directory: parsed.value(&["-o"]),
                    members: parsed.operands.get(2..).unwrap_or(&[]).to_vec(),
                    strips_components: false,
                    kind: ExtractKind::Members,
                })),
                "a" | "u" => Some(Understood::Pack(Pack {
                    tool,
                    archive: parsed.operands.get(1).map(|w| Value::whole(w)),
                    directory: None,
                    inputs: parsed.operands.get(2..).unwrap_or(&[]).to_vec(),
                    replaces: false,
                })),
                _ => None,
            }
        }
        "zip" => {
            let parsed = command.options(&UNZIP);
            Some(Understood::Pack(Pack {
                tool,
                archive: parsed.operands.first().map(|w| Value::whole(w)),
                directory: None,
                inputs: parsed.operands.get(1..).unwrap_or(&[]).to_vec(),
                replaces: parsed.has(&["-m"]),
            }))
        }
        "gunzip" | "bunzip2" | "unxz" | "unlzma" | "unzstd" | "uncompress" => Some(filter(command, tool, true)),
        "gzip" | "bzip2" | "xz" | "lzma" | "zstd" | "pigz" | "compress" | "brotli" => {
            let unpack = command.options(&GZIP).has(&["-d", "--decompress", "--uncompress"]);
            Some(filter(command, tool, unpack))
        }
        "cpio" => {
            let parsed = command.options(&CPIO);
            parsed.has(&["-i", "--extract"]).then(|| {
                Understood::Extract(Extract {
                    tool,
                    archive: parsed.value(&["-F", "--file", "-I"]),
                    directory: parsed.value(&["-D", "--directory"]),
                    members: Vec::new(),
                    strips_components: false,
                    kind: ExtractKind::Members,
                })
            })
        }
        // A patch is spread over the files of a directory as an archive is.
        "patch" => {
            let parsed = command.options(&PATCH);
            Some(Understood::Extract(Extract {
                tool,
                archive: parsed.value(&["-i", "--input"]),
                directory: parsed.value(&["-d", "--directory"]),
                members: parsed.operands,
                strips_components: false,
                kind: ExtractKind::Members,
            }))
        }
        "ar" => {
            let mode = command.args().first()?.text()?.trim_start_matches('-');
            mode.starts_with('x').then(|| {
                Understood::Extract(Extract {
                    tool,
                    archive: command.args().get(1).map(Value::whole),
                    directory: None,
                    members: command.args().iter().skip(2).collect(),
                    strips_components: false,
                    kind: ExtractKind::Members,
                })
            })
        }
        _ => None,
    }
}

fn filter<'a>(command: &Command<'a>, tool: &'a str, unpack: bool) -> Understood<'a> {
    let parsed = command.options(&GZIP);
    let stdout = parsed.has(&["-c", "--stdout", "--to-stdout"]) || parsed.operands.is_empty();
    let archive = parsed.operands.first().map(|w| Value::whole(w));
    if unpack || stdout {
        return Understood::Extract(Extract {
            tool,
            archive,
            directory: None,
            members: parsed.operands.get(1..).unwrap_or(&[]).to_vec(),
            strips_components: false,
            kind: if stdout { ExtractKind::Stdout } else { ExtractKind::Replace },
        });
    }
    Understood::Pack(Pack {
        tool,
        archive: None,
        directory: None,
        inputs: parsed.operands,
        replaces: !command.options(&GZIP).has(&["-k", "--keep"]),
    })
}

fn tar<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let args = command.args();
    let first = args.first()?;
    let bundled = !first.static_prefix().starts_with('-');
    let mut file = None;
    let mut directory = None;
    let mut letters = String::new();
    let mut rest = args;
    if bundled {
        // In `tar xzfC archive dir` the values follow the letters in their order.
        letters = first.text()?.to_owned();
        rest = args.get(1..)?;
        for letter in letters.chars().filter(|c| TAR.short.contains(*c)) {
            let value = rest.first().map(Value::whole);
            rest = rest.get(1..).unwrap_or(&[]);
            match letter {
                'f' => file = value,
                'C' => directory = value,
                _ => {}
            }
        }
    }
    let parsed = parse(rest, &TAR);
    file = parsed.value(&["-f", "--file"]).or(file);
    directory = parsed.value(&["-C", "--directory"]).or(directory);
    let mode = |letter: char, long: &[&str]| {
        letters.contains(letter) || parsed.has(&[format!("-{letter}").as_str()]) || parsed.has(long)
    };
    let archive = file.filter(|f| f.text() != Some("-"));
    if mode('x', &["--extract", "--get"]) {
        let stdout = mode('O', &["--to-stdout"]);
        return Some(Understood::Extract(Extract {
            tool,
            archive,
            directory,
            members: parsed.operands,
            strips_components: command.args().iter().any(|w| w.static_prefix().starts_with("--strip")),
            kind: if stdout { ExtractKind::Stdout } else { ExtractKind::Members },
        }));
    }
    if mode('t', &["--list"]) {
        return Some(Understood::Extract(Extract {
            tool,
            archive,
            directory,
            members: parsed.operands,
            strips_components: false,
            kind: ExtractKind::List,
        }));
    }
    if mode('c', &["--create"]) || mode('r', &["--append"]) || mode('u', &["--update"]) {
        return Some(Understood::Pack(Pack { tool, archive, directory, inputs: parsed.operands, replaces: false }));
    }
    None
}
