//! `label-not-rfc3339`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// A label that holds a time has another value.
    ///
    /// ## Why
    ///
    /// Times are compared and sorted by programs, which expect the form of RFC 3339.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.created" = "rfc3339" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.created="24 November 2026"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.created="2026-11-24T18:00:00Z"
    /// ```
    "label-not-rfc3339" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3053"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    labels::judge(ctx, "rfc3339", is_time, |label| format!("`{label}` is no time as RFC 3339 has it"));
}

/// `2026-11-24T18:00:00Z`, with a fraction of a second, or with `+01:00` in place of `Z`. hadolint lets a year have any number of digits,
/// a fraction none, an offset any number and no colon, and blanks stand around it all.
fn is_time(value: &str, dialect: Dialect) -> bool {
    let is_lax = dialect == Dialect::Hadolint;
    let value = if is_lax { value.trim() } else { value };
    let Some((year, rest)) = value.get(1..).and_then(|rest| rest.find('-')).map(|at| value.split_at(at + 1)) else {
        return false;
    };
    let digits = if is_lax { year.strip_prefix('-').unwrap_or(year) } else { year };
    let is_year = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && (is_lax || digits.len() == 4);
    let Some(year) = digits.parse::<u64>().ok().filter(|_| is_year) else { return false };
    let number = |at: usize| {
        let digits = rest.get(at..at + 2).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u32>().ok())
    };
    let is_at = |at: usize, any: &[u8]| rest.as_bytes().get(at).is_some_and(|byte| any.contains(byte));
    let separators = is_at(3, b"-") && is_at(6, b"Tt") && is_at(9, b":") && is_at(12, b":");
    let (Some(month), Some(day)) = (number(1), number(4)) else { return false };
    let (Some(hour), Some(minute), Some(second)) = (number(7), number(10), number(13)) else { return false };
    let is_in_range =
        (1..=12).contains(&month) && (1..=days(year, month)).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let behind = rest.get(15..).unwrap_or_default();
    let zone = match behind.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == fraction.len() && !is_lax {
                return false;
            }
            zone
        }
        None => behind,
    };
    separators && is_in_range && is_zone(zone, dialect)
}

fn is_zone(zone: &str, dialect: Dialect) -> bool {
    let is_lax = dialect == Dialect::Hadolint;
    let Some(offset) = zone.strip_prefix(['+', '-']) else { return matches!(zone, "Z" | "z") };
    let (hours, minutes) = match offset.split_once(':') {
        Some(parts) => parts,
        None if is_lax && offset.is_char_boundary(2.min(offset.len())) => offset.split_at(2.min(offset.len())),
        None => return false,
    };
    let number = |text: &str, below: u32| {
        let digits = text.bytes().all(|b| b.is_ascii_digit()) && text.len() == 2;
        digits && text.parse::<u32>().is_ok_and(|number| is_lax || number < below)
    };
    number(hours, 24) && number(minutes, 60)
}

fn days(year: u64, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_with, only_with};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_value_is_marked() {
        let schema = OptionValue::Table(vec![("t".into(), "rfc3339".into())]);
        let settings = only_with(&RULE, &[("schema", schema)]);
        let text = "
FROM a
LABEL other=x t=\"now\"
                ^^^^^ `t` is no time as RFC 3339 has it
LABEL t=$UNKNOWN
ONBUILD LABEL t=\"now\"
";
        check_with(&RULE, &settings, Options::default(), text);
        check_with(&RULE, &crate::Settings::only(&RULE), Options::default(), "FROM a\nLABEL t=\"now\"\n");
    }

    #[test]
    fn times() {
        for good in [
            "2020-01-01T00:00:00Z",
            "2020-01-01T00:00:00.123+01:00",
            "2020-01-01t00:00:00z",
            "2016-12-31T23:59:60Z",
            "2020-02-29T00:00:00-00:00",
        ] {
            assert!(is_time(good, Dialect::Recommended), "{good}");
        }
        for bad in [
            "",
            "2020-01-01 00:00:00Z",
            "2020-13-01T00:00:00Z",
            "2020-02-31T00:00:00Z",
            "2020-01-01T25:00:00Z",
            "2020-01-01T00:00Z",
            "2020-01-01T00:00:00",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T00:00:00+0100",
        ] {
            assert!(!is_time(bad, Dialect::Recommended), "{bad}");
        }
    }

    #[test]
    fn hadolint_takes_more() {
        for good in
            ["20-01-01T00:00:00Z", "12020-01-01T00:00:00.Z", " 2020-01-01T00:00:00+9999 ", "2020-01-01T00:00:00+99:99"]
        {
            assert!(is_time(good, Dialect::Hadolint) && !is_time(good, Dialect::Recommended), "{good}");
        }
        for bad in
            ["2020-01-01T00:00:00+010", "2020-01-01T00:00:00 Z", "2020-01-01T24:00:00Z", "2020-1-01T00:00:00Z", "-"]
        {
            assert!(!is_time(bad, Dialect::Hadolint), "{bad}");
        }
    }
}
