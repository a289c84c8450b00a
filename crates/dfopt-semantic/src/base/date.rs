//! Calendar days, as the tables state them.

use std::fmt;
use std::str::FromStr;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl Date {
    /// A day by its numbers.
    pub const fn new(year: u16, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    /// Days from some fixed day, for differences.
    pub fn ordinal(self) -> i64 {
        // Years begin in March, so that a leap day is the last of its year.
        let shift = i64::from(self.month < 3);
        let year = i64::from(self.year) - shift;
        let month = i64::from(self.month) + 12 * shift - 3;
        year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i64::from(self.day)
    }

    /// How many days `self` is after `other`.
    pub fn days_since(self, other: Date) -> i64 {
        self.ordinal() - other.ordinal()
    }
}

/// `2027-06-30`
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadDate;

impl FromStr for Date {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Date, BadDate> {
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(BadDate);
        };
        let year = year.parse().map_err(|_| BadDate)?;
        let month: u8 = month.parse().map_err(|_| BadDate)?;
        let day: u8 = day.parse().map_err(|_| BadDate)?;
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(BadDate);
        }
        Ok(Date { year, month, day })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_shown_and_counted() {
        let day: Result<Date, _> = "2024-02-29".parse();
        assert_eq!(day, Ok(Date::new(2024, 2, 29)));
        assert_eq!(Date::new(2024, 3, 1).days_since(Date::new(2024, 2, 28)), 2);
        assert_eq!(Date::new(2025, 3, 1).days_since(Date::new(2025, 2, 28)), 1);
        assert_eq!(Date::new(2026, 1, 1).days_since(Date::new(2025, 1, 1)), 365);
        assert_eq!(Date::new(2026, 1, 9).to_string(), "2026-01-09");
        for bad in ["2024-13-01", "2024-1", "x-1-1", "2024-01-00"] {
            assert_eq!(bad.parse::<Date>(), Err(BadDate), "{bad}");
        }
    }
}
