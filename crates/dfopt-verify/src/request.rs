//! What is asked of the engine: builds and their bounds, as plain data.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One image to build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildSpec {
    /// The folder that is the build context.
    pub context: PathBuf,
    /// Where the instructions come from.
    pub dockerfile: DockerfileSource,
    /// The stage to build; the last one when absent.
    pub target: Option<String>,
    /// Build arguments in order; a value of `None` is taken from the environment by the engine's client.
    pub build_args: Vec<(String, Option<String>)>,
    /// `--secret` values as the user wrote them (`id=…,src=…` or `id=…,env=…`).
    pub secrets: Vec<String>,
    /// `--ssh` values as the user wrote them.
    pub ssh: Vec<String>,
    /// The platform, such as `linux/arm64`; the engine's own when absent.
    pub platform: Option<String>,
    /// `--network` of the build.
    pub network: Option<String>,
    /// Named contexts (`name`, `value`).
    pub contexts: Vec<(String, String)>,
    /// Which part of the build cache may be used.
    pub cache: CacheUse,
    /// Seconds after which the build is given up; no limit when absent.
    pub timeout_seconds: Option<u64>,
}

/// Where the instructions of a build come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DockerfileSource {
    /// A file.
    File(PathBuf),
    /// A text that is given to the engine as a temporary file.
    Text {
        /// The instructions.
        text: String,
        /// The file this text would replace: its ignore file is honoured, and error messages name it.
        in_place_of: PathBuf,
    },
}

impl Default for DockerfileSource {
    fn default() -> Self {
        Self::File(PathBuf::from("Dockerfile"))
    }
}

/// Which part of the build cache may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheUse {
    /// All of it.
    #[default]
    Full,
    /// None of it: every step runs again.
    Off,
}

/// Bounds of one run of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Seconds a program that does not listen is watched.
    pub watch_seconds: u64,
    /// Seconds a program is given to listen on the ports it should listen on, and to become healthy.
    pub listen_seconds: u64,
    /// Seconds between the stop signal and the kill.
    pub stop_grace_seconds: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Number of processes and threads.
    pub processes: u32,
    /// Bytes kept of each output stream.
    pub output_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            watch_seconds: 10,
            listen_seconds: 30,
            stop_grace_seconds: 5,
            memory_bytes: 2 << 30,
            processes: 512,
            output_bytes: 1 << 20,
        }
    }
}
