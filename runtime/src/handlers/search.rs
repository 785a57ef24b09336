//! search (FN-3): finds knowledge articles and research papers, lifting what matches a
//! supporter's interests.

use std::time::Duration;

use contract::{Function, Metric};
use futures::join;
use search::{Query, Results};
use serde::Serialize;
use serde_json::Value;

use super::event::Event;
use super::failure::internal;
use super::within::{elapsed_ms, within};
use super::{Handle, Invocation, respond};
use crate::domain::causes::causes;
use crate::domain::request::SearchRequest;
use crate::domain::supporter::interests;
use crate::domain::{Deadline, Problem, UserId};
use crate::observe;
use crate::ports::{Clock, FindContent, FindSupporter, NewestContext};

/// How long a search waits for a supporter's interests: late, it goes on without them.
const INTERESTS_WAIT: Duration = Duration::from_secs(2);

/// The function, over its ports.
pub struct Search<T, I, C> {
    /// Users and Context.
    pub tables: T,
    /// The knowledge index.
    pub index: I,
    /// Time.
    pub clock: C,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    #[serde(flatten)]
    results: Results,
    took_ms: u64,
}

impl<T, I, C> Handle for Search<T, I, C>
where
    T: FindSupporter + NewestContext,
    I: FindContent,
    C: Clock,
{
    async fn handle(&self, event: Value, invocation: &Invocation) -> Value {
        let event = Event(&event);
        let request = event
            .json_body()
            .and_then(|body| SearchRequest::parse(&body));
        let answer = match request {
            Ok(request) => {
                self.search(&request, self.deadline(event, invocation))
                    .await
            }
            Err(invalid) => Err(invalid.into()),
        };
        respond::over_rest(&answer, &event.request_id(invocation))
    }
}

impl<T, I, C> Search<T, I, C>
where
    T: FindSupporter + NewestContext,
    I: FindContent,
    C: Clock,
{
    fn deadline(&self, event: Event<'_>, invocation: &Invocation) -> Deadline {
        let now = self.clock.now();
        let timeout = Function::Search.timeout();
        Deadline::of_invocation(invocation.deadline_epoch_ms, now, timeout)
            .over_rest(event.request_epoch_ms(), now)
            .min(Deadline::after(now, INTERESTS_WAIT))
    }

    async fn search(&self, request: &SearchRequest, wait: Deadline) -> Result<Found, Problem> {
        let started = self.clock.now();
        let interests = match &request.user_id {
            Some(user) => {
                observe::of_user(user);
                self.interests(user, wait).await
            }
            None => Vec::new(),
        };
        let query = Query {
            text: &request.query,
            kind: request.kind,
            limit: request.limit,
            interests: &interests,
        };
        let results = self.index.find(&query).map_err(|error| internal(&error))?;
        let hits = i64::try_from(results.total).unwrap_or(i64::MAX);
        observe::measure(Metric::SearchHits, hits);
        Ok(Found {
            results,
            took_ms: u64::try_from(elapsed_ms(&self.clock, started)).unwrap_or(0),
        })
    }

    /// What the supporter is interested in. Search is worth more than its order: where the tables
    /// fail, it goes on with what was read.
    async fn interests(&self, user: &UserId, wait: Deadline) -> Vec<String> {
        let reads = async {
            join!(
                self.tables.supporter(user),
                self.tables.newest_context(user)
            )
        };
        let Some((supporter, context)) = within(&self.clock, wait, reads).await else {
            tracing::warn!("not personalised: the tables did not answer in time");
            return Vec::new();
        };
        let supporter = supporter.unwrap_or_else(|error| {
            tracing::warn!(cause = causes(&error), "not personalised");
            None
        });
        let Some(supporter) = supporter else {
            return Vec::new();
        };
        let context = context.unwrap_or_else(|error| {
            tracing::warn!(cause = causes(&error), "personalised by preferences only");
            None
        });
        interests(&supporter, context.as_ref())
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
