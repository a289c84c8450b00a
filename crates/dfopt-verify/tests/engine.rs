//! The engine driver against a real engine: build, save, run, look into a shell-less container, cancel, clean up, be killed.
//!
//! Without an engine each test prints that it was skipped; `DFOPT_REQUIRE_ENGINE=1` makes that a failure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_macros)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use dfopt_verify::cancel::CancelToken;
use dfopt_verify::engine::{
    CompanionChoice, Engine, EngineOptions, ImageRetention, RUN_LABEL, RunTarget, Session, SessionOptions,
};
use dfopt_verify::error::{BuildError, EngineError};
use dfopt_verify::progress::{ProgressEvent, ProgressSink, Silent};
use dfopt_verify::request::{BuildSpec, CacheUse, DockerfileSource, Limits};
use dfopt_verify::run::{
    Ending, HttpAnswer, HttpChoice, HttpRequest, Look, RunRecord, SmokeCommand, SmokeNetwork, SmokeSpec, StopReaction,
};

fn options() -> EngineOptions {
    EngineOptions {
        companion: CompanionChoice::Executable(PathBuf::from(env!("CARGO_BIN_EXE_dfopt-probe"))),
        ..EngineOptions::default()
    }
}

fn engine() -> Option<Engine> {
    match Engine::detect(&options(), &CancelToken::new()) {
        Ok(engine) => Some(engine),
        Err(error) => {
            assert!(std::env::var_os("DFOPT_REQUIRE_ENGINE").is_none(), "an engine is required: {error}");
            eprintln!("SKIP: no engine: {error}");
            None
        }
    }
}

fn session() -> Option<Session> {
    Some(Session::open(engine()?, &SessionOptions::default(), &CancelToken::new()).unwrap())
}

/// A build of this text over a context with these files.
fn spec(context: &Path, files: &[(&str, &str)], dockerfile: &str) -> BuildSpec {
    for (name, text) in files {
        std::fs::write(context.join(name), text).unwrap();
    }
    BuildSpec {
        context: context.to_owned(),
        dockerfile: DockerfileSource::Text { text: dockerfile.to_owned(), in_place_of: context.join("Dockerfile") },
        ..BuildSpec::default()
    }
}

fn build(session: &Session, dockerfile: &str) -> String {
    let context = tempfile::tempdir().unwrap();
    let built = session.build(&spec(context.path(), &[], dockerfile), &Silent, &CancelToken::new());
    built.unwrap_or_else(|error| panic!("{error}")).image.reference
}

fn run(session: &Session, image: &str, spec: &SmokeSpec) -> RunRecord {
    let target = RunTarget { image, look_from: image, platform: None };
    session.run(&target, spec, &CancelToken::new()).unwrap_or_else(|error| panic!("{error}"))
}

fn program(words: &[&str]) -> SmokeSpec {
    SmokeSpec {
        command: SmokeCommand::Program(words.iter().map(|word| (*word).to_owned()).collect()),
        ..SmokeSpec::default()
    }
}

fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Images and containers of one run that are still there.
fn left_of(run: &str) -> Vec<String> {
    let filter = format!("label={RUN_LABEL}");
    let images = docker(&["images", "--all", "--quiet", "--no-trunc", "--filter", &filter]);
    let containers = docker(&["ps", "--all", "--quiet", "--no-trunc", "--filter", &filter]);
    let ids = images.lines().chain(containers.lines());
    ids.filter(|id| docker(&["inspect", id]).contains(run)).map(str::to_owned).collect()
}

#[derive(Default)]
struct Heard(Mutex<Vec<ProgressEvent>>);

