//! How files, overrides and flags come together.
#![allow(clippy::unwrap_used)]

use std::fs;

use dfopt_linter::named;
use tempfile::TempDir;

use super::*;
use crate::args::SeverityOf;

/// A folder with files, each with its text.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn settings(folder: &TempDir, file: &str) -> Arc<Resolved> {
    Resolver::new(&RuleArgs::default(), &[]).unwrap().of(Some(&folder.path().join(file))).unwrap()
}

fn severity(resolved: &Resolved, rule: &str) -> Option<&'static str> {
    resolved.settings.severity(named(rule).unwrap()[0]).map(Severity::name)
}

#[test]
fn the_nearest_file_is_laid_over_those_above() {
    let folder = folder(&[
        (
            "dfopt.toml",
            "root = true\nfail-on = \"error\"\nignore = [\"DL3006\", \"sudo-in-run\"]\n[severity]\nlatest-tag = \"error\"\n",
        ),
        ("a/.dfopt.toml", "extend-select = [\"dl3006\"]\n[severity]\nlatest-tag = \"style\"\n"),
        ("a/b/pyproject.toml", "[tool.dfopt]\nroot = true\n"),
        ("a/c/pyproject.toml", "[tool.other]\n"),
    ]);
    let top = settings(&folder, "Dockerfile");
    assert_eq!((severity(&top, "untagged-base"), severity(&top, "latest-tag")), (None, Some("error")));
    assert_eq!(top.fail_on, Some(Severity::Error));
    for file in ["a/Dockerfile", "a/c/Dockerfile"] {
        let below = settings(&folder, file);
        assert_eq!(
            (severity(&below, "untagged-base"), severity(&below, "latest-tag")),
            (Some("warning"), Some("style"))
        );
        assert_eq!((severity(&below, "sudo-in-run"), below.fail_on), (None, Some(Severity::Error)));
    }
    let rooted = settings(&folder, "a/b/Dockerfile");
    assert_eq!((severity(&rooted, "sudo-in-run"), rooted.fail_on), (Some("warning"), Some(Severity::Warning)));
    assert_eq!(rooted.files.len(), 1);
}

#[test]
fn extended_files_are_laid_below() {
    let folder = folder(&[
        (
            "p/dfopt.toml",
            "root = true\nextends = [\"../shared/one.toml\", \"../shared/two.toml\"]\nignore = [\"DL3006\"]\n",
        ),
        ("shared/one.toml", "preset = \"hadolint\"\n[severity]\nDL3004 = \"info\"\n"),
        ("shared/two.toml", "extends = [\"three.toml\"]\n[severity]\nDL3004 = \"style\"\n"),
        ("shared/three.toml", "fail-on = \"never\"\n"),
        ("ring/dfopt.toml", "extends = [\"other.toml\"]\n"),
        ("ring/other.toml", "extends = [\"./dfopt.toml\"]\n"),
        ("lost/dfopt.toml", "\nextends = [\"no.toml\"]\n"),
    ]);
    let found = settings(&folder, "p/Dockerfile");
    assert_eq!(found.settings.preset(), Preset::Hadolint);
    assert_eq!((severity(&found, "sudo-in-run"), severity(&found, "untagged-base")), (Some("style"), None));
    assert_eq!((found.fail_on, found.files.len()), (None, 4));
    let resolver = Resolver::new(&RuleArgs::default(), &[]).unwrap();
    let error = |file: &str| resolver.of(Some(&folder.path().join(file))).unwrap_err().to_string();
    assert!(error("ring/Dockerfile").contains("extends itself"));
    assert!(error("lost/Dockerfile").contains("dfopt.toml:2: there is no file"));
}

#[test]
fn overrides_go_by_path() {
    let folder = folder(&[(
        "dfopt.toml",
        "root = true\n[[overrides]]\npaths = [\"test/\", \"*.dev\"]\nignore = [\"DL3006\"]\n[[overrides]]\npaths = [\"/test/x\"]\nextend-select = [\"DL3006\"]\n",
    )]);
    let on = |file: &str| severity(&settings(&folder, file), "untagged-base").is_some();
    assert!(on("Dockerfile") && on("testing/Dockerfile") && on("test/x/Dockerfile"));
    assert!(!on("test/Dockerfile") && !on("a/test/Dockerfile") && !on("a/Dockerfile.dev"));
}

#[test]
fn a_hadolint_file_is_obeyed_where_there_is_no_other() {
    let folder = folder(&[
        (".hadolint.yaml", "ignored: [DL3006]\nfailure-threshold: error\n"),
        ("own/dfopt.toml", "root = true\n"),
    ]);
    let found = settings(&folder, "deep/er/Dockerfile");
    assert_eq!((found.settings.preset(), severity(&found, "untagged-base")), (Preset::Hadolint, None));
    assert_eq!(found.fail_on, Some(Severity::Error));
    assert_eq!(settings(&folder, "own/Dockerfile").settings.preset(), Preset::Recommended);
}

#[test]
fn flags_have_the_last_word() {
    let folder = folder(&[(
        "dfopt.toml",
        "root = true\npreset = \"hadolint\"\nignore = [\"DL3006\"]\nextend-select = [\"layout\"]\n",
    )]);
    let file = folder.path().join("Dockerfile");
    let with = |args: RuleArgs| Resolver::new(&args, &[]).unwrap().of(Some(&file)).unwrap();
    let preset = with(RuleArgs { preset: Some(PresetVersion(Preset::Buildkit, None)), ..RuleArgs::default() });
    assert_eq!(preset.settings.preset(), Preset::Buildkit);
    let select = with(RuleArgs { select: vec!["DL3006".into()], ..RuleArgs::default() });
    assert!(severity(&select, "untagged-base").is_some() && severity(&select, "mismatched-as-case").is_none());
    let none = with(RuleArgs { no_config: true, ..RuleArgs::default() });
    assert_eq!((none.settings.preset(), none.fail_on), (Preset::Recommended, Some(Severity::Warning)));
    let named = folder.path().join("dfopt.toml");
    let only = with(RuleArgs { config: Some(named), ..RuleArgs::default() });
    assert_eq!((only.settings.preset(), only.fail_on), (Preset::Hadolint, Some(Severity::Info)));
    let severities = vec!["DL3004=style".parse::<SeverityOf>().unwrap()];
    let severe = with(RuleArgs { severity: severities, ..RuleArgs::default() });
    assert_eq!(severity(&severe, "sudo-in-run"), Some("style"));
}

#[test]
fn flags_are_judged_at_once() {
    let args = RuleArgs { ignore: vec!["relativ-workdir".into()], ..RuleArgs::default() };
    assert!(Resolver::new(&args, &[]).unwrap_err().to_string().contains("relative-workdir"));
    let args = RuleArgs { config: Some("no/such.toml".into()), ..RuleArgs::default() };
    assert!(Resolver::new(&args, &[]).unwrap_err().to_string().contains("such.toml"));
}
