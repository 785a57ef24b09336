//! A WebSocket session: how long it lives, and who is answering on it.

use std::time::Duration;

use contract::Function;
use contract::limits::SESSION_TTL;
use jiff::Timestamp;

use super::UserId;

/// A lease outlives the function that holds it by this, so that two never answer at once.
const LEASE_MARGIN: Duration = Duration::from_secs(5);

/// A session, as the table Sessions keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The connection id.
    pub session_id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// When it was opened.
    pub connected_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
}

impl Session {
    /// A session that begins at `now`.
    pub fn begin(session_id: String, user_id: UserId, now: Timestamp) -> Self {
        Self {
            session_id,
            user_id,
            connected_at: now,
            last_seen_at: now,
        }
    }
}

/// When a session last used at `last_seen_at` ends, in seconds since 1970 (DB-4).
pub fn expires_at(last_seen_at: Timestamp) -> i64 {
    last_seen_at.as_second() + seconds(SESSION_TTL)
}

/// The right to answer on a session, held by one invocation at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The session.
    pub session_id: String,
    /// Who holds it: only they give it back.
    pub holder: String,
    /// When it ends by itself, in milliseconds since 1970.
    pub until_ms: i64,
}

impl Lease {
    /// A lease from `now` on.
    pub fn new(session_id: String, holder: String, now: Timestamp) -> Self {
        let length = Function::WsMessage.timeout() + LEASE_MARGIN;
        Self {
            session_id,
            holder,
            until_ms: now.as_millisecond() + seconds(length) * 1000,
        }
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
