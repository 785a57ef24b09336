//! How long to wait before the next try to connect.

use std::time::Duration;

/// The first wait, at most; doubles with every try.
const BASE: Duration = Duration::from_millis(500);

/// The longest wait.
const CAP: Duration = Duration::from_secs(20);

/// The wait before try `tries` + 1: half of a doubling time, and anything up to the whole of it,
/// so that many clients that lost the same server do not come back at once. `fraction` is random
/// in 0..=1.
pub fn wait(tries: u32, fraction: f64) -> Duration {
    let longest = BASE.saturating_mul(2_u32.saturating_pow(tries)).min(CAP);
    longest / 2 + (longest / 2).mul_f64(fraction.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_are_spread() {
        let longest: Vec<u128> = (0..8).map(|tries| wait(tries, 1.0).as_millis()).collect();
        assert_eq!(
            longest,
            [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]
        );
        assert_eq!(wait(0, 0.0), Duration::from_millis(250));
        assert_eq!(wait(u32::MAX, 1.0), CAP);
    }
}
