//! How long to wait before trying again.

use std::time::Duration;

/// Waits that grow: full jitter, so that those who met do not meet again.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The first wait is below this; each further one below twice the one before.
    pub first: Duration,
    /// No wait is above this.
    pub most: Duration,
}

/// Between attempts to ask the model.
pub const MODEL: Backoff = Backoff {
    first: Duration::from_millis(400),
    most: Duration::from_secs(5),
};

/// Between attempts to write a turn.
pub const WRITE: Backoff = Backoff {
    first: Duration::from_millis(25),
    most: Duration::from_millis(800),
};

impl Backoff {
    /// What the wait after `attempt` (from 0) is at most; the wait itself is anything up to it.
    pub fn bound(self, attempt: u32) -> Duration {
        self.first
            .saturating_mul(2_u32.saturating_pow(attempt))
            .min(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit() {
        let bounds: Vec<u128> = (0..7).map(|n| WRITE.bound(n).as_millis()).collect();
        assert_eq!(bounds, [25, 50, 100, 200, 400, 800, 800]);
        assert_eq!(WRITE.bound(u32::MAX), WRITE.most);
    }
}
