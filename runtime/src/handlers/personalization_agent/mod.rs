//! personalization-agent (FN-2): answers a supporter's message and remembers the turn.
//!
//! Called by the REST API and, directly, by ws-message, which also says when a message's sender has
//! left. A turn is written whole or not at all, and only once the model has answered.

mod abandoned;
mod model;
mod turn;

use std::time::Duration;

use contract::limits::QUERY_MAX;
use contract::{ErrorCode, Function};
use futures::future::OptionFuture;
use futures::try_join;
use jiff::Timestamp;
use search::{Hit, Query, Results};
use serde_json::Value;

use super::answer_out::Out;
use super::event::Event;
use super::failure::internal;
use super::model_failure::too_slow;
use super::within::{elapsed_ms, within};
use super::{Handle, Invocation, Lines, respond};
use crate::domain::agent_call::{
    AgentAnswer, AgentReply, Recommendation, Usage, last_line, to_answer,
};
use crate::domain::causes::causes;
use crate::domain::prompt::{Answer, Background, Piece};
use crate::domain::request::AgentRequest;
use crate::domain::supporter::interests;
use crate::domain::validate::Invalid;
use crate::domain::{
    Abandoned, Channel, Context, ConversationId, Deadline, Problem, Prompt, Supporter, Turn,
};
use crate::observe;
use crate::ports::{
    Chance, Clock, Converse, FindContent, FindSupporter, KeepAbandoned, NewestContext, RecallTurns,
    RecordTurn,
};

/// What the model leaves of the time, to write the turn in. A chat's replies may be long; over REST
/// there is time for an attempt that fails.
const fn write_reserve(channel: Channel) -> Duration {
    match channel {
        Channel::Rest => Duration::from_secs(2),
        Channel::WebSocket => Duration::from_secs(1),
    }
}

/// Content that is recommended at most.
const RECOMMENDED_MAX: usize = 3;

/// The function, over its ports.
pub struct PersonalizationAgent<T, M, I, C> {
    /// Users, Context and Interactions.
    pub tables: T,
    /// The model.
    pub model: M,
    /// The knowledge index.
    pub index: I,
    /// Time and chance.
    pub clock: C,
}

/// A request under way.
struct Exchange {
    request: AgentRequest,
    conversation: ConversationId,
    channel: Channel,
    request_id: String,
    started: Timestamp,
    deadline: Deadline,
}

/// What is known before the model is asked.
struct Known {
    supporter: Supporter,
    context: Option<Context>,
    turns: Vec<Turn>,
}

impl<T, M, I, C> Handle for PersonalizationAgent<T, M, I, C>
where
    T: FindSupporter + NewestContext + RecallTurns + RecordTurn + KeepAbandoned,
    M: Converse,
    I: FindContent,
    C: Clock + Chance,
{
    async fn handle(&self, event: Value, invocation: &Invocation) -> Value {
        if Event(&event).is_rest() {
            let event = Event(&event);
            let now = self.clock.now();
            let deadline = self
                .end(invocation)
                .over_rest(event.request_epoch_ms(), now);
            let request = event
                .json_body()
                .and_then(|body| AgentRequest::parse(&body));
            let mut out = Out::whole();
            let request_id = event.request_id(invocation);
            let from = (Channel::Rest, request_id.clone());
            let answer = self.answer(request, from, deadline, &mut out).await;
            respond::over_rest(&answer, &request_id)
        } else if let Some(abandoned) = Abandoned::of_call(&event) {
            match self.note(&abandoned, self.end(invocation)).await {
                Ok(()) => respond::status(200),
                Err(problem) => to_answer(&Err(problem), &invocation.request_id),
            }
        } else {
            let mut out = Out::whole();
            let answer = self.direct(event, invocation, &mut out).await;
            to_answer(&answer, &invocation.request_id)
        }
    }

    fn is_streamed(&self, event: &Value) -> bool {
        !Event(event).is_rest() && Abandoned::of_call(event).is_none()
    }

    async fn stream(&self, event: Value, invocation: &Invocation, lines: Lines) {
        let mut out = Out::streamed(lines);
        let answer = self.direct(event, invocation, &mut out).await;
        out.end(&last_line(&answer, &invocation.request_id)).await;
    }
}

/// A direct call: the caller's deadline, and the rest as over REST. The request's id is the
/// invocation's by now.
fn call(mut call: Value) -> (Option<i64>, Result<AgentRequest, Invalid>) {
    let mut take = |name| call.as_object_mut()?.shift_remove(name);
    let deadline = take("deadlineEpochMs").and_then(|deadline| deadline.as_i64());
    let _ = take("requestId");
    (deadline, AgentRequest::parse(&call))
}

