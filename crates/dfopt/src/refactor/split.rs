//! `fix --split-stages`: plans, builds, compares, repairs, and writes only what is proved.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use dfopt_optimizer::{
    Candidate, Evidence, FileKind, ImageFile, Item, Known, Need, Outcome, Plan, Refusal, Repair, Request, Runtime,
    When, candidates, refusal, split_stages as plan_split,
};
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use dfopt_verify::closure::{Certainty, Start, closure};
use dfopt_verify::expectations::{Expectations, Expected};
use dfopt_verify::image::Image;
use dfopt_verify::request::DockerfileSource;
use dfopt_verify::verdict::{Counterexample, Outcome as Judged, Verdict};

use super::deliver::{deliver, say};
use super::evidence::{add_used, needs_of, of_base, of_original, run_compilers};
use super::plan_text;
use super::prover::{Built, Prover, Trouble, judge};
use super::repair::all_repairs;
use super::report::{ImageReport, Report, Result as Ended, Round, RoundEnd};
use super::show;
use super::subject::{Subject, base_of};
use crate::Session;
use crate::args::{FixArgs, PlanFormat, RuntimeChoice};
use crate::exit::{Exit, Failure};
use crate::fs_context::FsContext;
use crate::progress::{Progress, Telling};
use crate::source::shown;
use crate::write::write_new;

/// Most plans that are tried on one base.
const MOST_ROUNDS: usize = 5;

/// Makes a Dockerfile multi-stage and proves the result.
///
/// # Errors
/// When it cannot begin, the original does not build, or the engine fails.
pub fn split_stages(args: &FixArgs, session: &Session) -> Result<Exit, Failure> {
    let named = match (&args.refactor.file, args.paths.paths.as_slice()) {
        (Some(file), _) => file.as_path(),
        (None, []) => args.build.context.as_deref().unwrap_or(Path::new(".")),
        (None, [one]) => one.as_path(),
        (None, _) => return Err(Failure::new("`--split-stages` takes one Dockerfile at a time")),
    };
    let folder = args.paths.paths.first().filter(|path| path.is_dir()).map(std::path::PathBuf::as_path);
    let subject = Subject::at(named, args.build.context.as_deref().or(folder))?;
    let fs_context = FsContext::open(&subject.context)
        .map_err(|error| Failure::new(format!("{}: {error}", shown(&subject.context))))?;
    let sent = fs_context.sent(Some(&subject.path));
    let build_args = args.build.known_args();
    let text = subject.source.text();
    let parsed = parse(text);
    let options = Options {
        build_args: Some(&build_args),
        target: args.build.target.as_deref(),
        context: Some(&sent),
        ..Options::default()
    };
    let model = Model::new(text, &parsed, options);
    let task =
        Task { args, session, subject: &subject, model: &model, runtime: runtime(args.refactor.runtime.as_ref()) };

    if let Some(format) = args.refactor.plan {
        return task.print_plan(format);
    }
    if let Some(outcome) = refusal(&model) {
        return task.ended_early(outcome);
    }
    if args.refactor.no_verify {
        return task.without_proof();
    }
    task.with_proof()
}

fn runtime(choice: Option<&RuntimeChoice>) -> Runtime {
    match choice {
        None | Some(RuntimeChoice::Auto) => Runtime::Auto,
        Some(RuntimeChoice::Smallest) => Runtime::Smallest,
        Some(RuntimeChoice::Same) => Runtime::Same,
        Some(RuntimeChoice::Slim) => Runtime::Slim,
        Some(RuntimeChoice::Distroless) => Runtime::Distroless,
        Some(RuntimeChoice::Alpine) => Runtime::Alpine,
        Some(RuntimeChoice::Scratch) => Runtime::Scratch,
        Some(RuntimeChoice::Image(image)) => Runtime::Image(image.clone()),
    }
}

struct Task<'t> {
    args: &'t FixArgs,
    session: &'t Session,
    subject: &'t Subject,
    model: &'t Model<'t>,
    runtime: Runtime,
}

/// The best that the loop came to.
struct Found {
    plan: Box<Plan>,
    text: String,
    image: ImageReport,
    expectations: Expectations,
    verdict: Verdict,
}

