//! The one place that tests of rules go through: Dockerfiles with carets below what is reported.

#![allow(clippy::panic)]

use dfopt_semantic::model::{Model, Options};
use dfopt_syntax::{TextRange, TextSize, parse};

use crate::{Applicability, Diagnostic, FixOptions, OptionValue, Rule, Settings};

/// A caret line: what it marks, as a place in the text without caret lines, and what it says.
#[derive(PartialEq, Eq, Debug)]
struct Mark {
    range: TextRange,
    message: String,
}

/// Checks that a rule reports exactly what the caret lines of `marked` say: `^^^ message`, then `[fix]` or `[safe fix]` when
/// there is one. A caret line belongs to the line above it; of a longer range it marks the first line.
#[track_caller]
pub(crate) fn check(rule: &'static Rule, marked: &str) {
    check_with(rule, &Settings::only(rule), Options::default(), marked);
}

/// `check` with other settings or facts.
#[track_caller]
pub(crate) fn check_with(rule: &'static Rule, settings: &Settings, options: Options<'_>, marked: &str) {
    let (text, marks) = strip(marked);
    let found: Vec<Mark> = diagnostics(rule, settings, options, &text).iter().map(|one| mark_of(&text, one)).collect();
    let show = |marks: &[Mark]| {
        marks.iter().map(|mark| format!("  {} {:?}\n", position(&text, mark.range), mark.message)).collect::<String>()
    };
    assert!(found == marks, "{}\nreported:\n{}expected:\n{}in:\n{text}", rule.name, show(&found), show(&marks));
}

/// One rule alone with options set: `(name, value)`.
#[track_caller]
pub(crate) fn only_with(rule: &'static Rule, options: &[(&str, OptionValue)]) -> Settings {
    options.iter().fold(Settings::only(rule), |settings, (name, value)| {
        let option = rule.options.iter().find(|option| option.name == *name);
        let option = option.unwrap_or_else(|| panic!("{} has no option `{name}`", rule.name));
        assert_eq!(option.accept(value), Ok(()), "{}", rule.name);
        settings.with_option(crate::option::owner(rule, option), option.name, value.clone())
    })
}

/// A list of texts for an option.
pub(crate) fn texts(texts: &[&str]) -> OptionValue {
    OptionValue::Texts(texts.iter().map(|&text| text.to_owned()).collect())
}

/// Checks that a rule has nothing to say.
#[track_caller]
pub(crate) fn check_ok(rule: &'static Rule, text: &str) {
    check_with(rule, &Settings::only(rule), Options::default(), text);
}

/// Checks what the fixes of a rule, unsafe ones too, make of a text; the result parses as well as before, the rule is silent
/// on it, and a second run changes nothing.
#[track_caller]
pub(crate) fn check_fix(rule: &'static Rule, before: &str, after: &str) {
    check_fix_with(rule, Options::default(), before, after);
}

/// `check_fix` with facts.
#[track_caller]
pub(crate) fn check_fix_with(rule: &'static Rule, options: Options<'_>, before: &str, after: &str) {
    let settings = Settings::only(rule);
    let fix_options = FixOptions { at_least: Applicability::Unsafe, only: Some(vec![rule]) };
    let outcome = crate::fix(before, &settings, &fix_options, options);
    assert_eq!(outcome.text, after, "{}", rule.name);
    assert!(outcome.is_stable, "{}: the fix goes on for ever", rule.name);
    assert!(parse(after).errors().len() <= parse(before).errors().len(), "{}: the fix breaks the syntax", rule.name);
    assert!(diagnostics(rule, &settings, options, after).is_empty(), "{}: not silent on\n{after}", rule.name);
    let again = crate::fix(after, &settings, &fix_options, options);
    assert_eq!(again.rounds, 0, "{}: a second run changes more", rule.name);
}

/// What a rule reports.
pub(crate) fn diagnostics(
    rule: &'static Rule,
    settings: &Settings,
    options: Options<'_>,
    text: &str,
) -> Vec<Diagnostic> {
    let tree = parse(text);
    let model = Model::new(text, &tree, options);
    crate::check(&model, settings).into_iter().filter(|diagnostic| diagnostic.rule == rule).collect()
}

fn mark_of(text: &str, diagnostic: &Diagnostic) -> Mark {
    let range = diagnostic.range;
    let line_end = text[range.start().into()..].find('\n').map_or(text.len(), |len| usize::from(range.start()) + len);
    let end = usize::from(range.end()).min(line_end.max(range.start().into()));
    // One caret marks an empty place too.
    let end = if end == usize::from(range.start()) && end < line_end {
        end + text[end..].chars().next().map_or(0, char::len_utf8)
    } else {
        end
    };
    let fix = diagnostic.fix.as_ref().map(|fix| match fix.applicability {
        Applicability::Safe => " [safe fix]",
        Applicability::Unsafe => " [fix]",
    });
    let end = TextSize::new(u32::try_from(end).unwrap_or(u32::MAX));
    Mark {
        range: TextRange::new(range.start(), end),
        message: format!("{}{}", diagnostic.message, fix.unwrap_or_default()),
    }
}

/// Takes the caret lines out of a text.
fn strip(marked: &str) -> (String, Vec<Mark>) {
    let body = marked.strip_prefix('\n').unwrap_or(marked);
    let (mut text, mut marks) = (String::new(), Vec::new());
    let mut above = 0;
    for line in body.split_inclusive('\n') {
        if !line.trim_start().starts_with('^') {
            above = text.len();
            text.push_str(line);
            continue;
        }
        let column = line.chars().take_while(|c| *c != '^').count();
        let width = line.trim_start().chars().take_while(|c| *c == '^').count();
        let message = line.trim_start().trim_start_matches('^').trim().to_owned();
        let marked_line = text[above..].trim_end_matches('\n');
        let at = |column: usize| {
            let len = marked_line.char_indices().nth(column).map_or(marked_line.len(), |(at, _)| at);
            TextSize::new(u32::try_from(above + len).unwrap_or(u32::MAX))
        };
        let whole = TextRange::new(at(column), at(column + width));
        marks.push(Mark { range: whole, message });
    }
    (text, marks)
}

fn position(text: &str, range: TextRange) -> String {
    let start = usize::from(range.start());
    let line = text[..start].matches('\n').count() + 1;
    format!("{line}: `{}`", &text[range])
}

#[test]
fn carets_mark_the_line_above() {
    let (text, marks) = strip("\nFROM a\n     ^ one\nRUN é b\n    ^^^ two\n");
    assert_eq!(text, "FROM a\nRUN é b\n");
    let marked: Vec<_> = marks.iter().map(|mark| (&text[mark.range], mark.message.as_str())).collect();
    assert_eq!(marked, [("a", "one"), ("é b", "two")]);
}
