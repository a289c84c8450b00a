//! Ignore files, patterns and COPY, as tables of cases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

const TREE: &[(&str, &str)] = &[
    ("Dockerfile", ""),
    ("README.md", "text"),
    (".env", ""),
    ("src/main.c", "int main"),
    ("src/lib/a.h", ""),
    ("src-old/x.c", ""),
    ("docs/a/b/c.md", ""),
    ("docs/a/d.md", ""),
    ("build/out.bin", ""),
    ("empty/", ""),
];

fn sent(ignore: &str) -> Vec<String> {
    let context = MemoryContext::from_files(TREE.iter().copied());
    let ignore = IgnoreFile::parse(ignore);
    assert!(ignore.errors().is_empty(), "{:?}", ignore.errors());
    let filtered = FilteredContext::new(&context, &ignore);
    let shown = |entry: &Entry| format!("{}{}", entry.path, if entry.is_directory() { "/" } else { "" });
    filtered.entries().iter().map(shown).collect()
}

#[test]
fn entries_come_in_the_order_of_a_walk() {
    assert_eq!(
        sent("docs\nbuild"),
        [
            ".env",
            "Dockerfile",
            "README.md",
            "empty/",
            "src/",
            "src/lib/",
            "src/lib/a.h",
            "src/main.c",
            "src-old/",
            "src-old/x.c"
        ]
    );
    let context = MemoryContext::from_files(TREE.iter().copied());
    let below: Vec<_> = context.below("src").iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(below, ["src/lib", "src/lib/a.h", "src/main.c"]);
    assert!(context.below("README.md").is_empty());
}

#[test]
fn paths_can_be_taken_back_below_what_is_ignored() {
    assert_eq!(sent("*\n!docs/a/d.md"), ["docs/", "docs/a/", "docs/a/d.md"]);
    assert_eq!(sent("*\n!src"), ["src/", "src/lib/", "src/lib/a.h", "src/main.c"]);
    assert_eq!(sent("**\n!**/*.h\n"), ["src/", "src/lib/", "src/lib/a.h"]);
    assert_eq!(sent("*\n!*/\n").len(), 17);
    assert_eq!(sent("*\n!src\nsrc/lib\n"), ["src/", "src/main.c"]);
}

#[test]
fn a_walk_forgets_exceptions_that_came_too_early() {
    // Judged alone, `docs/a/d.md` would be taken back by `!docs`.
    let rest = sent("*.md\n*.c\n.env\nbuild\nsrc*\nempty\nDockerfile\ndocs/a/b\ndocs/a/d.md\n!docs\n");
    assert_eq!(rest, ["docs/", "docs/a/"]);
    let set = PatternSet::new(["docs/a/d.md", "!docs"]).unwrap();
    assert!(set.matches("docs/a/d.md") && !set.matches_alone("docs/a/d.md"));
}

#[test]
fn lines_are_cleaned_and_comments_skipped() {
    let text = "\u{feff}# c\r\n  /a//b/ \n\n !  ./x \n #y\n\\#z\n..\n";
    let file = IgnoreFile::parse(text);
    let patterns: Vec<_> = file.lines().iter().map(|line| line.pattern.as_str()).collect();
    assert_eq!(patterns, ["a/b", "!x", "#y", "\\#z", ".."]);
    assert_eq!(&text[file.lines()[1].range.clone()], "!  ./x");
    assert!(file.lines()[4].is_useless() && !file.lines()[0].is_useless());
    assert!(file.patterns().matches("#z"));
}

#[test]
fn faulty_lines_are_placed_and_left_out() {
    let text = "a\n!\n[a-\n! /\nx[\na*[\n";
    let file = IgnoreFile::parse(text);
    let marked: Vec<_> = file.errors().iter().map(|error| &text[error.range().clone()]).collect();
    assert_eq!(marked, ["!", "[a-", "! /", "x[", "a*["]);
    assert!(file.patterns().matches("a"));
}

