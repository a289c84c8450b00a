//! `dfopt fix` without refactors: what it writes, what it only shows, and what it never touches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is test code all through")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use dfopt_tests::folder::Folder;
use dfopt_tests::process::wait;

const FAULTY: &str = "FROM alpine:3.22\nENV greeting hello\nMAINTAINER me\n";
const FIXED: &str = "FROM alpine:3.22\nENV greeting=\"hello\"\nMAINTAINER me\n";

#[test]
fn safe_fixes_are_written_and_said() {
    let folder = Folder::with(&[("Dockerfile", FAULTY), ("sound/Dockerfile", "FROM alpine:3.22\n")]);
    let ran = folder.dfopt(&["fix"]).status(0).stdout_has("Dockerfile: fixed legacy-key-value");
    let _ = ran.stdout_has("1 fix made in 1 file; 1 more with `--unsafe`");
    assert_eq!(folder.read("Dockerfile"), FIXED);
    let _ = folder.dfopt(&["fix"]).status(0).stdout_has("Nothing to fix");
    assert_eq!(folder.read("Dockerfile"), FIXED);
    assert_eq!(folder.files(), ["Dockerfile", "sound/Dockerfile"]);
}

#[test]
fn unsafe_fixes_and_single_rules_are_asked_for() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let _ = folder.dfopt(&["fix", "--rule", "maintainer-instruction"]).status(0).stdout_has("Nothing to fix");
    assert_eq!(folder.read("Dockerfile"), FAULTY);
    let _ = folder.dfopt(&["fix", "--unsafe", "--rule", "DL4000"]).status(0).stdout_has("maintainer-instruction");
    let text = folder.read("Dockerfile");
    assert!(!text.contains("MAINTAINER") && text.contains("ENV greeting hello"), "{text}");
    let _ = folder.dfopt(&["fix", "--rule", "no-such-rule"]).status(2).stderr_has("unknown rule `no-such-rule`");
}

#[test]
fn line_ends_and_byte_order_mark_stay() {
    let folder = Folder::with(&[("Dockerfile", "")]);
    folder.write("Dockerfile", format!("\u{feff}{}", FAULTY.replace('\n', "\r\n")));
    let _ = folder.dfopt(&["fix"]).status(0);
    assert_eq!(folder.read("Dockerfile"), format!("\u{feff}{}", FIXED.replace('\n', "\r\n")));
}

#[cfg(unix)]
#[test]
fn mode_owner_and_links_stay() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    let folder = Folder::with(&[("deep/real", FAULTY)]);
    let real = folder.path().join("deep/real");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o751)).unwrap();
    // Only root can give a file away; anyone else keeps an owner that is his own.
    let owner = |path: &std::path::Path| fs::metadata(path).map(|data| (data.uid(), data.gid())).unwrap();
    let _ = std::os::unix::fs::chown(&real, Some(1234), Some(5678));
    let before = owner(&real);
    symlink("deep/real", folder.path().join("Dockerfile")).unwrap();
    let _ = folder.dfopt(&["fix", "Dockerfile"]).status(0);
    assert!(fs::symlink_metadata(folder.path().join("Dockerfile")).unwrap().is_symlink());
    assert_eq!(folder.read("deep/real"), FIXED);
    assert_eq!(owner(&real), before);
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o7777, 0o751);
    assert_eq!(folder.files(), ["Dockerfile", "deep/real"], "no temporary file stays");
}

#[test]
fn a_diff_is_shown_and_nothing_written() {
    let folder = Folder::with(&[("x/Dockerfile", FAULTY)]);
    let ran = folder.dfopt(&["fix", "--diff"]).status(1);
    let expected = "--- a/x/Dockerfile\n+++ b/x/Dockerfile\n@@ -1,3 +1,3 @@\n FROM alpine:3.22\n-ENV greeting hello\n\
                    +ENV greeting=\"hello\"\n MAINTAINER me\n";
    assert_eq!(ran.stdout, expected);
    assert_eq!(folder.read("x/Dockerfile"), FAULTY);
    folder.write("x/Dockerfile", FIXED);
    assert_eq!(folder.dfopt(&["fix", "--diff"]).status(0).stdout, "");
}

