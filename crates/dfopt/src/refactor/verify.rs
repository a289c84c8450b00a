//! `verify BEFORE AFTER`: two Dockerfiles by whoever, one verdict.

use dfopt_verify::expectations::Expectations;
use dfopt_verify::request::DockerfileSource;
use dfopt_verify::verdict::{Outcome, Verdict};

use super::prover::{Prover, Trouble, judge};
use super::report::{ImageReport, Report, Result as Ended};
use super::show;
use super::split::save_report;
use super::subject::{Subject, base_of};
use crate::Session;
use crate::args::{PlanFormat, VerifyArgs};
use crate::exit::{Exit, Failure};
use crate::progress::{Progress, Telling};

/// Builds two Dockerfiles and says whether the second can replace the first.
///
/// # Errors
/// When one of them does not build, or the engine fails.
pub fn verify(args: &VerifyArgs, session: &Session) -> Result<Exit, Failure> {
    let context = args.build.context.as_deref();
    let before = Subject::at(&args.before, context)?;
    let after = Subject::at(&args.after, context.or(Some(&before.context)))?;
    let telling = if args.quiet { Telling::Nothing } else { Telling::All };
    let progress = Progress::new(session.terminal, telling);
    let prover = Prover::open(&before.context, &args.build, &args.engine, &progress, &session.cancel)?;
    let mut report = Report::new("verify", &format!("{} → {}", before.source.name, after.source.name));
    report.engine = Some(prover.facts().clone());
    let ended = compared(&prover, &progress, args, &before, &after, &mut report);
    progress.finish();
    let finished = prover.finish();
    let verdict = match ended {
        Ok(verdict) => verdict,
        Err(Trouble::Engine(failure)) => return Err(failure),
        Err(Trouble::Build(message)) => {
            report.end(Ended::Failed, &message);
            save_report(&report, args.engine.report.as_deref())?;
            return Err(Failure::new(message));
        }
    };
    let (ended, exit) = match verdict.outcome {
        Outcome::Proved => (Ended::Proved, Exit::Clean),
        Outcome::Refuted => (Ended::Refuted, Exit::Found),
        Outcome::Inconclusive if args.engine.accept_inconclusive => (Ended::Inconclusive, Exit::Clean),
        Outcome::Inconclusive => (Ended::Inconclusive, Exit::Refused),
    };
    report.end(ended, "");
    report.verdict = Some(verdict.clone());
    if args.format == Some(PlanFormat::Json) {
        show::json(session, &report)?;
    } else {
        let name = format!("{} → {}", before.source.name, after.source.name);
        show::verdict(session, &name, &report, &verdict, None)?;
    }
    save_report(&report, args.engine.report.as_deref())?;
    finished?;
    Ok(exit)
}

fn compared(
    prover: &Prover<'_>,
    progress: &Progress,
    args: &VerifyArgs,
    before: &Subject,
    after: &Subject,
    report: &mut Report,
) -> Result<Verdict, Trouble> {
    progress.phase("building the original");
    let base = base_of(before.source.text(), &args.build);
    let mut original = prover.build(DockerfileSource::File(before.path.clone()), base.as_deref())?;
    report.before = Some(ImageReport::of(&original));
    progress.phase("running the original");
    let look_from = original.reference.clone();
    prover.run(&mut original, &look_from, 2)?;
    progress.phase("building the candidate");
    let base = base_of(after.source.text(), &args.build);
    let mut candidate = prover.build(DockerfileSource::File(after.path.clone()), base.as_deref())?;
    report.after = Some(ImageReport::of(&candidate));
    progress.phase("running the candidate");
    prover.run(&mut candidate, &look_from, 1)?;
    progress.phase("comparing");
    Ok(judge(&original, &candidate, &Expectations::default()))
}
