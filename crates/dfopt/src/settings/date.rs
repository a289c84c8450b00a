//! Today, which dates in suppressions and ends of support are compared with.

use std::time::{SystemTime, UNIX_EPOCH};

use dfopt_linter::Date;

/// Today, by universal time.
pub(super) fn today() -> Option<Date> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_days() {
        let date = |day| date_of_day(day).map(|date| (date.year, date.month, date.day));
        assert_eq!(date(0), Some((1970, 1, 1)));
        assert_eq!(date(11_016), Some((2000, 2, 29)));
        assert_eq!(date(20_819), Some((2027, 1, 1)));
    }
}
