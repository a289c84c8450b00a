//! The JSON Schema of settings files, for editors: the keys from a mirror of them, the options from the declarations of the rules.
#![allow(dead_code)]

use std::collections::BTreeMap;

use dfopt_linter::{OptionKind, Preset, options};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Map, Value, json};

/// The schema as it is published.
pub(super) fn text() -> String {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<SettingsFile>().to_value();
    let options = option_tables();
    for place in ["/properties", "/definitions/Override/properties"] {
        if let Some(properties) = schema.pointer_mut(place).and_then(Value::as_object_mut) {
            properties.extend(options.clone());
        }
    }
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text + "\n"
}

/// Settings of dfopt: dfopt.toml, .dfopt.toml, or [tool.dfopt] of pyproject.toml
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "dfopt.toml")]
struct SettingsFile {
    /// Whether settings files of folders above are left out
    root: Option<bool>,
    /// Settings files that are laid below this one, relative to it
    extends: Option<Vec<String>>,
    /// The least severity that makes the exit status 1
    fail_on: Option<FailOn>,
    /// Further stages that somebody builds by name
    targets: Option<Vec<String>>,
    /// What holds for some paths only; a later one is laid over those before
    overrides: Option<Vec<Override>>,
    /// The set of rules to start from, with `@1` for a version of it
    preset: Option<PresetName>,
    /// Whose verdict counts where the tools disagree
    dialect: Option<DialectName>,
    /// What comments that ask for silence do
    suppressions: Option<SuppressionsName>,
    /// Only these rules: names, aliases, categories, groups
    select: Option<Vec<String>>,
    /// These rules too
    extend_select: Option<Vec<String>>,
    /// Not these rules
    ignore: Option<Vec<String>>,
    /// How bad rules are
    severity: Option<BTreeMap<String, LevelName>>,
}

/// What holds for some paths only
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Override {
    /// Patterns as in .gitignore, relative to the settings file
    paths: Vec<String>,
    /// The set of rules to start from, with `@1` for a version of it
    preset: Option<PresetName>,
    /// Whose verdict counts where the tools disagree
    dialect: Option<DialectName>,
    /// What comments that ask for silence do
    suppressions: Option<SuppressionsName>,
    /// Only these rules: names, aliases, categories, groups
    select: Option<Vec<String>>,
    /// These rules too
    extend_select: Option<Vec<String>>,
    /// Not these rules
    ignore: Option<Vec<String>>,
    /// How bad rules are
    severity: Option<BTreeMap<String, LevelName>>,
}

struct PresetName;

impl JsonSchema for PresetName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Preset".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let of = |preset: Preset| (1..=preset.version()).map(move |version| format!("{}@{version}", preset.name()));
        let names =
            Preset::ALL.into_iter().flat_map(|preset| std::iter::once(preset.name().to_owned()).chain(of(preset)));
        json_schema!({ "enum": names.collect::<Vec<_>>() })
    }
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "FailOn")]
enum FailOn {
    Error,
    Warning,
    Info,
    Style,
    Never,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Dialect")]
enum DialectName {
    Recommended,
    Hadolint,
    Buildkit,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Suppressions")]
enum SuppressionsName {
    Obeyed,
    ObeyedButHadolint,
    Shown,
}

#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Level")]
enum LevelName {
    Error,
    Warning,
    Info,
    Style,
    Off,
}

/// For every name that options are set under, the schema of its table.
fn option_tables() -> Map<String, Value> {
    let mut tables = Map::new();
    for (owner, option) in options() {
        let table = tables.entry(owner).or_insert_with(|| {
            json!({"description": format!("Options of {owner}"), "type": "object", "properties": {}, "additionalProperties": false})
        });
        let mut schema = of_kind(option.kind);
        schema["description"] = json!(option.summary);
        table["properties"][option.name] = schema;
    }
    tables
}

fn of_kind(kind: OptionKind) -> Value {
    match kind {
        OptionKind::Flag(default) => json!({"type": "boolean", "default": default}),
        OptionKind::Number(default) => json!({"type": "integer", "minimum": 0, "default": default}),
        OptionKind::Text(default) => json!({"type": "string", "default": default}),
        OptionKind::Choice { of, default } => json!({"enum": of, "default": default}),
        OptionKind::Texts(default) => json!({"type": "array", "items": {"type": "string"}, "default": default}),
        OptionKind::Numbers(default) => {
            json!({"type": "array", "items": {"type": "integer", "minimum": 0}, "default": default})
        }
        OptionKind::Table { of } => json!({"type": "object", "additionalProperties": {"enum": of}, "default": {}}),
        OptionKind::Rows { columns } => {
            let properties: Map<String, Value> =
                columns.iter().map(|column| ((*column).to_owned(), json!({"type": "string"}))).collect();
            let row =
                json!({"type": "object", "properties": properties, "required": columns, "additionalProperties": false});
            json!({"type": "array", "items": row, "default": []})
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::settings::toml_file::{RULE_KEYS, WHOLE_KEYS};

    fn keys(schema: &Value, pointer: &str) -> BTreeSet<String> {
        schema.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn it_has_the_keys_that_are_read() {
        let schema: Value = serde_json::from_str(&text()).unwrap();
        let owned = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect::<BTreeSet<_>>();
        let options: BTreeSet<String> = options().map(|(owner, _)| owner.to_owned()).collect();
        let whole = &owned(&RULE_KEYS) | &owned(&WHOLE_KEYS);
        assert_eq!(keys(&schema, "/properties"), &whole | &options);
        let of_override = &owned(&RULE_KEYS) | &owned(&["paths"]);
        assert_eq!(keys(&schema, "/definitions/Override/properties"), &of_override | &options);
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn the_published_one_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dfopt.schema.json");
        let is_same = fs::read_to_string(&path).ok().as_deref() == Some(&text());
        if !is_same {
            fs::write(&path, text()).unwrap();
        }
        assert!(is_same, "written, look at it and run the test again: docs/dfopt.schema.json");
    }
}
