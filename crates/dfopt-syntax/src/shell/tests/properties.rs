//! What holds for every text: nothing is lost, nothing panics, nesting is bounded, Dockerfile continuations change nothing.

use proptest::prelude::*;

use super::{parse_continued, short};
use crate::{
    ErrorKind, SyntaxElement, SyntaxNode,
    shell::{ast::Substitutions, parse_script},
    sink::MAX_DEPTH,
};

/// Valid scripts of all kinds, of one line.
const LINES: &[&str] = &[
    "apt-get update && apt-get install -y --no-install-recommends curl git && rm -rf /var/lib/apt/lists/*",
    "set -eux; cd /src; ./configure --prefix=/usr CFLAGS=\"-O2 -g\"; make -j\"$(nproc)\"; make install",
    "curl -fsSL \"https://example.org/v${VERSION}/x.tar.gz\" | tar -xz --strip-components=1 -C /opt",
    "arch=$(dpkg --print-architecture) && case \"$arch\" in amd64) a=x86_64 ;; arm64|aarch64) a=aarch64 ;; *) exit 1 ;; esac",
    "if [ -f /etc/x ]; then . /etc/x; elif test -d /y; then :; else echo 'no x' >&2; fi",
    "for f in *.c src/**/[a-z]?.h; do cc -c \"$f\" -o \"${f%.c}.o\" || exit 1; done",
    "while read -r line; do echo \"> $line\"; done < <(ls -1 | sort -u)",
    "until curl -s localhost:8080; do sleep 1; done &",
    "f() { local a=\"$1\" b; b=${2:-none}; printf '%s\\n' \"$a$b\"; }; f x y 2>&1 | tee -a log",
    "[[ $a == b* && ! -e ${c[0]} ]] || { echo x; exit 1; }",
    "[[ \"$v\" =~ ^([0-9]+)\\.([0-9]+)$ ]] && (( BASH_REMATCH[1] >= 3 ))",
    "echo $((1 + 2 * (x << 3))) $[4] \"$((y++))\" $( (a; b) ) $((c) | (d) )",
    "x=`date +%s`; y=`echo \\`pwd\\``; echo \"`cat /etc/os-release`\"",
    "echo ${a:-b} ${c##*/} ${d/x/y} ${e//,/ } ${f:1:2} ${#g} ${!h} ${i^^} ${j@Q} ${k[@]} ${l:?no}",
    "mkdir -p /a/{b,c}/{1..3} x{y,\"z $w\"} && cp -r ~/src/* ~root/ && ls @(a|b) +([0-9]).log",
    "a=(1 2 \"3 4\") && a+=(5) && a[1]=x b=y cmd && declare -a c=(6)",
    "echo $'a\\tb\\'c' $\"d\" \"e\\\"f\\$g\" 'h \"i\"' j\\ k",
    "time -p make >/dev/null 2>&1 <&- {fd}>>log &>all <<<\"here $x\"",
    "! grep -q x y || time ls | ! cat",
    "select x in a b; do break; done; coproc N { cat; }",
    "for ((i = 0; i < 10; i++)); do echo \"$i\"; done; for i do x; done",
    "echo \"${a:-it's}\" \"${b%'c'}\" \"${d:-\"e f\"}\" ${g:-${h:-i}}",
    "echo a#b # c \"d",
    "$(case x in (a) b ;; esac) >\"$(mktemp)\" 3<f",
    "function g() { :; }; function h { :; } >/dev/null; k-l ( ) (m)",
    "env A=b sh -c 'cd /x && make' && xargs -n1 <list rm -f -- \"$@\"",
    "echo é ünï \"ñ${o}\" \\é $'\\u00e9'",
    "{ a; { b; (c; { d; }) } } >x; if if a; then b; fi; then c; fi",
];

