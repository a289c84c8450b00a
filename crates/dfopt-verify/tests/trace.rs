//! The tracer as a process, without and with an engine: what a program opened, executed, mapped and asked for in vain.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_macros)]

use std::path::PathBuf;
use std::process::Command;

use dfopt_verify::cancel::CancelToken;
use dfopt_verify::engine::{CompanionChoice, Engine, EngineOptions, RunTarget, Session, SessionOptions};
use dfopt_verify::progress::Silent;
use dfopt_verify::request::{BuildSpec, DockerfileSource, Limits};
use dfopt_verify::run::{SmokeSpec, Touched, Trace};

const PROBE: &str = env!("CARGO_BIN_EXE_dfopt-probe");

/// Exit status and lines of a trace made here.
fn trace(words: &[&str]) -> (Option<i32>, Vec<serde_json::Value>) {
    let report = tempfile::NamedTempFile::new().unwrap();
    let status = Command::new(PROBE)
        .args(["__probe", "trace", report.path().to_str().unwrap(), &serde_json::json!([PROBE]).to_string()])
        .args(words)
        .status()
        .unwrap();
    let text = std::fs::read_to_string(report.path()).unwrap();
    (status.code(), text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn has(lines: &[serde_json::Value], kind: &str, path: &str) -> bool {
    lines.iter().any(|line| line["kind"] == kind && line["path"] == path)
}

#[test]
fn children_are_followed_and_the_status_is_the_programs_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("there"), "x").unwrap();
    let script =
        format!("cd {} && (cat ./there <there; cat ../nowhere/gone) 2>/dev/null; exit 7", folder.path().display());
    let (status, lines) = trace(&["sh", "-c", &script]);
    assert_eq!(status, Some(7), "{lines:#?}");
    assert!(has(&lines, "opened", &path("there")), "{lines:#?}");
    let gone = folder.path().parent().unwrap().join("nowhere/gone");
    assert!(has(&lines, "missed", gone.to_str().unwrap()), "{lines:#?}");
    let cat = std::fs::canonicalize("/bin/cat").unwrap();
    assert!(has(&lines, "executed", cat.to_str().unwrap()), "{lines:#?}");
    assert!(has(&lines, "mapped", cat.to_str().unwrap()), "{lines:#?}");
    assert_eq!(lines.first().unwrap()["kind"], "began");
    assert_eq!(lines.last().unwrap(), &serde_json::json!({"kind": "ended", "code": 7}));
}

#[test]
fn signals_threads_and_bad_programs_do_not_stop_it() {
    let (status, _) = trace(&["sh", "-c", "trap 'exit 5' USR1; kill -USR1 $$; exit 1"]);
    assert_eq!(status, Some(5));
    let (status, _) = trace(&["sh", "-c", "kill -TERM $$; exit 1"]);
    assert_eq!(status, Some(143));
    let (status, _) = trace(&["sh", "-c", "(sleep 0.1; exit 3) & wait $!; exit $?"]);
    assert_eq!(status, Some(3));
    let (status, _) = trace(&["/no/such/program"]);
    assert_eq!(status, Some(127));
    let (status, lines) =
        trace(&["sh", "-c", "sh -c 'kill -STOP $$; exit 4' & sleep 0.2; kill -CONT $! 2>/dev/null; wait $!"]);
    assert_eq!(status, Some(4), "{lines:#?}");
}

fn session() -> Option<Session> {
    let companion = CompanionChoice::Executable(PathBuf::from(PROBE));
    match Engine::detect(&EngineOptions { companion, ..EngineOptions::default() }, &CancelToken::new()) {
        Ok(engine) => Some(Session::open(engine, &SessionOptions::default(), &CancelToken::new()).unwrap()),
        Err(error) => {
            assert!(std::env::var_os("DFOPT_REQUIRE_ENGINE").is_none(), "an engine is required: {error}");
            eprintln!("SKIP: no engine: {error}");
            None
        }
    }
}

