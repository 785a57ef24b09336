//! The lines of a streamed answer on their way to the caller.

use futures::channel::mpsc;
use futures::{SinkExt, Stream};

/// Where lines of a streamed answer go.
pub struct Lines(mpsc::Sender<String>);

/// Nobody takes the lines any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left;

impl Lines {
    /// Lines, of which `waiting` may be on their way at once; the stream is the caller's side.
    pub fn channel(waiting: usize) -> (Self, impl Stream<Item = String> + Unpin + Send + 'static) {
        let (lines, received) = mpsc::channel(waiting);
        (Self(lines), received)
    }

    /// Sends a line.
    ///
    /// # Errors
    /// Where nobody takes it.
    pub async fn send(&mut self, line: String) -> Result<(), Left> {
        self.0.send(line).await.map_err(|_| Left)
    }
}
