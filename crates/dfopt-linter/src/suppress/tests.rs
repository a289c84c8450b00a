//! Suppressions in their three dialects: what each reaches.

#![allow(clippy::unwrap_used)]

use dfopt_semantic::model::{Model, Options};

use crate::{Date, Level, Preset, Selection, Settings, Severity, Suppressions, check};

/// Rule and line (from 1) of what is left.
fn left(text: &str, settings: &Settings) -> Vec<(&'static str, usize)> {
    let parse = dfopt_syntax::parse(text);
    let model = Model::new(text, &parse, Options::default());
    let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
    check(&model, settings).iter().map(|one| (one.rule.name, line(one.range.start().into()))).collect()
}

fn only(names: &[&str]) -> Settings {
    only_in(Preset::Recommended, names)
}

fn only_in(preset: Preset, names: &[&str]) -> Settings {
    let select = names.iter().map(|name| (*name).to_owned()).collect();
    Settings::resolve(&Selection { preset, select, ..Selection::default() }).unwrap()
}

#[test]
fn the_own_form_reaches_the_next_instruction() {
    let settings = only(&["sudo-in-run"]);
    let text = "FROM a\n# dfopt ignore=sudo-in-run\n\n# remark\nRUN sudo x\nRUN sudo y\n";
    assert_eq!(left(text, &settings), [("sudo-in-run", 6)]);
    let text = "FROM a\n# dfopt ignore=dl3004,other; reason=why not\nRUN sudo x\n";
    assert_eq!(left(text, &settings), []);
    let text = "FROM a\n# dfopt ignore=DL3000\nRUN sudo x\n";
    assert_eq!(left(text, &settings), [("sudo-in-run", 3)]);
}

#[test]
fn inside_an_instruction_it_reaches_the_next_line() {
    let settings = only(&["sudo-in-run"]);
    let text = "FROM a\nRUN sudo x && \\\n  # dfopt ignore=sudo-in-run\n  sudo y && \\\n  sudo z\n";
    assert_eq!(left(text, &settings), [("sudo-in-run", 2), ("sudo-in-run", 5)]);
    let text = "FROM a\nRUN <<E\nsudo x\n# dfopt ignore=sudo-in-run\n\nsudo y\nE\n";
    assert_eq!(left(text, &settings), [("sudo-in-run", 3)]);
}

#[test]
fn stage_and_file() {
    let settings = only(&["sudo-in-run", "untagged-base"]);
    let text = "# dfopt stage ignore=all\nFROM a\nRUN sudo x\nFROM b\nRUN sudo y\n";
    assert_eq!(left(text, &settings), [("untagged-base", 4), ("sudo-in-run", 5)]);
    let text = "FROM a\nRUN sudo x\nFROM b\nRUN sudo y\n# dfopt stage ignore=sudo-in-run\n";
    assert_eq!(left(text, &settings), [("untagged-base", 1), ("sudo-in-run", 2), ("untagged-base", 3)]);
    let text = "FROM a\nRUN sudo x\n# dfopt global ignore=sudo-in-run,untagged-base\n";
    assert_eq!(left(text, &settings), []);
}

#[test]
fn a_date_ends_it() {
    let text = "FROM a\n# dfopt ignore=sudo-in-run; until=2026-05-01\nRUN sudo x\n";
    let on = |day| {
        Settings::resolve(&Selection { select: vec!["DL3004".into()], today: Date::parse(day), ..Selection::default() })
            .unwrap()
    };
    assert_eq!(left(text, &on("2026-05-01")), []);
    assert_eq!(left(text, &on("2026-05-02")), [("sudo-in-run", 3)]);
}

#[test]
fn hadolints_form_is_widened_but_in_its_own_preset() {
    let text = "FROM a:1\n# hadolint ignore=DL3004\n\nRUN sudo x\n# hadolint ignore=DL3004 because\nRUN sudo y\n# hadolint ignore=DL3004 # why\nRUN sudo z\n";
    assert_eq!(left(text, &only(&["sudo-in-run"])), []);
    assert_eq!(left(text, &only_in(Preset::Hadolint, &["DL3004"])), [("sudo-in-run", 4), ("sudo-in-run", 6)]);
    let text = "FROM a:1\n# hadolint global ignore=DL3004, DL3000\nRUN sudo x\n";
    assert_eq!(left(text, &only_in(Preset::Hadolint, &["DL3004"])), []);
    let text = "FROM a:1\n# hadolint ignore=dl3004\nRUN sudo x\n";
    assert_eq!(left(text, &only(&["sudo-in-run"])), [("sudo-in-run", 3)]);
}

#[test]
fn hadolints_stage_form() {
    let text = "# hadolint stage ignore=DL3004,DL3006\nFROM a\nRUN sudo x\nFROM b\nRUN sudo y\n";
    assert_eq!(left(text, &only(&["sudo-in-run", "untagged-base"])), [("untagged-base", 4), ("sudo-in-run", 5)]);
    let strict = only_in(Preset::Hadolint, &["sudo-in-run", "untagged-base"]);
    assert_eq!(left(text, &strict), [("untagged-base", 2), ("sudo-in-run", 5)]);
}

