//! Hand-written pairs of Dockerfiles, built and judged with a real engine: each naive split is refuted by the check that names
//! the cause, each right one is proved.
//!
//! Without an engine the tests print that they were skipped; `DFOPT_REQUIRE_ENGINE=1` makes that a failure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_macros)]

use std::path::PathBuf;

use dfopt_verify::cancel::CancelToken;
use dfopt_verify::compare::{RunSet, Subject, compare};
use dfopt_verify::engine::{CompanionChoice, Engine, EngineOptions, RunTarget, Session, SessionOptions};
use dfopt_verify::expectations::{Expectations, Expected, Mode};
use dfopt_verify::image::{Image, ImageConfig, ReadConfig};
use dfopt_verify::progress::Silent;
use dfopt_verify::request::{BuildSpec, DockerfileSource, Limits};
use dfopt_verify::run::SmokeSpec;
use dfopt_verify::verdict::{CheckName, Counterexample, Outcome, Status, Verdict};

/// Two Dockerfiles over one context.
struct Pair<'a> {
    files: &'a [(&'a str, &'a str)],
    before: &'a str,
    after: &'a str,
    expectations: Expectations,
}

fn session() -> Option<Session> {
    let options = EngineOptions {
        companion: CompanionChoice::Executable(PathBuf::from(env!("CARGO_BIN_EXE_dfopt-probe"))),
        ..EngineOptions::default()
    };
    let cancel = CancelToken::new();
    match Engine::detect(&options, &cancel) {
        Ok(engine) => Some(Session::open(engine, &SessionOptions::default(), &cancel).unwrap()),
        Err(error) => {
            assert!(std::env::var_os("DFOPT_REQUIRE_ENGINE").is_none(), "an engine is required: {error}");
            eprintln!("skipped, no engine: {error}");
            None
        }
    }
}

struct Built {
    image: Image,
    base: Option<ImageConfig>,
    runs: Vec<RunSet>,
}

fn make(session: &Session, context: &std::path::Path, dockerfile: &str, runs: usize) -> Built {
    let cancel = CancelToken::new();
    let spec = BuildSpec {
        context: context.to_owned(),
        dockerfile: DockerfileSource::Text { text: dockerfile.to_owned(), in_place_of: context.join("Dockerfile") },
        ..BuildSpec::default()
    };
    let built = session.build(&spec, &Silent, &cancel).unwrap_or_else(|error| panic!("{error}\n{dockerfile}"));
    let base = dockerfile
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("FROM ")?.split_whitespace().next())
        .filter(|base| *base != "scratch")
        .map(|base| ImageConfig::from_inspect(&session.inspect_config(base, &cancel).unwrap()).unwrap());
    let config = ReadConfig {
        base_diff_ids: base.as_ref().map(|base| base.rootfs.diff_ids.clone()).unwrap_or_default(),
        ..ReadConfig::default()
    };
    let name = &built.image.reference;
    let image = Image::read(session.save(name, &cancel).unwrap(), &config).unwrap();
    let spec = SmokeSpec { limits: Limits { watch_seconds: 3, ..Limits::default() }, ..SmokeSpec::default() };
    let target = RunTarget { image: name, look_from: name, platform: None };
    let records = (0..runs).map(|_| session.run(&target, &spec, &cancel).unwrap()).collect();
    Built { image, base, runs: vec![RunSet { name: "the image's command".into(), records, traces: Vec::new() }] }
}

fn judge(session: &Session, pair: &Pair<'_>) -> Verdict {
    let context = tempfile::tempdir().unwrap();
    for (name, text) in pair.files {
        std::fs::write(context.path().join(name), text).unwrap();
    }
    let before = make(session, context.path(), pair.before, 2);
    let after = make(session, context.path(), pair.after, 1);
    let subject = |built: &'static Built| Subject { image: &built.image, base: built.base.as_ref(), runs: &built.runs };
    // A test process is short; leaking saves lifetimes.
    compare(&subject(Box::leak(Box::new(before))), &subject(Box::leak(Box::new(after))), &pair.expectations)
}

