//! How fast: a share of a table's capacity, and a rate that gives way where the service asks.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After a throttle the rate falls to this part of what was reached.
const FALL: f64 = 0.7;

/// Every second without a throttle the rate rises by this part.
const RISE: f64 = 0.1;

/// No throttle takes the rate below this many units a second: less than any table serves, and
/// enough to end.
const FLOOR: f64 = 100.0;

/// A throttle that comes before much was reached says little of the table.
const START: f64 = 1000.0;

/// Which part of a table's capacity may be used: more than 0, 1 at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share(f64);

impl Share {
    /// The whole.
    pub const WHOLE: Self = Self(1.0);

    /// This part of `units` a second.
    pub fn of(self, units: f64) -> f64 {
        self.0 * units
    }
}

impl std::str::FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<f64>() {
            Ok(share) if share > 0.0 && share <= 1.0 => Ok(Self(share)),
            _ => Err("a share is more than 0 and at most 1, e.g. 0.25".to_owned()),
        }
    }
}

/// A bucket of units (of capacity, or items) that fills at a rate. What is taken may overdraw it;
/// the next to come waits until that is paid back, since what a call costs is known afterwards.
#[derive(Debug)]
pub struct Pace {
    state: Mutex<State>,
    /// Never faster than this.
    most: Option<f64>,
}

#[derive(Debug)]
struct State {
    /// Units a second; `None` until something sets a limit.
    rate: Option<f64>,
    /// Units that may be spent now; negative: owed.
    units: f64,
    /// When `units` was true.
    at: Instant,
    /// What was spent since `since`, to know what was reached when a throttle comes.
    spent: f64,
    since: Instant,
}

impl Pace {
    /// As fast as it goes, until the service asks for less.
    pub fn adaptive() -> Self {
        Self::starting(None, Instant::now())
    }

    /// At most `rate` units a second, and less where the service asks.
    pub fn limited(rate: f64) -> Self {
        Self::starting(Some(rate), Instant::now())
    }

    fn starting(most: Option<f64>, now: Instant) -> Self {
        let state = State {
            rate: most,
            units: 0.0,
            at: now,
            spent: 0.0,
            since: now,
        };
        Self {
            state: Mutex::new(state),
            most,
        }
    }

    /// Waits until the bucket is not overdrawn.
    pub async fn ready(&self) {
        loop {
            let wait = self.wait_at(Instant::now());
            if wait.is_zero() {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Counts what a call cost.
    pub fn spend(&self, units: f64) {
        self.spend_at(units, Instant::now());
    }

    /// The service asked for less.
    pub fn throttled(&self) {
        self.throttled_at(Instant::now());
    }

    /// Units a second now; `None`: no limit.
    pub fn rate(&self) -> Option<f64> {
        self.lock().rate
    }

    fn wait_at(&self, now: Instant) -> Duration {
        let mut state = self.lock();
        let Some(rate) = state.refill(now, self.most) else {
            return Duration::ZERO;
        };
        if state.units >= 0.0 {
            return Duration::ZERO;
        }
        Duration::from_secs_f64((-state.units / rate).clamp(0.001, 5.0))
    }

    fn spend_at(&self, units: f64, now: Instant) {
        let mut state = self.lock();
        state.refill(now, self.most);
        state.units -= units;
        state.spent += units;
    }

    fn throttled_at(&self, now: Instant) {
        let mut state = self.lock();
        state.refill(now, self.most);
        let elapsed = (now - state.since).as_secs_f64().max(0.1);
        let reached = state.spent / elapsed;
        // Many calls under way are refused at once: that is one throttle, not many.
        if state.rate.is_some() && elapsed < 0.5 {
            return;
        }
        let from = state.rate.unwrap_or_else(|| reached.max(START));
        let floor = self.most.map_or(FLOOR, |most| most.min(FLOOR));
        state.rate = Some((from * FALL).max(floor));
        state.units = 0.0;
        (state.spent, state.since) = (0.0, now);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Fills the bucket up to now, and lets the rate rise; gives the rate.
    fn refill(&mut self, now: Instant, most: Option<f64>) -> Option<f64> {
        let elapsed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        let rate = self.rate?;
        let rate = rate * (1.0 + RISE * elapsed.min(1.0));
        let rate = most.map_or(rate, |most| rate.min(most));
        self.rate = Some(rate);
        // Half a second's worth at most: a pause is no licence for a burst.
        self.units = (self.units + rate * elapsed).min(rate / 2.0);
        Some(rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_limit_nobody_waits_until_a_throttle() {
        let start = Instant::now();
        let pace = Pace::starting(None, start);
        pace.spend_at(1_000_000.0, start);
        assert_eq!(pace.wait_at(start), Duration::ZERO);
        let later = start + Duration::from_secs(1);
        pace.throttled_at(later);
        assert_eq!(pace.rate(), Some(700_000.0));
        pace.spend_at(700_000.0, later);
        let wait = pace.wait_at(later);
        assert!(
            wait > Duration::from_millis(900) && wait <= Duration::from_secs(1),
            "{wait:?}"
        );
    }

    #[test]
    fn many_refusals_at_once_are_one_throttle_and_the_rate_has_a_floor() {
        let start = Instant::now();
        let pace = Pace::starting(Some(1000.0), start);
        let later = start + Duration::from_secs(1);
        for _ in 0..50 {
            pace.throttled_at(later);
        }
        assert_eq!(pace.rate(), Some(700.0));
        for second in 2..100 {
            pace.throttled_at(start + Duration::from_secs(second));
        }
        assert_eq!(pace.rate(), Some(FLOOR));
    }

    #[test]
    fn the_rate_recovers_and_never_passes_its_share() {
        let start = Instant::now();
        let pace = Pace::starting(Some(200.0), start);
        pace.throttled_at(start + Duration::from_secs(1));
        assert_eq!(pace.rate(), Some(140.0));
        for second in 2..60 {
            pace.wait_at(start + Duration::from_secs(second));
        }
        assert_eq!(pace.rate(), Some(200.0));
        let slow = Pace::starting(Some(3.0), start);
        slow.throttled_at(start + Duration::from_secs(1));
        assert_eq!(
            slow.rate(),
            Some(3.0),
            "a table that serves less than the floor"
        );
    }

    #[test]
    fn a_share_is_a_part() {
        assert_eq!(
            "0.25".parse::<Share>().map(|share| share.of(40.0)),
            Ok(10.0)
        );
        assert!("0".parse::<Share>().is_err() && "1.1".parse::<Share>().is_err());
    }
}
