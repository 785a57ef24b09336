//! What handlers need from outside, a trait per verb, and how each can fail.
//!
//! The verbs are those of the arrows in [`contract::ARROWS`], plus time and chance.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::prompt::Answer;
use crate::domain::{
    Abandoned, AgentCall, Context, ConversationId, Donation, Interaction, Lease, Prompt, Session,
    Supporter, Turn, UserId,
};

/// A cause of any type.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Something was not reached, refused, or answered nonsense.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what}")]
pub struct Unavailable {
    /// What was attempted, e.g. `read Users`.
    pub what: &'static str,
    /// Why it failed.
    pub source: Cause,
}

/// Why the model did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ConverseError {
    /// It takes no more work for now.
    #[error("the model is throttled")]
    Throttled {
        /// When the service says to come back.
        retry_after: Option<Duration>,
        /// What it said.
        source: Cause,
    },
    /// It ran out of time.
    #[error("the model timed out")]
    TimedOut(#[source] Cause),
    /// It stumbled, or was not reached: another attempt may do.
    #[error("the model failed")]
    Failed(#[source] Cause),
    /// It failed in another way.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a turn was not written; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// There is no such supporter.
    #[error("the supporter does not exist")]
    UserMissing,
    /// Another turn made this version of the context first.
    #[error("the context has a newer version")]
    VersionTaken,
    /// Another interaction has this sort key.
    #[error("the interaction's sort key is taken")]
    SortKeyTaken,
    /// Another write to the same items was under way.
    #[error("another write was under way")]
    Contended,
    /// The table failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a session was not used.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// It does not exist, or is past its time.
    #[error("the session has expired")]
    Expired,
    /// Somebody else holds its lease.
    #[error("the session is busy")]
    Busy,
    /// The table failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a frame was not sent.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The connection is closed.
    #[error("the connection is gone")]
    Gone,
    /// The endpoint failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why the agent function gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It has too many invocations at once.
    #[error("the agent function is throttled")]
    Throttled(#[source] Cause),
    /// It ended without an answer of its own, or was not reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Time.
pub trait Clock: Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

/// Chance, and what is made of it.
pub trait Chance: Sync {
    /// A new id, unlike any other.
    fn id(&self) -> Uuid;
    /// Any time from nothing to `most`.
    fn up_to(&self, most: Duration) -> Duration;
    /// The next number of this process, and a random one ([`crate::domain::interaction::sort_key`]).
    fn suffix(&self) -> (u32, u32);
}

/// Reads a supporter from Users.
pub trait FindSupporter: Sync {
    /// `None` where there is no such supporter.
    fn supporter(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Supporter>, Unavailable>> + Send;
}

/// Reads Donations.
pub trait ListDonations: Sync {
    /// All of a supporter's donations, in any order.
    fn donations(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<Donation>, Unavailable>> + Send;
}

/// Reads Context.
pub trait NewestContext: Sync {
    /// A supporter's newest context, as of now; `None` where there is none.
    fn newest_context(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Context>, Unavailable>> + Send;
}

/// Reads Interactions.
pub trait RecallTurns: Sync {
    /// The last [`contract::limits::MEMORY_TURNS`] turns of a conversation, oldest first.
    fn turns(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Vec<Turn>, Unavailable>> + Send;
}

/// Writes Interactions and Context, checking Users.
pub trait RecordTurn: Sync {
    /// Writes both in one transaction, if the supporter exists, the sort key is free and the
    /// version is new.
    fn record(
        &self,
        interaction: &Interaction,
        context: &Context,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;
}

/// Keeps abandoned messages in Interactions.
pub trait KeepAbandoned: Sync {
    /// Writes that a message was abandoned, under a free sort key, if the supporter exists.
    fn abandon(
        &self,
        abandoned: &Abandoned,
        timestamp: &str,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;
    /// Whether that was written since.
    fn is_abandoned(
        &self,
        abandoned: &Abandoned,
        since: Timestamp,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// A part of an answer that is being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// More text.
    Text(String),
    /// What the answer took.
    Usage {
        /// Tokens of the prompt.
        input_tokens: u64,
        /// Tokens of the answer.
        output_tokens: u64,
    },
    /// The guardrail stepped in: the text is its own.
    Blocked,
}

/// An answer that is being made; dropped, no more of it is read.
pub trait Parts: Send {
    /// The next part; `None` once the answer is whole. One that ends before fails.
    fn next(&mut self) -> impl Future<Output = Result<Option<Part>, ConverseError>> + Send;
}

/// Asks the model.
pub trait Converse: Sync {
    /// An answer that is being made.
    type Parts: Parts;
    /// An answer to `prompt` as it is made.
    fn converse_stream(
        &self,
        prompt: &Prompt,
    ) -> impl Future<Output = Result<Self::Parts, ConverseError>> + Send;
    /// The model's id, as answers name it.
    fn model(&self) -> &str;
    /// A whole answer to `prompt`.
    fn converse(
        &self,
        prompt: &Prompt,
    ) -> impl Future<Output = Result<Answer, ConverseError>> + Send;
}

/// Searches the knowledge index.
pub trait FindContent: Sync {
    /// The best matches.
    fn find(&self, query: &search::Query<'_>) -> Result<search::Results, Unavailable>;
}

/// Writes Sessions when a connection opens.
pub trait OpenSession: Sync {
    /// Puts the session.
    fn open(&self, session: &Session) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Writes Sessions when a connection closes.
pub trait CloseSession: Sync {
    /// Deletes the session; fine if there is none.
    fn close(&self, session_id: &str) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Keeps Sessions while a connection is used.
pub trait KeepSession: Sync {
    /// Moves the session's end, if it has not passed.
    fn touch(
        &self,
        session_id: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), SessionError>> + Send;
    /// Takes the lease and moves the session's end, if that has not passed and the lease is free.
    /// Gives the supporter.
    fn take(
        &self,
        lease: &Lease,
        now: Timestamp,
    ) -> impl Future<Output = Result<UserId, SessionError>> + Send;
    /// Gives the lease back, if it is still held by the same holder.
    fn release(&self, lease: &Lease) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// What the agent function streams ([`crate::domain::agent_stream`] reads it); dropped, no more of
/// it is read, and the function goes on.
pub trait Chunks: Send {
    /// The next chunk; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, AskError>> + Send;
}

/// Invokes the agent function.
pub trait AskAgent: Sync {
    /// What it streams.
    type Chunks: Chunks;
    /// Calls the function.
    fn ask(&self, call: &AgentCall) -> impl Future<Output = Result<Self::Chunks, AskError>> + Send;
    /// Tells the function that nobody waits for an answer of its any more.
    fn abandon(&self, abandoned: &Abandoned) -> impl Future<Output = Result<(), AskError>> + Send;
}

/// Posts to open connections.
pub trait PostFrame: Sync {
    /// Sends one frame, at least once: where an answer was lost, it is sent again.
    fn post(
        &self,
        connection_id: &str,
        frame: &str,
    ) -> impl Future<Output = Result<(), PostError>> + Send;
    /// Sends one frame, at most once: a part of a reply would stand in it twice.
    fn post_once(
        &self,
        connection_id: &str,
        frame: &str,
    ) -> impl Future<Output = Result<(), PostError>> + Send;
}