impl ProgressSink for Heard {
    fn event(&self, event: &ProgressEvent) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[test]
fn the_engine_says_who_it_is() {
    let Some(engine) = engine() else { return };
    let facts = engine.facts();
    assert_eq!(facts.engine, "docker");
    assert!(!facts.server_version.is_empty() && !facts.storage_driver.is_empty() && facts.can_look, "{facts:?}");
}

#[test]
fn a_builder_that_does_not_exist_is_named() {
    if engine().is_none() {
        return;
    }
    let options = EngineOptions { builder: Some("no-such-builder".to_owned()), ..options() };
    let error = Engine::detect(&options, &CancelToken::new()).unwrap_err();
    assert!(matches!(&error, EngineError::BadBuilder { name, .. } if name == "no-such-builder"), "{error}");
}

#[test]
fn builds_with_steps_and_leaves_nothing() {
    let Some(session) = session() else { return };
    let context = tempfile::tempdir().unwrap();
    let files = [("kept.txt", "kept"), ("hidden.txt", "hidden"), ("Dockerfile.dockerignore", "hidden.txt\n")];
    let text = "FROM busybox AS build\nARG STAMP\nRUN printf 'one\\033[31m\\ntwo\\n'; echo \"$STAMP\" >/stamp\nFROM busybox\nCOPY . /ctx/\nCOPY --from=build /stamp /\n";
    let mut spec = spec(context.path(), &files, text);
    spec.build_args = vec![("STAMP".to_owned(), Some(session.owner().run.clone()))];
    let heard = Heard::default();
    let built = session.build(&spec, &heard, &CancelToken::new()).unwrap();
    let step = built.steps.iter().find(|step| step.instruction().is_some_and(|text| text.starts_with("RUN"))).unwrap();
    assert!(!step.cached && step.name.starts_with("[build 2/2] RUN"), "{step:?}");
    assert_eq!(step.log, ["one\\x1b[31m", "two"]);
    let events = heard.0.into_inner().unwrap();
    assert!(
        events.iter().any(|event| matches!(event, ProgressEvent::StepOutput { line, .. } if line == "two")),
        "{events:?}"
    );

    let again = session.build(&spec, &Silent, &CancelToken::new()).unwrap();
    let cached: Vec<_> =
        again.steps.iter().filter(|step| step.instruction().is_some()).map(|step| step.cached).collect();
    assert_eq!(cached, [true, true, true], "{:?}", again.steps);

    // The ignore file of the file that the text stands for is honoured.
    let record = run(&session, &built.image.reference, &program(&["/bin/ls", "/ctx"]));
    let listing = record.stdout.text().into_owned();
    assert!(listing.contains("kept.txt") && !listing.contains("hidden.txt"), "{listing}");
    assert_eq!(record.ending, Ending::Exited { code: 0 });

    let image = session.resolve(&built.image.reference, &CancelToken::new()).unwrap();
    assert_eq!(image.map(|image| image.id), Some(built.image.id));
    let run = session.owner().run.clone();
    assert!(!left_of(&run).is_empty());
    session.finish().unwrap();
    assert_eq!(left_of(&run), Vec::<String>::new());
}

#[test]
fn kept_images_stay() {
    let Some(engine) = engine() else { return };
    let options = SessionOptions { images: ImageRetention::Keep, ..SessionOptions::default() };
    let kept = Session::open(engine.clone(), &options, &CancelToken::new()).unwrap();
    let image = build(&kept, &format!("FROM busybox\nENV RUN={}\n", kept.owner().run));
    kept.finish().unwrap();
    let next = Session::open(engine, &SessionOptions::default(), &CancelToken::new()).unwrap();
    assert!(next.image_exists(&image, &CancelToken::new()).unwrap());
    docker(&["image", "rm", &image]);
    assert!(!next.image_exists(&image, &CancelToken::new()).unwrap());
}

#[test]
fn a_failing_build_names_step_line_and_exit_status() {
    let Some(session) = session() else { return };
    let context = tempfile::tempdir().unwrap();
    let build = |text: &str| session.build(&spec(context.path(), &[], text), &Silent, &CancelToken::new()).unwrap_err();
    let failed = |text: &str| match build(text) {
        BuildError::Failed(failure) => *failure,
        other => panic!("{other:?}"),
    };

    let failure = failed("FROM busybox\nRUN echo first \\\n  && echo 'the reason' >&2 && exit 7\n");
    assert_eq!((failure.line, failure.exit), (Some(2), Some(7)), "{failure:?}");
    assert_eq!(failure.instruction.as_deref(), Some("RUN echo first \\\n  && echo 'the reason' >&2 && exit 7"));
    assert!(failure.log.contains(&"the reason".to_owned()), "{failure:?}");
    assert!(failure.step.as_deref().is_some_and(|step| step.contains("RUN echo first")), "{failure:?}");

    let failure = failed("FROM busybox\nCOPY nope /\n");
    assert_eq!((failure.line, failure.exit), (Some(2), None), "{failure:?}");
    assert!(failure.message.contains("/nope"), "{failure:?}");

    let failure = failed("FROM busybox\nFOO bar\n");
    assert_eq!(failure.line, Some(2), "{failure:?}");
    assert!(failure.message.contains("FOO"), "{failure:?}");

    // A command that cannot reach a server of its own is no engine that died.
    let failure = failed("FROM busybox\nRUN wget -T 2 http://127.0.0.1:1/; echo 'connection refused' >&2; exit 4\n");
    assert_eq!(failure.exit, Some(4), "{failure:?}");

    let error = build("FROM busybox\nRUN echo 'cp: error writing: No space left on device' >&2; exit 1\n");
    assert!(matches!(&error, BuildError::Engine(EngineError::NoSpace { .. })), "{error:?}");

    let error = build("FROM busybox\nRUN --mount=type=secret,id=token,required=true cat /run/secrets/token\n");
    assert!(matches!(&error, BuildError::SecretMissing { id, .. } if id == "token"), "{error:?}");
}

#[test]
fn secrets_do_not_reach_logs() {
    let Some(session) = session() else { return };
    let context = tempfile::tempdir().unwrap();
    let secret = context.path().join("secret-value");
    std::fs::write(&secret, "hunter22-secret\n").unwrap();
    let mut spec = spec(
        context.path(),
        &[],
        "FROM busybox\nRUN --mount=type=secret,id=token cat /run/secrets/token; echo \"again $(cat /run/secrets/token)\" >&2; exit 3\n",
    );
    spec.secrets = vec![format!("id=token,src={}", secret.display())];
    spec.cache = CacheUse::Off;
    let heard = Heard::default();
    let error = session.build(&spec, &heard, &CancelToken::new()).unwrap_err();
    let events = format!("{:?} {error:?}", heard.0.into_inner().unwrap());
    assert!(events.contains("again ***"), "{events}");
    assert!(!events.contains("hunter22"), "{events}");

    spec.secrets = vec!["id=token,env=DFOPT_TEST_NO_SUCH_VARIABLE".to_owned()];
    let error = session.build(&spec, &Silent, &CancelToken::new()).unwrap_err();
    assert!(error.to_string().contains("DFOPT_TEST_NO_SUCH_VARIABLE"), "{error}");
}

#[test]
fn an_image_is_streamed_whole_or_with_an_error() {
    let Some(session) = session() else { return };
    let image = build(&session, &format!("FROM busybox\nENV RUN={}\n", session.owner().run));
    let mut bytes = Vec::new();
    session.save(&image, &CancelToken::new()).unwrap().read_to_end(&mut bytes).unwrap();
    assert!(
        bytes.len() > 1 << 20 && bytes.windows(13).any(|window| window == b"manifest.json"),
        "{} bytes",
        bytes.len()
    );

    let error =
        session.save("dfopt-run:no-such-image", &CancelToken::new()).unwrap().read_to_end(&mut bytes).unwrap_err();
    assert!(error.to_string().contains("failed while saving an image"), "{error}");

    let cancel = CancelToken::new();
    let mut half = session.save(&image, &cancel).unwrap();
    half.read_exact(&mut [0; 1024]).unwrap();
    cancel.cancel();
    assert!(half.read_to_end(&mut Vec::new()).is_err());
}

#[test]
fn a_missing_image_is_named() {
    let Some(session) = session() else { return };
    let cancel = CancelToken::new();
    assert!(!session.image_exists("dfopt-run:no-such-image", &cancel).unwrap());
    assert!(session.inspect_config("dfopt-run:no-such-image", &cancel).is_err());
    let error = session.pull("dfopt-run:no-such-image", None, &cancel).unwrap_err();
    assert!(
        matches!(&error, EngineError::NoImage { reference, .. } if reference == "dfopt-run:no-such-image"),
        "{error:?}"
    );
    assert_eq!(session.pull("busybox", None, &cancel).unwrap().reference, "busybox");
    assert!(session.inspect_config("busybox", &cancel).unwrap().pointer("/Config/Cmd").is_some());
}

#[test]
fn looks_into_a_server_in_an_image_without_a_shell() {
    let Some(session) = session() else { return };
    let image = build(
        &session,
        "FROM busybox AS tools\nRUN mkdir /www && echo hello >/www/index.html\n\
         FROM scratch\nCOPY --from=tools /bin/busybox /busybox\nCOPY --from=tools /www /www\nWORKDIR /www\nUSER 1234:4321\n\
         ENV LD_PRELOAD=/nonexistent.so\n\
         EXPOSE 8080 8443/udp\nVOLUME /data\nENTRYPOINT [\"/busybox\", \"httpd\", \"-f\"]\nCMD [\"-p\", \"8080\"]\n",
    );
    let record = run(&session, &image, &SmokeSpec::default());
    assert_eq!(record.command, ["/busybox", "httpd", "-f", "-p", "8080"]);
    assert!(matches!(record.look, Look::Done { snapshots: 1.., unreadable: 0 }), "{record:?}");
    assert!(record.ending.kept_running(), "{record:?}");
    let ports: Vec<_> = record.listening.iter().map(|socket| socket.port).collect();
    assert_eq!(ports, [8080], "{record:?}");
    let [process] = record.processes.as_slice() else { panic!("{record:?}") };
    assert_eq!(
        (process.exe.as_str(), process.uid, process.gid, process.cwd.as_str()),
        ("/busybox", 1234, 4321, "/www")
    );
    assert_eq!(record.mapped, ["/busybox"]);
    let [outcome] = record.http.as_slice() else { panic!("{record:?}") };
    assert_eq!(outcome.request, HttpRequest { port: 8080, path: "/".to_owned() });
    assert!(
        matches!(&outcome.answer, HttpAnswer::Response { status: 200, body, .. } if body.bytes == b"hello\n"),
        "{record:?}"
    );
    assert_eq!(record.health, None);
}

#[test]
fn an_open_network_is_looked_into_as_well() {
    let Some(session) = session() else { return };
    let image = build(
        &session,
        "FROM busybox\nRUN mkdir /www && echo hello >/www/index.html\nEXPOSE 8080\nCMD [\"httpd\", \"-f\", \"-p\", \"8080\", \"-h\", \"/www\"]\n",
    );
    let spec = SmokeSpec { network: SmokeNetwork::Bridge, ..SmokeSpec::default() };
    let record = run(&session, &image, &spec);
    assert!(matches!(&record.http[0].answer, HttpAnswer::Response { status: 200, .. }), "{record:?}");
}

#[test]
fn without_a_probe_the_look_is_told_as_impossible() {
    if engine().is_none() {
        return;
    }
    let options = EngineOptions { companion: CompanionChoice::Off, ..options() };
    let engine = Engine::detect(&options, &CancelToken::new()).unwrap();
    assert!(!engine.facts().can_look);
    let session = Session::open(engine, &SessionOptions::default(), &CancelToken::new()).unwrap();
    let image = build(&session, "FROM busybox\n");
    let mut spec = program(&["sleep", "100"]);
    (spec.limits.watch_seconds, spec.limits.stop_grace_seconds) = (1, 1);
    let record = run(&session, &image, &spec);
    assert!(matches!(&record.look, Look::Impossible { .. }), "{record:?}");
    assert!(record.ending.kept_running());
}

#[test]
fn the_build_cache_outlives_the_session() {
    let Some(first) = session() else { return };
    let text = format!("FROM busybox\nRUN echo {}\n", first.owner().run);
    build(&first, &text);
    first.finish().unwrap();
    let second = session().unwrap();
    let context = tempfile::tempdir().unwrap();
    let built = second.build(&spec(context.path(), &[], &text), &Silent, &CancelToken::new()).unwrap();
    assert!(built.steps.iter().any(|step| step.cached && step.instruction().is_some()), "{:?}", built.steps);
}

#[test]
fn an_image_that_expects_to_be_given_a_command_is_a_record() {
    let Some(session) = session() else { return };
    let image = build(&session, "FROM scratch\nCOPY --from=busybox /bin/busybox /busybox\n");
    let record = run(&session, &image, &SmokeSpec::default());
    assert!(matches!(&record.ending, Ending::NotStarted { .. }), "{record:?}");
    let record = run(&session, &image, &program(&["/nope"]));
    assert!(
        matches!(&record.ending, Ending::NotStarted { code: 127, message } if message.contains("nope")),
        "{record:?}"
    );
    let record = run(&session, &image, &program(&["/busybox", "sh", "-c", "echo out; echo err >&2; exit 9"]));
    assert_eq!(
        (record.ending, record.stdout.bytes.as_slice(), record.stderr.bytes.as_slice()),
        (Ending::Exited { code: 9 }, &b"out\n"[..], &b"err\n"[..])
    );
}

#[test]
fn a_health_check_is_run_as_the_engine_runs_it() {
    let Some(session) = session() else { return };
    let image = build(
        &session,
        "FROM busybox\nHEALTHCHECK --retries=2 CMD test -f /tmp/well && echo fine || { echo sick; exit 1; }\nCMD [\"sh\", \"-c\", \"touch /tmp/well; exec sleep 100\"]\n",
    );
    let mut spec = SmokeSpec {
        limits: Limits { watch_seconds: 1, stop_grace_seconds: 1, ..Limits::default() },
        ..SmokeSpec::default()
    };
    let health = run(&session, &image, &spec).health.unwrap();
    assert_eq!((health.status.as_str(), health.exit, health.output.trim()), ("healthy", Some(0), "fine"));
    spec.command = SmokeCommand::Arguments(vec!["sleep".to_owned(), "100".to_owned()]);
    let record = run(&session, &image, &spec);
    let health = record.health.clone().unwrap();
    assert_eq!((health.status.as_str(), health.exit, health.output.trim()), ("unhealthy", Some(1), "sick"));
    // The first process of a container does not react to a signal that it does not handle.
    assert_eq!(record.ending, Ending::Stopped { code: 137, reaction: StopReaction::Killed });
    assert!(
        record.processes.iter().all(|process| process.argv.first().is_some_and(|word| word == "sleep")),
        "{record:?}"
    );
}

#[test]
fn runs_are_bounded_and_closed() {
    let Some(session) = session() else { return };
    let image = build(&session, "FROM debian:trixie-slim\n");
    let mut spec = program(&["sleep", "100"]);
    spec.limits.watch_seconds = 1;
    let record = run(&session, &image, &spec);
    let [process] = record.processes.as_slice() else { panic!("{record:?}") };
    assert_eq!((process.exe.as_str(), process.argv.join(" ").as_str()), ("/usr/bin/sleep", "sleep 100"));
    assert!(record.mapped.contains(&"/usr/bin/sleep".to_owned()), "{record:?}");
    assert!(record.mapped.iter().any(|path| path.ends_with("/libc.so.6")), "{record:?}");

    let image = build(&session, "FROM busybox\n");
    let mut spec = program(&["sh", "-c", "yes | head -c 3000000; ip addr | grep -c eth0"]);
    spec.limits.output_bytes = 1000;
    let record = run(&session, &image, &spec);
    assert_eq!((record.stdout.bytes.len(), record.stdout.truncated()), (1000, true));
    assert!(record.stdout.total >= 3_000_000);
    assert_eq!(record.ending, Ending::Exited { code: 1 }, "no interface but loopback");

    let mut spec = program(&["sh", "-c", "x=a; while true; do x=$x$x; done"]);
    spec.limits.memory_bytes = 64 << 20;
    assert!(matches!(run(&session, &image, &spec).ending, Ending::OutOfMemory { .. }));

    let mut spec = program(&["env"]);
    spec.env = vec![("A".to_owned(), "b=c d".to_owned())];
    assert!(run(&session, &image, &spec).stdout.text().contains("\nA=b=c d\n"));

    let mut spec = program(&["true"]);
    spec.http = HttpChoice::Asked(vec![HttpRequest { port: 80, path: "/".to_owned() }]);
    assert!(matches!(&run(&session, &image, &spec).http[0].answer, HttpAnswer::Failed { .. }));
}

#[test]
fn a_cancelled_build_stops_at_once_and_leaves_nothing() {
    let Some(session) = session() else { return };
    let run = session.owner().run.clone();
    let context = tempfile::tempdir().unwrap();
    let spec = spec(context.path(), &[], &format!("FROM busybox\nRUN echo {run}; sleep 60\n"));
    let cancel = CancelToken::new();
    struct CancelAtOutput(CancelToken);
    impl ProgressSink for CancelAtOutput {
        fn event(&self, event: &ProgressEvent) {
            if matches!(event, ProgressEvent::StepOutput { .. }) {
                self.0.cancel();
            }
        }
    }
    let start = Instant::now();
    let error = session.build(&spec, &CancelAtOutput(cancel.clone()), &cancel).unwrap_err();
    assert_eq!(error, BuildError::Engine(EngineError::Cancelled));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    session.finish().unwrap();
    assert_eq!(left_of(&run), Vec::<String>::new());
    assert_eq!(processes_of(&run), Vec::<String>::new());
}

#[test]
fn a_build_that_takes_too_long_is_given_up() {
    let Some(session) = session() else { return };
    let context = tempfile::tempdir().unwrap();
    let mut spec = spec(context.path(), &[], &format!("FROM busybox\nRUN echo {}; sleep 60\n", session.owner().run));
    spec.timeout_seconds = Some(1);
    let error = session.build(&spec, &Silent, &CancelToken::new()).unwrap_err();
    assert!(matches!(error, BuildError::Engine(EngineError::TimedOut { seconds: 1, .. })), "{error:?}");
}

#[test]
fn a_cancelled_run_leaves_nothing() {
    let Some(session) = session() else { return };
    let image = build(&session, "FROM busybox\n");
    let cancel = CancelToken::new();
    let flag = cancel.clone();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(1500));
        flag.cancel();
    });
    let target = RunTarget { image: &image, look_from: &image, platform: None };
    assert_eq!(session.run(&target, &program(&["sleep", "100"]), &cancel).unwrap_err(), EngineError::Cancelled);
    canceller.join().unwrap();
    let run = session.owner().run.clone();
    drop(session);
    assert_eq!(left_of(&run), Vec::<String>::new());
}

