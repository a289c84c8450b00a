//! What `initialize` says is what works: every method that is advertised is called and gives something.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;

use std::sync::Arc;

use client::{Client, URI, World, capabilities};
use dfopt_lsp::host::{Order, Proof, ProofVerdict, Prover, Watch};
use serde_json::{Value, json};

const TEXT: &str = "ARG V=1\nFROM alpine:$V AS build\nENV X=1\nRUN echo $X\nWORKDIR app\nRUN true\nFROM scratch\nCOPY --from=0 /a /b\nCOPY main.go /\nCMD [\"/b\"]\n";

/// A prover that only says what it was asked.
struct Scripted;

impl Prover for Scripted {
    fn prove(&self, order: &Order, watch: &Watch) -> Result<Proof, String> {
        watch.tell("building the original");
        let text = match order {
            Order::Split { text, .. } if text.contains("forever") => {
                while !watch.is_stopped() {
                    std::thread::yield_now();
                }
                return Err("stopped".to_owned());
            }
            Order::Split { text, .. } => Some(format!("# split\n{text}")),
            Order::Verify { .. } => None,
        };
        let verdict = ProofVerdict::Proved;
        Ok(Proof {
            verdict,
            summary: "proved: 9 of 9 checks".to_owned(),
            text,
            report: Some("{\"version\":1}".to_owned()),
        })
    }
}

fn client(text: &str) -> Client {
    let mut world = World::with_files(&[("/w/Dockerfile", text), ("/w/main.go", "")]);
    world.prover = Some(Arc::new(Scripted));
    let mut client = Client::open(world);
    client.open_text(URI, text);
    client
}

#[test]
fn every_method_that_is_advertised_answers() {
    let mut world = World::with_files(&[("/w/Dockerfile", TEXT), ("/w/main.go", "")]);
    world.prover = Some(Arc::new(Scripted));
    let mut client = Client::start(world);
    let answer = client.initialize(capabilities());
    client.open_text(URI, TEXT);
    let document = json!({ "uri": URI });
    let at = |line: u32, character: u32| json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } });
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let of_document = json!({ "textDocument": document });
    let with = |mut value: Value, key: &str, inner: Value| {
        value[key] = inner;
        value
    };
    let item = client.ask("textDocument/prepareCallHierarchy", at(1, 20))[0].clone();
    let tokens = client.ask("textDocument/semanticTokens/full", of_document.clone());
    let advertised = answer["capabilities"].as_object().unwrap().clone();
    for name in advertised.keys() {
        let calls: Vec<(&str, Value)> = match name.as_str() {
            "positionEncoding" | "textDocumentSync" | "workspace" => continue,
            "diagnosticProvider" => vec![
                ("textDocument/diagnostic", of_document.clone()),
                ("workspace/diagnostic", json!({ "previousResultIds": [] })),
            ],
            "codeActionProvider" => {
                let context = json!({ "diagnostics": [] });
                let range = json!({ "start": { "line": 4, "character": 8 }, "end": { "line": 4, "character": 9 } });
                vec![(
                    "textDocument/codeAction",
                    json!({ "textDocument": document, "range": range, "context": context }),
                )]
            }
            "completionProvider" => vec![
                ("textDocument/completion", at(0, 0)),
                ("completionItem/resolve", json!({ "label": "x", "data": { "rule": "relative-workdir" } })),
            ],
            "signatureHelpProvider" => vec![("textDocument/signatureHelp", at(7, 7))],
            "inlayHintProvider" => vec![("textDocument/inlayHint", with(of_document.clone(), "range", whole.clone()))],
            "codeLensProvider" => vec![("textDocument/codeLens", of_document.clone())],
            "documentLinkProvider" => vec![("textDocument/documentLink", of_document.clone())],
            "hoverProvider" => vec![("textDocument/hover", at(0, 1))],
            "definitionProvider" => vec![("textDocument/definition", at(7, 12))],
            "referencesProvider" => {
                vec![("textDocument/references", with(at(7, 12), "context", json!({ "includeDeclaration": false })))]
            }
            "documentHighlightProvider" => vec![("textDocument/documentHighlight", at(3, 10))],
            "renameProvider" => vec![
                ("textDocument/prepareRename", at(3, 10)),
                ("textDocument/rename", with(at(3, 10), "newName", json!("Y"))),
            ],
            "linkedEditingRangeProvider" => vec![("textDocument/linkedEditingRange", at(3, 10))],
            "documentSymbolProvider" => vec![("textDocument/documentSymbol", of_document.clone())],
            "workspaceSymbolProvider" => vec![("workspace/symbol", json!({ "query": "b" }))],
            "callHierarchyProvider" => vec![
                ("textDocument/prepareCallHierarchy", at(1, 20)),
                ("callHierarchy/incomingCalls", json!({ "item": item })),
            ],
            "foldingRangeProvider" => vec![("textDocument/foldingRange", of_document.clone())],
            "selectionRangeProvider" => {
                let position = json!({ "line": 0, "character": 1 });
                vec![("textDocument/selectionRange", with(of_document.clone(), "positions", json!([position])))]
            }
            "semanticTokensProvider" => vec![
                ("textDocument/semanticTokens/full", of_document.clone()),
                ("textDocument/semanticTokens/range", with(of_document.clone(), "range", whole.clone())),
                (
                    "textDocument/semanticTokens/full/delta",
                    with(of_document.clone(), "previousResultId", tokens["resultId"].clone()),
                ),
            ],
            "executeCommandProvider" => {
                let commands = advertised[name]["commands"].as_array().unwrap();
                assert_eq!(commands.len(), 3);
                vec![("workspace/executeCommand", json!({ "command": "dfopt.planSplit", "arguments": [URI] }))]
            }
            other => panic!("`{other}` is advertised and not tested"),
        };
        for (method, params) in calls {
            let answer = client.ask(method, params);
            let is_empty = answer.is_null() || answer.as_array().is_some_and(Vec::is_empty);
            assert!(!is_empty, "{method}: {answer}");
        }
    }
}

