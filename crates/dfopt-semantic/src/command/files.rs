//! Commands that copy, move, remove, link or mark files.

use super::options::{Parsed, Spec, Style};
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

/// What is done to files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileAction {
    /// `cp`, `rsync`, `install FILE…`
    Copy,
    /// `mv`
    Move,
    /// `rm`, `rmdir`, `unlink`, `shred -u`, `find -delete`
    Remove,
    /// `mkdir`, `install -d`
    MakeDirectory,
    /// `ln`
    Link,
    /// `chmod`
    Mode,
    /// `chown`, `chgrp`
    Owner,
    /// `touch`, `truncate`, `mkfifo`, `dd of=`
    Touch,
    /// `strip`, `upx`, `patchelf`, `dos2unix`: changes the bytes of files where they are
    Rewrite,
}

/// How far below its targets a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// The files themselves.
    Files,
    /// Everything below them.
    Trees,
}

/// A command on files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOp<'a> {
    /// What it does.
    pub action: FileAction,
    /// The files that are read: sources of a copy, a move or a link.
    pub sources: Vec<&'a Word>,
    /// The files that are written, made or removed.
    pub targets: Vec<Value<'a>>,
    /// Whether trees are meant.
    pub depth: Depth,
    /// True if the target is surely a directory that receives the sources by their names (`-t`, trailing slash, several sources).
    pub into_directory: bool,
    /// The mode given.
    pub mode: Option<Value<'a>>,
    /// The owner given.
    pub owner: Option<Value<'a>>,
    /// True for `ln -s`.
    pub symbolic: bool,
    /// True if some word is not static at its start.
    pub open: bool,
}

const fn gnu(short: &'static str, long: &'static [&'static str]) -> Spec {
    Spec { style: Style::Gnu, short, attached: "", long }
}

static CP: Spec = gnu("tS", &["target-directory", "suffix", "no-preserve", "sparse"]);
static RM: Spec = gnu("", &[]);
static MKDIR: Spec = gnu("m", &["mode"]);
static CHMOD: Spec = gnu("", &["reference"]);
static TOUCH: Spec = gnu("drt", &["date", "reference", "time"]);
static TRUNCATE: Spec = gnu("sr", &["size", "reference"]);
static INSTALL: Spec = gnu("gmotS", &["group", "mode", "owner", "target-directory", "suffix", "strip-program"]);
static RSYNC: Spec =
    gnu("efTBM", &["exclude", "include", "filter", "chmod", "chown", "rsh", "files-from", "exclude-from"]);
static STRIP: Spec = gnu("oRKNFIO", &["remove-section", "keep-symbol"]);
static PATCHELF: Spec = gnu(
    "",
    &[
        "set-rpath",
        "set-interpreter",
        "add-needed",
        "remove-needed",
        "replace-needed",
        "set-soname",
        "add-rpath",
        "output",
    ],
);

/// The meaning of a command on files.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let op = match command.name()? {
        "cp" => copy(command, FileAction::Copy, &CP),
        "mv" => copy(command, FileAction::Move, &CP),
        "rsync" => copy(command, FileAction::Copy, &RSYNC),
        "rm" => plain(command, FileAction::Remove, &RM, &["-r", "-R", "--recursive"]),
        "rmdir" | "unlink" => plain(command, FileAction::Remove, &RM, &[]),
        "shred" => plain(command, FileAction::Remove, &TRUNCATE, &[]),
        "mkdir" => plain(command, FileAction::MakeDirectory, &MKDIR, &[]),
        "touch" => plain(command, FileAction::Touch, &TOUCH, &[]),
        "truncate" => plain(command, FileAction::Touch, &TRUNCATE, &[]),
        "mkfifo" => plain(command, FileAction::Touch, &MKDIR, &[]),
        "ln" => link(command),
        "chmod" => mark(command, FileAction::Mode),
        "chown" | "chgrp" => mark(command, FileAction::Owner),
        "install" | "ginstall" => install(command),
        "strip" | "upx" | "dos2unix" | "unix2dos" => plain(command, FileAction::Rewrite, &STRIP, &[]),
        "patchelf" => plain(command, FileAction::Rewrite, &PATCHELF, &[]),
        "dd" => dd(command),
        "find" => return find(command),
        _ => return None,
    };
    op.map(Understood::File)
}

fn op<'a>(action: FileAction, parsed: &Parsed<'a>) -> FileOp<'a> {
    FileOp {
        action,
        sources: Vec::new(),
        targets: Vec::new(),
        depth: Depth::Files,
        into_directory: false,
        mode: None,
        owner: None,
        symbolic: false,
        open: parsed.open,
    }
}

fn depth(parsed: &Parsed<'_>, names: &[&str]) -> Depth {
    if parsed.has(names) { Depth::Trees } else { Depth::Files }
}

fn plain<'a>(command: &Command<'a>, action: FileAction, spec: &Spec, recursive: &[&str]) -> Option<FileOp<'a>> {
    let parsed = command.options(spec);
    let mut op = op(action, &parsed);
    op.targets = parsed.operands.iter().map(|w| Value::whole(w)).collect();
    op.depth = depth(&parsed, recursive);
    op.mode = parsed.value(&["-m", "--mode"]);
    Some(op)
}

fn copy<'a>(command: &Command<'a>, action: FileAction, spec: &Spec) -> Option<FileOp<'a>> {
    let parsed = command.options(spec);
    let mut op = op(action, &parsed);
    op.depth = match action {
        FileAction::Move => Depth::Trees,
        _ => depth(&parsed, &["-r", "-R", "-a", "--recursive", "--archive"]),
    };
    place(&mut op, &parsed);
    op.mode = parsed.value(&["--chmod"]);
    op.owner = parsed.value(&["--chown"]);
    Some(op)
}

