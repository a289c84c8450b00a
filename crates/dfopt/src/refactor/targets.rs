//! Which stages the files beside a Dockerfile build by themselves: `target` in Compose and Bake files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Larger files are not read.
const MOST_BYTES: u64 = 1 << 20;

/// The targets that Compose and Bake files of a folder name. Whatever follows `target` counts, whether or not it is of this Dockerfile:
/// a stage too many that stays does no harm.
pub(super) fn targets_beside(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    let named = entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_build_file));
    let small = named.filter(|entry| entry.metadata().is_ok_and(|data| data.is_file() && data.len() <= MOST_BYTES));
    small.filter_map(|entry| fs::read_to_string(entry.path()).ok()).flat_map(|text| targets(&text)).collect()
}

fn is_build_file(name: &str) -> bool {
    let is_of = |start: &str, ends: &[&str]| name.starts_with(start) && ends.iter().any(|end| name.ends_with(end));
    is_of("compose", &[".yaml", ".yml"])
        || is_of("docker-compose", &[".yaml", ".yml"])
        || is_of("docker-bake", &[".hcl", ".json"])
}

/// The words behind `target:` or `target =`.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or(line);
        let mut rest = line;
        while let Some(at) = rest.find("target") {
            let is_word = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
            rest = &rest[at + "target".len()..];
            let behind = rest.trim_start_matches('"').trim_start();
            if let Some(value) = behind.strip_prefix([':', '=']).filter(|_| is_word) {
                let value = value.trim_start().trim_start_matches(['"', '\'']);
                let end = value.find(|c: char| matches!(c, '"' | '\'' | ',' | '}') || c.is_whitespace());
                let word = &value[..end.unwrap_or(value.len())];
                found.extend((!word.is_empty()).then(|| word.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_of_any_layout() {
        assert_eq!(targets("services:\n  web:\n    build:\n      context: .\n      target: dev # now\n"), ["dev"]);
        assert_eq!(targets("    build: {context: ., target: 'test'}\n"), ["test"]);
        assert_eq!(targets("target \"app\" {\n  target = \"web\"\n}\n"), ["web"]);
        assert_eq!(targets("{\"target\": {\"app\": {\"target\": \"web\"}}}"), ["{", "web"]);
        assert_eq!(targets("no_target: x\n"), Vec::<String>::new());
        assert!(is_build_file("compose.override.yaml") && is_build_file("docker-bake.hcl") && !is_build_file("a.yaml"));
    }
}
