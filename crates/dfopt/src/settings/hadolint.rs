//! `.hadolint.yaml` and hadolint's variables of the environment, for those who come from there.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dfopt_linter::{Level, OptionValue, Preset, SetOption, Severity, Suppressions, named};
use marked_yaml::types::MarkedScalarNode;
use marked_yaml::{Node, parse_yaml};

use super::layer::{FailFrom, Layer, Origin, Place, Set, shown};
use crate::exit::Failure;

/// Names of the file, the first one that is there counts.
pub(super) const NAMES: [&str; 2] = [".hadolint.yaml", ".hadolint.yml"];

const LEVELS: [(&str, Severity); 4] =
    [("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info), ("style", Severity::Style)];

/// Reads a file.
///
/// # Errors
/// When it cannot be read, is no YAML, or a value is of the wrong kind.
pub(super) fn read(path: &Path) -> Result<Layer, Failure> {
    let text =
        fs::read_to_string(path).map_err(|error| Failure::new(format!("{}: cannot be read: {error}", shown(path))))?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Layer, Failure> {
    let mut collector = Collector::new(Origin::File(path.to_owned()));
    collector.preset(None);
    // Nothing but comments is no document.
    let is_blank =
        text.lines().all(|line| matches!(line.trim(), "" | "---" | "...") || line.trim_start().starts_with('#'));
    if is_blank {
        return Ok(collector.layer);
    }
    let wrong = |what: String, line: Option<usize>| {
        let place = line.map_or(String::new(), |line| format!(":{line}"));
        Failure::new(format!("{}{place}: {what}", shown(path)))
    };
    let document = parse_yaml(0, text).map_err(|error| wrong(error.to_string(), None))?;
    let Some(mapping) = document.as_mapping() else { return Err(wrong("expected a table of keys".into(), None)) };
    for (key, value) in mapping.iter() {
        let known = collector.key(key.as_str(), value);
        known.map_err(|what| wrong(what, line_of(value).or(line_of_key(key))))?;
    }
    Ok(collector.layer)
}

fn line_of(node: &Node) -> Option<usize> {
    node.span().start().map(marked_yaml::Marker::line)
}

fn line_of_key(node: &MarkedScalarNode) -> Option<usize> {
    node.span().start().map(marked_yaml::Marker::line)
}

/// What the environment says, over what was said before.
pub(super) fn environment(below: &Layer, variable: impl Fn(&str) -> Option<String>) -> Layer {
    let mut layer = Layer::default();
    for name in VARIABLES {
        let Some(value) = variable(name).filter(|value| !value.is_empty()) else { continue };
        let mut collector = Collector::new(Origin::Environment(name));
        collector.layer = layer;
        collector.variable(name, &value, below);
        layer = collector.layer;
    }
    layer
}

const VARIABLES: [&str; 12] = [
    "HADOLINT_NOFAIL",
    "HADOLINT_FAILURE_THRESHOLD",
    "HADOLINT_FORMAT",
    "HADOLINT_IGNORE",
    "HADOLINT_OVERRIDE_ERROR",
    "HADOLINT_OVERRIDE_WARNING",
    "HADOLINT_OVERRIDE_INFO",
    "HADOLINT_OVERRIDE_STYLE",
    "HADOLINT_TRUSTED_REGISTRIES",
    "HADOLINT_REQUIRE_LABELS",
    "HADOLINT_STRICT_LABELS",
    "HADOLINT_DISABLE_IGNORE_PRAGMA",
];

/// Collects what is said in one place after the other.
struct Collector {
    layer: Layer,
    origin: Arc<Origin>,
}

impl Collector {
    fn new(origin: Origin) -> Self {
        Collector { layer: Layer::default(), origin: Arc::new(origin) }
    }

    fn set<T>(&self, line: Option<usize>, value: T) -> Set<T> {
        Set { value, place: Place { origin: self.origin.clone(), line } }
    }

    fn preset(&mut self, line: Option<usize>) {
        self.layer.rules.preset = Some(self.set(line, (Preset::Hadolint, None)));
    }

    fn key(&mut self, key: &str, value: &Node) -> Result<(), String> {
        let line = line_of(value);
        match key {
            "ignored" => {
                for (name, line) in list(key, value)? {
                    self.ignore(&name, line);
                }
            }
            "override" => {
                let levels = value.as_mapping().ok_or("`override` is a table of levels")?;
                for (level, names) in levels.iter() {
                    let Some((_, severity)) = LEVELS.iter().find(|(name, _)| *name == level.as_str()) else {
                        return Err(format!("`override.{}` is none of error, warning, info, style", level.as_str()));
                    };
                    for (name, line) in list(level.as_str(), names)? {
                        self.severity(&name, *severity, line);
                    }
                }
            }
            "trustedRegistries" | "trusted-registries" => {
                let names = list(key, value)?.into_iter().map(|(name, _)| name).collect();
                self.option("untrusted-registry", "registries", OptionValue::Texts(names), line);
            }
            "label-schema" => {
                let mut schema = Vec::new();
                for (label, kind) in value.as_mapping().ok_or("`label-schema` is a table of labels")?.iter() {
                    let kind = kind.as_scalar().map(|kind| kind.as_str()).unwrap_or_default();
                    schema.push((label.as_str().to_owned(), kind_of(kind)?));
                }
                self.option("labels", "schema", OptionValue::Table(schema), line);
            }
            "strict-labels" => {
                let is_strict = flag(key, value)?;
                self.option("labels", "strict", OptionValue::Flag(is_strict), line);
            }
            "failure-threshold" => {
                let threshold = value.as_scalar().map(|text| text.as_str()).unwrap_or_default();
                self.threshold(threshold, line)?;
            }
            "disable-ignore-pragma" if flag(key, value)? => self.disable_pragmas(line),
            "no-fail" if flag(key, value)? => self.layer.fail_on = Some(self.set(line, FailFrom::Never)),
            "disable-ignore-pragma" | "no-fail" | "no-color" | "verbose" => {
                flag(key, value)?;
            }
            "format" => {
                let name = value.as_scalar().map(|text| text.as_str()).unwrap_or_default();
                self.format(name, line);
            }
            unknown => {
                self.layer.notices.push(format!("{}: hadolint has no key `{unknown}`", self.set(line, ()).place));
            }
        }
        Ok(())
    }

    fn variable(&mut self, name: &str, value: &str, below: &Layer) {
        let is_true = ["1", "y", "yes", "true", "on"].iter().any(|word| value.eq_ignore_ascii_case(word));
        let names = || value.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        // hadolint adds the lists of the environment to those of the file.
        let before = |owner: &str, name: &str| {
            let option =
                below.rules.options.iter().rev().find(|set| set.value.owner == owner && set.value.name == name);
            option.map(|set| set.value.value.clone())
        };
        match name {
            "HADOLINT_NOFAIL" if is_true => self.layer.fail_on = Some(self.set(None, FailFrom::Never)),
            "HADOLINT_FAILURE_THRESHOLD" if self.layer.fail_on.is_none() => {
                if let Err(message) = self.threshold(value, None) {
                    self.layer.notices.push(format!("{name}: {message}"));
                }
            }
            "HADOLINT_FORMAT" => self.format(value, None),
            "HADOLINT_IGNORE" => names().for_each(|name| self.ignore(&name, None)),
            "HADOLINT_TRUSTED_REGISTRIES" => {
                let mut registries: Vec<String> = match before("untrusted-registry", "registries") {
                    Some(OptionValue::Texts(registries)) => registries,
                    _ => Vec::new(),
                };
                registries.extend(names());
                self.option("untrusted-registry", "registries", OptionValue::Texts(registries), None);
            }
            "HADOLINT_REQUIRE_LABELS" => {
                let mut schema = match before("labels", "schema") {
                    Some(OptionValue::Table(schema)) => schema,
                    _ => Vec::new(),
                };
                for label in names() {
                    let (label, kind) = label.split_once(':').unwrap_or((&label, "text"));
                    match kind_of(kind.trim()) {
                        Ok(kind) => schema.push((label.trim().to_owned(), kind)),
                        Err(message) => self.layer.notices.push(format!("{name}: {message}")),
                    }
                }
                self.option("labels", "schema", OptionValue::Table(schema), None);
            }
            "HADOLINT_STRICT_LABELS" => self.option("labels", "strict", OptionValue::Flag(is_true), None),
            "HADOLINT_DISABLE_IGNORE_PRAGMA" if is_true => self.disable_pragmas(None),
            _ => {
                let level = name.strip_prefix("HADOLINT_OVERRIDE_").unwrap_or_default();
                if let Some((_, severity)) = LEVELS.iter().find(|(name, _)| name.eq_ignore_ascii_case(level)) {
                    names().for_each(|name| self.severity(&name, *severity, None));
                }
            }
        }
    }

    /// Whether the name stands for something; hadolint takes any.
    fn is_known(&mut self, name: &str, line: Option<usize>) -> bool {
        let is_known = named(name).is_some();
        if !is_known {
            self.layer.notices.push(format!("{}: unknown rule `{name}`", self.set(line, ()).place));
        }
        is_known
    }

    fn ignore(&mut self, name: &str, line: Option<usize>) {
        if self.is_known(name, line) {
            let set = self.set(line, name.to_owned());
            self.layer.rules.ignore.push(set);
        }
    }

    /// A rule that is given a severity is on, also one that hadolint leaves out.
    fn severity(&mut self, name: &str, severity: Severity, line: Option<usize>) {
        if self.is_known(name, line) {
            let (on, level) = (self.set(line, name.to_owned()), self.set(line, (name.to_owned(), Level::At(severity))));
            self.layer.rules.extend_select.push(on);
            self.layer.rules.severities.push(level);
        }
    }

    fn option(&mut self, owner: &str, name: &str, value: OptionValue, line: Option<usize>) {
        let set = self.set(line, SetOption { owner: owner.to_owned(), name: name.to_owned(), value });
        self.layer.rules.options.push(set);
    }

    fn threshold(&mut self, threshold: &str, line: Option<usize>) -> Result<(), String> {
        let from = match threshold {
            "ignore" | "none" => FailFrom::Never,
            _ => match LEVELS.iter().find(|(name, _)| *name == threshold) {
                Some((_, severity)) => FailFrom::At(*severity),
                None => return Err(format!("`{threshold}` is none of error, warning, info, style, ignore, none")),
            },
        };
        if self.layer.fail_on.is_none() {
            self.layer.fail_on = Some(self.set(line, from));
        }
        Ok(())
    }

    fn disable_pragmas(&mut self, line: Option<usize>) {
        self.layer.rules.suppressions = Some(self.set(line, Suppressions::ObeyedButHadolint));
    }

    /// The format of ours that serves the same reader.
    fn format(&mut self, name: &str, line: Option<usize>) {
        let ours = match name {
            "tty" | "gnu" => "short",
            "codeclimate" | "gitlab_codeclimate" => "gitlab",
            other => other,
        };
        self.layer.format = Some(self.set(line, ours.to_owned()));
    }
}

fn list(key: &str, value: &Node) -> Result<Vec<(String, Option<usize>)>, String> {
    let wrong = || format!("`{key}` is a list of texts");
    let one = |node: &Node| {
        let line = line_of(node);
        node.as_scalar().map(|text| (text.as_str().to_owned(), line)).ok_or_else(wrong)
    };
    match value {
        // `ignored:` with nothing behind it.
        Node::Scalar(text) if matches!(text.as_str(), "" | "~" | "null") => Ok(Vec::new()),
        _ => value.as_sequence().ok_or_else(wrong)?.iter().map(one).collect(),
    }
}

fn flag(key: &str, value: &Node) -> Result<bool, String> {
    let text = value.as_scalar().map(|text| text.as_str().to_ascii_lowercase());
    match text.as_deref() {
        Some("true" | "yes" | "on") => Ok(true),
        Some("false" | "no" | "off") => Ok(false),
        _ => Err(format!("`{key}` is true or false")),
    }
}

/// The kind of a label's value, as the option has it.
fn kind_of(kind: &str) -> Result<String, String> {
    let kind = match kind {
        "" | "rawtext" | "rawText" => "text",
        kind => kind,
    };
    let known = ["email", "hash", "rfc3339", "semver", "spdx", "text", "url"];
    if known.contains(&kind) { Ok(kind.to_owned()) } else { Err(format!("`{kind}` is none of {}", known.join(", "))) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str) -> Layer {
        parse(Path::new("/p/.hadolint.yaml"), text).unwrap()
    }

    #[test]
    fn all_keys_are_read() {
        let layer = read(
            "ignored:\n  - DL3008\n  - SC2086\noverride:\n  error: [DL3015]\n  style: [DL3057]\ntrustedRegistries: [docker.io, '*.gcr.io']\nlabel-schema:\n  a: semver\n  b: ''\nstrict-labels: true\nfailure-threshold: style\ndisable-ignore-pragma: true\nno-color: false\nverbose: true\nformat: gnu\n",
        );
        assert_eq!(layer.rules.preset.as_ref().unwrap().value.0, Preset::Hadolint);
        let ignored: Vec<_> = layer.rules.ignore.iter().map(|set| (&*set.value, set.place.line)).collect();
        assert_eq!(ignored, [("DL3008", Some(2)), ("SC2086", Some(3))]);
        assert_eq!(layer.rules.extend_select.len(), 2);
        assert_eq!(layer.rules.severities[1].value, ("DL3057".to_owned(), Level::At(Severity::Style)));
        let schema = OptionValue::Table(vec![("a".into(), "semver".into()), ("b".into(), "text".into())]);
        assert_eq!(layer.rules.options[1].value.value, schema);
        assert_eq!(layer.fail_on.unwrap().value, FailFrom::At(Severity::Style));
        assert_eq!(layer.rules.suppressions.unwrap().value, Suppressions::ObeyedButHadolint);
        assert_eq!(layer.format.unwrap().value, "short");
        assert!(layer.notices.is_empty());
    }

    #[test]
    fn what_hadolint_lets_pass_is_a_notice() {
        let layer = read("ignored: [NO1]\ntrustedRegistry: [x]\n");
        assert_eq!(
            layer.notices,
            ["/p/.hadolint.yaml:1: unknown rule `NO1`", "/p/.hadolint.yaml:2: hadolint has no key `trustedRegistry`"]
        );
        assert!(read("---\n# nothing\n").rules.ignore.is_empty());
        assert!(read("ignored:\n").rules.ignore.is_empty());
        assert_eq!(read("no-fail: true\nfailure-threshold: error\n").fail_on.unwrap().value, FailFrom::Never);
    }

    #[test]
    fn mistakes_have_a_line() {
        let error = |text| parse(Path::new("/p/.hadolint.yaml"), text).unwrap_err().to_string();
        assert_eq!(error("ignored: x\n"), "/p/.hadolint.yaml:1: `ignored` is a list of texts");
        assert!(error("a: b\nfailure-threshold: loud\n").starts_with("/p/.hadolint.yaml:2: `loud` is none of"));
        assert!(error("- a\n").contains("/p/.hadolint.yaml"));
        assert!(error("a: [\n").contains("/p/.hadolint.yaml"));
    }

    #[test]
    fn the_environment_adds_to_the_file() {
        let below = read("trustedRegistries: [docker.io]\n");
        let layer = environment(&below, |name| {
            let value = match name {
                "HADOLINT_TRUSTED_REGISTRIES" => "ghcr.io, quay.io",
                "HADOLINT_OVERRIDE_ERROR" => "DL3015",
                "HADOLINT_IGNORE" => "DL3008,DL3009",
                "HADOLINT_REQUIRE_LABELS" => "a:url",
                "HADOLINT_FAILURE_THRESHOLD" => "none",
                _ => return None,
            };
            Some(value.to_owned())
        });
        let registries = OptionValue::Texts(vec!["docker.io".into(), "ghcr.io".into(), "quay.io".into()]);
        assert_eq!(layer.rules.options[0].value.value, registries);
        assert_eq!(layer.rules.ignore.len(), 2);
        assert_eq!(layer.fail_on.unwrap().value, FailFrom::Never);
        assert_eq!(layer.rules.severities[0].place.to_string(), "HADOLINT_OVERRIDE_ERROR");
    }
}
