//! `dfopt check`, `rules`, `explain`, `graph`, `completions`: what they print and how they exit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is test code all through")]

use dfopt_tests::folder::Folder;
use dfopt_tests::schema::assert_valid;
use serde_json::{Value, json};

/// One warning with a fix, and one with a related place.
const FAULTY: &str = "FROM alpine:3.22\nWORKDIR app\nENV greeting hello\n";
const SOUND: &str = "FROM alpine:3.22\nWORKDIR /app\n";

fn rules(document: &Value) -> Vec<&str> {
    let files = document["files"].as_array().unwrap();
    let diagnostics = files.iter().flat_map(|file| file["diagnostics"].as_array().unwrap());
    diagnostics.map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn the_exit_status_says_what_was_found() {
    let folder =
        Folder::with(&[("Dockerfile", FAULTY), ("sound/Dockerfile", SOUND), ("broken/Dockerfile", "COPPY a b\n")]);
    let _ = folder.dfopt(&["check", "sound"]).status(0);
    let _ = folder.dfopt(&["check", "Dockerfile"]).status(1);
    let _ = folder.dfopt(&["check", "broken"]).status(1).stdout_has("error[");
    let _ = folder.dfopt(&["check", "--fail-on", "error", "Dockerfile"]).status(0).stdout_has("relative-workdir");
    let _ = folder.dfopt(&["check", "--fail-on", "never", "broken"]).status(0).stdout_has("error[");
    let _ = folder.dfopt(&["check", "none"]).status(2).stderr_has("error: none: there is no such file");
    // What could not be done weighs more than what was found.
    let _ = folder.dfopt(&["check", "none", "Dockerfile"]).status(2).stdout_has("relative-workdir");
    let _ = folder.dfopt(&["check", "--no-such-flag"]).status(2);
    let _ = folder.dfopt(&["check", "--preset", "strict"]).status(2).stderr_has("`recommended`");
    let _ = folder.dfopt(&["check", "--context", "none", "Dockerfile"]).status(2).stderr_has("build context");
    let _ = folder.dfopt(&[]).status(2);
    let _ = folder.dfopt(&["--version"]).status(0).stdout_has("dfopt ");
}

#[test]
fn only_what_works_is_advertised() {
    let folder = Folder::new();
    let help = folder.dfopt(&["--help"]).status(0).stdout;
    for command in ["check", "fix", "verify", "graph", "rules", "explain", "config", "lsp", "completions"] {
        assert!(help.contains(command), "{command} in\n{help}");
    }
    for command in ["__probe", "fmt"] {
        assert!(!help.contains(command), "{command} in\n{help}");
    }
}

#[test]
fn rules_are_chosen_by_name_alias_and_category() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let found = |args: &[&str]| {
        let args = [&["check", "--format", "json", "--fail-on", "never", "Dockerfile"], args].concat();
        rules(&folder.dfopt(&args).status(0).json()).join(" ")
    };
    assert_eq!(found(&[]), "relative-workdir legacy-key-value");
    assert_eq!(found(&["--select", "DL3000"]), "relative-workdir");
    assert_eq!(found(&["--ignore", "WorkdirRelativePath"]), "legacy-key-value");
    assert_eq!(found(&["--ignore", "dl3000,legacykeyvalueformat"]), "");
    assert_eq!(found(&["--select", "security"]), "implicit-root-user");
    assert_eq!(found(&["--severity", "relative-workdir=off"]), "legacy-key-value");
    assert_eq!(found(&["--preset", "buildkit", "--select", "relative-workdir"]), "relative-workdir");
    let wrong = folder.dfopt(&["check", "--ignore", "relativ-workdir"]).status(2);
    let _ = wrong.stderr_has("did you mean `relative-workdir`?");
    let error = folder.dfopt(&["check", "--severity", "relative-workdir=error", "--fail-on", "error"]).status(1);
    let _ = error.stdout_has("error[relative-workdir]");
}

