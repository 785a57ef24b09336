//! Waiting for something to become true, with a deadline.

use std::thread;
use std::time::{Duration, Instant};

/// How long something that is bound to happen may take: it guards against waiting for ever, on the
/// slowest machine too.
pub const PATIENCE: Duration = Duration::from_mins(3);

const PAUSE: Duration = Duration::from_millis(50);

/// Asks until `done` says so, or `patience` is over; whether it became true.
pub fn until(patience: Duration, mut done: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        if done() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(PAUSE);
    }
}
