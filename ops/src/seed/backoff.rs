//! Trying again: unprocessed items and throttles, with full jitter.

use std::time::Duration;

use contract::Failure;

use super::store::StoreError;

/// How long to wait, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The longest first wait; doubles with every try.
    pub base: Duration,
    /// The longest wait at all.
    pub cap: Duration,
    /// Tries in a row that achieve nothing, before it is given up.
    pub attempts: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(50),
            cap: Duration::from_secs(10),
            attempts: 10,
        }
    }
}

impl Backoff {
    /// Full jitter: anything up to the doubled base. `fraction` is random in 0..=1.
    fn wait(&self, fruitless: u32, fraction: f64) -> Duration {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(fruitless));
        doubled.min(self.cap).mul_f64(fraction.clamp(0.0, 1.0))
    }

    /// Hands `batch` to `call` until nothing comes back unprocessed.
    ///
    /// # Errors
    /// The first failure that is no throttle; or, after [`Backoff::attempts`] fruitless tries in a
    /// row, that the service keeps refusing.
    pub async fn drain<T: Clone>(
        &self,
        mut batch: Vec<T>,
        mut call: impl AsyncFnMut(Vec<T>) -> Result<Vec<T>, StoreError>,
    ) -> Result<(), Failure> {
        let mut fruitless = 0;
        while !batch.is_empty() {
            let before = batch.len();
            match call(batch.clone()).await {
                Ok(unprocessed) => batch = unprocessed,
                Err(StoreError::Throttled(_)) => {}
                Err(StoreError::Failed(failure)) => return Err(failure),
            }
            fruitless = if batch.len() < before {
                0
            } else {
                fruitless + 1
            };
            if fruitless >= self.attempts {
                return Err(refused(fruitless));
            }
            if !batch.is_empty() {
                tokio::time::sleep(self.wait(fruitless, rand::random())).await;
            }
        }
        Ok(())
    }
}

fn refused(tries: u32) -> Failure {
    Failure::new(format!("DynamoDB still refuses after {tries} tries"))
        .hint("wait a minute, then run the same command again: it goes on where it was")
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Backoff = Backoff {
        base: Duration::ZERO,
        cap: Duration::ZERO,
        attempts: 4,
    };

    #[tokio::test]
    async fn unprocessed_items_are_sent_again_and_only_they() {
        let mut sent: Vec<Vec<u32>> = Vec::new();
        AT_ONCE
            .drain(vec![1, 2, 3], async |batch: Vec<u32>| {
                sent.push(batch.clone());
                Ok(batch[1..].to_vec())
            })
            .await
            .unwrap();
        assert_eq!(sent, [vec![1, 2, 3], vec![2, 3], vec![3]]);
    }

    #[tokio::test]
    async fn a_throttle_sends_the_whole_batch_again() {
        let mut tries = 0;
        AT_ONCE
            .drain(vec!['a', 'b'], async |batch| {
                tries += 1;
                assert_eq!(batch, ['a', 'b']);
                if tries < 4 {
                    Err(StoreError::Throttled("slow down".into()))
                } else {
                    Ok(vec![])
                }
            })
            .await
            .unwrap();
        assert_eq!(tries, 4);
    }

    #[tokio::test]
    async fn a_service_that_never_takes_anything_is_given_up() {
        let mut tries = 0;
        let error = AT_ONCE
            .drain(vec![0], async |batch| {
                tries += 1;
                Ok(batch)
            })
            .await
            .unwrap_err();
        assert_eq!(tries, 4);
        assert_eq!(error.to_string(), "DynamoDB still refuses after 4 tries");
    }

    #[tokio::test]
    async fn a_failure_ends_it_at_once() {
        let mut tries = 0;
        let result = AT_ONCE
            .drain(vec![0], async |_| {
                tries += 1;
                Err(StoreError::Failed(Failure::new("denied")))
            })
            .await;
        assert_eq!(result.unwrap_err().to_string(), "denied");
        assert_eq!(tries, 1);
    }

    #[test]
    fn waits_double_up_to_the_cap_and_have_full_jitter() {
        let backoff = Backoff {
            base: Duration::from_millis(50),
            cap: Duration::from_millis(300),
            attempts: 9,
        };
        let longest: Vec<u128> = (0..4).map(|n| backoff.wait(n, 1.0).as_millis()).collect();
        assert_eq!(longest, [50, 100, 200, 300]);
        assert_eq!(backoff.wait(3, 0.0), Duration::ZERO);
    }
}
