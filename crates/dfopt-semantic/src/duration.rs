//! Durations of HEALTHCHECK flags, in the syntax of Go.

use std::ops::Range;

/// A duration in nanoseconds; zero means "inherit".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Nanoseconds(pub u64);

/// Why a text is no duration a builder takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing but perhaps a sign.
    Empty {
        /// The whole text.
        range: Range<usize>,
    },
    /// A number is expected here.
    MissingNumber {
        /// The offending character.
        range: Range<usize>,
    },
    /// A number without unit, as in `30`.
    MissingUnit {
        /// The number.
        range: Range<usize>,
    },
    /// A unit other than `ns us ms s m h`, or one of these in capitals.
    UnknownUnit {
        /// The unit.
        range: Range<usize>,
    },
    /// More than 2⁶³−1 nanoseconds.
    TooLong {
        /// The whole text.
        range: Range<usize>,
    },
    /// Negative, or between zero and one millisecond.
    TooShort {
        /// The whole text.
        range: Range<usize>,
    },
}

impl DurationError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            DurationError::Empty { range }
            | DurationError::MissingNumber { range }
            | DurationError::MissingUnit { range }
            | DurationError::UnknownUnit { range }
            | DurationError::TooLong { range }
            | DurationError::TooShort { range } => range,
        }
    }
}

const LONGEST: u64 = i64::MAX as u64;
const MILLISECOND: u64 = 1_000_000;

/// Reads `1m30s`, `1.5h`, `+90s` or `0`.
pub fn parse_duration(text: &str) -> Result<Nanoseconds, DurationError> {
    let whole = 0..text.len();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let negative = text.starts_with('-');
    if unsigned == "0" {
        return Ok(Nanoseconds(0));
    }
    if unsigned.is_empty() {
        return Err(DurationError::Empty { range: whole });
    }
    let mut total: u64 = 0;
    let mut at = text.len() - unsigned.len();
    while at < text.len() {
        let number = at..at + text[at..].find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len() - at);
        let (integer, fraction) = text[number.clone()].split_once('.').unwrap_or((&text[number.clone()], ""));
        let here = |at: usize| at..at + text[at..].chars().next().map_or(0, char::len_utf8);
        if number.is_empty() || (integer.is_empty() && fraction.is_empty()) {
            return Err(DurationError::MissingNumber { range: here(at) });
        }
        if let Some(second_dot) = fraction.find('.') {
            // `1.5.2s`: the unit would begin with a point.
            let dot = number.end - fraction.len() + second_dot;
            return Err(DurationError::MissingUnit { range: number.start..dot });
        }
        at = number.end;
        let unit = at..at + text[at..].find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(text.len() - at);
        if unit.is_empty() {
            return Err(DurationError::MissingUnit { range: number });
        }
        let scale: u64 = match &text[unit.clone()] {
            "ns" => 1,
            "us" => 1_000,
            "ms" => MILLISECOND,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(DurationError::UnknownUnit { range: unit }),
        };
        at = unit.end;
        let part = part(integer, fraction, scale).filter(|part| *part <= LONGEST + 1);
        total = part
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= LONGEST + 1)
            .ok_or(DurationError::TooLong { range: whole.clone() })?;
    }
    match total {
        0 => Ok(Nanoseconds(0)),
        _ if negative || total < MILLISECOND => Err(DurationError::TooShort { range: whole }),
        _ if total > LONGEST => Err(DurationError::TooLong { range: whole }),
        _ => Ok(Nanoseconds(total)),
    }
}

/// `integer.fraction` units; `None` when it overflows.
fn part(integer: &str, fraction: &str, scale: u64) -> Option<u64> {
    let whole: u64 = if integer.is_empty() { 0 } else { integer.parse().ok()? };
    // Digits that no longer fit add nothing, as in the reference.
    let (mut numerator, mut denominator) = (0u64, 1f64);
    for digit in fraction.bytes().map(|digit| u64::from(digit - b'0')) {
        let Some(next) = numerator.checked_mul(10).and_then(|n| n.checked_add(digit)).filter(|n| *n <= LONGEST) else {
            break;
        };
        numerator = next;
        denominator *= 10.0;
    }
    let below = (numerator as f64 * (scale as f64 / denominator)) as u64;
    whole.checked_mul(scale)?.checked_add(below)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn valid_durations_are_summed() {
        for (text, nanoseconds) in [
            ("0", 0),
            ("-0", 0),
            ("0s", 0),
            ("1m30s", 90_000_000_000),
            ("1.5h", 5_400_000_000_000),
            ("+90s", 90_000_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("1000us", 1_000_000),
            ("2562047h47m16.854775807s", i64::MAX as u64),
        ] {
            assert_eq!(parse_duration(text), Ok(Nanoseconds(nanoseconds)), "{text}");
        }
    }

    #[test]
    fn errors_mark_the_smallest_cause() {
        let marked = |text: &'static str| {
            let error = parse_duration(text).unwrap_err();
            (text[error.range().clone()].to_owned(), error)
        };
        assert!(matches!(marked("30"), (t, DurationError::MissingUnit { .. }) if t == "30"));
        assert!(matches!(marked("1m30"), (t, DurationError::MissingUnit { .. }) if t == "30"));
        assert!(matches!(marked("5 s"), (t, DurationError::UnknownUnit { .. }) if t == " s"));
        assert!(matches!(marked("1d"), (t, DurationError::UnknownUnit { .. }) if t == "d"));
        assert!(matches!(marked("1H"), (t, DurationError::UnknownUnit { .. }) if t == "H"));
        assert!(matches!(marked("5000µs"), (t, DurationError::UnknownUnit { .. }) if t == "µs"));
        assert!(matches!(marked("s"), (t, DurationError::MissingNumber { .. }) if t == "s"));
        assert!(matches!(marked(""), (_, DurationError::Empty { .. })));
        assert!(matches!(marked("-"), (_, DurationError::Empty { .. })));
        assert!(matches!(marked("-5s"), (_, DurationError::TooShort { .. })));
        assert!(matches!(marked("999us"), (_, DurationError::TooShort { .. })));
        assert!(matches!(marked("2562048h"), (_, DurationError::TooLong { .. })));
        assert!(matches!(marked("99999999999999999999h"), (_, DurationError::TooLong { .. })));
    }
}
