//! Which files `dfopt` works on, how it reads them, and what it does with those it cannot read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is test code all through")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use dfopt_tests::folder::Folder;
use dfopt_tests::process::wait;
use serde_json::Value;

const SOUND: &str = "FROM alpine:3.22\nWORKDIR /app\n";
const FAULTY: &str = "FROM alpine:3.22\nWORKDIR app\n";

fn paths(document: &Value) -> Vec<String> {
    document["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap().to_owned()).collect()
}

fn checked(folder: &Folder, args: &[&str]) -> Vec<String> {
    paths(&folder.dfopt(&[&["check", "--format", "json", "--fail-on", "never"], args].concat()).status(0).json())
}

/// Standard input to a check, and what it answers.
fn checked_text(folder: &Folder, args: &[&str], text: &[u8]) -> (i32, String) {
    let mut command = folder.command(&[&["check", "--format", "json"], args].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    let mut answer = String::new();
    child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
    (wait(&mut child, Instant::now() + Duration::from_secs(60)).unwrap(), answer)
}

#[test]
fn folders_are_searched_for_dockerfiles() {
    let folder = Folder::with(&[
        ("Dockerfile", SOUND),
        ("Dockerfile.dev", SOUND),
        ("Dockerfile.dev.dockerignore", "x\n"),
        ("Dockerfile.tmpl", "FROM {{ base }}\n"),
        ("api/api.Dockerfile", SOUND),
        ("api/web.dockerfile", SOUND),
        ("b/Containerfile", SOUND),
        ("b/dockerfile", SOUND),
        ("build/Dockerfile", SOUND),
        (".devcontainer/Dockerfile", SOUND),
        (".git/Dockerfile", SOUND),
        (".gitignore", "build/\n"),
        ("notes.md", "FROM here to there\n"),
    ]);
    let expected = [
        ".devcontainer/Dockerfile",
        "Dockerfile",
        "Dockerfile.dev",
        "api/api.Dockerfile",
        "api/web.dockerfile",
        "b/Containerfile",
        "b/dockerfile",
    ];
    assert_eq!(checked(&folder, &[]), expected);
    assert_eq!(checked(&folder, &["--jobs", "1"]), expected);
    // The order of the arguments is kept, and each file comes once.
    assert_eq!(
        checked(&folder, &["b", "Dockerfile", "./b/dockerfile"]),
        ["b/Containerfile", "b/dockerfile", "Dockerfile"]
    );
    // What is named is checked whatever it is called.
    assert_eq!(checked(&folder, &["notes.md", "build/Dockerfile", "Dockerfile.tmpl"]).len(), 3);
}

#[test]
fn a_folder_without_dockerfiles_is_no_failure() {
    let folder = Folder::with(&[("x/y", "")]);
    let _ = folder.dfopt(&["check", "x"]).status(0).stderr_has("no Dockerfile found in x");
}

#[test]
fn lists_of_files_are_read() {
    let folder =
        Folder::with(&[("a", SOUND), ("b c", SOUND), ("list", "a\r\nb c\n\n"), ("zero", "b c\0a\0"), ("none", "")]);
    assert_eq!(checked(&folder, &["--files-from", "list"]), ["a", "b c"]);
    assert_eq!(checked(&folder, &["--files-from", "zero"]), ["b c", "a"]);
    assert_eq!(checked(&folder, &["--files-from", "none"]), [""; 0], "an empty list is not the current folder");
    assert_eq!(checked(&folder, &["--files-from", "list", "a"]), ["a", "b c"]);
    let _ = folder.dfopt(&["check", "--files-from", "missing"]).status(2).stderr_has("missing");
    let (status, answer) = checked_text(&folder, &["--files-from", "-"], b"b c\n");
    assert_eq!((status, paths(&serde_json::from_str(&answer).unwrap())), (0, vec!["b c".to_owned()]));
}

#[test]
fn standard_input_is_a_file_too() {
    let folder = Folder::new();
    let (status, answer) = checked_text(&folder, &["-"], FAULTY.as_bytes());
    let document: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((status, paths(&document)), (1, vec!["-".to_owned()]));
    let (_, answer) = checked_text(&folder, &["-", "--stdin-filename", "x/Dockerfile"], SOUND.as_bytes());
    assert_eq!(paths(&serde_json::from_str(&answer).unwrap()), ["x/Dockerfile"]);
}

#[test]
fn what_cannot_be_read_stops_nothing() {
    let folder = Folder::with(&[("Dockerfile", FAULTY), ("compose.yaml", "services: {}\n")]);
    folder.write("big", vec![b'#'; (16 << 20) + 1]);
    let ran = folder.dfopt(&["check", "--format", "json", "none", "compose.yaml", "big", "Dockerfile"]).status(2);
    let document = ran.json();
    let kinds: Vec<&Value> = document["files"].as_array().unwrap().iter().map(|file| &file["error"]["kind"]).collect();
    assert_eq!(
        kinds,
        ["not-found", "unsupported", "too-large"].map(Value::from).iter().chain([&Value::Null]).collect::<Vec<_>>()
    );
    assert_eq!(document["files"][3]["diagnostics"][0]["rule"], "relative-workdir");
    let _ = ran.stderr_has("error: none: there is no such file").stderr_has("error: compose.yaml: a Compose file");
}

#[test]
fn bytes_that_are_not_utf8_are_reported_where_they_stand() {
    let folder = Folder::new();
    folder.write("Dockerfile", b"FROM alpine:3.22\n# \xe9 in a comment\nWORKDIR app\nRUN echo \xe9\n");
    let document = folder.dfopt(&["check", "--format", "json"]).status(1).json();
    let found = document["files"][0]["diagnostics"].as_array().unwrap();
    let find =
        |rule: &str| found.iter().find(|one| one["rule"] == rule).unwrap_or_else(|| panic!("{rule}: {document:#}"));
    assert_eq!(find("not-utf8")["range"]["start"], serde_json::json!({"line": 4, "column": 10, "offset": 55}));
    assert_eq!(find("relative-workdir")["range"]["start"]["offset"], 42, "an offset of the file, not of the copy");
    assert!(found.iter().all(|one| one["fix"].is_null()), "{document:#}");
}

#[test]
fn utf16_is_named() {
    let folder = Folder::new();
    let units = "\u{feff}FROM alpine:3.22\r\n".encode_utf16().flat_map(u16::to_le_bytes);
    folder.write("Dockerfile", units.collect::<Vec<u8>>());
    let ran = folder.dfopt(&["check", "--format", "short"]).status(1).stdout_has("not-utf8").stdout_has("UTF-16");
    assert_eq!(ran.stdout.lines().count(), 1, "{ran}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    for number in 0..200 {
        folder.write(&format!("{number}/Dockerfile"), FAULTY.repeat(20));
    }
    for format in ["human", "short", "json", "sarif"] {
        let mut command = folder.command(&["check", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "", "{format}");
        assert_eq!(wait(&mut child, Instant::now() + Duration::from_secs(60)), Some(1), "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let mut command = folder.command(&["check"]);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(wait(&mut child, Instant::now() + Duration::from_secs(60)), Some(2));
    assert!(said.contains("the report cannot be written"), "{said}");
    let _ = folder.dfopt(&["check", "--output", "/dev/full"]).status(2).stderr_has("no space left");
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_a_check_that_waits() {
    let folder = Folder::new();
    let mut command = folder.command(&["check", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let signal = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    assert_eq!(wait(&mut child, Instant::now() + Duration::from_secs(10)), Some(130));
}

#[cfg(unix)]
#[test]
fn links_are_followed_once() {
    let folder = Folder::with(&[("Dockerfile.prod", SOUND), ("deep/image.txt", SOUND)]);
    let link = |target: &str, name: &str| std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    link("Dockerfile.prod", "Dockerfile");
    link("deep/image.txt", "Dockerfile.txt");
    link("nowhere", "Dockerfile.lost");
    link(".", "loop");
    assert_eq!(checked(&folder, &[]), ["Dockerfile.prod", "Dockerfile.txt"]);
    let _ = folder.dfopt(&["check", "Dockerfile.lost"]).status(2).stderr_has("there is no such file");
}
