//! Skips that nobody overlooks: each prints its reason, and where the thing is required it fails the test instead.

use std::env;
use std::io::Write as _;

/// Something a test needs that not every machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A container engine that builds: `DFOPT_REQUIRE_ENGINE`.
    Engine,
    /// BuildKit's own reading of a Dockerfile: `DFOPT_REQUIRE_ORACLE`.
    Oracle,
    /// The folder of real Dockerfiles: `DFOPT_REQUIRE_CORPUS`.
    Corpus,
    /// Other linters: `DFOPT_REQUIRE_PEERS`.
    Peers,
}

impl Need {
    /// The environment variable that forbids doing without it.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::Engine => "DFOPT_REQUIRE_ENGINE",
            Self::Oracle => "DFOPT_REQUIRE_ORACLE",
            Self::Corpus => "DFOPT_REQUIRE_CORPUS",
            Self::Peers => "DFOPT_REQUIRE_PEERS",
        }
    }

    fn is_required(self) -> bool {
        env::var_os(self.variable()).is_some_and(|value| !value.is_empty() && value != "0")
    }
}

/// Says that a test does without `need` and so tests nothing; fails it where the need is required.
///
/// # Panics
/// When the variable of the need is set to anything but `0`.
pub fn skip(need: Need, reason: &str) {
    if need.is_required() {
        panic!("{} is set, but {reason}", need.variable());
    }
    // Not a print macro: the test harness would swallow the line of a test that passes.
    let line = format!("\nSKIP: {}: {reason}\n", std::thread::current().name().unwrap_or("?"));
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
