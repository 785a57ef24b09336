//! From the agent's stream to the connection: deltas as they come, joined so that not too many
//! frames go out, in order.

use std::mem;
use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use jiff::Timestamp;

use crate::domain::agent_stream::{Event, NotTheAgent, Reader};
use crate::domain::{AgentAnswer, AgentReply, frame};
use crate::ports::{AskError, Chunks, Clock, PostError, PostFrame};

/// Time between two delta frames at least: 20 a second at most.
const FRAMES_APART: Duration = Duration::from_millis(50);

/// One reply on its way to one connection.
pub(super) struct Relay<'a, P, C> {
    connections: &'a P,
    clock: &'a C,
    connection: &'a str,
    id: &'a str,
    /// Text that came and was not yet posted.
    pending: String,
    /// All text that came.
    said: String,
    /// When the next delta may go out.
    next_at: Option<Timestamp>,
    /// The agent has ended: all that is left is to post it.
    answered: bool,
}

/// Why a reply did not arrive.
pub(super) enum RelayError {
    /// It could not be posted.
    Post(PostError),
    /// The agent was not reached, or its stream broke.
    Ask(AskError),
    /// What came was not the agent's.
    NotTheAgent,
}

impl From<PostError> for RelayError {
    fn from(error: PostError) -> Self {
        Self::Post(error)
    }
}

impl From<AskError> for RelayError {
    fn from(error: AskError) -> Self {
        Self::Ask(error)
    }
}

impl From<NotTheAgent> for RelayError {
    fn from(_: NotTheAgent) -> Self {
        Self::NotTheAgent
    }
}

impl<'a, P: PostFrame, C: Clock> Relay<'a, P, C> {
    pub const fn new(connections: &'a P, clock: &'a C, connection: &'a str, id: &'a str) -> Self {
        Self {
            connections,
            clock,
            connection,
            id,
            pending: String::new(),
            said: String::new(),
            next_at: None,
            answered: false,
        }
    }

    /// Whether the agent has ended, whatever became of posting it.
    pub const fn is_answered(&self) -> bool {
        self.answered
    }

    /// Posts the deltas that `chunks` bring, and gives the answer that ends them.
    pub async fn run(&mut self, mut chunks: impl Chunks) -> Result<AgentAnswer, RelayError> {
        let mut reader = Reader::default();
        while let Some(chunk) = self.next(&mut chunks).await? {
            if let Some(answer) = self.take(reader.push(&chunk)?) {
                return self.finish(answer).await;
            }
            if self.wait().is_zero() {
                self.flush().await?;
            }
        }
        match self.take(reader.finish()?) {
            Some(answer) => self.finish(answer).await,
            None => Err(RelayError::NotTheAgent),
        }
    }

    /// The next chunk; what is pending goes out meanwhile, as soon as it may.
    async fn next(&mut self, chunks: &mut impl Chunks) -> Result<Option<Vec<u8>>, RelayError> {
        let mut next = pin!(chunks.next());
        while !self.pending.is_empty() {
            let due = self.clock.sleep(self.wait());
            match select(next.as_mut(), pin!(due)).await {
                Either::Left((chunk, _)) => return Ok(chunk?),
                Either::Right(_) => self.flush().await?,
            }
        }
        Ok(next.await?)
    }

    /// Notes deltas; gives the answer where it came.
    fn take(&mut self, events: Vec<Event>) -> Option<AgentAnswer> {
        for event in events {
            match event {
                Event::Delta(text) => {
                    self.pending.push_str(&text);
                    self.said.push_str(&text);
                }
                Event::Answer(answer) => {
                    self.answered = true;
                    return Some(answer);
                }
            }
        }
        None
    }

    /// Posts what is left of the reply: all of it, where the agent did not stream.
    async fn finish(&mut self, answer: AgentAnswer) -> Result<AgentAnswer, RelayError> {
        if let Ok(AgentReply { reply, .. }) = &answer {
            let unsaid = reply.strip_prefix(self.said.as_str()).unwrap_or_default();
            self.pending.push_str(unsaid);
        }
        self.flush().await?;
        Ok(answer)
    }

    /// How long what is pending must wait.
    fn wait(&self) -> Duration {
        let left = self.next_at.map(|at| at.duration_since(self.clock.now()));
        left.and_then(|left| Duration::try_from(left).ok())
            .unwrap_or_default()
    }

    async fn flush(&mut self) -> Result<(), PostError> {
        let text = mem::take(&mut self.pending);
        for delta in frame::deltas(self.id, &text) {
            let next_at = self.clock.now().checked_add(FRAMES_APART).ok();
            self.connections.post_once(self.connection, &delta).await?;
            self.next_at = next_at;
        }
        Ok(())
    }
}
