//! Finds a container engine and drives it through its command line, so that the user's contexts, credentials and remote
//! builders just work.

mod build;
mod command;
mod companion;
mod container;
mod failure;
mod os;
mod owner;
mod plain;
mod rawjson;
mod secrets;
mod session;
mod steps;
mod sweep;
mod touch;
mod trace;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use build::{Built, BuiltStep};
pub use container::RunTarget;
pub use owner::{IGNORED_LABELS, KEPT_LABEL, RUN_LABEL};
pub use session::{Image, ImageRetention, SavedImage, Session, SessionOptions};
pub use sweep::Swept;
pub use touch::{Rebuild, RebuiltStep};

use crate::cancel::CancelToken;
use crate::error::EngineError;
use crate::text::printable_line;
use command::{Client, Patience};
use companion::Companion;

/// Which engine to use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineChoice {
    /// The first one found that can be driven.
    #[default]
    Auto,
    /// Docker.
    Docker,
    /// Podman.
    Podman,
    /// Buildah.
    Buildah,
    /// nerdctl.
    Nerdctl,
}

impl EngineChoice {
    /// The choice of this name, as given on a command line.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "auto" => Self::Auto,
            "docker" => Self::Docker,
            "podman" => Self::Podman,
            "buildah" => Self::Buildah,
            "nerdctl" => Self::Nerdctl,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Auto | Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Buildah => "buildah",
            Self::Nerdctl => "nerdctl",
        }
    }
}

/// How to find and start the engine.
#[derive(Debug, Clone, Default)]
pub struct EngineOptions {
    /// Which engine.
    pub choice: EngineChoice,
    /// The buildx builder; the user's selected one when absent.
    pub builder: Option<String>,
    /// Folders to look for programs in, in place of the environment's `PATH`.
    pub search_path: Option<OsString>,
    /// Further environment settings for the engine's programs.
    pub env: Vec<(OsString, OsString)>,
    /// The executable that serves as guard and probe.
    pub companion: CompanionChoice,
    /// How long the engine may take to answer at all; ten seconds when absent.
    pub answer_timeout: Option<Duration>,
}

/// Which executable serves as guard of engine commands and as probe in containers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CompanionChoice {
    /// The running one, if it answers to the hidden subcommand.
    #[default]
    CurrentExecutable,
    /// This one.
    Executable(PathBuf),
    /// None: containers cannot be looked into, and engine commands may outlive a killed run.
    Off,
}

/// What is known of the engine, for the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineFacts {
    /// `docker`.
    pub engine: String,
    /// Version of the command line.
    pub client_version: String,
    /// Version of the engine.
    pub server_version: String,
    /// Version of the buildx plugin; absent with a command line that has BuildKit built in.
    pub buildx_version: Option<String>,
    /// Version of BuildKit as buildx words it.
    pub buildkit_version: Option<String>,
    /// Name of the builder.
    pub builder: Option<String>,
    /// Kind of the builder: `docker`, `docker-container`, `kubernetes`, `remote`.
    pub builder_driver: Option<String>,
    /// How images are stored, such as `overlay2`.
    pub storage_driver: String,
    /// Operating system of containers.
    pub os: String,
    /// Architecture of the engine in image spelling, such as `amd64`.
    pub architecture: String,
    /// The client's context.
    pub context: String,
    /// Whether builds report their steps as JSON.
    pub rawjson: bool,
    /// Whether this program can look into containers.
    pub can_look: bool,
}

/// A container engine that answers.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) client: Client,
    facts: EngineFacts,
    pub(crate) answer_timeout: Duration,
}

const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const CANNOT_DRIVE: [&str; 3] = ["podman", "buildah", "nerdctl"];

impl Engine {
    /// Finds the engine and asks it who it is.
    ///
    /// # Errors
    /// When there is none, it cannot be driven, does not answer in time or lacks BuildKit.
    pub fn detect(options: &EngineOptions, cancel: &CancelToken) -> Result<Self, EngineError> {
        if !matches!(options.choice, EngineChoice::Auto | EngineChoice::Docker) {
            return Err(EngineError::CannotDrive { engine: options.choice.name().to_owned() });
        }
        let path = options.search_path.clone().or_else(|| std::env::var_os("PATH")).unwrap_or_default();
        let program = find_program(&path, "docker").ok_or_else(|| EngineError::NotFound {
            program: "docker".to_owned(),
            seen: CANNOT_DRIVE
                .iter()
                .filter(|name| find_program(&path, name).is_some())
                .map(|name| (*name).to_owned())
                .collect(),
        })?;
        let mut env = options.env.clone();
        if let Some(path) = &options.search_path {
            env.push(("PATH".into(), path.clone()));
        }
        let companion = match &options.companion {
            CompanionChoice::CurrentExecutable => {
                std::env::current_exe().ok().and_then(|executable| Companion::find(&executable))
            }
            CompanionChoice::Executable(executable) => Companion::find(executable),
            CompanionChoice::Off => None,
        };
        let answer_timeout = options.answer_timeout.unwrap_or(ANSWER_TIMEOUT);
        let client = Client { program, env, companion };
        let mut facts = ask_engine(&client, answer_timeout, cancel)?;
        if facts.buildx_version.is_none() {
            // Command lines before 23 have a BuildKit client of their own.
            if options.builder.is_some() || version(&facts.client_version).is_none_or(|version| version >= (23, 0)) {
                return Err(EngineError::NoBuildKit { version: facts.client_version });
            }
        } else {
            ask_builder(&client, options.builder.as_deref(), &mut facts, answer_timeout, cancel)?;
        }
        Ok(Self { client, facts, answer_timeout })
    }

