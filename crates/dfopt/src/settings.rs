//! From flags and settings files to the settings that the linter works with.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use dfopt_linter::{Date, Level, Preset, Selection, Settings, SettingsError, Severity};
use dfopt_semantic::suggest;
use toml::{Table, Value};

use crate::args::{Named, RuleArgs};
use crate::exit::Failure;

/// What a run goes by.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Which rules are on.
    pub settings: Settings,
    /// From which severity on the exit status is 1; `None` for never.
    pub fail_on: Option<Severity>,
}

/// What a settings file says.
#[derive(Debug, Default, PartialEq, Eq)]
struct FileSettings {
    selection: Selection,
    fail_on: Option<FailOn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FailOn {
    At(Severity),
    Never,
}

/// The settings that flags and their settings file give; rules in `also` are on besides.
///
/// # Errors
/// When the file cannot be read or a name is unknown.
pub fn resolve(args: &RuleArgs, also: &[String]) -> Result<Resolved, Failure> {
    let mut file = match &args.config {
        Some(path) => read(path)?,
        None => FileSettings::default(),
    };
    let selection = &mut file.selection;
    if let Some(Named(preset)) = args.preset {
        selection.preset = preset;
    }
    if !args.select.is_empty() {
        selection.select.clone_from(&args.select);
    }
    selection.extend_select.extend(args.extend_select.iter().chain(also).cloned());
    selection.ignore.extend(args.ignore.iter().cloned());
    selection.severities.extend(args.severity.iter().map(|one| (one.rule.clone(), one.level)));
    selection.today = today();
    let settings = Settings::resolve(selection).map_err(|errors| unknown(&errors))?;
    let fail_on = match file.fail_on {
        Some(FailOn::At(severity)) => Some(severity),
        Some(FailOn::Never) => None,
        None => Some(default_fail_on(settings.preset())),
    };
    Ok(Resolved { settings, fail_on })
}

fn default_fail_on(preset: Preset) -> Severity {
    match preset {
        Preset::Hadolint => Severity::Info,
        Preset::Recommended | Preset::Buildkit | Preset::All => Severity::Warning,
    }
}

fn unknown(errors: &[SettingsError]) -> Failure {
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Failure::new(format!("{}; `dfopt rules` lists them all", errors.join(", ")))
}

/// Today, by universal time.
fn today() -> Option<Date> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    date_of_day(i64::try_from(seconds / 86_400).ok()?)
}

/// The date of a day counted from 1970-01-01, by the method of Howard Hinnant's `civil_from_days`.
fn date_of_day(day: i64) -> Option<Date> {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(Date {
        year: u16::try_from(year).ok()?,
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day_of_month).ok()?,
    })
}

/// The keys of a settings file.
const KEYS: [&str; 6] = ["preset", "select", "extend-select", "ignore", "severity", "fail-on"];

fn read(path: &Path) -> Result<FileSettings, Failure> {
    let failure = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| failure(format!("cannot be read: {error}")))?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        failure(format!("line {line}: {}", error.message()))
    })?;
    parse(&table).map_err(failure)
}

fn parse(table: &Table) -> Result<FileSettings, String> {
    let mut file = FileSettings::default();
    for (key, value) in table {
        match key.as_str() {
            "preset" => {
                let Named(preset) = text(key, value)?.parse::<Named<Preset>>()?;
                file.selection.preset = preset;
            }
            "select" => file.selection.select = names(key, value)?,
            "extend-select" => file.selection.extend_select = names(key, value)?,
            "ignore" => file.selection.ignore = names(key, value)?,
            "fail-on" => {
                let fail_on = text(key, value)?;
                file.fail_on = Some(match Level::parse(fail_on) {
                    _ if fail_on == "never" => FailOn::Never,
                    Some(Level::At(severity)) => FailOn::At(severity),
                    _ => return Err(format!("`fail-on` is error, warning, info, style or never, not `{fail_on}`")),
                });
            }
            "severity" => {
                let table = value.as_table().ok_or("`severity` is a table of rules and levels")?;
                for (rule, level) in table {
                    let level = text(rule, level)?;
                    let level = Level::parse(level)
                        .ok_or(format!("`{level}` is no level: error, warning, info, style, off"))?;
                    file.selection.severities.push((rule.clone(), level));
                }
            }
            unknown => {
                let meant = suggest::nearest(unknown, KEYS).map(|key| format!(", did you mean `{key}`?"));
                return Err(format!("unknown key `{unknown}`{}", meant.unwrap_or_default()));
            }
        }
    }
    Ok(file)
}

fn text<'v>(key: &str, value: &'v Value) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| format!("`{key}` is a text"))
}

fn names(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let wrong = || format!("`{key}` is a list of rules");
    let names = value.as_array().ok_or_else(wrong)?;
    names.iter().map(|name| name.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<FileSettings, String> {
        parse(&text.parse().unwrap())
    }

    #[test]
    fn a_settings_file_is_read() {
        let file = parsed(
            "preset = \"hadolint\"\nignore = [\"DL3008\"]\nfail-on = \"never\"\n[severity]\nlatest-tag = \"error\"\n",
        );
        let file = file.unwrap();
        assert_eq!(file.selection.preset, Preset::Hadolint);
        assert_eq!(file.selection.ignore, ["DL3008"]);
        assert_eq!(file.fail_on, Some(FailOn::Never));
        assert_eq!(file.selection.severities, [("latest-tag".to_owned(), Level::At(Severity::Error))]);
    }

    #[test]
    fn mistakes_are_named() {
        assert!(parsed("ignroe = []").unwrap_err().contains("did you mean `ignore`?"));
        assert!(parsed("ignore = \"x\"").unwrap_err().contains("list"));
        assert!(parsed("preset = \"strict\"").unwrap_err().contains("`recommended`"));
        assert!(parsed("fail-on = \"off\"").is_err());
    }

    #[test]
    fn dates_of_days() {
        let date = |day| date_of_day(day).map(|date| (date.year, date.month, date.day));
        assert_eq!(date(0), Some((1970, 1, 1)));
        assert_eq!(date(11_016), Some((2000, 2, 29)));
        assert_eq!(date(20_819), Some((2027, 1, 1)));
    }

    #[test]
    fn the_preset_decides_what_fails() {
        let args = RuleArgs { preset: Some(Named(Preset::Hadolint)), ..RuleArgs::default() };
        assert_eq!(resolve(&args, &[]).unwrap().fail_on, Some(Severity::Info));
        assert_eq!(resolve(&RuleArgs::default(), &[]).unwrap().fail_on, Some(Severity::Warning));
        let args = RuleArgs { ignore: vec!["relativ-workdir".into()], ..RuleArgs::default() };
        assert!(resolve(&args, &[]).unwrap_err().to_string().contains("relative-workdir"));
    }
}