impl Task<'_> {
    fn name(&self) -> String {
        self.subject.source.name.clone()
    }

    /// A plan from the file and the context alone.
    fn static_plan(&self) -> Outcome {
        let ladder = candidates(self.model, &self.runtime, &Known::default());
        plan_split(self.model, &Request { evidence: None, ladder: &ladder, rung: 0, failed: &[] })
    }

    fn print_plan(&self, format: PlanFormat) -> Result<Exit, Failure> {
        let outcome = self.static_plan();
        let mut out = self.session.terminal.stdout();
        let written = match format {
            PlanFormat::Text => plan_text::text(&self.name(), self.model, &outcome, &mut out),
            PlanFormat::Json => plan_text::json(&self.name(), self.model, &outcome, &mut out),
        };
        written
            .and_then(|()| out.flush())
            .map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))?;
        Ok(if matches!(outcome, Outcome::Refused(_)) { Exit::Refused } else { Exit::Clean })
    }

    /// Nothing to do, or nothing that can be done: clear from the file alone.
    fn ended_early(&self, outcome: Outcome) -> Result<Exit, Failure> {
        let mut report = Report::new("split-stages", &self.name());
        let exit = match outcome {
            Outcome::Nothing { reason } => {
                self.say(&format!("{}: nothing to do: {reason}", self.name()))?;
                report.end(Ended::Nothing, &reason);
                Exit::Clean
            }
            Outcome::Refused(refusal) => {
                show::refusal(self.session, &self.name(), self.model, &refusal);
                report.end(Ended::Refused, &refusal.reason);
                Exit::Refused
            }
            Outcome::Plan(_) => Exit::Clean,
        };
        self.save(&report)?;
        Ok(exit)
    }

    fn without_proof(&self) -> Result<Exit, Failure> {
        match self.static_plan() {
            Outcome::Plan(plan) => {
                let text = self.applied(&plan)?;
                let mut report = Report::new("split-stages", &self.name());
                report.plan(&plan, self.model);
                report.end(Ended::Unverified, "written without building");
                self.session.terminal.warn(format_args!("{}: unverified: nothing was built or compared", self.name()));
                let exit = self.deliver(&text)?;
                self.save(&report)?;
                Ok(exit)
            }
            other => self.ended_early(other),
        }
    }

    fn applied(&self, plan: &Plan) -> Result<String, Failure> {
        plan.edits.apply(self.model.text()).map_err(|error| Failure::new(format!("{}: {error}", self.name())))
    }

    fn with_proof(&self) -> Result<Exit, Failure> {
        let progress =
            Progress::new(self.session.terminal, if self.args.quiet { Telling::Nothing } else { Telling::All });
        let prover =
            Prover::open(&self.subject.context, &self.args.build, &self.args.engine, &progress, &self.session.cancel)?;
        let mut report = Report::new("split-stages", &self.name());
        report.engine = Some(prover.facts().clone());
        let ended = self.prove(&prover, &progress, &mut report);
        progress.finish();
        let finished = prover.finish();
        let exit = match ended {
            Ok(exit) => exit,
            Err(Trouble::Engine(failure)) => return Err(failure),
            Err(Trouble::Build(message)) => {
                report.end(Ended::Failed, &message);
                self.save(&report)?;
                return Err(Failure::new(message));
            }
        };
        self.save(&report)?;
        finished?;
        Ok(exit)
    }

    fn prove(&self, prover: &Prover<'_>, progress: &Progress, report: &mut Report) -> Result<Exit, Trouble> {
        let base = base_of(self.model.text(), &self.args.build);
        progress.phase("building the original");
        let mut original = prover.build(DockerfileSource::File(self.subject.path.clone()), base.as_deref())?;
        report.before = Some(ImageReport::of(&original));
        let smoke = prover.smoke_commands().map_err(Trouble::Engine)?;
        let mut evidence = of_original(&original.image, self.model, &smoke);
        let known = Known {
            release: evidence.release.clone(),
            is_static: evidence.is_static,
            needs_shell: evidence.needs_shell,
        };
        let ladder = candidates(self.model, &self.runtime, &known);

        progress.phase("running the original");
        let look_from = original.reference.clone();
        prover.run(&mut original, &look_from, 2)?;
        add_used(&mut evidence, &original.image, &original.runs);

        let mut loop_ = Loop {
            task: self,
            prover,
            progress,
            report,
            original: &mut original,
            ran_again: false,
            base_name: base,
            failed: Vec::new(),
            best: None,
            refusal: None,
        };
        for rung in 0..ladder.len() {
            if ladder[rung].when == When::NoneBefore && loop_.has_tried() {
                continue;
            }
            if let Some(found) = loop_.rung(&mut evidence, &ladder, rung)? {
                return self.accept(found, report);
            }
        }
        let Loop { best, refusal, .. } = loop_;
        self.give_up(best, refusal, report).map_err(Trouble::Engine)
    }

    /// Writes what is proved, or what the user takes as it is.
    fn accept(&self, found: Found, report: &mut Report) -> Result<Exit, Trouble> {
        let proved = found.verdict.outcome == Judged::Proved;
        report.plan(&found.plan, self.model);
        report.after = Some(found.image);
        report.diff(&self.name(), self.model.text(), &found.text);
        report.end(if proved { Ended::Proved } else { Ended::Inconclusive }, "");
        show::verdict(self.session, &self.name(), report, &found.verdict, Some(&found.plan))
            .map_err(Trouble::Engine)?;
        report.expectations = Some(found.expectations);
        report.verdict = Some(found.verdict);
        if !proved && !self.args.engine.accept_inconclusive {
            self.session.terminal.note("nothing was written; `--accept-inconclusive` writes it, `--smoke`, `--smoke-env` and `--smoke-http` let more be seen");
            return Ok(Exit::Refused);
        }
        self.deliver(&found.text).map_err(Trouble::Engine)
    }

    fn give_up(&self, best: Option<Found>, refusal: Option<Refusal>, report: &mut Report) -> Result<Exit, Failure> {
        match (best, refusal) {
            (Some(best), _) => {
                report.plan(&best.plan, self.model);
                report.after = Some(best.image);
                report.diff(&self.name(), self.model.text(), &best.text);
                report.end(Ended::Refuted, "no candidate passed");
                show::verdict(self.session, &self.name(), report, &best.verdict, Some(&best.plan))?;
                report.expectations = Some(best.expectations);
                report.verdict = Some(best.verdict);
                Ok(Exit::Refused)
            }
            (None, Some(refusal)) => {
                show::refusal(self.session, &self.name(), self.model, &refusal);
                report.end(Ended::Refused, &refusal.reason);
                Ok(Exit::Refused)
            }
            (None, None) => {
                let reason = report.rounds.last().map_or_else(
                    || "no other base image is known for this one".to_owned(),
                    |round| format!("on {}: {}", round.runtime, round.message),
                );
                if report.rounds.is_empty() {
                    self.say(&format!("{}: nothing to do: {reason}", self.name()))?;
                    report.end(Ended::Nothing, &reason);
                    return Ok(Exit::Clean);
                }
                self.session
                    .terminal
                    .error(format_args!("{}: no candidate could be built and compared: {reason}", self.name()));
                report.end(Ended::Refused, &reason);
                Ok(Exit::Refused)
            }
        }
    }

    fn deliver(&self, text: &str) -> Result<Exit, Failure> {
        deliver(self.args, self.session, self.subject, text, "split")
    }

    fn say(&self, line: &str) -> Result<(), Failure> {
        say(self.args, self.session, line)
    }

    fn save(&self, report: &Report) -> Result<(), Failure> {
        save_report(report, self.args.engine.report.as_deref())
    }
}

