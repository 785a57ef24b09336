//! get-profile (FN-1): who a supporter is, what they gave, what is known of them.

use contract::{ErrorCode, Function};
use futures::join;
use serde::Serialize;
use serde_json::Value;

use super::event::Event;
use super::failure::internal;
use super::within::within;
use super::{Handle, Invocation, respond};
use crate::domain::validate::Invalid;
use crate::domain::{Context, Deadline, Giving, Problem, Supporter, UserId};
use crate::observe;
use crate::ports::{Clock, FindSupporter, ListDonations, NewestContext};

const USER_ID: &str = contract::schema::USER_ID.name;

/// The function, over its ports.
pub struct GetProfile<T, C> {
    /// Users, Donations and Context.
    pub tables: T,
    /// Time.
    pub clock: C,
}

#[derive(Serialize)]
struct Answer {
    profile: Supporter,
    #[serde(flatten)]
    giving: Giving,
    context: Option<Context>,
}

impl<T, C> Handle for GetProfile<T, C>
where
    T: FindSupporter + ListDonations + NewestContext,
    C: Clock,
{
    async fn handle(&self, event: Value, invocation: &Invocation) -> Value {
        let event = Event(&event);
        let answer = match user_of(event) {
            Ok(user) => self.profile(&user, self.deadline(event, invocation)).await,
            Err(invalid) => Err(invalid.into()),
        };
        respond::over_rest(&answer, &event.request_id(invocation))
    }
}

impl<T, C> GetProfile<T, C>
where
    T: FindSupporter + ListDonations + NewestContext,
    C: Clock,
{
    fn deadline(&self, event: Event<'_>, invocation: &Invocation) -> Deadline {
        let now = self.clock.now();
        let timeout = Function::GetProfile.timeout();
        Deadline::of_invocation(invocation.deadline_epoch_ms, now, timeout)
            .over_rest(event.request_epoch_ms(), now)
    }

    async fn profile(&self, user: &UserId, deadline: Deadline) -> Result<Answer, Problem> {
        observe::of_user(user);
        // All three at once: the answer takes as long as the slowest, not as their sum.
        let reads = async {
            join!(
                self.tables.supporter(user),
                self.tables.donations(user),
                self.tables.newest_context(user),
            )
        };
        let Some((supporter, donations, context)) = within(&self.clock, deadline, reads).await
        else {
            tracing::error!("failed: the tables did not answer in time");
            return Err(Problem::of(ErrorCode::Internal));
        };
        let profile = supporter
            .map_err(|error| internal(&error))?
            .ok_or(Problem::of(ErrorCode::UserNotFound))?;
        Ok(Answer {
            profile,
            giving: Giving::of(donations.map_err(|error| internal(&error))?),
            context: context.map_err(|error| internal(&error))?,
        })
    }
}

/// The id in the path (REST-2), else in the query (REST-1).
fn user_of(event: Event<'_>) -> Result<UserId, Invalid> {
    let id = event
        .path(USER_ID)
        .or_else(|| event.query(USER_ID).map(str::to_owned))
        .ok_or(Invalid::Missing(USER_ID))?;
    UserId::parse(&id).ok_or(Invalid::Field(USER_ID, contract::schema::USER_ID.kind))
}

#[cfg(test)]
#[path = "get_profile_tests.rs"]
mod tests;
