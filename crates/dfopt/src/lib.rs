//! The `dfopt` command: files, settings, output formats, and the loop that plans, builds, compares and repairs.
//!
//! `main.rs` only calls [`run`]; tests and the benches call the parts.

pub mod args;
pub mod catalogue;
pub mod check;
pub mod diff;
pub mod discover;
pub mod exit;
pub mod fix;
pub mod fs_context;
pub mod graph;
pub mod lint;
pub mod lsp;
mod lsp_prover;
pub mod position;
pub mod progress;
pub mod refactor;
pub mod report;
pub mod settings;
pub mod shellcheck;
pub mod signals;
pub mod source;
pub mod terminal;
pub mod write;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use dfopt_verify::cancel::CancelToken;
use dfopt_verify::probe;

use args::{Cli, Command, CompletionsArgs, FixArgs};
use exit::{Exit, Failure};
use signals::Interrupts;
use terminal::Terminal;

/// What every command works with.
#[derive(Debug, Clone)]
pub struct Session {
    /// The streams.
    pub terminal: Terminal,
    /// Cancelled when the user interrupts work that has to be ended in order.
    pub cancel: CancelToken,
    interrupts: Interrupts,
}

impl Session {
    /// From now on an interruption cancels the token; before, it ends the program.
    pub fn be_graceful(&self) {
        self.interrupts.be_graceful();
    }
}

/// Does what the arguments of the process say, its name first.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    // The guard of an engine command and the probe in a container must neither parse nor watch for signals.
    if args.get(1).is_some_and(|first| first == probe::SUBCOMMAND) {
        return probe::main();
    }
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help is no failure; who has closed the stream did not want it.
            let _ = error.print();
            return if error.use_stderr() { Exit::Failed.into() } else { Exit::Clean.into() };
        }
    };
    let terminal = Terminal::detect(cli.color);
    let interrupts = match Interrupts::watch() {
        Ok(interrupts) => interrupts,
        Err(error) => {
            terminal.error(format_args!("signals cannot be watched for: {error}"));
            return Exit::Failed.into();
        }
    };
    let session = Session { terminal, cancel: interrupts.token().clone(), interrupts };
    match dispatch(&cli.command, &session) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            match &failure {
                Failure::Message(message) => terminal.error(message),
                Failure::Interrupted => terminal.note(&failure),
            }
            failure.exit().into()
        }
    }
}

fn dispatch(command: &Command, session: &Session) -> Result<Exit, Failure> {
    match command {
        Command::Check(args) => check::run(args, session),
        Command::Fix(args) => fix_or_refactor(args, session),
        Command::Verify(args) => {
            session.be_graceful();
            refactor::verify(args, session)
        }
        Command::Graph(args) => graph::run(args, session),
        Command::Rules(args) => catalogue::list(args, session),
        Command::Explain(args) => catalogue::explain(args, session),
        Command::Config(args) => settings::config(args, session),
        Command::Lsp(_) => lsp::run(session),
        Command::Completions(args) => completions(args, session),
    }
}

fn fix_or_refactor(args: &FixArgs, session: &Session) -> Result<Exit, Failure> {
    if let Some(args::Stray(flag)) = args.refactor.stray(&args.engine) {
        return Err(Failure::new(format!("`{flag}` belongs to a refactor: add `--split-stages`")));
    }
    let tidies = args.refactor.order_copies || args.refactor.prune_stages;
    if !args.refactor.split_stages && !tidies {
        return fix::run(args, session);
    }
    if args.refactor.split_stages && tidies {
        let flags = "`--order-copies` and `--prune-stages` leave the image as it is, `--split-stages` does not";
        return Err(Failure::new(format!("{flags}: make them one after the other")));
    }
    session.be_graceful();
    if tidies {
        return refactor::tidy(args, session);
    }
    refactor::split_stages(args, session)
}

fn completions(args: &CompletionsArgs, session: &Session) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "dfopt", &mut script);
    let mut out = session.terminal.stdout();
    let written = out.write_all(&script).and_then(|()| out.flush());
    written.map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))?;
    Ok(Exit::Clean)
}
