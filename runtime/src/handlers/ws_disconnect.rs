//! ws-disconnect (FN-5): closes the session of a connection that is gone (WS-2).

use contract::{Function, Metric};
use serde_json::Value;

use super::event::Event;
use super::failure::internal;
use super::respond::status;
use super::within::within;
use super::{Handle, Invocation};
use crate::domain::Deadline;
use crate::observe;
use crate::ports::{Clock, CloseSession};

/// The function, over its ports.
pub struct WsDisconnect<T, C> {
    /// Sessions.
    pub sessions: T,
    /// Time.
    pub clock: C,
}

impl<T: CloseSession, C: Clock> Handle for WsDisconnect<T, C> {
    async fn handle(&self, event: Value, invocation: &Invocation) -> Value {
        let Some(connection) = Event(&event).connection_id() else {
            return status(400);
        };
        let timeout = Function::WsDisconnect.timeout();
        let now = self.clock.now();
        let end = Deadline::of_invocation(invocation.deadline_epoch_ms, now, timeout);
        match within(&self.clock, end, self.sessions.close(connection)).await {
            Some(Ok(())) => {
                observe::measure(Metric::OpenSessions, -1);
                status(200)
            }
            Some(Err(error)) => status(internal(&error).code.status()),
            None => {
                tracing::error!("failed: Sessions did not answer in time");
                status(500)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::adapters::memory::{Memory, Port};

    fn disconnect(memory: &Memory, event: Value) -> Value {
        let function = WsDisconnect {
            sessions: memory.clone(),
            clock: memory.clone(),
        };
        memory.run(function.handle(event, &Invocation::default()))
    }

    #[test]
    fn the_session_is_deleted_and_a_missing_one_is_fine() {
        let memory = Memory::default();
        memory.put_session("c-1", "user-1");
        let event = json!({"requestContext": {"connectionId": "c-1"}});
        for _ in 0..2 {
            assert_eq!(
                disconnect(&memory, event.clone()),
                json!({"statusCode": 200})
            );
            assert!(memory.session("c-1").is_none());
        }
    }

    #[test]
    fn a_failing_table_is_a_500_without_a_body() {
        let memory = Memory::default();
        memory.fail(Port::CloseSession);
        let event = json!({"requestContext": {"connectionId": "c-1"}});
        assert_eq!(
            disconnect(&memory, event.clone()),
            json!({"statusCode": 500})
        );
        memory.hang(Port::CloseSession);
        assert_eq!(disconnect(&memory, event), json!({"statusCode": 500}));
    }
}
