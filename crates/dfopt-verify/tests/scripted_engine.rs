//! The engine driver against a scripted engine that is missing, silent, forbidden, full, or dies at a bad moment.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use dfopt_verify::cancel::CancelToken;
use dfopt_verify::engine::{CompanionChoice, Engine, EngineChoice, EngineOptions, RunTarget, Session, SessionOptions};
use dfopt_verify::error::{BuildError, EngineError};
use dfopt_verify::progress::Silent;
use dfopt_verify::request::{BuildSpec, DockerfileSource};
use dfopt_verify::run::{SmokeNetwork, SmokeSpec};
use tempfile::TempDir;

/// What a healthy engine says of itself.
const INFO: &str = r#"{"ServerVersion":"26.1.5","Driver":"overlay2","OSType":"linux","Architecture":"x86_64","ClientInfo":{"Version":"26.1.5","Context":"default","Plugins":[{"Name":"buildx","Version":"0.13.1"}]}}"#;

/// A folder with programs that stands in for `PATH`, and a log of the commands they were given.
struct Scripted {
    folder: TempDir,
}

impl Scripted {
    /// A `docker` whose answers are the arms of a shell `case` over its arguments; what is not listed succeeds silently.
    fn docker(arms: &str) -> Self {
        let scripted = Self { folder: tempfile::tempdir().unwrap() };
        scripted.program(
            "docker",
            &format!(
                "dir={}\necho \"$*\" >>\"$dir/log\"\ncase \"$*\" in\n{arms}\ninfo*) echo '{INFO}' ;;\n'buildx inspect'*) printf 'Name: default\\nDriver: docker\\n' ;;\nesac\n",
                scripted.folder.path().display()
            ),
        );
        scripted
    }

