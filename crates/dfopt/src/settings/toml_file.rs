//! `dfopt.toml`, `.dfopt.toml` and `[tool.dfopt]` of `pyproject.toml`, with the place of every value.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dfopt_linter::{Dialect, Level, OptionValue, SetOption, Suppressions, find, options, options_of};
use dfopt_semantic::suggest;
use ignore::gitignore::GitignoreBuilder;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::layer::{FailFrom, Layer, Origin, Override, Place, RuleLayer, Set};
use crate::args::PresetVersion;
use crate::exit::Failure;

/// The keys that say something about rules, besides those of options.
pub(super) const RULE_KEYS: [&str; 7] =
    ["preset", "dialect", "suppressions", "select", "extend-select", "ignore", "severity"];

/// The keys that hold for every path only.
pub(super) const WHOLE_KEYS: [&str; 5] = ["root", "extends", "fail-on", "targets", "overrides"];

/// Reads a file; `None` for a `pyproject.toml` that says nothing about dfopt.
///
/// # Errors
/// Says what is wrong, and where.
pub(super) fn read(path: &Path) -> Result<Option<Layer>, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("{}: cannot be read: {error}", super::layer::shown(path))))?;
    let reader = Reader { path, text: &text, origin: Arc::new(Origin::File(path.to_owned())) };
    let document = DeTable::parse(&text)
        .map_err(|error| reader.failure(error.span().unwrap_or_default(), error.message().trim()))?;
    let is_project = path.file_name().is_some_and(|name| name == "pyproject.toml");
    if !is_project {
        return reader.layer(document.get_ref()).map(Some);
    }
    let tool = document.get_ref().get("tool").and_then(|tool| tool.get_ref().get("dfopt"));
    let Some(tool) = tool else { return Ok(None) };
    match tool.get_ref().as_table() {
        Some(table) => reader.layer(table).map(Some),
        None => Err(reader.failure(tool.span(), "`tool.dfopt` is a table")),
    }
}

struct Reader<'t> {
    path: &'t Path,
    text: &'t str,
    origin: Arc<Origin>,
}

type Value<'t> = Spanned<DeValue<'t>>;

