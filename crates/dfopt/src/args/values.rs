//! Values that the parser of the command line cannot read by itself.

use std::fmt::Display;
use std::str::FromStr;

use dfopt_linter::{Level, Preset};

/// A preset and its version: `hadolint`, `recommended@1`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PresetVersion(pub Preset, pub Option<u16>);

impl FromStr for PresetVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
        let found = Preset::ALL.into_iter().find(|preset| preset.name().eq_ignore_ascii_case(name));
        let preset = found.ok_or_else(|| one_of("preset", &Preset::ALL.map(Preset::name)))?;
        let Some(version) = version else { return Ok(PresetVersion(preset, None)) };
        match version.parse() {
            Ok(number) if (1..=preset.version()).contains(&number) => Ok(PresetVersion(preset, Some(number))),
            _ => Err(format!("no such version of the preset: the newest is `{}@{}`", preset.name(), preset.version())),
        }
    }
}

/// `RULE=LEVEL`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeverityOf {
    /// The rule, alias or category.
    pub rule: String,
    /// What becomes of it.
    pub level: Level,
}

impl FromStr for SeverityOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rule, level) = text.split_once('=').ok_or("expected RULE=LEVEL, such as `latest-tag=error`")?;
        let level =
            Level::parse(level).ok_or_else(|| one_of("level", &["error", "warning", "info", "style", "off"]))?;
        Ok(SeverityOf { rule: rule.to_owned(), level })
    }
}

fn one_of(what: &str, names: &[impl Display]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("no such {what}: there are {}", names.join(", "))
}

/// `90`, `90s`, `15m`, `1h`, in seconds.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    let unit = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match &text[unit..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("expected a number of seconds, or one with `s`, `m` or `h`".to_owned()),
    };
    let number: u64 = text[..unit].parse().map_err(|_| "expected a number, such as `600` or `10m`".to_owned())?;
    match number.checked_mul(factor) {
        Some(seconds @ 1..) => Ok(seconds),
        _ => Err("expected at least one second, and no eternity".to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(seconds("90").unwrap(), 90);
        assert_eq!(seconds("15m").unwrap(), 900);
        assert_eq!(seconds("1h").unwrap(), 3600);
        for bad in ["", "m", "1d", "0", "-1", "99999999999999999999", "9999999999999999h"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let error = "strict".parse::<PresetVersion>().unwrap_err();
        assert!(error.contains("`recommended`") && error.contains("`hadolint`"), "{error}");
        assert_eq!("Hadolint".parse(), Ok(PresetVersion(Preset::Hadolint, None)));
        assert_eq!("recommended@1".parse(), Ok(PresetVersion(Preset::Recommended, Some(1))));
        for bad in ["recommended@0", "recommended@99", "recommended@", "all@x"] {
            assert!(bad.parse::<PresetVersion>().unwrap_err().contains("the newest is"), "{bad}");
        }
    }
}
