//! Asking the model.

use std::time::Duration;

use contract::{ErrorCode, Metric};

use super::PersonalizationAgent;
use crate::domain::prompt::Answer;
use crate::domain::{Deadline, Problem, Prompt, frame, retry};
use crate::handlers::answer_out::{AttemptError, Out};
use crate::handlers::model_failure::{left, passing, too_slow};
use crate::handlers::within::{elapsed_ms, within};
use crate::observe;
use crate::ports::{Chance, Clock, Converse};

/// How often a model that may recover is asked.
pub(super) const MODEL_ATTEMPTS: u32 = 4;

/// How long the model may take to begin an answer before it is asked again.
const BEGINS_WITHIN: Duration = Duration::from_secs(20);

impl<T, M, I, C> PersonalizationAgent<T, M, I, C>
where
    M: Converse,
    C: Clock + Chance,
{
    /// Asks the model, again with jitter where that may help and the time allows it.
    pub(super) async fn ask(
        &self,
        prompt: &Prompt,
        deadline: Deadline,
        out: &mut Out,
    ) -> Result<Answer, Problem> {
        let mut attempt = 0;
        loop {
            let asked = self.clock.now();
            // Once: a call may be lost, but a model that is slow to begin would only begin anew.
            let begins_within = (attempt == 0).then_some(BEGINS_WITHIN);
            let asking = out.answer(&self.model, &self.clock, prompt, begins_within);
            let failed = match within(&self.clock, deadline, asking).await {
                Some(Ok(answer)) => {
                    observe::measure(Metric::ModelLatency, elapsed_ms(&self.clock, asked));
                    observe::measure(Metric::InputTokens, count(answer.input_tokens));
                    observe::measure(Metric::OutputTokens, count(answer.output_tokens));
                    return usable(answer);
                }
                None => return Err(too_slow()),
                Some(Err(AttemptError::Left)) => return Err(left()),
                Some(Err(AttemptError::Model(error))) => passing(&error)?,
            };
            // What the caller has of an answer cannot be taken back.
            if out.has_begun() {
                return Err(failed.problem);
            }
            let jitter = self.clock.up_to(retry::MODEL.bound(attempt));
            let wait = failed.retry_after.map_or(jitter, |least| least.max(jitter));
            attempt += 1;
            if attempt == MODEL_ATTEMPTS || wait >= deadline.left(self.clock.now()) {
                return Err(failed.problem);
            }
            self.clock.sleep(wait).await;
        }
    }
}

fn count(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

/// The answer, no longer than a client can be sent.
fn usable(mut answer: Answer) -> Result<Answer, Problem> {
    answer
        .text
        .truncate(frame::bounded_reply(&answer.text).len());
    if answer.text.trim().is_empty() {
        tracing::error!("failed: the model answered without text");
        return Err(Problem::of(ErrorCode::Internal));
    }
    Ok(answer)
}
