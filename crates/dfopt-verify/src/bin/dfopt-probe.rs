//! The hidden subcommand as a program of its own, for tests and for embedding without the command line.

fn main() -> std::process::ExitCode {
    dfopt_verify::probe::main()
}