/// Writes a report in the format that the file's name asks for.
pub(super) fn save_report(report: &Report, path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let text = match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => report.to_json(),
        Some("md") => report.to_markdown(),
        _ => return Err(Failure::new(format!("{}: a report is `.json` or `.md`", shown(path)))),
    };
    write_new(path, text.as_bytes()).map_err(|error| Failure::new(error.to_string()))
}

/// The state of plan, build, compare and repair.
struct Loop<'l, 'p> {
    task: &'l Task<'l>,
    prover: &'l Prover<'p>,
    progress: &'l Progress,
    report: &'l mut Report,
    original: &'l mut Built,
    /// Whether the original was run more often to see what changes by itself.
    ran_again: bool,
    base_name: Option<String>,
    failed: Vec<usize>,
    best: Option<Found>,
    refusal: Option<Refusal>,
}

impl Loop<'_, '_> {
    /// Tries one base until a plan passes or no repair is left.
    fn rung(&mut self, evidence: &mut Evidence, ladder: &[Candidate], rung: usize) -> Result<Option<Found>, Trouble> {
        let image = &ladder[rung].image;
        self.progress.phase(&format!("looking at {image}"));
        if Some(image) == self.base_name.as_ref() {
            evidence.bases.insert(image.clone(), self.same_base(image)?);
        } else if image == "scratch" {
            evidence.bases.insert(image.clone(), dfopt_optimizer::BaseEvidence::default());
        } else {
            match self.prover.base_image(image)? {
                Some(base) => {
                    evidence.bases.insert(image.clone(), of_base(&base, &self.original.image));
                }
                None => {
                    self.failed.push(rung);
                    self.note(rung, image, RoundEnd::Unfit, "the image cannot be had");
                    return Ok(None);
                }
            }
        }
        let mut before: Option<String> = None;
        for round in 0..MOST_ROUNDS {
            let request = Request { evidence: Some(evidence), ladder, rung, failed: &self.failed };
            let plan = match self.planned(&request, evidence) {
                Outcome::Plan(plan) => plan,
                Outcome::Refused(refusal) => {
                    self.note(round, image, RoundEnd::Refused, &refusal.reason);
                    self.refusal.get_or_insert(refusal);
                    break;
                }
                Outcome::Nothing { reason } => {
                    self.note(round, image, RoundEnd::Refused, &reason);
                    break;
                }
            };
            let text = self.task.applied(&plan).map_err(Trouble::Engine)?;
            if before.as_ref() == Some(&text) {
                break;
            }
            before = Some(text.clone());
            self.progress.phase(&format!("building the candidate on {image} (round {})", round + 1));
            let source = DockerfileSource::Text { text: text.clone(), in_place_of: self.task.subject.path.clone() };
            let base = if image == "scratch" { None } else { Some(image.as_str()) };
            let mut built = match self.prover.build(source, base) {
                Ok(built) => built,
                Err(Trouble::Build(message)) => {
                    self.note(round, image, RoundEnd::BuildFailed, &message);
                    if !plan.trims.is_empty() && evidence.repairs.insert(Repair::Untrimmed) {
                        continue;
                    }
                    break;
                }
                Err(other) => return Err(other),
            };
            self.progress.phase("running the candidate");
            self.prover.run(&mut built, &self.original.reference, 1)?;
            self.progress.phase("comparing");
            let expectations = expectations(&plan, evidence);
            let mut verdict = judge(self.original, &built, &expectations);
            if only_runs_differ(&verdict) {
                verdict = self.judged_again(&mut built, &expectations)?;
            }
            let message = verdict.counterexamples.first().map(ToString::to_string).unwrap_or_default();
            let end = match verdict.outcome {
                Judged::Proved => RoundEnd::Proved,
                Judged::Refuted => RoundEnd::Refuted,
                Judged::Inconclusive => RoundEnd::Inconclusive,
            };
            self.note(round, image, end, &message);
            if let Some(last) = self.report.rounds.last_mut() {
                last.counterexamples = verdict.counterexamples.clone();
            }
            let asked = all_repairs(&verdict.counterexamples, evidence);
            let outcome = verdict.outcome;
            let trims = !plan.trims.is_empty();
            let found = Found { plan, text, image: ImageReport::of(&built), expectations, verdict };
            if outcome != Judged::Refuted {
                return Ok(Some(found));
            }
            let better = self
                .best
                .as_ref()
                .is_none_or(|best| found.verdict.counterexamples.len() < best.verdict.counterexamples.len());
            if better {
                self.best = Some(found);
            }
            let known = evidence.repairs.len();
            evidence.repairs.extend(asked);
            // A program that says why it stops does not say which package it lacks.
            if evidence.repairs.len() == known && trims {
                evidence.repairs.insert(Repair::Untrimmed);
            }
            if evidence.repairs.len() == known {
                break;
            }
        }
        self.failed.push(rung);
        Ok(None)
    }