fn show(verdict: &Verdict) -> String {
    serde_json::to_string_pretty(&serde_json::json!({
        "outcome": verdict.outcome,
        "counterexamples": verdict.counterexamples,
        "checks": verdict.checks,
        "not exercised": verdict.not_exercised,
    }))
    .unwrap()
}

#[track_caller]
fn refuted(verdict: &Verdict, check: CheckName, cause: impl Fn(&Counterexample) -> bool) {
    assert_eq!(verdict.outcome, Outcome::Refuted, "{}", show(verdict));
    assert_eq!(verdict.check(check).unwrap().status, Status::Difference, "{}", show(verdict));
    assert!(verdict.counterexamples.iter().any(cause), "{}", show(verdict));
}

#[track_caller]
fn proved(verdict: &Verdict) {
    assert_eq!(verdict.outcome, Outcome::Proved, "{}", show(verdict));
    assert!(verdict.counterexamples.is_empty());
}

/// Loads a library, reads certificates and runs a program, each only when asked, so that a plain run shows nothing.
const PROGRAM: &str = r#"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  puts("ready");
#ifdef LOADS
  if (getenv("SHOW")) puts(dlopen("libyaml-0.so.2", RTLD_NOW) ? "loaded" : dlerror());
#endif
#ifdef READS
  if (getenv("SHOW")) puts(fopen("/etc/ssl/certs/ca-certificates.crt", "r") ? "read" : "no certificates");
#endif
#ifdef RUNS
  if (getenv("SHOW")) { FILE *git = popen("git --version", "r"); char line[99]; puts(git && fgets(line, 99, git) ? line : "no git"); }
#endif
  return 0;
}
"#;

fn original(what: &str) -> String {
    format!("FROM gcc:14\nWORKDIR /src\nCOPY main.c .\nRUN gcc -D{what} -o /usr/local/bin/app main.c\nCMD [\"app\"]\n")
}

fn split(what: &str, runtime: &str) -> String {
    format!(
        "FROM gcc:14 AS build\nWORKDIR /src\nCOPY main.c .\nRUN gcc -D{what} -o /usr/local/bin/app main.c\n\
         {runtime}\nWORKDIR /src\nCOPY --from=build /usr/local/bin/app /usr/local/bin/app\nCMD [\"app\"]\n"
    )
}

fn c_pair(session: &Session, what: &str, runtime: &str) -> Verdict {
    judge(
        session,
        &Pair {
            files: &[("main.c", PROGRAM)],
            before: &original(what),
            after: &split(what, runtime),
            expectations: Expectations::default(),
        },
    )
}

#[test]
fn a_library_that_is_only_opened_by_name() {
    let Some(session) = session() else { return };
    refuted(&c_pair(&session, "LOADS", "FROM debian:trixie-slim"), CheckName::Names, |found| {
        matches!(found, Counterexample::MissingLibrary { soname, provider_package: Some(package), needed_by, .. }
            if soname == "libyaml-0.so.2" && package == "libyaml-0-2" && needed_by == "/usr/local/bin/app")
    });
    proved(&c_pair(
        &session,
        "LOADS",
        "FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libyaml-0-2 && rm -rf /var/lib/apt/lists/*",
    ));
}

#[test]
fn certificates_that_are_read_by_path() {
    let Some(session) = session() else { return };
    refuted(
        &c_pair(&session, "READS", "FROM debian:trixie-slim"),
        CheckName::Names,
        |found| matches!(found, Counterexample::MissingFile { path, .. } if path.starts_with("/etc/ssl/certs")),
    );
    proved(&c_pair(
        &session,
        "READS",
        "FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*",
    ));
}

#[test]
fn a_second_program_that_is_run_by_name() {
    let Some(session) = session() else { return };
    refuted(&c_pair(&session, "RUNS", "FROM debian:trixie-slim"), CheckName::Names, |found| {
        matches!(found, Counterexample::MissingProgram { program, owner: Some(owner), needed_by: Some(file), .. }
            if program == "git" && owner == "git" && file == "/usr/local/bin/app")
    });
}

