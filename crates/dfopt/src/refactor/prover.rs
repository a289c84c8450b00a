//! The engine at work for one refactor: builds, reads, runs and compares; decides nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dfopt_verify::cancel::CancelToken;
use dfopt_verify::compare::{RunSet, Subject, compare};
use dfopt_verify::engine::{Engine, EngineFacts, EngineOptions, ImageRetention, RunTarget, Session, SessionOptions};
use dfopt_verify::error::{BuildError, EngineError};
use dfopt_verify::expectations::Expectations;
use dfopt_verify::image::{Image, ImageConfig, ImageError, LayerCache, ReadConfig, RunConfig};
use dfopt_verify::request::{BuildSpec, DockerfileSource};
use dfopt_verify::run::{HttpChoice, RunRecord, SmokeCommand, SmokeSpec, Trace};
use dfopt_verify::verdict::Verdict;

use crate::args::{BuildArgs, EngineArgs};
use crate::exit::Failure;
use crate::progress::Progress;

/// Everything that the builds and runs of one refactor share.
pub(super) struct Prover<'p> {
    session: Session,
    context: PathBuf,
    build: &'p BuildArgs,
    engine: &'p EngineArgs,
    progress: &'p Progress,
    cancel: CancelToken,
    cache: Arc<LayerCache>,
    deadline: Option<Instant>,
}

/// An image with all that is known of it.
pub(super) struct Built {
    /// The files and the configuration.
    pub image: Image,
    /// The engine's name for it.
    pub reference: String,
    /// The engine's id.
    pub id: String,
    /// The configuration of its base.
    pub base: Option<ImageConfig>,
    /// The runs that were made.
    pub runs: Vec<RunSet>,
    /// Seconds that the build took.
    pub seconds: f64,
}

/// Why something did not work.
pub(super) enum Trouble {
    /// A Dockerfile does not build: its step and the last lines.
    Build(String),
    /// The engine, a disk, or the user.
    Engine(Failure),
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        Trouble::Engine(failure(&error))
    }
}

fn failure(error: &EngineError) -> Failure {
    match error {
        EngineError::Cancelled => Failure::Interrupted,
        other => Failure::new(other.to_string()),
    }
}

