//! Builds for the language server: this program runs itself, so that output, interruption and clean-up are those of the command line.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use dfopt_lsp::host::{Order, Proof, ProofVerdict, Prover, Watch};
use serde_json::Value;

/// How often it is looked at whether the work is still wanted.
const PAUSE: Duration = Duration::from_millis(50);

/// Runs this program for each order.
pub(crate) struct Itself {
    program: PathBuf,
}

impl Itself {
    /// `None` when it is not known where this program is.
    pub(crate) fn find() -> Option<Itself> {
        std::env::current_exe().ok().map(|program| Itself { program })
    }
}

impl Prover for Itself {
    fn prove(&self, order: &Order, watch: &Watch) -> Result<Proof, String> {
        let scratch = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let report = scratch.path().join("report.json");
        let mut command = Command::new(&self.program);
        match order {
            Order::Split { file, .. } => {
                command.args(["fix", "--split-stages", "--stdout", "--file"]).arg(file);
                command.arg("--context").arg(folder(file));
            }
            Order::Verify { file, before, after } => {
                let places = [("before.Dockerfile", before), ("after.Dockerfile", after)];
                command.arg("verify");
                for (name, text) in places {
                    let path = scratch.path().join(name);
                    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
                    command.arg(path);
                }
                command.arg("--context").arg(folder(file));
            }
        }
        command.arg("--report").arg(&report);
        let Ended { status, said, last: error } = run(command, watch)?;
        let report = fs::read_to_string(&report).ok();
        let read = report.as_deref().and_then(|report| serde_json::from_str::<Value>(report).ok());
        let result = read.as_ref().and_then(|report| report.get("result")?.as_str()).unwrap_or_default();
        let verdict = match result {
            "proved" => ProofVerdict::Proved,
            "refuted" => ProofVerdict::Refuted,
            "inconclusive" => ProofVerdict::Inconclusive,
            "refused" => ProofVerdict::Refused,
            "nothing" => ProofVerdict::Nothing,
            _ => return Err(if error.is_empty() { format!("it ended with status {status}") } else { error }),
        };
        let reason = read.as_ref().and_then(|report| report.get("reason")?.as_str()).unwrap_or_default();
        let summary = if reason.is_empty() { result.to_owned() } else { format!("{result}: {reason}") };
        let is_new = matches!(order, Order::Split { .. }) && verdict == ProofVerdict::Proved && !said.is_empty();
        Ok(Proof { verdict, summary, text: is_new.then_some(said), report })
    }
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// How a run of this program ended.
#[derive(PartialEq, Eq, Debug)]
struct Ended {
    status: i32,
    /// What it printed.
    said: String,
    /// The last line on standard error.
    last: String,
}

/// Runs a command to its end.
fn run(mut command: Command, watch: &Watch) -> Result<Ended, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("dfopt cannot run itself: {error}"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let printed = thread::spawn(move || {
        let mut text = String::new();
        // What is no text is none of a Dockerfile.
        let _ = stdout.map(|mut stdout| stdout.read_to_string(&mut text));
        text
    });
    let teller = watch.clone();
    let complained = thread::spawn(move || {
        let mut last = String::new();
        for line in stderr.into_iter().flat_map(|stderr| BufReader::new(stderr).lines().map_while(Result::ok)) {
            teller.tell(line.trim().trim_start_matches("> "));
            last = line;
        }
        last
    });
    let status = wait(&mut child, watch)?;
    let said = printed.join().unwrap_or_default();
    let last = complained.join().unwrap_or_default();
    Ok(Ended { status, said, last })
}

/// Waits for the end of a child, which is asked to stop when the work is no longer wanted.
fn wait(child: &mut Child, watch: &Watch) -> Result<i32, String> {
    let mut is_asked = false;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.code().unwrap_or(-1)),
            Ok(None) => thread::sleep(PAUSE),
            Err(error) => return Err(format!("dfopt cannot wait for itself: {error}")),
        }
        if watch.is_stopped() && !is_asked {
            is_asked = true;
            interrupt(child);
        }
    }
}

/// Asks a child to clean up and end.
#[cfg(unix)]
fn interrupt(child: &mut Child) {
    let id = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(id) = id {
        // Who has ended by itself needs no asking.
        let _ = rustix::process::kill_process(id, rustix::process::Signal::INT);
    }
}

/// Ends a child; there is no way to ask it.
#[cfg(not(unix))]
fn interrupt(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::{Arc, Mutex};

    use dfopt_lsp::host::Stop;

    use super::*;

    fn watched(script: &str, stop: &Stop) -> (Ended, Vec<String>) {
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&told);
        let watch = Watch::new(stop.clone(), Arc::new(move |line| heard.lock().unwrap().push(line)));
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let ended = run(command, &watch).unwrap();
        let told = told.lock().unwrap().clone();
        (ended, told)
    }

    #[test]
    #[cfg(unix)]
    fn output_is_kept_and_progress_told() {
        let (ended, told) =
            watched("echo '> building' >&2; printf 'FROM a\\n'; echo bad >&2; exit 3", &Stop::default());
        assert_eq!(ended, Ended { status: 3, said: "FROM a\n".to_owned(), last: "bad".to_owned() });
        assert_eq!(told, ["building", "bad"]);
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_longer_wanted_is_asked_to_end() {
        let stop = Stop::default();
        stop.stop();
        let (ended, _) = watched("trap 'exit 130' INT; while :; do sleep 0.05; done", &stop);
        assert_eq!(ended.status, 130);
    }
}