    /// What is known of the engine.
    #[must_use]
    pub fn facts(&self) -> &EngineFacts {
        &self.facts
    }

    /// Whether the engine still answers.
    pub(crate) fn answers(&self) -> bool {
        ask_engine(&self.client, self.answer_timeout, &CancelToken::new()).is_ok()
    }
}

fn find_program(path: &OsString, name: &str) -> Option<PathBuf> {
    let name = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
    std::env::split_paths(path)
        .filter(|folder| !folder.as_os_str().is_empty())
        .map(|folder| folder.join(&name))
        .find(|file| is_executable(file))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

fn ask_engine(client: &Client, limit: Duration, cancel: &CancelToken) -> Result<EngineFacts, EngineError> {
    let patience = Patience { limit, cancel: Some(cancel) };
    let answer = match client.ask("asking the engine who it is", ["info", "--format", "{{json .}}"], patience) {
        Err(EngineError::TimedOut { seconds, .. }) => {
            return Err(EngineError::NotAnswering { message: format!("no answer in {seconds} s") });
        }
        other => other?,
    };
    let info: Value = serde_json::from_slice(&answer.stdout).unwrap_or(Value::Null);
    if info.get("ServerVersion").is_none() && info.get("host").is_some() {
        return Err(EngineError::CannotDrive { engine: "podman (which answers as `docker` here)".to_owned() });
    }
    let text = |pointer: &str| info.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let server_version = text("/ServerVersion");
    if server_version.is_empty() {
        let errors = info.get("ServerErrors").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let message = errors.map(str::to_owned).next().unwrap_or_else(|| answer.stderr_text());
        return Err(failure::not_answering(&message));
    }
    if text("/OSType") == "windows" {
        return Err(EngineError::CannotDrive { engine: "an engine for Windows containers".to_owned() });
    }
    let buildx_version = info
        .pointer("/ClientInfo/Plugins")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|plugin| plugin.get("Name").and_then(Value::as_str) == Some("buildx"))
        // A plugin that is there and broken has an error instead of a version.
        .and_then(|plugin| plugin.get("Version").and_then(Value::as_str))
        .map(printable_line);
    let architecture = match text("/Architecture").as_str() {
        "x86_64" => "amd64".to_owned(),
        "aarch64" => "arm64".to_owned(),
        "armv7l" | "armv6l" => "arm".to_owned(),
        "i686" | "i386" => "386".to_owned(),
        other => printable_line(other),
    };
    Ok(EngineFacts {
        engine: "docker".to_owned(),
        client_version: printable_line(&text("/ClientInfo/Version")),
        server_version: printable_line(&server_version),
        rawjson: buildx_version.as_deref().and_then(version).is_some_and(|version| version >= (0, 13)),
        buildx_version,
        storage_driver: printable_line(&text("/Driver")),
        os: printable_line(&text("/OSType")),
        architecture,
        context: printable_line(&text("/ClientInfo/Context")),
        can_look: client.companion.is_some(),
        ..EngineFacts::default()
    })
}

fn ask_builder(
    client: &Client,
    name: Option<&str>,
    facts: &mut EngineFacts,
    limit: Duration,
    cancel: &CancelToken,
) -> Result<(), EngineError> {
    let patience = Patience {
        // A builder may have to be started, or be far away.
        limit: limit * 3,
        cancel: Some(cancel),
    };
    let mut arguments = vec!["buildx", "inspect"];
    arguments.extend(name);
    let answer = match client.ask("asking the builder who it is", arguments, patience) {
        Err(EngineError::TimedOut { seconds, .. }) => {
            return Err(EngineError::BadBuilder {
                name: name.unwrap_or("default").to_owned(),
                message: format!("no answer in {seconds} s"),
            });
        }
        other => other?,
    };
    let text = answer.stdout_text();
    let field = |wanted: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.trim() == wanted).map(|(_, value)| printable_line(value.trim()))
    };
    if !answer.succeeded() && name.is_some() {
        return Err(EngineError::BadBuilder {
            name: name.unwrap_or_default().to_owned(),
            message: failure::last_words(&answer.stderr_text()),
        });
    }
    facts.builder = field("Name");
    facts.builder_driver = field("Driver");
    facts.buildkit_version = field("BuildKit version").or_else(|| field("BuildKit"));
    // The docker engine's own BuildKit does not always know its number.
    if facts.buildkit_version.as_deref().is_some_and(|version| version.starts_with("v0.0.0")) {
        facts.buildkit_version = None;
    }
    Ok(())
}

/// Major and minor number of a version such as `v0.13.1+ds1` or `26.1.5+dfsg1`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split(|character: char| !character.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(version("0.13.1+ds1"), Some((0, 13)));
        assert_eq!(version("v0.9.1-docker"), Some((0, 9)));
        assert_eq!(version("26.1.5+dfsg1"), Some((26, 1)));
        assert_eq!(version("dev"), None);
        assert!(version("v0.9.1") < Some((0, 13)));
    }
}
