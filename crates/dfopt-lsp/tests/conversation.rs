//! How a conversation begins, goes wrong and ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;

use client::{Client, URI, World, capabilities};
use dfopt_lsp::End;
use serde_json::{Value, json};

const TEXT: &str = "FROM alpine:3.22\nWORKDIR app\n";

#[test]
fn it_ends_as_agreed_or_abruptly() {
    assert_eq!(Client::open(World::default()).leave(), End::Orderly);
    assert_eq!(Client::open(World::default()).hang_up(), End::Abrupt);
    assert_eq!(Client::start(World::default()).hang_up(), End::Abrupt);
    let mut client = Client::open(World::default());
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), End::Abrupt);
}

#[test]
fn nothing_comes_before_initialize_or_after_shutdown() {
    let mut client = Client::start(World::default());
    assert_eq!(client.try_ask("textDocument/hover", client.at(0, 0))["error"]["code"], -32002);
    client.open_text(URI, TEXT);
    client.initialize(capabilities());
    assert_eq!(client.ask("textDocument/codeAction", action_params(1, 8)), Value::Null, "what came before is not kept");
    assert_eq!(client.try_ask("initialize", json!({ "capabilities": {} }))["error"]["code"], -32600);
    client.ask("shutdown", Value::Null);
    assert_eq!(client.try_ask("textDocument/hover", client.at(0, 0))["error"]["code"], -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), End::Orderly);
}

fn action_params(line: u32, character: u32) -> Value {
    let position = json!({ "line": line, "character": character });
    json!({
        "textDocument": { "uri": URI },
        "range": { "start": position, "end": position },
        "context": { "diagnostics": [] },
    })
}

#[test]
fn what_makes_no_sense_gets_the_right_error() {
    let mut client = Client::with_text(TEXT);
    assert_eq!(client.diagnostics(1).len(), 1);
    assert_eq!(client.try_ask("textDocument/flyToTheMoon", json!({}))["error"]["code"], -32601);
    assert_eq!(client.try_ask("textDocument/codeAction", json!({ "range": 7 }))["error"]["code"], -32602);
    assert_eq!(client.try_ask("textDocument/codeAction", json!([]))["error"]["code"], -32602);
    client.send_bytes(b"Content-Length: 9\r\n\r\n{\"json\": ");
    assert_eq!(client.receive()["error"]["code"], -32700);
    client.tell("$/setTrace", json!({ "value": "off" }));
    client.tell("no/suchThing", json!({}));
    client.tell("textDocument/didChange", json!({ "textDocument": 1 }));
    client.tell("textDocument/didChange", change("file:///w/other", 2, json!([{ "text": "x" }])));
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": "file:///w/other" } }));
    client.send(&json!({ "jsonrpc": "2.0", "id": 99, "result": null }));
    client.tell("textDocument/didChange", change(URI, 2, json!([{ "text": "FROM alpine:3.22\n" }])));
    assert!(client.diagnostics(2).is_empty(), "it goes on");
    assert_eq!(client.world.log.lock().unwrap().len(), 3);
}

fn change(uri: &str, version: i64, changes: Value) -> Value {
    json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": changes })
}

#[test]
fn a_cancelled_request_gets_its_error_and_later_ones_their_answers() {
    let mut client = Client::with_text(TEXT);
    // In one write, so that the server has all before it looks at the first.
    let mut bytes = Vec::new();
    for id in 100..110 {
        let message =
            json!({ "jsonrpc": "2.0", "id": id, "method": "textDocument/codeAction", "params": action_params(1, 8) });
        let cancel = json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": id } });
        for message in [message, cancel] {
            let body = message.to_string();
            bytes.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes());
        }
    }
    client.send_bytes(&bytes);
    for id in 100..110 {
        let answer = client.answer(id);
        assert!(answer["error"]["code"] == -32800 || answer["result"].is_array(), "{answer}");
    }
    assert!(client.ask("textDocument/codeAction", action_params(1, 8)).is_array());
}

#[test]
fn edits_outside_the_text_and_versions_out_of_order_leave_the_text_right() {
    let mut client = Client::with_text(TEXT);
    let far = json!({ "line": 99, "character": 99 });
    client.tell(
        "textDocument/didChange",
        change(
            URI,
            7,
            json!([
                { "range": { "start": far, "end": far }, "text": "WORKDIR b\n" },
            ]),
        ),
    );
    assert_eq!(client.diagnostics(7).len(), 1, "the first relative one is told of");
    let (start, end) = (json!({ "line": 1, "character": 9999 }), json!({ "line": 1, "character": 8 }));
    client.tell(
        "textDocument/didChange",
        change(
            URI,
            3,
            json!([
                { "range": { "start": start, "end": end }, "text": "/x" },
            ]),
        ),
    );
    assert!(client.diagnostics(3).is_empty());
}

#[test]
fn half_a_surrogate_pair_does_not_part_the_texts() {
    let mut client = Client::with_text(TEXT);
    let text = r#""FROM alpine:3.22\n# \ud83d\nWORKDIR x\n""#;
    let body = format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{URI}","version":2}},"contentChanges":[{{"text":{text}}}]}}}}"#
    );
    client.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    let found = client.diagnostics(2);
    assert_eq!(found[0]["range"]["start"], json!({ "line": 2, "character": 8 }));
}

#[test]
fn a_closed_document_has_no_diagnostics_and_no_answers() {
    let mut client = Client::with_text(TEXT);
    assert_eq!(client.diagnostics(1).len(), 1);
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    let published = client.wait_for("textDocument/publishDiagnostics");
    assert_eq!(published["diagnostics"], json!([]));
    assert_eq!(client.ask("textDocument/codeAction", action_params(1, 8)), Value::Null);
    assert_eq!(client.leave(), End::Orderly);
}

#[test]
fn ten_megabytes_are_kept_and_not_looked_at() {
    let line = "RUN echo 😀 0123456789012345678901234567890123456789012345678901234567890\n";
    let mut client = Client::open(World::default());
    client.open_text(URI, &line.repeat((10 << 20) / line.len()));
    assert!(client.diagnostics(1)[0]["message"].as_str().unwrap().contains("MiB"));
    let (start, end) = (json!({ "line": 2, "character": 0 }), json!({ "line": 999_999_999, "character": 0 }));
    client.tell("textDocument/didChange", change(URI, 2, json!([
        { "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } }, "text": "FROM alpine:3.22\n" },
        { "range": { "start": start, "end": end }, "text": "WORKDIR x\n" },
    ])));
    let found = client.diagnostics(2);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["range"]["start"], json!({ "line": 2, "character": 8 }));
}

#[test]
fn other_languages_are_left_alone() {
    let mut client = Client::open(World::default());
    let document = json!({ "uri": "file:///w/dfopt.toml", "languageId": "toml", "version": 1, "text": "a = 1" });
    client.tell("textDocument/didOpen", json!({ "textDocument": document }));
    client.open_text(URI, TEXT);
    assert_eq!(client.diagnostics(1).len(), 1);
}
