//! Which files a run is about: those named, and those found in folders.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::args::PathArgs;
use crate::exit::Failure;

/// Where a text comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// A file, or what should be one.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Found {
    /// The files in the order of the arguments, sorted within a folder, each once.
    pub origins: Vec<Origin>,
    /// Folders in which there is no Dockerfile.
    pub empty: Vec<PathBuf>,
    /// Parts of folders that could not be searched.
    pub troubles: Vec<String>,
}

/// Finds the files that the arguments name.
///
/// # Errors
/// When the list of files cannot be read.
pub fn discover(args: &PathArgs) -> Result<Found, Failure> {
    let mut paths = args.paths.clone();
    if let Some(list) = &args.files_from {
        if list.as_os_str() == "-" && paths.iter().any(|path| path.as_os_str() == "-") {
            return Err(Failure::new("standard input cannot be both a Dockerfile and the list of files"));
        }
        paths.extend(listed(list)?);
    } else if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    for path in paths {
        let origins = if path.as_os_str() == "-" {
            vec![Origin::Stdin]
        } else if path.is_dir() {
            let files = search(&path, &mut found.troubles);
            if files.is_empty() {
                found.empty.push(path);
            }
            files.into_iter().map(Origin::File).collect()
        } else {
            vec![Origin::File(tidy(&path))]
        };
        found.origins.extend(origins.into_iter().filter(|origin| seen.insert(origin.clone())));
    }
    Ok(found)
}

/// The paths in a list: one per line, or separated by NUL when there is one.
fn listed(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut bytes = Vec::new();
    let read = if list.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        fs::File::open(list).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::new(format!("the list of files {} cannot be read: {error}", list.display())))?;
    let separator = if bytes.contains(&0) { 0 } else { b'\n' };
    let names = bytes.split(|byte| *byte == separator);
    let names = names.map(|name| if separator == 0 { name } else { name.strip_suffix(b"\r").unwrap_or(name) });
    Ok(names.filter(|name| !name.is_empty()).map(path_of).collect())
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// All Dockerfiles below a folder that git would not ignore, in order.
fn search(folder: &Path, troubles: &mut Vec<String>) -> Vec<PathBuf> {
    let mut builder = WalkBuilder::new(folder);
    // Folders such as `.devcontainer` hold Dockerfiles; what git ignores counts without a repository too.
    builder.hidden(false).require_git(false).filter_entry(|entry| !is_repository(entry));
    let files = Mutex::new(Vec::new());
    let faults = Mutex::new(Vec::new());
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) => {
                    if is_dockerfile(&entry)
                        && let Ok(mut files) = files.lock()
                    {
                        files.push(entry.into_path());
                    }
                }
                Err(error) => {
                    if let Ok(mut faults) = faults.lock() {
                        faults.push(error.to_string());
                    }
                }
            }
            WalkState::Continue
        })
    });
    let mut faults = faults.into_inner().unwrap_or_default();
    faults.sort();
    troubles.append(&mut faults);
    let mut files: Vec<PathBuf> = files.into_inner().unwrap_or_default().iter().map(|path| tidy(path)).collect();
    files.sort();
    without_links_to_others(files)
}

fn is_repository(entry: &DirEntry) -> bool {
    entry.file_name() == ".git" && entry.file_type().is_some_and(|kind| kind.is_dir())
}

fn is_dockerfile(entry: &DirEntry) -> bool {
    let is_file = entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink());
    let is_named = || entry.file_name().to_str().is_some_and(is_dockerfile_name);
    is_file && is_named() && (!entry.path_is_symlink() || entry.path().is_file())
}

