//! The model, the agent function, the connections and the index in memory.

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use serde_json::{Value, json};

use super::state::{Memory, Port};
use crate::domain::agent_call::{AgentReply, to_answer};
use crate::domain::prompt::Answer;
use crate::domain::{Abandoned, AgentCall, Prompt};
use crate::ports::{
    AskAgent, AskError, Chunks, Clock, Converse, ConverseError, FindContent, Part, Parts,
    PostError, PostFrame, Unavailable,
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
    /// It begins with this, and breaks in the middle.
    Break(T),
    /// The guardrail steps in, with this.
    Block(T),
    /// It fails.
    Fail,
}

fn broken(what: &'static str) -> Unavailable {
    Unavailable {
        what,
        source: "it fails in this test".into(),
    }
}

/// An answer in parts, some time apart.
pub struct MemoryParts {
    memory: Memory,
    parts: VecDeque<Result<Part, ConverseError>>,
}

impl Parts for MemoryParts {
    async fn next(&mut self) -> Result<Option<Part>, ConverseError> {
        self.memory.sleep(self.memory.pace()).await;
        let part = self.parts.pop_front().transpose();
        self.memory
            .with(|state| state.parts_taken += usize::from(matches!(part, Ok(Some(_)))));
        part
    }
}

/// What the agent function streams, each chunk after some time.
pub struct MemoryChunks {
    memory: Memory,
    chunks: VecDeque<(Duration, Result<Vec<u8>, AskError>)>,
}

impl Chunks for MemoryChunks {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, AskError> {
        let Some((time, chunk)) = self.chunks.pop_front() else {
            return Ok(None);
        };
        self.memory.sleep(time).await;
        self.memory.with(|state| state.chunks_taken += 1);
        chunk.map(Some)
    }
}

impl Converse for Memory {
    type Parts = MemoryParts;

    async fn converse_stream(&self, prompt: &Prompt) -> Result<MemoryParts, ConverseError> {
        let breaks = self.with(|state| match state.model.front() {
            Some(Outcome::Break(text)) => Some(text.clone()),
            _ => None,
        });
        let (answer, broken) = match breaks {
            Some(text) => {
                self.with(|state| {
                    state.prompts.push(prompt.clone());
                    state.model.pop_front()
                });
                let answer = Answer {
                    text,
                    ..Answer::default()
                };
                (answer, true)
            }
            None => (self.converse(prompt).await?, false),
        };
        let texts = answer.text.split_inclusive(' ');
        let mut parts: VecDeque<_> = texts.map(|text| Ok(Part::Text(text.to_owned()))).collect();
        parts.extend(answer.blocked.then_some(Ok(Part::Blocked)));
        parts.push_back(if broken {
            Err(ConverseError::Failed("the stream broke".into()))
        } else {
            Ok(Part::Usage {
                input_tokens: answer.input_tokens,
                output_tokens: answer.output_tokens,
            })
        });
        let memory = self.clone();
        Ok(MemoryParts { memory, parts })
    }

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
            blocked: false,
        };
        match outcome {
            None => Ok(answer("Glad to help.".to_owned())),
            Some(Outcome::Answer(text)) => Ok(answer(text)),
            Some(Outcome::Block(text)) => Ok(Answer {
                blocked: true,
                ..answer(text)
            }),
            Some(Outcome::Throttle(retry_after)) => Err(ConverseError::Throttled {
                retry_after,
                source: "too many requests".into(),
            }),
            Some(Outcome::TimeOut) => Err(ConverseError::TimedOut("too slow".into())),
            Some(Outcome::Stumble) => Err(ConverseError::Failed("it stumbled".into())),
            Some(Outcome::Hang) => pending().await,
            Some(Outcome::Break(_)) => Err(ConverseError::Failed("the answer broke".into())),
            Some(Outcome::Fail) => Err(broken("ask the model").into()),
        }
    }
}

impl AskAgent for Memory {
    type Chunks = MemoryChunks;

    async fn ask(&self, call: &AgentCall) -> Result<MemoryChunks, AskError> {
        self.enter(Port::AskAgent).await?;
        let (outcome, streamed) = self.with(|state| {
            state.calls.push(call.clone());
            let streamed = state.agent_streams.pop_front();
            (state.agent.pop_front(), streamed)
        });
        let timed = |(time, text): (Duration, String)| (time, Ok(text.into_bytes()));
        let whole = |value: Value| VecDeque::from([(Duration::ZERO, Ok(value.to_string().into()))]);
        let chunks = match outcome {
            _ if streamed.is_some() => streamed.into_iter().flatten().map(timed).collect(),
            None => whole(to_answer(&Ok(glad(call)), "request-1")),
            Some(Outcome::Answer(answer) | Outcome::Block(answer)) => whole(answer),
            Some(Outcome::Throttle(_)) => return Err(AskError::Throttled("too many".into())),
            Some(Outcome::Stumble) => whole(json!({"errorType": "Runtime.ExitError"})),
            Some(Outcome::TimeOut) => whole(json!({"errorType": "Sandbox.Timedout"})),
            Some(Outcome::Hang) => pending().await,
            Some(Outcome::Break(beginning)) => {
                let mut chunks = whole(beginning);
                let broken = broken("read the agent function's stream").into();
                chunks.push_back((Duration::ZERO, Err(broken)));
                chunks
            }
            Some(Outcome::Fail) => return Err(broken("invoke the agent function").into()),
        };
        let memory = self.clone();
        Ok(MemoryChunks { memory, chunks })
    }

    async fn abandon(&self, abandoned: &Abandoned) -> Result<(), AskError> {
        self.enter(Port::AbandonCall).await?;
        self.with(|state| state.abandoned_calls.push(abandoned.clone()));
        Ok(())
    }
}

fn glad(call: &AgentCall) -> AgentReply {
    AgentReply {
        reply: "Glad to help.".to_owned(),
        conversation_id: call.conversation_id.to_string(),
        context_version: 1,
        ..AgentReply::default()
    }
}

impl PostFrame for Memory {
    async fn post(&self, connection_id: &str, frame: &str) -> Result<(), PostError> {
        self.enter(Port::PostFrame).await?;
        let elapsed = self.elapsed();
        self.with(|state| {
            if state.gone.iter().any(|gone| gone == connection_id) {
                return Err(PostError::Gone);
            }
            let frame = (connection_id.to_owned(), frame.to_owned());
            state.frames.push(frame);
            state.frame_times.push(elapsed);
            Ok(())
        })
    }

    async fn post_once(&self, connection_id: &str, frame: &str) -> Result<(), PostError> {
        self.post(connection_id, frame).await
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
