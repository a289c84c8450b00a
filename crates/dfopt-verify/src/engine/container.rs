//! Runs an image in a closed container, looks into it while it runs, stops it, and records what was seen.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::command::{Collector, Guarding, Patience, Process};
use super::companion::Role;
use super::failure;
use super::session::Session;
use crate::cancel::CancelToken;
use crate::error::EngineError;
use crate::probe::{LookOrder, LookReport};
use crate::run::{
    Captured, Ending, HealthOutcome, HttpAnswer, HttpChoice, HttpOutcome, Look, RunRecord, SmokeCommand, SmokeNetwork,
    SmokeSpec, StopReaction,
};
use crate::text::printable_line;

/// Which image runs, and which one the look comes from.
#[derive(Debug, Clone, Copy)]
pub struct RunTarget<'t> {
    /// The image under test, by a name that the engine knows.
    pub image: &'t str,
    /// The image that the side container with the probe is made from; any image with the same platform will do.
    pub look_from: &'t str,
    /// The platform, when it is not the engine's own.
    pub platform: Option<&'t str>,
}

/// What containers may do besides running: what programs that change their user, take ownership or bind low ports need. Of the
/// engine's defaults raw sockets, device nodes and the audit log are left out.
const CAPABILITIES: [&str; 11] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Most ports that are asked over HTTP unbidden.
const MOST_PORTS: usize = 16;
const MOST_REPORT: usize = 64 << 20;
const PAUSE: Duration = Duration::from_millis(40);
const STATE_EVERY: Duration = Duration::from_millis(300);

impl Session {
    /// Runs the image until it ends or has been watched long enough.
    ///
    /// # Errors
    /// When the caller cancels or the engine fails; a program that fails or cannot be started is a record.
    pub fn run(
        &self,
        target: &RunTarget<'_>,
        spec: &SmokeSpec,
        cancel: &CancelToken,
    ) -> Result<RunRecord, EngineError> {
        let image = ImageSettings::read(&self.inspect_config(target.image, cancel)?);
        let name = format!("dfopt-run-{}-{}", self.owner.run, self.next());
        let side_name = format!("{name}-look");
        let containers = Containers { session: self, names: vec![side_name.clone(), name.clone()] };
        let arguments = self.create_arguments(target, spec, &image, &name)?;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let doing = "creating a container";
        let created = self.ask(doing, &arguments, cancel).inspect_err(|_| self.was_cut_off())?;
        if !created.succeeded() {
            let words = created.stderr_text();
            if words.contains("o command specified") {
                return Ok(RunRecord::not_started(125, failure::last_words(&words)));
            }
            return Err(failure::refused(doing, &words));
        }
        let order = look_order(spec, &image);
        let side = self.prepare_look(target, &image, &order, &name, &side_name, cancel)?;
        let record = self.watch(spec, &image, &order, &name, side, cancel);
        drop(containers);
        record
    }

    fn was_cut_off(&self) {
        self.interrupted.store(true, std::sync::atomic::Ordering::SeqCst);
    }

    pub(super) fn create_arguments(
        &self,
        target: &RunTarget<'_>,
        spec: &SmokeSpec,
        image: &ImageSettings,
        name: &str,
    ) -> Result<Vec<String>, EngineError> {
        let limits = &spec.limits;
        let memory = limits.memory_bytes.to_string();
        let processes = limits.processes.to_string();
        let mut arguments: Vec<String> = Vec::new();
        let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
        add(&[
            "create",
            "--name",
            name,
            "--label",
            &self.label(),
            "--hostname",
            "dfopt",
            "--pull",
            "never",
            "--log-driver",
            "none",
        ]);
        add(&[
            "--memory",
            &memory,
            "--memory-swap",
            &memory,
            "--pids-limit",
            &processes,
            "--ulimit",
            "core=0",
            "--cap-drop",
            "ALL",
        ]);
        for capability in CAPABILITIES {
            add(&["--cap-add", capability]);
        }
        match spec.network {
            SmokeNetwork::None => add(&["--network", "none"]),
            SmokeNetwork::Bridge => {
                add(&["--network", "bridge"]);
                for port in &image.exposed {
                    add(&["--publish", &format!("127.0.0.1::{port}/tcp")]);
                }
            }
        }
        if let Some(platform) = target.platform {
            add(&["--platform", platform]);
        }
        if image.has_health_check {
            // What is checked, for how long and how often it may fail stay the image's own; half a minute between checks is
            // for a service in production.
            add(&["--health-interval", "1s"]);
            if self.engine.facts().supports_start_interval() {
                add(&["--health-start-interval", "1s"]);
            }
        }
        for (key, value) in &spec.env {
            add(&["--env", &format!("{key}={value}")]);
        }
        match &spec.command {
            SmokeCommand::Image => add(&[target.image]),
            SmokeCommand::Arguments(words) => {
                add(&[target.image]);
                arguments.extend(words.iter().cloned());
            }
            SmokeCommand::Program(words) => {
                let Some((program, rest)) = words.split_first().filter(|(program, _)| !program.is_empty()) else {
                    return Err(EngineError::Refused {
                        doing: "creating a container".to_owned(),
                        message: "the command to run is empty".to_owned(),
                    });
                };
                add(&["--entrypoint", program, target.image]);
                arguments.extend(rest.iter().cloned());
            }
        }
        Ok(arguments)
    }

