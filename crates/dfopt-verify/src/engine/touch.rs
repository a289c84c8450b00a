//! Rebuilds after a change of one file, and tells by the builder's own record which steps ran again.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::failure;
use super::session::{Image, Session};
use crate::cancel::CancelToken;
use crate::error::{BuildError, EngineError};
use crate::progress::ProgressSink;
use crate::request::BuildSpec;

/// What a build did after one file of its context had changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rebuild {
    /// The file, as it was given.
    pub file: String,
    /// The steps that stand for instructions, stage by stage in their order; `FROM`, whose cache state is chance, is none.
    pub steps: Vec<RebuiltStep>,
    /// Seconds from start to end.
    pub seconds: f64,
    /// The image that came out.
    pub image: Image,
}

/// One step of a rebuild.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RebuiltStep {
    /// Its name as the builder words it, such as `[build 3/7] RUN make`.
    pub name: String,
    /// Its instruction.
    pub instruction: String,
    /// Whether its result was in the cache.
    pub cached: bool,
    /// Seconds it took.
    pub seconds: f64,
}

impl Rebuild {
    /// How many steps were in the cache.
    #[must_use]
    pub fn cached(&self) -> usize {
        self.steps.iter().filter(|step| step.cached).count()
    }
}

const DOING: &str = "copying the build context";

impl Session {
    /// A copy of a build context with these files, folders and links, given by their paths in it; files are linked where that is
    /// possible. It goes away with the session.
    ///
    /// # Errors
    /// When a path leads out of the context, is not there, or cannot be copied.
    pub fn copy_context<P: AsRef<Path>>(
        &self,
        context: &Path,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<PathBuf, EngineError> {
        let failed = |error: std::io::Error| failure::own_files(DOING, &error);
        let copy = self.temp_folder()?.join(format!("context-{}", self.next()));
        std::fs::create_dir(&copy).map_err(failed)?;
        let mut folders = Vec::new();
        for path in paths {
            let path = path.as_ref();
            if path.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
                return Err(EngineError::Refused {
                    doing: DOING.to_owned(),
                    message: format!("{} is not a path in the context", path.display()),
                });
            }
            let (from, to) = (context.join(path), copy.join(path));
            let metadata = std::fs::symlink_metadata(&from).map_err(failed)?;
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(copy.join(folder)).map_err(failed)?;
                folders.extend(folder.ancestors().map(Path::to_owned));
            }
            if metadata.is_dir() {
                std::fs::create_dir_all(&to).map_err(failed)?;
                folders.push(path.to_owned());
            } else if metadata.is_symlink() {
                link(&std::fs::read_link(&from).map_err(failed)?, &to).map_err(failed)?;
            } else if metadata.is_file() && std::fs::hard_link(&from, &to).is_err() {
                std::fs::copy(&from, &to).map_err(failed)?;
            }
        }
        // Modes are part of what is copied into the image. The deepest first: one that may not be written to stays last.
        folders.sort();
        folders.dedup();
        for folder in folders.iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
            let mode = std::fs::metadata(context.join(folder)).map_err(failed)?.permissions();
            std::fs::set_permissions(copy.join(folder), mode).map_err(failed)?;
        }
        Ok(copy)
    }

    /// Builds again after a change of one file of the context, which must be a copy and have been built before; the file is as
    /// before afterwards. What is added to it is white space, as it has never been before.
    ///
    /// # Errors
    /// When the file cannot be changed, or as [`Session::build`].
    pub fn rebuild_after_touch(
        &self,
        spec: &BuildSpec,
        file: &Path,
        progress: &dyn ProgressSink,
        cancel: &CancelToken,
    ) -> Result<Rebuild, BuildError> {
        let failed = |error: std::io::Error| BuildError::Engine(failure::own_files("changing a file", &error));
        let path = spec.context.join(file);
        let old = std::fs::read(&path).map_err(failed)?;
        let mode = std::fs::metadata(&path).map_err(failed)?.permissions();
        let mut new = old.clone();
        // The cache may know every content that was ever built.
        for bit in
            format!("{}-{}", self.owner.run, self.next()).bytes().flat_map(|byte| (0..8).map(move |at| byte >> at))
        {
            new.extend_from_slice(if bit & 1 == 1 { b" \n" } else { b"\n" });
        }
        let put = |bytes: &[u8]| -> std::io::Result<()> {
            // A new file in the place of the old one, which may be linked with the user's.
            let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&spec.context))?;
            std::io::Write::write_all(&mut file, bytes)?;
            file.as_file().set_permissions(mode.clone())?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        put(&new).map_err(failed)?;
        let built = self.build(spec, progress, cancel);
        put(&old).map_err(failed)?;
        let built = built?;
        let steps = built.steps.iter().filter_map(|step| {
            let instruction = step.instruction()?.to_owned();
            Some(RebuiltStep { name: step.name.clone(), instruction, cached: step.cached, seconds: step.seconds })
        });
        let mut steps: Vec<RebuiltStep> = steps.collect();
        // The builder names them as it comes to them.
        steps.sort_by(|a, b| place(&a.name).cmp(&place(&b.name)));
        Ok(Rebuild { file: file.to_string_lossy().into_owned(), steps, seconds: built.seconds, image: built.image })
    }
}

/// The stage and the number in `[build 3/7] RUN make`.
fn place(name: &str) -> (&str, u32) {
    let place = name.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or("", |(place, _)| place);
    let (stage, number) = place.trim_end().rsplit_once(' ').unwrap_or(("", place));
    let number = number.split('/').next().and_then(|number| number.parse().ok());
    (stage.trim_end(), number.unwrap_or(u32::MAX))
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("symbolic links cannot be copied here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_a_place() {
        assert_eq!(place("[build  3/12] RUN make"), ("build", 3));
        assert_eq!(place("[10/12] COPY . ."), ("", 10));
        assert_eq!(place("exporting"), ("", u32::MAX));
    }
}