/// Whether a name found in a folder is that of a Dockerfile.
#[must_use]
pub fn is_dockerfile_name(name: &str) -> bool {
    const WHOLE: [&str; 4] = ["Dockerfile", "dockerfile", "Containerfile", "containerfile"];
    const FIRST: [&str; 2] = ["Dockerfile.", "Containerfile."];
    const LAST: [&str; 4] = [".Dockerfile", ".dockerfile", ".Containerfile", ".containerfile"];
    const OTHERS: [&str; 5] = [".dockerignore", ".containerignore", ".j2", ".erb", ".tmpl"];
    if OTHERS.iter().any(|ending| name.ends_with(ending)) {
        return false;
    }
    WHOLE.contains(&name)
        || FIRST.iter().any(|start| name.len() > start.len() && name.starts_with(start))
        || LAST.iter().any(|end| name.len() > end.len() && name.ends_with(end))
}

/// A symbolic link to a file that is in the list anyway would report everything twice.
fn without_links_to_others(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|data| data.is_symlink());
    let links: Vec<bool> = files.iter().map(|path| is_link(path)).collect();
    if !links.contains(&true) {
        return files;
    }
    let real = |path: &PathBuf| fs::canonicalize(path).ok();
    let mut seen: BTreeSet<PathBuf> =
        files.iter().zip(&links).filter(|(_, link)| !**link).filter_map(|(path, _)| real(path)).collect();
    let kept = files
        .into_iter()
        .zip(links)
        .filter(|(path, is_link)| !is_link || real(path).is_none_or(|target| seen.insert(target)));
    kept.map(|(path, _)| path).collect()
}

/// The path without `.` parts.
fn tidy(path: &Path) -> PathBuf {
    let tidied: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if tidied.as_os_str().is_empty() { path.to_owned() } else { tidied }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_of_dockerfiles() {
        for name in [
            "Dockerfile",
            "dockerfile",
            "Containerfile",
            "Dockerfile.dev",
            "api.Dockerfile",
            "api.dockerfile",
            "Containerfile.test",
            "x.containerfile",
        ] {
            assert!(is_dockerfile_name(name), "{name}");
        }
        for name in [
            "Dockerfile.dockerignore",
            "Dockerfile.j2",
            "Dockerfile.erb",
            "Dockerfile.tmpl",
            "MyDockerfile",
            "Dockerfile.",
            ".Dockerfile",
            "docker-compose.yml",
            "Dockerfiles",
            "dockerfile-maven",
        ] {
            assert!(!is_dockerfile_name(name), "{name}");
        }
    }

    #[test]
    fn paths_lose_their_dots() {
        assert_eq!(tidy(Path::new("./a/./b")), Path::new("a/b"));
        assert_eq!(tidy(Path::new("../a")), Path::new("../a"));
        assert_eq!(tidy(Path::new(".")), Path::new("."));
    }

    #[test]
    fn folders_are_searched_in_order_and_each_file_comes_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in
            ["b/Dockerfile", "a/Dockerfile.dev", ".devcontainer/Dockerfile", "out/Dockerfile", "a/Dockerfile.tmpl"]
        {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), "").unwrap();
        }
        fs::write(root.join(".gitignore"), "out/\n").unwrap();
        let args = PathArgs { paths: vec![root.to_owned(), root.join("b/Dockerfile")], ..PathArgs::default() };
        let found = discover(&args).unwrap();
        let names = [".devcontainer/Dockerfile", "a/Dockerfile.dev", "b/Dockerfile"];
        let expected: Vec<Origin> = names.iter().map(|name| Origin::File(root.join(name))).collect();
        assert_eq!(found.origins, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_counts_where_its_target_does_not() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("Dockerfile.prod"), "").unwrap();
        fs::write(root.join("image.txt"), "").unwrap();
        symlink("Dockerfile.prod", root.join("Dockerfile")).unwrap();
        symlink("image.txt", root.join("Dockerfile.other")).unwrap();
        symlink("nothing", root.join("Dockerfile.dangling")).unwrap();
        let found = discover(&PathArgs { paths: vec![root.to_owned()], ..PathArgs::default() }).unwrap();
        assert_eq!(
            found.origins,
            [Origin::File(root.join("Dockerfile.other")), Origin::File(root.join("Dockerfile.prod"))]
        );
    }
}
