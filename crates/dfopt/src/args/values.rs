//! Values that the parser of the command line cannot read by itself.

use std::fmt::Display;
use std::str::FromStr;

use dfopt_linter::{Level, Preset};

/// A value that goes by one of several names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Named<T>(pub T);

impl FromStr for Named<Preset> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Preset::ALL.into_iter().find(|preset| preset.name().eq_ignore_ascii_case(text));
        found.map(Named).ok_or_else(|| one_of("preset", &Preset::ALL.map(Preset::name)))
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
        let error = "strict".parse::<Named<Preset>>().unwrap_err();
        assert!(error.contains("`recommended`") && error.contains("`hadolint`"), "{error}");
        assert_eq!("Hadolint".parse(), Ok(Named(Preset::Hadolint)));
    }
}
