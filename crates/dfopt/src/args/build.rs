//! What the command line says about builds: their inputs, and the engine that makes and compares them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::env;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use dfopt_verify::engine::EngineChoice;
use dfopt_verify::run::{HttpRequest, SmokeNetwork};

use super::values::seconds;

/// What is known of the build.
#[derive(Args, Debug, Clone, Default)]
pub struct BuildArgs {
    /// The folder that is the build context
    #[arg(long, value_name = "DIR", help_heading = "Build")]
    pub context: Option<PathBuf>,
    /// The stage that is built; the last one if not given
    #[arg(long, value_name = "STAGE", help_heading = "Build")]
    pub target: Option<String>,
    /// Set a build argument; without a value it is taken from the environment
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = "Build")]
    pub build_arg: Vec<BuildArg>,
}

impl BuildArgs {
    /// The build arguments as given, in order.
    #[must_use]
    pub fn build_args(&self) -> Vec<(String, Option<String>)> {
        self.build_arg.iter().map(|arg| (arg.name.clone(), arg.value.clone())).collect()
    }

    /// The values of the build arguments.
    #[must_use]
    pub fn known_args(&self) -> BTreeMap<String, String> {
        known_args(&self.build_arg)
    }
}

/// The values of build arguments, those without one taken from the environment.
#[must_use]
pub(crate) fn known_args(args: &[BuildArg]) -> BTreeMap<String, String> {
    let value = |arg: &BuildArg| arg.value.clone().or_else(|| env::var(&arg.name).ok());
    args.iter().filter_map(|arg| Some((arg.name.clone(), value(arg)?))).collect()
}

/// `NAME` or `NAME=VALUE`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuildArg {
    /// The argument.
    pub name: String,
    /// Its value; `None` when the environment has it.
    pub value: Option<String>,
}

impl FromStr for BuildArg {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once('=') {
            Some((name, value)) => BuildArg { name: name.to_owned(), value: Some(value.to_owned()) },
            None => BuildArg { name: text.to_owned(), value: None },
        })
    }
}

/// How to build and compare.
#[derive(Args, Debug, Clone)]
pub struct EngineArgs {
    /// The container engine
    #[arg(long, value_name = "ENGINE", default_value = "auto", help_heading = "Engine")]
    pub engine: EngineName,
    /// The buildx builder; the selected one if not given
    #[arg(long, value_name = "NAME", help_heading = "Engine")]
    pub builder: Option<String>,
    /// A secret for the builds: id=NAME[,src=FILE|,env=VARIABLE]
    #[arg(long, value_name = "SECRET", help_heading = "Engine")]
    pub secret: Vec<String>,
    /// An SSH agent or key for the builds: default|ID[=SOCKET|KEY]
    #[arg(long, value_name = "SSH", help_heading = "Engine")]
    pub ssh: Vec<String>,
    /// The platform to build for, such as linux/arm64
    #[arg(long, value_name = "PLATFORM", help_heading = "Engine")]
    pub platform: Option<String>,
    /// The network of the builds' RUN instructions
    #[arg(long, value_name = "MODE", help_heading = "Engine")]
    pub network: Option<String>,
    /// Run this command in both images and compare; may be given several times
    #[arg(long, value_name = "CMD", help_heading = "Comparison")]
    pub smoke: Vec<String>,
    /// Ask for this over HTTP in both images and compare; may be given several times
    #[arg(long, value_name = "PORT[/PATH]", value_parser = http_request, help_heading = "Comparison")]
    pub smoke_http: Vec<HttpRequest>,
    /// Set a variable for the runs
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment, help_heading = "Comparison")]
    pub smoke_env: Vec<(String, String)>,
    /// The network of the runs
    #[arg(long, value_name = "MODE", default_value = "none", help_heading = "Comparison")]
    pub smoke_network: NetworkOfRuns,
    /// Take a comparison that could not be made for one that passed
    #[arg(long, help_heading = "Comparison")]
    pub accept_inconclusive: bool,
    /// Give up builds and comparisons after this time: seconds, or 15m, 2h
    #[arg(long, value_name = "TIME", value_parser = seconds, help_heading = "Comparison")]
    pub verify_timeout: Option<u64>,
    /// Keep the images that were built
    #[arg(long, help_heading = "Comparison")]
    pub keep_images: bool,
    /// Write what was done and found to FILE (.json or .md)
    #[arg(long, value_name = "FILE", help_heading = "Comparison")]
    pub report: Option<PathBuf>,
    /// Ask nothing
    #[arg(long, help_heading = "Comparison")]
    pub yes: bool,
}

/// A container engine.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EngineName {
    /// The first one found.
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

impl EngineName {
    /// The engine as `dfopt-verify` names it.
    #[must_use]
    pub fn choice(self) -> EngineChoice {
        match self {
            EngineName::Auto => EngineChoice::Auto,
            EngineName::Docker => EngineChoice::Docker,
            EngineName::Podman => EngineChoice::Podman,
            EngineName::Buildah => EngineChoice::Buildah,
            EngineName::Nerdctl => EngineChoice::Nerdctl,
        }
    }
}

/// The network of containers under test.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NetworkOfRuns {
    /// Loopback only.
    #[default]
    None,
    /// The engine's bridge.
    Bridge,
}

impl NetworkOfRuns {
    /// The network as `dfopt-verify` names it.
    #[must_use]
    pub fn network(self) -> SmokeNetwork {
        match self {
            NetworkOfRuns::None => SmokeNetwork::None,
            NetworkOfRuns::Bridge => SmokeNetwork::Bridge,
        }
    }
}

fn http_request(text: &str) -> Result<HttpRequest, String> {
    let (port, path) = text.find('/').map_or((text, "/"), |at| text.split_at(at));
    match port.parse() {
        Ok(port @ 1..) => Ok(HttpRequest { port, path: path.to_owned() }),
        _ => Err("expected a port, or a port and a path, such as `8080/health`".to_owned()),
    }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_a_port_and_a_path() {
        assert_eq!(http_request("80").unwrap(), HttpRequest { port: 80, path: "/".into() });
        assert_eq!(http_request("8080/a?b=c").unwrap(), HttpRequest { port: 8080, path: "/a?b=c".into() });
        for bad in ["", "/x", "0", "70000", "x/y", "http://a"] {
            assert!(http_request(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn assignments_have_a_name() {
        assert_eq!(assignment("A=").unwrap(), ("A".into(), String::new()));
        assert!(assignment("=b").is_err() && assignment("A").is_err());
    }
}
