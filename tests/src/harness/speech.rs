//! A reply word by word, as an event stream: `ConverseStream`'s answer.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};

use super::bedrock::{End, Log};
use super::event_stream::{CONTENT_TYPE, event, exception};
use super::gate::Gate;
use super::script::{Ending, Script};

/// Time for what was said to be sent.
const BREATH: Duration = Duration::from_millis(50);

enum Step {
    Word(String),
    Event(&'static str, Value),
    Exception(&'static str),
    Cut,
    Stall,
}

/// A reply under way. Dropped before its end, the one who asked has hung up.
struct Speech {
    steps: VecDeque<Step>,
    pause: Duration,
    held: Option<(usize, Gate)>,
    log: Log,
    number: usize,
    over: bool,
}

/// The answer to `prompt`, recorded as the reply `number`.
pub(super) fn speech(log: Log, number: usize, script: &Script, prompt: &Value) -> Response {
    let speech = Speech {
        steps: steps(script, prompt),
        pause: script.pause,
        held: script.held.clone(),
        log,
        number,
        over: false,
    };
    let events = stream::unfold(speech, |mut speech| async {
        let said = speech.next().await?;
        Some((said, speech))
    });
    ([("content-type", CONTENT_TYPE)], Body::from_stream(events)).into_response()
}

fn steps(script: &Script, prompt: &Value) -> VecDeque<Step> {
    let words = script.words(prompt);
    let (said, last) = match script.ending {
        Ending::Cut(words) => (words, Some(Step::Cut)),
        Ending::Exception(words, kind) => (words, Some(Step::Exception(kind))),
        Ending::Stall(words) => (words, Some(Step::Stall)),
        Ending::Whole | Ending::Throttled => (words.len(), None),
    };
    let mut steps = VecDeque::from([Step::Event("messageStart", json!({ "role": "assistant" }))]);
    steps.extend(words.into_iter().take(said).map(Step::Word));
    match last {
        Some(last) => steps.push_back(last),
        None => steps.extend([
            Step::Event("contentBlockStop", json!({ "contentBlockIndex": 0 })),
            Step::Event("messageStop", json!({ "stopReason": "end_turn" })),
            Step::Event(
                "metadata",
                json!({
                    "usage": { "inputTokens": 100, "outputTokens": 5, "totalTokens": 105 },
                    "metrics": { "latencyMs": 1 },
                }),
            ),
        ]),
    }
    steps
}

impl Speech {
    async fn next(&mut self) -> Option<Result<Bytes>> {
        let Some(step) = self.steps.pop_front() else {
            self.end(End::Said);
            return None;
        };
        Some(match step {
            Step::Event(kind, payload) => event(kind, &payload),
            Step::Word(word) => {
                tokio::time::sleep(self.pause).await;
                self.let_go().await;
                self.log
                    .turn(self.number, |turn| turn.words.push(Instant::now()));
                let delta = json!({ "contentBlockIndex": 0, "delta": { "text": word } });
                event("contentBlockDelta", &delta)
            }
            Step::Exception(kind) => {
                self.end(End::Said);
                exception(kind, &json!({ "message": "as the script has it" }))
            }
            Step::Cut => {
                // What was said before is on its way by then.
                tokio::time::sleep(self.pause.max(BREATH)).await;
                self.end(End::Said);
                Err(anyhow!("the connection breaks, as the script has it"))
            }
            Step::Stall => std::future::pending().await,
        })
    }

    /// Waits at the word that is held.
    async fn let_go(&mut self) {
        match &mut self.held {
            Some((0, gate)) => gate.opened().await,
            Some((left, _)) => *left -= 1,
            None => {}
        }
    }

    fn end(&mut self, how: End) {
        if !std::mem::replace(&mut self.over, true) {
            let end = Some((how, Instant::now()));
            self.log.turn(self.number, |turn| turn.end = end);
        }
    }
}

impl Drop for Speech {
    fn drop(&mut self) {
        self.end(End::HungUp);
    }
}
