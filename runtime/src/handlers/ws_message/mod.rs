//! ws-message (FN-6): carries chat messages between a connection and the agent (WS-3).
//!
//! Every frame gets an answer on its connection, also a wrong one; the function itself returns a
//! status only.

use std::cell::Cell;
use std::time::Duration;

use contract::{ErrorCode, Function};
use serde_json::Value;

use super::event::Event;
use super::failure::internal;
use super::relay::{Relay, RelayError};
use super::respond::status;
use super::within::within;
use super::{Handle, Invocation};
use crate::domain::agent_call::AgentCall;
use crate::domain::causes::causes;
use crate::domain::request::{ClientFrame, InvalidFrame};
use crate::domain::{ConversationId, Deadline, Lease, Problem, frame};
use crate::observe;
use crate::ports::{
    AskAgent, AskError, Chance, Clock, KeepSession, PostError, PostFrame, SessionError,
};

/// The agent must have answered this long before our own end.
const AGENT_RESERVE: Duration = Duration::from_millis(1300);

/// We stop waiting for it this long before our own end, to say so.
const WAIT_RESERVE: Duration = Duration::from_secs(1);

/// The function, over its ports.
pub struct WsMessage<T, A, P, C> {
    /// Sessions.
    pub sessions: T,
    /// The agent function.
    pub agent: A,
    /// The open connections.
    pub connections: P,
    /// Time and chance.
    pub clock: C,
}

/// A message that has an id.
struct Message {
    id: String,
    text: String,
    conversation: ConversationId,
}

impl<T, A, P, C> Handle for WsMessage<T, A, P, C>
where
    T: KeepSession,
    A: AskAgent,
    P: PostFrame,
    C: Clock + Chance,
{
    async fn handle(&self, event: Value, invocation: &Invocation) -> Value {
        let event = Event(&event);
        let Some(connection) = event.connection_id() else {
            return status(400);
        };
        let timeout = Function::WsMessage.timeout();
        let epoch_ms = invocation.deadline_epoch_ms;
        let end = Deadline::of_invocation(epoch_ms, self.clock.now(), timeout);
        let answered = match ClientFrame::parse(&event.body().unwrap_or_default()) {
            Ok(ClientFrame::Ping) => self.ping(connection, end).await,
            Ok(ClientFrame::Message {
                message,
                conversation_id,
                id,
            }) => {
                let message = Message {
                    id: id.unwrap_or_else(|| self.clock.id().to_string()),
                    text: message,
                    conversation: conversation_id
                        .unwrap_or_else(|| ConversationId::of_connection(connection)),
                };
                self.chat(connection, message, end, &invocation.request_id)
                    .await
            }
            Err(InvalidFrame { id, reason }) => {
                let code = ErrorCode::InvalidMessage;
                observe::told(code);
                let refusal = frame::error(id.as_deref(), code, &reason.to_string());
                self.post(connection, &refusal, end).await
            }
        };
        match answered {
            // A client that has left needs no answer.
            Ok(()) | Err(PostError::Gone) => {}
            Err(PostError::Unavailable(error)) => {
                tracing::error!(cause = causes(&error), "a frame was not sent");
            }
        }
        status(200)
    }
}

