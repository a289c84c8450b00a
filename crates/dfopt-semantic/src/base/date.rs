//! Calendar days, as tables, suppressions and settings state them.

use std::fmt;

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

    /// Reads `2026-11-24`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Date> {
        let mut parts = text.trim().split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let shape = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
        let date = Date { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        (shape && (1..=12).contains(&date.month) && (1..=31).contains(&date.day)).then_some(date)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_shown_and_counted() {
        assert_eq!(Date::parse("2024-02-29"), Some(Date::new(2024, 2, 29)));
        assert_eq!(Date::new(2024, 3, 1).days_since(Date::new(2024, 2, 28)), 2);
        assert_eq!(Date::new(2025, 3, 1).days_since(Date::new(2025, 2, 28)), 1);
        assert_eq!(Date::new(2026, 1, 1).days_since(Date::new(2025, 1, 1)), 365);
        assert_eq!(Date::new(2026, 1, 9).to_string(), "2026-01-09");
        for bad in ["2024-13-01", "2024-1", "x-1-1", "2024-01-00"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }
}
