//! The program `dfopt`.

use std::process::ExitCode;

fn main() -> ExitCode {
    dfopt::run(std::env::args_os().collect())
}
