//! Trying again, with full jitter: throttles, broken connections, servers that fail.

use std::time::Duration;

use bytes::Bytes;

use super::{Pace, Wire, WireError, is_throttle, is_transient};

/// How long to wait, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The longest first wait; doubles with every try.
    pub base: Duration,
    /// The longest wait at all.
    pub cap: Duration,
    /// Tries in a row that achieve nothing, before it is given up.
    pub tries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(50),
            cap: Duration::from_secs(10),
            tries: 12,
        }
    }
}

impl Patience {
    /// Anything up to the doubled base. `fraction` is random in 0..=1.
    pub fn wait(&self, fruitless: u32, fraction: f64) -> Duration {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(fruitless));
        doubled.min(self.cap).mul_f64(fraction.clamp(0.0, 1.0))
    }

    /// Sleeps before the next try.
    pub async fn pause(&self, fruitless: u32) {
        tokio::time::sleep(self.wait(fruitless, rand::random())).await;
    }
}

impl Wire {
    /// Calls until there is an answer; `pace` hears of every throttle.
    ///
    /// # Errors
    /// The first error that trying again cannot mend, or the last of too many.
    pub async fn insist(
        &self,
        operation: &str,
        body: &Bytes,
        pace: &Pace,
        patience: Patience,
    ) -> Result<Bytes, WireError> {
        let mut fruitless = 0;
        loop {
            pace.ready().await;
            let error = match self.call(operation, body.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            fruitless += 1;
            if !is_transient(&error) || fruitless >= patience.tries {
                return Err(error);
            }
            if is_throttle(&error) {
                pace.throttled();
            }
            patience.pause(fruitless - 1).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_have_full_jitter() {
        let patience = Patience {
            base: Duration::from_millis(50),
            cap: Duration::from_millis(300),
            tries: 9,
        };
        let longest: Vec<u128> = (0..4).map(|n| patience.wait(n, 1.0).as_millis()).collect();
        assert_eq!(longest, [50, 100, 200, 300]);
        assert_eq!(patience.wait(3, 0.0), Duration::ZERO);
    }
}
