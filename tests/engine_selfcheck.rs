//! The engine that the tests use builds with BuildKit, runs, and keeps nothing of a test that has ended.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dfopt_tests::engine::Engine;
use dfopt_tests::folder::Folder;

#[test]
fn an_image_is_built_run_and_removed() {
    let Some(engine) = Engine::find() else { return };
    let folder = Folder::with(&[(
        "Dockerfile",
        "FROM busybox\nCOPY <<EOF /greeting\nhello\nEOF\nCMD [\"cat\", \"/greeting\"]\n",
    )]);
    let tag = engine.tag("selfcheck");
    let _ = engine.docker(&["build", "--tag", tag.name(), folder.path().to_str().unwrap()]).status(0);
    let ran = engine.docker(&["run", "--rm", "--network", "none", tag.name()]).status(0);
    assert_eq!(ran.stdout, "hello\n");

    let name = tag.name().to_owned();
    drop(tag);
    let _ = engine.docker(&["image", "inspect", &name]).status(1);
}

#[test]
fn what_a_build_fetches_is_within_reach() {
    let Some(engine) = Engine::find() else { return };
    let text = "FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends hello\n";
    let folder = Folder::with(&[("Dockerfile", text)]);
    let tag = engine.tag("packages");
    let _ = engine.docker(&["build", "--tag", tag.name(), folder.path().to_str().unwrap()]).status(0);
    let _ = engine.docker(&["run", "--rm", tag.name(), "hello"]).status(0).stdout_has("Hello, world!");
}
