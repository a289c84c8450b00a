//! A temporary folder with a user's files in it, and `dfopt` run there.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use crate::place;
use crate::process::{self, Ran};

/// How long `dfopt` may take: a refactor builds images several times.
pub const LIMIT: Duration = Duration::from_secs(900);

/// A folder that is gone when the value is.
#[derive(Debug)]
pub struct Folder(tempfile::TempDir);

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Folder {
    /// An empty folder.
    ///
    /// # Panics
    /// When the system gives none.
    #[must_use]
    pub fn new() -> Self {
        Self(tempfile::Builder::new().prefix("dfopt-test-").tempdir().expect("a temporary folder"))
    }

    /// A folder with these files in it.
    #[must_use]
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    /// A copy of a folder and all below it, links and modes as they are.
    ///
    /// # Panics
    /// When something cannot be copied.
    #[must_use]
    pub fn copy_of(source: &Path) -> Self {
        let folder = Self::new();
        copy_tree(source, folder.path());
        folder
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file in it, making the folders above.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// The text of a file in it.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn read(&self, path: &str) -> String {
        let path = self.path().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The paths of all files in it, in alphabetical order, with `/` between.
    ///
    /// # Panics
    /// When a folder cannot be read.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        list(self.path(), "", &mut found);
        found.sort();
        found
    }

    /// A `dfopt` command that would run in it, for tests that need more than its end.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(dfopt());
        command.args(args).current_dir(self.path());
        // Settings and habits of whoever runs the tests change nothing.
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "XDG_CONFIG_HOME"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs `dfopt` in it.
    #[track_caller]
    #[must_use]
    pub fn dfopt(&self, args: &[&str]) -> Ran {
        process::run(&mut self.command(args), LIMIT)
    }
}

/// The `dfopt` program: the one that `DFOPT_BIN` names, or one built now, in the profile of the tests.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn dfopt() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match env::var_os("DFOPT_BIN") {
        Some(program) => fs::canonicalize(&program).unwrap_or_else(|error| panic!("DFOPT_BIN: {error}")),
        None => build(),
    })
}

fn build() -> PathBuf {
    let folder = place::profile();
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        None | Some("debug") => "dev",
        Some(name) => name,
    };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(place::root()).env("CARGO_TARGET_DIR", place::target());
    cargo.args(["build", "--package", "dfopt", "--profile", profile, "--message-format", "json-render-diagnostics"]);
    let ran = process::run(&mut cargo, LIMIT);
    assert!(ran.status == 0, "dfopt could not be built\n{}", ran.stderr);
    let messages = ran.stdout.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let program = messages.filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?))).next_back();
    program.unwrap_or_else(|| panic!("cargo names no program\n{ran}"))
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.unwrap();
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy_tree(&source, &copy);
        } else if kind.is_symlink() {
            link(&fs::read_link(&source).unwrap(), &copy);
        } else {
            fs::copy(&source, &copy).unwrap();
        }
    }
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) {
    std::os::unix::fs::symlink(target, at).unwrap();
}

#[cfg(not(unix))]
fn link(target: &Path, at: &Path) {
    fs::copy(at.parent().unwrap().join(target), at).unwrap();
}

fn list(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            list(&entry.path(), &format!("{name}/"), found);
        } else {
            found.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_what_the_folder_had() {
        let folder = Folder::with(&[("Dockerfile", "FROM scratch\n"), ("src/deep/a", "x")]);
        let copy = Folder::copy_of(folder.path());
        assert_eq!(copy.files(), ["Dockerfile", "src/deep/a"]);
        assert_eq!(copy.read("src/deep/a"), "x");
    }

    #[test]
    fn the_program_is_built_and_is_a_file() {
        assert!(dfopt().is_absolute() && dfopt().is_file());
    }
}