/// A key, where it stands, and its value.
struct Entry<'t, 'v> {
    key: &'v str,
    span: Range<usize>,
    value: &'v Value<'t>,
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        self.text[..at.min(self.text.len())].matches('\n').count() + 1
    }

    fn failure(&self, span: Range<usize>, what: impl std::fmt::Display) -> Failure {
        let start = span.start.min(self.text.len());
        let before = &self.text[..start];
        let column = before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count() + 1;
        Failure::new(format!("{}:{}:{column}: {what}", super::layer::shown(self.path), self.line(start)))
    }

    fn set<T>(&self, span: Range<usize>, value: T) -> Set<T> {
        Set { value, place: Place { origin: self.origin.clone(), line: Some(self.line(span.start)) } }
    }

    fn folder(&self) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).to_owned()
    }

    fn layer(&self, table: &DeTable<'_>) -> Result<Layer, Failure> {
        let mut layer = Layer::default();
        for entry in entries(table) {
            let (span, value) = (entry.value.span(), entry.value);
            match entry.key {
                "root" => layer.is_root = self.flag("root", value)?,
                "extends" => {
                    for set in self.texts("extends", value)? {
                        let path = self.folder().join(&set.value);
                        layer.extends.push(Set { value: path, place: set.place });
                    }
                }
                "fail-on" => {
                    let text = self.text("fail-on", value)?;
                    let from = match Level::parse(text) {
                        _ if text == "never" => FailFrom::Never,
                        Some(Level::At(severity)) => FailFrom::At(severity),
                        _ => {
                            return Err(self.one_of(
                                span,
                                "fail-on",
                                text,
                                &["error", "warning", "info", "style", "never"],
                            ));
                        }
                    };
                    layer.fail_on = Some(self.set(entry.span, from));
                }
                "targets" => {
                    let targets = self.texts("targets", value)?.into_iter().map(|set| set.value).collect();
                    layer.targets = Some(self.set(entry.span, targets));
                }
                "overrides" => {
                    let wrong = || self.failure(span.clone(), "`overrides` is a list of tables");
                    for one in value.get_ref().as_array().ok_or_else(wrong)? {
                        layer
                            .overrides
                            .push(self.paths_override(one.get_ref().as_table().ok_or_else(wrong)?, one.span())?);
                    }
                }
                _ => self.rule_key(&entry, &mut layer.rules, &WHOLE_KEYS)?,
            }
        }
        Ok(layer)
    }

    fn paths_override(&self, table: &DeTable<'_>, span: Range<usize>) -> Result<Override, Failure> {
        let mut builder = GitignoreBuilder::new(self.folder());
        let mut rules = RuleLayer::default();
        let mut has_paths = false;
        for entry in entries(table) {
            if entry.key != "paths" {
                self.rule_key(&entry, &mut rules, &["paths"])?;
                continue;
            }
            for set in self.texts("paths", entry.value)? {
                has_paths = true;
                let added = builder.add_line(None, &set.value);
                added.map_err(|error| self.failure(entry.value.span(), format!("`{}`: {error}", set.value)))?;
            }
        }
        if !has_paths {
            return Err(self.failure(span, "an override needs `paths`, such as [\"docker/**\"]"));
        }
        let paths = builder.build().map_err(|error| self.failure(span, error))?;
        Ok(Override { paths, rules })
    }

    /// A key about rules; `others` are the keys that might have been meant besides.
    fn rule_key(&self, entry: &Entry<'_, '_>, rules: &mut RuleLayer, others: &[&'static str]) -> Result<(), Failure> {
        let (span, value) = (entry.value.span(), entry.value);
        match entry.key {
            "preset" => {
                let text = self.text("preset", value)?;
                let PresetVersion(preset, version) = text.parse().map_err(|error: String| self.failure(span, error))?;
                rules.preset = Some(self.set(entry.span.clone(), (preset, version)));
            }
            "dialect" => {
                let dialect = match self.text("dialect", value)? {
                    "recommended" => Dialect::Recommended,
                    "hadolint" => Dialect::Hadolint,
                    "buildkit" => Dialect::Buildkit,
                    other => return Err(self.one_of(span, "dialect", other, &["recommended", "hadolint", "buildkit"])),
                };
                rules.dialect = Some(self.set(entry.span.clone(), dialect));
            }
            "suppressions" => {
                let suppressions = match self.text("suppressions", value)? {
                    "obeyed" => Suppressions::Obeyed,
                    "obeyed-but-hadolint" => Suppressions::ObeyedButHadolint,
                    "shown" => Suppressions::Shown,
                    other => {
                        return Err(self.one_of(
                            span,
                            "suppressions",
                            other,
                            &["obeyed", "obeyed-but-hadolint", "shown"],
                        ));
                    }
                };
                rules.suppressions = Some(self.set(entry.span.clone(), suppressions));
            }
            "select" => {
                let names = self.rules("select", value)?.into_iter().map(|set| set.value).collect();
                rules.select = Some(self.set(entry.span.clone(), names));
            }
            "extend-select" => rules.extend_select = self.rules("extend-select", value)?,
            "ignore" => rules.ignore = self.rules("ignore", value)?,
            "severity" => {
                let wrong = || self.failure(span.clone(), "`severity` is a table of rules and levels");
                for entry in entries(value.get_ref().as_table().ok_or_else(wrong)?) {
                    find(entry.key).map_err(|error| self.failure(entry.span.clone(), error))?;
                    let text = self.text(entry.key, entry.value)?;
                    let levels = ["error", "warning", "info", "style", "off"];
                    let level =
                        Level::parse(text).ok_or_else(|| self.one_of(entry.value.span(), entry.key, text, &levels))?;
                    rules.severities.push(self.set(entry.span, (entry.key.to_owned(), level)));
                }
            }
            _ => self.options(entry, rules, others)?,
        }
        Ok(())
    }

    /// A table with options of a rule.
    fn options(&self, entry: &Entry<'_, '_>, rules: &mut RuleLayer, others: &[&'static str]) -> Result<(), Failure> {
        let owner = entry.key;
        let table = entry.value.get_ref().as_table();
        if options_of(owner).is_empty() && (table.is_none() || find(owner).is_err()) {
            let owners = options().map(|(owner, _)| owner);
            let known = RULE_KEYS.into_iter().chain(others.iter().copied()).chain(owners);
            let meant = suggest::nearest(owner, known).map(|key| format!(", did you mean `{key}`?"));
            let message = format!("unknown key `{owner}`{}", meant.unwrap_or_default());
            return Err(self.failure(entry.span.clone(), message));
        }
        let Some(table) = table else {
            return Err(self.failure(entry.value.span(), format!("`{owner}` is a table of options")));
        };
        for entry in entries(table) {
            let value = self.option_value(entry.key, entry.value)?;
            let option = SetOption { owner: owner.to_owned(), name: entry.key.to_owned(), value };
            option.check().map_err(|error| self.failure(entry.span.clone(), error))?;
            rules.options.push(self.set(entry.span, option));
        }
        Ok(())
    }

    fn option_value(&self, key: &str, value: &Value<'_>) -> Result<OptionValue, Failure> {
        let wrong = || self.failure(value.span(), format!("`{key}` takes no such value"));
        let number = |value: &DeValue<'_>| {
            let integer = value.as_integer()?;
            u64::from_str_radix(integer.as_str(), integer.radix()).ok()
        };
        Ok(match value.get_ref() {
            DeValue::Boolean(flag) => OptionValue::Flag(*flag),
            DeValue::Integer(_) => OptionValue::Number(number(value.get_ref()).ok_or_else(wrong)?),
            DeValue::String(text) => OptionValue::Text(text.to_string()),
            DeValue::Table(table) => OptionValue::Table(self.pairs(table)?),
            DeValue::Array(list) if list.iter().all(|one| one.get_ref().is_str()) => {
                OptionValue::Texts(list.iter().filter_map(|one| one.get_ref().as_str()).map(str::to_owned).collect())
            }
            DeValue::Array(list) if list.iter().all(|one| one.get_ref().is_integer()) => {
                let numbers: Option<Vec<u64>> = list.iter().map(|one| number(one.get_ref())).collect();
                OptionValue::Numbers(numbers.ok_or_else(wrong)?)
            }
            DeValue::Array(list) => {
                let rows = list.iter().map(|row| self.pairs(row.get_ref().as_table().ok_or_else(wrong)?));
                OptionValue::Rows(rows.collect::<Result<_, _>>()?)
            }
            DeValue::Float(_) | DeValue::Datetime(_) => return Err(wrong()),
        })
    }

    /// The texts of a table, by name; a date is a text too.
    fn pairs(&self, table: &DeTable<'_>) -> Result<Vec<(String, String)>, Failure> {
        let text = |entry: Entry<'_, '_>| match entry.value.get_ref() {
            DeValue::String(text) => Ok((entry.key.to_owned(), text.to_string())),
            DeValue::Datetime(date) => Ok((entry.key.to_owned(), date.to_string())),
            _ => Err(self.failure(entry.value.span(), format!("`{}` is a text", entry.key))),
        };
        entries(table).into_iter().map(text).collect()
    }

    fn flag(&self, key: &str, value: &Value<'_>) -> Result<bool, Failure> {
        value.get_ref().as_bool().ok_or_else(|| self.failure(value.span(), format!("`{key}` is true or false")))
    }

    fn text<'v>(&self, key: &str, value: &'v Value<'_>) -> Result<&'v str, Failure> {
        value.get_ref().as_str().ok_or_else(|| self.failure(value.span(), format!("`{key}` is a text")))
    }

    fn texts(&self, key: &str, value: &Value<'_>) -> Result<Vec<Set<String>>, Failure> {
        let wrong = |span| self.failure(span, format!("`{key}` is a list of texts"));
        let list = value.get_ref().as_array().ok_or_else(|| wrong(value.span()))?;
        let text = |one: &Value<'_>| {
            let text = one.get_ref().as_str().ok_or_else(|| wrong(one.span()))?;
            Ok(self.set(one.span(), text.to_owned()))
        };
        list.iter().map(text).collect()
    }

    /// Names that stand for rules.
    fn rules(&self, key: &str, value: &Value<'_>) -> Result<Vec<Set<String>>, Failure> {
        let names = self.texts(key, value)?;
        let spans = value.get_ref().as_array().into_iter().flatten().map(Spanned::span);
        for (set, span) in names.iter().zip(spans) {
            find(&set.value).map_err(|error| self.failure(span, error))?;
        }
        Ok(names)
    }

    fn one_of(&self, span: Range<usize>, key: &str, given: &str, known: &[&'static str]) -> Failure {
        let meant = suggest::nearest(given, known.iter().copied()).map(|word| format!(", did you mean `{word}`?"));
        let meant = meant.unwrap_or_else(|| format!(": there are {}", known.join(", ")));
        self.failure(span, format!("`{key}` cannot be `{given}`{meant}"))
    }
}

