//! One run's hold on an engine: what it makes carries its label and goes away with it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::command::{Answer, Collector, Guarding, Patience, Process};
use super::owner::{KEPT_LABEL, Owner, RUN_LABEL};
use super::sweep::{self, Swept};
use super::{Engine, failure};
use crate::cancel::CancelToken;
use crate::error::EngineError;

/// How a session behaves.
#[derive(Debug, Clone, Default)]
pub struct SessionOptions {
    /// What becomes of built images.
    pub images: ImageRetention,
    /// Where temporary files go; the system's folder when absent.
    pub temp_dir: Option<PathBuf>,
}

/// What becomes of the images that a session builds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ImageRetention {
    /// They are removed at the end.
    #[default]
    Remove,
    /// They stay, with a label that no later run removes.
    Keep,
}

/// An image that the engine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The engine's id.
    pub id: String,
    /// A name by which the engine finds it.
    pub reference: String,
}

/// One run's hold on an engine. Dropped, it removes what it made; [`Session::finish`] does the same and tells.
#[derive(Debug)]
pub struct Session {
    pub(super) engine: Engine,
    pub(super) owner: Owner,
    pub(super) retention: ImageRetention,
    temp: Mutex<Option<PathBuf>>,
    temp_root: PathBuf,
    count: AtomicU32,
    /// Set when a command was cut off whose work the engine may still complete.
    pub(super) interrupted: AtomicBool,
    swept: Swept,
    pulled: Mutex<Vec<String>>,
    finished: bool,
}

/// Answers of a healthy engine to small questions.
const SHORT: Duration = Duration::from_secs(60);
const PULL: Duration = Duration::from_secs(30 * 60);