#[test]
fn a_diff_can_be_applied() {
    let folder = Folder::with(&[("Dockerfile", "")]);
    folder.write("Dockerfile", FAULTY.replace('\n', "\r\n").trim_end());
    let patch = folder.dfopt(&["fix", "--diff"]).status(1).stdout;
    folder.write("change.patch", &patch);
    let mut git = std::process::Command::new("git");
    let Ok(applied) = git.args(["apply", "change.patch"]).current_dir(folder.path()).status() else { return };
    assert!(applied.success(), "{patch}");
    assert_eq!(folder.read("Dockerfile"), FIXED.replace('\n', "\r\n").trim_end());
}

#[test]
fn a_check_only_says() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let ran = folder.dfopt(&["fix", "--check"]).status(1).stdout_has("Dockerfile: would fix legacy-key-value");
    let _ = ran.stdout_has("1 fix in 1 file would be made");
    assert_eq!(folder.read("Dockerfile"), FAULTY);
    folder.write("Dockerfile", FIXED);
    let _ = folder.dfopt(&["fix", "--check"]).status(0);
    assert_eq!(folder.dfopt(&["fix", "--check", "--quiet"]).status(0).stdout, "");
}

#[test]
fn the_result_can_be_printed() {
    let folder = Folder::with(&[("Dockerfile", FAULTY), ("other/Dockerfile", FIXED)]);
    assert_eq!(folder.dfopt(&["fix", "--stdout", "Dockerfile"]).status(0).stdout, FIXED);
    assert_eq!(folder.dfopt(&["fix", "--stdout", "other"]).status(0).stdout, FIXED);
    assert_eq!(folder.read("Dockerfile"), FAULTY);
    let _ = folder.dfopt(&["fix", "--stdout"]).status(2).stderr_has("name one");
    let _ = folder.dfopt(&["fix", "--stdout", "--diff", "Dockerfile"]).status(2);
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let folder = Folder::new();
    let mut command = folder.command(&["fix", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(FAULTY.as_bytes()).unwrap();
    let mut answer = String::new();
    child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
    assert_eq!(wait(&mut child, Instant::now() + Duration::from_secs(60)), Some(0));
    assert_eq!(answer, FIXED);
    assert_eq!(folder.files(), [""; 0]);
}

#[test]
fn what_is_not_utf8_is_left_as_it_is() {
    let folder = Folder::new();
    let bytes = b"FROM alpine:3.22\n# \xe9\nENV greeting hello\n";
    folder.write("Dockerfile", bytes);
    let _ = folder.dfopt(&["fix"]).status(0).stderr_has("not UTF-8");
    assert_eq!(fs::read(folder.path().join("Dockerfile")).unwrap(), bytes);
}

#[test]
fn one_bad_file_keeps_no_other_from_being_fixed() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let _ = folder.dfopt(&["fix", "none", "Dockerfile"]).status(2).stderr_has("none: there is no such file");
    assert_eq!(folder.read("Dockerfile"), FIXED);
}

#[test]
fn flags_of_refactors_need_one() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let _ = folder.dfopt(&["fix", "--no-verify"]).status(2).stderr_has("`--no-verify` belongs to a refactor");
    let _ = folder.dfopt(&["fix", "--smoke-http", "x"]).status(2).stderr_has("8080/health");
    let ran = folder.dfopt(&["fix", "--split-stages", "--prune-stages"]).status(2).stderr_has("one after the other");
    assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
    for flag in ["--order-copies", "--prune-stages"] {
        let _ = folder.dfopt(&["fix", flag]).status(0).stdout_has("Dockerfile: nothing to do: ");
    }
    assert_eq!(folder.read("Dockerfile"), FAULTY);
}

