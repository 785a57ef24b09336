//! Sessions in memory, with the conditions of the real table.

use jiff::Timestamp;

use super::state::{Memory, Port, StoredSession};
use crate::domain::session::expires_at;
use crate::domain::{Lease, Session, UserId};
use crate::ports::{CloseSession, KeepSession, OpenSession, SessionError, Unavailable};

impl OpenSession for Memory {
    async fn open(&self, session: &Session) -> Result<(), Unavailable> {
        self.enter(Port::OpenSession).await?;
        let stored = StoredSession {
            session: session.clone(),
            expires_at: expires_at(session.last_seen_at),
            lease: None,
        };
        self.with(|state| state.sessions.insert(session.session_id.clone(), stored));
        Ok(())
    }
}

impl CloseSession for Memory {
    async fn close(&self, session_id: &str) -> Result<(), Unavailable> {
        self.enter(Port::CloseSession).await?;
        self.with(|state| state.sessions.remove(session_id));
        Ok(())
    }
}

impl KeepSession for Memory {
    async fn touch(&self, session_id: &str, now: Timestamp) -> Result<(), SessionError> {
        self.enter(Port::TouchSession).await?;
        self.live_session(session_id, now, |session| {
            move_end(session, now);
            Ok(())
        })
    }

    async fn take(&self, lease: &Lease, now: Timestamp) -> Result<UserId, SessionError> {
        self.enter(Port::TakeLease).await?;
        self.live_session(&lease.session_id, now, |session| {
            let held = session.lease.as_ref();
            if held.is_some_and(|held| held.until_ms > now.as_millisecond()) {
                return Err(SessionError::Busy);
            }
            move_end(session, now);
            session.lease = Some(lease.clone());
            Ok(session.session.user_id.clone())
        })
    }

    async fn release(&self, lease: &Lease) -> Result<(), Unavailable> {
        self.enter(Port::ReleaseLease).await?;
        self.with(|state| {
            if let Some(session) = state.sessions.get_mut(&lease.session_id) {
                session.lease.take_if(|held| held.holder == lease.holder);
            }
        });
        Ok(())
    }
}

impl Memory {
    fn live_session<O>(
        &self,
        session_id: &str,
        now: Timestamp,
        change: impl FnOnce(&mut StoredSession) -> Result<O, SessionError>,
    ) -> Result<O, SessionError> {
        self.with(|state| match state.sessions.get_mut(session_id) {
            Some(session) if session.expires_at > now.as_second() => change(session),
            _ => Err(SessionError::Expired),
        })
    }
}

fn move_end(session: &mut StoredSession, now: Timestamp) {
    session.session.last_seen_at = now;
    session.expires_at = expires_at(now);
}