#[test]
fn a_plain_program_needs_nothing() {
    let Some(session) = session() else { return };
    proved(&c_pair(&session, "NOTHING", "FROM debian:trixie-slim"));
    refuted(
        &c_pair(&session, "NOTHING", "FROM gcr.io/distroless/static:latest"),
        CheckName::Libraries,
        |found| matches!(found, Counterexample::MissingLibrary { soname, .. } if soname.contains("ld-linux") || soname == "libc.so.6"),
    );
    refuted(&c_pair(&session, "NOTHING", "FROM alpine:3.22"), CheckName::Libraries, |found| {
        matches!(found, Counterexample::MissingLibrary { .. })
    });
}

#[test]
fn modes_owners_and_users_that_a_copy_loses() {
    let Some(session) = session() else { return };
    let before = "FROM debian:trixie-slim\nRUN useradd --uid 1500 --create-home app && mkdir -p /srv/data/empty && echo x > /srv/data/f \
        && chown -R app /srv/data && chmod 0700 /srv/data && echo '#!/bin/sh' > /usr/local/bin/tool && chmod 4755 /usr/local/bin/tool\n\
        USER app\nCMD [\"cat\", \"/srv/data/f\"]\n";
    let with = |copies: &str| {
        let build = before
            .split("USER app")
            .next()
            .unwrap()
            .replace("FROM debian:trixie-slim", "FROM debian:trixie-slim AS build");
        format!("{build}FROM debian:trixie-slim\n{copies}\nUSER app\nCMD [\"cat\", \"/srv/data/f\"]\n")
    };
    let judged = |copies: &str| {
        judge(&session, &Pair { files: &[], before, after: &with(copies), expectations: Expectations::default() })
    };
    let user = "RUN useradd --uid 1500 --create-home app";
    let tool = "COPY --from=build /usr/local/bin/tool /usr/local/bin/tool";
    let verdict = judged(&format!("{user}\nCOPY --from=build /srv/data /srv/data\n{tool}"));
    refuted(
        &verdict,
        CheckName::Owners,
        |found| matches!(found, Counterexample::WrongMode { path, want: 0o700, .. } if path == "/srv/data"),
    );
    refuted(
        &verdict,
        CheckName::Owners,
        |found| matches!(found, Counterexample::WrongOwner { path, want: (1500, _), .. } if path == "/srv/data"),
    );
    let lost = judged(&format!(
        "{user}\nCOPY --from=build /srv/data /srv/data\nRUN chown app /srv/data && chmod 700 /srv/data\nCOPY --from=build --chmod=755 /usr/local/bin/tool /usr/local/bin/tool"
    ));
    refuted(
        &lost,
        CheckName::Owners,
        |found| matches!(found, Counterexample::WrongMode { path, want: 0o4755, have: 0o755 } if path == "/usr/local/bin/tool"),
    );
    let nobody = judged(&format!(
        "COPY --from=build /srv/data /srv/data\nRUN chown 1500 /srv/data && chmod 700 /srv/data\n{tool}"
    ));
    refuted(
        &nobody,
        CheckName::Owners,
        |found| matches!(found, Counterexample::MissingUser { user, uid: 1500, .. } if user == "app"),
    );
    proved(&judged(&format!(
        "{user}\nCOPY --from=build /srv/data /srv/data\nRUN chown app /srv/data && chmod 700 /srv/data\n{tool}"
    )));
}

#[test]
fn templates_left_behind() {
    let Some(session) = session() else { return };
    let program = r#"#include <stdio.h>
int main(void) { puts("up"); if (0) fopen("templates.html", "r"); return 0; }"#;
    let build = "WORKDIR /app\nCOPY . .\nRUN gcc -o app main.c\n";
    let before = format!("FROM gcc:14\n{build}CMD [\"./app\"]\n");
    let with = |copies: &str| {
        format!("FROM gcc:14 AS build\n{build}FROM debian:trixie-slim\nWORKDIR /app\n{copies}\nCMD [\"./app\"]\n")
    };
    let files = [("main.c", program), ("templates.html", "<p>"), ("notes.txt", "n")];
    let judged = |copies: &str, dropped: Vec<Expected>| {
        judge(
            &session,
            &Pair {
                files: &files,
                before: &before,
                after: &with(copies),
                expectations: Expectations { dropped, ..Expectations::default() },
            },
        )
    };
    let app = "COPY --from=build /app/app /app/app";
    refuted(
        &judged(app, Vec::new()),
        CheckName::Files,
        |found| matches!(found, Counterexample::MissingFile { path, .. } if path == "/app/templates.html"),
    );
    let notes = || vec![Expected::new("/app/notes.txt", "notes for people")];
    proved(&judged(&format!("{app}\nCOPY templates.html /app/"), notes()));
}