/// Valid scripts of several lines.
const SCRIPTS: &[&str] = &[
    "#!/bin/sh\nset -e\n\n# it's\nif a; then\n  b # \"c\nfi\n",
    "cat <<E >x\na $b `c` $(d \"e\")\n\\$f \"g\nE\nh\n",
    "cat <<'E' <<-F | g\n$(a\nE\n\tb ${c}\n\tF\nd\n",
    "x=$(cat <<E\n)\nE\n)\ny\n",
    "while a\ndo\n  case $b in\n    c) d ;;\n    *) e\n  esac\ndone <f\n",
    "a=(\n  b # c\n  d\n)\n",
    "a &&\n  b ||\n\n  c |\n  # d\n  e\n",
    "echo 'a\nb' \"c\nd\" \\\n  e\\\nf\n",
    "f()\n{\n  a\n}\nfunction g\n(\n  b\n)\n",
    "[[ a == b\n&& c ]]\n(( 1 +\n2 ))\n",
    "a\r\nif b\r\nthen c\r\nfi\r\ncat <<E\r\nx\r\nE\r\n",
    "if a <<E; then\nb\nE\nc; fi\n",
];

fn depth(node: &SyntaxNode) -> usize {
    let (mut depth, mut most) = (0usize, 0);
    for event in node.preorder() {
        match event {
            rowan::WalkEvent::Enter(_) => {
                depth += 1;
                most = most.max(depth);
            }
            rowan::WalkEvent::Leave(_) => depth -= 1,
        }
    }
    most
}

/// Parses and checks what holds for any text. Gives the number of errors.
fn check_any(text: &str) -> usize {
    let parse = parse_script(text);
    assert_eq!(parse.root.text().to_string(), text);
    assert!(depth(&parse.root) <= 2 * MAX_DEPTH, "{text:?}");
    for error in &parse.errors {
        assert!(usize::from(error.range.end()) <= text.len(), "{text:?} {error:?}");
        assert!(text.get(std::ops::Range::<usize>::from(error.range)).is_some(), "{text:?} {error:?}");
    }
    let script = parse.script().unwrap();
    for (command, _) in script.commands(Substitutions::Enter) {
        for word in command.words() {
            let _ = (word.value(), word.prefix(), word.text(), word.params());
        }
    }
    let _ = script.here_documents();
    parse.errors.len()
}

/// The tree as nodes and tokens without trivia; neighbouring tokens of one kind are joined.
fn shape(node: &SyntaxNode) -> String {
    fn push(node: &SyntaxNode, out: &mut String) {
        out.push_str(&short(node.kind()));
        out.push('(');
        let mut last = None;
        for element in node.children_with_tokens() {
            match element {
                SyntaxElement::Node(node) => {
                    last = None;
                    push(&node, out);
                }
                SyntaxElement::Token(token) if token.kind().is_trivia() => {}
                SyntaxElement::Token(token) => {
                    if last != Some(token.kind()) {
                        last = Some(token.kind());
                        out.push('\n');
                        out.push_str(&short(token.kind()));
                        out.push(' ');
                    }
                    out.push_str(token.text());
                }
            }
        }
        out.push(')');
    }
    let mut out = String::new();
    push(node, &mut out);
    out
}

fn truncations(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(i, _)| &text[..i])
}

#[test]
fn valid_scripts_have_no_errors() {
    for text in LINES.iter().chain(SCRIPTS) {
        // `| !` is the one mistake among them.
        let expected = usize::from(text.contains("| ! "));
        assert_eq!(check_any(text), expected, "{text:?} {:?}", parse_script(text).errors);
    }
}

#[test]
fn truncations_lose_nothing_and_give_one_error_at_most() {
    for text in LINES.iter().chain(SCRIPTS) {
        for cut in truncations(text) {
            let errors = check_any(cut);
            assert!(errors <= 1 + usize::from(cut.contains("| ! ")), "{cut:?} {:?}", parse_script(cut).errors);
        }
    }
}

