//! Changes that leave the image as it is, as a reader sees them: the file after the edits, or why there are none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use dfopt_optimizer::{Rewritten, order_copies, prune_stages};
use dfopt_semantic::context::MemoryContext;
use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::parse;
use expect_test::{Expect, expect};

fn seen(text: &str, outcome: Rewritten) -> String {
    match outcome {
        Rewritten::Done(rewrite) => {
            let after = rewrite.edits.apply(text).unwrap();
            assert!(parse(&after).errors().is_empty(), "the result has errors:\n{after}");
            assert!(!rewrite.changes.is_empty());
            after
        }
        Rewritten::Nothing { reason } => format!("nothing: {reason}\n"),
        Rewritten::Refused(refusal) => format!("refused: {}; {}\n", refusal.reason, refusal.remedy),
    }
}

fn check_order(text: &str, files: &[(&str, &str)], expected: &Expect) {
    let mut context = MemoryContext::new();
    for (path, content) in files {
        context = context.file(path, *content);
    }
    let parsed = parse(text);
    let model = Model::new(text, &parsed, Options { context: Some(&context), ..Options::default() });
    expected.assert_eq(&seen(text, order_copies(&model)));
}

fn check_prune(text: &str, targets: &[&str], expected: &Expect) {
    let parsed = parse(text);
    let model = Model::new(text, &parsed, Options::default());
    let targets: BTreeSet<String> = targets.iter().map(|&target| target.to_owned()).collect();
    expected.assert_eq(&seen(text, prune_stages(&model, &targets)));
}

#[test]
fn manifests_come_before_the_fetch_and_sources_behind_it() {
    check_order(
        "FROM node:20\nWORKDIR /app\n# everything\nCOPY --chown=node . .\nRUN npm ci\nRUN npm run build\nCMD [\"node\", \"dist/a.js\"]\n",
        &[("package.json", "{}"), ("package-lock.json", "{}"), ("packages/a/package.json", "{}"), ("src/a.ts", "")],
        &expect![[r#"
            FROM node:20
            WORKDIR /app
            COPY --chown=node package-lock.json package.json ./
            COPY --chown=node packages/a/package.json ./packages/a/
            RUN npm ci
            # everything
            COPY --chown=node . .
            RUN npm run build
            CMD ["node", "dist/a.js"]
        "#]],
    );
    check_order(
        "FROM python:3.12\nCOPY . /srv\nRUN pip install -r /srv/requirements.txt\nCMD python /srv/a.py",
        &[("requirements.txt", "flask\n"), ("a.py", "")],
        &expect![[r#"
            FROM python:3.12
            COPY requirements.txt /srv/
            RUN pip install -r /srv/requirements.txt
            COPY . /srv
            CMD python /srv/a.py"#]],
    );
    check_order(
        "FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN go mod download\nRUN go build -o /a .\n",
        &[("go.mod", "module a"), ("go.sum", ""), ("main.go", "package main")],
        &expect![[r#"
            FROM golang:1.24
            WORKDIR /src
            COPY go.mod go.sum ./
            RUN go mod download
            COPY . .
            RUN go build -o /a .
        "#]],
    );
}

#[test]
fn packages_of_the_distribution_come_first() {
    check_order(
        "FROM debian:12\nCOPY . /srv\n# tools\nRUN apt-get update && apt-get install -y curl\nCMD [\"/srv/a\"]\n",
        &[("a", ""), ("b/c", "")],
        &expect![[r#"
            FROM debian:12
            # tools
            RUN apt-get update && apt-get install -y curl
            COPY . /srv
            CMD ["/srv/a"]
        "#]],
    );
}

#[test]
fn a_fetch_that_needs_the_sources_stays_where_it_is() {
    let node = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"a.js\"]\n";
    check_order(
        node,
        &[("package.json", "{\"scripts\": {\"postinstall\": \"node setup.js\"}}"), ("setup.js", "")],
        &expect![[r#"
            refused: `package.json` has a script that runs on installation, so the fetch needs the sources; none while it does
        "#]],
    );
    check_order(
        node,
        &[("package.json", "{}"), ("node_modules/a/index.js", ""), ("a.js", "")],
        &expect![[r#"
        refused: `node_modules` is in the build context, and the copy of it would cover what was fetched; add `node_modules` to .dockerignore
    "#]],
    );
    check_order(
        node,
        &[("a.js", "")],
        &expect![[r#"
        refused: no manifest that the fetch could read is in the build context; see whether .dockerignore hides it
    "#]],
    );
    check_order(
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"a.js\"]\n",
        &[("package.json", "{}"), ("a.js", "")],
        &expect![[r#"
            refused: the instruction does more than fetch, and that may read the sources; give the fetch an instruction of its own
        "#]],
    );
    check_order(
        "FROM node:20\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
        &[("package.json", "{}"), ("a.js", "")],
        &expect![[r#"
            nothing: nothing is copied before what does not need it
        "#]],
    );
}

const STAGES: &str = "ARG V=1\n# compiles\nFROM alpine AS build\nRUN touch /a\n\n# left over\nFROM alpine AS old\nRUN touch /b\n\n# serves\nFROM alpine AS web\nCOPY --from=0 /a /a\n\nFROM alpine\nCOPY --from=2 /a /a\n";

#[test]
fn unused_stages_go_and_numbers_follow() {
    check_prune(
        STAGES,
        &[],
        &expect![[r#"
        ARG V=1
        # compiles
        FROM alpine AS build
        RUN touch /a

        # serves
        FROM alpine AS web
        COPY --from=0 /a /a

        FROM alpine
        COPY --from=1 /a /a
    "#]],
    );
}

#[test]
fn what_is_built_by_itself_stays() {
    check_prune(
        STAGES,
        &["old"],
        &expect![[r#"
        nothing: every stage is used, or built by itself
    "#]],
    );
    check_prune(
        STAGES,
        &["1"],
        &expect![[r#"
        nothing: every stage is used, or built by itself
    "#]],
    );
    check_prune(
        "FROM alpine AS test\nRUN true\nFROM alpine\nRUN true\n",
        &[],
        &expect![[r#"
            nothing: every stage is used, or built by itself
        "#]],
    );
    check_prune(
        "FROM alpine AS a\nFROM alpine AS a\nFROM alpine\n",
        &[],
        &expect![[r#"
        refused: another stage has the same name, which would then mean something else; rename one of the two
    "#]],
    );
}
