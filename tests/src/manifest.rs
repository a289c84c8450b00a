//! What `sample.toml` and `pair.toml` in the project's `corpus/` say; a key that is not known fails the test.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use crate::place;

/// An application to split.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// What it is.
    pub about: String,
    /// Its language.
    pub ecosystem: String,
    /// The base of the final stage.
    pub base: String,
    /// The registry that the build asks.
    pub network: Option<String>,
    /// What is seen when it runs.
    pub run: Run,
    /// What it answers while it serves.
    #[serde(default)]
    pub http: Vec<Http>,
    /// What a split comes to.
    pub split: Split,
}

/// What is seen of a run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// How long it may take.
    pub seconds: u64,
    /// What is started; absent: as the image says.
    #[serde(default)]
    pub command: Vec<String>,
    /// Exit status; absent if it serves.
    pub status: Option<i32>,
    /// Whether it goes on running.
    #[serde(default)]
    pub serves: bool,
    /// Must be found in what it prints.
    pub output: Option<String>,
}

/// A request and its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The port.
    pub port: u16,
    /// The path.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// Must be found in its body.
    pub body: String,
}

/// What a split comes to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// `proved`, `refused` or `nothing`.
    pub outcome: String,
    /// The base that is to come out.
    pub runtime: Option<String>,
    /// Other bases that work.
    #[serde(default)]
    pub also: Vec<String>,
    /// Bases that do not.
    #[serde(default)]
    pub refuted_on: Vec<String>,
    /// All packages that must be installed.
    #[serde(default)]
    pub packages: Vec<String>,
    /// The instruction that a refusal must name.
    pub names: Option<String>,
    /// Why.
    pub why: String,
}

/// Two Dockerfiles, the second a split of the first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// What is wrong, or right.
    pub about: String,
    /// `refuted` or `proved`.
    pub expect: String,
    /// The group of checks that should find it first.
    pub check: Option<String>,
    /// Must be found in what the failed checks say.
    pub cause: Option<String>,
    /// What both images do; measured by hand.
    pub run: toml::Table,
    /// What both answer.
    #[serde(default)]
    pub http: Vec<toml::Table>,
}

/// The sample of this name.
///
/// # Panics
/// When there is none, or its `sample.toml` is not as `corpus/README.md` says.
#[must_use]
pub fn sample(name: &str) -> Sample {
    read(&place::sample(&format!("samples/{name}")).join("sample.toml"))
}

/// All pairs by name, with their folders.
///
/// # Panics
/// When one cannot be read.
#[must_use]
pub fn pairs() -> Vec<(String, PathBuf, Pair)> {
    let mut pairs: Vec<(String, PathBuf, Pair)> = fs::read_dir(place::sample("pairs"))
        .unwrap()
        .map(|entry| {
            let folder = entry.unwrap().path();
            (folder.file_name().unwrap().to_str().unwrap().to_owned(), folder.clone(), read(&folder.join("pair.toml")))
        })
        .collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs
}

fn read<T: for<'de> Deserialize<'de>>(path: &std::path::Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manifest_is_as_the_readme_says() {
        for (name, folder, pair) in pairs() {
            assert!(["refuted", "proved"].contains(&pair.expect.as_str()), "{name}");
            assert_eq!(pair.expect == "refuted", pair.cause.is_some() && pair.check.is_some(), "{name}");
            assert_eq!(pair.expect == "proved", name.starts_with("right-"), "{name}");
            assert!(regex::Regex::new(pair.cause.as_deref().unwrap_or_default()).is_ok(), "{name}");
            for file in ["before.Dockerfile", "after.Dockerfile", "context"] {
                assert!(folder.join(file).exists(), "{name}: {file}");
            }
        }
        for entry in fs::read_dir(place::sample("samples")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let sample = sample(&name);
            assert!(["proved", "refused", "nothing"].contains(&sample.split.outcome.as_str()), "{name}");
            assert_eq!(sample.split.outcome == "refused", sample.split.names.is_some(), "{name}");
            assert_eq!(sample.split.outcome == "proved", sample.split.runtime.is_some(), "{name}");
            assert!(sample.run.serves || sample.run.status.is_some(), "{name}");
        }
    }
}