impl<'p> Prover<'p> {
    /// Finds the engine.
    pub fn open(
        context: &Path,
        build: &'p BuildArgs,
        engine: &'p EngineArgs,
        progress: &'p Progress,
        cancel: &CancelToken,
    ) -> Result<Self, Failure> {
        let options = EngineOptions {
            choice: engine.engine.choice(),
            builder: engine.builder.clone(),
            ..EngineOptions::default()
        };
        let found = Engine::detect(&options, cancel).map_err(|error| failure(&error))?;
        let images = if engine.keep_images { ImageRetention::Keep } else { ImageRetention::Remove };
        let session = Session::open(found, &SessionOptions { images, ..SessionOptions::default() }, cancel)
            .map_err(|error| failure(&error))?;
        Ok(Prover {
            session,
            context: context.to_owned(),
            build,
            engine,
            progress,
            cancel: cancel.clone(),
            cache: Arc::default(),
            deadline: engine.verify_timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds)),
        })
    }

    /// The engine as reports name it.
    pub fn facts(&self) -> &EngineFacts {
        self.session.engine().facts()
    }

    fn remaining(&self) -> Result<Option<u64>, Trouble> {
        let Some(deadline) = self.deadline else { return Ok(None) };
        match deadline.saturating_duration_since(Instant::now()).as_secs() {
            0 => Err(Trouble::Engine(Failure::new(
                "the time given with `--verify-timeout` is over; nothing was written",
            ))),
            seconds => Ok(Some(seconds)),
        }
    }

    /// Builds and reads an image; `base` is the name of the image it starts from, if it starts from one.
    pub fn build(&self, dockerfile: DockerfileSource, base: Option<&str>) -> Result<Built, Trouble> {
        let spec = BuildSpec {
            context: self.context.clone(),
            dockerfile,
            target: self.build.target.clone(),
            build_args: self.build.build_args(),
            secrets: self.engine.secret.clone(),
            ssh: self.engine.ssh.clone(),
            platform: self.engine.platform.clone(),
            network: self.engine.network.clone(),
            timeout_seconds: self.remaining()?,
            ..BuildSpec::default()
        };
        let built = self.session.build(&spec, self.progress, &self.cancel).map_err(|error| match error {
            BuildError::Failed(failure) => Trouble::Build(failure.to_string()),
            other => Trouble::Engine(match other {
                BuildError::Engine(error) => failure(&error),
                other => Failure::new(other.to_string()),
            }),
        })?;
        let base = match base {
            Some(base) => Some(self.base_config(base)?),
            None => None,
        };
        let image = self.read(&built.image.reference, base.as_ref())?;
        Ok(Built {
            image,
            reference: built.image.reference,
            id: built.image.id,
            base,
            runs: Vec::new(),
            seconds: built.seconds,
        })
    }

    /// Reads an image that the engine has, or fetches it first; `None` if it cannot be had.
    pub fn base_image(&self, name: &str) -> Result<Option<Image>, Trouble> {
        if name == "scratch" {
            return Ok(None);
        }
        // By its id: a name without a tag would bring every tag.
        let id = match self.session.resolve(name, &self.cancel)? {
            Some(found) => found.id,
            None => match self.session.pull(name, self.engine.platform.as_deref(), &self.cancel) {
                Ok(pulled) => pulled.id,
                Err(EngineError::Cancelled) => return Err(EngineError::Cancelled.into()),
                Err(_) => return Ok(None),
            },
        };
        self.read(&id, None).map(Some)
    }

    fn base_config(&self, name: &str) -> Result<ImageConfig, Trouble> {
        if self.session.resolve(name, &self.cancel)?.is_none() {
            self.session.pull(name, self.engine.platform.as_deref(), &self.cancel)?;
        }
        let document = self.session.inspect_config(name, &self.cancel)?;
        let mut config = ImageConfig::default();
        if let Some(settings) = document.get("Config").filter(|settings| !settings.is_null()) {
            config.config = serde_json::from_value::<RunConfig>(settings.clone()).map_err(|error| {
                Trouble::Engine(Failure::new(format!(
                    "the engine describes {name} in a way that is not understood: {error}"
                )))
            })?;
        }
        let layers =
            document.pointer("/RootFS/Layers").and_then(|layers| layers.as_array()).cloned().unwrap_or_default();
        config.rootfs.diff_ids = layers.iter().filter_map(|layer| layer.as_str().map(str::to_owned)).collect();
        Ok(config)
    }

    fn read(&self, reference: &str, base: Option<&ImageConfig>) -> Result<Image, Trouble> {
        let config = ReadConfig {
            base_diff_ids: base.map(|base| base.rootfs.diff_ids.clone()).unwrap_or_default(),
            cache: Some(Arc::clone(&self.cache)),
            ..ReadConfig::default()
        };
        let saved = self.session.save(reference, &self.cancel)?;
        Image::read(saved, &config).map_err(|error| {
            if self.cancel.is_cancelled() {
                return Trouble::Engine(Failure::Interrupted);
            }
            let error: ImageError = error;
            Trouble::Engine(Failure::new(format!("the image cannot be read: {error}")))
        })
    }

    /// The words of the commands given with `--smoke`.
    pub fn smoke_commands(&self) -> Result<Vec<Vec<String>>, Failure> {
        self.engine
            .smoke
            .iter()
            .map(|text| {
                split_words(text).ok_or_else(|| Failure::new(format!("`--smoke {text}`: a quote is not closed")))
            })
            .collect()
    }

    /// Runs the image's own command and those given with `--smoke`, each `times` times.
    pub fn run(&self, built: &mut Built, look_from: &str, times: usize) -> Result<(), Trouble> {
        let mut asked = vec![("the image's command".to_owned(), SmokeCommand::Image)];
        let extra = self.smoke_commands().map_err(Trouble::Engine)?;
        asked.extend(extra.into_iter().map(|words| (format!("`{}`", words.join(" ")), SmokeCommand::Program(words))));
        for (name, command) in asked {
            let spec = SmokeSpec {
                http: match (&command, self.engine.smoke_http.is_empty()) {
                    (SmokeCommand::Image, true) => HttpChoice::Exposed,
                    (SmokeCommand::Image, false) => HttpChoice::Asked(self.engine.smoke_http.clone()),
                    _ => HttpChoice::Off,
                },
                command,
                env: self.engine.smoke_env.clone(),
                network: self.engine.smoke_network.network(),
                ..SmokeSpec::default()
            };
            let mut records = Vec::new();
            for _ in 0..times {
                self.remaining()?;
                let target =
                    RunTarget { image: &built.reference, look_from, platform: self.engine.platform.as_deref() };
                records.push(self.session.run(&target, &spec, &self.cancel)?);
            }
            let command = records.first().map(|record: &RunRecord| record.command.clone()).unwrap_or_default();
            let mut traces = Vec::new();
            for _ in 0..times {
                self.remaining()?;
                let target =
                    RunTarget { image: &built.reference, look_from, platform: self.engine.platform.as_deref() };
                traces.push(self.session.trace(&target, &spec, &command, &self.cancel)?);
                // What is not possible once will not be the next time.
                if matches!(traces.last(), Some(Trace::Impossible { .. })) {
                    break;
                }
            }
            built.runs.push(RunSet { name, records, traces });
        }
        Ok(())
    }

    /// Runs an image more often, and puts two runs in front that differ, if any do: they show what changes by itself.
    pub fn run_again(&self, built: &mut Built, look_from: &str, times: usize) -> Result<(), Trouble> {
        let known = std::mem::take(&mut built.runs);
        self.run(built, look_from, times)?;
        for (set, before) in built.runs.iter_mut().zip(known) {
            set.records.splice(0..0, before.records);
            let said = |record: &RunRecord| (record.stdout.text().into_owned(), record.stderr.text().into_owned());
            let first = set.records.first().map(said);
            if let Some(at) = set.records.iter().position(|record| Some(said(record)) != first) {
                set.records.swap(1, at);
            }
        }
        Ok(())
    }

    /// Removes what was made, and says so when that fails.
    pub fn finish(self) -> Result<(), Failure> {
        self.session.finish().map(|_| ()).map_err(|error| failure(&error))
    }
}

/// The judge's word on two images.
pub(super) fn judge(before: &Built, after: &Built, expectations: &Expectations) -> Verdict {
    compare(&subject(before), &subject(after), expectations)
}

fn subject(built: &Built) -> Subject<'_> {
    Subject { image: &built.image, base: built.base.as_ref(), runs: &built.runs }
}

/// A command line cut into words as a POSIX shell would, without expansions; `None` if a quote is not closed.
fn split_words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoke_commands_are_cut_like_a_shell_does() {
        let words = |text: &str| split_words(text).map(|words| words.join("|"));
        assert_eq!(words("app --name 'a b' \"c\\\"d\" ''").as_deref(), Some("app|--name|a b|c\"d|"));
        assert_eq!(words("app 'a"), None);
    }
}