#[test]
fn elements_match_as_documented() {
    for (pattern, path, expected) in [
        ("*", ".env", true),
        ("a/*", "a/b/c", true),
        ("*/x", "a/b/x", false),
        ("a?b", "a/b", false),
        ("a[^x]b", "a/b", true),
        ("[!a]b", "!b", true),
        ("a\\*", "a*", true),
        ("**/x", "x", true),
        ("**/x", "a/b/x", true),
        ("a/**", "a", false),
        ("a/**", "a/b/c", true),
        ("a**", "abc/d", true),
        ("**.c", "s/x.c", true),
        ("a**b", "ab", true),
        ("a**b", "a/x/b", true),
        ("a**b", "axb", false),
        ("a/**/b", "a/b", true),
        ("a^b", "a^b", true),
        ("a^b*", "a^bc", false),
        ("{a,b}", "a", false),
        ("{a,b}", "{a,b}", true),
        ("foo", "a/foo", false),
        ("foo/*.md", "foo/.md", true),
        ("[*]x", "/]x", true),
        ("\\d", "7", true),
        ("a*b\\", "axb$c", true),
        ("[?a]x", "/]", false),
        ("é?", "éü", true),
    ] {
        assert_eq!(PatternSet::new([pattern]).unwrap().matches(path), expected, "{pattern} {path}");
    }
}

#[test]
fn the_ignore_file_beside_the_dockerfile_comes_first() {
    assert_eq!(
        ignore_file_places(ContextOrigin::Local, "docker/app.Dockerfile"),
        [IgnorePlace::BesideDockerfile("docker/app.Dockerfile.dockerignore".to_owned()), IgnorePlace::ContextRoot]
    );
    assert_eq!(ignore_file_places(ContextOrigin::Named, "Dockerfile"), [IgnorePlace::ContextRoot]);
    assert!(ignore_file_places(ContextOrigin::Remote, "Dockerfile").is_empty());
}

fn copy(context: &MemoryContext, spec: CopySpec<'_>) -> Vec<String> {
    let outcome = resolve_copy(context, &spec);
    let entries = outcome.entries.into_iter().map(|entry| match entry.target {
        CopyTarget::Exact(target) => format!("{} > {target}", entry.path),
        CopyTarget::FileOrInside { file, inside } => format!("{} > {file} or {inside}", entry.path),
    });
    entries.chain(outcome.problems.iter().map(|problem| format!("{} {:?}", problem.index, problem.kind))).collect()
}

fn tree() -> MemoryContext {
    MemoryContext::from_files(TREE.iter().copied())
        .symlink("link", "src/lib")
        .symlink("src/up", "../../README.md")
        .symlink("ring", "ring")
        .symlink("gone", "nowhere")
}

#[test]
fn directories_give_their_contents_and_files_their_names() {
    let spec = |sources, destination| CopySpec { sources, destination, workdir: "/app", ..CopySpec::default() };
    for (sources, destination, expected) in [
        (&["src/lib"][..], "x", vec!["src/lib/a.h > /app/x/a.h"]),
        (&["README.md"], "./", vec!["README.md > /app/README.md"]),
        (&["../README.md"], "/r/.", vec!["README.md > /r/README.md"]),
        (&["README.md"], "r", vec!["README.md > /app/r or /app/r/README.md"]),
        (&["README.md", ".env"], "/", vec!["README.md > /README.md", ".env > /.env"]),
        (&["link"], "/x", vec!["src/lib/a.h > /x/a.h"]),
        (&["src/up"], "/x/", vec!["README.md > /x/up"]),
        (&["link/a.h"], "/x/", vec!["src/lib/a.h > /x/a.h"]),
        (
            &["src*/"],
            "/x",
            vec![
                "src/lib > /x/lib",
                "src/lib/a.h > /x/lib/a.h",
                "src/main.c > /x/main.c",
                "src/up > /x/up",
                "src-old/x.c > /x/x.c",
            ],
        ),
        (&["src/l*b/a.?"], "/x/", vec!["src/lib/a.h > /x/a.h"]),
        (&["none*"], "/x/", vec!["0 MatchesNothing"]),
        (
            &["none", "ring", "gone", "README.md/x", "none/*"],
            "/x/",
            vec!["0 NotFound", "1 NotFound", "2 NotFound", "3 NotFound", "4 NotFound"],
        ),
        (&["[a"], "/x/", vec!["0 BadPattern"]),
    ] {
        assert_eq!(copy(&tree(), spec(sources, destination)), expected, "{sources:?} {destination}");
    }
}

#[test]
fn several_files_to_one_name_overwrite_each_other() {
    let mut spec = CopySpec { sources: &["README.md", ".env"], destination: "/f", workdir: "/", ..CopySpec::default() };
    spec.state = DestinationState::NoDirectory;
    assert_eq!(copy(&tree(), spec), ["README.md > /f", ".env > /f", "1 Overwrites"]);
    spec.sources = &["empty", "README.md"];
    assert_eq!(copy(&tree(), spec), ["README.md > /f/README.md"]);
}

