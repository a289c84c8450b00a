//! Diagnostics, pushed and pulled, and what is offered for them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;

use client::{Client, URI, World, applied, capabilities};
use dfopt_lsp::host::{Configured, SettingsTrouble};
use serde_json::{Value, json};

const TEXT: &str = "FROM alpine:3.22 AS A😀\nRUN echo 😀 && sudo x\nWORKDIR app\nMAINTAINER me\n";

fn actions(client: &mut Client, line: u32, character: u32, context: Value) -> Vec<Value> {
    let position = json!({ "line": line, "character": character });
    let params = json!({
        "textDocument": { "uri": URI },
        "range": { "start": position, "end": position },
        "context": context,
    });
    client.ask("textDocument/codeAction", params).as_array().unwrap().clone()
}

fn titled<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    actions.iter().find(|action| action["title"] == title).unwrap_or_else(|| panic!("{title}: {actions:#?}"))
}

#[test]
fn pushed_diagnostics_have_exact_places_and_pages() {
    let mut client = Client::with_text(TEXT);
    let found = client.diagnostics(1);
    let of = |rule: &str| found.iter().find(|one| one["code"] == rule).unwrap_or_else(|| panic!("{rule}: {found:#?}"));
    let sudo = of("sudo-in-run");
    assert_eq!(sudo["range"]["start"], json!({ "line": 1, "character": 15 }));
    assert_eq!(sudo["range"]["end"], json!({ "line": 1, "character": 19 }));
    assert_eq!(sudo["source"], "dfopt");
    assert!(sudo["codeDescription"]["href"].as_str().unwrap().contains("sudo-in-run"));
    assert_eq!(of("maintainer-instruction")["tags"], json!([2]));
}

#[test]
fn columns_are_counted_as_agreed_on() {
    for (encoding, column) in [("utf-8", 17), ("utf-16", 15), ("utf-32", 14)] {
        let mut client = Client::start(World::default());
        let mut capabilities = capabilities();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let answer = client.initialize(capabilities);
        assert_eq!(answer["capabilities"]["positionEncoding"], encoding);
        client.open_text(URI, TEXT);
        let found = client.diagnostics(1);
        let sudo = found.iter().find(|one| one["code"] == "sudo-in-run").unwrap();
        assert_eq!(sudo["range"]["start"]["character"], column, "{encoding}");
    }
}

#[test]
fn pulled_diagnostics_come_once_for_each_version() {
    let mut client = Client::start(World::with_files(&[
        ("/w/Dockerfile", "FROM alpine:3.22\n"),
        ("/w/a/Dockerfile", "FROM alpine:3.22\nWORKDIR x\n"),
        ("/w/b/Dockerfile", "FROM alpine:3.22\n"),
    ]));
    let mut capabilities = capabilities();
    capabilities["textDocument"]["diagnostic"] = json!({});
    client.initialize(capabilities);
    client.open_text(URI, "FROM alpine:3.22\nWORKDIR app\n");
    let params = json!({ "textDocument": { "uri": URI } });
    let report = client.ask("textDocument/diagnostic", params.clone());
    assert_eq!(report["kind"], "full");
    assert_eq!(report["items"][0]["code"], "relative-workdir");
    let mut again = params;
    again["previousResultId"] = report["resultId"].clone();
    assert_eq!(client.ask("textDocument/diagnostic", again)["kind"], "unchanged");

    let all = client.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let items = all["items"].as_array().unwrap();
    let counts: Vec<(&str, usize)> =
        items.iter().map(|item| (item["uri"].as_str().unwrap(), item["items"].as_array().unwrap().len())).collect();
    assert_eq!(counts, [(URI, 1), ("file:///w/a/Dockerfile", 1), ("file:///w/b/Dockerfile", 0)]);
    let known: Vec<Value> = items.iter().map(|item| json!({ "uri": item["uri"], "value": item["resultId"] })).collect();
    let again = client.ask("workspace/diagnostic", json!({ "previousResultIds": known }));
    assert!(again["items"].as_array().unwrap().iter().all(|item| item["kind"] == "unchanged"), "{again}");
    assert!(client.heard.iter().all(|heard| heard["method"] != "textDocument/publishDiagnostics"), "nothing is pushed");
}

