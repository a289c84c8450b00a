//! `dfopt config`: the settings of a Dockerfile, each with where it comes from.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use dfopt_linter::{Dialect, Level, OptionValue, Severity, Suppressions, rules};
use serde::Serialize;

use super::layer::{Place, RuleLayer, Set, shown};
use super::{Resolved, Resolver, migrate, schema};
use crate::Session;
use crate::args::{ConfigArgs, ConfigFormat};
use crate::exit::{Exit, Failure};

/// Shows settings, or turns hadolint's into ours.
///
/// # Errors
/// When a settings file says something wrong, or what is printed cannot be written.
pub fn run(args: &ConfigArgs, session: &Session) -> Result<Exit, Failure> {
    let text = if args.schema {
        schema::text()
    } else if args.migrate {
        let written = migrate::write(args.file.as_deref(), args.rules.config.as_deref())?;
        for notice in &written.notices {
            session.terminal.warn(notice);
        }
        written.message
    } else {
        let resolved = Resolver::new(&args.rules, &[])?.of(args.file.as_deref())?;
        for notice in &resolved.notices {
            session.terminal.warn(notice);
        }
        let file = args.file.as_deref().unwrap_or(Path::new("Dockerfile"));
        match args.format {
            ConfigFormat::Toml => as_toml(file, &resolved),
            ConfigFormat::Json => as_json(file, &resolved)?,
        }
    };
    let mut out = session.terminal.stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))?;
    Ok(Exit::Clean)
}

/// A value that is in force.
#[derive(Serialize, Clone, PartialEq, Debug)]
pub(super) struct Row {
    /// The table it is in, empty for none.
    #[serde(skip)]
    pub table: String,
    /// Its key, with the table's in front.
    pub key: String,
    #[serde(skip)]
    pub name: String,
    pub value: toml::Value,
    /// `file`, `environment`, `flag`, `preset` or `default`, and which.
    pub origin: String,
    /// One of a list that was put together from several places.
    #[serde(skip)]
    pub is_part: bool,
}

#[derive(Serialize)]
struct Document<'d> {
    version: u32,
    file: String,
    read: Vec<String>,
    settings: &'d [Row],
    rules_on: usize,
}

fn as_json(file: &Path, resolved: &Resolved) -> Result<String, Failure> {
    let rows = rows(resolved);
    let document = Document {
        version: 1,
        file: file.display().to_string(),
        read: resolved.files.iter().map(|path| shown(path)).collect(),
        settings: &rows,
        rules_on: rules_on(resolved),
    };
    let text = serde_json::to_string_pretty(&document).map_err(|error| Failure::new(error.to_string()))?;
    Ok(text + "\n")
}

fn rules_on(resolved: &Resolved) -> usize {
    rules().iter().filter(|rule| resolved.settings.severity(rule).is_some()).count()
}

fn as_toml(file: &Path, resolved: &Resolved) -> String {
    let mut text = format!("# the settings of {}\n", file.display());
    match resolved.files.as_slice() {
        [] => text.push_str("# no settings file was found\n"),
        files => {
            for path in files {
                let _ = writeln!(text, "# read {}", shown(path));
            }
        }
    }
    let _ = writeln!(text, "# {} rules are on, of {}\n", rules_on(resolved), rules().len());
    text + &render(&rows(resolved))
}

/// Rows as a settings file, each with a remark that says where it comes from.
pub(super) fn render(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut table = "";
    let mut rows = rows.iter().peekable();
    while let Some(row) = rows.next() {
        if row.table != table {
            table = &row.table;
            let _ = writeln!(text, "\n[{}]", quoted_key(table));
        }
        let key = quoted_key(&row.name);
        if !row.is_part {
            let _ = writeln!(text, "{key} = {}{}", row.value, remark(&row.origin));
            continue;
        }
        let _ = writeln!(text, "{key} = [\n    {},{}", row.value, remark(&row.origin));
        while let Some(next) = rows.next_if(|next| next.key == row.key) {
            let _ = writeln!(text, "    {},{}", next.value, remark(&next.origin));
        }
        text.push_str("]\n");
    }
    text
}

fn remark(origin: &str) -> String {
    if origin.is_empty() { String::new() } else { format!("  # {origin}") }
}

fn quoted_key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if is_bare { key.to_owned() } else { toml::Value::from(key).to_string() }
}

fn rows(resolved: &Resolved) -> Vec<Row> {
    let rules = &resolved.layer.rules;
    let default = |text: &str| text.to_owned();
    let from = |place: Option<&Place>, otherwise: &str| place.map_or_else(|| default(otherwise), ToString::to_string);
    let preset = resolved.settings.preset();
    let version = rules.preset.as_ref().and_then(|set| set.value.1);
    let preset_text = version.map_or(preset.name().to_owned(), |version| format!("{}@{version}", preset.name()));
    let mut rows = vec![
        row("", "preset", preset_text, from(rules.preset.as_ref().map(|set| &set.place), "default")),
        row(
            "",
            "dialect",
            dialect(resolved.settings.dialect()),
            from(rules.dialect.as_ref().map(|set| &set.place), "preset"),
        ),
        row(
            "",
            "fail-on",
            resolved.fail_on.map_or("never", Severity::name),
            from(resolved.layer.fail_on.as_ref().map(|set| &set.place), "preset"),
        ),
        row(
            "",
            "suppressions",
            suppressions(resolved.settings.suppressions()),
            from(rules.suppressions.as_ref().map(|set| &set.place), "default"),
        ),
    ];
    if let Some(set) = &resolved.layer.targets {
        rows.push(row("", "targets", list(&set.value), set.place.to_string()));
    }
    rows.extend(rule_rows(rules));
    rows
}

