//! Everything that an editor can ask about a text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;

use client::{Client, URI, World, applied, apply_all, offset};
use serde_json::{Value, json};

const TEXT: &str = "\
# syntax=docker/dockerfile:1
ARG VERSION=1.2
FROM golang:$VERSION AS Build
ARG VERSION
ENV MODE=fast
RUN echo \"😀 $VERSION ${MODE}\" && \\
    --mount=x true
FROM scratch AS tools
COPY --from=build /a /b
FROM build
COPY --from=0 /a /c
RUN --mount=type=bind,from=tools,target=/t <<EOF
echo $MODE
EOF
";

/// Where the `n`th `needle` of the text starts, `into` characters further.
fn place(text: &str, needle: &str, n: usize, into: u32) -> (u32, u32) {
    let at = text.match_indices(needle).nth(n).unwrap().0;
    let line = text[..at].matches('\n').count();
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let column = text[start..at].encode_utf16().count();
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap() + into)
}

fn ask_at(client: &mut Client, method: &str, at: (u32, u32)) -> Value {
    let params = client.at(at.0, at.1);
    client.ask(method, params)
}

/// The texts at the ranges of a list, each with its line.
fn texts(text: &str, found: &Value, key: &str) -> Vec<(u64, String)> {
    let ranges = found.as_array().unwrap().iter().map(|one| &one[key]);
    ranges
        .map(|range| {
            let (start, end) = (offset(text, &range["start"]), offset(text, &range["end"]));
            (range["start"]["line"].as_u64().unwrap(), text[start..end].to_owned())
        })
        .collect()
}

fn named(lines: &[(u64, &str)]) -> Vec<(u64, String)> {
    lines.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
}

#[test]
fn a_stage_is_found_from_every_place() {
    let mut client = Client::with_text(TEXT);
    let build = [(2, "Build"), (8, "build"), (9, "build"), (10, "0")];
    for (needle, n) in [("Build", 0), ("from=build", 0), ("FROM build", 0), ("from=0", 0)] {
        let into = if needle.contains(['=', ' ']) { 5 } else { 1 };
        let at = place(TEXT, needle, n, into);
        let found = ask_at(&mut client, "textDocument/definition", at);
        assert_eq!(texts(TEXT, &found, "targetSelectionRange"), named(&[(2, "Build")]), "{needle}");
        let mut params = client.at(at.0, at.1);
        params["context"] = json!({ "includeDeclaration": true });
        let found = client.ask("textDocument/references", params);
        assert_eq!(texts(TEXT, &found, "range"), named(&build), "{needle}");
        let found = ask_at(&mut client, "textDocument/documentHighlight", at);
        assert_eq!(texts(TEXT, &found, "range"), named(&build), "{needle}");
        assert_eq!(found[0]["kind"], 3);
    }
}

#[test]
fn a_stage_is_renamed_where_its_name_is_written() {
    let mut client = Client::with_text(TEXT);
    let at = place(TEXT, "from=build", 0, 6);
    let prepared = ask_at(&mut client, "textDocument/prepareRename", at);
    assert_eq!(prepared["placeholder"], "build");
    let mut params = client.at(at.0, at.1);
    params["newName"] = json!("compile");
    let edit = client.ask("textDocument/rename", params.clone());
    let after = applied(TEXT, &edit, URI);
    assert!(after.contains("AS compile") && after.contains("--from=compile") && after.contains("FROM compile\n"));
    assert!(after.contains("--from=0"));
    for bad in ["tools", "1x", "a b", "scratch"] {
        params["newName"] = json!(bad);
        assert_eq!(client.try_ask("textDocument/rename", params.clone())["error"]["code"], -32602, "{bad}");
    }
    let number = place(TEXT, "from=0", 0, 5);
    let params = client.at(number.0, number.1);
    assert_eq!(client.try_ask("textDocument/prepareRename", params)["error"]["code"], -32602);
}

#[test]
fn a_variable_is_renamed_with_its_global_and_inside_commands() {
    let mut client = Client::with_text(TEXT);
    let at = place(TEXT, "golang:$VERSION", 0, 9);
    let mut params = client.at(at.0, at.1);
    params["newName"] = json!("GO");
    let after = applied(TEXT, &client.ask("textDocument/rename", params), URI);
    assert!(after.contains("ARG GO=1.2\nFROM golang:$GO AS Build\nARG GO\n"), "{after}");
    assert!(after.contains("echo \"😀 $GO ${MODE}\""), "{after}");
    let at = place(TEXT, "echo $MODE", 0, 7);
    let mut params = client.at(at.0, at.1);
    params["newName"] = json!("M");
    let after = applied(TEXT, &client.ask("textDocument/rename", params.clone()), URI);
    assert!(after.contains("ENV M=fast") && after.contains("${M}\"") && after.contains("echo $M\n"), "{after}");
    params["newName"] = json!("VERSION");
    assert!(client.try_ask("textDocument/rename", params)["error"].is_object(), "it is taken");
}

