//! `dfopt fix` without a refactor: applies the fixes of rules.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::sync::Arc;

use dfopt_linter::{Applicability, FixOptions, FixOutcome, Rule, WhyLeft, fix, named};
use dfopt_verify::text::printable_line;

use crate::Session;
use crate::args::FixArgs;
use crate::check::{each, tell_notices, tell_troubles};
use crate::diff::{For, write_diff};
use crate::discover::{Origin, discover};
use crate::exit::{Exit, Failure};
use crate::lint::{BuildFacts, guarded};
use crate::report::counted;
use crate::settings::{Resolved, Resolver};
use crate::source::Source;
use crate::terminal::Out;
use crate::write::write_file;

/// What becomes of the fixed text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Write,
    Diff,
    Check,
    Stdout,
}

/// A file and what the fixes make of it.
struct Fixed {
    source: Source,
    outcome: FixOutcome,
    resolved: Arc<Resolved>,
}

/// Applies fixes to the files that the arguments name.
///
/// # Errors
/// When it cannot begin, or what it prints cannot be written.
pub fn run(args: &FixArgs, session: &Session) -> Result<Exit, Failure> {
    let resolver = Resolver::new(&args.rules, &args.rule)?;
    let options = options(args);
    let facts = BuildFacts::of(&args.build)?;
    let found = discover(&args.paths)?;
    let mode = mode(args);
    if mode == Mode::Stdout && found.origins.len() > 1 {
        return Err(Failure::new(format!(
            "`--stdout` prints one file, and there are {}: name one",
            found.origins.len()
        )));
    }
    let mut exit = tell_troubles(&found, session);
    let results = each(&found.origins, args.paths.jobs, |origin| fixed(origin, args, &resolver, &options, &facts))?;
    tell_notices(results.iter().flatten().map(|fixed| &*fixed.resolved), session);
    session.be_graceful();
    let mut told = BTreeSet::new();
    let mut out = session.terminal.stdout();
    let mut tally = Tally::default();
    for (origin, result) in found.origins.iter().zip(results) {
        // Between two files is where an interruption leaves each whole or untouched.
        if session.cancel.is_cancelled() {
            return Err(Failure::Interrupted);
        }
        let fixed = match result {
            Ok(fixed) => fixed,
            Err(message) => {
                // What is wrong in a settings file is said once.
                if told.insert(message.clone()) {
                    session.terminal.error(message);
                }
                exit = exit.and(Exit::Failed);
                continue;
            }
        };
        exit = exit.and(deliver(origin, &fixed, mode, args, session, &mut tally, &mut out)?);
    }
    // Where nothing was done because nothing could be, the error has said so.
    let is_worth_telling = tally.files > 0 || exit != Exit::Failed;
    if is_worth_telling && !args.quiet && matches!(mode, Mode::Write | Mode::Check) {
        tally.tell(mode, &mut out).map_err(unwritable)?;
    }
    out.flush().map_err(unwritable)?;
    Ok(exit)
}

fn mode(args: &FixArgs) -> Mode {
    match (args.diff, args.check, args.stdout) {
        (true, _, _) => Mode::Diff,
        (_, true, _) => Mode::Check,
        (_, _, true) => Mode::Stdout,
        // There is no file to write to.
        _ if args.paths.paths.iter().any(|path| path.as_os_str() == "-") => Mode::Stdout,
        _ => Mode::Write,
    }
}

fn options(args: &FixArgs) -> FixOptions {
    let rules: Vec<&'static Rule> = args.rule.iter().filter_map(|name| named(name)).flatten().collect();
    FixOptions {
        at_least: if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe },
        only: (!args.rule.is_empty()).then_some(rules),
    }
}

fn fixed(
    origin: &Origin,
    args: &FixArgs,
    resolver: &Resolver,
    options: &FixOptions,
    facts: &BuildFacts,
) -> Result<Fixed, String> {
    let source = Source::read(origin, args.paths.stdin_filename.as_deref())
        .map_err(|(name, error)| format!("{name}: {error}"))?;
    let stdin_name = args.paths.stdin_filename.as_deref();
    let resolved = resolver.of(source.path.as_deref().or(stdin_name)).map_err(|failure| failure.to_string())?;
    let outcome = guarded(|| {
        facts.with_options(&source, &resolved.targets, |model| fix(source.text(), &resolved.settings, options, model))
    });
    match outcome {
        Ok(outcome) => Ok(Fixed { source, outcome, resolved }),
        Err(error) => Err(format!("{}: {error}", source.name)),
    }
}

