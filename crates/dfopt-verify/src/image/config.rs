//! The image configuration: what `docker inspect` and the OCI image specification call `config`, with Docker's own fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// What the engine knows about how to run an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// Processor architecture, such as `amd64`.
    #[serde(default)]
    pub architecture: String,
    /// Operating system, such as `linux`.
    #[serde(default)]
    pub os: String,
    /// Processor variant, such as `v8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Run-time settings.
    #[serde(default, deserialize_with = "null_is_default")]
    pub config: RunConfig,
    /// What made each layer.
    #[serde(default, deserialize_with = "null_is_default")]
    pub history: Vec<HistoryEntry>,
    /// The layers.
    #[serde(default, deserialize_with = "null_is_default")]
    pub rootfs: RootFs,
}

/// The run-time part of an image configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RunConfig {
    /// User, as written in the last `USER`.
    #[serde(deserialize_with = "null_is_default")]
    pub user: String,
    /// Exposed ports, such as `80/tcp`.
    #[serde(deserialize_with = "keys")]
    pub exposed_ports: Vec<String>,
    /// Environment settings as `NAME=value`, in order.
    #[serde(deserialize_with = "null_is_default")]
    pub env: Vec<String>,
    /// Entry point words.
    pub entrypoint: Option<Vec<String>>,
    /// Default arguments.
    pub cmd: Option<Vec<String>>,
    /// Health check.
    pub healthcheck: Option<HealthConfig>,
    /// Whether a single command string is already escaped (Windows).
    #[serde(deserialize_with = "null_is_default")]
    pub args_escaped: bool,
    /// Declared volumes.
    #[serde(deserialize_with = "keys")]
    pub volumes: Vec<String>,
    /// Working folder.
    #[serde(deserialize_with = "null_is_default")]
    pub working_dir: String,
    /// Labels.
    #[serde(deserialize_with = "null_is_default")]
    pub labels: BTreeMap<String, String>,
    /// Stop signal.
    pub stop_signal: Option<String>,
    /// Shell for the shell form.
    pub shell: Option<Vec<String>>,
    /// Triggers for images built on this one.
    #[serde(deserialize_with = "null_is_default")]
    pub on_build: Vec<String>,
}

/// A health check as the engine stores it; times are nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthConfig {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`.
    #[serde(deserialize_with = "null_is_default")]
    pub test: Vec<String>,
    /// Time between checks.
    pub interval: i64,
    /// Time a check may take.
    pub timeout: i64,
    /// Grace time after the start.
    pub start_period: i64,
    /// Time between checks within the grace time.
    pub start_interval: i64,
    /// Failures in a row before the container is unhealthy.
    pub retries: i64,
}

/// One line of an image's history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The instruction as the engine recorded it.
    #[serde(default)]
    pub created_by: String,
    /// Whether it made no layer.
    #[serde(default)]
    pub empty_layer: bool,
    /// The builder's remark, such as `buildkit.dockerfile.v0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The layers of an image by the digest of their uncompressed archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFs {
    /// One digest a layer, lowest first.
    #[serde(default, deserialize_with = "null_is_default")]
    pub diff_ids: Vec<String>,
}

impl ImageConfig {
    /// Reads what `docker image inspect` prints of one image; `None` when it is of another form.
    #[must_use]
    pub fn from_inspect(document: &serde_json::Value) -> Option<Self> {
        let document = document.as_array().map_or(Some(document), |list| list.first())?;
        let text = |name: &str| document[name].as_str().unwrap_or("").to_owned();
        let layers = document["RootFS"]["Layers"].as_array();
        Some(Self {
            architecture: text("Architecture"),
            os: text("Os"),
            variant: document["Variant"].as_str().filter(|variant| !variant.is_empty()).map(str::to_owned),
            config: Option::deserialize(&document["Config"]).ok()?.unwrap_or_default(),
            history: Vec::new(),
            rootfs: RootFs {
                diff_ids: layers.into_iter().flatten().filter_map(|layer| layer.as_str().map(str::to_owned)).collect(),
            },
        })
    }
}

