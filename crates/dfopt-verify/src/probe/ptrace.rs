//! The tracer proper, for Linux on x86-64.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, raise};
use nix::unistd::Pid;
use rustix::process::{WaitOptions, wait};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

use super::{Line, Report};
use crate::probe::SUBCOMMAND;

/// What a call does with the path it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Execute,
    Look,
}

/// The calls that are looked at: number, what they do, which argument is the folder (none: the working folder) and which the path.
const CALLS: &[(i64, Kind, Option<usize>, usize)] = &[
    (libc::SYS_open, Kind::Open, None, 0),
    (libc::SYS_openat, Kind::Open, Some(0), 1),
    (libc::SYS_openat2, Kind::Open, Some(0), 1),
    (libc::SYS_execve, Kind::Execute, None, 0),
    (libc::SYS_execveat, Kind::Execute, Some(0), 1),
    (libc::SYS_stat, Kind::Look, None, 0),
    (libc::SYS_lstat, Kind::Look, None, 0),
    (libc::SYS_newfstatat, Kind::Look, Some(0), 1),
    (libc::SYS_statx, Kind::Look, Some(0), 1),
    (libc::SYS_access, Kind::Look, None, 0),
    (libc::SYS_faccessat, Kind::Look, Some(0), 1),
    (libc::SYS_faccessat2, Kind::Look, Some(0), 1),
    (libc::SYS_readlink, Kind::Look, None, 0),
    (libc::SYS_readlinkat, Kind::Look, Some(0), 1),
];

/// Longest path that is read.
const MOST_PATH: usize = 4096;

/// Becomes the command, with the filter in place. Gives the reason when that fails.
pub(super) fn start(mut command: impl Iterator<Item = OsString>) -> String {
    let Some(program) = command.next() else { return "there is no command".to_owned() };
    let ready = || -> Result<(), Box<dyn std::error::Error>> {
        let rules = CALLS.iter().map(|(number, ..)| (*number, Vec::new())).collect();
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Trace(0), TargetArch::x86_64)?;
        let filter = BpfProgram::try_from(filter)?;
        ptrace::traceme()?;
        // The tracer sets its options while this process is stopped.
        raise(Signal::SIGSTOP)?;
        seccompiler::apply_filter(&filter)?;
        Ok(())
    };
    if let Err(error) = ready() {
        return format!("cannot be traced: {error}");
    }
    let error = Command::new(&program).args(command).exec();
    format!("cannot start {}: {error}", program.display())
}

/// Runs the command under trace to its end, and gives its exit status.
pub(super) fn follow(
    own: &[String],
    command: impl Iterator<Item = OsString>,
    report: &mut Report,
) -> Result<i32, String> {
    let (program, first) = own.split_first().ok_or("there is no word to start this program with")?;
    let child = Command::new(program)
        .args(first)
        .args([SUBCOMMAND, "tracee"])
        .args(command)
        .spawn()
        .map_err(|error| format!("cannot start the program: {error}"))?;
    let main = i32::try_from(child.id()).map_err(|error| error.to_string())?;
    let mut tracer = Tracer { main, began: false, known: BTreeSet::new(), asked: BTreeMap::new(), report };
    loop {
        let any = WaitOptions::from_bits_retain(libc::__WALL.cast_unsigned());
        let (pid, status) = match wait(any) {
            Ok(Some((pid, status))) => (pid.as_raw_nonzero().get(), status.as_raw()),
            Ok(None) => continue,
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(format!("the program is lost: {error}")),
        };
        if status & 0xff != 0x7f {
            tracer.asked.remove(&pid);
            if pid == main {
                if !tracer.began {
                    return Err("the program could not be traced".to_owned());
                }
                let signal = status & 0x7f;
                return Ok(if signal == 0 { (status >> 8) & 0xff } else { 128 + signal });
            }
            continue;
        }
        tracer.stopped(Pid::from_raw(pid), (status >> 8) & 0xff, status >> 16)?;
    }
}

/// A call that was stopped on its way in.
struct Asked {
    kind: Kind,
    path: Option<PathBuf>,
}

struct Tracer<'r> {
    main: i32,
    began: bool,
    /// Threads that have been stopped before.
    known: BTreeSet<i32>,
    asked: BTreeMap<i32, Asked>,
    report: &'r mut Report,
}