    /// Makes the side container ahead of time, so that it can start as soon as the program runs.
    pub(super) fn prepare_look(
        &self,
        target: &RunTarget<'_>,
        image: &ImageSettings,
        order: &LookOrder,
        name: &str,
        side_name: &str,
        cancel: &CancelToken,
    ) -> Result<Side, EngineError> {
        let Some(companion) = &self.engine.client.companion else {
            return Ok(Side::Impossible("this program cannot act as its own probe".to_owned()));
        };
        let probe = match companion.pack(&image.architecture, Role::Look) {
            Ok(probe) => probe,
            Err(reason) => return Ok(Side::Impossible(reason)),
        };
        let order = serde_json::to_string(order).unwrap_or_default();
        let shared = format!("container:{name}");
        let label = self.label();
        let mut arguments =
            vec!["create", "--name", side_name, "--label", &label, "--pid", &shared, "--network", &shared];
        arguments.extend([
            "--user",
            "0:0",
            "--workdir",
            "/",
            "--no-healthcheck",
            "--pull",
            "never",
            "--log-driver",
            "none",
        ]);
        // Processes of another user are only readable for a tracer.
        arguments.extend(["--cap-drop", "ALL", "--cap-add", "SYS_PTRACE", "--memory", "512m", "--pids-limit", "64"]);
        // What the image sets for its own programs must not reach the probe.
        for setting in ["LD_PRELOAD=", "LD_LIBRARY_PATH=", "LD_AUDIT=", "GLIBC_TUNABLES=", "MALLOC_CONF="] {
            arguments.extend(["--env", setting]);
        }
        if let Some(platform) = target.platform {
            arguments.extend(["--platform", platform]);
        }
        arguments.extend(["--entrypoint", &probe.entrypoint, target.look_from]);
        arguments.extend(probe.arguments.iter().map(String::as_str));
        arguments.extend(["look", &order]);
        let doing = "creating the side container";
        let created = self.ask(doing, &arguments, cancel).inspect_err(|_| self.was_cut_off())?;
        if !created.succeeded() {
            return self.no_look(doing, &created.stderr_text());
        }
        let patience = Patience { limit: Duration::from_secs(120), cancel: Some(cancel) };
        let doing = "copying the probe";
        let copied = self.engine.client.feed(doing, ["cp", "-", &format!("{side_name}:/")], probe.tar, patience)?;
        if !copied.succeeded() {
            return self.no_look(doing, &copied.stderr_text());
        }
        Ok(Side::Ready(side_name.to_owned()))
    }

    /// An engine that is gone or full is an error; one that does not want to is a missing look.
    fn no_look(&self, doing: &str, words: &str) -> Result<Side, EngineError> {
        match failure::refused(doing, words) {
            EngineError::Refused { message, .. } => Ok(Side::Impossible(format!("{doing} failed: {message}"))),
            other => Err(other),
        }
    }

