//! How an answer of the model leaves the agent: whole, or as it is made.

use std::time::Duration;

use contract::Metric;

use super::Lines;
use super::lines::Left;
use super::within::{elapsed_ms, within};
use crate::domain::agent_call::delta_line;
use crate::domain::prompt::Answer;
use crate::domain::{Deadline, Prompt, frame};
use crate::observe;
use crate::ports::{Clock, Converse, ConverseError, Part, Parts};

/// Where an answer goes.
pub(super) struct Out {
    lines: Option<Lines>,
    begun: bool,
}

/// Why an attempt gave no answer.
pub(super) enum AttemptError {
    /// The model's reason.
    Model(ConverseError),
    /// Nobody takes the answer any more.
    Left,
}

impl From<ConverseError> for AttemptError {
    fn from(error: ConverseError) -> Self {
        Self::Model(error)
    }
}

impl From<Left> for AttemptError {
    fn from(_: Left) -> Self {
        Self::Left
    }
}

impl Out {
    /// The caller gets the whole answer at the end.
    pub const fn whole() -> Self {
        Self {
            lines: None,
            begun: false,
        }
    }

    /// The caller gets the answer line by line.
    pub const fn streamed(lines: Lines) -> Self {
        Self {
            lines: Some(lines),
            begun: false,
        }
    }

    /// Whether the caller has a part of an answer.
    pub const fn has_begun(&self) -> bool {
        self.begun
    }

    /// The model's answer to `prompt`, of which the caller gets what it shall; one that is streamed
    /// has to begin in time, where that is asked for.
    pub async fn answer(
        &mut self,
        model: &impl Converse,
        clock: &impl Clock,
        prompt: &Prompt,
        begins_within: Option<Duration>,
    ) -> Result<Answer, AttemptError> {
        let Some(lines) = &mut self.lines else {
            return Ok(model.converse(prompt).await?);
        };
        let asked = clock.now();
        let asking = model.converse_stream(prompt);
        let mut parts = match begins_within {
            Some(most) => begun(clock, most, asking).await?,
            None => asking.await?,
        };
        let mut answer = Answer::default();
        while let Some(part) = parts.next().await? {
            match part {
                Part::Text(text) => {
                    if !self.begun && !text.is_empty() {
                        observe::measure(Metric::TimeToFirstToken, elapsed_ms(clock, asked));
                    }
                    let new = grown(&mut answer.text, &text);
                    if !new.is_empty() {
                        self.begun = true;
                        lines.send(delta_line(&new)).await?;
                    }
                }
                Part::Usage {
                    input_tokens,
                    output_tokens,
                } => (answer.input_tokens, answer.output_tokens) = (input_tokens, output_tokens),
                Part::Blocked => answer.blocked = true,
            }
        }
        Ok(answer)
    }

    /// Sends the last line, if somebody still takes it.
    pub async fn end(mut self, last: &str) {
        if let Some(lines) = &mut self.lines {
            // A caller who has left misses nothing that we could still do.
            let _ = lines.send(last.to_owned()).await;
        }
    }
}

/// The answer that `asking` begins, within `most`.
async fn begun<P>(
    clock: &impl Clock,
    most: Duration,
    asking: impl Future<Output = Result<P, ConverseError>>,
) -> Result<P, ConverseError> {
    let end = Deadline::after(clock.now(), most);
    let begun = within(clock, end, asking).await;
    begun.unwrap_or_else(|| Err(ConverseError::TimedOut("it did not begin to answer".into())))
}

/// Adds `text` to `reply`, as far as a client can be sent the whole; gives what was added.
fn grown(reply: &mut String, text: &str) -> String {
    let before = reply.len();
    reply.push_str(text);
    let fits = frame::bounded_reply(reply).len();
    reply.truncate(fits);
    reply.get(before..).unwrap_or_default().to_owned()
}
