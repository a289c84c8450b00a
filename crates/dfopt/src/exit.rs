//! How a run ends: the exit status, and the one line that goes with a failure.

use std::fmt;
use std::process::ExitCode;

/// What the exit status of a run says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Exit {
    /// 0: nothing at or above `--fail-on`, or what was asked for is done.
    #[default]
    Clean,
    /// 1: diagnostics, or files that would change.
    Found,
    /// 2: the job could not be done.
    Failed,
    /// 3: a refactor was refused, refuted or stayed inconclusive.
    Refused,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    /// The status as a number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Found => 1,
            Exit::Failed => 2,
            Exit::Refused => 3,
            Exit::Interrupted => 130,
        }
    }

    /// The status for both: an interruption, then what could not be done, then a refusal, then diagnostics.
    #[must_use]
    pub fn and(self, other: Exit) -> Exit {
        let rank = |exit| match exit {
            Exit::Clean => 0,
            Exit::Found => 1,
            Exit::Refused => 2,
            Exit::Failed => 3,
            Exit::Interrupted => 4,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why a command could not do its job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// For the user: what is wrong and what to do, in one line.
    Message(String),
    /// The user stopped it.
    Interrupted,
}

impl Failure {
    /// A failure with its line.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure::Message(message.into())
    }

    /// The exit status that goes with it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Message(_) => Exit::Failed,
            Failure::Interrupted => Exit::Interrupted,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Message(message) => to.write_str(message),
            Failure::Interrupted => to.write_str("interrupted"),
        }
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_several_files_is_the_most_serious() {
        assert_eq!(Exit::Clean.and(Exit::Found), Exit::Found);
        assert_eq!(Exit::Refused.and(Exit::Found), Exit::Refused);
        assert_eq!(Exit::Refused.and(Exit::Failed), Exit::Failed);
        assert_eq!(Exit::Failed.and(Exit::Refused), Exit::Failed);
        assert_eq!(Exit::Interrupted.and(Exit::Failed), Exit::Interrupted);
    }
}