/// Sorts operands into sources and target as `cp` does.
fn place<'a>(op: &mut FileOp<'a>, parsed: &Parsed<'a>) {
    if let Some(directory) = parsed.value(&["-t", "--target-directory"]) {
        op.sources.clone_from(&parsed.operands);
        op.targets = vec![directory];
        op.into_directory = true;
    } else if let Some((target, sources)) = parsed.operands.split_last() {
        op.sources = sources.to_vec();
        op.targets = vec![Value::whole(target)];
        let glob = sources.iter().any(|w| w.value.is_none());
        op.into_directory = !parsed.has(&["-T", "--no-target-directory"])
            && (sources.len() > 1
                || target.raw.trim_end_matches(['"', '\'']).ends_with('/')
                || target.is_any(&[".", ".."])
                || (glob && target.is_any(&["/"])));
    }
}

fn link<'a>(command: &Command<'a>) -> Option<FileOp<'a>> {
    let parsed = command.options(&CP);
    let mut op = op(FileAction::Link, &parsed);
    op.symbolic = parsed.has(&["-s", "--symbolic"]);
    if parsed.operands.len() == 1 {
        op.sources = parsed.operands.clone();
        return Some(op);
    }
    place(&mut op, &parsed);
    Some(op)
}

fn mark<'a>(command: &Command<'a>, action: FileAction) -> Option<FileOp<'a>> {
    // A mode such as `-x` looks like an option; only real options of chmod and chown are.
    let args = command.args();
    let mut op = op(action, &command.options(&CHMOD));
    let mut mark: Option<&Word> = None;
    let mut reference = false;
    for word in args {
        let prefix = word.static_prefix();
        let is_option = prefix.starts_with("--")
            || (prefix.len() > 1
                && prefix.starts_with('-')
                && prefix.chars().skip(1).all(|c| "RvfchHLP".contains(c))
                && word.value.is_some());
        if is_option {
            reference |= prefix.starts_with("--reference");
            if prefix == "--recursive" || (!prefix.starts_with("--") && prefix.contains('R')) {
                op.depth = Depth::Trees;
            }
        } else if mark.is_none() && !reference {
            mark = Some(word);
        } else {
            op.targets.push(Value::whole(word));
        }
    }
    let mark = mark.map(Value::whole);
    match action {
        FileAction::Mode => op.mode = mark,
        _ => op.owner = mark,
    }
    Some(op)
}

fn install<'a>(command: &Command<'a>) -> Option<FileOp<'a>> {
    let parsed = command.options(&INSTALL);
    let directories = parsed.has(&["-d", "--directory"]);
    let mut op = op(if directories { FileAction::MakeDirectory } else { FileAction::Copy }, &parsed);
    if directories {
        op.targets = parsed.operands.iter().map(|w| Value::whole(w)).collect();
    } else {
        place(&mut op, &parsed);
    }
    op.mode = parsed.value(&["-m", "--mode"]);
    op.owner = parsed.value(&["-o", "--owner"]);
    Some(op)
}

fn dd<'a>(command: &Command<'a>) -> Option<FileOp<'a>> {
    let mut op = op(FileAction::Touch, &Parsed::default());
    for word in command.args() {
        let prefix = word.static_prefix();
        if prefix.starts_with("of=") {
            op.targets.push(Value::after(word, 3));
        }
    }
    Some(op)
}

/// `find` without an action is pure; with `-delete` or a known program it is an operation on the trees.
fn find<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let args = command.args();
    let starts: Vec<&Word> = args
        .iter()
        .skip_while(|w| w.is_any(&["-H", "-L", "-P"]))
        .take_while(|w| {
            let prefix = w.static_prefix();
            !(prefix.starts_with('-') || prefix == "(" || prefix == "!")
        })
        .collect();
    let mut op = op(FileAction::Remove, &Parsed::default());
    op.depth = Depth::Trees;
    op.targets = starts.iter().map(|w| Value::whole(w)).collect();
    let mut acts = false;
    for (at, word) in args.iter().enumerate() {
        let Some(text) = word.text() else { continue };
        match text {
            "-delete" => acts = true,
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let program = args.get(at + 1)?.text()?;
                let program = program.rsplit('/').next().unwrap_or(program);
                op.action = match program {
                    "rm" | "rmdir" => FileAction::Remove,
                    "chmod" => FileAction::Mode,
                    "chown" | "chgrp" => FileAction::Owner,
                    "touch" => FileAction::Touch,
                    "strip" | "dos2unix" => FileAction::Rewrite,
                    "grep" | "egrep" | "ls" | "cat" | "echo" | "test" | "[" | "stat" | "file" | "ldd" | "scanelf"
                    | "sha256sum" | "md5sum" | "basename" | "dirname" | "printf" | "readelf" | "head" | "wc" => {
                        continue;
                    }
                    _ => return Some(Understood::Unknown),
                };
                acts = true;
                let mark = args.get(at + 2..)?.iter().find(|w| !w.static_prefix().starts_with('-'));
                match op.action {
                    FileAction::Mode => op.mode = mark.map(Value::whole),
                    FileAction::Owner => op.owner = mark.map(Value::whole),
                    _ => {}
                }
            }
            "-fprint" | "-fprintf" | "-fprint0" | "-fls" => return Some(Understood::Unknown),
            _ => {}
        }
    }
    if acts {
        if op.targets.is_empty() {
            // GNU find starts in the directory it runs in.
            return Some(Understood::Unknown);
        }
        return Some(Understood::File(op));
    }
    Some(Understood::Pure(super::understood::Pure { reads: starts, looks_at: super::understood::LooksAt::Trees }))
}
