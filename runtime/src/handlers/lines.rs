//! The lines of a streamed answer on their way to the caller, who may leave at any time.

use std::pin::pin;
use std::time::Duration;

use futures::channel::{mpsc, oneshot};
use futures::future::{Either, select};
use futures::{SinkExt, Stream, StreamExt};

use crate::ports::Clock;

/// The longest silence of a stream.
const BEAT: Duration = Duration::from_secs(1);

/// What breaks it.
const BLANK: &str = "\n";

/// Where lines of a streamed answer go.
pub struct Lines {
    lines: mpsc::Sender<String>,
    /// Cancelled when the other side is dropped, also while nothing is sent.
    caller: oneshot::Sender<()>,
}

/// Nobody takes the lines any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left;

impl Lines {
    /// Lines, of which `waiting` may be on their way at once; the stream is the caller's side.
    pub fn channel(waiting: usize) -> (Self, impl Stream<Item = String> + Unpin + Send + 'static) {
        let (lines, received) = mpsc::channel(waiting);
        let (caller, held) = oneshot::channel();
        let received = received.map(move |line| {
            let _ = &held;
            line
        });
        (Self { lines, caller }, received)
    }

    /// Sends a line.
    ///
    /// # Errors
    /// Where nobody takes it.
    pub async fn send(&mut self, line: String) -> Result<(), Left> {
        self.lines.send(line).await.map_err(|_| Left)
    }

    /// What `work` gives, or [`Left`] where the caller leaves meanwhile; `work` is dropped then.
    ///
    /// While `work` is silent a blank line goes out every [`BEAT`], which callers pass over: a
    /// connection whose other end is gone is told from a quiet one by writing to it.
    ///
    /// # Errors
    /// Where the caller leaves first.
    pub async fn meanwhile<W: Future>(
        &mut self,
        clock: &impl Clock,
        work: W,
    ) -> Result<W::Output, Left> {
        let mut work = pin!(work);
        loop {
            let leaving = select(work.as_mut(), self.caller.cancellation());
            match select(leaving, pin!(clock.sleep(BEAT))).await {
                Either::Left((Either::Left((output, _)), _)) => return Ok(output),
                Either::Left((Either::Right(_), _)) => return Err(Left),
                Either::Right(_) => {}
            }
            self.send(BLANK.to_owned()).await?;
        }
    }
}
