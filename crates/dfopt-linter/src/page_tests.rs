//! What holds for every rule: the table is in order, pages have their parts and their examples run, and `docs/rules` is up
//! to date. A page that differs is written, and the test fails once.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use dfopt_semantic::model::{Model, Options};

use crate::testing::diagnostics;
use crate::{Applicability, ByDefault, FixOptions, Group, OptionValue, Preset, Rule, Settings, options_of, rules};

#[test]
fn the_table_is_sorted_and_names_are_unique() {
    for pair in rules().windows(2) {
        assert!(pair[0].name < pair[1].name, "{} and {} are out of order", pair[0].name, pair[1].name);
    }
}

#[test]
fn names_are_patterns_in_kebab_case() {
    const REMEDIES: [&str; 8] = ["use-", "prefer-", "avoid-", "require-", "no-", "do-not-", "must-", "should-"];
    for rule in rules() {
        let name = rule.name;
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
        assert!(!REMEDIES.iter().any(|remedy| name.starts_with(remedy)), "{name} is a remedy, not a pattern");
        let file = sources().join(format!("{}.rs", name.replace('-', "_")));
        assert!(file.exists(), "{name} is not declared in {}", file.display());
        assert!(!rule.since.is_empty() && !rule.own_aliases.contains(&""), "{name}");
    }
}

#[test]
fn aliases_are_no_names_of_rules() {
    for rule in rules() {
        for alias in rule.aliases() {
            assert!(!rules().iter().any(|other| other.name.eq_ignore_ascii_case(alias)), "{alias} is a rule");
        }
        let mut aliases: Vec<_> = rule.aliases().collect();
        aliases.sort_unstable();
        aliases.dedup();
        assert_eq!(aliases.len(), rule.aliases().count(), "{} has an alias twice", rule.name);
    }
}

#[test]
fn the_syntax_group_fails_the_build_and_is_on() {
    for rule in rules() {
        let is_syntax = rule.group == Some(Group::Syntax);
        assert_eq!(is_syntax, rule.fails_build, "{}", rule.name);
        assert!(!is_syntax || (rule.by_default == ByDefault::On && rule.buildkit.is_some()), "{}", rule.name);
    }
}

#[test]
fn pages_have_their_parts_in_order() {
    for rule in rules() {
        let page = rule.page();
        let name = rule.name;
        assert!(
            rule.summary().ends_with('.') && rule.summary().len() <= 120,
            "{name}: the summary is one short sentence"
        );
        assert_eq!(page.lines().nth(1), Some(""), "{name}: a blank line follows the summary");
        let headings: Vec<_> =
            page.lines().filter(|line| line.starts_with('#')).filter(|line| line.starts_with("## ")).collect();
        let mut expected = vec!["## Why", "## Example"];
        expected.extend(rule.fix.map(|_| "## Fix safety"));
        assert_eq!(headings, expected, "{name}");
        assert_eq!(examples(&page).len(), 2, "{name}: one bad and one good example");
    }
}

#[test]
fn examples_do_what_they_are_for() {
    for rule in rules() {
        let found = examples(&rule.page());
        let [bad, good] = found.as_slice() else { panic!("{}", rule.name) };
        // A `text` block shows what cannot be written down, such as bytes that are no text.
        if bad.info == "text" {
            continue;
        }
        let settings = settings_of(rule);
        let reported = diagnostics(rule, &settings, Options::default(), &bad.text);
        assert!(!reported.is_empty(), "{}: silent on its bad example", rule.name);
        let left = diagnostics(rule, &settings, Options::default(), &good.text);
        assert!(left.is_empty(), "{}: not silent on its good example: {}", rule.name, left[0].message);
        for diagnostic in &reported {
            let applicability = diagnostic.fix.as_ref().map(|fix| fix.applicability);
            assert!(applicability <= rule.fix, "{}: a fix beyond the declaration", rule.name);
        }
        if reported.iter().any(|diagnostic| diagnostic.fix.is_some()) {
            let options = FixOptions { at_least: Applicability::Unsafe, only: Some(vec![rule]) };
            let outcome = crate::fix(&bad.text, &settings, &options, Options::default());
            assert!(outcome.is_stable && outcome.rounds > 0, "{}: the fix does not settle", rule.name);
            let left = diagnostics(rule, &settings, Options::default(), &outcome.text);
            assert!(left.iter().all(|diagnostic| diagnostic.fix.is_none()), "{}: still offers a fix", rule.name);
            let again = crate::fix(&outcome.text, &settings, &options, Options::default());
            assert_eq!(again.text, outcome.text, "{}: a second run changes more", rule.name);
        }
    }
}

