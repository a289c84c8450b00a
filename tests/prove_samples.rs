//! Samples of `corpus/` split end to end: `dfopt fix --split-stages` with a real engine, and the images that come of it run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is test code all through")]

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use dfopt_semantic::model::{Model, Options};
use dfopt_tests::engine::{Engine, Tag};
use dfopt_tests::folder::Folder;
use dfopt_tests::manifest::{self, Sample};
use dfopt_tests::place;
use dfopt_tests::process::Ran;
use regex::Regex;
use serde_json::Value;

/// One run of `fix --split-stages` in a copy of a sample.
struct Fixed {
    folder: Folder,
    before: String,
    ran: Ran,
    report: Value,
}

fn copy(sample: &str) -> Folder {
    Folder::copy_of(&place::sample(&format!("samples/{sample}")))
}

fn fix(folder: Folder, flags: &[&str]) -> Fixed {
    let before = folder.read("Dockerfile");
    // Outside the build context, which a report in it would change.
    let beside = Folder::new();
    let path = beside.path().join("report.json");
    let mut args = vec!["fix", "--split-stages", "--report", path.to_str().unwrap()];
    args.extend(flags);
    let ran = folder.dfopt(&args);
    let report = if path.exists() { serde_json::from_str(&beside.read("report.json")).unwrap() } else { Value::Null };
    Fixed { folder, before, ran, report }
}

impl Fixed {
    /// Asserts that it was proved on this base and written.
    #[track_caller]
    fn proved_on(self, runtime: &str) -> Self {
        let Self { ran, report, .. } = &self;
        assert_eq!(ran.status, 0, "{ran}");
        assert_eq!(report["result"], "proved", "{ran}");
        assert_eq!(report["plan"]["runtime"], runtime, "{ran}");
        let word = ran.stderr.lines().find(|line| line.starts_with("Dockerfile: "));
        assert_eq!(word, Some("Dockerfile: proved"), "{ran}");
        assert!(ran.stdout.contains("Dockerfile: written"), "{ran}");
        assert!(report["verdict"]["counterexamples"].as_array().unwrap().is_empty(), "{ran}");
        assert_ne!(self.folder.read("Dockerfile"), self.before);
        self
    }

    /// The lines that the change takes away and those that it adds.
    fn changed_lines(&self) -> (Vec<String>, Vec<String>) {
        let diff = self.report["diff"].as_str().unwrap();
        let of = |sign: char| -> Vec<String> {
            let lines = diff.lines().skip_while(|line| !line.starts_with("@@"));
            lines.filter_map(|line| line.strip_prefix(sign)).map(str::to_owned).collect()
        };
        (of('-'), of('+'))
    }

    /// What is left of the original's size, in percent.
    fn size_in_percent(&self) -> f64 {
        let bytes = |image: &str| self.report[image]["bytes"].as_f64().unwrap();
        100.0 * bytes("after") / bytes("before")
    }

    /// Asserts that a second run has nothing to do.
    #[track_caller]
    fn is_settled(&self) {
        let text = self.folder.read("Dockerfile");
        let _ = self.folder.dfopt(&["fix", "--split-stages"]).status(0).stdout_has("nothing to do");
        assert_eq!(self.folder.read("Dockerfile"), text);
    }

    fn build(&self, engine: Engine) -> Tag {
        let tag = engine.tag("sample");
        let folder = self.folder.path().to_str().unwrap();
        let _ = engine.docker(&["build", "--quiet", "--tag", tag.name(), folder]).status(0);
        tag
    }
}

/// A container that is gone with the value.
struct Container(Engine, String);

impl Drop for Container {
    fn drop(&mut self) {
        let _ = self.0.docker(&["rm", "--force", &self.1]);
    }
}

/// Asserts that an image does what its `sample.toml` says.
#[track_caller]
fn works(engine: Engine, image: &Tag, sample: &Sample) {
    let output = Regex::new(&format!("(?m){}", sample.run.output.as_deref().unwrap_or_default())).unwrap();
    let name = image.name();
    let mut args = vec!["run", "--network", "none"];
    if !sample.run.serves {
        args.extend(["--rm", name]);
        args.extend(sample.run.command.iter().map(String::as_str));
        let ran = engine.docker(&args).status(sample.run.status.unwrap());
        assert!(output.is_match(&format!("{}{}", ran.stdout, ran.stderr)), "{ran}");
        return;
    }
    args.extend(["--detach", name]);
    let container = Container(engine, engine.docker(&args).status(0).stdout.trim().to_owned());
    let start = Instant::now();
    loop {
        let ran = engine.docker(&["logs", &container.1]).status(0);
        if output.is_match(&format!("{}{}", ran.stdout, ran.stderr)) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(3 * sample.run.seconds), "{ran}");
        sleep(Duration::from_millis(200));
    }
    let state = engine.docker(&["inspect", "--format", "{{.State.Running}}", &container.1]).status(0);
    assert_eq!(state.stdout.trim(), "true");
}