const STAGES: &str = "FROM alpine:3.22 AS old\nRUN true\n\nFROM alpine:3.22 AS web\nRUN touch /a\n\nFROM alpine:3.22\nCOPY --from=1 /a /a\n";

#[test]
fn stages_are_pruned_unless_another_file_builds_them() {
    let folder = Folder::with(&[("Dockerfile", STAGES)]);
    let _ = folder
        .dfopt(&["fix", "--prune-stages", "--plan", "text"])
        .status(0)
        .stdout_has("Dockerfile:1: nothing that is built");
    assert_eq!(folder.read("Dockerfile"), STAGES);
    folder.write("compose.yaml", "services:\n  old:\n    build: {context: ., target: old}\n");
    let _ = folder.dfopt(&["fix", "--prune-stages", "--no-verify"]).status(0).stdout_has("nothing to do");
    folder.write("compose.yaml", "services:\n  web:\n    build: {context: ., target: web}\n");
    let _ = folder.dfopt(&["fix", "--prune-stages", "--no-verify"]).status(0).stderr_has("unverified");
    let after = STAGES.replace("FROM alpine:3.22 AS old\nRUN true\n\n", "").replace("--from=1", "--from=0");
    assert_eq!(folder.read("Dockerfile"), after);
}

#[test]
fn copies_are_ordered_from_the_files_beside() {
    let before = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"a.js\"]\n";
    let folder = Folder::with(&[("Dockerfile", before), ("package.json", "{}"), ("a.js", "")]);
    let ran = folder.dfopt(&["fix", "--order-copies", "--plan", "json"]).status(0);
    let plan = ran.json();
    assert_eq!((&plan["outcome"], &plan["changes"][0]["line"]), (&"plan".into(), &3.into()), "{ran}");
    let _ = folder.dfopt(&["fix", "--order-copies", "--no-verify"]).status(0);
    let after = before.replace("COPY . .\nRUN npm ci\n", "COPY package.json ./\nRUN npm ci\nCOPY . .\n");
    assert_eq!(folder.read("Dockerfile"), after);
    folder.write("node_modules/a/index.js", "");
    folder.write("Dockerfile", before);
    let ran = folder.dfopt(&["fix", "--order-copies", "--no-verify"]).status(3).stderr_has("Dockerfile:3: refused: ");
    assert!(ran.stderr.contains("add `node_modules` to .dockerignore"), "{ran}");
}

/// A file system of a few pages, where the right to mount one is there.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_file_whole() {
    let folder = Folder::with(&[("small/x", "")]);
    let script = "mount -t tmpfs -o size=16k tmpfs small && cd small && cp ../Dockerfile . && { cat /dev/zero > rest; true; } 2> /dev/null
        && \"$DFOPT\" fix Dockerfile; status=$?; cat Dockerfile; ls -A; exit $status";
    folder.write("Dockerfile", format!("{FAULTY}{}", "# long\n".repeat(600)));
    let mut unshare = std::process::Command::new("unshare");
    unshare.args(["--mount", "sh", "-c", &script.replace("\n        ", " ")]);
    unshare.env("DFOPT", dfopt_tests::folder::dfopt()).current_dir(folder.path());
    let Ok(probe) = std::process::Command::new("unshare").args(["--mount", "true"]).output() else { return };
    if !probe.status.success() {
        return;
    }
    let ran = dfopt_tests::process::run(&mut unshare, dfopt_tests::folder::LIMIT).status(2);
    let ran = ran.stderr_has("no space left on its disk, left as it is").stdout_has("ENV greeting hello");
    assert!(!ran.stdout.contains("Nothing to fix"), "{ran}");
    let left: Vec<&str> = ran.stdout.lines().rev().take(2).collect();
    assert_eq!(left, ["rest", "Dockerfile"], "no temporary file stays");
}