fn deliver(
    origin: &Origin,
    fixed: &Fixed,
    mode: Mode,
    args: &FixArgs,
    session: &Session,
    tally: &mut Tally,
    out: &mut Out,
) -> Result<Exit, Failure> {
    let Fixed { source, outcome, .. } = fixed;
    if !source.is_whole() {
        session.terminal.warn(format_args!("{}: not UTF-8, so nothing in it is changed", source.name));
    }
    if !outcome.is_stable {
        let message = "rules undo each other's fixes here, please report it with this file; the last round stands";
        session.terminal.warn(format_args!("{}: {message}", source.name));
    }
    let is_changed = source.is_whole() && outcome.text != source.text();
    let would_change = if is_changed { Exit::Found } else { Exit::Clean };
    match mode {
        Mode::Stdout => {
            let bytes = if is_changed { outcome.text.as_bytes() } else { &source.bytes };
            out.write_all(bytes).map_err(unwritable)?;
            return Ok(Exit::Clean);
        }
        Mode::Diff => {
            let reader = if session.terminal.reads_stdout { For::People } else { For::Programs };
            if is_changed {
                write_diff(&source.name, source.text(), &outcome.text, reader, out).map_err(unwritable)?;
            }
            return Ok(would_change);
        }
        Mode::Check | Mode::Write => {}
    }
    if is_changed
        && let (Mode::Write, Origin::File(path)) = (mode, origin)
        && let Err(error) = write_file(path, &source.bytes, outcome.text.as_bytes())
    {
        session.terminal.error(error);
        return Ok(Exit::Failed);
    }
    tally.add(fixed, is_changed);
    if is_changed && !args.quiet {
        let verb = if mode == Mode::Write { "fixed" } else { "would fix" };
        writeln!(out, "{}: {verb} {}", printable_line(&source.name), names(outcome)).map_err(unwritable)?;
    }
    Ok(if mode == Mode::Check { would_change } else { Exit::Clean })
}

fn unwritable(error: io::Error) -> Failure {
    Failure::new(format!("standard output cannot be written: {error}"))
}

/// The rules whose fixes were applied, with how often.
fn names(outcome: &FixOutcome) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for applied in &outcome.applied {
        *counts.entry(applied.rule.name).or_default() += 1;
    }
    let name =
        |(rule, count): (&str, usize)| if count == 1 { rule.to_owned() } else { format!("{rule} ({count} times)") };
    counts.into_iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What was done in all files.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    fixes: usize,
    unsafe_left: usize,
    breaking_left: usize,
}

impl Tally {
    fn add(&mut self, fixed: &Fixed, is_changed: bool) {
        let left = |why: WhyLeft| fixed.outcome.left.iter().filter(|left| left.why == why).count();
        self.unsafe_left += left(WhyLeft::Unsafe);
        self.breaking_left += left(WhyLeft::Breaks) + left(WhyLeft::Unsettled);
        if is_changed {
            self.files += 1;
            self.fixes += fixed.outcome.applied.len();
        }
    }

    fn tell(&self, mode: Mode, out: &mut Out) -> io::Result<()> {
        let mut line = match (self.files, mode) {
            (0, _) => "Nothing to fix".to_owned(),
            (files, Mode::Check) => {
                format!("{} in {} would be made", counted_fixes(self.fixes), counted(files, "file"))
            }
            (files, _) => format!("{} made in {}", counted_fixes(self.fixes), counted(files, "file")),
        };
        if self.unsafe_left > 0 {
            line.push_str(&format!("; {} more with `--unsafe`", self.unsafe_left));
        }
        if self.breaking_left > 0 {
            line.push_str(&format!("; {} left out because the file would not build", self.breaking_left));
        }
        writeln!(out, "{line}")
    }
}

fn counted_fixes(count: usize) -> String {
    if count == 1 { "1 fix".to_owned() } else { format!("{count} fixes") }
}
