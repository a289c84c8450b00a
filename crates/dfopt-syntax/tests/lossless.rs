//! The tree holds every byte, whatever the input: the whole corpus, all truncations, random cuts and insertions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::disallowed_types)]

use std::path::{Path, PathBuf};

use dfopt_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, parse};
use proptest::prelude::*;

fn dockerfiles() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("DFOPT_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let folders = [root.join("corpus/dockerfiles"), root.join("corpus/broken"), shared.join("corpus/dockerfiles")];
    let mut found = Vec::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_file() {
                found.push((path.clone(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// The texts of all tokens, and the deepest nesting.
fn walk(root: &SyntaxNode) -> (String, usize) {
    let (mut text, mut depth, mut deepest) = (String::new(), 0, 0);
    for event in root.preorder_with_tokens() {
        match event {
            rowan::WalkEvent::Enter(SyntaxElement::Token(token)) => text.push_str(token.text()),
            rowan::WalkEvent::Enter(SyntaxElement::Node(_)) => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            rowan::WalkEvent::Leave(SyntaxElement::Node(_)) => depth -= 1,
            rowan::WalkEvent::Leave(SyntaxElement::Token(_)) => {}
        }
    }
    (text, deepest)
}

fn check(source: &str, what: &dyn Fn() -> String) {
    let parsed = parse(source);
    let (text, depth) = walk(&parsed.syntax());
    assert!(text == source, "{}: the tree lost or changed bytes", what());
    assert!(depth < 256, "{}: nested {depth} deep", what());
    for error in parsed.errors() {
        let range = usize::from(error.range.start())..usize::from(error.range.end());
        assert!(source.get(range).is_some(), "{}: {error:?} is not a place in the text", what());
    }
}

#[test]
fn every_file_round_trips() {
    for (path, source) in dockerfiles() {
        check(&source, &|| path.display().to_string());
    }
}

#[test]
fn every_truncation_round_trips() {
    for (path, source) in dockerfiles() {
        // All cuts of what is short; of long files those around line ends and a spread of others.
        let step = (source.len() / 400).max(1);
        for at in (0..source.len()).filter(|at| at % step == 0 || source.as_bytes()[at.saturating_sub(1)] == b'\n') {
            if source.is_char_boundary(at) {
                check(&source[..at], &|| format!("{}, first {at} bytes", path.display()));
            }
        }
    }
}

#[test]
fn every_shell_word_has_its_exact_range() {
    let mut words = 0;
    for (path, source) in dockerfiles() {
        for node in parse(&source).syntax().descendants().filter(|node| node.kind() == SyntaxKind::SH_WORD) {
            let range = node.text_range();
            let text = &source[usize::from(range.start())..usize::from(range.end())];
            assert_eq!(node.text(), text, "{}", path.display());
            let bare = text.trim_matches([' ', '\t']);
            assert_eq!(bare, text, "{}: blanks around a word", path.display());
            words += 1;
        }
    }
    assert!(words > 100, "only {words} words");
}

/// Pieces that Dockerfiles are made of, in the worst company.
const PIECES: &[&str] = &[
    "FROM a",
    "RUN ",
    "COPY ",
    "ENV a=",
    "ONBUILD ",
    "HEALTHCHECK CMD ",
    "\n",
    "\r\n",
    " \\\n",
    "\\",
    "`",
    "'",
    "\"",
    "$",
    "${",
    "}",
    "$(",
    ")",
    "((",
    "))",
    "[[",
    "]]",
    "<<E",
    "<<-'E'",
    "E\n",
    "# c\n",
    "#",
    "&&",
    "||",
    ";",
    ";;",
    "|",
    "&",
    "if ",
    "then ",
    "fi",
    "do ",
    "done",
    "case x in ",
    "esac",
    "for i in a",
    "{",
    "[\"a\"",
    ",",
    "]",
    "--mount=type=",
    "--from=",
    "=",
    " ",
    "\t",
    "\u{a0}",
    "é😀",
    "\u{feff}",
    "\0",
    "x",
    "# escape=`\n",
    ">",
    "2>&1",
    "<(",
    "{a,b}",
    "*",
    "~",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mixture_round_trips(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        let source = pieces.concat();
        check(&source, &|| format!("{source:?}"));
    }

    #[test]
    fn any_text_round_trips(source in any::<String>()) {
        check(&source, &|| format!("{source:?}"));
    }
}

#[test]
fn deep_nesting_ends_with_one_error() {
    for opener in ["$(", "${a:-", "{ ", "( ", "if x; then ", "ONBUILD ", "\"$(", "`", "[[ ( ", "$(( ("] {
        let source = format!("FROM a\nRUN {}\nUSER x\n", opener.repeat(5000));
        check(&source, &|| format!("{opener:?} 5000 times"));
        let users = parse(&source).file().instructions().filter(|instruction| instruction.name() == "USER").count();
        assert_eq!(users, 1, "{opener:?} hides what follows");
    }
}

#[test]
fn time_grows_with_the_size() {
    // Counted in tokens that are looked at again, not in seconds: what is quadratic here takes minutes.
    for piece in [
        "RUN cat <<E\n",
        "RUN a \\\n",
        "COPY <<A <<B /d\n",
        "${",
        "$(",
        "(",
        "((",
        "`",
        "'",
        "{",
        "RUN cat <<A$$ # it's\n",
        "<<E\n",
        "ENV a=\"",
        "# c\n",
    ] {
        let source = format!("FROM a\nRUN {}", piece.repeat(20_000));
        check(&source, &|| format!("{piece:?} 20000 times"));
    }
}
