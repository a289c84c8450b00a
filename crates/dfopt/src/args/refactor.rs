//! What the command line says about refactors and about `verify`.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::{BuildArgs, EngineArgs};

/// Which refactors to make, and how.
#[derive(Args, Debug, Clone, Default)]
pub struct RefactorArgs {
    /// Make the file multi-stage: build tools stay in a stage that is not shipped
    #[arg(long, help_heading = "Refactors")]
    pub split_stages: bool,
    /// Copy what changes seldom before what changes often
    #[arg(long, help_heading = "Refactors")]
    pub order_copies: bool,
    /// Take away what the final image does not need
    #[arg(long, help_heading = "Refactors")]
    pub prune_stages: bool,
    /// The Dockerfile; by default the one in the context
    #[arg(long, value_name = "FILE", help_heading = "Refactors")]
    pub file: Option<PathBuf>,
    /// What the final stage starts from: auto, smallest, same, slim, distroless, alpine, scratch, or an image
    #[arg(long, value_name = "BASE", help_heading = "Refactors")]
    pub runtime: Option<RuntimeChoice>,
    /// Print the plan and its reasons; build nothing, write nothing
    #[arg(long, value_name = "FORMAT", help_heading = "Refactors")]
    pub plan: Option<PlanFormat>,
    /// Write the result unproved
    #[arg(long, help_heading = "Refactors")]
    pub no_verify: bool,
}

/// A flag that means nothing without a refactor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stray(pub &'static str);

impl RefactorArgs {
    /// Whether any refactor is asked for.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.split_stages || self.order_copies || self.prune_stages
    }

    /// The first flag that is given without the refactor it belongs to.
    #[must_use]
    pub fn stray(&self, engine: &EngineArgs) -> Option<Stray> {
        if self.is_any() {
            return None;
        }
        let given = [
            (self.file.is_some(), "--file"),
            (self.runtime.is_some(), "--runtime"),
            (self.plan.is_some(), "--plan"),
            (self.no_verify, "--no-verify"),
            (engine.builder.is_some(), "--builder"),
            (!engine.secret.is_empty(), "--secret"),
            (!engine.ssh.is_empty(), "--ssh"),
            (engine.platform.is_some(), "--platform"),
            (engine.network.is_some(), "--network"),
            (!engine.smoke.is_empty(), "--smoke"),
            (!engine.smoke_http.is_empty(), "--smoke-http"),
            (!engine.smoke_env.is_empty(), "--smoke-env"),
            (engine.accept_inconclusive, "--accept-inconclusive"),
            (engine.verify_timeout.is_some(), "--verify-timeout"),
            (engine.keep_images, "--keep-images"),
            (engine.report.is_some(), "--report"),
        ];
        given.into_iter().find(|(is_given, _)| *is_given).map(|(_, flag)| Stray(flag))
    }
}

/// How a plan is printed.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlanFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What the final stage starts from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum RuntimeChoice {
    /// What suits the program best.
    #[default]
    Auto,
    /// The smallest on which it works.
    Smallest,
    /// What the file starts from now.
    Same,
    /// The slim variant of the distribution.
    Slim,
    /// Distroless.
    Distroless,
    /// Alpine.
    Alpine,
    /// Nothing.
    Scratch,
    /// This image.
    Image(String),
}

impl FromStr for RuntimeChoice {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "auto" => RuntimeChoice::Auto,
            "smallest" => RuntimeChoice::Smallest,
            "same" => RuntimeChoice::Same,
            "slim" => RuntimeChoice::Slim,
            "distroless" => RuntimeChoice::Distroless,
            "alpine" => RuntimeChoice::Alpine,
            "scratch" => RuntimeChoice::Scratch,
            image => RuntimeChoice::Image(image.to_owned()),
        })
    }
}

/// `dfopt verify`
#[derive(Args, Debug, Clone)]
pub struct VerifyArgs {
    /// The Dockerfile as it was
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// The Dockerfile that is to replace it
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// What is known of the build.
    #[command(flatten)]
    pub build: BuildArgs,
    /// How to build and compare.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// How to print the verdict; `text` by default
    #[arg(long, short, value_name = "FORMAT")]
    pub format: Option<PlanFormat>,
    /// Print the verdict and nothing else
    #[arg(long, short)]
    pub quiet: bool,
}