/// The packages that the final stage installs.
fn packages(dockerfile: &str) -> Vec<String> {
    let parsed = dfopt_syntax::parse(dockerfile);
    let model = Model::new(dockerfile, &parsed, Options::default());
    let steps = model.stage_steps(model.target().unwrap());
    let installed = steps.iter().flat_map(|step| model.installations(step)).flat_map(|found| &found.packages);
    installed.map(|package| package.name.clone()).collect()
}

/// Asserts that verifying two Dockerfiles by hand ends with a refutation that names each of these causes.
#[track_caller]
fn refuted_by_hand(context: &Path, before: &str, after: &str, causes: &[&str]) {
    let beside = Folder::with(&[("before.Dockerfile", before), ("after.Dockerfile", after)]);
    let context = context.to_str().unwrap();
    let args = ["verify", "--format", "json", "--context", context, "before.Dockerfile", "after.Dockerfile"];
    let ran = beside.dfopt(&args).status(1);
    let report = ran.json();
    assert_eq!(report["result"], "refuted");
    let said: Vec<&str> = report["verdict"]["checks"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|check| check["differences"].as_array().unwrap())
        .map(|difference| difference.as_str().unwrap())
        .collect();
    for cause in causes {
        assert!(said.iter().any(|said| said.contains(cause)), "{cause} is not in {said:#?}");
    }
}

#[test]
fn a_static_go_program_loses_all_but_itself() {
    let Some(engine) = Engine::find() else { return };
    let sample = manifest::sample("go-hello");
    let fixed = fix(copy("go-hello"), &[]).proved_on(sample.split.runtime.as_deref().unwrap());
    assert!(fixed.size_in_percent() <= 1.0, "{} % is left", fixed.size_in_percent());
    let (gone, new) = fixed.changed_lines();
    assert_eq!(gone, ["FROM golang:1.24"]);
    let wanted = [
        "FROM golang:1.24 AS build",
        "",
        "FROM gcr.io/distroless/static-debian13",
        "WORKDIR /helloworld",
        "COPY --from=build /helloworld/helloworld /helloworld/helloworld",
    ];
    assert_eq!(new, wanted);
    works(engine, &fixed.build(engine), &sample);
    fixed.is_settled();
    let again = fix(copy("go-hello"), &[]).proved_on(sample.split.runtime.as_deref().unwrap());
    assert_eq!(again.folder.read("Dockerfile"), fixed.folder.read("Dockerfile"));
    assert_eq!(again.report["plan"], fixed.report["plan"]);
}

#[test]
fn a_static_go_program_works_on_alpine_as_well() {
    let Some(engine) = Engine::find() else { return };
    let fixed = fix(copy("go-hello"), &["--runtime", "alpine"]).proved_on("alpine:3.22");
    works(engine, &fixed.build(engine), &manifest::sample("go-hello"));
}

#[test]
fn a_cgo_program_gets_its_packages_by_name_and_no_tool() {
    let Some(engine) = Engine::find() else { return };
    let sample = manifest::sample("go-cgo-web");
    let asked: Vec<String> = sample.http.iter().map(|http| format!("{}{}", http.port, http.path)).collect();
    let flags: Vec<&str> = asked.iter().flat_map(|request| ["--smoke-http", request]).collect();
    let fixed = fix(copy("go-cgo-web"), &flags).proved_on(sample.split.runtime.as_deref().unwrap());

    let text = fixed.folder.read("Dockerfile");
    let installed = packages(&text);
    for package in &sample.split.packages {
        assert!(installed.contains(package), "{package} is not in {installed:?}");
    }
    let carried = fixed.report["plan"]["carried"].as_array().unwrap();
    for package in &installed {
        let reason = carried.iter().find(|item| item["kind"] == "package" && item["name"] == package.as_str());
        assert!(reason.is_some_and(|item| !item["reason"].as_str().unwrap().is_empty()), "{package} has no reason");
    }
    // Whatever was there is still there, in the same order.
    let mut after = text.lines();
    for line in fixed.before.lines() {
        let wanted = if line == "FROM golang:1.24" { "FROM golang:1.24 AS build" } else { line };
        assert!(after.any(|line| line == wanted), "{line} is gone or elsewhere\n{text}");
    }
    assert_eq!(fixed.changed_lines().0, ["FROM golang:1.24"]);

    let image = fixed.build(engine);
    works(engine, &image, &sample);
    let look = "ls -d /usr/local/go /go /root/.cache 2>&1; command -v go gcc cc ld make pkg-config; dpkg-query -W -f '${Package}\\n'";
    let name = image.name();
    let inside = engine.docker(&["run", "--rm", "--user", "0", "--entrypoint", "sh", name, "-c", look]).stdout;
    let tools: Vec<&str> = inside
        .lines()
        .filter(|line| {
            line.starts_with('/')
                || line.ends_with("-dev")
                || ["gcc", "gcc-14", "g++", "make", "golang-go"].contains(line)
        })
        .collect();
    assert!(tools.is_empty(), "{tools:?}");
    assert!(inside.lines().any(|line| line == "libcmark0.30.2"), "{inside}");
}

