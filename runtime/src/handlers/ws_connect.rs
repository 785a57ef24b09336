//! ws-connect (FN-4): authorises a WebSocket handshake, then opens the session (WS-1).
//!
//! One function for two events. The authorizer sees that a key and a supporter's id are there and
//! hands the key to API Gateway, which checks it; whether the supporter exists shows with the
//! first message.

use contract::rest::API_KEY_HEADER;
use contract::websocket::{API_KEY_PARAMETER, USER_ID_PARAMETER};
use contract::{Function, Metric};
use serde_json::{Value, json};

use super::event::Event;
use super::failure::internal;
use super::respond::status;
use super::within::within;
use super::{Handle, Invocation};
use crate::domain::{Deadline, Session, UserId};
use crate::observe;
use crate::ports::{Clock, OpenSession};

/// The function, over its ports.
pub struct WsConnect<T, C> {
    /// Sessions.
    pub sessions: T,
    /// Time.
    pub clock: C,
}

impl<T: OpenSession, C: Clock> Handle for WsConnect<T, C> {
    async fn handle(&self, event: Value, invocation: &Invocation) -> Value {
        let is_request = event.get("type").and_then(Value::as_str) == Some("REQUEST");
        match event.get("methodArn").and_then(Value::as_str) {
            Some(method) if is_request => authorize(Event(&event), method),
            _ => status(self.open(Event(&event), invocation).await),
        }
    }
}

impl<T: OpenSession, C: Clock> WsConnect<T, C> {
    async fn open(&self, event: Event<'_>, invocation: &Invocation) -> u16 {
        let (Some(connection), Some(user)) = (event.connection_id(), user_of(event)) else {
            return 400;
        };
        observe::of_user(&user);
        let now = self.clock.now();
        let session = Session::begin(connection.to_owned(), user, now);
        let timeout = Function::WsConnect.timeout();
        let end = Deadline::of_invocation(invocation.deadline_epoch_ms, now, timeout);
        match within(&self.clock, end, self.sessions.open(&session)).await {
            Some(Ok(())) => {
                observe::measure(Metric::OpenSessions, 1);
                200
            }
            Some(Err(error)) => internal(&error).code.status(),
            None => {
                tracing::error!("failed: Sessions did not answer in time");
                500
            }
        }
    }
}

/// A policy for this one method. Refusing is a policy too: an error would be a failure of ours.
fn authorize(event: Event<'_>, method: &str) -> Value {
    match (key_of(event), user_of(event)) {
        (Some(key), Some(user)) => {
            let mut allowed = policy("Allow", user.as_str(), method);
            allowed["usageIdentifierKey"] = json!(key);
            allowed
        }
        _ => policy("Deny", "anonymous", method),
    }
}

fn policy(effect: &str, principal: &str, method: &str) -> Value {
    json!({
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Action": "execute-api:Invoke", "Effect": effect, "Resource": method},
            ],
        },
        "context": {},
    })
}

/// The key in the header or, for browsers, in the query.
fn key_of(event: Event<'_>) -> Option<&str> {
    [event.header(API_KEY_HEADER), event.query(API_KEY_PARAMETER)]
        .into_iter()
        .flatten()
        .find(|key| !key.is_empty())
}

fn user_of(event: Event<'_>) -> Option<UserId> {
    event.query(USER_ID_PARAMETER).and_then(UserId::parse)
}

#[cfg(test)]
#[path = "ws_connect_tests.rs"]
mod tests;