impl Session {
    /// Opens a session and removes what killed runs left behind.
    ///
    /// # Errors
    /// When the caller cancels; leftovers that cannot be removed are no reason to fail.
    pub fn open(engine: Engine, options: &SessionOptions, cancel: &CancelToken) -> Result<Self, EngineError> {
        let owner = Owner::current();
        let temp_root = options.temp_dir.clone().unwrap_or_else(std::env::temp_dir);
        let mut swept = match sweep::remove(&engine, &|other| other.is_dead(&owner), Some(cancel)) {
            Err(EngineError::Cancelled) => return Err(EngineError::Cancelled),
            other => other.unwrap_or_default(),
        };
        swept.folders = sweep::remove_folders(&temp_root, &|other| other.is_dead(&owner));
        Ok(Self {
            engine,
            owner,
            retention: options.images,
            temp: Mutex::new(None),
            temp_root,
            count: AtomicU32::new(0),
            interrupted: AtomicBool::new(false),
            swept,
            pulled: Mutex::new(Vec::new()),
            finished: false,
        })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Which run this is.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// What was removed of killed runs when the session was opened.
    #[must_use]
    pub fn swept(&self) -> Swept {
        self.swept
    }

    /// Removes all that this session made, and what runs killed in the meantime left.
    ///
    /// # Errors
    /// When the engine does not do it; a later run will.
    pub fn finish(mut self) -> Result<Swept, EngineError> {
        self.finished = true;
        self.clean_up()
    }

    /// The image of this name, when the engine has it.
    ///
    /// # Errors
    /// When the engine cannot be asked.
    pub fn resolve(&self, reference: &str, cancel: &CancelToken) -> Result<Option<Image>, EngineError> {
        let answer =
            self.ask("looking for an image", &["image", "inspect", "--format", "{{.Id}}", reference], cancel)?;
        if answer.succeeded() {
            return Ok(Some(Image { id: answer.stdout_text(), reference: reference.to_owned() }));
        }
        let words = answer.stderr_text();
        if words.to_lowercase().contains("no such image") || words.to_lowercase().contains("not found") {
            return Ok(None);
        }
        Err(failure::refused("looking for an image", &words))
    }

    /// Whether the engine has the image.
    ///
    /// # Errors
    /// When the engine cannot be asked.
    pub fn image_exists(&self, reference: &str, cancel: &CancelToken) -> Result<bool, EngineError> {
        Ok(self.resolve(reference, cancel)?.is_some())
    }

    /// The image of this name, fetched when the engine does not have it. What was fetched is removed at the end of the session
    /// like what was built; a run that is killed leaves it as any `docker pull` does.
    ///
    /// # Errors
    /// When there is no such image or it cannot be fetched.
    pub fn pull(&self, reference: &str, platform: Option<&str>, cancel: &CancelToken) -> Result<Image, EngineError> {
        if let Some(image) = self.resolve(reference, cancel)? {
            return Ok(image);
        }
        let mut arguments = vec!["pull", "--quiet"];
        if let Some(platform) = platform {
            arguments.extend(["--platform", platform]);
        }
        arguments.push(reference);
        let patience = Patience { limit: PULL, cancel: Some(cancel) };
        let answer = self.engine.client.ask("fetching an image", arguments, patience)?;
        if !answer.succeeded() {
            let missing = |message| EngineError::NoImage { reference: reference.to_owned(), message };
            return Err(match failure::refused("fetching an image", &answer.stderr_text()) {
                EngineError::Refused { message, .. } => missing(message),
                // A registry that cannot be reached is told in the same words as an engine that is gone.
                EngineError::Died { message, .. } if self.engine.answers() => missing(message),
                other => other,
            });
        }
        if self.retention == ImageRetention::Remove {
            self.pulled.lock().unwrap_or_else(PoisonError::into_inner).push(reference.to_owned());
        }
        self.resolve(reference, cancel)?.ok_or_else(|| EngineError::NoImage {
            reference: reference.to_owned(),
            message: "fetched, and not there".to_owned(),
        })
    }

    /// What the engine says of an image: the document of `docker image inspect`.
    ///
    /// # Errors
    /// When there is no such image or the engine cannot be asked.
    pub fn inspect_config(&self, reference: &str, cancel: &CancelToken) -> Result<Value, EngineError> {
        let doing = "inspecting an image";
        let answer = self.ask(doing, &["image", "inspect", "--format", "{{json .}}", reference], cancel)?;
        if !answer.succeeded() {
            return Err(failure::refused(doing, &answer.stderr_text()));
        }
        serde_json::from_slice(&answer.stdout).map_err(|error| EngineError::Refused {
            doing: doing.to_owned(),
            message: format!("its answer is no JSON: {error}"),
        })
    }

    /// The image as the stream that `docker save` writes. An engine that fails half way makes the last read fail.
    ///
    /// # Errors
    /// When the command cannot be started.
    pub fn save(&self, reference: &str, cancel: &CancelToken) -> Result<SavedImage, EngineError> {
        let mut process = self.engine.client.start("saving an image", ["save", reference], Guarding::WhenPossible)?;
        let (Some(stdout), Some(stderr)) = (process.stdout.take(), process.stderr.take()) else {
            return Err(EngineError::Refused {
                doing: "saving an image".to_owned(),
                message: "the command has no output".to_owned(),
            });
        };
        let process = Arc::new(Mutex::new(process));
        let done = Arc::new(AtomicBool::new(false));
        let watched = (Arc::clone(&process), Arc::clone(&done), cancel.clone());
        // A read may block for as long as the engine is silent, so somebody else has to listen to the caller.
        thread::spawn(move || {
            let (process, done, cancel) = watched;
            while !done.load(Ordering::SeqCst) {
                if cancel.is_cancelled() {
                    lock(&process).kill();
                    return;
                }
                thread::sleep(Duration::from_millis(30));
            }
        });
        Ok(SavedImage { stdout, stderr: Some(Collector::new(stderr, 64 << 10)), process, done, cancel: cancel.clone() })
    }

    pub(super) fn ask(&self, doing: &str, arguments: &[&str], cancel: &CancelToken) -> Result<Answer, EngineError> {
        let patience = Patience { limit: SHORT, cancel: Some(cancel) };
        self.engine.client.ask(doing, arguments, patience)
    }

    /// A number that no other thing of this session has.
    pub(super) fn next(&self) -> u32 {
        self.count.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Label for images, as key and value.
    pub(super) fn image_label(&self) -> String {
        match self.retention {
            ImageRetention::Remove => self.label(),
            ImageRetention::Keep => format!("{KEPT_LABEL}={}", self.owner.run),
        }
    }

    /// Label for what always goes away.
    pub(super) fn label(&self) -> String {
        format!("{RUN_LABEL}={}", self.owner)
    }

    /// A folder for temporary files, made when it is first needed.
    pub(super) fn temp_folder(&self) -> Result<PathBuf, EngineError> {
        let mut temp = self.temp.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = &*temp {
            return Ok(folder.clone());
        }
        let folder = self.temp_root.join(sweep::folder_name(&self.owner));
        make_private(&folder).map_err(|error| failure::own_files("making a temporary folder", &error))?;
        *temp = Some(folder.clone());
        Ok(folder)
    }

    fn clean_up(&self) -> Result<Swept, EngineError> {
        if let Some(folder) = self.temp.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(std::fs::remove_dir_all(folder));
        }
        for reference in std::mem::take(&mut *self.pulled.lock().unwrap_or_else(PoisonError::into_inner)) {
            // In use by something of the user's by now: then it stays.
            drop(self.ask("removing an image", &["image", "rm", &reference], &CancelToken::new()));
        }
        let mine = |other: &Owner| other.run == self.owner.run || other.is_dead(&self.owner);
        let mut swept = sweep::remove(&self.engine, &mine, None)?;
        if self.interrupted.load(Ordering::SeqCst) {
            // The engine learns of a client's death in its own time, and may complete what it had begun.
            for _ in 0..4 {
                thread::sleep(Duration::from_millis(150));
                let more = sweep::remove(&self.engine, &mine, None)?;
                swept.images += more.images;
                swept.containers += more.containers;
            }
        }
        Ok(swept)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody is left to tell; a later run removes what stays.
            drop(self.clean_up());
        }
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir(folder)
}

fn lock(process: &Mutex<Process>) -> std::sync::MutexGuard<'_, Process> {
    process.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An image as it is streamed out of the engine; dropped, the stream is cut off.
#[derive(Debug)]
pub struct SavedImage {
    stdout: std::process::ChildStdout,
    stderr: Option<Collector>,
    process: Arc<Mutex<Process>>,
    done: Arc<AtomicBool>,
    cancel: CancelToken,
}

impl Read for SavedImage {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stdout.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        self.done.store(true, Ordering::SeqCst);
        if self.cancel.is_cancelled() {
            return Err(std::io::Error::other(EngineError::Cancelled));
        }
        let patience = Patience { limit: SHORT, cancel: Some(&self.cancel) };
        let code = lock(&self.process).wait("saving an image", patience).map_err(std::io::Error::other)?;
        if code == Some(0) {
            return Ok(0);
        }
        let words = self.stderr.take().map(Collector::finish).unwrap_or_default();
        Err(std::io::Error::other(failure::refused("saving an image", &words.text())))
    }
}

impl Drop for SavedImage {
    fn drop(&mut self) {
        self.done.store(true, Ordering::SeqCst);
        lock(&self.process).kill();
    }
}
