//! By when a function must have answered.

use std::time::Duration;

use contract::limits::{DEADLINE_RESERVE, REST_DEADLINE};
use jiff::Timestamp;

/// How far from now a time that others say may lie, for us to believe it.
const BELIEVED_MS: i64 = 5 * 60 * 1000;

/// A point in time after which an answer is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    epoch_ms: i64,
}

impl Deadline {
    /// From the time Lambda ends the invocation (`epoch_ms`), less [`DEADLINE_RESERVE`]; a time
    /// that makes no sense is taken as `timeout` from `now`.
    pub fn of_invocation(epoch_ms: i64, now: Timestamp, timeout: Duration) -> Self {
        let end = if believed(epoch_ms, now) {
            Self { epoch_ms }
        } else {
            Self::after(now, timeout)
        };
        end.less(DEADLINE_RESERVE)
    }

    /// The time `later` than `now`.
    pub fn after(now: Timestamp, later: Duration) -> Self {
        Self {
            epoch_ms: now.as_millisecond().saturating_add(millis(later)),
        }
    }

    /// The earlier of this and what the REST API leaves ([`REST_DEADLINE`] after the request came
    /// in). Without a believable time of the request it stays as it is.
    #[must_use]
    pub fn over_rest(self, request_epoch_ms: Option<i64>, now: Timestamp) -> Self {
        match request_epoch_ms.filter(|&epoch_ms| believed(epoch_ms, now)) {
            Some(epoch_ms) => self.min(Self {
                epoch_ms: epoch_ms.saturating_add(millis(REST_DEADLINE)),
            }),
            None => self,
        }
    }

    /// The earlier of this and the caller's own, where that makes sense.
    #[must_use]
    pub fn of_caller(self, epoch_ms: Option<i64>, now: Timestamp) -> Self {
        match epoch_ms.filter(|&epoch_ms| believed(epoch_ms, now)) {
            Some(epoch_ms) => self.min(Self { epoch_ms }),
            None => self,
        }
    }

    /// Earlier by `margin`.
    #[must_use]
    pub fn less(self, margin: Duration) -> Self {
        Self {
            epoch_ms: self.epoch_ms.saturating_sub(millis(margin)),
        }
    }

    /// The time left at `now`; zero once it has passed.
    pub fn left(self, now: Timestamp) -> Duration {
        let left = self.epoch_ms.saturating_sub(now.as_millisecond());
        Duration::from_millis(u64::try_from(left).unwrap_or(0))
    }

    /// Milliseconds since 1970.
    pub const fn epoch_ms(self) -> i64 {
        self.epoch_ms
    }
}

fn believed(epoch_ms: i64, now: Timestamp) -> bool {
    now.as_millisecond().abs_diff(epoch_ms) <= BELIEVED_MS.unsigned_abs()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn now() -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000).unwrap()
    }

    fn left_at_now(deadline: Deadline) -> u128 {
        deadline.left(now()).as_millis()
    }

    #[test]
    fn a_second_of_lambdas_time_is_kept() {
        let end = now().as_millisecond() + 30_000;
        assert_eq!(
            left_at_now(Deadline::of_invocation(end, now(), MINUTE)),
            29_000
        );
    }

    #[test]
    fn nonsense_from_lambda_is_taken_as_the_whole_timeout() {
        for end in [0, -1, i64::MAX, i64::MIN] {
            assert_eq!(
                left_at_now(Deadline::of_invocation(end, now(), MINUTE)),
                59_000
            );
        }
    }

    #[test]
    fn rest_leaves_27_seconds_from_the_request_on() {
        let deadline = Deadline::after(now(), MINUTE);
        let came = now().as_millisecond() - 1_000;
        assert_eq!(left_at_now(deadline.over_rest(Some(came), now())), 26_000);
        for nonsense in [None, Some(0), Some(i64::MAX), Some(i64::MIN)] {
            assert_eq!(left_at_now(deadline.over_rest(nonsense, now())), 60_000);
        }
    }

    #[test]
    fn nothing_is_left_after_it() {
        let passed = Deadline::after(now(), Duration::ZERO).less(MINUTE);
        assert_eq!(left_at_now(passed), 0);
        assert_eq!(left_at_now(Deadline { epoch_ms: i64::MIN }), 0);
    }
}