#[test]
fn a_settings_file_is_obeyed_and_its_mistakes_are_named() {
    let folder = Folder::with(&[
        ("Dockerfile", FAULTY),
        ("good.toml", "ignore = [\"relative-workdir\"]\nfail-on = \"error\"\n"),
        ("bad.toml", "\nignroe = []\n"),
    ]);
    let ran = folder.dfopt(&["check", "--config", "good.toml", "--format", "short"]).status(0);
    assert!(ran.stdout.contains("legacy-key-value") && !ran.stdout.contains("relative-workdir"), "{ran}");
    let _ = folder.dfopt(&["check", "--config", "bad.toml"]).status(2).stderr_has("did you mean `ignore`?");
    let _ = folder.dfopt(&["check", "--config", "none.toml"]).status(2).stderr_has("none.toml: cannot be read");
}

#[test]
fn json_is_as_documented() {
    let folder = Folder::with(&[("Dockerfile", "FROM alpine:3.22\n# é\nWORKDIR é/app\n"), ("sound/Dockerfile", SOUND)]);
    let ran = folder.dfopt(&["check", "--format", "json", ".", "none"]).status(2);
    let document = ran.json();
    assert_valid("check", &document);
    let files = document["files"].as_array().unwrap();
    let paths: Vec<&str> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["Dockerfile", "sound/Dockerfile", "none"]);
    assert_eq!(files[2]["error"]["kind"], "not-found");
    assert_eq!(files[1]["error"], Value::Null);
    let one = &files[0]["diagnostics"][0];
    assert_eq!(one["rule"], "relative-workdir");
    assert!(one["aliases"].as_array().unwrap().contains(&"DL3000".into()));
    assert_eq!(one["category"], "correctness");
    assert_eq!(one["fails_build"], false);
    // The comment has a character of two bytes, and so has the word.
    let range = json!({
        "start": {"line": 3, "column": 9, "offset": 30},
        "end": {"line": 3, "column": 14, "offset": 36},
    });
    assert_eq!(one["range"], range);
    assert_eq!(one["fingerprint"].as_str().unwrap().len(), 16);
    let summary = json!({"files": 3, "errors": 0, "warnings": 1, "infos": 0, "styles": 0, "fixable": 1});
    assert_eq!(document["summary"], summary);
}

#[test]
fn the_offsets_of_a_fix_are_those_of_the_file() {
    let text = "\u{feff}FROM alpine:3.22\r\nWORKDIR app\r\n";
    let folder = Folder::with(&[("Dockerfile", text)]);
    let document = folder.dfopt(&["check", "--format", "json"]).status(1).json();
    let one = &document["files"][0]["diagnostics"][0];
    assert_eq!(one["range"]["start"], json!({"line": 2, "column": 9, "offset": text.find("app").unwrap()}));
    for edit in one["fix"]["edits"].as_array().unwrap() {
        let (start, end) = (edit["start"].as_u64().unwrap() as usize, edit["end"].as_u64().unwrap() as usize);
        assert!(text.get(start..end).is_some() && start >= text.find("WORKDIR").unwrap(), "{edit}");
    }
}

#[test]
fn one_line_of_json_for_each() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let ran = folder.dfopt(&["check", "--format", "jsonl", "Dockerfile", "none"]).status(2);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["path"], "Dockerfile");
    assert_eq!(lines[0]["rule"], "relative-workdir");
    assert_eq!(lines[2]["error"]["kind"], "not-found");
}

#[test]
fn sarif_has_the_shape_that_scanners_read() {
    let folder = Folder::with(&[("a b/Dockerfile", FAULTY)]);
    let log = folder.dfopt(&["check", "--format", "sarif", ".", "none"]).status(2).json();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-schema-2.1.0"));
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "dfopt");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["/id", "/name", "/shortDescription/text", "/help/text", "/help/markdown", "/helpUri"] {
            assert!(
                rule.pointer(text).and_then(Value::as_str).is_some_and(|text| !text.is_empty()),
                "{text} of {rule}"
            );
        }
        let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
        assert!(["error", "warning", "note"].contains(&level), "{level}");
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(result["partialFingerprints"]["dfopt/v1"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"], json!({"uri": "a%20b/Dockerfile", "uriBaseId": "%SRCROOT%"}));
        for number in ["startLine", "startColumn", "endLine", "endColumn", "byteOffset", "byteLength"] {
            assert!(place["region"][number].is_u64(), "{number} of {place}");
        }
    }
    let fix = &results[1]["fixes"][0];
    assert!(fix["description"]["text"].is_string());
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    assert!(replacement["deletedRegion"]["startLine"].is_u64() && replacement["insertedContent"]["text"].is_string());
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["descriptor"]["id"], "not-found");
}