impl RunConfig {
    /// The value of an environment setting; the last one wins.
    #[must_use]
    pub fn env_value(&self, name: &str) -> Option<&str> {
        self.env.iter().rev().find_map(|setting| {
            let (key, value) = setting.split_once('=')?;
            (key == name).then_some(value)
        })
    }

    /// Environment settings by name.
    #[must_use]
    pub fn env_map(&self) -> BTreeMap<&str, &str> {
        self.env.iter().map(|setting| setting.split_once('=').unwrap_or((setting, ""))).collect()
    }

    /// The words a container starts with: entry point, then arguments.
    #[must_use]
    pub fn command(&self) -> Vec<String> {
        let words = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
        let mut command = words(&self.entrypoint);
        command.extend(words(&self.cmd));
        command
    }

    /// The working folder, `/` when none is set.
    #[must_use]
    pub fn workdir(&self) -> &str {
        if self.working_dir.is_empty() { "/" } else { &self.working_dir }
    }

    /// The folders programs are looked for in, in order.
    #[must_use]
    pub fn search_path(&self) -> Vec<&str> {
        // Without PATH in the image the engine sets this one.
        self.env_value("PATH")
            .unwrap_or("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .split(':')
            .filter(|folder| !folder.is_empty())
            .collect()
    }

    /// The words of the health check and whether a shell runs them; `None` without a check.
    #[must_use]
    pub fn health_command(&self) -> Option<Command<'_>> {
        let test = &self.healthcheck.as_ref()?.test;
        match test.first().map(String::as_str) {
            Some("CMD") => Some(Command::Words(&test[1..])),
            Some("CMD-SHELL") => Some(Command::Shell(test.get(1).map_or("", String::as_str))),
            _ => None,
        }
    }
}

/// A command of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// Words that are executed as they are.
    Words(&'a [String]),
    /// Text that a shell reads.
    Shell(&'a str),
}

fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Engines write sets as objects with empty values; our own form is a list.
fn keys<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Map(BTreeMap<String, serde_json::Value>),
        List(Vec<String>),
    }
    let mut list = match Option::<Form>::deserialize(from)? {
        Some(Form::Map(map)) => map.into_keys().collect(),
        Some(Form::List(list)) => list,
        None => Vec::new(),
    };
    list.sort();
    Ok(list)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn an_inspected_image_is_read() {
        let document = serde_json::json!([{"Architecture": "arm64", "Os": "linux", "Variant": "v8", "Config": {"User": "app"},
            "RootFS": {"Type": "layers", "Layers": ["sha256:1", "sha256:2"]}}]);
        let config = ImageConfig::from_inspect(&document).unwrap();
        assert_eq!((config.variant.as_deref(), config.config.user.as_str()), (Some("v8"), "app"));
        assert_eq!(config.rootfs.diff_ids, ["sha256:1", "sha256:2"]);
        assert!(ImageConfig::from_inspect(&serde_json::json!([])).is_none());
    }

    #[test]
    fn docker_fields_and_nulls_are_read() {
        let config: ImageConfig = serde_json::from_str(
            r#"{"architecture":"amd64","os":"linux","config":{"Env":["A=1","B=x=y","A=2"],"Entrypoint":null,
            "Cmd":["serve"],"ExposedPorts":{"80/tcp":{}},"Volumes":null,"Healthcheck":{"Test":["CMD-SHELL","curl -f x"],
            "Interval":5},"OnBuild":null,"Labels":null,"Shell":["/bin/bash","-c"]},"history":[{"created_by":"x",
            "empty_layer":true}],"rootfs":{"type":"layers","diff_ids":["sha256:1"]}}"#,
        )
        .unwrap();
        let run = &config.config;
        assert_eq!(run.env_value("A"), Some("2"));
        assert_eq!(run.env_value("B"), Some("x=y"));
        assert_eq!(run.exposed_ports, ["80/tcp"]);
        assert_eq!(run.command(), ["serve"]);
        assert_eq!(run.health_command(), Some(Command::Shell("curl -f x")));
        let json = serde_json::to_string(&config).unwrap();
        let back: ImageConfig = serde_json::from_str(&json).unwrap();
        assert_eq!(back, config);
    }
}
