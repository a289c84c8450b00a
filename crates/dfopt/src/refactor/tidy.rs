//! `fix --order-copies` and `--prune-stages`: changes that leave the image as it is, proved by two builds that must be equal.

use std::io::Write as _;
use std::path::Path;

use dfopt_optimizer::{Change, Rewritten, order_copies, prune_stages};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use dfopt_verify::expectations::{Expectations, Mode};
use dfopt_verify::request::DockerfileSource;
use dfopt_verify::text::printable_line;
use dfopt_verify::verdict::{Outcome as Judged, Verdict};
use serde_json::json;

use super::deliver::{deliver, say};
use super::prover::{Prover, Trouble, judge};
use super::report::{ImageReport, Report, Result as Ended};
use super::show;
use super::split::save_report;
use super::subject::{Subject, base_of};
use super::targets::targets_beside;
use crate::Session;
use crate::args::{FixArgs, PlanFormat};
use crate::diff::{For, write_diff};
use crate::exit::{Exit, Failure};
use crate::fs_context::FsContext;
use crate::progress::{Progress, Telling};
use crate::source::shown;

/// One of the refactors here.
#[derive(Clone, Copy)]
enum Refactor {
    OrderCopies,
    PruneStages,
}

/// What planning came to.
struct Planned {
    text: String,
    /// The line before the change, and what and why.
    changes: Vec<(u32, String)>,
    /// Why one of the refactors had nothing to do.
    idle: Vec<String>,
}

/// Makes the refactors that are asked for, one on the result of the other.
///
/// # Errors
/// When it cannot begin, the original does not build, or the engine fails.
pub fn tidy(args: &FixArgs, session: &Session) -> Result<Exit, Failure> {
    let named = match (&args.refactor.file, args.paths.paths.as_slice()) {
        (Some(file), _) => file.as_path(),
        (None, []) => args.build.context.as_deref().unwrap_or(Path::new(".")),
        (None, [one]) => one.as_path(),
        (None, _) => return Err(Failure::new("a refactor takes one Dockerfile at a time")),
    };
    let folder = args.paths.paths.first().filter(|path| path.is_dir()).map(std::path::PathBuf::as_path);
    let subject = Subject::at(named, args.build.context.as_deref().or(folder))?;
    let asked: Vec<Refactor> =
        [(args.refactor.prune_stages, Refactor::PruneStages), (args.refactor.order_copies, Refactor::OrderCopies)]
            .into_iter()
            .filter_map(|(is_asked, refactor)| is_asked.then_some(refactor))
            .collect();
    let command = match asked.as_slice() {
        [Refactor::OrderCopies] => "order-copies",
        [Refactor::PruneStages] => "prune-stages",
        _ => "prune-stages, order-copies",
    };
    let mut report = Report::new(command, &subject.source.name);
    let Some(planned) = planned(args, session, &subject, &asked, &mut report)? else {
        save_report(&report, args.engine.report.as_deref())?;
        return Ok(Exit::Refused);
    };
    if let Some(format) = args.refactor.plan {
        return print(session, &subject, &planned, format);
    }
    if planned.changes.is_empty() {
        let reason = planned.idle.join("; ");
        say(args, session, &format!("{}: nothing to do: {reason}", subject.source.name))?;
        report.end(Ended::Nothing, &reason);
        save_report(&report, args.engine.report.as_deref())?;
        return Ok(Exit::Clean);
    }
    report.diff(&subject.source.name, subject.source.text(), &planned.text);
    if args.refactor.no_verify {
        session.terminal.warn(format_args!("{}: unverified: nothing was built or compared", subject.source.name));
        report.end(Ended::Unverified, "written without building");
        let exit = deliver(args, session, &subject, &planned.text, "changed")?;
        save_report(&report, args.engine.report.as_deref())?;
        return Ok(exit);
    }
    proved(args, session, &subject, &planned, &mut report)
}