/// What is said about rules: which are on, how bad they are, what they are told.
pub(super) fn rule_rows(rules: &RuleLayer) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(set) = &rules.select {
        rows.push(row("", "select", list(&set.value), set.place.to_string()));
    }
    for (key, sets) in [("extend-select", &rules.extend_select), ("ignore", &rules.ignore)] {
        rows.extend(
            sets.iter().map(|set| Row { is_part: true, ..row("", key, set.value.clone(), set.place.to_string()) }),
        );
    }
    for (at, set) in rules.severities.iter().enumerate() {
        let (rule, level) = &set.value;
        // The last one for a name stands.
        if !rules.severities[at + 1..].iter().any(|later| later.value.0.eq_ignore_ascii_case(rule)) {
            rows.push(row("severity", rule, level_name(*level), set.place.to_string()));
        }
    }
    let mut options: Vec<&Set<dfopt_linter::SetOption>> = Vec::new();
    for (at, set) in rules.options.iter().enumerate() {
        let key = |one: &dfopt_linter::SetOption| (one.owner.to_lowercase(), one.name.clone());
        if !rules.options[at + 1..].iter().any(|later| key(&later.value) == key(&set.value)) {
            options.push(set);
        }
    }
    options.sort_by_key(|set| &set.value.owner);
    for set in options {
        rows.push(row(&set.value.owner, &set.value.name, option(&set.value.value), set.place.to_string()));
    }
    rows
}

pub(super) fn row(table: &str, name: &str, value: impl Into<toml::Value>, origin: String) -> Row {
    let key = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
    Row { table: table.to_owned(), key, name: name.to_owned(), value: value.into(), origin, is_part: false }
}

fn list(texts: &[String]) -> toml::Value {
    toml::Value::Array(texts.iter().map(|text| toml::Value::from(text.as_str())).collect())
}

fn option(value: &OptionValue) -> toml::Value {
    let table = |pairs: &[(String, String)]| {
        toml::Value::Table(pairs.iter().map(|(name, text)| (name.clone(), toml::Value::from(text.as_str()))).collect())
    };
    let number = |number: u64| toml::Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    match value {
        OptionValue::Flag(flag) => toml::Value::Boolean(*flag),
        OptionValue::Number(one) => number(*one),
        OptionValue::Text(text) => toml::Value::from(text.as_str()),
        OptionValue::Texts(texts) => list(texts),
        OptionValue::Numbers(numbers) => toml::Value::Array(numbers.iter().map(|one| number(*one)).collect()),
        OptionValue::Table(pairs) => table(pairs),
        OptionValue::Rows(rows) => toml::Value::Array(rows.iter().map(|row| table(row)).collect()),
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::At(severity) => severity.name(),
    }
}

fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Recommended => "recommended",
        Dialect::Hadolint => "hadolint",
        Dialect::Buildkit => "buildkit",
    }
}

pub(super) fn suppressions(suppressions: Suppressions) -> &'static str {
    match suppressions {
        Suppressions::Obeyed => "obeyed",
        Suppressions::ObeyedButHadolint => "obeyed-but-hadolint",
        Suppressions::Shown => "shown",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;
    use crate::args::RuleArgs;

    #[test]
    fn each_value_says_where_it_comes_from_and_the_text_is_a_settings_file() {
        let folder = tempfile::tempdir().unwrap();
        let text = "root = true\nignore = [\"DL3008\"]\n[severity]\nlatest-tag = \"error\"\n[untrusted-registry]\nregistries = [\"docker.io\"]\n[labels]\nschema = { \"a.b\" = \"url\" }\n";
        fs::write(folder.path().join("dfopt.toml"), text).unwrap();
        let args = RuleArgs { ignore: vec!["DL3009".into()], ..RuleArgs::default() };
        let file = folder.path().join("Dockerfile");
        let resolved = Resolver::new(&args, &[]).unwrap().of(Some(&file)).unwrap();
        let shown = as_toml(&file, &resolved);
        for line in [
            "preset = \"recommended\"  # default",
            "fail-on = \"warning\"  # preset",
            "dfopt.toml:2",
            "\"DL3009\",  # --ignore",
            "latest-tag = \"error\"  # ",
            "dfopt.toml:8",
        ] {
            assert!(shown.contains(line), "{line} in\n{shown}");
        }
        fs::write(folder.path().join("dfopt.toml"), format!("root = true\n{shown}")).unwrap();
        let again = Resolver::new(&RuleArgs::default(), &[]).unwrap().of(Some(&file)).unwrap();
        for rule in rules() {
            assert_eq!(again.settings.severity(rule), resolved.settings.severity(rule), "{}", rule.name);
        }
        assert_eq!(again.settings.option("labels", "schema"), resolved.settings.option("labels", "schema"));
        let json: serde_json::Value = serde_json::from_str(&as_json(&file, &resolved).unwrap()).unwrap();
        assert_eq!(json["settings"][0]["key"], "preset");
    }
}
