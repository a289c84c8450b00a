//! `dfopt check`: lints every file and prints what was found.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use clap::ValueEnum as _;
use dfopt_linter::{Answers, wants_shellcheck};
use rayon::prelude::*;

use crate::Session;
use crate::args::{CheckArgs, FailOn, Format};
use crate::discover::{Found, Origin, discover};
use crate::exit::{Exit, Failure};
use crate::lint::{BuildFacts, lint, scripts};
use crate::report::{Detail, Ending, FileReport, Linted, Report, Wanted};
use crate::settings::{Resolved, Resolver};
use crate::shellcheck::ShellCheck;
use crate::source::{ReadError, Source};
use crate::terminal::{Look, Out};
use crate::write::write_new;

/// Lints the files that the arguments name.
///
/// # Errors
/// When it cannot begin, or the report cannot be written.
pub fn run(args: &CheckArgs, session: &Session) -> Result<Exit, Failure> {
    let resolver = Resolver::new(&args.rules, &[])?;
    let facts = BuildFacts::of(&args.build)?;
    let found = discover(&args.paths)?;
    let mut exit = tell_troubles(&found, session);
    let stdin_name = args.paths.stdin_filename.as_deref();
    let jobs = args.paths.jobs;
    let resolved = each(&found.origins, jobs, |origin| {
        let path = match origin {
            Origin::File(path) => Some(path.as_path()),
            Origin::Stdin => stdin_name,
        };
        resolver.of(path).map_err(|failure| failure.to_string())
    })?;
    let shellcheck = match resolved.iter().flatten().any(|one| wants_shellcheck(&one.settings)) {
        true => ShellCheck::find(args.shellcheck)?,
        false => None,
    };
    let all: Vec<_> = found.origins.iter().zip(&resolved).collect();
    let files = match shellcheck {
        None => each(&all, jobs, |(origin, resolved)| judge(Source::read(origin, stdin_name), resolved, &facts, None))?,
        Some(shellcheck) => {
            let sources = each(&found.origins, jobs, |origin| Source::read(origin, stdin_name))?;
            let all: Vec<_> = sources.iter().zip(&resolved).collect();
            let scripts = each(&all, jobs, |(source, resolved)| match (source, resolved) {
                (Ok(source), Ok(resolved)) => scripts(source, resolved, &facts),
                _ => Vec::new(),
            })?;
            let answers = shellcheck.ask(scripts).unwrap_or_else(|trouble| {
                session.terminal.warn(format_args!("ShellCheck is left out: {trouble}"));
                Vec::new()
            });
            let all: Vec<_> = sources.into_iter().zip(&resolved).enumerate().collect();
            each(&all, jobs, |(at, (source, resolved))| judge(source.clone(), resolved, &facts, answers.get(*at)))?
        }
    };
    let resolved: Vec<Option<Arc<Resolved>>> = resolved.into_iter().map(Result::ok).collect();
    let detail = if args.statistics { Detail::Statistics } else { Detail::Diagnostics };
    let ending = if args.quiet { Ending::Nothing } else { Ending::Summary };
    let report = Report { files: &files, wanted: Wanted { detail, ending } };
    tell_notices(resolved.iter().flatten().map(Arc::as_ref), session);
    let mut told = BTreeSet::new();
    for (name, error) in report.errors() {
        // What is wrong in a settings file is said once, not for every Dockerfile it is for.
        match error.kind {
            SETTINGS if told.insert(&error.message) => session.terminal.error(error),
            SETTINGS => {}
            _ => session.terminal.error(format_args!("{name}: {error}")),
        }
        exit = exit.and(Exit::Failed);
    }
    let format = args.format.or_else(|| asked_format(&resolved)).unwrap_or(default_format(args, session));
    print(&report, format, args.output.as_deref(), session)?;
    let fails = |(file, resolved): (&FileReport, &Option<Arc<Resolved>>)| {
        let least = args.fail_on.map_or(resolved.as_ref().and_then(|one| one.fail_on), FailOn::severity);
        let found = file.content.as_ref().map(|linted| linted.diagnostics.as_slice()).unwrap_or_default();
        least.is_some_and(|least| found.iter().any(|one| one.severity >= least))
    };
    if files.iter().zip(&resolved).any(fails) {
        exit = exit.and(Exit::Found);
    }
    Ok(exit)
}