/// The entries in the order of the file.
fn entries<'t, 'v>(table: &'v DeTable<'t>) -> Vec<Entry<'t, 'v>> {
    let mut entries: Vec<Entry<'t, 'v>> =
        table.iter().map(|(key, value)| Entry { key: key.get_ref(), span: key.span(), value }).collect();
    entries.sort_by_key(|entry| entry.span.start);
    entries
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Layer, String> {
        let path = Path::new("/p/dfopt.toml");
        let reader = Reader { path, text, origin: Arc::new(Origin::File(path.to_owned())) };
        reader.layer(DeTable::parse(text).unwrap().get_ref()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn values_know_their_line() {
        let layer = parsed(
            "preset = \"hadolint@1\"\nignore = [\n  \"DL3008\",\n]\nfail-on = \"never\"\n[severity]\nlatest-tag = \"error\"\n[untrusted-registry]\nregistries = [\"docker.io\"]\n[labels]\nschema.a = \"url\"\n",
        );
        let layer = layer.unwrap();
        assert_eq!(layer.rules.preset.unwrap().value, (dfopt_linter::Preset::Hadolint, Some(1)));
        assert_eq!(layer.rules.ignore[0].place.to_string(), "/p/dfopt.toml:3");
        assert_eq!(layer.fail_on.unwrap().value, FailFrom::Never);
        assert_eq!(layer.rules.severities[0].place.line, Some(7));
        assert_eq!(layer.rules.options[0].value.owner, "untrusted-registry");
        assert_eq!(layer.rules.options[1].value.value, OptionValue::Table(vec![("a".into(), "url".into())]));
    }

    #[test]
    fn mistakes_have_a_place_and_a_suggestion() {
        for (text, expected) in [
            ("\nignroe = []", "/p/dfopt.toml:2:1: unknown key `ignroe`, did you mean `ignore`?"),
            (
                "ignore = [\"DL3006\",\n \"relativ-workdir\"]",
                "/p/dfopt.toml:2:2: unknown rule `relativ-workdir`, did you mean `relative-workdir`?",
            ),
            ("ignore = \"x\"", "/p/dfopt.toml:1:10: `ignore` is a list of texts"),
            ("fail-on = \"eror\"", "/p/dfopt.toml:1:11: `fail-on` cannot be `eror`, did you mean `error`?"),
            (
                "[severity]\nlatest-tag = \"loud\"",
                "/p/dfopt.toml:2:14: `latest-tag` cannot be `loud`: there are error, warning, info, style, off",
            ),
            (
                "[untrusted-registry]\nregistry = []",
                "/p/dfopt.toml:2:1: `untrusted-registry` has no option `registry`, did you mean `registries`?",
            ),
            (
                "[untrusted-registry]\nregistries = 1",
                "/p/dfopt.toml:2:1: `untrusted-registry`: `registries` takes a list of texts",
            ),
            (
                "[untrusted-registri]\nregistries = []",
                "/p/dfopt.toml:1:2: unknown key `untrusted-registri`, did you mean `untrusted-registry`?",
            ),
            ("[[overrides]]\nignore = []", "/p/dfopt.toml:1:1: an override needs `paths`, such as [\"docker/**\"]"),
            ("[[overrides]]\npaths = [\"a\"]\nroot = true", "/p/dfopt.toml:3:1: unknown key `root`"),
        ] {
            assert_eq!(parsed(text).unwrap_err(), expected);
        }
        assert!(parsed("preset = \"recomended\"").unwrap_err().contains("`recommended`"));
    }

    #[test]
    fn no_key_is_the_name_of_a_rule() {
        for key in RULE_KEYS.iter().chain(&WHOLE_KEYS) {
            assert!(dfopt_linter::named(key).is_none() && options_of(key).is_empty(), "{key}");
        }
    }
}