/// The text after all refactors; `None` if one is refused, which is said.
fn planned(
    args: &FixArgs,
    session: &Session,
    subject: &Subject,
    asked: &[Refactor],
    report: &mut Report,
) -> Result<Option<Planned>, Failure> {
    let fs_context = FsContext::open(&subject.context)
        .map_err(|error| Failure::new(format!("{}: {error}", shown(&subject.context))))?;
    let sent = fs_context.sent(Some(&subject.path));
    let build_args = args.build.known_args();
    let folder = subject.path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let targets = targets_beside(folder.unwrap_or(Path::new(".")));
    let mut planned = Planned { text: subject.source.text().to_owned(), changes: Vec::new(), idle: Vec::new() };
    for refactor in asked {
        let parsed = parse(&planned.text);
        let options = Options {
            build_args: Some(&build_args),
            target: args.build.target.as_deref(),
            context: Some(&sent),
            ..Options::default()
        };
        let model = Model::new(&planned.text, &parsed, options);
        let rewritten = match refactor {
            Refactor::OrderCopies => order_copies(&model),
            Refactor::PruneStages => prune_stages(&model, &targets),
        };
        match rewritten {
            Rewritten::Done(rewrite) => {
                let line = |change: &Change| model.line_of(change.range.start().into()) + 1;
                planned.changes.extend(rewrite.changes.iter().map(|change| (line(change), change.reason.clone())));
                let text = rewrite.edits.apply(model.text());
                planned.text = text.map_err(|error| Failure::new(format!("{}: {error}", subject.source.name)))?;
            }
            Rewritten::Nothing { reason } => planned.idle.push(reason),
            Rewritten::Refused(refusal) => {
                show::refusal(session, &subject.source.name, &model, &refusal);
                report.end(Ended::Refused, &refusal.reason);
                return Ok(None);
            }
        }
    }
    Ok(Some(planned))
}

fn print(session: &Session, subject: &Subject, planned: &Planned, format: PlanFormat) -> Result<Exit, Failure> {
    let name = &subject.source.name;
    let mut out = session.terminal.stdout();
    let written = match format {
        PlanFormat::Json => {
            let changes: Vec<_> =
                planned.changes.iter().map(|(line, reason)| json!({"line": line, "reason": reason})).collect();
            let document = json!({
                "version": 1,
                "file": name,
                "outcome": if changes.is_empty() { "nothing" } else { "plan" },
                "changes": changes,
                "text": planned.text,
            });
            writeln!(out, "{document:#}")
        }
        PlanFormat::Text if planned.changes.is_empty() => {
            writeln!(out, "{name}: nothing to do: {}", planned.idle.join("; "))
        }
        PlanFormat::Text => planned
            .changes
            .iter()
            .try_for_each(|(line, reason)| writeln!(out, "{name}:{line}: {}", printable_line(reason)))
            .and_then(|()| write_diff(name, subject.source.text(), &planned.text, For::People, &mut out)),
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))?;
    Ok(Exit::Clean)
}

fn proved(
    args: &FixArgs,
    session: &Session,
    subject: &Subject,
    planned: &Planned,
    report: &mut Report,
) -> Result<Exit, Failure> {
    let progress = Progress::new(session.terminal, if args.quiet { Telling::Nothing } else { Telling::All });
    let prover = Prover::open(&subject.context, &args.build, &args.engine, &progress, &session.cancel)?;
    report.engine = Some(prover.facts().clone());
    let compared = compared(args, &prover, &progress, subject, planned, report);
    progress.finish();
    let finished = prover.finish();
    let verdict = match compared {
        Ok(verdict) => verdict,
        Err(Trouble::Engine(failure)) => return Err(failure),
        Err(Trouble::Build(message)) => {
            report.end(Ended::Failed, &message);
            save_report(report, args.engine.report.as_deref())?;
            return Err(Failure::new(message));
        }
    };
    finished?;
    let ended = match verdict.outcome {
        Judged::Proved => Ended::Proved,
        Judged::Refuted => Ended::Refuted,
        Judged::Inconclusive => Ended::Inconclusive,
    };
    report.end(ended, "");
    show::verdict(session, &subject.source.name, report, &verdict, None)?;
    let accepted = verdict.outcome == Judged::Proved
        || (verdict.outcome == Judged::Inconclusive && args.engine.accept_inconclusive);
    report.verdict = Some(verdict);
    let exit = if accepted { deliver(args, session, subject, &planned.text, "changed")? } else { Exit::Refused };
    save_report(report, args.engine.report.as_deref())?;
    Ok(exit)
}

fn compared(
    args: &FixArgs,
    prover: &Prover<'_>,
    progress: &Progress,
    subject: &Subject,
    planned: &Planned,
    report: &mut Report,
) -> Result<Verdict, Trouble> {
    let base = base_of(subject.source.text(), &args.build);
    progress.phase("building the original");
    let original = prover.build(DockerfileSource::File(subject.path.clone()), base.as_deref())?;
    report.before = Some(ImageReport::of(&original));
    progress.phase("building the candidate");
    let source = DockerfileSource::Text { text: planned.text.clone(), in_place_of: subject.path.clone() };
    let candidate = prover.build(source, base.as_deref())?;
    report.after = Some(ImageReport::of(&candidate));
    progress.phase("comparing");
    let expectations = Expectations { mode: Mode::Identity, ..Expectations::default() };
    Ok(judge(&original, &candidate, &expectations))
}
