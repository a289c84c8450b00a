//! Thousands of random edits: the server's text stays the client's, and its diagnostics are those of a fresh check of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;

use client::{Client, URI, World, offset};
use dfopt_linter::{Settings, check};
use dfopt_semantic::model::{Model, Options};
use serde_json::{Value, json};

/// How many edits one run makes.
const EDITS: i64 = 2_000;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % n.max(1)
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    " ",
    "😀",
    "é",
    "\u{feff}",
    "\\\n",
    "# remark\n",
    "FROM alpine:3.22 AS b\n",
    "RUN sudo x && cd /y\n",
    "WORKDIR app\n",
    "COPY --from=b /a /b\r\n",
    "RUN <<E\necho $X\nE\n",
    "ENV X 1\n",
    "ARG Y=😀\n",
    "MAINTAINER é\n",
    "# dfopt ignore=sudo-in-run\n",
    "\"",
    "$",
    "{",
    "<<",
    "[\"a\", ",
];

#[test]
fn the_texts_stay_the_same_and_so_do_the_diagnostics() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut text = "FROM alpine:3.22 AS b😀\r\nWORKDIR app\nRUN sudo x\n".to_owned();
    let mut client = Client::open(World::default());
    client.open_text(URI, &text);
    let mut version = 1;
    while version < EDITS {
        // Several messages in one write, with questions and cancellations between.
        let burst = 1 + dice.below(6);
        let mut asked = Vec::new();
        for _ in 0..burst {
            version += 1;
            let changes = changes(&mut dice, &mut text);
            let document = json!({ "uri": URI, "version": version });
            client.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
            if dice.below(3) == 0 {
                let (line, character) =
                    (u32::try_from(dice.below(20)).unwrap(), u32::try_from(dice.below(20)).unwrap());
                let method = dice.of(&[
                    "textDocument/hover",
                    "textDocument/definition",
                    "textDocument/completion",
                    "textDocument/semanticTokens/full",
                    "textDocument/documentSymbol",
                    "textDocument/foldingRange",
                    "textDocument/codeLens",
                    "textDocument/documentLink",
                    "textDocument/documentHighlight",
                    "textDocument/signatureHelp",
                    "textDocument/prepareRename",
                ]);
                let params = client.at(line, character);
                let id = client.request(method, params);
                asked.push(id);
                if dice.below(2) == 0 {
                    client.tell("$/cancelRequest", json!({ "id": id }));
                }
            }
        }
        for id in asked {
            let answer = client.answer(id);
            let code = answer["error"]["code"].as_i64();
            // What cannot be renamed is told so.
            assert!(matches!(code, None | Some(-32800 | -32602)), "{answer}");
        }
        compare(&client.diagnostics(version), &text);
    }
    assert!(client.world.log.lock().unwrap().is_empty());
}

/// One to three changes, made to `text` as the client makes them.
fn changes(dice: &mut Dice, text: &mut String) -> Vec<Value> {
    let count = 1 + dice.below(3);
    (0..count)
        .map(|_| {
            if dice.below(200) == 0 || text.len() > 4_000 {
                *text = format!("FROM alpine:3.22\n{}", dice.of(PIECES));
                return json!({ "text": text });
            }
            let line = |dice: &mut Dice, text: &str| dice.below(text.matches(['\n', '\r']).count() + 3);
            let (first, second) = (line(dice, text), dice.below(3));
            let start = json!({ "line": first, "character": dice.below(30) });
            let end = match dice.below(3) {
                0 => json!({ "line": first + second, "character": dice.below(30) }),
                _ => start.clone(),
            };
            let (from, to) = (offset(text, &start), offset(text, &end));
            let piece = dice.of(PIECES);
            text.replace_range(from.min(to)..from.max(to), piece);
            json!({ "range": { "start": start, "end": end }, "text": piece })
        })
        .collect()
}

/// Holds what the server says against a check of the client's text.
fn compare(published: &[Value], text: &str) {
    let parse = dfopt_syntax::parse(text);
    let fresh = check(&Model::new(text, &parse, Options::default()), &Settings::default());
    let expected: Vec<(&str, usize, usize)> = fresh
        .iter()
        .map(|one| (one.rule.name, settled(text, one.range.start().into()), settled(text, one.range.end().into())))
        .collect();
    let found: Vec<(&str, usize, usize)> = published
        .iter()
        .map(|one| {
            let range = &one["range"];
            (one["code"].as_str().unwrap(), offset(text, &range["start"]), offset(text, &range["end"]))
        })
        .collect();
    assert_eq!(found, expected, "{text:?}");
}

/// A place between CR and LF has no position of its own: the end of the line stands for it.
fn settled(text: &str, at: usize) -> usize {
    if text[..at].ends_with('\r') && text[at..].starts_with('\n') { at - 1 } else { at }
}
