//! The hidden subcommand: this program as guard of an engine command, and as probe inside a container.
//!
//! It stands alone: it reads `/proc`, talks to the loopback address and prints; it knows no engine and no settings.

mod guard;
mod http;
mod look;
mod proc;
mod trace;

use std::process::ExitCode;

pub(crate) use look::{LookOrder, LookReport};
pub(crate) use trace::Line as TraceLine;

/// The hidden subcommand's name; what follows it is not for users and changes at will.
pub const SUBCOMMAND: &str = "__probe";

/// First line of the answer to `hello`: the version of the conversation between the program and its companion.
pub(crate) const HELLO: &str = "dfopt-probe 1";

/// Does what the arguments of this process say after [`SUBCOMMAND`], and gives the status to exit with.
#[must_use]
pub fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip_while(|argument| argument != SUBCOMMAND).skip(1);
    match arguments.next().as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("hello") => hello(),
        Some("guard") => guard::run(arguments),
        Some("look") => look::run(arguments.next().as_deref().and_then(std::ffi::OsStr::to_str)),
        Some("trace") => trace::run(arguments),
        Some("tracee") => trace::start(arguments),
        _ => ExitCode::from(2),
    }
}

/// Says who this is and which shared objects it runs on.
fn hello() -> ExitCode {
    use std::io::Write as _;
    let mut text = format!("{HELLO}\n");
    let executable = std::fs::read_link("/proc/self/exe").map(|path| path.display().to_string()).unwrap_or_default();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    for path in proc::mapped_files(&maps) {
        if path != executable && (path.contains(".so.") || path.ends_with(".so")) {
            text.push_str(&path);
            text.push('\n');
        }
    }
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
