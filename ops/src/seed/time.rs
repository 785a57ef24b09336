//! Dates of sample data, counted back from a fixed day so that they never move.

use jiff::Timestamp;

/// The seconds of a day.
pub const DAY: i64 = 24 * 60 * 60;

/// The day on which the sample data ends: 2026-10-01T00:00:00Z. Fixed, since a seed that read the
/// clock would give other bytes tomorrow.
pub const END: i64 = 1_790_812_800;

/// `2026-10-01T00:00:00Z`.
pub fn seconds(at: i64) -> String {
    format(at, 0, "%Y-%m-%dT%H:%M:%SZ")
}

/// `2026-10-01T00:00:00.123Z`.
pub fn millis(at: i64, millis: u32) -> String {
    format(at, millis, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

/// The year of a moment, for names of campaigns and events.
pub fn year(at: i64) -> String {
    format(at, 0, "%Y")
}

fn format(at: i64, millis: u32, pattern: &str) -> String {
    // Every moment here is within decades of END, far inside jiff's range.
    Timestamp::from_millisecond(at * 1000 + i64::from(millis))
        .unwrap_or_default()
        .strftime(pattern)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_iso_8601_utc() {
        assert_eq!(seconds(END), "2026-10-01T00:00:00Z");
        assert_eq!(millis(END - DAY, 7), "2026-09-30T00:00:00.007Z");
        assert_eq!(year(END - 300 * DAY), "2025");
    }
}