    fn program(&self, name: &str, body: &str) {
        let (draft, file) = (self.folder.path().join(format!("{name}.draft")), self.folder.path().join(name));
        std::fs::write(&draft, format!("#!/bin/sh\n{body}")).unwrap();
        // Copied by another process: a file that this one has open for writing cannot be started, and a child that another
        // test's thread is just starting may have inherited it.
        assert!(std::process::Command::new("cp").arg(&draft).arg(&file).status().unwrap().success());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn options(&self) -> EngineOptions {
        let mut path = OsString::from(self.folder.path());
        path.push(":/usr/bin:/bin");
        EngineOptions { search_path: Some(path), companion: CompanionChoice::Off, ..EngineOptions::default() }
    }

    fn detect(&self) -> Result<Engine, EngineError> {
        Engine::detect(&self.options(), &CancelToken::new())
    }

    fn session(&self) -> Session {
        let engine = self.detect().unwrap_or_else(|error| panic!("{error}"));
        Session::open(engine, &SessionOptions::default(), &CancelToken::new()).unwrap()
    }

    fn build(&self) -> BuildError {
        let context = self.folder.path().to_owned();
        std::fs::write(context.join("Dockerfile"), "FROM busybox\n").unwrap();
        let spec = BuildSpec {
            dockerfile: DockerfileSource::File(context.join("Dockerfile")),
            context,
            ..BuildSpec::default()
        };
        self.session().build(&spec, &Silent, &CancelToken::new()).unwrap_err()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

#[test]
fn a_missing_engine_is_named_with_the_remedy() {
    let empty = Scripted { folder: tempfile::tempdir().unwrap() };
    let options = EngineOptions { search_path: Some(empty.folder.path().into()), ..empty.options() };
    let error = Engine::detect(&options, &CancelToken::new()).unwrap_err();
    assert_eq!(error, EngineError::NotFound { program: "docker".to_owned(), seen: vec![] });
    let text = error.to_string();
    assert!(
        text.contains("`docker`") && text.contains("https://docs.docker.com") && text.contains("--no-verify"),
        "{text}"
    );
    assert!(!text.contains('\n'));

    empty.program("podman", "");
    let error = Engine::detect(&options, &CancelToken::new()).unwrap_err();
    assert_eq!(error, EngineError::NotFound { program: "docker".to_owned(), seen: vec!["podman".to_owned()] });
}

#[test]
fn engines_that_cannot_be_driven_are_refused() {
    let scripted = Scripted::docker("");
    for name in ["podman", "buildah", "nerdctl"] {
        let options = EngineOptions { choice: EngineChoice::parse(name).unwrap(), ..scripted.options() };
        let error = Engine::detect(&options, &CancelToken::new()).unwrap_err();
        assert_eq!(error, EngineError::CannotDrive { engine: name.to_owned() });
    }
    assert_eq!(EngineChoice::parse("lxc"), None);
    let shim = Scripted::docker(r#"info*) echo '{"host":{"arch":"amd64"},"version":{"Version":"4.3.1"}}'; exit 0 ;;"#);
    assert!(matches!(shim.detect().unwrap_err(), EngineError::CannotDrive { engine } if engine.contains("podman")));
}

#[test]
fn an_engine_that_does_not_answer_says_why() {
    let stopped = Scripted::docker(
        r#"info*) echo '{"ServerVersion":"","ServerErrors":["Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"]}' ;;"#,
    );
    assert!(
        matches!(stopped.detect().unwrap_err(), EngineError::NotAnswering { message } if message.contains("unix:///x"))
    );

    let forbidden = Scripted::docker(
        "info*) echo 'permission denied while trying to connect to the Docker daemon socket' >&2; exit 1 ;;",
    );
    assert!(matches!(forbidden.detect().unwrap_err(), EngineError::PermissionDenied { .. }));

    let broken = Scripted::docker("info*) printf 'no \\033[31mcontext\\n' >&2; exit 1 ;;");
    assert_eq!(broken.detect().unwrap_err(), EngineError::NotAnswering { message: "no \\x1b[31mcontext".to_owned() });

    let silent = Scripted::docker("info*) sleep 60 ;;");
    let options = EngineOptions { answer_timeout: Some(Duration::from_millis(300)), ..silent.options() };
    let start = Instant::now();
    assert!(matches!(Engine::detect(&options, &CancelToken::new()).unwrap_err(), EngineError::NotAnswering { .. }));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let cancel = CancelToken::new();
    cancel.cancel();
    assert_eq!(Engine::detect(&silent.options(), &cancel).unwrap_err(), EngineError::Cancelled);
}

#[test]
fn buildkit_is_needed_and_old_command_lines_have_it() {
    let info = |version: &str| {
        format!(
            r#"info*) echo '{{"ServerVersion":"20.10.24","ClientInfo":{{"Version":"{version}","Plugins":[]}}}}' ;;"#
        )
    };
    let new = Scripted::docker(&info("26.1.5"));
    assert_eq!(new.detect().unwrap_err(), EngineError::NoBuildKit { version: "26.1.5".to_owned() });
    let arms = format!(
        "{}\nbuild*) [ \"$DOCKER_BUILDKIT\" = 1 ] || exit 9; echo '#1 [1/1] RUN x' >&2; echo '#1 ERROR: process \"x\" did not complete successfully: exit code: 5' >&2; exit 1 ;;",
        info("20.10.24")
    );
    let old = Scripted::docker(&arms);
    let BuildError::Failed(failure) = old.build() else { panic!() };
    assert_eq!(failure.exit, Some(5));
    assert!(old.log().contains("build --progress plain --label"), "{}", old.log());
}

#[test]
fn a_command_line_that_does_not_know_rawjson_is_asked_for_plain() {
    let scripted = Scripted::docker(
        "*rawjson*) echo 'ERROR: invalid progress mode rawjson' >&2; exit 1 ;;\n*' --progress plain '*) echo '#1 [1/1] RUN x' >&2; echo '#1 CACHED' >&2 ;;\n'image inspect'*) echo sha256:1234 ;;",
    );
    let context = scripted.folder.path().to_owned();
    let spec = BuildSpec { context, ..BuildSpec::default() };
    let built = scripted.session().build(&spec, &Silent, &CancelToken::new()).unwrap();
    assert_eq!((built.image.id.as_str(), built.steps.len(), built.steps[0].cached), ("sha256:1234", 1, true));
}

#[test]
fn an_engine_that_dies_in_mid_build_is_not_a_dockerfile_that_does_not_build() {
    let step =
        r#"echo '{"vertexes":[{"digest":"sha256:1","name":"[1/1] RUN make","started":"2026-01-01T00:00:00Z"}]}' >&2"#;
    let gone =
        "info*) if [ -e \"$dir/gone\" ]; then echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi; echo '@' ;;"
            .replace('@', INFO);
    for end in [
        "echo 'ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF' >&2; exit 1",
        "echo 'ERROR: failed to solve: Canceled: context canceled' >&2; exit 1",
        r#"echo '{"vertexes":[{"digest":"sha256:1","name":"[1/1] RUN make","completed":"2026-01-01T00:00:01Z","error":"context canceled"}]}' >&2; echo 'ERROR: Cannot connect to the Docker daemon at unix:///x' >&2; exit 1"#,
        "kill -9 $$",
    ] {
        let scripted = Scripted::docker(&format!("{gone}\n'buildx build'*) touch \"$dir/gone\"; {step}; {end} ;;\n"));
        let error = scripted.build();
        assert!(
            matches!(&error, BuildError::Engine(EngineError::Died { doing, .. }) if doing == "building"),
            "{end}: {error:?}"
        );
    }
}

#[test]
fn a_full_disk_is_not_a_dockerfile_that_does_not_build() {
    for end in [
        "echo 'ERROR: failed to solve: failed to copy: write /var/lib/docker/tmp/x: no space left on device' >&2; exit 1",
        r#"echo '{"vertexes":[{"digest":"sha256:1","name":"exporting to image","started":"2026-01-01T00:00:00Z","completed":"2026-01-01T00:00:00Z","error":"write: no space left on device"}]}' >&2; exit 1"#,
    ] {
        let error = Scripted::docker(&format!("'buildx build'*) {end} ;;")).build();
        assert!(matches!(&error, BuildError::Engine(EngineError::NoSpace { .. })), "{error:?}");
        assert!(error.to_string().contains("docker system df"), "{error}");
    }
}

#[test]
fn a_save_that_breaks_off_is_an_error_and_not_a_short_image() {
    let scripted = Scripted::docker("save*) printf some-bytes; echo 'unexpected EOF' >&2; exit 1 ;;");
    let mut bytes = Vec::new();
    let error = scripted.session().save("x", &CancelToken::new()).unwrap().read_to_end(&mut bytes).unwrap_err();
    assert_eq!(bytes, b"some-bytes");
    assert!(error.to_string().contains("stopped answering while saving an image"), "{error}");
}

#[test]
fn an_engine_that_dies_in_mid_run_is_no_record() {
    let scripted = Scripted::docker(
        "'image inspect'*) echo '{\"Architecture\":\"amd64\",\"Config\":{}}' ;;\n'start'*) exit 1 ;;\n'container inspect'*) echo 'Cannot connect to the Docker daemon at unix:///x' >&2; exit 1 ;;",
    );
    let session = scripted.session();
    let target = RunTarget { image: "x", look_from: "x", platform: None };
    let error = session.run(&target, &SmokeSpec::default(), &CancelToken::new()).unwrap_err();
    assert!(matches!(&error, EngineError::Died { .. }), "{error:?}");
    assert!(scripted.log().contains("rm --force --volumes dfopt-run-"), "{}", scripted.log());
}

#[test]
fn containers_are_closed() {
    let scripted = Scripted::docker(
        "'image inspect'*) echo '{\"Architecture\":\"amd64\",\"Config\":{\"ExposedPorts\":{\"80/tcp\":{}}}}' ;;\n'container inspect'*) echo '{\"Path\":\"/x\",\"Args\":[],\"State\":{\"ExitCode\":0,\"StartedAt\":\"2026-01-01T00:00:00Z\"}}' ;;",
    );
    let session = scripted.session();
    let target = RunTarget { image: "x", look_from: "x", platform: None };
    let bridge = SmokeSpec { network: SmokeNetwork::Bridge, ..SmokeSpec::default() };
    session.run(&target, &SmokeSpec::default(), &CancelToken::new()).unwrap();
    session.run(&target, &bridge, &CancelToken::new()).unwrap();
    let log = scripted.log();
    let open = log.lines().filter(|line| line.starts_with("create ")).nth(1).unwrap();
    assert!(open.contains("--network bridge --publish 127.0.0.1::80/tcp "), "{open}");
    let create = log.lines().find(|line| line.starts_with("create ")).unwrap();
    for part in
        ["--network none", "--cap-drop ALL", "--memory 2147483648", "--pids-limit 512", "--label dev.dfopt.run=run="]
    {
        assert!(create.contains(part), "{part}: {create}");
    }
    for part in ["--volume", " -v ", "--mount", "--privileged", "--publish", "--cap-add ALL", "--network host"] {
        assert!(!create.contains(part), "{part}: {create}");
    }
}

#[test]
fn what_bears_no_label_of_ours_is_not_removed() {
    let scripted = Scripted::docker(
        "ps*) echo 'c0ffee somebody-else'; echo 'c0ffef run=1,pid=x' ;;\nimages*) echo sha256:aa; echo sha256:bb ;;\n'image inspect'*) echo 'sha256:aa true'; echo 'sha256:bb ' ;;",
    );
    let session = scripted.session();
    session.finish().unwrap();
    let log = scripted.log();
    assert!(log.contains("ps --all") && log.contains("image inspect"), "{log}");
    assert!(!log.contains("rm "), "{log}");
}

#[test]
fn what_a_dead_run_left_is_removed_and_what_a_live_run_owns_is_not() {
    let live = Scripted::docker("").session();
    let dead = live.owner().to_string().replace("boot=", "boot=an-earlier-one-").replace("run=", "run=dead");
    let scripted = Scripted::docker(&format!(
        "ps*) echo 'c0ffee {live}'; echo 'deadbeef {dead}' ;;\nimages*) echo sha256:aa; echo sha256:bb ;;\n'image inspect'*) echo 'sha256:aa {live}'; echo 'sha256:bb {dead}' ;;",
        live = live.owner()
    ));
    let temp = tempfile::tempdir().unwrap();
    for owner in [live.owner().to_string(), dead] {
        std::fs::create_dir(temp.path().join(format!("dfopt-{owner}"))).unwrap();
    }
    std::fs::create_dir(temp.path().join("dfopt-something-else")).unwrap();
    let options = SessionOptions { temp_dir: Some(temp.path().to_owned()), ..SessionOptions::default() };
    let session = Session::open(scripted.detect().unwrap(), &options, &CancelToken::new()).unwrap();
    let swept = session.swept();
    assert_eq!((swept.containers, swept.images, swept.folders), (1, 1, 1));
    let log = scripted.log();
    assert!(log.contains("rm --force --volumes deadbeef\n") && log.contains("image rm --force sha256:bb\n"), "{log}");
    assert!(!log.contains("c0ffee") && !log.contains("rm --force sha256:aa"), "{log}");
    assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 2);
}

#[test]
fn a_temporary_folder_that_cannot_be_made_is_named() {
    let scripted = Scripted::docker("");
    let options =
        SessionOptions { temp_dir: Some(scripted.folder.path().join("not-there")), ..SessionOptions::default() };
    let session = Session::open(scripted.detect().unwrap(), &options, &CancelToken::new()).unwrap();
    let spec = BuildSpec {
        dockerfile: DockerfileSource::Text { text: "FROM x\n".to_owned(), in_place_of: "Dockerfile".into() },
        ..BuildSpec::default()
    };
    let error = session.build(&spec, &Silent, &CancelToken::new()).unwrap_err();
    assert!(error.to_string().contains("making a temporary folder"), "{error}");
}

#[test]
fn an_engine_that_hangs_can_be_interrupted() {
    let scripted = Scripted::docker("'buildx build'*) sleep 60 ;;");
    let session = scripted.session();
    let cancel = CancelToken::new();
    let flag = cancel.clone();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        flag.cancel();
    });
    let spec = BuildSpec { context: scripted.folder.path().to_owned(), ..BuildSpec::default() };
    let start = Instant::now();
    assert_eq!(session.build(&spec, &Silent, &cancel).unwrap_err(), BuildError::Engine(EngineError::Cancelled));
    canceller.join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
