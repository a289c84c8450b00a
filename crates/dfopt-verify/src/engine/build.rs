//! Builds an image and tells of it step by step.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::command::{Collector, Guarding};
use super::plain::Plain;
use super::rawjson::RawJson;
use super::session::{Image, ImageRetention, Session};
use super::steps::{Step, Steps};
use super::{failure, secrets};
use crate::cancel::CancelToken;
use crate::error::{BuildError, EngineError};
use crate::progress::ProgressSink;
use crate::request::{BuildSpec, CacheUse, DockerfileSource};
use crate::text::{Redactor, printable_line};

/// An image that was built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Built {
    /// The image.
    pub image: Image,
    /// The steps, in the builder's order.
    pub steps: Vec<BuiltStep>,
    /// Seconds from start to end.
    pub seconds: f64,
}

/// One step of a build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BuiltStep {
    /// Its name as the builder words it, such as `[build 3/7] RUN make`.
    pub name: String,
    /// Whether its result was in the cache.
    pub cached: bool,
    /// Seconds it took.
    pub seconds: f64,
    /// Its last lines of output, safe to show.
    pub log: Vec<String>,
}

impl BuiltStep {
    /// The instruction without the place in brackets; `None` for the builder's own work and for `FROM`, whose cache state is
    /// chance.
    #[must_use]
    pub fn instruction(&self) -> Option<&str> {
        let (place, instruction) = self.name.strip_prefix('[')?.split_once("] ")?;
        (place != "internal" && !place.starts_with("auth") && place.contains('/') && !instruction.starts_with("FROM "))
            .then_some(instruction)
    }
}

/// Longest line of a builder's report that is waited for.
const MOST_LINE: u64 = 16 << 20;
/// Words of the builder that are kept when it fails.
const MOST_SAID: usize = 64 << 10;

enum Format {
    RawJson,
    Plain,
}

enum Report {
    RawJson(RawJson),
    Plain(Plain),
}

impl Session {
    /// Builds one image, with the user's build cache.
    ///
    /// # Errors
    /// When the Dockerfile does not build, a secret is missing, the caller cancels, it takes too long, or the engine fails.
    pub fn build(
        &self,
        spec: &BuildSpec,
        progress: &dyn ProgressSink,
        cancel: &CancelToken,
    ) -> Result<Built, BuildError> {
        let env = |name: &str| {
            let own = self.engine.client.env.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            own.or_else(|| std::env::var_os(name)).map(|value| value.to_string_lossy().into_owned())
        };
        let redactor = secrets::check(&spec.secrets, &env)?;
        let number = self.next();
        let dockerfile = self.place_dockerfile(spec, number)?;
        if self.engine.facts().rawjson {
            match self.build_once(spec, &dockerfile, number, &Format::RawJson, &redactor, progress, cancel) {
                Err(BuildError::Failed(failure)) if failure.step.is_none() && failure.message.contains("rawjson") => {}
                other => return other,
            }
        }
        self.build_once(spec, &dockerfile, number, &Format::Plain, &redactor, progress, cancel)
    }