#[test]
fn people_get_an_excerpt_and_programs_a_line() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let human = folder.dfopt(&["check", "--format", "human", "--select", "relative-workdir"]).status(1);
    let human = human.stdout_has("warning[relative-workdir]: ").stdout_has("Dockerfile:2:9").stdout_has("WORKDIR app");
    let human = human.stdout_has("^^^").stdout_has("1 warning in 1 file");
    assert!(!human.stdout.contains('\x1b'), "{human}");
    // Without a terminal the short form is the default.
    let short = folder.dfopt(&["check", "--select", "relative-workdir"]).status(1).stdout;
    assert!(short.starts_with("Dockerfile:2:9: warning[relative-workdir] "), "{short}");
    assert_eq!(short.lines().count(), 1);
    let quiet = folder.dfopt(&["check", "--format", "human", "--quiet"]).status(1).stdout;
    assert!(!quiet.contains(" in 1 file"), "{quiet}");
    let sound = Folder::with(&[("Dockerfile", SOUND)]);
    assert_eq!(sound.dfopt(&["check", "--format", "human"]).status(0).stdout, "Nothing found in 1 file\n");
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let has_color = |args: &[&str], variable: Option<(&str, &str)>| {
        let mut command = folder.command(&[&["check", "--format", "human"], args].concat());
        command.envs(variable);
        dfopt_tests::process::run(&mut command, dfopt_tests::folder::LIMIT).stdout.contains("\x1b[")
    };
    assert!(!has_color(&[], None));
    assert!(has_color(&["--color", "always"], None));
    assert!(has_color(&["--color", "always"], Some(("NO_COLOR", "1"))));
    assert!(!has_color(&["--color", "never"], None));
}

#[test]
fn nothing_in_a_file_moves_the_cursor() {
    let folder = Folder::with(&[("Dockerfile", "FROM alpine:3.22\nWORKDIR a\x1b[2Jb\u{202e}c\n")]);
    for format in ["human", "short", "markdown"] {
        let ran = folder.dfopt(&["check", "--format", format, "--select", "relative-workdir"]).status(1);
        assert!(!ran.stdout.contains('\x1b') && !ran.stdout.contains('\u{202e}'), "{ran}");
    }
    let human = folder.dfopt(&["check", "--format", "human", "--select", "relative-workdir"]).status(1);
    let _ = human.stdout_has("a\\x1b[2Jb\\u{202e}c").stdout_has("Dockerfile:2:9");
}

#[test]
fn statistics_count_by_rule() {
    let folder = Folder::with(&[("Dockerfile", FAULTY), ("b/Dockerfile", "FROM alpine:3.22\nWORKDIR b\n")]);
    let ran = folder.dfopt(&["check", "--statistics", "--format", "short"]).status(1);
    assert!(ran.stdout.starts_with("2 warning relative-workdir"), "{ran}");
    let document = folder.dfopt(&["check", "--statistics", "--format", "json"]).status(1).json();
    assert_valid("check", &document);
    assert_eq!(document["statistics"][0]["count"], 2);
}

#[test]
fn other_formats() {
    let folder = Folder::with(&[("Dockerfile", FAULTY)]);
    let github = folder.dfopt(&["check", "--format", "github"]).status(1).stdout;
    assert!(
        github.starts_with("::warning file=Dockerfile,line=2,col=9,endColumn=12,title=relative-workdir::"),
        "{github}"
    );
    let markdown = folder.dfopt(&["check", "--format", "markdown"]).status(1).stdout;
    assert!(markdown.contains("| Dockerfile:2:9 | warning | [relative-workdir](https://"), "{markdown}");
}