#[test]
fn hadolints_form_can_be_switched_off() {
    let text = "FROM a:1\n# hadolint ignore=DL3004\nRUN sudo x\n# dfopt ignore=DL3004\nRUN sudo y\n";
    let settings = only(&["sudo-in-run"]).with_suppressions(Suppressions::ObeyedButHadolint);
    assert_eq!(left(text, &settings), [("sudo-in-run", 3)]);
}

#[test]
fn check_directives_and_comments() {
    let settings = only(&["maintainer-instruction", "relative-workdir", "untagged-base"]);
    let text = "# check=skip=MaintainerDeprecated\nFROM a\nMAINTAINER me\nWORKDIR b\n";
    assert_eq!(left(text, &settings), [("untagged-base", 2), ("relative-workdir", 4)]);
    let text = "# check=skip=all\nFROM a\nMAINTAINER me\nWORKDIR b\n";
    assert_eq!(left(text, &settings), [("untagged-base", 2)]);
    let text = "FROM a:1\n# remark\n# check=skip=MaintainerDeprecated because\nMAINTAINER me\n";
    assert_eq!(left(text, &settings), []);
    for broken in [
        "# check=skip=MaintainerDeprecated\n#\n",
        " # check=skip=MaintainerDeprecated\n",
        "# check=skip=maintainerdeprecated\n",
    ] {
        assert_eq!(
            left(&format!("FROM a:1\n{broken}MAINTAINER me\n"), &settings),
            [("maintainer-instruction", if broken.contains("\n#\n") { 4 } else { 3 })]
        );
    }
}

#[test]
fn what_the_builder_refuses_cannot_be_silenced() {
    let text = "# dfopt global ignore=all\nFROM a\nCOPY b\nCOPPY a b\n";
    assert_eq!(left(text, &Settings::default()), [("missing-argument", 3)]);
}

#[test]
fn shown_suppressions_mark() {
    let text = "FROM a:1\n# dfopt ignore=DL3004; reason=legacy\nRUN sudo x\n";
    let parse = dfopt_syntax::parse(text);
    let model = Model::new(text, &parse, Options::default());
    let settings = only(&["sudo-in-run"]).with_suppressions(Suppressions::Shown);
    let found = check(&model, &settings);
    assert_eq!(found[0].suppressed.as_ref().unwrap().reason.as_deref(), Some("legacy"));
}

#[test]
fn severities_do_not_matter() {
    let selection =
        Selection { severities: vec![("DL3004".into(), Level::At(Severity::Error))], ..Selection::default() };
    let text = "FROM a:1\n# dfopt ignore=DL3004\nRUN sudo x\n";
    assert_eq!(left(text, &Settings::resolve(&selection).unwrap()), []);
}

#[test]
fn expired_ones_and_their_own_rules() {
    let text = "FROM a:1\n# dfopt global ignore=all\n# dfopt ignore=nonsense\nRUN x\n";
    assert_eq!(left(text, &only(&["unknown-rule-in-suppression"])), [("unknown-rule-in-suppression", 3)]);
    let text = "FROM a:1\n# dfopt global ignore=df072\n# dfopt ignore=nonsense,\nRUN x\n";
    assert_eq!(left(text, &only(&["DF072"])), []);
}

#[test]
fn the_builder_looks_for_some_checks_in_directives_only() {
    let text =
        "FROM a AS x\n# check=skip=DuplicateStageName\nFROM b AS x\n# check=skip=MaintainerDeprecated\nMAINTAINER me\n";
    let names = ["duplicate-stage-name", "maintainer-instruction"];
    assert_eq!(left(text, &only_in(Preset::Buildkit, &names)), [("duplicate-stage-name", 3)]);
    assert_eq!(left(text, &only(&names)), []);
}

#[test]
fn shellchecks_form_reaches_the_next_command_or_the_script() {
    let settings = only(&["unquoted-variable", "backtick-substitution"]);
    let text = "FROM a:1\nRUN <<E\na $(b) $c\n# shellcheck disable=SC2086\na $c\na $c `d`\nE\n";
    assert_eq!(
        left(text, &settings),
        [("unquoted-variable", 3), ("unquoted-variable", 6), ("backtick-substitution", 6)]
    );
    let text = "FROM a:1\nRUN <<E\n# shellcheck disable=SC2086,SC2006\na $c\na $c `d`\nE\n";
    assert_eq!(left(text, &settings), []);
    let text = "FROM a:1\nRUN <<E\n# shellcheck disable=SC2000-SC2050\na $c `d`\nE\n";
    assert_eq!(left(text, &settings), [("unquoted-variable", 4)]);
}

#[test]
fn a_code_of_several_stands_for_its_own_cases() {
    let settings = only(&["bashism"]);
    let text = "FROM debian:12\n# hadolint ignore=SC3010\nRUN [[ -f x ]] && a <(b)\n";
    assert_eq!(left(text, &settings), [("bashism", 3)]);
    let text = "FROM debian:12\n# hadolint ignore=SC2039 # all of them\nRUN [[ -f x ]] && a <(b)\n";
    assert_eq!(left(text, &settings), []);
}
