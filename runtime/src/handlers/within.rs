//! Work with an end to it.

use std::pin::pin;

use futures::future::{Either, select};

use jiff::Timestamp;

use crate::domain::Deadline;
use crate::ports::Clock;

/// What `work` gives, or `None` where `deadline` passed first; `work` is dropped then.
pub(super) async fn within<W: Future>(
    clock: &impl Clock,
    deadline: Deadline,
    work: W,
) -> Option<W::Output> {
    let end = clock.sleep(deadline.left(clock.now()));
    match select(pin!(work), pin!(end)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// Milliseconds since `started`; none where the clock went back.
pub(super) fn elapsed_ms(clock: &impl Clock, started: Timestamp) -> i64 {
    let elapsed = clock.now().duration_since(started).as_millis();
    i64::try_from(elapsed).unwrap_or(i64::MAX).max(0)
}
