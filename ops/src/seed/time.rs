//! Dates of sample data, counted back from a fixed day so that they never move; whole numbers only,
//! so that they are the same on every machine.

/// The seconds of a day.
pub const DAY: i64 = 24 * 60 * 60;

/// The day on which the sample data ends: 2026-10-01T00:00:00Z. Fixed, since a seed that read the
/// clock would give other bytes tomorrow.
pub const END: i64 = 1_790_812_800;

/// A day of the calendar, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    year: i64,
    /// 1 to 12.
    month: i64,
    /// 1 to 31.
    day: i64,
}

/// `2026-10-01T00:00:00Z`.
pub fn seconds(at: i64) -> String {
    format!("{}Z", moment(at))
}

/// `2026-10-01T00:00:00.123Z`.
pub fn millis(at: i64, millis: u32) -> String {
    format!("{}.{millis:03}Z", moment(at))
}

/// `2026-10-01`.
pub fn date(at: i64) -> String {
    let Date { year, month, day } = day(at);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The year of a moment, for names of campaigns and events.
pub fn year(at: i64) -> i64 {
    day(at).year
}

/// The month of a moment, from 0 (January).
pub fn month(at: i64) -> usize {
    usize::try_from(day(at).month - 1).unwrap_or_default()
}

fn moment(at: i64) -> String {
    let time = at.rem_euclid(DAY);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}", date(at))
}

/// The day of a moment. Counts in years that begin in March, so that a leap day is the last; source:
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn day(at: i64) -> Date {
    const ERA: i64 = 146_097;
    let days = at.div_euclid(DAY) + 719_468;
    let of_era = days.rem_euclid(ERA);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    Date {
        year: year_of_era + days.div_euclid(ERA) * 400 + i64::from(month <= 2),
        month,
        day: of_year - (153 * march + 2) / 5 + 1,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn moments_read_as_iso_8601_utc() {
        assert_eq!(seconds(END), "2026-10-01T00:00:00Z");
        assert_eq!(millis(END - DAY, 7), "2026-09-30T00:00:00.007Z");
        assert_eq!(year(END - 300 * DAY), 2025);
        assert_eq!(month(END), 9);
    }

    #[test]
    fn every_day_of_forty_years_is_the_calendars() {
        for number in 0..40 * 366 {
            let at = END - number * DAY + 3661;
            let known = Timestamp::from_second(at).unwrap();
            assert_eq!(seconds(at), known.to_string());
        }
    }
}