    pub(super) fn watch(
        &self,
        spec: &SmokeSpec,
        image: &ImageSettings,
        order: &LookOrder,
        name: &str,
        mut side: Side,
        cancel: &CancelToken,
    ) -> Result<RunRecord, EngineError> {
        let begin = Instant::now();
        let mut program =
            self.engine.client.start("running a container", ["start", "--attach", name], Guarding::WhenPossible)?;
        let stdout = program.stdout.take().map(|pipe| Collector::new(pipe, spec.limits.output_bytes));
        let stderr = program.stderr.take().map(|pipe| Collector::new(pipe, spec.limits.output_bytes));
        let (watch, listen) =
            (Duration::from_secs(spec.limits.watch_seconds), Duration::from_secs(spec.limits.listen_seconds));
        // The probe keeps its own time; this is for one that does not.
        let deadline = begin
            + watch.max(listen)
            + Duration::from_secs(20 + 40 * (order.asked.len() + order.if_listening.len()) as u64);
        let mut state = ContainerState::default();
        let mut last_state: Option<Instant> = None;
        while program.poll().is_none() {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            if last_state.is_none_or(|last| last.elapsed() >= if state.running { STATE_EVERY } else { PAUSE }) {
                state.update(&self.container_state(name, cancel)?);
                last_state = Some(Instant::now());
            }
            if state.running {
                side.begin(self)?;
            }
            let health_settled =
                !image.has_health_check || state.health_is_settled() || begin.elapsed() >= listen.max(watch);
            let seen_enough = match &mut side {
                // A probe that ended otherwise died with the program, whose end is about to be told, or cannot work here.
                Side::Running { process, .. } => match process.poll() {
                    Some(Some(0)) => true,
                    Some(_) => state.running && begin.elapsed() >= watch,
                    None => false,
                },
                Side::Impossible(_) => state.running && begin.elapsed() >= watch,
                Side::Ready(_) => false,
            };
            if (seen_enough && health_settled) || Instant::now() >= deadline {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let mut kept_running = program.poll().is_none();
        if kept_running {
            // The program may have ended and its client not yet.
            state.update(&self.container_state(name, cancel)?);
            kept_running = state.running;
        }
        let look = side.end(kept_running);
        let stopping = Instant::now();
        if kept_running {
            let grace = spec.limits.stop_grace_seconds.to_string();
            let patience =
                Patience { limit: Duration::from_secs(spec.limits.stop_grace_seconds + 60), cancel: Some(cancel) };
            self.engine.client.ask("stopping a container", ["stop", "--time", &grace, name], patience)?;
        }
        let took = stopping.elapsed();
        let patience = Patience { limit: Duration::from_secs(60), cancel: Some(cancel) };
        program.wait("waiting for a container", patience)?;
        let facts = self.container_facts(name, cancel)?;
        let state_error = facts.pointer("/State/Error").and_then(Value::as_str).unwrap_or_default();
        let code = facts.pointer("/State/ExitCode").and_then(Value::as_i64).unwrap_or(-1);
        let never_started =
            facts.pointer("/State/StartedAt").and_then(Value::as_str).is_none_or(|time| time.starts_with("0001-"));
        let stderr = stderr.map(Collector::finish).unwrap_or_default();
        if never_started {
            let words = if state_error.is_empty() { stderr.text().into_owned() } else { state_error.to_owned() };
            return match failure::refused("starting a container", &words) {
                EngineError::Refused { message, .. } => {
                    Ok(RunRecord { command: started_words(&facts), ..RunRecord::not_started(code, message) })
                }
                other => Err(other),
            };
        }
        let ending = if facts.pointer("/State/OOMKilled").and_then(Value::as_bool) == Some(true) {
            Ending::OutOfMemory { code }
        } else if kept_running {
            let killed =
                code == 137 && took + Duration::from_millis(500) >= Duration::from_secs(spec.limits.stop_grace_seconds);
            let reaction = if killed { StopReaction::Killed } else { StopReaction::Ended };
            Ending::Stopped { code, reaction }
        } else {
            Ending::Exited { code }
        };
        let http = answers(order, &look);
        let (look, report) = match look {
            LookResult::Seen(report) => {
                (Look::Done { snapshots: report.snapshots, unreadable: report.unreadable }, report)
            }
            LookResult::TooShort => (Look::TooShort, LookReport::default()),
            LookResult::Impossible(reason) => (Look::Impossible { reason }, LookReport::default()),
        };
        Ok(RunRecord {
            command: started_words(&facts),
            ending,
            stdout: stdout.map(Collector::finish).unwrap_or_default(),
            stderr,
            look,
            listening: report.listening,
            processes: report.processes.into_iter().collect(),
            earlier_processes: report.earlier_processes.into_iter().collect(),
            mapped: report.mapped.into_iter().collect(),
            earlier_mapped: report.earlier_mapped.into_iter().collect(),
            health: image.has_health_check.then(|| state.health.unwrap_or_else(not_run)),
            http,
            seconds: begin.elapsed().as_secs_f64(),
        })
    }

    fn container_facts(&self, name: &str, cancel: &CancelToken) -> Result<Value, EngineError> {
        let doing = "inspecting a container";
        let answer = self.ask(doing, &["container", "inspect", "--format", "{{json .}}", name], cancel)?;
        if !answer.succeeded() {
            return Err(failure::refused(doing, &answer.stderr_text()));
        }
        Ok(serde_json::from_slice(&answer.stdout).unwrap_or(Value::Null))
    }

    fn container_state(&self, name: &str, cancel: &CancelToken) -> Result<Value, EngineError> {
        Ok(self.container_facts(name, cancel)?.pointer("/State").cloned().unwrap_or(Value::Null))
    }
}

impl super::EngineFacts {
    fn supports_start_interval(&self) -> bool {
        let is_new = |text: &str| super::version(text).is_some_and(|version| version >= (25, 0));
        is_new(&self.client_version) && is_new(&self.server_version)
    }
}

impl RunRecord {
    fn not_started(code: i64, message: String) -> Self {
        Self {
            command: Vec::new(),
            ending: Ending::NotStarted { code, message },
            stdout: Captured::default(),
            stderr: Captured::default(),
            look: Look::TooShort,
            listening: Vec::new(),
            processes: Vec::new(),
            earlier_processes: Vec::new(),
            mapped: Vec::new(),
            earlier_mapped: Vec::new(),
            health: None,
            http: Vec::new(),
            seconds: 0.0,
        }
    }
}

/// Removes containers however the run ends.
pub(super) struct Containers<'s> {
    pub(super) session: &'s Session,
    pub(super) names: Vec<String>,
}

impl Drop for Containers<'_> {
    fn drop(&mut self) {
        let mut arguments = vec!["rm", "--force", "--volumes"];
        arguments.extend(self.names.iter().map(String::as_str));
        // What cannot be removed now is removed with the session.
        drop(self.session.ask("removing containers", &arguments, &CancelToken::new()));
    }
}