/// The kind of error for what is wrong in a settings file.
pub(crate) const SETTINGS: &str = "settings";

/// Says once what somebody should know about settings.
pub(crate) fn tell_notices<'r>(resolved: impl Iterator<Item = &'r Resolved>, session: &Session) {
    let mut told = BTreeSet::new();
    for notice in resolved.flat_map(|one| &one.notices) {
        if told.insert(notice) {
            session.terminal.warn(notice);
        }
    }
}

/// The format that settings ask for, if it is one of ours.
fn asked_format(resolved: &[Option<Arc<Resolved>>]) -> Option<Format> {
    let name = resolved.iter().flatten().find_map(|one| one.format.as_ref())?;
    Format::from_str(name, true).ok()
}

fn default_format(args: &CheckArgs, session: &Session) -> Format {
    if session.terminal.reads_stdout && args.output.is_none() { Format::Human } else { Format::Short }
}

/// Says what of the search came to nothing.
pub(crate) fn tell_troubles(found: &Found, session: &Session) -> Exit {
    for folder in &found.empty {
        session.terminal.warn(format_args!("no Dockerfile found in {}", folder.display()));
    }
    for trouble in &found.troubles {
        session.terminal.error(trouble);
    }
    if found.troubles.is_empty() { Exit::Clean } else { Exit::Failed }
}

/// Does `work` for every file, several at once where there are several; the results are in the order of the files.
pub(crate) fn each<S: Sync, T: Send>(
    origins: &[S],
    jobs: Option<NonZeroUsize>,
    work: impl Fn(&S) -> T + Sync,
) -> Result<Vec<T>, Failure> {
    // Threads cost more than a handful of small files.
    if origins.len() < 8 || jobs.is_some_and(|jobs| jobs.get() == 1) {
        return Ok(origins.iter().map(work).collect());
    }
    // As much stack as the main thread has, so that no file fails in a folder that passes alone.
    let mut builder = rayon::ThreadPoolBuilder::new().stack_size(8 << 20);
    if let Some(jobs) = jobs {
        builder = builder.num_threads(jobs.get());
    }
    let pool = builder.build().map_err(|error| Failure::new(format!("no threads to work with: {error}")))?;
    Ok(pool.install(|| origins.par_iter().map(&work).collect()))
}

fn judge(
    source: Result<Source, (String, ReadError)>,
    resolved: &Result<Arc<Resolved>, String>,
    facts: &BuildFacts,
    shellcheck: Option<&Answers>,
) -> FileReport {
    let source = match source {
        Ok(source) => source,
        Err((name, error)) => return FileReport { name, content: Err(error) },
    };
    let name = source.name.clone();
    let content = match resolved {
        Ok(resolved) => lint(&source, resolved, facts, shellcheck).map(|found| Linted::new(source, found)),
        Err(message) => Err(ReadError { kind: SETTINGS, message: message.clone() }),
    };
    FileReport { name, content }
}

fn print(report: &Report<'_>, format: Format, output: Option<&Path>, session: &Session) -> Result<(), Failure> {
    let trouble = |error| Failure::new(format!("the report cannot be written: {error}"));
    match output {
        None => {
            let mut out = session.terminal.stdout();
            report.write(format, &mut out).and_then(|()| out.flush()).map_err(trouble)
        }
        Some(path) => {
            let mut out = Out::memory(Look::Plain);
            report.write(format, &mut out).map_err(trouble)?;
            write_new(path, &out.into_bytes()).map_err(|error| Failure::new(error.to_string()))
        }
    }
}
