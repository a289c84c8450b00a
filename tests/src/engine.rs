//! The container engine that the tests build with: the one the environment names, or the machine's own.
//!
//! It starts none: `tests/engine/up.sh` does.

use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::process::{self, Ran};
use crate::skip::{Need, skip};

/// An engine that answers.
#[derive(Debug, Clone, Copy)]
pub struct Engine(());

impl Engine {
    /// The engine, or a skip where none answers.
    ///
    /// # Panics
    /// When an engine is required and none answers.
    #[must_use]
    pub fn find() -> Option<Self> {
        static TROUBLE: OnceLock<Option<String>> = OnceLock::new();
        match TROUBLE.get_or_init(trouble) {
            None => Some(Self(())),
            Some(trouble) => {
                skip(
                    Need::Engine,
                    &format!("no container engine: {trouble} (`eval \"$(tests/engine/up.sh)\"` brings one up)"),
                );
                None
            }
        }
    }

    /// Runs `docker` with these arguments.
    #[track_caller]
    #[must_use]
    pub fn docker(self, args: &[&str]) -> Ran {
        process::run(Command::new("docker").args(args), Duration::from_secs(900))
    }

    /// A name for an image that only this test uses.
    #[must_use]
    pub fn tag(self, name: &str) -> Tag {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Tag { engine: self, name: format!("dfopt-test-{}-{count}-{name}:latest", std::process::id()) }
    }
}

/// An image name that is removed from the engine when the value is gone.
#[derive(Debug)]
pub struct Tag {
    engine: Engine,
    name: String,
}

impl Tag {
    /// The name, with its tag.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        let _ = self.engine.docker(&["image", "rm", "--force", &self.name]);
    }
}

fn trouble() -> Option<String> {
    let mut docker = Command::new("docker");
    docker.args(["version", "--format", "{{.Server.Version}}"]);
    if let Err(error) = Command::new("docker").arg("--version").output() {
        return Some(format!("`docker`: {error}"));
    }
    let ran = process::run(&mut docker, Duration::from_secs(60));
    (ran.status != 0).then(|| ran.stderr.trim().to_owned())
}
