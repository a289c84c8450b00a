//! Plans as a reader sees them: the file after the edits, and what was decided.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dfopt_optimizer::{Known, Outcome, Plan, Request, Runtime, candidates, split_stages};
use dfopt_semantic::context::MemoryContext;
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use expect_test::{Expect, expect};

/// Plans for the first base of the ladder, from the file and a context alone.
fn outcome(text: &str, context: &MemoryContext, runtime: &Runtime) -> Outcome {
    let parsed = parse(text);
    let model = Model::new(text, &parsed, Options { context: Some(context), ..Options::default() });
    let ladder = candidates(&model, runtime, &Known::default());
    split_stages(&model, &Request { evidence: None, ladder: &ladder, rung: 0, failed: &[] })
}

fn plan(text: &str, context: &MemoryContext) -> Plan {
    match outcome(text, context, &Runtime::Auto) {
        Outcome::Plan(plan) => *plan,
        other => panic!("no plan: {other:?}"),
    }
}

fn check(text: &str, files: &[(&str, &str)], expected: &Expect) {
    let mut context = MemoryContext::new();
    for (path, content) in files {
        context = context.file(path, *content);
    }
    let plan = plan(text, &context);
    let result = plan.edits.apply(text).unwrap();
    assert!(parse(&result).errors().is_empty(), "the result has errors:\n{result}");
    // A carriage return in this file would be lost to formatters.
    expected.assert_eq(&result.replace("\r\n", "\\r\n"));
}

fn check_refused(text: &str, expected: &Expect) {
    match outcome(text, &MemoryContext::new(), &Runtime::Auto) {
        Outcome::Refused(refusal) => expected.assert_eq(&format!("{}; {}", refusal.reason, refusal.remedy)),
        Outcome::Nothing { reason } => expected.assert_eq(&reason),
        Outcome::Plan(plan) => panic!("planned: {plan:?}"),
    }
}