impl<T, A, P, C> WsMessage<T, A, P, C>
where
    T: KeepSession,
    A: AskAgent,
    P: PostFrame,
    C: Clock + Chance,
{
    async fn ping(&self, connection: &str, end: Deadline) -> Result<(), PostError> {
        let touch = self.sessions.touch(connection, self.clock.now());
        let answer = match self.in_session(end, touch).await {
            Ok(()) => frame::pong(),
            Err(problem) => refusal(None, &problem),
        };
        self.post(connection, &answer, end).await
    }

    async fn chat(
        &self,
        connection: &str,
        message: Message,
        end: Deadline,
        request_id: &str,
    ) -> Result<(), PostError> {
        let now = self.clock.now();
        let lease = Lease::new(connection.to_owned(), self.clock.id().to_string(), now);
        let user = match self.in_session(end, self.sessions.take(&lease, now)).await {
            Ok(user) => user,
            Err(problem) => {
                let refusal = refusal(Some(&message.id), &problem);
                return self.post(connection, &refusal, end).await;
            }
        };
        observe::of_user(&user);
        let call = AgentCall {
            user_id: user,
            message: message.text,
            conversation_id: message.conversation,
            deadline_epoch_ms: end.less(AGENT_RESERVE).epoch_ms(),
            request_id: request_id.to_owned(),
        };
        let last = self.exchange(connection, &message.id, &call, end).await;
        // Before the last frame: a client may send its next message as soon as it has that.
        self.release(&lease, end).await;
        self.post(connection, &last?, end).await
    }

    /// Posts all but the last frame, and gives that.
    async fn exchange(
        &self,
        connection: &str,
        id: &str,
        call: &AgentCall,
        end: Deadline,
    ) -> Result<String, PostError> {
        self.post(connection, &frame::start(id), end).await?;
        let mut relay = Relay::new(&self.connections, &self.clock, connection, id);
        let works = Cell::new(false);
        let waited_for = within(&self.clock, end.less(WAIT_RESERVE), async {
            match self.agent.ask(call).await {
                Ok(chunks) => {
                    works.set(true);
                    relay.run(chunks).await
                }
                Err(error) => Err(error.into()),
            }
        });
        let ended = waited_for.await;
        // Of an answer that does not arrive nobody hears; in time, it ends by itself.
        if works.get() && !relay.is_answered() && matches!(ended, Some(Err(_))) {
            self.abandon(call, end).await;
        }
        let answer = match ended {
            Some(Ok(answer)) => answer.map_err(over_websocket),
            Some(Err(RelayError::Post(error))) => Err(unposted(error)?),
            Some(Err(RelayError::Ask(error))) => Err(unanswered(error)),
            Some(Err(RelayError::NotTheAgent)) => {
                tracing::error!("failed: the agent function gave no answer of its own");
                Err(Problem::of(ErrorCode::Internal))
            }
            None => Err(Problem::of(ErrorCode::ModelTimeout)),
        };
        Ok(match answer {
            Ok(reply) => frame::done(id, &reply),
            Err(problem) => refusal(Some(id), &problem),
        })
    }

    /// Tells the agent that nobody waits for its answer, so that it stops asking the model. Where
    /// that fails, the agent goes on to its end, and nobody hears it.
    async fn abandon(&self, call: &AgentCall, end: Deadline) {
        let abandoned = call.abandoned();
        match within(&self.clock, end, self.agent.abandon(&abandoned)).await {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(cause = causes(&error), "the agent is not told to stop");
            }
            None => tracing::warn!("the agent is not told to stop: it did not answer in time"),
        }
    }

    /// What a session's table says, in the contract's terms.
    async fn in_session<O>(
        &self,
        end: Deadline,
        work: impl Future<Output = Result<O, SessionError>>,
    ) -> Result<O, Problem> {
        match within(&self.clock, end.less(WAIT_RESERVE), work).await {
            Some(Ok(output)) => Ok(output),
            Some(Err(SessionError::Expired)) => Err(Problem::of(ErrorCode::SessionExpired)),
            Some(Err(SessionError::Busy)) => Err(Problem::of(ErrorCode::Busy)),
            Some(Err(SessionError::Unavailable(error))) => Err(internal(&error)),
            None => {
                tracing::error!("failed: Sessions did not answer in time");
                Err(Problem::of(ErrorCode::Internal))
            }
        }
    }

    /// A lease that is not given back ends by itself, so this failing is only logged.
    async fn release(&self, lease: &Lease, end: Deadline) {
        match within(&self.clock, end, self.sessions.release(lease)).await {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(cause = causes(&error), "the lease runs until its end");
            }
            None => tracing::warn!("the lease runs until its end: Sessions did not answer in time"),
        }
    }

    async fn post(&self, connection: &str, frame: &str, end: Deadline) -> Result<(), PostError> {
        within(&self.clock, end, self.connections.post(connection, frame))
            .await
            .unwrap_or_else(|| {
                tracing::error!("a frame was not sent: the connection did not take it in time");
                Err(PostError::Gone)
            })
    }
}

/// The frame that tells the client what went wrong.
fn refusal(id: Option<&str>, problem: &Problem) -> String {
    observe::told(problem.code);
    frame::error(id, problem.code, &problem.message)
}

/// What a client is told whose frame was not taken; nothing, where it has gone.
fn unposted(error: PostError) -> Result<Problem, PostError> {
    match error {
        PostError::Gone => Err(PostError::Gone),
        PostError::Unavailable(error) => Ok(internal(&error)),
    }
}

fn unanswered(error: AskError) -> Problem {
    match error {
        AskError::Throttled(_) => {
            tracing::warn!(cause = causes(&error), "the agent is not asked");
            Problem::of(ErrorCode::ModelThrottled)
        }
        AskError::Unavailable(error) => internal(&error),
    }
}

/// The agent's problem, in the codes that a WebSocket knows.
fn over_websocket(problem: Problem) -> Problem {
    match problem.code {
        ErrorCode::InvalidRequest | ErrorCode::InvalidMessage => {
            Problem::of(ErrorCode::InvalidMessage).saying(problem.message)
        }
        ErrorCode::UserNotFound | ErrorCode::ModelThrottled | ErrorCode::ModelTimeout => problem,
        ErrorCode::InvalidApiKey
        | ErrorCode::RouteNotFound
        | ErrorCode::RateLimited
        | ErrorCode::QuotaExceeded
        | ErrorCode::Internal
        | ErrorCode::SessionExpired
        | ErrorCode::Busy => Problem::of(ErrorCode::Internal),
    }
}

#[cfg(test)]
mod tests;
