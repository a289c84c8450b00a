//! Where things are: the checkout, its samples, the corpus of real Dockerfiles, the folder that cargo builds in.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::skip::{Need, skip};

/// The top of the checkout.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the checkout")
}

/// The sample application `corpus/NAME` of this project.
///
/// # Panics
/// When there is none of that name.
#[must_use]
pub fn sample(name: &str) -> PathBuf {
    let path = root().join("corpus").join(name);
    assert!(path.is_dir(), "no sample {}", path.display());
    path
}

/// The folder `shared` beside the checkout, or the one that `DFOPT_SHARED` names.
#[must_use]
pub fn shared() -> Option<PathBuf> {
    let path = match env::var_os("DFOPT_SHARED") {
        Some(path) => PathBuf::from(path),
        None => root().parent()?.join("shared"),
    };
    path.is_dir().then_some(path)
}

/// A real Dockerfile of the corpus.
#[derive(Debug, Clone)]
pub struct Real {
    /// Its file name, which tells where it comes from.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes, which need not be UTF-8.
    pub bytes: Vec<u8>,
}

/// The real Dockerfiles in alphabetical order, or a skip where the corpus is not at hand.
///
/// # Panics
/// When the corpus is there and cannot be read, or is required and not there.
#[must_use]
pub fn corpus() -> Option<Vec<Real>> {
    let Some(folder) = shared().map(|shared| shared.join("corpus/dockerfiles")).filter(|folder| folder.is_dir()) else {
        skip(Need::Corpus, "there is no corpus of real Dockerfiles (`../shared/corpus`, or `DFOPT_SHARED`)");
        return None;
    };
    let mut files: Vec<Real> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            Real { name, bytes: fs::read(&path).unwrap(), path }
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!files.is_empty(), "the corpus is empty");
    Some(files)
}

/// Dockerfiles and what they are called.
pub type Inputs = Vec<(String, String)>;

/// The Dockerfiles in a folder of this project's `corpus/`.
///
/// # Panics
/// When there are none.
#[must_use]
pub fn own_dockerfiles(folder: &str) -> Inputs {
    let path = root().join("corpus").join(folder);
    let entries = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| format!("corpus/{folder}/{}", path.file_name().unwrap().display());
    let mut files: Inputs =
        entries.filter(|path| path.is_file()).map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect();
    files.sort();
    assert!(!files.is_empty(), "{}", path.display());
    files
}

/// The project's own Dockerfiles, good and broken, and the real ones where they are at hand and UTF-8.
#[must_use]
pub fn dockerfiles() -> Inputs {
    let mut files = own_dockerfiles("dockerfiles");
    files.extend(own_dockerfiles("broken"));
    let real = corpus().unwrap_or_default();
    files.extend(real.into_iter().filter_map(|real| Some((real.name, String::from_utf8(real.bytes).ok()?))));
    files
}

/// The folder that cargo builds this profile in, such as `target/debug`.
#[must_use]
pub fn profile() -> PathBuf {
    let program = env::current_exe().expect("a test knows its own file");
    program.ancestors().nth(2).expect("tests run in PROFILE/deps").to_owned()
}

/// The folder that cargo builds everything in.
#[must_use]
pub fn target() -> PathBuf {
    let profile = profile();
    let marked = profile.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    marked.or(profile.parent()).expect("a profile lies in the target folder").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_is_whole() {
        let Some(corpus) = corpus() else { return };
        let index = fs::read_to_string(shared().unwrap().join("corpus/index.jsonl")).unwrap();
        assert_eq!(corpus.len(), index.lines().count());
    }

    #[test]
    fn the_program_under_test_lies_below_the_target_folder() {
        assert!(profile().starts_with(target()) && root().join("Cargo.toml").is_file());
    }
}