impl<T, M, I, C> PersonalizationAgent<T, M, I, C>
where
    T: FindSupporter + NewestContext + RecallTurns + RecordTurn + KeepAbandoned,
    M: Converse,
    I: FindContent,
    C: Clock + Chance,
{
    fn end(&self, invocation: &Invocation) -> Deadline {
        let timeout = Function::PersonalizationAgent.timeout();
        Deadline::of_invocation(invocation.deadline_epoch_ms, self.clock.now(), timeout)
    }

    async fn direct(&self, event: Value, invocation: &Invocation, out: &mut Out) -> AgentAnswer {
        let (caller_end, request) = call(event);
        let end = self.end(invocation);
        let deadline = end.of_caller(caller_end, self.clock.now());
        let from = (Channel::WebSocket, invocation.request_id.clone());
        let answer = self.answer(request, from, deadline, out).await;
        observe::status(answer.as_ref().map_or_else(|it| it.code.status(), |_| 200));
        if let Err(problem) = &answer {
            observe::told(problem.code);
        }
        answer
    }

    async fn answer(
        &self,
        request: Result<AgentRequest, Invalid>,
        (channel, request_id): (Channel, String),
        deadline: Deadline,
        out: &mut Out,
    ) -> AgentAnswer {
        let request = request?;
        observe::of_user(&request.user_id);
        let conversation = request.conversation_id.clone();
        let exchange = Exchange {
            conversation: conversation.unwrap_or_else(|| self.clock.id().into()),
            request,
            channel,
            request_id,
            started: self.clock.now(),
            deadline,
        };
        let known = self.recall(&exchange).await?;
        let Known {
            supporter,
            context,
            turns,
        } = &known;
        let message = &exchange.request.message;
        let content = self.content(&known, message);
        let background = Background {
            supporter,
            context: context.as_ref(),
            content: &content,
        };
        let prompt = Prompt::new(background, turns, message);
        let answered = deadline.less(write_reserve(channel));
        let asking = self.ask(&prompt, answered, out);
        let answer = self.unless_abandoned(&exchange, asking).await?;
        let latency_ms = self.since(exchange.started);
        let context_version = self.record(&exchange, known, &answer, latency_ms).await?;
        let recommended = content.into_iter().map(|piece| piece.recommended);
        Ok(AgentReply {
            recommendations: recommended.collect(),
            ..self.reply(&exchange, answer, context_version, latency_ms)
        })
    }

    /// The best content for the message. An answer is worth more than what it recommends: where
    /// the index fails, it recommends nothing.
    fn content(&self, known: &Known, message: &str) -> Vec<Piece> {
        let text: String = message.chars().take(QUERY_MAX).collect();
        let query = Query {
            text: &text,
            kind: None,
            limit: RECOMMENDED_MAX,
            interests: &interests(&known.supporter, known.context.as_ref()),
        };
        let found = self.index.find(&query).unwrap_or_else(|error| {
            tracing::warn!(cause = causes(&error), "nothing is recommended");
            Results::default()
        });
        found.results.into_iter().map(piece).collect()
    }

    fn reply(
        &self,
        exchange: &Exchange,
        answer: Answer,
        context_version: u64,
        latency_ms: u64,
    ) -> AgentReply {
        AgentReply {
            reply: answer.text,
            conversation_id: exchange.conversation.to_string(),
            model: self.model.model().to_owned(),
            context_version,
            recommendations: Vec::new(),
            usage: Usage {
                input_tokens: answer.input_tokens,
                output_tokens: answer.output_tokens,
            },
            latency_ms,
        }
    }

    async fn recall(&self, exchange: &Exchange) -> Result<Known, Problem> {
        let user = &exchange.request.user_id;
        // A conversation that begins now has no turns to look for.
        let turns: OptionFuture<_> = exchange
            .request
            .conversation_id
            .as_ref()
            .map(|conversation| self.tables.turns(user, conversation))
            .into();
        let turns = async { turns.await.unwrap_or(Ok(Vec::new())) };
        let reads = async {
            try_join!(
                self.tables.supporter(user),
                self.tables.newest_context(user),
                turns,
            )
        };
        let (supporter, context, turns) = within(&self.clock, exchange.deadline, reads)
            .await
            .ok_or_else(too_slow)?
            .map_err(|error| internal(&error))?;
        let supporter = supporter.ok_or(Problem::of(ErrorCode::UserNotFound))?;
        Ok(Known {
            supporter,
            context,
            turns,
        })
    }

    fn since(&self, started: Timestamp) -> u64 {
        u64::try_from(elapsed_ms(&self.clock, started)).unwrap_or(0)
    }
}

fn piece(hit: Hit) -> Piece {
    Piece {
        recommended: Recommendation {
            id: hit.id,
            kind: hit.kind.as_str().to_owned(),
            title: hit.title,
        },
        summary: hit.summary,
    }
}

#[cfg(test)]
mod tests;
