//! Values and parts of words, and the other accessors.

use crate::shell::{
    ast::{Assignment, AstNode, Case, Cond, For, Function, If, Param, Redirect, ShWord, Statement, While, WordPart},
    parse_script,
};

use super::parse_continued;

fn first<N: AstNode>(text: &str) -> N {
    parse_script(text).root.descendants().find_map(N::cast).unwrap()
}

fn value(text: &str) -> Option<String> {
    let word: ShWord = first(text);
    word.value().map(std::borrow::Cow::into_owned)
}

#[test]
fn static_words_have_a_value() {
    for (text, expected) in [
        ("abc", "abc"),
        ("a'b c'\"d\"", "ab cd"),
        (r#"a\ b\\"\$\x\"""#, r#"a b\$\x""#),
        (r"$'a\tb\'\x41\101\u00e9\xc3\xa9\q'", "a\tb'AAéé\\q"),
        ("$\"a\"", "a"),
        ("~/x", "~/x"),
        ("''", ""),
        ("a\\", "a\\"),
        ("{}", "{}"),
        ("1=b", "1=b"),
        ("[", "["),
        ("$", "$"),
        ("'a\nb'", "a\nb"),
        ("a\\\nb", "ab"),
        ("é\\é", "éé"),
    ] {
        assert_eq!(value(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn other_words_have_none() {
    for text in ["$a", "a*", "\"$(b)\"", "`a`", "{a,b}", "a$((1))", "<(a)", "[ab]", "\"a${b}\"", "?(a)"] {
        assert_eq!(value(text), None, "{text}");
    }
}

#[test]
fn the_static_beginning_of_a_word() {
    assert_eq!(first::<ShWord>("/opt/\"x\"/$v/bin").prefix(), "/opt/x/");
    assert_eq!(first::<ShWord>("\"a b$c\"d").prefix(), "a b");
    assert_eq!(first::<ShWord>("*").prefix(), "");
}

#[test]
fn trivia_is_no_part_of_text_and_value() {
    let (_, root, errors) = parse_continued("ap\\\nt\\ \\\n# c\n'a\\\n  b' \"c\\\n# d\n\\\\\" e\\\n");
    assert_eq!(errors, []);
    let words: Vec<ShWord> = root.descendants().filter_map(ShWord::cast).collect();
    let texts: Vec<String> = words.iter().map(ShWord::text).collect();
    assert_eq!(texts, ["apt\\ 'a  b'", "\"c\\\\\"", "e"]);
    let values: Vec<_> = words.iter().map(|word| word.value().unwrap()).collect();
    assert_eq!(values, ["apt a  b", "c\\", "e"]);
}

#[test]
fn three_backslashes_do_not_continue_a_line() {
    let (text, root, _) = parse_continued("a\\\\\\\nxb");
    assert_eq!(text, "a\\\\\\");
    assert_eq!(root.descendants().find_map(ShWord::cast).unwrap().value().unwrap(), "a\\\\");
}

#[test]
fn parts_of_a_word() {
    let word: ShWord = first("a\\b'c'\"d\"$e$(f)$((g))<(h)*{i,j}");
    let names: Vec<&str> = word
        .parts()
        .map(|part| match part {
            WordPart::Literal(_) => "literal",
            WordPart::Escaped(_) => "escaped",
            WordPart::SingleQuoted(_) => "single",
            WordPart::DoubleQuoted(_) => "double",
            WordPart::Param(_) => "param",
            WordPart::CommandSubst(_) => "command",
            WordPart::ArithSubst(_) => "arith",
            WordPart::ProcessSubst(_) => "process",
            WordPart::Glob(_) => "glob",
            WordPart::Brace(_) => "brace",
            WordPart::Tilde(_) => "tilde",
            WordPart::Array(_) => "array",
        })
        .collect();
    let all = ["literal", "escaped", "single", "double", "param", "command", "arith", "process", "glob", "brace"];
    assert_eq!(names, all);
    assert!(word.is_quoted());
    assert!(!first::<ShWord>("a$b").is_quoted());
}

#[test]
fn parameters() {
    let of = |text: &str| {
        let param: Param = first(text);
        let prefix = param.prefix().map(|prefix| prefix.text().to_owned()).unwrap_or_default();
        let operands: Vec<String> = param.operands().collect();
        format!(
            "{prefix} {} {} {}",
            param.name().unwrap_or_default(),
            param.operator().unwrap_or_default(),
            operands.join(" ")
        )
    };
    assert_eq!(of("$ab"), " ab  ");
    assert_eq!(of("${a:-b$c}"), " a :- b$c");
    assert_eq!(of("${#a}"), "# a  ");
    assert_eq!(of("${!a}"), "! a  ");
    assert_eq!(of("${a/b/c}"), " a / b c");
    assert_eq!(of("${a:1:2}"), " a : 1 2");
    assert_eq!(of("${a@Q}"), " a @Q ");
    assert_eq!(of("${#}"), " #  ");
    assert_eq!(of("${#:-x}"), " # :- x");
    assert!(first::<Param>("${a[1]}").has_subscript());
    assert!(first::<Param>("${a}").is_braced() && !first::<Param>("$a").is_braced());
}

#[test]
fn variables_and_commands_of_a_word() {
    let word: ShWord = first("a$b\"${c:-$d}\"$(e $f)$((g + $h))");
    let names: Vec<String> = word.params().iter().filter_map(Param::name).collect();
    assert_eq!(names, ["b", "c", "d", "h"]);
    assert_eq!(word.command_substs().len(), 1);
}

#[test]
fn assignments() {
    let assignment: Assignment = first("a+=b");
    assert_eq!(assignment.name().as_deref(), Some("a"));
    assert!(assignment.is_append() && !assignment.has_subscript());
    assert_eq!(assignment.value().unwrap().text(), "b");
    let array: Assignment = first("a=(b [c]=d)");
    assert!(array.value().is_none());
    assert_eq!(array.array().unwrap().words().count(), 1);
    assert_eq!(array.array().unwrap().assignments().count(), 1);
}

#[test]
fn redirections() {
    let writes = |text: &str| first::<Redirect>(text).writes_file();
    assert!(writes("a > b") && writes("a &>>b") && writes("a >&b") && writes("a 2>>b"));
    assert!(!writes("a 2>&1") && !writes("a <b") && !writes("a >&-") && !writes("a >&2-"));
    let redirect: Redirect = first("a {fd}>b");
    assert_eq!(redirect.fd().as_deref(), Some("{fd}"));
    assert_eq!(redirect.target().unwrap().text(), "b");
}

#[test]
fn here_documents_and_their_bodies() {
    let parse = parse_script("a <<A; b <<-'B'\n1 $(c <<C\n2\nC\n)\nA\n\t3\n\tB\n");
    assert_eq!(parse.errors, []);
    let found = parse.script().unwrap().here_documents();
    let texts: Vec<(String, String)> = found
        .iter()
        .map(|(redirect, body)| (redirect.target().unwrap().text(), body.as_ref().unwrap().text()))
        .collect();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let outer = pair("A", "1 $(c <<C\n2\nC\n)\n");
    assert_eq!(texts, [outer, pair("'B'", "\t3\n"), pair("C", "2\n")]);
}

#[test]
fn compound_commands() {
    let branches: If = first("if a; then b; elif c; then d; else e; fi");
    assert_eq!(branches.conditions().count(), 2);
    assert_eq!(branches.branches().count(), 3);
    assert_eq!(branches.else_branch().unwrap().list().unwrap().statements().count(), 1);

    let each: For = first("for i in a b; do c; done");
    assert_eq!(each.name().as_deref(), Some("i"));
    assert_eq!(each.words().count(), 2);
    assert!(each.has_in() && !each.is_select());
    assert_eq!(each.body().unwrap().keyword().as_deref(), Some("do"));
    assert!(first::<For>("for ((;;)); do a; done").arith().is_some());

    assert!(first::<While>("until a; do b; done").is_until());
    assert_eq!(first::<While>("while a; do b; done").condition().unwrap().statements().count(), 1);

    let case: Case = first("case $a in b|c) d;; *) e;; esac");
    assert_eq!(case.word().unwrap().text(), "$a");
    let patterns: Vec<usize> = case.items().map(|item| item.patterns().count()).collect();
    assert_eq!(patterns, [2, 1]);

    let function: Function = first("f() { a; }");
    assert_eq!(function.name().as_deref(), Some("f"));
    assert!(matches!(function.body(), Some(Statement::Group(_))));
    assert_eq!(first::<Cond>("[[ -f a && b == c ]]").operators().count(), 2);
}
