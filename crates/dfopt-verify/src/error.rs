//! What can go wrong with an engine, worded for the person who has to act on it.

use std::fmt;

/// Why the engine could not do what was asked; the text is one line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineError {
    /// The engine's program is not on the machine.
    NotFound {
        /// The program that was looked for.
        program: String,
        /// Other engines that were seen but cannot be driven.
        seen: Vec<String>,
    },
    /// This version cannot drive the engine that was asked for.
    CannotDrive {
        /// Its name.
        engine: String,
    },
    /// The engine's program is there, the engine does not answer.
    NotAnswering {
        /// The engine's words, or how long was waited.
        message: String,
    },
    /// The engine is there, this user may not use it.
    PermissionDenied {
        /// The engine's words.
        message: String,
    },
    /// The engine's command line has no BuildKit.
    NoBuildKit {
        /// Version of the command line.
        version: String,
    },
    /// The builder that was asked for does not exist or does not start.
    BadBuilder {
        /// Its name.
        name: String,
        /// The engine's words.
        message: String,
    },
    /// The engine stopped answering while it worked.
    Died {
        /// What was being done.
        doing: String,
        /// The engine's words.
        message: String,
    },
    /// A disk is full.
    NoSpace {
        /// What was being done.
        doing: String,
        /// The words of whoever noticed.
        message: String,
    },
    /// The caller asked to stop.
    Cancelled,
    /// It took longer than allowed.
    TimedOut {
        /// What was being done.
        doing: String,
        /// The limit.
        seconds: u64,
    },
    /// An image is neither here nor can be fetched.
    NoImage {
        /// The reference.
        reference: String,
        /// The engine's words.
        message: String,
    },
    /// Any other refusal.
    Refused {
        /// What was being done.
        doing: String,
        /// The engine's words.
        message: String,
    },
}

impl fmt::Display for EngineError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { program, seen } => {
                write!(to, "no container engine: looked for the program `{program}` in PATH")?;
                if !seen.is_empty() {
                    write!(to, " (found {}, which this version cannot drive yet)", seen.join(", "))?;
                }
                write!(
                    to,
                    "; install Docker (https://docs.docker.com/engine/install/), or go on without proof with `--no-verify`"
                )
            }
            Self::CannotDrive { engine } => {
                write!(to, "this version cannot drive {engine} yet; use `--engine docker`")
            }
            Self::NotAnswering { message } => write!(
                to,
                "the docker engine does not answer: {message}; start it (`systemctl start docker`, Docker Desktop), or point DOCKER_HOST or `docker context use` at one that runs"
            ),
            Self::PermissionDenied { message } => write!(
                to,
                "this user may not use the docker engine: {message}; add the user to the group `docker`, or use rootless Docker"
            ),
            Self::NoBuildKit { version } => write!(
                to,
                "docker {version} has no buildx plugin, and BuildKit is needed; install docker-buildx (https://docs.docker.com/go/buildx/)"
            ),
            Self::BadBuilder { name, message } => {
                write!(to, "the builder `{name}` cannot be used: {message}; see `docker buildx ls`")
            }
            Self::Died { doing, message } => write!(to, "the docker engine stopped answering while {doing}: {message}"),
            Self::NoSpace { doing, message } => write!(
                to,
                "no disk space left while {doing}: {message}; free some (`docker system df` shows what the engine uses)"
            ),
            Self::Cancelled => write!(to, "interrupted"),
            Self::TimedOut { doing, seconds } => {
                write!(to, "gave up {doing} after {seconds} s; `--verify-timeout` sets the limit")
            }
            Self::NoImage { reference, message } => write!(to, "no image `{reference}`: {message}"),
            Self::Refused { doing, message } => write!(to, "the docker engine failed while {doing}: {message}"),
        }
    }
}

impl std::error::Error for EngineError {}

/// Why a build gave no image.
#[derive(Debug, Clone, PartialEq)]
pub enum BuildError {
    /// The Dockerfile does not build.
    Failed(Box<BuildFailure>),
    /// A secret that the caller named is not there, or a required one was not named.
    SecretMissing {
        /// Its id.
        id: String,
        /// What was looked for: a file, a variable, or nothing since no value was given.
        looked_for: String,
    },
    /// The engine could not do its work.
    Engine(EngineError),
}

/// A build that failed by its own fault.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BuildFailure {
    /// The Dockerfile that was asked for.
    pub dockerfile: String,
    /// Name of the step that failed, as the builder words it; absent when the file is refused as a whole.
    pub step: Option<String>,
    /// First line of the instruction at fault, from 1, when the builder names it.
    pub line: Option<u32>,
    /// The instruction as written, when the builder shows it.
    pub instruction: Option<String>,
    /// The step's last lines of output.
    pub log: Vec<String>,
    /// Exit status of the command that failed.
    pub exit: Option<i32>,
    /// The builder's reason, one line.
    pub message: String,
}

impl fmt::Display for BuildError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failure) => failure.fmt(to),
            Self::SecretMissing { id, looked_for } => {
                write!(
                    to,
                    "the secret `{id}` is missing: {looked_for}; give it with `--secret id={id},src=FILE` or `env=NAME`"
                )
            }
            Self::Engine(error) => error.fmt(to),
        }
    }
}

impl fmt::Display for BuildFailure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.dockerfile)?;
        if let Some(line) = self.line {
            write!(to, ":{line}")?;
        }
        write!(to, " does not build: ")?;
        let first_line = self.instruction.as_deref().and_then(|text| text.lines().next());
        match (first_line, self.exit) {
            (Some(instruction), Some(exit)) => {
                let instruction = instruction.trim_end_matches(['\\', '`']).trim_end();
                write!(to, "`{instruction}` ended with status {exit}")
            }
            _ => write!(to, "{}", self.message),
        }
    }
}

impl std::error::Error for BuildError {}

impl From<EngineError> for BuildError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_build_is_told_in_one_line() {
        let mut failure = BuildFailure {
            dockerfile: "app/Dockerfile".to_owned(),
            line: Some(3),
            instruction: Some("RUN make \\\n  && make install".to_owned()),
            exit: Some(2),
            message: "process \"/bin/sh -c make\" did not complete successfully: exit code: 2".to_owned(),
            ..BuildFailure::default()
        };
        assert_eq!(failure.to_string(), "app/Dockerfile:3 does not build: `RUN make` ended with status 2");
        failure.exit = None;
        failure.message = "\"/nope\": not found".to_owned();
        assert_eq!(failure.to_string(), "app/Dockerfile:3 does not build: \"/nope\": not found");
    }
}
