//! Time and chance as they are.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::ports::{Chance, Clock};

/// The system's clock and random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

impl Chance for System {
    fn id(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn up_to(&self, most: Duration) -> Duration {
        most.mul_f64(rand::random::<f64>())
    }

    fn suffix(&self) -> (u32, u32) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        (COUNT.fetch_add(1, Ordering::Relaxed), rand::random())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_count_and_waits_stay_below_their_bound() {
        let (first, _) = System.suffix();
        let (second, _) = System.suffix();
        assert!(second > first);
        let most = Duration::from_millis(3);
        assert!((0..1000).all(|_| System.up_to(most) <= most));
    }
}