    /// The verdict after more runs: two runs may agree by chance where others do not, and on a busy machine a run may be cut off before it
    /// has said what it says. What differed once must agree twice, or what goes wrong now and then would be proved.
    fn judged_again(&mut self, built: &mut Built, expectations: &Expectations) -> Result<Verdict, Trouble> {
        let look_from = self.original.reference.clone();
        if !self.ran_again {
            self.ran_again = true;
            self.progress.phase("running the original again");
            self.prover.run_again(self.original, &look_from, 2)?;
        }
        self.progress.phase("running the candidate again");
        let mut again = || -> Result<Verdict, Trouble> {
            built.runs.clear();
            self.prover.run(built, &look_from, 1)?;
            Ok(judge(self.original, built, expectations))
        };
        let first = again()?;
        if first.outcome == Judged::Proved { again() } else { Ok(first) }
    }

    /// Whether some base could be had.
    fn has_tried(&self) -> bool {
        self.report.rounds.iter().any(|round| round.end != RoundEnd::Unfit)
    }

    /// A plan, after a second look at what the files that it carries need themselves.
    fn planned(&self, request: &Request<'_>, evidence: &Evidence) -> Outcome {
        let first = plan_split(self.task.model, request);
        let Outcome::Plan(plan) = &first else { return first };
        let mut more = evidence.clone();
        (more.carried_needs, more.builders) = needs_of_carried(&self.original.image, plan, evidence);
        plan_split(self.task.model, &Request { evidence: Some(&more), ..*request })
    }