#[test]
fn a_go_program_on_distroless() {
    let Some(session) = session() else { return };
    let main = "package main\nimport \"fmt\"\nfunc main() { fmt.Println(\"hello\") }\n";
    let build = "WORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /usr/local/bin/app .\n";
    let verdict = judge(
        &session,
        &Pair {
            files: &[("main.go", main), ("go.mod", "module example.org/app\n\ngo 1.24\n")],
            before: &format!("FROM golang:1.24\n{build}ENTRYPOINT [\"app\"]\n"),
            after: &format!(
                "FROM golang:1.24 AS build\n{build}FROM gcr.io/distroless/static:latest\nWORKDIR /src\nCOPY --from=build /usr/local/bin/app /usr/local/bin/app\nENTRYPOINT [\"app\"]\n"
            ),
            expectations: Expectations::default(),
        },
    );
    proved(&verdict);
    assert!(verdict.sizes.after * 50 < verdict.sizes.before);
}

#[test]
fn a_go_program_that_runs_git_has_no_end_marks_to_find_it_by() {
    let Some(session) = session() else { return };
    let main = "package main\nimport (\"fmt\"; \"os\"; \"os/exec\")\nfunc main() {\n\tif len(os.Args) > 5 {\n\t\tout, err := exec.Command(\"git\", \"--version\").Output()\n\t\tfmt.Println(string(out), err)\n\t}\n\tfmt.Println(\"hello\")\n}\n";
    let build = "WORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /usr/local/bin/app .\n";
    let verdict = judge(
        &session,
        &Pair {
            files: &[("main.go", main), ("go.mod", "module example.org/app\n\ngo 1.24\n")],
            before: &format!("FROM golang:1.24\n{build}CMD [\"app\"]\n"),
            after: &format!(
                "FROM golang:1.24 AS build\n{build}FROM debian:trixie-slim\nWORKDIR /src\nCOPY --from=build /usr/local/bin/app /usr/local/bin/app\nCMD [\"app\"]\n"
            ),
            expectations: Expectations::default(),
        },
    );
    refuted(
        &verdict,
        CheckName::Names,
        |found| matches!(found, Counterexample::MissingProgram { program, .. } if program == "git"),
    );
}

#[test]
fn a_rewrite_that_changes_nothing() {
    let Some(session) = session() else { return };
    let judged = |after: &str| {
        judge(
            &session,
            &Pair {
                files: &[],
                before: "FROM debian:trixie-slim\nENV A=1\nRUN echo a > /a && echo b > /b\nCMD [\"cat\", \"/a\"]\n",
                after,
                expectations: Expectations { mode: Mode::Identity, ..Expectations::default() },
            },
        )
    };
    proved(&judged(
        "FROM debian:trixie-slim AS unused\nFROM debian:trixie-slim\nENV A=1\nRUN echo a > /a; echo b > /b\nCMD [\"cat\", \"/a\"]\n",
    ));
    refuted(
        &judged("FROM debian:trixie-slim\nENV A=2\nRUN echo a > /a && echo c > /b\nCMD [\"cat\", \"/a\"]\n"),
        CheckName::Identity,
        |found| matches!(found, Counterexample::ChangedFile { path, .. } if path == "/b"),
    );
}