#[test]
fn the_smallest_go_program() {
    check(
        "FROM golang:1.24\n# Make a place for it.\nWORKDIR /hello\nCOPY main.go .\nRUN go build -o hello main.go\n# Start it.\nCMD [\"./hello\"]\n",
        &[("main.go", "package main")],
        &expect![[r#"
            FROM golang:1.24 AS build
            # Make a place for it.
            WORKDIR /hello
            COPY main.go .
            RUN go build -o hello main.go

            FROM debian:trixie-slim
            WORKDIR /hello
            COPY --from=build /hello/hello /hello/hello
            # Start it.
            CMD ["./hello"]
        "#]],
    );
}

#[test]
fn settings_move_and_variables_stay_known() {
    check(
        "FROM golang:1.24-bookworm AS app\nARG VERSION=1\nARG UNUSED\nENV MODE=prod \\\n    LEVEL=2\nLABEL version=$VERSION\n# the port\nEXPOSE 80\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/app ./cmd/app && groupadd -r web && useradd -r -g web web\nUSER web\nENTRYPOINT [\"/bin/app\"]\n",
        &[
            ("go.mod", "module x"),
            ("cmd/app/main.go", "package main"),
            ("templates/a.html", "a"),
            ("templates/b.html", "b"),
            ("README.md", "r"),
        ],
        &expect![[r#"
            FROM golang:1.24-bookworm AS build
            ARG VERSION=1
            ARG UNUSED
            ENV MODE=prod \
                LEVEL=2
            WORKDIR /src
            COPY . .
            RUN go build -o /bin/app ./cmd/app && groupadd -r web && useradd -r -g web web

            FROM debian:bookworm-slim AS app
            ARG VERSION=1
            ENV MODE=prod \
                LEVEL=2
            WORKDIR /src
            RUN groupadd -r web && useradd -r -g web web
            COPY --from=build /bin/app /bin/app
            COPY --from=build /src/templates /src/templates
            COPY --from=build /src/README.md /src/README.md
            LABEL version=$VERSION
            # the port
            EXPOSE 80
            USER web
            ENTRYPOINT ["/bin/app"]
        "#]],
    );
}

#[test]
fn where_nothing_is_built_one_stage_is_enough() {
    check(
        "FROM python:3.12-bookworm\nWORKDIR /app\n# the script\nCOPY app.py .\nUSER 1000\nCMD [\"python3\", \"app.py\"]\n",
        &[("app.py", "print()")],
        &expect![[r#"
            FROM python:3.12-slim-bookworm
            WORKDIR /app
            # the script
            COPY app.py .
            USER 1000
            CMD ["python3", "app.py"]
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y build-essential mawk && rm -rf /var/lib/apt/lists/*\nCOPY a.awk /\nCMD [\"mawk\", \"-f\", \"/a.awk\"]\n",
        &[("a.awk", "{}")],
        &expect![[r#"
            FROM debian:bookworm-slim
            RUN apt-get update && apt-get install -y --no-install-recommends \
                mawk \
                && rm -rf /var/lib/apt/lists/*
            COPY a.awk /
            CMD ["mawk", "-f", "/a.awk"]
        "#]],
    );
}

#[test]
fn the_programs_of_cargo_are_carried_by_name() {
    check(
        "FROM rust:1.85-bookworm\nWORKDIR /app\nCOPY . .\nRUN cargo build --release --bin bell\nCMD [\"./target/release/bell\"]\n",
        &[("Cargo.toml", "[package]\nname = \"bell\"\n"), ("src/main.rs", "fn main() {}"), ("sounds/one.wav", "x")],
        &expect![[r#"
            FROM rust:1.85-bookworm AS build
            WORKDIR /app
            COPY . .
            RUN cargo build --release --bin bell

            FROM debian:bookworm-slim
            WORKDIR /app
            COPY --from=build /app/sounds /app/sounds
            COPY --from=build /app/target /app/target
            CMD ["./target/release/bell"]
        "#]],
    );
}

#[test]
fn crlf_and_lower_case_are_kept() {
    check(
        "from golang:1.24\r\nworkdir /a\r\ncopy . .\r\nrun go build -o a .\r\ncmd [\"/a/a\"]",
        &[("main.go", "package main")],
        &expect![[r#"
            from golang:1.24 as build\r
            workdir /a\r
            copy . .\r
            run go build -o a .\r
            \r
            from debian:trixie-slim\r
            workdir /a\r
            copy --from=build /a/a /a/a\r
            cmd ["/a/a"]"#]],
    );
}

#[test]
fn refusals_name_what_stands_in_the_way() {
    check_refused(
        "FROM golang:1.24\nCOPY . .\nCMD [\"go\", \"run\", \".\"]\n",
        &expect![
            "the image runs `go run .` when it starts, which needs the toolchain and the sources; build the program in a RUN, and let CMD start what was built"
        ],
    );
    check_refused(
        "FROM golang:1.24\nRUN go version\n",
        &expect![
            "neither CMD nor ENTRYPOINT: the image is a toolchain or a base, and all of it may be wanted; say with CMD what the image runs"
        ],
    );
    check_refused(
        "FROM golang:1.24 AS b\nRUN go build -o /a .\nFROM alpine\nCOPY --from=b /a /a\nCMD /a\n",
        &expect!["already split: the final stage takes what it needs from others"],
    );
    check_refused(
        "FROM golang:1.24\nRUN apt-get install -y supervisor\nCMD [\"supervisord\"]\n",
        &expect![
            "`supervisord` runs several services, each with needs of its own; one image a service, each with its own Dockerfile"
        ],
    );
    check_refused(
        "FROM gcc:14\nCOPY . .\nRUN make\nCMD [\"./a\"]\n",
        &expect!["the file does not tell what its build makes, and where; plan with an engine, which shows it"],
    );
    check_refused(
        "FROM golang:1.24\nCOPY . .\nONBUILD RUN x\nCMD [\"x\"]\n",
        &expect![
            "ONBUILD: the image is a base for others, which may need all of it; split the images that build on it"
        ],
    );
}