impl Tracer<'_> {
    fn stopped(&mut self, pid: Pid, signal: i32, event: i32) -> Result<(), String> {
        const SYSCALL: i32 = libc::SIGTRAP | 0x80;
        let first = self.known.insert(pid.as_raw());
        if !self.began && pid.as_raw() == self.main {
            self.began = true;
            let options = Options::PTRACE_O_TRACESECCOMP
                | Options::PTRACE_O_TRACECLONE
                | Options::PTRACE_O_TRACEFORK
                | Options::PTRACE_O_TRACEVFORK
                | Options::PTRACE_O_TRACEEXEC
                | Options::PTRACE_O_TRACEEXIT
                | Options::PTRACE_O_TRACESYSGOOD
                | Options::PTRACE_O_EXITKILL;
            ptrace::setoptions(pid, options).map_err(|error| format!("tracing is refused: {error}"))?;
            self.report.say(Line::Began);
            return go_on(ptrace::cont(pid, None));
        }
        match event {
            libc::PTRACE_EVENT_SECCOMP => {
                if let Some(asked) = asked(pid) {
                    self.asked.insert(pid.as_raw(), asked);
                    return go_on(ptrace::syscall(pid, None));
                }
            }
            libc::PTRACE_EVENT_EXEC => {
                self.executed(pid);
                if self.asked.contains_key(&pid.as_raw()) {
                    return go_on(ptrace::syscall(pid, None));
                }
            }
            libc::PTRACE_EVENT_EXIT => self.mapped(pid),
            0 if signal == SYSCALL => self.answered(pid),
            0 if first && signal == libc::SIGSTOP => {}
            0 => {
                if ptrace::getsiginfo(pid).is_err() {
                    // The whole group was stopped: not a signal to pass on.
                    return go_on(ptrace::cont(pid, None));
                }
                // One that is not passed on would block a program that changes its user in all threads.
                let Ok(signal) = Signal::try_from(signal) else {
                    return Err(format!("the program uses the real-time signal {signal}"));
                };
                return go_on(ptrace::cont(pid, signal));
            }
            _ => {}
        }
        go_on(ptrace::cont(pid, None))
    }

    /// The call is done.
    fn answered(&mut self, pid: Pid) {
        let Some(asked) = self.asked.remove(&pid.as_raw()) else { return };
        let Ok(registers) = ptrace::getregs(pid) else { return };
        let answer = registers.rax.cast_signed();
        let path = asked.path.map(|path| normal(&path));
        if answer == -i64::from(libc::ENOENT) || answer == -i64::from(libc::ENOTDIR) {
            self.report.extend(path, |path| Line::Missed { path });
        } else if asked.kind == Kind::Open && answer >= 0 {
            let opened = std::fs::read_link(format!("/proc/{pid}/fd/{answer}")).ok();
            for path in [path, opened.filter(|path| path.is_absolute())] {
                self.report.extend(path, |path| Line::Opened { path });
            }
        }
    }

    /// Another program runs now.
    fn executed(&mut self, pid: Pid) {
        let asked = self.asked.get(&pid.as_raw()).and_then(|asked| asked.path.as_deref()).map(normal);
        for path in [asked, std::fs::read_link(format!("/proc/{pid}/exe")).ok()] {
            self.report.extend(path, |path| Line::Executed { path });
        }
    }

    /// A process is about to end.
    fn mapped(&mut self, pid: Pid) {
        // Threads share what their process has mapped.
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let group = status.lines().find_map(|line| line.strip_prefix("Tgid:"));
        if group.map(str::trim) != Some(&pid.to_string()) {
            return;
        }
        let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
        for path in super::super::proc::mapped_files(&maps) {
            self.report.say(Line::Mapped { path });
        }
    }
}

impl Report {
    fn extend(&mut self, path: Option<PathBuf>, line: impl Fn(String) -> Line) {
        if let Some(path) = path {
            self.say(line(path.to_string_lossy().into_owned()));
        }
    }
}

/// A thread that is gone in the meantime is no error; its end is told as any other's.
fn go_on(done: nix::Result<()>) -> Result<(), String> {
    match done {
        Ok(()) | Err(nix::errno::Errno::ESRCH) => Ok(()),
        Err(error) => Err(format!("tracing broke off: {error}")),
    }
}

/// What the stopped call asks for.
fn asked(pid: Pid) -> Option<Asked> {
    let registers = ptrace::getregs(pid).ok()?;
    let number = registers.orig_rax.cast_signed();
    let (_, kind, folder, path) = CALLS.iter().find(|(call, ..)| *call == number)?;
    let arguments = [registers.rdi, registers.rsi, registers.rdx, registers.r10];
    let text = text(pid, arguments[*path])?;
    let path = Path::new(OsStr::from_bytes(&text));
    // Without a path the call is about the open file itself.
    if text.is_empty() {
        return None;
    }
    if path.is_absolute() {
        return Some(Asked { kind: *kind, path: Some(path.to_owned()) });
    }
    let base = match folder.map(|at| arguments[at] as i32) {
        None | Some(libc::AT_FDCWD) => format!("/proc/{pid}/cwd"),
        Some(number) => format!("/proc/{pid}/fd/{number}"),
    };
    let base = std::fs::read_link(base).ok();
    Some(Asked { kind: *kind, path: base.map(|base| base.join(path)) })
}

/// A text in the memory of a stopped thread.
fn text(pid: Pid, address: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // Whole words, which never cross into a page that may not be there.
    let mut at = address & !7;
    let mut skip = usize::try_from(address & 7).ok()?;
    while bytes.len() < MOST_PATH {
        let word = ptrace::read(pid, at as ptrace::AddressType).ok()?.to_ne_bytes();
        for byte in word.into_iter().skip(std::mem::take(&mut skip)) {
            if byte == 0 {
                return Some(bytes);
            }
            bytes.push(byte);
        }
        at += 8;
    }
    None
}

/// The path without `.`, `..` and doubled slashes, by its words alone.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                normal.pop();
            }
            std::path::Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}
