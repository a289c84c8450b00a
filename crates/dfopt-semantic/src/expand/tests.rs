//! Expansion, as tables of cases and as laws.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn env() -> BTreeMap<String, String> {
    [("v", "abcabc"), ("e", ""), ("p", "a/b.tar.gz"), ("s", "1 2"), ("star", "x*y"), ("n", "one\ntwo")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn value(input: &str) -> String {
    let expansion = expand(input, Syntax::default(), &env());
    match expansion.errors.first() {
        Some(error) => format!("{error:?}"),
        None => expansion.text.into_known().unwrap(),
    }
}

fn error(input: &str) -> (ExpandError, String) {
    let expansion = expand(input, Syntax::default(), &env());
    let error = expansion.errors.into_iter().next().expect(input);
    let marked = input[error.range().clone()].to_owned();
    (error, marked)
}

#[test]
fn forms_give_the_documented_results() {
    for (input, expected) in [
        ("$v", "abcabc"),
        ("${v}x$e.", "abcabcx."),
        ("$nope$1$@$$!", "!"),
        ("$(cmd) `cmd`", "$(cmd) `cmd`"),
        ("100$", "100$"),
        ("$vx$v-", "abcabc-"),
        ("${nope:-d}${nope-d}${e:-d}${e-d}", "ddd"),
        ("${v:+y}${v+y}${e:+y}${e+y}${nope+y}", "yyy"),
        ("${v:?m}${e?m}", "abcabc"),
        ("${a:-${b:-$v}}", "abcabc"),
        ("${a:-\"x y\"'$v'\\}}", "x y$v}"),
        ("${v#a*b}|${v##a*b}", "cabc|c"),
        ("${v%b*}|${v%%b*}", "abca|a"),
        ("${p##*/}|${p%.*}|${p%%.*}", "b.tar.gz|a/b.tar|a/b"),
        ("${v/b/X}|${v//b/X}|${v/z/X}", "aXcabc|aXcaXc|abcabc"),
        ("${v///-}", "-a-b-c-a-b-c-"),
        ("${p/\\//+}", "a+b.tar.gz"),
        ("${v/a/\\x}|${v/a/\"\\x\"}", "\\xbcabc|\\\\xbcabc"),
        ("${v//a/'[$0$1$$]'}", "[a$]bc[a$]bc"),
        ("${v/a/'$0'}", "$0bcabc"),
        ("${v#\"a*\"}|${star#'x\\*'}", "bcabc|x*y"),
        ("${star#x\\*}", "y"),
        ("${n#o*}|${n##o*}", "ne\ntwo|\ntwo"),
    ] {
        assert_eq!(value(input), expected, "{input}");
    }
}

#[test]
fn quotes_and_escapes_follow_their_context() {
    for (input, expected) in [
        ("'$v\\'", "$v\\"),
        ("\"\\a\\\"\\$v\\\\\"", "\\a\"$v\\"),
        ("a\\b\\$v\\", "ab$v"),
        ("'a'\"b\"c", "abc"),
        ("\\\"x", "\"x"),
    ] {
        assert_eq!(value(input), expected, "{input}");
    }
    let backtick = expand("c:\\dir\\`$v`\"", Syntax::word('`'), &env());
    assert_eq!(backtick.text.known(), Some("c:\\dir\\$v\""));
}

#[test]
fn heredoc_bodies_keep_quotes_and_drop_every_backslash() {
    let body = expand("\"$v\" 'x' \\t\\\\ \\\n${q:-\"w\"}", Syntax::heredoc(), &env());
    assert_eq!(body.text.known(), Some("\"abcabc\" 'x' t\\ \n\"w\""));
}

#[test]
fn errors_mark_their_cause() {
    for (input, marked) in [
        ("a\"b$v", "\""),
        ("a 'b", "'"),
        ("x${v", "${"),
        ("x${v:-a", "${"),
        ("${v/a}", "/"),
        ("${v//a}", "//"),
        ("${}", "${}"),
        ("${:x}", "${:"),
        ("${v:=w}", ":="),
        ("${v=w}", "="),
        ("${#v}", "v"),
        ("${v^^}", "^"),
        ("${v:#a}", ":#"),
        ("${v[0]}", "["),
        ("-${nope:?gone}-", "${nope:?gone}"),
        ("${v#a\\b}", "a\\b"),
    ] {
        assert_eq!(error(input).1, marked, "{input}");
    }
    let (required, _) = error("${e:?is $v}");
    let ExpandError::Required { name, message, .. } = required else { panic!("{required:?}") };
    assert_eq!((name.as_str(), message.as_deref()), ("e", Some("is abcabc")));
    assert!(matches!(error("${v%\"\\$\"}").0, ExpandError::BadPatternEscape { escaped: Some('$'), .. }));
}

#[test]
fn an_unused_word_is_evaluated_all_the_same() {
    assert!(matches!(error("${v:-${nope:?no}}").0, ExpandError::Required { .. }));
}

#[test]
fn reading_goes_on_behind_an_error() {
    let expansion = expand("${v^^}/$v/${e:?}", Syntax::default(), &env());
    assert_eq!(expansion.errors.len(), 2);
    assert_eq!(expansion.text.pieces().len(), 3);
    assert_eq!(expansion.references.len(), 2);
}

#[test]
fn unknown_variables_leave_holes_only_where_they_matter() {
    let text = |input: &str| expand(input, Syntax::default(), &UnknownEnvironment).text;
    assert_eq!(text("node:$v-slim").pieces().len(), 3);
    assert_eq!(text("node:$v").prefix(), "node:");
    assert_eq!(text("${v}/bin").suffix(), "/bin");
    assert_eq!(text("${v:-x}").known(), None);
    assert_eq!(text("${v+}").known(), Some(""));
    assert!(expand("${v:?}", Syntax::default(), &UnknownEnvironment).errors.is_empty());
}

#[test]
fn references_know_their_places() {
    let input = "$v-\"${a:-${b#p}}\"${c//x/y}";
    let expansion = expand(input, Syntax::default(), &env());
    let seen: Vec<_> = expansion
        .references
        .iter()
        .map(|r| (r.name.as_str(), &input[r.range.clone()], &input[r.name_range.clone()], r.depth, r.quotes))
        .collect();
    assert_eq!(
        seen,
        [
            ("v", "$v", "v", 0, QuoteContext::Bare),
            ("a", "${a:-${b#p}}", "a", 0, QuoteContext::Double),
            ("b", "${b#p}", "b", 1, QuoteContext::Bare),
            ("c", "${c//x/y}", "c", 0, QuoteContext::Bare),
        ]
    );
    let operations: Vec<_> = expansion
        .references
        .iter()
        .filter_map(|r| r.operation.as_ref())
        .map(|o| (o.operator, &input[o.range.clone()], &input[o.operand.clone()]))
        .collect();
    assert_eq!(
        operations,
        [
            (Operator::Default(Absent::UnsetOrEmpty), ":-", "${b#p}"),
            (Operator::TrimPrefix(Reach::Shortest), "#", "p"),
            (Operator::Replace(Occurrences::All), "//", "x"),
        ]
    );
}

#[test]
fn words_split_at_blanks_that_variables_bring() {
    let words = |input: &str| -> Vec<(String, String)> {
        let expansion = expand_words(input, Syntax::default(), &env());
        let shown = |word: ExpandedWord| (word.text.into_known().unwrap(), input[word.range].to_owned());
        expansion.words.into_iter().map(shown).collect()
    };
    let pair = |text: &str, range: &str| (text.to_owned(), range.to_owned());
    assert_eq!(words("a${s}b"), [pair("a1", "a${s}"), pair("2b", "${s}b")]);
    assert_eq!(words("\"$s\""), [pair("1 2", "\"$s\"")]);
    assert_eq!(words("$nope"), []);
    // The builder loses what stands before an operator.
    assert_eq!(words("80${nope:-81}"), [pair("81", "${nope:-81}")]);
}

#[test]
fn quoted_split_groups_and_keeps_quotes() {
    let words = |text: &'static str| -> Vec<&str> {
        quoted_split(text, '\\').into_iter().map(|word| &text[word.range]).collect()
    };
    assert_eq!(words("a=1 b='x y' c=\"p \\\" q\" d=r\\ s"), ["a=1", "b='x y'", "c=\"p \\\" q\"", "d=r\\ s"]);
    assert_eq!(words("a\u{a0}b \\"), ["a", "b"]);
    assert_eq!(words("a=1\\"), ["a=1"]);
    assert_eq!(words("a=${v:-x y}"), ["a=${v:-x", "y}"]);
    assert_eq!(words("'' x"), ["''", "x"]);
    let open = quoted_split("a 'b c", '\\');
    assert_eq!(open.last().unwrap().unclosed_quote, Some(2..3));
    assert_eq!(open[0].equals("a 'b c"), None);
    assert_eq!(quoted_split("ab=c=d", '\\')[0].equals("ab=c=d"), Some(2));
}