/// Command lines on this machine that name the run.
fn processes_of(run: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(run))
        .collect()
}

/// Says where the scenario is, so that whoever kills it can choose the moment.
struct Say;

impl Say {
    fn now(&self, what: &str) {
        use std::io::Write as _;
        let mut out = std::io::stdout().lock();
        writeln!(out, "\npoint: {what}").unwrap();
        out.flush().unwrap();
    }
}

impl ProgressSink for Say {
    fn event(&self, event: &ProgressEvent) {
        match event {
            ProgressEvent::StepStarted { name, .. } if name.contains("RUN") => self.now("step-started"),
            ProgressEvent::StepStarted { name, .. } if name.contains("exporting") => self.now("exporting"),
            ProgressEvent::StepStarted { name, .. } if name.contains("load build definition") => {
                self.now("build-started")
            }
            ProgressEvent::StepOutput { line, .. } if line == "sleeping" => self.now("step-running"),
            _ => {}
        }
    }
}

/// All that a session does, told as it goes; the next test runs it in a process of its own and kills that.
#[test]
fn scenario_of_a_whole_run_leaves_nothing() {
    let Some(session) = session() else { return };
    let say = Say;
    let run_id = session.owner().run.clone();
    say.now(&format!("opened {run_id}"));
    let context = tempfile::tempdir().unwrap();
    let spec = spec(
        context.path(),
        &[],
        &format!("FROM busybox\nRUN echo sleeping; echo {run_id}; sleep 1; head -c 20000000 /dev/urandom >/blob\n"),
    );
    let image = session.build(&spec, &say, &CancelToken::new()).unwrap().image.reference;
    say.now("built");
    let mut saved = session.save(&image, &CancelToken::new()).unwrap();
    saved.read_exact(&mut [0; 4096]).unwrap();
    say.now("saving");
    std::io::copy(&mut saved, &mut std::io::sink()).unwrap();
    say.now("saved");
    let mut smoke = program(&["sleep", "100"]);
    smoke.limits.watch_seconds = 3;
    smoke.limits.stop_grace_seconds = 1;
    let record = run(&session, &image, &smoke);
    assert!(record.ending.kept_running(), "{record:?}");
    say.now("ran");
    session.finish().unwrap();
    assert_eq!(left_of(&run_id), Vec::<String>::new());
}

