//! What happens during long work, told as it happens.
//!
//! All text in events is already safe to show.

/// Listens to long work; called from the thread that does the work.
pub trait ProgressSink: Send + Sync {
    /// Something happened.
    fn event(&self, event: &ProgressEvent);
}

/// Something that happened during a build or a run.
#[derive(Debug, Clone, PartialEq)]
pub enum ProgressEvent {
    /// A build step began, or ended without having begun (from the cache).
    StepStarted {
        /// Number of the step within its build, from 0.
        step: usize,
        /// Its name as the builder words it, such as `[build 3/7] RUN make`.
        name: String,
    },
    /// A build step printed a line.
    StepOutput {
        /// Number of the step.
        step: usize,
        /// The line.
        line: String,
    },
    /// A build step moves bytes: a download, the build context, a layer.
    StepTransfer {
        /// Number of the step.
        step: usize,
        /// What is moved.
        what: String,
        /// Bytes so far.
        current: u64,
        /// Bytes in all, when known.
        total: Option<u64>,
    },
    /// A build step ended. Some steps end more than once, when the builder first looks into its cache: the last one counts.
    StepEnded {
        /// Number of the step.
        step: usize,
        /// How it ended.
        end: StepEnd,
        /// Seconds it took.
        seconds: f64,
    },
    /// Something outside the steps: a warning, a change of phase.
    Note {
        /// One line.
        text: String,
    },
}

/// How a build step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepEnd {
    /// It ran.
    Done,
    /// Its result was in the build cache.
    Cached,
    /// It failed.
    Failed,
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl ProgressSink for Silent {
    fn event(&self, _event: &ProgressEvent) {}
}