fn traced(session: &Session, dockerfile: &str, limits: Limits) -> Touched {
    let context = tempfile::tempdir().unwrap();
    let spec = BuildSpec {
        context: context.path().to_owned(),
        dockerfile: DockerfileSource::Text {
            text: dockerfile.to_owned(),
            in_place_of: context.path().join("Dockerfile"),
        },
        ..BuildSpec::default()
    };
    let cancel = CancelToken::new();
    let image = session.build(&spec, &Silent, &cancel).unwrap().image.reference;
    let target = RunTarget { image: &image, look_from: &image, platform: None };
    let spec = SmokeSpec { limits, ..SmokeSpec::default() };
    let command = session.run(&target, &spec, &cancel).unwrap().command;
    match session.trace(&target, &spec, &command, &cancel).unwrap() {
        Trace::Done { touched } => touched,
        Trace::Impossible { reason } => panic!("{reason}"),
    }
}

#[test]
fn a_container_is_traced_whoever_runs_in_it_and_however_it_ends() {
    let Some(session) = session() else { return };
    let text = "FROM busybox\nCOPY <<E /srv/data\nx\nE\nUSER 4321\nWORKDIR /srv\n";
    let done = traced(&session, &format!("{text}CMD [\"sh\", \"-c\", \"cat data gone; exit 6\"]\n"), Limits::default());
    assert_eq!(done.ended, Some(6));
    assert!(done.opened.contains("/srv/data") && done.missed.contains("/srv/gone"), "{done:#?}");
    assert!(done.executed.contains("/bin/sh"), "{done:#?}");
    let limits = Limits { watch_seconds: 1, ..Limits::default() };
    let running = traced(&session, &format!("{text}CMD [\"sh\", \"-c\", \"cat data; sleep 100\"]\n"), limits);
    assert!(running.ended.is_none() && running.opened.contains("/srv/data"), "{running:#?}");
    session.finish().unwrap();
}

#[test]
fn after_a_change_the_steps_that_read_it_run_again_and_no_other() {
    let Some(session) = session() else { return };
    let context = tempfile::tempdir().unwrap();
    let write =
        |name: &str| std::fs::write(context.path().join(name), format!("{name} {}", session.owner().run)).unwrap();
    std::fs::create_dir(context.path().join("src")).unwrap();
    ["manifest", "src/main", "ignored"].into_iter().for_each(write);
    let copy = session.copy_context(context.path(), ["manifest", "src/main"]).unwrap();
    assert!(session.copy_context(context.path(), ["../x"]).is_err() && !copy.join("ignored").exists());
    let text = "FROM busybox\nCOPY manifest /app/\nRUN echo fetch\nCOPY . /app\nRUN echo build\n";
    let spec = BuildSpec {
        dockerfile: DockerfileSource::Text { text: text.to_owned(), in_place_of: copy.join("Dockerfile") },
        context: copy.clone(),
        ..BuildSpec::default()
    };
    let cancel = CancelToken::new();
    session.build(&spec, &Silent, &cancel).unwrap();
    let cached = |file: &str| {
        let rebuild = session.rebuild_after_touch(&spec, std::path::Path::new(file), &Silent, &cancel).unwrap();
        rebuild.steps.into_iter().map(|step| (step.instruction, step.cached)).collect::<Vec<_>>()
    };
    let expected = |cached: [bool; 4]| {
        let steps = ["COPY manifest /app/", "RUN echo fetch", "COPY . /app", "RUN echo build"];
        steps.map(str::to_owned).into_iter().zip(cached).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        assert_eq!(cached("src/main"), expected([true, true, false, false]));
    }
    assert_eq!(cached("manifest"), expected([false; 4]));
    // Neither the copy nor the user's own file is another one afterwards.
    for folder in [copy.as_path(), context.path()] {
        assert_eq!(
            std::fs::read_to_string(folder.join("src/main")).unwrap(),
            format!("src/main {}", session.owner().run)
        );
    }
    session.finish().unwrap();
}
