//! The model, the agent function, the connections and the index in memory.

use std::future::pending;
use std::time::Duration;

use serde_json::{Value, json};

use super::state::{Memory, Port};
use crate::domain::agent_call::{AgentReply, to_answer};
use crate::domain::prompt::Answer;
use crate::domain::{AgentCall, Prompt};
use crate::ports::{
    AskAgent, AskError, Converse, ConverseError, FindContent, PostError, PostFrame, Unavailable,
};

/// What a service does with a call.
#[derive(Clone, Debug)]
pub enum Outcome<T> {
    /// It answers.
    Answer(T),
    /// It takes no more work, and may say when it will.
    Throttle(Option<Duration>),
    /// It says that it ran out of time.
    TimeOut,
    /// It stumbles; another attempt may do.
    Stumble,
    /// It never answers.
    Hang,
    /// It fails.
    Fail,
}

fn broken(what: &'static str) -> Unavailable {
    Unavailable {
        what,
        source: "it fails in this test".into(),
    }
}

impl Converse for Memory {
    fn model(&self) -> &'static str {
        "memory.model-1"
    }

    async fn converse(&self, prompt: &Prompt) -> Result<Answer, ConverseError> {
        self.enter(Port::Converse).await?;
        let outcome = self.with(|state| {
            state.prompts.push(prompt.clone());
            state.model.pop_front()
        });
        let answer = |text: String| Answer {
            input_tokens: 7,
            output_tokens: 3,
            text,
        };
        match outcome {
            None => Ok(answer("Glad to help.".to_owned())),
            Some(Outcome::Answer(text)) => Ok(answer(text)),
            Some(Outcome::Throttle(retry_after)) => Err(ConverseError::Throttled {
                retry_after,
                source: "too many requests".into(),
            }),
            Some(Outcome::TimeOut) => Err(ConverseError::TimedOut("too slow".into())),
            Some(Outcome::Stumble) => Err(ConverseError::Failed("it stumbled".into())),
            Some(Outcome::Hang) => pending().await,
            Some(Outcome::Fail) => Err(broken("ask the model").into()),
        }
    }
}

impl AskAgent for Memory {
    async fn ask(&self, call: &AgentCall) -> Result<Value, AskError> {
        self.enter(Port::AskAgent).await?;
        let outcome = self.with(|state| {
            state.calls.push(call.clone());
            state.agent.pop_front()
        });
        let reply = AgentReply {
            reply: "Glad to help.".to_owned(),
            conversation_id: call.conversation_id.clone(),
            context_version: 1,
            ..AgentReply::default()
        };
        match outcome {
            None => Ok(to_answer(&Ok(reply), "request-1")),
            Some(Outcome::Answer(answer)) => Ok(answer),
            Some(Outcome::Throttle(_)) => Err(AskError::Throttled("too many".into())),
            Some(Outcome::Stumble) => Ok(json!({"errorType": "Runtime.ExitError"})),
            Some(Outcome::TimeOut) => Ok(json!({"errorType": "Sandbox.Timedout"})),
            Some(Outcome::Hang) => pending().await,
            Some(Outcome::Fail) => Err(broken("invoke the agent function").into()),
        }
    }
}

impl PostFrame for Memory {
    async fn post(&self, connection_id: &str, frame: &str) -> Result<(), PostError> {
        self.enter(Port::PostFrame).await?;
        self.with(|state| {
            if state.gone.iter().any(|gone| gone == connection_id) {
                return Err(PostError::Gone);
            }
            let frame = (connection_id.to_owned(), frame.to_owned());
            state.frames.push(frame);
            Ok(())
        })
    }
}

impl FindContent for Memory {
    fn find(&self, query: &search::Query<'_>) -> Result<search::Results, Unavailable> {
        self.fail_now(Port::FindContent)?;
        Ok(self.with(|state| {
            state.interests.push(query.interests.to_vec());
            state.found.clone()
        }))
    }
}
