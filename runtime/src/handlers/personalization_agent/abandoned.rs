//! Messages whose sender has left: what is noted of them, and the end of the work on them.

use std::pin::pin;

use contract::ErrorCode;
use futures::future::{Either, select};

use super::{Exchange, PersonalizationAgent};
use crate::domain::abandoned::{CLOCKS_APART, LOOK_EVERY};
use crate::domain::causes::causes;
use crate::domain::{Abandoned, Channel, Deadline, Problem, interaction, retry};
use crate::handlers::failure::internal;
use crate::handlers::model_failure::{left, too_slow};
use crate::handlers::within::within;
use crate::observe;
use crate::ports::{Chance, Clock, KeepAbandoned, RecordError};

impl<T, M, I, C> PersonalizationAgent<T, M, I, C>
where
    T: KeepAbandoned,
    C: Clock + Chance,
{
    /// Notes that a message was abandoned, for the instance that answers it.
    pub(super) async fn note(
        &self,
        abandoned: &Abandoned,
        deadline: Deadline,
    ) -> Result<(), Problem> {
        observe::of_user(&abandoned.user_id);
        let mut attempt = 0;
        loop {
            let (count, random) = self.clock.suffix();
            let timestamp = interaction::sort_key(self.clock.now(), count, random);
            let write = self.tables.abandon(abandoned, &timestamp);
            let Some(written) = within(&self.clock, deadline, write).await else {
                return Err(too_slow());
            };
            match written {
                Ok(()) => return Ok(()),
                Err(RecordError::UserMissing) => return Err(Problem::of(ErrorCode::UserNotFound)),
                Err(RecordError::Unavailable(error)) => return Err(internal(&error)),
                Err(
                    RecordError::VersionTaken | RecordError::SortKeyTaken | RecordError::Contended,
                ) => {}
            }
            let wait = self.clock.up_to(retry::WRITE.bound(attempt));
            self.clock.sleep(wait).await;
            attempt += 1;
        }
    }

    /// What `work` on a message of a chat gives, unless its sender leaves meanwhile; `work` is
    /// dropped then, and with it the model's stream.
    pub(super) async fn unless_abandoned<O>(
        &self,
        exchange: &Exchange,
        work: impl Future<Output = Result<O, Problem>>,
    ) -> Result<O, Problem> {
        if exchange.channel == Channel::Rest {
            return work.await;
        }
        match select(pin!(work), pin!(self.abandoned(exchange))).await {
            Either::Left((output, _)) => output,
            Either::Right(_) => Err(left()),
        }
    }

    /// Ends once the message is abandoned.
    async fn abandoned(&self, exchange: &Exchange) {
        let this = Abandoned {
            user_id: exchange.request.user_id.clone(),
            conversation_id: exchange.conversation.clone(),
            request_id: exchange.request_id.clone(),
        };
        let started = exchange.started;
        let since = started.checked_sub(CLOCKS_APART).unwrap_or(started);
        loop {
            self.clock.sleep(LOOK_EVERY).await;
            match self.tables.is_abandoned(&this, since).await {
                Ok(true) => return,
                Ok(false) => {}
                // The message is answered all the same.
                Err(error) => {
                    tracing::warn!(cause = causes(&error), "not known whether its sender left");
                }
            }
        }
    }
}
