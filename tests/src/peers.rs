//! Other linters as judges: the probes of `tests/peers`, and what hadolint says of a Dockerfile.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::place::{self, Inputs};
use crate::skip::{Need, skip};

/// The version that dfopt is compared with.
const HADOLINT: &str = "2.15.1";

/// The probes for one peer: Dockerfiles by `CODE: NAME`.
///
/// # Panics
/// When there are none, or a file holds something else than probes.
#[must_use]
pub fn probes(peer: &str) -> Inputs {
    let folder = place::root().join("tests/peers").join(peer);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut probes = Inputs::new();
    for path in files {
        let code = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("=== "), "{}: it begins with a name", path.display());
        for probe in text.split_inclusive('\n').fold(Vec::<(String, String)>::new(), |mut found, line| {
            match (line.strip_prefix("=== "), found.last_mut()) {
                (Some(name), _) => found.push((format!("{code}: {}", name.trim_end()), String::new())),
                (None, Some((_, text))) => text.push_str(line),
                (None, None) => {}
            }
            found
        }) {
            probes.push(probe);
        }
    }
    assert!(!probes.is_empty(), "no probes in {}", folder.display());
    probes
}

/// What a linter reported: line, code, severity.
pub type Reported = (usize, String, String);

/// The program hadolint.
#[derive(Debug)]
pub struct Hadolint {
    program: PathBuf,
}

impl Hadolint {
    /// The hadolint that `DFOPT_HADOLINT` names or `PATH` has, or a skip.
    ///
    /// # Panics
    /// When it is required and not there.
    #[must_use]
    pub fn find() -> Option<Self> {
        let program = env::var_os("DFOPT_HADOLINT").map_or_else(|| PathBuf::from("hadolint"), PathBuf::from);
        let version = Command::new(&program).arg("--version").output();
        let is_right =
            version.as_ref().is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim().ends_with(HADOLINT));
        if !is_right {
            skip(Need::Peers, &format!("there is no hadolint {HADOLINT} (`eval \"$(tests/peers/up.sh)\"` gets it)"));
            return None;
        }
        Some(Hadolint { program })
    }

    /// What it says of each of the texts.
    ///
    /// # Panics
    /// When it cannot be run.
    #[must_use]
    pub fn check(&self, inputs: &Inputs) -> Vec<Vec<Reported>> {
        let folder = tempfile::tempdir().unwrap();
        let name = |number: usize| format!("{number}.Dockerfile");
        for (number, (_, text)) in inputs.iter().enumerate() {
            fs::write(folder.path().join(name(number)), text).unwrap();
        }
        let mut found = vec![Vec::new(); inputs.len()];
        let numbers: Vec<usize> = (0..inputs.len()).collect();
        for batch in numbers.chunks(100) {
            let mut command = Command::new(&self.program);
            command.args(["--format", "json", "--no-color", "--no-fail"]).current_dir(folder.path());
            let output = command.args(batch.iter().map(|number| name(*number))).output().unwrap();
            let told: Vec<Value> = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
            for one in told {
                let number = one["file"].as_str().unwrap().split('.').next().unwrap().parse::<usize>().unwrap();
                let text = |member: &str| one[member].as_str().unwrap().to_owned();
                let line = usize::try_from(one["line"].as_u64().unwrap()).unwrap();
                found[number].push((line, text("code"), text("level")));
            }
        }
        found
    }
}