#[test]
fn a_safe_fix_is_preferred_and_bound_to_the_version() {
    let mut client = Client::with_text(TEXT);
    let found = client.diagnostics(1);
    let safe: Vec<Value> = (0..4)
        .flat_map(|line| actions(&mut client, line, 3, json!({ "diagnostics": found })))
        .filter(|action| action["isPreferred"] == true)
        .collect();
    for action in &safe {
        assert_eq!(action["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
        assert_eq!(action["edit"]["changeAnnotations"], Value::Null);
        assert_eq!(action["kind"], "quickfix");
    }
    let offered = actions(&mut client, 2, 9, json!({ "diagnostics": found }));
    let fix = titled(&offered, "Silence `relative-workdir` here");
    assert_eq!(fix["diagnostics"][0], *found.iter().find(|one| one["code"] == "relative-workdir").unwrap());
}

#[test]
fn an_unsafe_fix_asks_for_a_look() {
    let text = "FROM alpine:3.22\nMAINTAINER Jo\n";
    let mut client = Client::with_text(text);
    let offered = actions(&mut client, 1, 8, json!({ "diagnostics": [], "only": ["quickfix"] }));
    let fix = offered.iter().find(|action| action["edit"]["changeAnnotations"].is_object());
    let fix = fix.unwrap_or_else(|| panic!("{offered:#?}"));
    assert_eq!(fix["isPreferred"], Value::Null);
    let annotation = fix["edit"]["changeAnnotations"].as_object().unwrap().iter().next().unwrap();
    assert_eq!(annotation.1["needsConfirmation"], true);
    assert_eq!(fix["edit"]["documentChanges"][0]["edits"][0]["annotationId"], *annotation.0);
    assert!(applied(text, &fix["edit"], URI).contains("LABEL org.opencontainers.image.authors=\"Jo\""));
}

const FIXABLE: &str =
    "from alpine:3.22 AS one\r\nRUN apk add --no-cache b a\r\nFROM alpine:3.22\r\nENV A b\r\nENV C d\r\n";

#[test]
fn fix_all_is_completed_later_and_only_for_the_same_version() {
    let mut client = Client::with_text(FIXABLE);
    let context = json!({ "diagnostics": [], "only": ["source.fixAll"] });
    let offered = actions(&mut client, 0, 0, context.clone());
    let action = titled(&offered, "Apply all safe fixes").clone();
    assert_eq!(action["kind"], "source.fixAll.dfopt");
    assert_eq!(action["edit"], Value::Null);
    let resolved = client.ask("codeAction/resolve", action.clone());
    let text = applied(FIXABLE, &resolved["edit"], URI);
    assert!(text.contains("ENV A=\"b\"\r\nENV C=\"d\"\r\n"), "{text}");
    let change = json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [{ "text": text }] });
    client.tell("textDocument/didChange", change);
    assert_eq!(client.try_ask("codeAction/resolve", action)["error"]["code"], -32801);
    assert!(actions(&mut client, 0, 0, context).is_empty(), "nothing is left to fix");
}

#[test]
fn a_plain_client_gets_plain_edits_at_once() {
    let mut client = Client::start(World::default());
    client.initialize(json!({}));
    client.open_text(URI, FIXABLE);
    let offered = actions(&mut client, 0, 0, json!({ "diagnostics": [], "only": ["source"] }));
    let text = applied(FIXABLE, &titled(&offered, "Apply all safe fixes")["edit"], URI);
    assert!(text.contains("ENV A=\"b\"\r\n"), "{text}");
    assert!(offered[0]["edit"]["changes"].is_object());
}

#[test]
fn silence_is_written_above_the_instruction_or_at_the_top() {
    let text = "# escape=`\nFROM alpine:3.22\n  WORKDIR app\n";
    let mut client = Client::with_text(text);
    let offered = actions(&mut client, 2, 12, json!({ "diagnostics": [] }));
    let here = applied(text, &titled(&offered, "Silence `relative-workdir` here")["edit"], URI);
    assert_eq!(here, "# escape=`\nFROM alpine:3.22\n  # dfopt ignore=relative-workdir\n  WORKDIR app\n");
    let file = applied(text, &titled(&offered, "Silence `relative-workdir` in this file")["edit"], URI);
    assert_eq!(file, "# escape=`\n# dfopt global ignore=relative-workdir\nFROM alpine:3.22\n  WORKDIR app\n");
    for silenced in [here, file] {
        let mut client = Client::with_text(&silenced);
        assert_eq!(client.diagnostics(1), [Value::Null; 0], "{silenced}");
    }
}

#[test]
fn silence_joins_the_comment_that_is_there() {
    let text = "FROM alpine:3.22\r\n# dfopt ignore=sudo-in-run; reason=so be it\r\nMAINTAINER Jo\r\n";
    let mut client = Client::with_text(text);
    let offered = actions(&mut client, 2, 3, json!({ "diagnostics": [] }));
    let after = applied(text, &titled(&offered, "Silence `maintainer-instruction` here")["edit"], URI);
    assert!(after.contains("# dfopt ignore=sudo-in-run,maintainer-instruction; reason=so be it\r\nM"), "{after}");
}

#[test]
fn settings_are_read_anew_and_their_troubles_shown() {
    let world = World::default();
    *world.configured.lock().unwrap() = Configured {
        file: Some("/w/dfopt.toml".into()),
        trouble: Some(SettingsTrouble { line: Some(2), message: "unknown rule `x`".into() }),
        ..Configured::default()
    };
    let mut client = Client::open(world);
    let registered = client.wait_for("client/registerCapability");
    assert_eq!(registered["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    client.open_text(URI, "FROM alpine:3.22\nWORKDIR app\n");
    let shown = client.wait_for("textDocument/publishDiagnostics");
    assert_eq!(shown["uri"], "file:///w/dfopt.toml");
    assert_eq!(shown["diagnostics"][0]["message"], "unknown rule `x`");
    assert_eq!(shown["diagnostics"][0]["range"]["start"]["line"], 2);
    assert_eq!(client.diagnostics(1).len(), 1);

    let selection = dfopt_linter::Selection { ignore: vec!["relative-workdir".into()], ..Default::default() };
    *client.world.configured.lock().unwrap() = Configured {
        file: Some("/w/dfopt.toml".into()),
        settings: dfopt_linter::Settings::resolve(&selection).unwrap(),
        trouble: None,
    };
    let changes = json!([{ "uri": "file:///w/dfopt.toml", "type": 2 }]);
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    let shown = client.wait_for("textDocument/publishDiagnostics");
    assert_eq!((&shown["uri"], &shown["diagnostics"]), (&json!("file:///w/dfopt.toml"), &json!([])));
    assert!(client.diagnostics(1).is_empty());
}
