//! `dfopt check`: lints every file and prints what was found.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;

use dfopt_linter::wants_shellcheck;
use rayon::prelude::*;

use crate::Session;
use crate::args::{CheckArgs, FailOn, Format};
use crate::discover::{Found, discover};
use crate::exit::{Exit, Failure};
use crate::lint::{BuildFacts, lint, scripts};
use crate::report::{Detail, Ending, FileReport, Linted, Report, Wanted};
use crate::settings::{Resolved, resolve};
use crate::shellcheck::ShellCheck;
use crate::source::{ReadError, Source};
use crate::terminal::{Look, Out};
use crate::write::write_new;

/// Lints the files that the arguments name.
///
/// # Errors
/// When it cannot begin, or the report cannot be written.
pub fn run(args: &CheckArgs, session: &Session) -> Result<Exit, Failure> {
    let Resolved { settings, fail_on } = resolve(&args.rules, &[])?;
    let fail_on = args.fail_on.map_or(fail_on, FailOn::severity);
    let facts = BuildFacts::of(&args.build)?;
    let found = discover(&args.paths)?;
    let mut exit = tell_troubles(&found, session);
    let stdin_name = args.paths.stdin_filename.as_deref();
    let jobs = args.paths.jobs;
    let shellcheck = match wants_shellcheck(&settings) {
        true => ShellCheck::find(args.shellcheck)?,
        false => None,
    };
    let files = match shellcheck {
        None => each(&found.origins, jobs, |origin| {
            file_report(Source::read(origin, stdin_name), |source| lint(source, &settings, &facts, None))
        })?,
        Some(shellcheck) => {
            let sources = each(&found.origins, jobs, |origin| Source::read(origin, stdin_name))?;
            let scripts = each(&sources, jobs, |source| {
                source.as_ref().map(|source| scripts(source, &settings, &facts)).unwrap_or_default()
            })?;
            let answers = shellcheck.ask(scripts).unwrap_or_else(|trouble| {
                session.terminal.warn(format_args!("ShellCheck is left out: {trouble}"));
                Vec::new()
            });
            let all: Vec<_> = sources.into_iter().enumerate().collect();
            each(&all, jobs, |(at, source)| {
                file_report(source.clone(), |source| lint(source, &settings, &facts, answers.get(*at)))
            })?
        }
    };
    let detail = if args.statistics { Detail::Statistics } else { Detail::Diagnostics };
    let ending = if args.quiet { Ending::Nothing } else { Ending::Summary };
    let report = Report { files: &files, wanted: Wanted { detail, ending } };
    for (name, error) in report.errors() {
        session.terminal.error(format_args!("{name}: {error}"));
        exit = exit.and(Exit::Failed);
    }
    let format = args.format.unwrap_or(default_format(args, session));
    print(&report, format, args.output.as_deref(), session)?;
    if fail_on.is_some_and(|least| report.diagnostics().any(|(_, one)| one.severity >= least)) {
        exit = exit.and(Exit::Found);
    }
    Ok(exit)
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

fn file_report(
    source: Result<Source, (String, ReadError)>,
    lint: impl FnOnce(&Source) -> Result<Vec<dfopt_linter::Diagnostic>, ReadError>,
) -> FileReport {
    match source {
        Err((name, error)) => FileReport { name, content: Err(error) },
        Ok(source) => {
            let name = source.name.clone();
            FileReport { name, content: lint(&source).map(|diagnostics| Linted::new(source, diagnostics)) }
        }
    }
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
