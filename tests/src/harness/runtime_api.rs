//! Lambda's Runtime API, as far as functions use it: the next invocation, its response, whole or
//! streamed, its error.
//!
//! Source: "Using the Lambda runtime API for custom runtimes" and "Response streaming with custom
//! runtimes", AWS Lambda developer guide. Several processes may ask one API: each takes the next
//! invocation, as the instances of a function do.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::server::Server;

const ERROR_TRAILER: &str = "lambda-runtime-function-error-type";

/// What a function made of an invocation.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It answered.
    Answered(Bytes),
    /// It failed.
    Failed(Bytes),
}

/// A part of what a function makes of an invocation, as it arrives.
#[derive(Clone, Debug)]
pub enum Part {
    /// Bytes of the answer.
    Bytes(Bytes),
    /// The answer is whole.
    End,
    /// The function failed; what it says of it.
    Failed(Bytes),
}

/// An answer as it arrives. Dropping it is what a caller that hangs up does: the function is not told,
/// and goes on ("Response streaming for Lambda functions", developer guide).
pub struct Answer(UnboundedReceiver<Part>);

impl Answer {
    /// The next part; `None` after the last, or where the function has died.
    pub async fn next(&mut self) -> Option<Part> {
        self.0.recv().await
    }

    /// All of it.
    ///
    /// # Errors
    /// Where the function died in the middle.
    pub async fn whole(mut self) -> Result<Outcome> {
        let mut body = Vec::new();
        loop {
            match self.next().await.context("the function is gone")? {
                Part::Bytes(bytes) => body.extend_from_slice(&bytes),
                Part::End => return Ok(Outcome::Answered(body.into())),
                Part::Failed(error) => return Ok(Outcome::Failed(error)),
            }
        }
    }
}

struct Invocation {
    id: String,
    event: Value,
    deadline_ms: u128,
}

/// When an event was first asked for.
#[derive(Default)]
struct Asked {
    at: Mutex<Option<Instant>>,
    some: Condvar,
}

#[derive(Clone)]
struct Queue {
    asked: Arc<Asked>,
    next: Arc<tokio::sync::Mutex<UnboundedReceiver<Invocation>>>,
    waiting: Arc<Mutex<HashMap<String, UnboundedSender<Part>>>>,
}

/// Hands a function its events.
#[derive(Clone)]
pub struct Invoker {
    queue: Queue,
    invocations: UnboundedSender<Invocation>,
    count: Arc<AtomicU64>,
}

impl Invoker {
    /// Hands the function an event that it has `timeout` for. It does not wait.
    ///
    /// # Errors
    /// Where the API is gone.
    pub fn begin(&self, event: Value, timeout: Duration) -> Result<Answer> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let id = format!("00000000-0000-4000-8000-{number:012}");
        let (sender, parts) = unbounded_channel();
        lock(&self.queue.waiting).insert(id.clone(), sender);
        let deadline = SystemTime::now() + timeout;
        let invocation = Invocation {
            id,
            event,
            deadline_ms: deadline.duration_since(UNIX_EPOCH)?.as_millis(),
        };
        if self.invocations.send(invocation).is_err() {
            bail!("the Runtime API is gone");
        }
        Ok(Answer(parts))
    }
}

/// The API, for one function.
pub struct RuntimeApi {
    server: Server,
    invoker: Invoker,
}

impl RuntimeApi {
    /// Starts the API.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start() -> Result<Self> {
        let (invocations, next) = unbounded_channel();
        let queue = Queue {
            asked: Arc::default(),
            next: Arc::new(tokio::sync::Mutex::new(next)),
            waiting: Arc::default(),
        };
        let of_one = "/2018-06-01/runtime/invocation/{id}";
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next_invocation))
            .route(&format!("{of_one}/response"), post(response))
            .route(&format!("{of_one}/error"), post(error))
            .layer(DefaultBodyLimit::disable())
            .with_state(queue.clone());
        Ok(Self {
            server: Server::start(router)?,
            invoker: Invoker {
                queue,
                invocations,
                count: Arc::default(),
            },
        })
    }

    /// What the function is told in `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.server.address()
    }

    /// What hands it events.
    pub fn invoker(&self) -> Invoker {
        self.invoker.clone()
    }

    /// When a process first asked for an event: the end of its own start. `None` where none does
    /// within `timeout`.
    pub fn asked_at(&self, timeout: Duration) -> Option<Instant> {
        let Asked { at, some } = &*self.invoker.queue.asked;
        let at = some.wait_timeout_while(lock(at), timeout, |at| at.is_none());
        *at.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits for an outcome.
    ///
    /// # Errors
    /// Where none comes within `timeout`.
    pub fn wait(&self, timeout: Duration, answer: Answer) -> Result<Outcome> {
        self.server
            .wait(timeout, answer.whole())
            .context("the function did not answer in time")?
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn next_invocation(State(queue): State<Queue>) -> Response {
    lock(&queue.asked.at).get_or_insert_with(Instant::now);
    queue.asked.some.notify_all();
    let Some(invocation) = queue.next.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        ("lambda-runtime-aws-request-id", invocation.id),
        (
            "lambda-runtime-deadline-ms",
            invocation.deadline_ms.to_string(),
        ),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-west-2:000000000000:function:harness".to_owned(),
        ),
    ];
    (headers, invocation.event.to_string()).into_response()
}

async fn response(
    State(queue): State<Queue>,
    Path(id): Path<String>,
    mut body: Body,
) -> StatusCode {
    let Some(waiting) = lock(&queue.waiting).remove(&id) else {
        return StatusCode::NOT_FOUND;
    };
    // Passed on as it arrives; to nobody, where nobody waits any more.
    let part = loop {
        match body.frame().await {
            None => break Part::End,
            Some(Err(error)) => break Part::Failed(error.to_string().into()),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(bytes) => drop(waiting.send(Part::Bytes(bytes))),
                Err(frame) => {
                    let error = frame
                        .trailers_ref()
                        .and_then(|trailers| trailers.get(ERROR_TRAILER));
                    if let Some(error) = error {
                        break Part::Failed(Bytes::copy_from_slice(error.as_bytes()));
                    }
                }
            },
        }
    };
    drop(waiting.send(part));
    StatusCode::ACCEPTED
}

async fn error(State(queue): State<Queue>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    match lock(&queue.waiting).remove(&id) {
        Some(waiting) => {
            drop(waiting.send(Part::Failed(body)));
            StatusCode::ACCEPTED
        }
        None => StatusCode::NOT_FOUND,
    }
}
