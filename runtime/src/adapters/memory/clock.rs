//! Time that passes only when nothing else is left to do.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::future::poll_fn;
use jiff::Timestamp;

/// Where virtual time begins: 2026-01-01T00:00:00Z.
const BEGINNING_MS: i64 = 1_767_225_600_000;

/// A clock that [`VirtualClock::run`] moves on.
#[derive(Default)]
pub(super) struct VirtualClock(Mutex<Timeline>);

#[derive(Default)]
struct Timeline {
    elapsed: Duration,
    sleepers: BTreeMap<(Duration, u64), Waker>,
    slept: u64,
}

impl VirtualClock {
    fn with<O>(&self, look: impl FnOnce(&mut Timeline) -> O) -> O {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Time since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.with(|timeline| timeline.elapsed)
    }

    /// Now, in virtual time.
    pub fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(BEGINNING_MS.saturating_add(elapsed)).unwrap_or(Timestamp::MAX)
    }

    /// Waits in virtual time; even no time lets others go first.
    pub async fn sleep(&self, time: Duration) {
        let until = self.with(|timeline| {
            timeline.slept += 1;
            (timeline.elapsed.saturating_add(time), timeline.slept)
        });
        let mut waited = false;
        poll_fn(|context| {
            if std::mem::replace(&mut waited, true) && self.elapsed() >= until.0 {
                return Poll::Ready(());
            }
            let waker = context.waker().clone();
            self.with(|timeline| timeline.sleepers.insert(until, waker));
            Poll::Pending
        })
        .await;
    }

    /// Runs `work` to its end; where it waits for time, time jumps.
    ///
    /// # Panics
    /// Where `work` waits for something that time does not bring.
    pub fn run<W: Future>(&self, work: W) -> W::Output {
        let flag = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(flag.clone());
        let mut context = Context::from_waker(&waker);
        let mut work = pin!(work);
        loop {
            while flag.0.swap(false, Ordering::AcqRel) {
                if let Poll::Ready(output) = work.as_mut().poll(&mut context) {
                    return output;
                }
            }
            let next = self.with(|timeline| {
                let ((until, _), waker) = timeline.sleepers.pop_first()?;
                timeline.elapsed = timeline.elapsed.max(until);
                Some(waker)
            });
            match next {
                Some(waker) => waker.wake(),
                None => panic!("nothing is left that could wake this up"),
            }
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use futures::join;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn sleeps_at_once_take_as_long_as_the_longest() {
        let clock = VirtualClock::default();
        let together = async { join!(clock.sleep(SECOND), clock.sleep(3 * SECOND)) };
        clock.run(together);
        assert_eq!(clock.elapsed(), 3 * SECOND);
    }

    #[test]
    fn sleeps_in_a_row_add_up() {
        let clock = VirtualClock::default();
        clock.run(async {
            clock.sleep(SECOND).await;
            clock.sleep(SECOND).await;
        });
        assert_eq!(clock.elapsed(), 2 * SECOND);
    }

    #[test]
    #[should_panic(expected = "nothing is left")]
    fn a_wait_for_nothing_is_noticed() {
        VirtualClock::default().run(std::future::pending::<()>());
    }
}