#[test]
fn killed_at_ten_points_leaves_nothing_to_the_next_run() {
    if engine().is_none() {
        return;
    }
    let live = session().unwrap();
    let live_image = build(&live, &format!("FROM busybox\nENV RUN={}\n", live.owner().run));
    let points = [
        ("opened", 0),
        ("build-started", 0),
        ("step-started", 100),
        ("step-running", 300),
        ("exporting", 0),
        ("built", 0),
        ("saving", 5),
        ("saved", 120),
        ("saved", 1000),
        ("saved", 2500),
        ("ran", 0),
    ];
    for (point, delay) in points {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "scenario_of_a_whole_run_leaves_nothing", "--nocapture"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut run_id = String::new();
        let mut reached = false;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some(said) = line.strip_prefix("point: ") else { continue };
            if let Some(run) = said.strip_prefix("opened ") {
                run_id = run.to_owned();
            }
            if said.starts_with(point) {
                std::thread::sleep(Duration::from_millis(delay));
                child.kill().unwrap();
                reached = true;
                break;
            }
        }
        child.wait().unwrap();
        assert!(reached && !run_id.is_empty(), "the scenario never came to `{point}`");
        let next = session().unwrap();
        next.finish().unwrap();
        let start = Instant::now();
        while !processes_of(&run_id).is_empty() && start.elapsed() < Duration::from_secs(3) {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(processes_of(&run_id), Vec::<String>::new(), "killed at `{point}` + {delay} ms");
        assert_eq!(left_of(&run_id), Vec::<String>::new(), "killed at `{point}` + {delay} ms");
        let folders = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
        let folders: Vec<_> =
            folders.map(|entry| entry.file_name()).filter(|name| name.to_string_lossy().contains(&run_id)).collect();
        assert!(folders.is_empty(), "{folders:?}");
    }
    assert!(live.image_exists(&live_image, &CancelToken::new()).unwrap(), "what a live run owns is not touched");
}
