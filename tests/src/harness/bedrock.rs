//! A stand-in for Bedrock that records what it is sent, and answers as it is told: whole
//! (Converse) or word by word (`ConverseStream`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::script::{Ending, Script};
use super::server::Server;
use super::speech::speech;

/// How a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As the script has it.
    Said,
    /// The one who asked hung up before.
    HungUp,
}

/// A reply that was asked for.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// When each word went out.
    pub words: Vec<Instant>,
    /// How and when it ended; `None` while it goes on.
    pub end: Option<(End, Instant)>,
}

#[derive(Default)]
struct Seen {
    asked: Vec<Value>,
    turns: Vec<Turn>,
}

/// What was seen of all replies, shared with those that go on.
#[derive(Clone)]
pub(super) struct Log {
    seen: Arc<Mutex<Seen>>,
    script: Arc<Mutex<Script>>,
}

impl Log {
    /// Does something to the record of a reply.
    pub fn turn(&self, number: usize, record: impl FnOnce(&mut Turn)) {
        if let Some(turn) = lock(&self.seen).turns.get_mut(number) {
            record(turn);
        }
    }

    fn begin(&self, model: String, mut prompt: Value) -> (usize, Script, Value) {
        prompt["modelId"] = model.into();
        let mut seen = lock(&self.seen);
        seen.asked.push(prompt.clone());
        seen.turns.push(Turn::default());
        (seen.turns.len() - 1, lock(&self.script).clone(), prompt)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The stand-in.
pub struct Bedrock {
    server: Server,
    log: Log,
}

impl Bedrock {
    /// Answers every prompt with the same reply.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn answering() -> Result<Self> {
        Self::playing(Script::saying(&["Thank you ", "for asking."]))
    }

    /// Refuses every prompt as throttled.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn throttling() -> Result<Self> {
        Self::playing(Script::saying(&[]).ending(Ending::Throttled))
    }

    /// Answers as the script has it.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn playing(script: Script) -> Result<Self> {
        let log = Log {
            seen: Arc::default(),
            script: Arc::new(Mutex::new(script)),
        };
        let router = Router::new()
            .route("/model/{id}/converse", post(converse))
            .route("/model/{id}/converse-stream", post(converse_stream))
            .with_state(log.clone());
        Ok(Self {
            server: Server::start(router)?,
            log,
        })
    }

    /// From now on it answers like this.
    pub fn play(&self, script: Script) {
        *lock(&self.log.script) = script;
    }

    /// What a function is told in `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Everything that was sent, in order: the body, with the model's id under `modelId`.
    pub fn asked(&self) -> Vec<Value> {
        lock(&self.log.seen).asked.clone()
    }

    /// What became of each reply, in the order of [`Bedrock::asked`].
    pub fn turns(&self) -> Vec<Turn> {
        lock(&self.log.seen).turns.clone()
    }
}

fn throttled() -> Response {
    let kind = [("x-amzn-errortype", "ThrottlingException")];
    let body = Json(json!({ "message": "slow down" }));
    (StatusCode::TOO_MANY_REQUESTS, kind, body).into_response()
}

async fn converse(
    State(log): State<Log>,
    Path(model): Path<String>,
    Json(prompt): Json<Value>,
) -> Response {
    let (number, script, prompt) = log.begin(model, prompt);
    let words = script.words(&prompt);
    if let Some((_, gate)) = &script.held {
        gate.opened().await;
    }
    let time = script.pause * u32::try_from(words.len()).unwrap_or(u32::MAX);
    match script.ending {
        Ending::Throttled => return throttled(),
        // Even no time is a tick of the clock to a sleeper.
        Ending::Whole if time.is_zero() => {}
        Ending::Whole => tokio::time::sleep(time).await,
        // A whole answer comes, or does not: where is all the same.
        Ending::Cut(_) | Ending::Exception(..) => return StatusCode::BAD_GATEWAY.into_response(),
        Ending::Stall(_) => tokio::time::sleep(Duration::from_hours(1)).await,
    }
    log.turn(number, |turn| {
        turn.words = vec![Instant::now(); words.len()];
        turn.end = Some((End::Said, Instant::now()));
    });
    let message = json!({ "role": "assistant", "content": [{ "text": words.concat() }] });
    Json(json!({
        "output": { "message": message },
        "stopReason": "end_turn",
        "usage": { "inputTokens": 100, "outputTokens": 5, "totalTokens": 105 },
        "metrics": { "latencyMs": 1 },
    }))
    .into_response()
}

async fn converse_stream(
    State(log): State<Log>,
    Path(model): Path<String>,
    Json(prompt): Json<Value>,
) -> Response {
    let (number, script, prompt) = log.begin(model, prompt);
    if script.ending == Ending::Throttled {
        return throttled();
    }
    speech(log, number, &script, &prompt)
}
