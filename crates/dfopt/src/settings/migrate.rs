//! `dfopt config --migrate`: a `dfopt.toml` that says what hadolint's file says.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dfopt_linter::named;

use super::layer::{Layer, shown};
use super::show::{Row, render, row, rule_rows, suppressions};
use super::{absolute, hadolint};
use crate::exit::Failure;
use crate::write::write_new;

/// What was done.
pub(super) struct Migrated {
    /// What somebody should know.
    pub notices: Vec<String>,
    /// For standard output.
    pub message: String,
}

/// Reads hadolint's file, which is named, in a folder that is named, or the nearest upward, and writes ours beside it.
pub(super) fn write(named: Option<&Path>, config: Option<&Path>) -> Result<Migrated, Failure> {
    let from = find(named.or(config))?;
    let layer = hadolint::read(&from)?;
    let to = from.with_file_name("dfopt.toml");
    if to.exists() {
        return Err(Failure::new(format!("{} is there already; nothing was written", shown(&to))));
    }
    write_new(&to, text(&layer, &from).as_bytes()).map_err(|error| Failure::new(error.to_string()))?;
    let message = format!("{} says what {} says, which is not read any more\n", shown(&to), shown(&from));
    Ok(Migrated { notices: layer.notices, message })
}

fn find(named: Option<&Path>) -> Result<PathBuf, Failure> {
    let start = absolute(named.unwrap_or(Path::new(".")));
    if start.is_file() {
        return Ok(start);
    }
    let folders: Vec<&Path> = if named.is_some() { vec![&start] } else { start.ancestors().collect() };
    let mut names = folders.into_iter().flat_map(|folder| hadolint::NAMES.map(|name| folder.join(name)));
    let found = names.find(|path| path.is_file());
    found.ok_or_else(|| Failure::new(format!("there is no .hadolint.yaml in {}", shown(&start))))
}

/// The settings as ours, with a rule's own name where a code stands for one rule.
fn text(layer: &Layer, from: &Path) -> String {
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    let mut text = format!("# from {name}\n");
    let mut rows = vec![row("", "preset", "hadolint", String::new())];
    if let Some(set) = &layer.fail_on {
        rows.push(row("", "fail-on", set.value.name(), String::new()));
    }
    if let Some(set) = &layer.rules.suppressions {
        rows.push(row("", "suppressions", suppressions(set.value), String::new()));
    }
    rows.extend(rule_rows(&layer.rules).into_iter().map(renamed));
    let _ = write!(text, "{}", render(&rows));
    text
}

fn renamed(row: Row) -> Row {
    let of = |code: &str| match named(code).unwrap_or_default().as_slice() {
        [rule] if !rule.name.eq_ignore_ascii_case(code) => Some(rule.name),
        _ => None,
    };
    match (row.is_part, &*row.table, row.value.as_str().and_then(of), of(&row.name)) {
        (true, _, Some(name), _) => {
            let code = row.value.as_str().unwrap_or_default().to_owned();
            Row { value: name.into(), origin: code, ..row }
        }
        (_, "severity", _, Some(name)) => Row { origin: row.name, name: name.to_owned(), ..row },
        _ => Row { origin: String::new(), ..row },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use dfopt_linter::rules;

    use super::*;
    use crate::args::RuleArgs;
    use crate::settings::Resolver;

    #[test]
    fn the_new_file_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join(".hadolint.yaml");
        fs::write(
            &old,
            "ignored: [DL3006, SC2086, DL1000]\noverride:\n  error: [DL3057]\n  style: [DL3004]\ntrustedRegistries: ['*.io']\nlabel-schema: {a: url}\nstrict-labels: true\nfailure-threshold: error\ndisable-ignore-pragma: true\n",
        )
        .unwrap();
        let file = folder.path().join("Dockerfile");
        let settings = || Resolver::new(&RuleArgs::default(), &[]).unwrap().of(Some(&file)).unwrap();
        let before = settings();
        let migrated = write(Some(folder.path()), None).unwrap();
        assert!(migrated.message.contains("dfopt.toml"));
        let text = fs::read_to_string(folder.path().join("dfopt.toml")).unwrap();
        assert!(text.contains("\"untagged-base\",  # DL3006\n") && text.contains("\"DL1000\",\n"), "{text}");
        assert!(text.contains("missing-healthcheck = \"error\"  # DL3057\n"), "{text}");
        let after = settings();
        assert_eq!(after.files, [folder.path().join("dfopt.toml")]);
        for rule in rules() {
            assert_eq!(after.settings.severity(rule), before.settings.severity(rule), "{}", rule.name);
        }
        for (owner, name) in [("labels", "schema"), ("labels", "strict"), ("untrusted-registry", "registries")] {
            assert_eq!(after.settings.option(owner, name), before.settings.option(owner, name));
            assert!(after.settings.option(owner, name).is_some());
        }
        assert_eq!(after.fail_on, before.fail_on);
        assert_eq!(after.settings.suppressions(), before.settings.suppressions());
        assert!(write(Some(&old), None).is_err_and(|failure| failure.to_string().contains("is there already")));
        let empty = tempfile::tempdir().unwrap();
        assert!(write(Some(empty.path()), None).is_err());
    }
}
