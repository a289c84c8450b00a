//! The oracle answers, and answers what is known: else every test that compares with it compares with nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dfopt_tests::oracle::Oracle;
use serde_json::json;

#[test]
fn instructions_have_words_flags_lines_and_heredocs() {
    let Some(mut oracle) = Oracle::start() else { return };
    let parsed =
        oracle.parse(b"FROM --platform=linux/amd64 alpine AS base\nENV A=1 B=\"two words\"\nRUN <<EOF\necho hi\nEOF\n");
    let instructions = parsed["instructions"].as_array().unwrap();
    let keywords: Vec<_> = instructions.iter().map(|instruction| instruction["keyword"].as_str().unwrap()).collect();
    assert_eq!(keywords, ["FROM", "ENV", "RUN"]);
    assert_eq!(instructions[0]["flags"], json!(["--platform=linux/amd64"]));
    assert_eq!(instructions[0]["words"], json!(["alpine", "AS", "base"]));
    assert_eq!(instructions[1]["words"], json!(["A", "1", "=", "B", "\"two words\"", "="]));
    assert_eq!((&instructions[2]["start"], &instructions[2]["end"]), (&json!(3), &json!(5)));
    assert_eq!(instructions[2]["heredocs"][0]["content"], "echo hi\n");
    assert!(parsed.get("error").is_none(), "{parsed}");
}

#[test]
fn what_a_build_refuses_is_an_error_with_its_line() {
    let Some(mut oracle) = Oracle::start() else { return };
    let parsed = oracle.parse(b"FROM alpine\nFRMO alpine\n");
    assert!(parsed["error"]["message"].as_str().unwrap().contains("unknown instruction: FRMO"), "{parsed}");
    assert_eq!(parsed["error"]["lines"], json!([[2, 2]]));
}

#[test]
fn bytes_that_are_no_text_arrive_as_they_are() {
    let Some(mut oracle) = Oracle::start() else { return };
    let latin1 = oracle.parse(b"FROM alpine\nLABEL name=caf\xe9\n");
    let utf8 = oracle.parse("FROM alpine\nLABEL name=café\n".as_bytes());
    assert_eq!(utf8["instructions"][1]["words"][1], "café");
    assert_ne!(latin1["instructions"][1]["words"][1], "café");
    assert_eq!(latin1["instructions"].as_array().unwrap().len(), 2);
}

#[test]
fn the_linter_speaks_and_is_silent() {
    let Some(mut oracle) = Oracle::start() else { return };
    let bad = oracle.lint("FROM alpine as base\nMAINTAINER me\nCMD echo\n");
    let mut rules: Vec<_> =
        bad["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["FromAsCasing", "JSONArgsRecommended", "MaintainerDeprecated"]);
    assert_eq!(oracle.lint("FROM alpine AS base\nCMD [\"echo\"]\n")["findings"], json!([]));
}

#[test]
fn operations_and_the_sent_context_are_told() {
    let Some(mut oracle) = Oracle::start() else { return };
    let answer = oracle.ask(&json!({
        "name": "ops", "mode": ["ops"], "text": "FROM alpine\nARG V\nUSER app\nRUN make $V\n", "args": {"V": "7"},
        "context": {"Makefile": "", "out/": "", "secret": ""}, "ignore": "secret\n",
    }));
    assert_eq!(answer["name"], "ops");
    assert_eq!(answer["sent"], json!(["Makefile", "out/"]));
    assert_eq!(answer["ops"]["config"]["User"], "app");
    let run = answer["ops"]["ops"].as_array().unwrap().last().unwrap();
    assert_eq!(run["line"], 4);
    assert!(run["op"].as_str().unwrap().contains("\"V=7\""), "{run}");
}

#[test]
fn one_oracle_survives_bad_input() {
    let Some(mut oracle) = Oracle::start() else { return };
    let unknown = oracle.ask(&json!({"mode": ["guess"], "text": ""}));
    assert!(unknown["error"]["message"].as_str().unwrap().contains("unknown mode"), "{unknown}");
    assert_eq!(oracle.parse(b"")["error"]["message"], "file with no instructions");
    assert_eq!(oracle.parse(b"FROM scratch\n")["instructions"][0]["keyword"], "FROM");
}