#[test]
fn a_split_is_proved_and_applied_with_progress() {
    let mut client = client(TEXT);
    let params = json!({ "command": "dfopt.splitAndProve", "arguments": [URI], "workDoneToken": "t" });
    let answer = client.ask("workspace/executeCommand", params);
    assert_eq!((&answer["verdict"], &answer["applied"]), (&json!("proved"), &json!(true)));
    assert_eq!(answer["report"]["version"], 1);
    let edit = client.wait_for("workspace/applyEdit");
    let after = client::applied(TEXT, &edit["edit"], URI);
    assert_eq!(after, format!("# split\n{TEXT}"));
    let kinds: Vec<String> = client
        .heard
        .iter()
        .filter(|heard| heard["method"] == "$/progress")
        .map(|heard| heard["params"]["value"]["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["begin", "report", "end"]);
}

#[test]
fn long_work_can_be_cancelled_in_both_ways_while_edits_are_heard() {
    let text = format!("{TEXT}# forever\n");
    let mut client = client(&text);
    for way in ["request", "progress"] {
        let params = json!({ "command": "dfopt.splitAndProve", "arguments": [URI], "workDoneToken": way });
        let id = client.request("workspace/executeCommand", params);
        assert!(client.ask("textDocument/hover", client.at(0, 1)).is_object(), "it goes on meanwhile");
        match way {
            "request" => client.tell("$/cancelRequest", json!({ "id": id })),
            _ => client.tell("window/workDoneProgress/cancel", json!({ "token": way })),
        }
        assert_eq!(client.answer(id)["error"]["code"], -32800, "{way}");
    }
}

#[test]
fn nothing_is_built_unsaved_or_untrusted() {
    let mut client = client(TEXT);
    let params = json!({ "command": "dfopt.splitAndProve", "arguments": [URI] });
    let verify = json!({ "command": "dfopt.verify", "arguments": [URI] });
    assert!(client.try_ask("workspace/executeCommand", verify.clone())["error"].is_object(), "nothing has changed");
    let change =
        json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [{ "text": "FROM scratch\n" }] });
    client.tell("textDocument/didChange", change);
    let refused = client.try_ask("workspace/executeCommand", params.clone());
    assert!(refused["error"]["message"].as_str().unwrap().contains("unsaved"), "{refused}");
    assert_eq!(client.ask("workspace/executeCommand", verify.clone())["verdict"], "proved");
    client.tell("workspace/didChangeConfiguration", json!({ "settings": { "dfopt": { "trusted": false } } }));
    for params in [params, verify] {
        let refused = client.try_ask("workspace/executeCommand", params);
        assert!(refused["error"]["message"].as_str().unwrap().contains("trust"), "{refused}");
    }
    let unknown = json!({ "command": "dfopt.eraseDisk", "arguments": [URI] });
    assert_eq!(client.try_ask("workspace/executeCommand", unknown)["error"]["code"], -32602);
}