/// What of an image's settings steers a run.
pub(super) struct ImageSettings {
    pub(super) architecture: String,
    /// Exposed TCP ports.
    exposed: Vec<u16>,
    pub(super) has_health_check: bool,
}

impl ImageSettings {
    pub(super) fn read(inspected: &Value) -> Self {
        let exposed = inspected.pointer("/Config/ExposedPorts").and_then(Value::as_object);
        let mut exposed: Vec<u16> = exposed
            .into_iter()
            .flat_map(serde_json::Map::keys)
            .filter_map(|port| match port.split_once('/') {
                Some((port, "tcp")) => port.parse().ok(),
                Some(_) => None,
                None => port.parse().ok(),
            })
            .collect();
        exposed.sort_unstable();
        let test = inspected.pointer("/Config/Healthcheck/Test").and_then(Value::as_array);
        let first = test.and_then(|words| words.first()).and_then(Value::as_str);
        Self {
            architecture: inspected.pointer("/Architecture").and_then(Value::as_str).unwrap_or_default().to_owned(),
            exposed,
            has_health_check: first.is_some_and(|word| word != "NONE"),
        }
    }
}

pub(super) fn look_order(spec: &SmokeSpec, image: &ImageSettings) -> LookOrder {
    // A command given by the user need not be the service that the image exposes ports for.
    let exposed: Vec<u16> = match spec.command {
        SmokeCommand::Image | SmokeCommand::Arguments(_) => image.exposed.iter().copied().take(MOST_PORTS).collect(),
        SmokeCommand::Program(_) => Vec::new(),
    };
    let (expected, asked, if_listening) = match &spec.http {
        HttpChoice::Off => (exposed, Vec::new(), Vec::new()),
        HttpChoice::Exposed => (exposed.clone(), Vec::new(), exposed),
        HttpChoice::Asked(requests) => {
            (requests.iter().map(|request| request.port).collect(), requests.clone(), Vec::new())
        }
    };
    LookOrder {
        watch_seconds: spec.limits.watch_seconds,
        listen_seconds: spec.limits.listen_seconds,
        expected,
        asked,
        if_listening,
    }
}