#[test]
fn interpreted_programs_on_the_slim_sibling() {
    let Some(session) = session() else { return };
    let app = "import json, sys\nprint(json.dumps({'ok': True}))\n";
    let python = |base: &str, more: &str| {
        format!("FROM {base}\nWORKDIR /app\nCOPY app.py .\n{more}CMD [\"python\", \"app.py\"]\n")
    };
    let judged = |before: String, after: String, files: &[(&str, &str)]| {
        judge(&session, &Pair { files, before: &before, after: &after, expectations: Expectations::default() })
    };
    let files = [("app.py", app)];
    proved(&judged(python("python:3.13", ""), python("python:3.13-slim", ""), &files));
    let runs_git = [(
        "app.py",
        "import subprocess, sys\nif len(sys.argv) > 3:\n    subprocess.run(['git', 'log'])\nprint('ok')\n",
    )];
    refuted(
        &judged(python("python:3.13", ""), python("python:3.13-slim", ""), &runs_git),
        CheckName::Names,
        |found| matches!(found, Counterexample::MissingProgram { program, .. } if program == "git"),
    );
    let node =
        |base: &str| format!("FROM {base}\nWORKDIR /app\nCOPY app.js .\nEXPOSE 3000\nCMD [\"node\", \"app.js\"]\n");
    let server = "require('http').createServer((q, a) => a.end('hello')).listen(3000, () => console.log('up'));\n";
    proved(&judged(node("node:20"), node("node:20-slim"), &[("app.js", server)]));
    let other = judged(node("node:20"), node("node:20-alpine"), &[("app.js", server)]);
    assert_eq!(other.outcome, Outcome::Refuted, "{}", show(&other));
}

const CGO: &str = r#"package main

// #cgo LDFLAGS: -lyaml
// #include <yaml.h>
import "C"

import (
	"fmt"
	"html/template"
	"net/http"
	"os"
	"time"
)

func main() {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	page, err := template.ParseFiles("templates/index.html")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(C.GoString(C.yaml_get_version_string()), zone, page.Name())
	if len(os.Args) > 1 {
		fmt.Println(http.Get(os.Args[1]))
	}
}
"#;

#[test]
fn a_go_program_with_a_c_library_templates_certificates_and_time_zones() {
    let Some(session) = session() else { return };
    let install = |packages: &str| {
        format!(
            "RUN apt-get update && apt-get install -y --no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*\n"
        )
    };
    let build = format!(
        "{}WORKDIR /src\nCOPY main.go go.mod ./\nRUN mkdir templates && echo '<p>' > templates/index.html && go build -o /usr/local/bin/app .\n",
        install("libyaml-dev tzdata ca-certificates")
    );
    let judged = |runtime: &str| {
        judge(
            &session,
            &Pair {
                files: &[("main.go", CGO), ("go.mod", "module example.org/app\n\ngo 1.24\n")],
                before: &format!("FROM golang:1.24\n{build}CMD [\"app\"]\n"),
                after: &format!(
                    "FROM golang:1.24 AS build\n{build}{runtime}WORKDIR /src\nCOPY --from=build /usr/local/bin/app /usr/local/bin/app\n\
                     COPY --from=build /src/templates /src/templates\nCMD [\"app\"]\n"
                ),
                expectations: Expectations {
                    packages: vec![Expected::new("libyaml-dev", "headers for the build")],
                    ..Expectations::default()
                },
            },
        )
    };
    proved(&judged(&format!("FROM debian:trixie-slim\n{}", install("libyaml-0-2 tzdata ca-certificates"))));
    let bare = judged("FROM debian:trixie-slim\n");
    refuted(&bare, CheckName::Libraries, |found| {
        matches!(found, Counterexample::MissingLibrary { soname, provider_package: Some(package), .. }
            if soname == "libyaml-0.so.2" && package == "libyaml-0-2")
    });
    refuted(
        &bare,
        CheckName::Names,
        |found| matches!(found, Counterexample::MissingFile { path, .. } if path.starts_with("/etc/ssl")),
    );
    // These bases bring time zones and certificates of their own, but no C library.
    refuted(&judged("FROM gcr.io/distroless/static:latest\n"), CheckName::Libraries, |_| true);
}