#[test]
fn every_insertion_and_deletion_of_a_character_loses_nothing() {
    for text in LINES.iter().chain(SCRIPTS) {
        for (i, c) in text.char_indices() {
            check_any(&format!("{}{}", &text[..i], &text[i + c.len_utf8()..]));
            for inserted in ["'", "\"", "`", "(", ")", "{", "}", "[", "]", "$", "\\", "<<", "&", "|", ";", "\n", "#"] {
                check_any(&format!("{}{inserted}{}", &text[..i], &text[i..]));
            }
        }
    }
}

#[test]
fn continuations_change_nothing_wherever_they_stand() {
    for text in LINES {
        let plain = parse_script(text);
        let expected = shape(&plain.root);
        for (i, _) in text.char_indices().skip(1) {
            if text[i..].trim_start().starts_with('#') {
                // That would make a comment line of it.
                continue;
            }
            for between in ["\\\n", "\\ \n  # it's (\n\n"] {
                let source = format!("{}{between}{}", &text[..i], &text[i..]);
                let (logical, root, errors) = parse_continued(&source);
                if text[..i].ends_with('\\') {
                    // Two of them do not continue a line.
                    continue;
                }
                assert_eq!(logical, *text);
                let script = root.children().next().unwrap();
                assert_eq!(shape(&script), expected, "{source:?}");
                assert_eq!(errors.len(), plain.errors.len(), "{source:?}");
            }
        }
    }
}

#[test]
fn deep_nesting_is_cut_with_one_error() {
    for unit in
        ["$(", "( ", "{ ", "${a:-", "\"$(", "if ", "f() ", "case x in a) ", "$((", "<(", "while a; do ", "a=($("]
    {
        let text = unit.repeat(2_000);
        let parse = parse_script(&text);
        assert_eq!(parse.root.text().to_string(), text);
        assert!(depth(&parse.root) <= 2 * MAX_DEPTH, "{unit}");
        assert_eq!(parse.errors.len(), 1, "{unit}");
        assert_eq!(parse.errors[0].kind, ErrorKind::TooDeep, "{unit}");
    }
}

/// Pieces that mean something to a shell.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b1",
        "=",
        " ",
        " ",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        ";",
        ";;",
        "&",
        "&&",
        "|",
        "||",
        "|&",
        "(",
        ")",
        "((",
        "))",
        "{",
        "}",
        "{ ",
        "; }",
        "[",
        "]",
        "[[ ",
        " ]]",
        "<",
        ">",
        "<<E\n",
        "\nE\n",
        "<<-'E'",
        "<<<",
        ">&",
        "&>",
        "2>",
        "$",
        "$(",
        "${",
        "$((",
        "`",
        "'",
        "\"",
        "$'",
        "\\",
        "\\\n",
        "*",
        "?",
        "@(",
        "~",
        "{a,b}",
        "{a,",
        "#",
        "!",
        " ! ",
        "if ",
        "then ",
        "elif ",
        "else ",
        "fi ",
        "for ",
        " in ",
        "do ",
        "done ",
        "while ",
        "case ",
        "esac ",
        "function ",
        "select ",
        "time ",
        "coproc ",
        "a=(",
        "a[",
        "export ",
        "é",
        "=~ ",
        "${a:-",
        "${a/",
        "${#",
        "${!",
        "%",
        "/",
        ":",
        ",",
        "..",
        "^",
        "$[",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_kept(text in pieces()) {
        check_any(&text);
    }

    #[test]
    fn any_characters_are_kept(text in "[ -~\\n\\t\\ré]{0,60}") {
        check_any(&text);
    }

    #[test]
    fn any_continued_text_is_kept(text in pieces(), cuts in prop::collection::vec((0usize..200, any::<bool>()), 0..6)) {
        let mut source: String = text.replace(['\n', '\r'], " ");
        for (at, comment) in cuts {
            let Some((i, _)) = source.char_indices().nth(at) else { continue };
            source.insert_str(i, if comment { "\\\n # c\n" } else { "\\\n" });
        }
        if !source.trim().is_empty() && !source.trim_start().starts_with('#') {
            parse_continued(&source);
        }
    }
}