/// The answers that came, and for each request that was asked for by name and got none, why.
fn answers(order: &LookOrder, look: &LookResult) -> Vec<HttpOutcome> {
    let mut http = match look {
        LookResult::Seen(report) => report.http.clone(),
        _ => Vec::new(),
    };
    let reason = match look {
        LookResult::Impossible(reason) => reason.as_str(),
        _ => "the program ended before it was asked",
    };
    for request in &order.asked {
        if !http.iter().any(|outcome| outcome.request == *request) {
            http.push(HttpOutcome {
                request: request.clone(),
                answer: HttpAnswer::Failed { reason: reason.to_owned() },
            });
        }
    }
    http
}

fn started_words(facts: &Value) -> Vec<String> {
    let program = facts.pointer("/Path").and_then(Value::as_str);
    let arguments = facts.pointer("/Args").and_then(Value::as_array);
    program.into_iter().chain(arguments.into_iter().flatten().filter_map(Value::as_str)).map(str::to_owned).collect()
}

#[derive(Default)]
struct ContainerState {
    running: bool,
    health: Option<HealthOutcome>,
}

impl ContainerState {
    fn update(&mut self, state: &Value) {
        self.running = state.get("Running").and_then(Value::as_bool) == Some(true);
        // The engine forgets or spoils the state of the check when the program ends.
        let last = state.pointer("/Health/Log").and_then(Value::as_array).and_then(|log| log.last());
        if let Some(last) = last.filter(|_| self.running) {
            self.health = Some(HealthOutcome {
                status: state.pointer("/Health/Status").and_then(Value::as_str).unwrap_or_default().to_owned(),
                exit: last.get("ExitCode").and_then(Value::as_i64),
                output: last.get("Output").and_then(Value::as_str).unwrap_or_default().to_owned(),
            });
        }
    }

    fn health_is_settled(&self) -> bool {
        self.health.as_ref().is_some_and(|health| health.status != "starting")
    }
}

fn not_run() -> HealthOutcome {
    HealthOutcome { status: "not-run".to_owned(), exit: None, output: String::new() }
}

/// The side container in its phases.
pub(super) enum Side {
    Impossible(String),
    Ready(String),
    Running { process: Process, stdout: Option<Collector>, stderr: Option<Collector> },
}

enum LookResult {
    Seen(LookReport),
    TooShort,
    Impossible(String),
}

impl Side {
    fn begin(&mut self, session: &Session) -> Result<(), EngineError> {
        if let Self::Ready(name) = self {
            let mut process = session.engine.client.start(
                "looking into a container",
                ["start", "--attach", name.as_str()],
                Guarding::WhenPossible,
            )?;
            let stdout = process.stdout.take().map(|pipe| Collector::new(pipe, MOST_REPORT));
            let stderr = process.stderr.take().map(|pipe| Collector::new(pipe, 64 << 10));
            *self = Self::Running { process, stdout, stderr };
        }
        Ok(())
    }

    /// Ends the look and gives the last report that is whole.
    fn end(self, program_runs: bool) -> LookResult {
        let (mut process, stdout, stderr) = match self {
            Self::Impossible(reason) => return LookResult::Impossible(reason),
            Self::Ready(_) => return LookResult::TooShort,
            Self::Running { process, stdout, stderr } => (process, stdout, stderr),
        };
        // The probe dies with the program, and its last lines are still on the way.
        let patience = Patience { limit: Duration::from_secs(3), cancel: None };
        if process.wait("looking into a container", patience).is_err() {
            process.kill();
        }
        let stdout = stdout.map(Collector::finish).unwrap_or_default();
        let last = stdout
            .bytes
            .split(|byte| *byte == b'\n')
            .rev()
            .find_map(|line| serde_json::from_slice::<LookReport>(line).ok());
        match last.filter(|report| !report.processes.is_empty()) {
            Some(report) => LookResult::Seen(report),
            None if !program_runs => LookResult::TooShort,
            None => {
                let words = stderr.map(Collector::finish).unwrap_or_default();
                LookResult::Impossible(format!(
                    "the probe did not report: {}",
                    printable_line(&failure::last_words(&words.text()))
                ))
            }
        }
    }
}