    /// A file for `-f`, and the ignore file beside it: the builder looks for it by the name of the file it is given.
    fn place_dockerfile(&self, spec: &BuildSpec, number: u32) -> Result<PathBuf, EngineError> {
        let doing = "writing a temporary Dockerfile";
        let failed = |error: std::io::Error| failure::own_files(doing, &error);
        let (text, in_place_of) = match &spec.dockerfile {
            DockerfileSource::File(file) => return std::path::absolute(file).map_err(failed),
            DockerfileSource::Text { text, in_place_of } => (text, in_place_of),
        };
        let folder = self.temp_folder()?.join(number.to_string());
        std::fs::create_dir(&folder).map_err(failed)?;
        let name = in_place_of.file_name().map_or_else(|| OsString::from("Dockerfile"), OsString::from);
        let file = folder.join(&name);
        std::fs::write(&file, text).map_err(failed)?;
        match std::fs::read(ignore_file(in_place_of)) {
            Ok(rules) => std::fs::write(ignore_file(&file), rules).map_err(failed)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        Ok(file)
    }

    #[allow(clippy::too_many_arguments, reason = "one attempt of `build`, which alone calls it")]
    fn build_once(
        &self,
        spec: &BuildSpec,
        dockerfile: &Path,
        number: u32,
        format: &Format,
        redactor: &Redactor,
        progress: &dyn ProgressSink,
        cancel: &CancelToken,
    ) -> Result<Built, BuildError> {
        let doing = "building";
        let start = Instant::now();
        let tag = match self.retention {
            ImageRetention::Remove => format!("dfopt-run:{}-{number}", self.owner.run),
            ImageRetention::Keep => format!("dfopt-kept:{}-{number}", self.owner.run),
        };
        let arguments = self.build_arguments(spec, dockerfile, &tag, format)?;
        let mut process = self.engine.client.start(doing, arguments, Guarding::WhenPossible)?;
        let stdout = process.stdout.take().map(|pipe| Collector::new(pipe, MOST_SAID));
        let (send, lines) = mpsc::sync_channel(1024);
        if let Some(pipe) = process.stderr.take() {
            thread::spawn(move || send_lines(BufReader::new(pipe), &send));
        }
        let mut steps = Steps::new(progress, redactor);
        let mut report = match format {
            Format::RawJson => Report::RawJson(RawJson::default()),
            Format::Plain => Report::Plain(Plain::default()),
        };
        loop {
            match lines.recv_timeout(Duration::from_millis(40)) {
                Ok(line) => match &mut report {
                    Report::RawJson(report) => report.line(&line, &mut steps),
                    Report::Plain(report) => report.line(&line, &mut steps),
                },
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let late = spec.timeout_seconds.filter(|limit| start.elapsed() >= Duration::from_secs(*limit));
            if cancel.is_cancelled() || late.is_some() {
                self.interrupted.store(true, Ordering::SeqCst);
                process.kill();
                return Err(BuildError::Engine(late.filter(|_| !cancel.is_cancelled()).map_or(
                    EngineError::Cancelled,
                    |seconds| EngineError::TimedOut { doing: doing.to_owned(), seconds },
                )));
            }
        }
        let patience = super::command::Patience { limit: Duration::from_secs(60), cancel: Some(cancel) };
        let code = process.wait(doing, patience)?;
        let mut said = match report {
            Report::RawJson(mut report) => {
                report.end();
                report.said
            }
            Report::Plain(report) => report.said,
        };
        if code != Some(0) {
            self.interrupted.store(true, Ordering::SeqCst);
            if said.trim().is_empty() {
                said = stdout.map(Collector::finish).unwrap_or_default().text().into_owned();
            }
            let said: VecDeque<char> = redactor.redact(&said).chars().rev().take(MOST_SAID).collect();
            let said: String = said.into_iter().rev().collect();
            let shown = match &spec.dockerfile {
                DockerfileSource::File(file) => file,
                DockerfileSource::Text { in_place_of, .. } => in_place_of,
            };
            let shown = printable_line(&shown.to_string_lossy());
            return Err(failure::of_build(&shown, &steps, &said, &|| self.engine.answers()));
        }
        let image = self.resolve(&tag, cancel)?.ok_or_else(|| EngineError::Refused {
            doing: doing.to_owned(),
            message: "the builder says that it is done, and the engine does not have the image".to_owned(),
        })?;
        Ok(Built {
            image,
            steps: steps.into_steps().into_iter().map(BuiltStep::from).collect(),
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    fn build_arguments(
        &self,
        spec: &BuildSpec,
        dockerfile: &Path,
        tag: &str,
        format: &Format,
    ) -> Result<Vec<OsString>, EngineError> {
        let mut arguments: Vec<OsString> = Vec::new();
        let mut add = |words: &[&str]| arguments.extend(words.iter().map(OsString::from));
        if self.engine.facts().buildx_version.is_some() {
            add(&["buildx", "build", "--load"]);
            if let Some(builder) = self.engine.facts().builder.as_deref() {
                add(&["--builder", builder]);
            }
        } else {
            add(&["build"]);
        }
        add(&[
            "--progress",
            match format {
                Format::RawJson => "rawjson",
                Format::Plain => "plain",
            },
        ]);
        add(&["--label", &self.image_label(), "--tag", tag]);
        for (flag, value) in [("--target", &spec.target), ("--platform", &spec.platform), ("--network", &spec.network)]
        {
            if let Some(value) = value {
                add(&[flag, value]);
            }
        }
        for (name, value) in &spec.build_args {
            match value {
                Some(value) => add(&["--build-arg", &format!("{name}={value}")]),
                None => add(&["--build-arg", name]),
            }
        }
        for (name, value) in &spec.contexts {
            add(&["--build-context", &format!("{name}={value}")]);
        }
        for (flag, values) in [("--secret", &spec.secrets), ("--ssh", &spec.ssh)] {
            for value in values {
                add(&[flag, value]);
            }
        }
        if spec.cache == CacheUse::Off {
            add(&["--no-cache"]);
        }
        // Absolute, so that no name is taken for a flag or an address.
        let context = std::path::absolute(&spec.context)
            .map_err(|error| failure::own_files("finding the build context", &error))?;
        arguments.extend([OsString::from("--file"), dockerfile.into(), context.into()]);
        Ok(arguments)
    }
}

fn ignore_file(dockerfile: &Path) -> PathBuf {
    let mut name = dockerfile.as_os_str().to_owned();
    name.push(".dockerignore");
    PathBuf::from(name)
}

fn send_lines(mut pipe: impl BufRead, to: &mpsc::SyncSender<String>) {
    let mut line = Vec::new();
    loop {
        line.clear();
        match std::io::Read::take(&mut pipe, MOST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line);
                // Nobody listens any more: the build was given up.
                if to.send(text.trim_end_matches(['\n', '\r']).to_owned()).is_err() {
                    return;
                }
            }
        }
    }
}

impl From<Step> for BuiltStep {
    fn from(step: Step) -> Self {
        Self { name: step.name, cached: step.cached, seconds: step.seconds, log: step.log.into() }
    }
}
