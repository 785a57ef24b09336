//! Sessions: `sessionId` S, `userId` S, `connectedAt` S, `lastSeenAt` S, `expiresAt` N (epoch
//! seconds, the TTL attribute); while a message is answered also `leaseHolder` S and `leaseUntil`
//! N (epoch milliseconds).
//!
//! DynamoDB deletes expired items late, so every condition looks at `expiresAt` too.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use contract::Table;
use futures::FutureExt;
use jiff::Timestamp;

use super::attributes::{Item, Reader, item, n, s};
use super::{Tables, failed};
use crate::domain::interaction::iso;
use crate::domain::session::expires_at;
use crate::domain::{Lease, Session, UserId};
use crate::ports::{CloseSession, KeepSession, OpenSession, SessionError, Unavailable};

const WRITE: &str = "write Sessions";

/// The session is there and not past its time.
const LIVE: &str = "attribute_exists(sessionId) AND expiresAt > :now";

impl OpenSession for Tables {
    async fn open(&self, session: &Session) -> Result<(), Unavailable> {
        let item = item([
            ("sessionId", s(&session.session_id)),
            ("userId", s(session.user_id.as_str())),
            ("connectedAt", s(iso(session.connected_at))),
            ("lastSeenAt", s(iso(session.last_seen_at))),
            ("expiresAt", n(expires_at(session.last_seen_at))),
        ]);
        self.client
            .put_item()
            .table_name(self.name(Table::Sessions))
            .set_item(Some(item))
            .send()
            .boxed()
            .await
            .map(drop)
            .map_err(failed(WRITE))
    }
}

impl CloseSession for Tables {
    async fn close(&self, session_id: &str) -> Result<(), Unavailable> {
        self.client
            .delete_item()
            .table_name(self.name(Table::Sessions))
            .key("sessionId", s(session_id))
            .send()
            .boxed()
            .await
            .map(drop)
            .map_err(failed("delete from Sessions"))
    }
}

impl KeepSession for Tables {
    async fn touch(&self, session_id: &str, now: Timestamp) -> Result<(), SessionError> {
        self.live_session(session_id, now)
            .update_expression("SET lastSeenAt = :seen, expiresAt = :expires")
            .condition_expression(LIVE)
            .send()
            .boxed()
            .await
            .map(drop)
            .map_err(|error| refused(error, now))
    }

    async fn take(&self, lease: &Lease, now: Timestamp) -> Result<UserId, SessionError> {
        let taken = self
            .live_session(&lease.session_id, now)
            .update_expression(
                "SET lastSeenAt = :seen, expiresAt = :expires, \
                 leaseHolder = :holder, leaseUntil = :until",
            )
            .condition_expression(format!(
                "{LIVE} AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :nowMs)"
            ))
            .expression_attribute_values(":holder", s(&lease.holder))
            .expression_attribute_values(":until", n(lease.until_ms))
            .expression_attribute_values(":nowMs", n(now.as_millisecond()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .boxed()
            .await;
        let user = match taken {
            Ok(taken) => taken.attributes().and_then(user_of),
            // The answer to an earlier attempt was lost: the lease is ours.
            Err(error) if holds(&error, lease) => refusal(&error)
                .and_then(|refusal| refusal.item())
                .and_then(user_of),
            Err(error) => return Err(refused(error, now)),
        };
        user.ok_or_else(|| failed("read Sessions")("a session has no valid `userId`").into())
    }

    async fn release(&self, lease: &Lease) -> Result<(), Unavailable> {
        let released = self
            .client
            .update_item()
            .table_name(self.name(Table::Sessions))
            .key("sessionId", s(&lease.session_id))
            .update_expression("REMOVE leaseHolder, leaseUntil")
            .condition_expression("leaseHolder = :holder")
            .expression_attribute_values(":holder", s(&lease.holder))
            .send()
            .boxed()
            .await;
        match released {
            Ok(_) => Ok(()),
            // Closed meanwhile, or held by another since: there is nothing to give back.
            Err(error) if refusal(&error).is_some() => Ok(()),
            Err(error) => Err(failed(WRITE)(error)),
        }
    }
}

impl Tables {
    fn live_session(&self, session_id: &str, now: Timestamp) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(self.name(Table::Sessions))
            .key("sessionId", s(session_id))
            .expression_attribute_values(":now", n(now.as_second()))
            .expression_attribute_values(":seen", s(iso(now)))
            .expression_attribute_values(":expires", n(expires_at(now)))
    }
}

fn user_of(item: &Item) -> Option<UserId> {
    UserId::parse(&Reader::new(item).text("userId")?)
}

/// The condition that did not hold, where that is the error.
fn refusal(error: &SdkError<UpdateItemError>) -> Option<&ConditionalCheckFailedException> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(refusal) => Some(refusal),
        _ => None,
    }
}

fn refused(error: SdkError<UpdateItemError>, now: Timestamp) -> SessionError {
    match refusal(&error) {
        // The item as it was: where it lives, the lease was not free.
        Some(refusal) if refusal.item().is_some_and(|item| is_live(item, now)) => {
            SessionError::Busy
        }
        Some(_) => SessionError::Expired,
        None => failed(WRITE)(error).into(),
    }
}

/// Whether what stood against taking `lease` is that same lease.
fn holds(error: &SdkError<UpdateItemError>, lease: &Lease) -> bool {
    let held = refusal(error)
        .and_then(|refusal| refusal.item())
        .and_then(|item| Reader::new(item).text("leaseHolder"));
    held.as_ref() == Some(&lease.holder)
}

fn is_live(item: &Item, now: Timestamp) -> bool {
    let expires_at: Option<i64> = Reader::new(item).number("expiresAt");
    expires_at.is_some_and(|expires_at| expires_at > now.as_second())
}