#[test]
fn excluded_paths_are_relative_to_the_source_directory() {
    let mut spec = CopySpec { sources: &["src"], destination: "/x", workdir: "/", ..CopySpec::default() };
    spec.exclude = &["lib", "*.c"];
    assert_eq!(copy(&tree(), spec), ["src/up > /x/up"]);
    spec.exclude = &["**", "!lib/a.h"];
    assert_eq!(copy(&tree(), spec), ["src/lib > /x/lib", "src/lib/a.h > /x/lib/a.h"]);
    // A file that is named itself is copied all the same.
    spec.sources = &["src/main.c"];
    spec.exclude = &["main.c", "["];
    assert_eq!(copy(&tree(), spec), ["src/main.c > /x or /x/main.c", "1 BadExclude"]);
}

#[test]
fn parents_keep_the_path_from_the_pivot_on() {
    let spec =
        |sources| CopySpec { sources, destination: "/x", workdir: "/", layout: Layout::Parents, ..CopySpec::default() };
    for (sources, expected) in [
        (&["src/lib/a.h"][..], vec!["src > /x/src", "src/lib > /x/src/lib", "src/lib/a.h > /x/src/lib/a.h"]),
        (&["docs/./a/d.md"], vec!["docs/a > /x/a", "docs/a/d.md > /x/a/d.md"]),
        (&["docs/./**/c.md"], vec!["docs/a > /x/a", "docs/a/b > /x/a/b", "docs/a/b/c.md > /x/a/b/c.md"]),
        (&["none/x"], vec!["0 NotFound"]),
        (&["none/*"], vec!["0 MatchesNothing"]),
    ] {
        assert_eq!(copy(&tree(), spec(sources)), expected, "{sources:?}");
    }
}

#[test]
fn sources_of_add_are_told_apart() {
    for (source, kind) in [
        ("https://example.com/x.tgz", SourceKind::Http),
        ("https://example.com/x.git#v1:sub", SourceKind::Git),
        ("git://h/x", SourceKind::Git),
        ("git@host:o/r.git", SourceKind::Git),
        ("HTTP://example.com/x", SourceKind::Path),
        ("github.com/o/r", SourceKind::Path),
        ("a@b/c:d", SourceKind::Path),
        ("https://repo.git", SourceKind::Http),
        ("HTTPS://example.com/x.git", SourceKind::Git),
        ("file://x@h:p", SourceKind::Path),
    ] {
        assert_eq!(source_kind(source), kind, "{source}");
    }
}

/// Whether a glob of `*`, `?` and literals matches, by trying everything.
fn naive(pattern: &[char], path: &[char]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (['*', rest @ ..], _) => {
            naive(rest, path) || path.first().is_some_and(|c| *c != '/' && naive(pattern, &path[1..]))
        }
        (['?', rest @ ..], [c, tail @ ..]) => *c != '/' && naive(rest, tail),
        ([own, rest @ ..], [c, tail @ ..]) => own == c && naive(rest, tail),
        _ => false,
    }
}

proptest! {
    #[test]
    fn both_matchers_equal_a_naive_model(pattern in "[ab*?/]{1,8}", path in "[ab]{1,3}(/[ab]{1,3}){0,2}") {
        let pattern = clean(&pattern);
        prop_assume!(!pattern.contains("**") && !pattern.starts_with('/'));
        let expected = naive(&pattern.chars().collect::<Vec<_>>(), &path.chars().collect::<Vec<_>>());
        prop_assert_eq!(Glob::parse(&pattern).unwrap().matches(&path), expected);
        let (matched, _) = PatternSet::new([pattern.as_str()]).unwrap().matches_below(&path, None);
        prop_assert_eq!(matched, expected);
    }

    #[test]
    fn any_ignore_file_is_read(text in "[ab*?/!#\\[\\]^\\\\. \n\r-]{0,24}", path in "[ab!#/]{1,8}") {
        let file = IgnoreFile::parse(&text);
        for range in file.lines().iter().map(|line| &line.range).chain(file.errors().iter().map(IgnoreError::range)) {
            prop_assert!(text.get(range.clone()).is_some());
        }
        file.patterns().matches(&path);
    }

    #[test]
    fn what_is_sent_has_its_parents(lines in prop::collection::vec("!?(src|docs|docs/a|\\*|\\*\\*/\\*\\.md|docs/a/b/c\\.md)", 0..5)) {
        let context = MemoryContext::from_files(TREE.iter().copied());
        let filtered = FilteredContext::new(&context, &IgnoreFile::parse(&lines.join("\n")));
        for entry in filtered.entries() {
            if let Some((parent, _)) = entry.path.rsplit_once('/') {
                prop_assert!(filtered.entry(parent).is_some());
            }
        }
    }
}