#[test]
fn the_ladder_steps_on_until_a_base_fits() {
    let Some(_) = Engine::find() else { return };
    let sample = manifest::sample("go-cgo-web");
    let runtime = sample.split.runtime.as_deref().unwrap();
    let fixed = fix(copy("go-cgo-web"), &["--runtime", "smallest"]).proved_on(runtime);
    let rounds = fixed.report["rounds"].as_array().unwrap();
    let text = |round: &Value, key: &str| round[key].as_str().unwrap().to_owned();
    assert_eq!(text(&rounds[0], "runtime"), "scratch");
    let last = rounds.last().unwrap();
    assert_eq!((text(last, "runtime"), text(last, "end")), (runtime.to_owned(), "proved".to_owned()));
    let tried = |base: &str| rounds.iter().find(|round| round["runtime"] == base);
    for base in &sample.split.refuted_on {
        let round = tried(base).or_else(|| tried(&format!("{base}:3.22"))).unwrap_or_else(|| panic!("no {base}"));
        assert_ne!(text(round, "end"), "proved", "{base}");
        // The library of the Debian package is what neither has.
        assert!(text(round, "message").contains("libcmark"), "{base}: {round}");
    }
}

#[test]
fn the_bare_program_on_distroless_is_refuted() {
    let Some(_) = Engine::find() else { return };
    let folder = copy("go-cgo-web");
    let before = folder.read("Dockerfile");
    let split = "\nFROM gcr.io/distroless/static-debian13\nWORKDIR /srv/library\nCOPY --from=build /usr/local/bin/library /usr/local/bin/library\n\nENV ";
    let after = before.replace("FROM golang:1.24", "FROM golang:1.24 AS build").replacen("\nENV ", split, 1);
    refuted_by_hand(folder.path(), &before, &after, &["libcmark.so", "ld-linux-x86-64.so.2", "templates", "library"]);
}

#[test]
fn what_only_strings_name_is_missed_by_the_naive_split_and_carried_by_ours() {
    let Some(engine) = Engine::find() else { return };
    let sample = manifest::sample("c-plugins");
    let folder = copy("c-plugins");
    let before = folder.read("Dockerfile");
    let split = "\nFROM debian:trixie-slim\nWORKDIR /usr/src/inventory\nCOPY --from=build /usr/src/inventory/inventory ./\n\nCMD ";
    let naive = before.replace("FROM gcc:14", "FROM gcc:14 AS build").replacen("\nCMD ", split, 1);
    refuted_by_hand(folder.path(), &before, &naive, &["libyaml-0.so.2", "ca-certificates", "git"]);

    let fixed = fix(folder, &[]).proved_on(sample.split.runtime.as_deref().unwrap());
    let installed = packages(&fixed.folder.read("Dockerfile"));
    assert_eq!(installed, sample.split.packages);
    works(engine, &fixed.build(engine), &sample);
    fixed.is_settled();
}

/// Asserts that the recipe's plan for a sample is proved on the base that its manifest names, and that the image works.
#[track_caller]
fn proved_by(recipe: &str, name: &str, most_percent: f64) -> Option<Fixed> {
    let engine = Engine::find()?;
    let sample = manifest::sample(name);
    let fixed = fix(copy(name), &[]).proved_on(sample.split.runtime.as_deref().unwrap());
    assert_eq!(fixed.report["plan"]["recipe"], recipe);
    assert!(fixed.size_in_percent() < most_percent, "{} % is left", fixed.size_in_percent());
    works(engine, &fixed.build(engine), &sample);
    Some(fixed)
}

#[test]
fn rust_carries_the_program_and_what_it_reads() {
    let Some(fixed) = proved_by("rust", "rust-cli", 20.0) else { return };
    let (gone, new) = fixed.changed_lines();
    assert_eq!(gone, ["FROM rust:1.85"]);
    assert!(!new.iter().any(|line| line.contains("cargo") || line.contains("deps")), "{new:?}");
}

