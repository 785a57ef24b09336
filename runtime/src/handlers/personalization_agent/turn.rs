//! Writing the turn.

use contract::{ErrorCode, Metric};

use super::{Exchange, Known, PersonalizationAgent};
use crate::domain::prompt::Answer;
use crate::domain::{Context, Interaction, Problem, Supporter, Turn, context, interaction, retry};
use crate::handlers::failure::internal;
use crate::handlers::model_failure::too_slow;
use crate::handlers::within::within;
use crate::observe;
use crate::ports::{Chance, Clock, Converse, NewestContext, RecordError, RecordTurn};

impl<T, M, I, C> PersonalizationAgent<T, M, I, C>
where
    T: NewestContext + RecordTurn,
    M: Converse,
    C: Clock + Chance,
{
    /// Writes the turn, again on top of the newest version wherever another turn came first.
    pub(super) async fn record(
        &self,
        exchange: &Exchange,
        known: Known,
        answer: &Answer,
        latency_ms: u64,
    ) -> Result<u64, Problem> {
        let Known {
            supporter,
            mut context,
            ..
        } = known;
        let mut attempt = 0;
        loop {
            let next = self.next_context(exchange, &supporter, context.as_ref());
            let interaction = self.interaction(exchange, answer, next.version, latency_ms);
            let write = self.tables.record(&interaction, &next);
            let Some(written) = within(&self.clock, exchange.deadline, write).await else {
                return Err(too_slow());
            };
            match written {
                Ok(()) => {
                    observe::measure(Metric::ContextConflicts, attempt.into());
                    return Ok(next.version);
                }
                Err(RecordError::UserMissing) => return Err(Problem::of(ErrorCode::UserNotFound)),
                Err(RecordError::Unavailable(error)) => return Err(internal(&error)),
                Err(
                    RecordError::VersionTaken | RecordError::SortKeyTaken | RecordError::Contended,
                ) => {}
            }
            let again = async {
                let wait = self.clock.up_to(retry::WRITE.bound(attempt));
                self.clock.sleep(wait).await;
                self.tables.newest_context(&exchange.request.user_id).await
            };
            context = within(&self.clock, exchange.deadline, again)
                .await
                .ok_or_else(too_slow)?
                .map_err(|error| internal(&error))?;
            attempt += 1;
        }
    }

    fn next_context(
        &self,
        exchange: &Exchange,
        supporter: &Supporter,
        newest: Option<&Context>,
    ) -> Context {
        let topics = &supporter.preferences.topics;
        let now = interaction::iso(self.clock.now());
        context::next(newest, topics, &exchange.request.message, &now)
    }

    fn interaction(
        &self,
        exchange: &Exchange,
        answer: &Answer,
        context_version: u64,
        latency_ms: u64,
    ) -> Interaction {
        let (count, random) = self.clock.suffix();
        Interaction {
            user_id: exchange.request.user_id.clone(),
            timestamp: interaction::sort_key(self.clock.now(), count, random),
            conversation_id: exchange.conversation.clone(),
            turn: Turn {
                message: exchange.request.message.clone(),
                reply: answer.text.clone(),
            },
            model: self.model.model().to_owned(),
            context_version,
            input_tokens: answer.input_tokens,
            output_tokens: answer.output_tokens,
            latency_ms,
            channel: exchange.channel,
            blocked: answer.blocked,
        }
    }
}