#[test]
fn a_heredoc_is_renamed_at_both_ends() {
    let mut client = Client::with_text(TEXT);
    for n in [0, 1] {
        let at = place(TEXT, "EOF", n, 1);
        let mut params = client.at(at.0, at.1);
        params["newName"] = json!("END");
        let after = applied(TEXT, &client.ask("textDocument/rename", params), URI);
        assert!(after.ends_with("<<END\necho $MODE\nEND\n"), "{after}");
        let linked = ask_at(&mut client, "textDocument/linkedEditingRange", at);
        assert_eq!(linked["ranges"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn a_copied_file_is_opened() {
    let files = [("/w/Dockerfile", ""), ("/w/src/main.go", "package main\n")];
    let mut client = Client::open(World::with_files(&files));
    client.open_text(URI, "FROM scratch\nCOPY src/main.go none.go /\n");
    let found = ask_at(&mut client, "textDocument/definition", (1, 8));
    assert_eq!(found[0]["targetUri"], "file:///w/src/main.go");
    assert_eq!(ask_at(&mut client, "textDocument/definition", (1, 19)), Value::Null);
}

#[test]
fn hover_says_what_is_known_there() {
    let mut client = Client::with_text(TEXT);
    let mut says = |needle: &str, n: usize, into: u32, expected: &[&str]| {
        let found = ask_at(&mut client, "textDocument/hover", place(TEXT, needle, n, into));
        let text = found["contents"]["value"].as_str().unwrap_or_else(|| panic!("{needle}: {found}")).to_owned();
        for expected in expected {
            assert!(text.contains(expected), "{needle}: {text}");
        }
    };
    says("$VERSION", 1, 2, &["`ARG VERSION` = `1.2`", "line 4"]);
    says("${MODE}", 0, 3, &["`ENV MODE` = `fast`", "line 5"]);
    says("echo $MODE", 0, 6, &["line 5"]);
    says("Build", 0, 0, &["stage 0", "golang:1.2", "Used by"]);
    says("--mount=type", 0, 3, &["cache"]);
    says("target=", 0, 1, &["Where it is mounted"]);
    says("syntax", 0, 1, &["frontend"]);
    says("FROM", 1, 1, &["Begins a stage"]);
    says("EOF", 0, 0, &["Heredoc `EOF` of 1 lines"]);
}

#[test]
fn hover_on_a_diagnostic_shows_the_page_of_its_rule() {
    let mut client = Client::with_text("FROM alpine:3.22\nWORKDIR app\n");
    let found = ask_at(&mut client, "textDocument/hover", (1, 9));
    assert!(found["contents"]["value"].as_str().unwrap().contains("## Why"), "{found}");
}

#[test]
fn the_outline_is_nested_by_stage() {
    let mut client = Client::with_text(TEXT);
    let document = json!({ "textDocument": { "uri": URI } });
    let symbols = client.ask("textDocument/documentSymbol", document);
    let names: Vec<&str> = symbols.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ARG", "build", "tools", "stage 2 (build)"]);
    let inner: Vec<&str> =
        symbols[1]["children"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(inner, ["ARG", "ENV", "RUN"]);
    assert_eq!(symbols[1]["children"][1]["children"][0]["name"], "MODE");
    check_nesting(&symbols);
}

fn check_nesting(symbols: &Value) {
    for symbol in symbols.as_array().into_iter().flatten() {
        let contains = |outer: &Value, inner: &Value| {
            offset(TEXT, &outer["start"]) <= offset(TEXT, &inner["start"])
                && offset(TEXT, &inner["end"]) <= offset(TEXT, &outer["end"])
        };
        assert!(contains(&symbol["range"], &symbol["selectionRange"]), "{symbol}");
        for child in symbol["children"].as_array().into_iter().flatten() {
            assert!(contains(&symbol["range"], &child["range"]), "{child}");
        }
        check_nesting(&symbol["children"]);
    }
}

#[test]
fn the_workspace_has_symbols_of_files_that_are_not_open() {
    let files = [("/w/Dockerfile", "FROM a AS old\n"), ("/w/x/Dockerfile", "FROM a AS builder\nENV BLD=1\n")];
    let mut client = Client::open(World::with_files(&files));
    client.open_text(URI, "FROM a AS build\n");
    let found = client.ask("workspace/symbol", json!({ "query": "bld" }));
    let names: Vec<&str> = found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["build", "builder", "BLD"]);
}

#[test]
fn stages_call_each_other() {
    let mut client = Client::with_text(TEXT);
    let item = ask_at(&mut client, "textDocument/prepareCallHierarchy", place(TEXT, "Build", 0, 1))[0].clone();
    assert_eq!(item["name"], "build");
    let incoming = client.ask("callHierarchy/incomingCalls", json!({ "item": item }));
    let from: Vec<&str> =
        incoming.as_array().unwrap().iter().map(|one| one["from"]["name"].as_str().unwrap()).collect();
    assert_eq!(from, ["tools", "stage 2 (build)"]);
    assert_eq!(incoming[1]["fromRanges"].as_array().unwrap().len(), 2);
    let last = incoming[1]["from"].clone();
    let outgoing = client.ask("callHierarchy/outgoingCalls", json!({ "item": last }));
    let to: Vec<&str> = outgoing.as_array().unwrap().iter().map(|one| one["to"]["name"].as_str().unwrap()).collect();
    assert_eq!(to, ["build", "tools"]);
}

#[test]
fn stages_and_long_instructions_fold() {
    let mut client = Client::with_text(TEXT);
    let folds = client.ask("textDocument/foldingRange", json!({ "textDocument": { "uri": URI } }));
    let lines: Vec<(u64, u64)> = folds
        .as_array()
        .unwrap()
        .iter()
        .map(|fold| (fold["startLine"].as_u64().unwrap(), fold["endLine"].as_u64().unwrap()))
        .collect();
    for expected in [(2, 6), (5, 6), (7, 8), (9, 13), (11, 13)] {
        assert!(lines.contains(&expected), "{expected:?}: {lines:?}");
    }
}

#[test]
fn selections_grow_from_the_word_to_the_file() {
    let mut client = Client::with_text(TEXT);
    let (line, character) = place(TEXT, "${MODE}", 0, 3);
    let position = json!({ "line": line, "character": character });
    let params = json!({ "textDocument": { "uri": URI }, "positions": [position] });
    let found = client.ask("textDocument/selectionRange", params);
    let mut sizes = Vec::new();
    let mut at = &found[0];
    while at.is_object() {
        sizes.push(offset(TEXT, &at["range"]["end"]) - offset(TEXT, &at["range"]["start"]));
        at = &at["parent"];
    }
    assert_eq!(sizes[..2], [4, 7], "the name, then the variable");
    assert!(sizes.is_sorted() && sizes.len() > 5, "{sizes:?}");
    assert_eq!(*sizes.last().unwrap(), TEXT.len());
}

/// The tokens as texts with their types.
fn decoded(text: &str, data: &Value) -> Vec<(String, u64)> {
    let numbers: Vec<u64> = data.as_array().unwrap().iter().map(|one| one.as_u64().unwrap()).collect();
    let (mut line, mut column) = (0, 0);
    numbers
        .chunks(5)
        .map(|token| {
            if token[0] > 0 {
                (line, column) = (line + token[0], 0);
            }
            column += token[1];
            let start = offset(text, &json!({ "line": line, "character": column }));
            let end = offset(text, &json!({ "line": line, "character": column + token[2] }));
            (text[start..end].to_owned(), token[3])
        })
        .collect()
}

#[test]
fn tokens_reach_into_commands_and_heredocs() {
    let mut client = Client::with_text(TEXT);
    let document = json!({ "textDocument": { "uri": URI } });
    let full = client.ask("textDocument/semanticTokens/full", document.clone());
    let tokens = decoded(TEXT, &full["data"]);
    for expected in
        [("FROM", 0), ("Build", 9), ("echo", 8), ("VERSION", 5), ("mount", 6), ("type", 7), ("&&", 4), ("EOF", 10)]
    {
        assert!(tokens.contains(&(expected.0.to_owned(), expected.1)), "{expected:?}: {tokens:?}");
    }
    let in_heredoc = tokens.iter().rev().take(4).any(|(text, kind)| text == "echo" && *kind == 8);
    assert!(in_heredoc, "{tokens:?}");

    let change = json!({ "range": { "start": { "line": 4, "character": 0 }, "end": { "line": 4, "character": 0 } }, "text": "USER x\n" });
    client.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [change.clone()] }),
    );
    let mut params = document.clone();
    params["previousResultId"] = full["resultId"].clone();
    let delta = client.ask("textDocument/semanticTokens/full/delta", params.clone());
    let mut data: Vec<Value> = full["data"].as_array().unwrap().clone();
    for edit in delta["edits"].as_array().unwrap() {
        let start = usize::try_from(edit["start"].as_u64().unwrap()).unwrap();
        let count = usize::try_from(edit["deleteCount"].as_u64().unwrap()).unwrap();
        data.splice(start..start + count, edit["data"].as_array().unwrap().clone());
    }
    let again = client.ask("textDocument/semanticTokens/full", document);
    assert_eq!(Value::from(data), again["data"]);
    assert!(client.ask("textDocument/semanticTokens/full/delta", params)["data"].is_array(), "an old number gets all");

    let after = apply_all(TEXT, &[json!({ "range": change["range"], "newText": "USER x\n" })]);
    let range = json!({ "start": { "line": 4, "character": 0 }, "end": { "line": 5, "character": 0 } });
    let part =
        client.ask("textDocument/semanticTokens/range", json!({ "textDocument": { "uri": URI }, "range": range }));
    assert_eq!(decoded(&after, &part["data"])[0].0, "USER");
    assert!(decoded(&after, &part["data"]).len() <= 3);
}