#[test]
fn a_report_goes_to_a_file() {
    let folder = Folder::with(&[("Dockerfile", FAULTY), ("out.json", "old")]);
    let ran = folder.dfopt(&["check", "--format", "json", "--output", "out.json"]).status(1);
    assert_eq!(ran.stdout, "");
    assert_valid("check", &serde_json::from_str(&folder.read("out.json")).unwrap());
    assert_eq!(folder.files(), ["Dockerfile", "out.json"]);
    let _ = folder.dfopt(&["check", "--output", "none/out.json"]).status(2).stderr_has("none/out.json");
}

#[test]
fn build_arguments_and_targets_are_known() {
    let folder = Folder::with(&[("Dockerfile", "ARG BASE=alpine\nFROM $BASE:3.22 AS a\nARG DIR\nWORKDIR $DIR\n")]);
    let found = |args: &[&str]| {
        let args =
            [&["check", "--format", "json", "--fail-on", "never", "--select", "relative-workdir"], args].concat();
        rules(&folder.dfopt(&args).status(0).json()).len()
    };
    assert_eq!(found(&["--build-arg", "DIR=/srv"]), 0);
    assert_eq!(found(&["--build-arg", "DIR=srv"]), 1);
}

#[test]
fn the_catalogue_and_its_pages() {
    let folder = Folder::new();
    let list = folder.dfopt(&["rules"]).status(0).stdout;
    let catalogue = folder.dfopt(&["rules", "--format", "json"]).status(0).json();
    let rules = catalogue["rules"].as_array().unwrap();
    assert_eq!(list.lines().count(), rules.len());
    let find = |name: &str| rules.iter().find(|rule| rule["rule"] == name).unwrap();
    assert_eq!(find("relative-workdir")["severity"]["recommended"], "warning");
    for rule in rules {
        let name = rule["rule"].as_str().unwrap();
        assert!(list.contains(name), "{name}");
        let page = folder.dfopt(&["explain", name]).status(0).stdout;
        assert!(page.starts_with(&format!("# {name}\n")) && page.contains(rule["summary"].as_str().unwrap()), "{page}");
    }
    let _ = folder.dfopt(&["explain", "dl3000"]).status(0).stdout_has("# relative-workdir");
    let _ = folder.dfopt(&["explain", "relativ-workdir"]).status(2).stderr_has("did you mean `relative-workdir`?");
}

#[test]
fn graphs_in_every_form() {
    let text = "FROM golang:1.24 AS build\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /\n";
    let folder = Folder::with(&[("Dockerfile", text), ("empty", "# nothing\n")]);
    let _ = folder.dfopt(&["graph"]).status(0).stdout_has("<- build: COPY /app / (line 4)");
    let _ = folder.dfopt(&["graph", "Dockerfile", "--format", "dot"]).status(0).stdout_has("digraph");
    let _ = folder.dfopt(&["graph", "--format", "mermaid"]).status(0).stdout_has("flowchart TD");
    let svg = folder.dfopt(&["graph", "--format", "svg"]).status(0).stdout;
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    let target = folder.dfopt(&["graph", "--target", "build"]).status(0).stdout;
    assert!(target.contains("(line 3): not built"), "{target}");
    let _ = folder.dfopt(&["graph", "--target", "none"]).status(2).stderr_has("no stage `none`");
    let _ = folder.dfopt(&["graph", "empty"]).status(2).stderr_has("no stage in it");
    let _ = folder.dfopt(&["graph", "none"]).status(2).stderr_has("there is no such file");
}

#[test]
fn completions_for_shells() {
    let folder = Folder::new();
    for (shell, mark) in [("bash", "complete -F"), ("zsh", "#compdef dfopt"), ("fish", "complete -c dfopt")] {
        let _ = folder.dfopt(&["completions", shell]).status(0).stdout_has(mark);
    }
}