#[test]
fn no_text_is_too_broken() {
    let pages: Vec<String> = rules().iter().map(|rule| rule.page()).collect();
    let texts: Vec<String> = pages.iter().flat_map(|page| examples(page)).map(|example| example.text).collect();
    for text in &texts {
        for end in (0..=text.len()).step_by(5).filter(|&end| text.is_char_boundary(end)) {
            judge(&text[..end], Preset::All);
        }
        judge(text, Preset::Hadolint);
        judge(text, Preset::Buildkit);
    }
}

/// Checks that what is reported stands in the text.
fn judge(text: &str, preset: Preset) {
    let tree = dfopt_syntax::parse(text);
    let model = Model::new(text, &tree, Options::default());
    for diagnostic in crate::check(&model, &Settings::of_preset(preset)) {
        let name = diagnostic.rule.name;
        assert!(text.get(Range::<usize>::from(diagnostic.range)).is_some(), "{name} marks no text of {text:?}");
        if let Some(fix) = &diagnostic.fix {
            assert!(fix.edits.apply(text).is_ok(), "{name} has a fix for another text than {text:?}");
        }
    }
}

#[test]
fn pages_in_the_documentation_are_up_to_date() {
    let folder = documentation();
    fs::create_dir_all(&folder).unwrap();
    let mut written = Vec::new();
    let mut keep = |path: PathBuf, text: String| {
        if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            fs::write(&path, text).unwrap();
            written.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    };
    for rule in rules() {
        keep(folder.join(format!("{}.md", rule.name)), rule.document());
    }
    keep(folder.join("README.md"), index());
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let known = name == "README.md" || rules().iter().any(|rule| name == format!("{}.md", rule.name));
        assert!(known, "docs/rules/{name} belongs to no rule; delete it");
    }
    assert!(written.is_empty(), "written, look at them and run the test again: {written:?}");
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")
}

fn documentation() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules")
}

/// A fenced block of a page.
struct Example {
    info: String,
    text: String,
}

/// One rule alone, with the options that its page sets.
fn settings_of(rule: &'static Rule) -> Settings {
    let page = rule.page();
    let toml = blocks(&page).into_iter().find(|block| block.info == "toml").map(|block| block.text);
    let table: toml::Table = toml.unwrap_or_default().parse().unwrap();
    let mut settings = Settings::only(rule);
    for (owner, options) in &table {
        for (name, value) in options.as_table().unwrap() {
            let (owner, option) = options_of(owner).into_iter().find(|(_, option)| option.name == name).unwrap();
            let value = option_value(value);
            assert_eq!(option.accept(&value), Ok(()), "{}", rule.name);
            settings = settings.with_option(owner, option.name, value);
        }
    }
    settings
}

fn option_value(value: &toml::Value) -> OptionValue {
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    match value {
        toml::Value::Boolean(flag) => OptionValue::Flag(*flag),
        toml::Value::Integer(number) => OptionValue::Number(u64::try_from(*number).unwrap()),
        toml::Value::Array(list) => OptionValue::Texts(list.iter().map(text).collect()),
        toml::Value::Table(table) => {
            OptionValue::Table(table.iter().map(|(name, value)| (name.clone(), text(value))).collect())
        }
        other => OptionValue::Text(text(other)),
    }
}

/// The blocks of a page that are Dockerfiles.
fn examples(page: &str) -> Vec<Example> {
    blocks(page).into_iter().filter(|block| block.info != "toml").collect()
}

fn blocks(page: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        if let Some(info) = line.strip_prefix("```") {
            if !open {
                found.push(Example { info: info.to_owned(), text: String::new() });
            }
            open = !open;
        } else if open && let Some(example) = found.last_mut() {
            example.text.push_str(line);
            example.text.push('\n');
        }
    }
    found
}

/// The list of all rules.
fn index() -> String {
    let mut text = String::from("# Rules\n\n");
    text.push_str("<!-- Written by the tests of dfopt-linter from the declarations of the rules. -->\n\n");
    text.push_str("| rule | category | recommended | hadolint | buildkit | fix | what it finds |\n|---|---|---|---|---|---|---|\n");
    for rule in rules() {
        text.push_str(&row(rule));
    }
    text
}

fn row(rule: &Rule) -> String {
    let in_preset = |preset| rule.severity_in(preset).map_or("off", crate::Severity::name);
    format!(
        "| [{name}]({name}.md) | {} | {} | {} | {} | {} | {} |\n",
        rule.category.name(),
        in_preset(Preset::Recommended),
        in_preset(Preset::Hadolint),
        in_preset(Preset::Buildkit),
        rule.fix.map_or("none", Applicability::name),
        rule.summary().replace('|', "\\|"),
        name = rule.name,
    )
}