/// The labels that are offered at the end of a text.
fn offered(text: &str) -> Vec<String> {
    let mut world = World::with_files(&[("/w/src/main.go", ""), ("/w/src/b/x", ""), ("/w/go.mod", "")]);
    world.prover = Some(Arc::new(Scripted));
    let mut client = Client::open(world);
    client.open_text(URI, text);
    let line = u32::try_from(text.matches('\n').count()).unwrap();
    let column = u32::try_from(text.rsplit('\n').next().unwrap().encode_utf16().count()).unwrap();
    let items = client.ask("textDocument/completion", client.at(line, column));
    items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn completions_fit_the_place() {
    for (text, wanted, unwanted) in [
        ("", "FROM", "MAINTAINER"),
        ("FROM a\nCO", "COPY", "echo"),
        ("FROM a\nwork", "workdir", "WORKDIR"),
        ("FROM a\nONBUILD ", "RUN", "x"),
        ("FROM a\nCOPY --", "--parents", "--mount"),
        ("FROM a\nADD --", "--checksum", "--from"),
        ("FROM a\nRUN --mount=type=", "cache", "locked"),
        ("FROM a\nRUN --mount=type=cache,", "sharing", "env"),
        ("FROM a\nRUN --mount=type=secret,id=x,", "env", "id"),
        ("FROM a\nRUN --mount=type=cache,sharing=", "locked", "cache"),
        ("FROM a AS one\nFROM b AS two\nCOPY --from=", "one", "two"),
        ("FROM a AS one\nFROM ", "one", "AS"),
        ("FROM a ", "AS", "scratch"),
        ("ARG V=1\nFROM a:$", "V", "X"),
        ("FROM a\nENV X=1\nRUN echo ${", "X", "V"),
        ("FROM a\nCOPY ", "go.mod", "main.go"),
        ("FROM a\nCOPY src/", "main.go", "go.mod"),
        ("FROM a\nSTOPSIGNAL ", "SIGQUIT", "CMD"),
        ("FROM a\nHEALTHCHECK ", "NONE", "SIGQUIT"),
        ("FROM a\nRUN apt-get update && apt-get install -", "--no-install-recommends", "--no-cache"),
        ("# ", "syntax", "FROM"),
        ("# escape=", "`", "docker/dockerfile:1"),
        ("FROM a\n# dfopt ignore=", "relative-workdir", "DL3000"),
        ("FROM a\n# hadolint ignore=", "DL3000", "relative-workdir"),
        ("FROM a\nARG T", "TARGETARCH", "X"),
    ] {
        let offered = offered(text);
        assert!(offered.iter().any(|label| label == wanted), "{text:?}: {wanted} of {offered:?}");
        assert!(offered.iter().all(|label| label != unwanted), "{text:?}: {unwanted} of {offered:?}");
    }
}

#[test]
fn hints_and_lenses_say_what_is_not_written() {
    let mut client = client(TEXT);
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = client.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": URI }, "range": whole }));
    let labels: Vec<&str> = hints.as_array().unwrap().iter().map(|hint| hint["label"].as_str().unwrap()).collect();
    for expected in ["= alpine:1", "stage 0", "= /app", "stage 1", "= build"] {
        assert!(labels.contains(&expected), "{expected}: {labels:?}");
    }
    let lenses = client.ask("textDocument/codeLens", json!({ "textDocument": { "uri": URI } }));
    let titles: Vec<&str> =
        lenses.as_array().unwrap().iter().map(|lens| lens["command"]["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["feeds stage 1 (scratch)", "is built", "split and prove", "verify"]);
    let links = client.ask("textDocument/documentLink", json!({ "textDocument": { "uri": URI } }));
    let targets: Vec<&str> = links.as_array().unwrap().iter().map(|link| link["target"].as_str().unwrap()).collect();
    assert_eq!(targets, ["https://hub.docker.com/_/alpine", "file:///w/main.go"]);
}

#[test]
fn signature_help_follows_the_cursor() {
    let text = "FROM a\nCOPY --chown=1 a b\nCMD [\"x\"]\n";
    let mut client = Client::with_text(text);
    let mut active = |line: u32, character: u32| {
        let help = client.ask("textDocument/signatureHelp", client.at(line, character));
        let at = usize::try_from(help["activeSignature"].as_u64().unwrap()).unwrap();
        let signature = &help["signatures"][at];
        let part = usize::try_from(help["activeParameter"].as_u64().unwrap()).unwrap();
        signature["parameters"][part]["label"].as_str().unwrap().to_owned()
    };
    assert_eq!(active(1, 9), "[--chown=…]");
    assert_eq!(active(1, 16), "source…");
    assert_eq!(active(1, 18), "destination");
    assert_eq!(active(2, 6), "[\"program\",");
}