    fn same_base(&self, image: &str) -> Result<dfopt_optimizer::BaseEvidence, Trouble> {
        match self.prover.base_image(image)? {
            Some(base) => Ok(of_base(&base, &self.original.image)),
            None => Ok(dfopt_optimizer::BaseEvidence::default()),
        }
    }

    fn note(&mut self, round: usize, runtime: &str, end: RoundEnd, message: &str) {
        self.progress.remark(&show::round(runtime, end, message));
        self.report.rounds.push(Round {
            round: round + 1,
            runtime: runtime.to_owned(),
            end,
            message: message.to_owned(),
            counterexamples: Vec::new(),
        });
    }
}

/// Whether nothing but what was seen of the runs speaks against a candidate.
fn only_runs_differ(verdict: &Verdict) -> bool {
    verdict.outcome == Judged::Refuted
        && verdict.counterexamples.iter().all(|found| matches!(found, Counterexample::RunDiffers { .. }))
}

/// What the carried files need in their turn, and those that only compile something and that nothing starts.
fn needs_of_carried(image: &Image, plan: &Plan, evidence: &Evidence) -> (Vec<Need>, BTreeMap<String, String>) {
    // What the base brings is not carried by the plan, even where it is copied along.
    let is_own =
        |path: &str, file: &ImageFile| file.kind == FileKind::File && file.step.is_some() && !plan.along.contains(path);
    let mut paths = Vec::new();
    for carried in &plan.carried {
        let Item::Path(path) = &carried.item else { continue };
        match path.strip_suffix('/') {
            Some(folder) => {
                let below = format!("{folder}/");
                let inside = evidence.files.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
                paths.extend(
                    inside.filter(|(path, file)| is_own(path, file)).map(|(path, _)| (path.clone(), Certainty::Likely)),
                );
            }
            None => paths.push((path.clone(), Certainty::Likely)),
        }
    }
    let mut found = closure(image, &Start { paths: paths.clone(), commands: Vec::new() });
    let started: BTreeSet<&str> = evidence.needs.iter().map(|need| need.path.as_str()).collect();
    let mut builders = run_compilers(image, &found);
    builders.retain(|script, _| !started.contains(script.as_str()));
    if !builders.is_empty() {
        paths.retain(|(path, _)| !builders.contains_key(path));
        found = closure(image, &Start { paths, commands: Vec::new() });
    }
    (needs_of(image, &found), builders)
}

/// What the judge is told about what was dropped on purpose.
fn expectations(plan: &Plan, evidence: &Evidence) -> Expectations {
    let dropped = plan.left.iter().map(|(path, reason)| Expected::new(path, reason)).collect();
    let packages = plan.dropped.iter().filter_map(|dropped| match &dropped.item {
        Item::Package(name) => Some(Expected::new(name, &dropped.reason)),
        _ => None,
    });
    let kept: BTreeSet<&str> = plan
        .carried
        .iter()
        .filter_map(|carried| match &carried.item {
            Item::Variable(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let base = evidence.bases.get(&plan.runtime);
    let variables = evidence.config.env.keys().filter(|name| {
        !kept.contains(name.as_str())
            && base.is_some_and(|base| base.config.env.get(*name) != evidence.config.env.get(*name))
    });
    Expectations {
        dropped,
        packages: packages.collect(),
        variables: variables
            .map(|name| Expected::new(name, "set by the original base image, for its own programs"))
            .collect(),
        ..Expectations::default()
    }
}
