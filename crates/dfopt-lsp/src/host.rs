//! What the server needs of the world, as traits: whoever runs it implements them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dfopt_linter::Settings;
use dfopt_semantic::context::BuildContext;

/// The world outside the server.
pub trait Host: Send + Sync {
    /// Writes a line for whoever looks for a mistake.
    fn log(&self, line: &str);

    /// The settings that hold for a file; for a text without one, those of its folder or the default.
    fn configured(&self, file: Option<&Path>) -> Configured;

    /// Whether the settings of any file may change with this one.
    fn is_settings_file(&self, file: &Path) -> bool;

    /// The Dockerfiles below a folder.
    fn dockerfiles(&self, folder: &Path) -> Vec<PathBuf>;

    /// The text of a file, if it can be read as such.
    fn read(&self, file: &Path) -> Option<String>;

    /// What a build with this Dockerfile would send, if it has a folder that can be read.
    fn context(&self, dockerfile: &Path) -> Option<Arc<dyn BuildContext + Send + Sync>>;

    /// Builds and compares; `None` where nothing can be built.
    fn prover(&self) -> Option<Arc<dyn Prover>>;
}

/// The settings for a file.
#[derive(Clone, Debug, Default)]
pub struct Configured {
    /// What the linter goes by: the defaults where the file cannot be used.
    pub settings: Settings,
    /// The settings file.
    pub file: Option<PathBuf>,
    /// What is wrong with it.
    pub trouble: Option<SettingsTrouble>,
}

/// What is wrong with a settings file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingsTrouble {
    /// The line, from 0, if it is known.
    pub line: Option<u32>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Builds Dockerfiles and compares images. This can take minutes, and runs what the Dockerfile says.
pub trait Prover: Send + Sync {
    /// Does what is asked for, until it is done or stopped.
    ///
    /// # Errors
    /// Why nothing can be said, in one line.
    fn prove(&self, order: &Order, watch: &Watch) -> Result<Proof, String>;
}

/// What to prove.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Order {
    /// Splits the stages of a Dockerfile, and proves that the result can replace it.
    Split {
        /// Where the Dockerfile is.
        file: PathBuf,
        /// What it says in the editor.
        text: String,
    },
    /// Compares a Dockerfile as it is saved with another text of it.
    Verify {
        /// Where the Dockerfile is.
        file: PathBuf,
        /// What is built first: the text before the changes.
        before: String,
        /// What is built then.
        after: String,
    },
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// The verdict.
    pub verdict: ProofVerdict,
    /// It in one line.
    pub summary: String,
    /// The text that was proved, if there is a new one.
    pub text: Option<String>,
    /// The report, as `--format json` prints it.
    pub report: Option<String>,
}

/// A verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofVerdict {
    /// The second can replace the first.
    Proved,
    /// It cannot.
    Refuted,
    /// Neither was shown.
    Inconclusive,
    /// It cannot be done soundly.
    Refused,
    /// There is nothing to do.
    Nothing,
}

impl ProofVerdict {
    /// As it is told to the client.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ProofVerdict::Proved => "proved",
            ProofVerdict::Refuted => "refuted",
            ProofVerdict::Inconclusive => "inconclusive",
            ProofVerdict::Refused => "refused",
            ProofVerdict::Nothing => "nothing",
        }
    }
}

/// A mark that work is no longer wanted.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Sets the mark.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Who watches long work.
#[derive(Clone)]
pub struct Watch {
    stop: Stop,
    tell: Arc<dyn Fn(String) + Send + Sync>,
}

impl Watch {
    /// Somebody who is told what goes on and may stop it.
    #[must_use]
    pub fn new(stop: Stop, tell: Arc<dyn Fn(String) + Send + Sync>) -> Watch {
        Watch { stop, tell }
    }

    /// Says what goes on, in one line.
    pub fn tell(&self, what: impl Into<String>) {
        (self.tell)(what.into());
    }

    /// Whether the work is no longer wanted.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }
}
