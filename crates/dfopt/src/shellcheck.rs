//! Gives the shell scripts of a run to ShellCheck, all of them to as few processes as there are processors, and reads what it
//! says. Where its comments belong in a Dockerfile is for the linter.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use dfopt_linter::{Answers, Change, Comment, Script, Severity};
use serde::Deserialize;

use crate::args::UseShellcheck;
use crate::exit::Failure;

/// The oldest version that has everything that is asked for.
const OLDEST: (u32, u32) = (0, 8);

/// What a process at least has to do, so that starting it is worth it.
const FEWEST: usize = 24;

/// An installed ShellCheck.
pub struct ShellCheck {
    program: &'static str,
}

impl ShellCheck {
    /// The one on PATH, if it is wanted and there.
    ///
    /// # Errors
    /// When it is demanded and cannot be had.
    pub fn find(wanted: UseShellcheck) -> Result<Option<Self>, Failure> {
        if wanted == UseShellcheck::Never {
            return Ok(None);
        }
        let program = "shellcheck";
        let version = Command::new(program).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
        let said = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let problem = match &said {
            Err(error) if error.kind() == io::ErrorKind::NotFound => "`shellcheck` is not on PATH".to_owned(),
            Err(error) => format!("`shellcheck` cannot be started: {error}"),
            Ok(said) => match version_in(said) {
                Some(version) if version >= OLDEST => return Ok(Some(ShellCheck { program })),
                Some((major, minor)) => format!("`shellcheck` is of version {major}.{minor}, 0.8 or later is needed"),
                None => "`shellcheck` does not tell its version".to_owned(),
            },
        };
        match wanted {
            UseShellcheck::Always => Err(Failure::new(format!("{problem}; `--shellcheck never` does without it"))),
            UseShellcheck::Auto | UseShellcheck::Never => Ok(None),
        }
    }

    /// What it says of the scripts of each file.
    ///
    /// # Errors
    /// When it fails, or its answer cannot be read.
    pub fn ask(&self, files: Vec<Vec<Script>>) -> Result<Vec<Answers>, String> {
        let folder = tempfile::Builder::new().prefix("dfopt-shellcheck-").tempdir();
        let folder = folder.map_err(|error| format!("no temporary folder can be made: {error}"))?;
        // Many files repeat the same scripts.
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for script in files.iter().flatten() {
            let next = numbers.len();
            numbers.entry(&script.text).or_insert(next);
        }
        for (text, number) in &numbers {
            let path = folder.path().join(name_of(*number));
            fs::write(&path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        }
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let size = numbers.len().div_ceil(processors).max(FEWEST);
        let names: Vec<String> = (0..numbers.len()).map(name_of).collect();
        let batches: Vec<&[String]> = names.chunks(size).collect();
        let answers: Vec<Result<Vec<Said>, String>> = thread::scope(|scope| {
            let started: Vec<_> = batches.iter().map(|batch| scope.spawn(|| self.run(folder.path(), batch))).collect();
            let ended = started.into_iter().map(|batch| batch.join());
            ended.map(|answer| answer.unwrap_or_else(|_| Err("a thread has failed".to_owned()))).collect()
        });
        let mut comments: BTreeMap<String, Vec<Comment>> = BTreeMap::new();
        for answer in answers {
            for said in answer? {
                let file = said.file.clone();
                comments.entry(file).or_default().extend(said.into_comment());
            }
        }
        let of = |script: &Script| {
            let number = numbers.get(script.text.as_str());
            number.and_then(|number| comments.get(&name_of(*number))).cloned().unwrap_or_default()
        };
        let found: Vec<Vec<Vec<Comment>>> = files.iter().map(|scripts| scripts.iter().map(of).collect()).collect();
        Ok(files
            .into_iter()
            .zip(found)
            .map(|(scripts, comments)| Answers { scripts: scripts.into_iter().zip(comments).collect() })
            .collect())
    }

    fn run(&self, folder: &Path, names: &[String]) -> Result<Vec<Said>, String> {
        let output = Command::new(self.program)
            .args(["--norc", "--format=json1", "--severity=style", "--exclude=1090,1091,2187"])
            .args(names)
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("it cannot be started: {error}"))?;
        // 1 says that there is something to say.
        if !matches!(output.status.code(), Some(0 | 1)) {
            let said = String::from_utf8_lossy(&output.stderr);
            let first = said.lines().next().unwrap_or_default();
            return Err(format!("it ended with {}{}{first}", output.status, if first.is_empty() { "" } else { ": " }));
        }
        let answer: Answer =
            serde_json::from_slice(&output.stdout).map_err(|error| format!("its answer cannot be read: {error}"))?;
        Ok(answer.comments)
    }
}

fn name_of(number: usize) -> String {
    format!("{number}.sh")
}

/// `version: 0.11.0`
fn version_in(said: &str) -> Option<(u32, u32)> {
    let version = said.lines().find_map(|line| line.strip_prefix("version:"))?;
    let mut parts = version.trim().split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

#[derive(Deserialize)]
struct Answer {
    comments: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    file: String,
    line: usize,
    end_line: usize,
    column: usize,
    end_column: usize,
    level: String,
    code: u32,
    message: String,
    fix: Option<SaidFix>,
}

#[derive(Deserialize)]
struct SaidFix {
    replacements: Vec<Replacement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    line: usize,
    end_line: usize,
    column: usize,
    end_column: usize,
    insertion_point: String,
    replacement: String,
}

impl Said {
    fn into_comment(self) -> Option<Comment> {
        let level = match self.level.as_str() {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            "info" => Severity::Info,
            "style" => Severity::Style,
            _ => return None,
        };
        let fix = self.fix.map(|fix| fix.replacements).unwrap_or_default();
        Some(Comment {
            code: self.code,
            level,
            message: self.message.trim_end_matches('.').to_owned(),
            start: (self.line, self.column),
            end: (self.end_line, self.end_column),
            fix: fix.into_iter().map(Replacement::into_edit).collect(),
        })
    }
}

impl Replacement {
    fn into_edit(self) -> Change {
        let (start, end) = ((self.line, self.column), (self.end_line, self.end_column));
        let at_end = start == end && self.insertion_point == "afterEnd";
        Change { start: if at_end { end } else { start }, end, text: self.replacement }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(version_in("ShellCheck - a tool\nversion: 0.11.0\nlicense: x\n"), Some((0, 11)));
        assert_eq!(version_in("version: new"), None);
        assert!((0, 7) < OLDEST && (1, 0) > OLDEST);
    }

    #[test]
    fn answers_are_read() {
        let text = r#"{"comments": [{"file": "0.sh", "line": 3, "endLine": 3, "column": 6, "endColumn": 8, "level": "info", "code": 2086,
            "message": "Quote.", "fix": {"replacements": [
                {"line": 3, "endLine": 3, "column": 6, "endColumn": 6, "insertionPoint": "afterEnd", "precedence": 7, "replacement": "\""}
            ]}}]}"#;
        let answer: Answer = serde_json::from_str(text).unwrap();
        let comment = answer.comments.into_iter().next().unwrap().into_comment().unwrap();
        assert_eq!((comment.code, comment.level, comment.message.as_str()), (2086, Severity::Info, "Quote"));
        assert_eq!(comment.fix, [Change { start: (3, 6), end: (3, 6), text: "\"".to_owned() }]);
    }
}