#[test]
fn node_prunes_what_only_development_needs() {
    let Some(fixed) = proved_by("node", "node-build", 45.0) else { return };
    let text = fixed.folder.read("Dockerfile");
    assert!(text.contains("RUN npm prune --omit=dev\n\nFROM node:20-slim\n"), "{text}");
    for kept in ["ENV NODE_ENV=production", "EXPOSE 8080", "USER node", "CMD [\"npm\", \"start\"]"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

#[test]
fn python_carries_an_extension_and_gets_its_libraries_as_packages() {
    let Some(fixed) = proved_by("python", "python-wheel", 45.0) else { return };
    let Some(engine) = Engine::find() else { return };
    let text = fixed.folder.read("Dockerfile");
    // Only the first of two is named in the file where it brings the other.
    let image = fixed.build(engine);
    let list = ["run", "--rm", "--entrypoint", "dpkg-query", image.name(), "-W", "-f", "${Package}\\n"];
    let listed = engine.docker(&list).status(0).stdout;
    let installed: Vec<String> = listed.lines().map(str::to_owned).collect();
    for package in manifest::sample("python-wheel").split.packages {
        assert!(installed.contains(&package), "{package} is not in {installed:?}");
    }
    assert!(!installed.iter().any(|package| package.ends_with("-dev")), "{installed:?}");
    assert!(text.contains("COPY --from=build /usr/local/lib/python3.13/site-packages"), "{text}");
}

#[test]
fn python_carries_a_virtual_environment_to_the_same_path() {
    let Some(fixed) = proved_by("python", "python-venv", 45.0) else { return };
    assert!(fixed.folder.read("Dockerfile").contains("COPY --from=build /opt/venv /opt/venv\n"));
}

#[test]
fn c_carries_what_was_installed_and_gets_the_library_of_threads() {
    let Some(fixed) = proved_by("native", "c-prefix", 20.0) else { return };
    let text = fixed.folder.read("Dockerfile");
    assert_eq!(packages(&text), manifest::sample("c-prefix").split.packages);
    assert!(text.contains("/usr/local/lib/libmean.so.1") && text.contains("RUN ldconfig"), "{text}");
    assert!(!text.contains("include/mean.h") && !text.contains("man1"), "{text}");
}

#[test]
fn java_gives_up_the_development_kit() {
    let Some(fixed) = proved_by("java", "java-classes", 85.0) else { return };
    let (_, new) = fixed.changed_lines();
    assert!(new.iter().any(|line| line.contains("/opt/lock/classes")), "{new:?}");
    // The runtime of this base has no certificates of its own.
    let of_kit = |line: &&String| line.contains("/opt/java") && !line.contains("/lib/security/cacerts");
    assert!(!new.iter().any(|line| of_kit(&line)), "{new:?}");
}

#[test]
fn a_script_that_compiles_at_the_start_keeps_its_compiler() {
    let Some(_) = Engine::find() else { return };
    let Fixed { folder, before, ran, report } = fix(copy("c-compile-at-start"), &[]);
    assert_eq!((ran.status, &report["result"]), (3, &Value::from("refused")), "{ran}");
    assert!(ran.stderr.contains("when it starts") && ran.stderr.contains("(`CMD "), "{ran}");
    assert_eq!(folder.read("Dockerfile"), before);
}

#[test]
fn what_cannot_or_need_not_be_split_is_left_alone() {
    // Clear from the file alone: no engine is asked.
    let names = [
        "already-multistage",
        "go-run",
        "java-run-by-maven",
        "node-dev-server",
        "python-tests",
        "rust-run",
        "toolchain-image",
    ];
    for name in names {
        let sample = manifest::sample(name);
        let fixed = fix(copy(name), &[]);
        let (ran, report) = (&fixed.ran, &fixed.report);
        match sample.split.names.as_deref() {
            Some(instruction) => {
                assert_eq!((ran.status, &report["result"]), (3, &Value::from("refused")), "{ran}");
                let line = ran.stderr.lines().find(|line| line.contains("refused: ")).unwrap_or_default();
                assert!(line.contains(&format!("(`{instruction} ")), "{ran}");
                assert!(ran.stderr.contains("to make it possible: "), "{ran}");
            }
            None => {
                assert_eq!((ran.status, &report["result"]), (0, &Value::from("nothing")), "{ran}");
                assert!(ran.stdout.contains("nothing to do: "), "{ran}");
            }
        }
        assert_eq!(fixed.folder.read("Dockerfile"), fixed.before);
    }
}