#[test]
fn nesting_and_growth_are_bounded() {
    let deep = "${a:-".repeat(5000);
    let expansion = expand(&deep, Syntax::default(), &env());
    assert!(matches!(expansion.errors[0], ExpandError::TooDeep { .. }));
    let big: BTreeMap<String, String> = [("x".to_owned(), "y".repeat(600_000))].into();
    assert_eq!(expand("$x$x", Syntax::default(), &big).text.known(), None);
    assert_eq!(expand("${x//*a*b*c*/z}", Syntax::default(), &big).text.known().map(str::len), Some(600_000));
}

proptest! {
    #[test]
    fn plain_text_is_its_own_expansion(text in "[^$'\"\\\\\u{feff}]*") {
        let expansion = expand(&text, Syntax::default(), &env());
        prop_assert_eq!(expansion.text.known(), Some(text.as_str()));
        prop_assert!(expansion.references.is_empty() && expansion.errors.is_empty());
    }

    #[test]
    fn single_quotes_protect_everything(text in "[^']*") {
        let quoted = format!("'{text}'");
        let expansion = expand(&quoted, Syntax::default(), &env());
        prop_assert_eq!(expansion.text.known(), Some(text.as_str()));
    }

    #[test]
    fn any_input_is_read_and_ranges_fit(input in "[${}:?#%/'\"\\\\a-cv*é-]{0,24}") {
        let expansion = expand(&input, Syntax::default(), &env());
        for reference in &expansion.references {
            let text = input.get(reference.range.clone());
            prop_assert!(text.is_some_and(|text| text.starts_with('$')));
            prop_assert_eq!(input.get(reference.name_range.clone()), Some(reference.name.as_str()));
        }
        for error in &expansion.errors {
            prop_assert!(input.get(error.range().clone()).is_some());
        }
        let unknown = expand(&input, Syntax::default(), &UnknownEnvironment);
        if let Some(text) = unknown.text.known() && unknown.errors.is_empty() && expansion.errors.is_empty() {
            prop_assert_eq!(Some(text), expansion.text.known(), "knowing more changes nothing that was known");
        }
    }

    #[test]
    fn split_words_cover_all_but_white_space(text in "[ab=' \"\\\\\t]{0,16}") {
        let words = quoted_split(&text, '\\');
        let mut at = 0;
        for word in &words {
            prop_assert!(text[at..word.range.start].chars().all(char::is_whitespace));
            at = word.range.end;
        }
        let rest = &text[at..];
        prop_assert!(rest.trim().is_empty() || rest.trim_start() == "\\");
    }
}
