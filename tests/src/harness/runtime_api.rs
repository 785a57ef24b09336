//! Lambda's Runtime API, as far as functions use it: the next invocation, its response, its error.
//! Source: "Using the Lambda runtime API for custom runtimes", AWS Lambda developer guide.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::server::Server;

/// What a function made of an invocation.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It answered.
    Answered(Bytes),
    /// It failed.
    Failed(Bytes),
}

struct Invocation {
    id: String,
    event: Value,
    deadline_ms: u128,
}

#[derive(Clone)]
struct Queue {
    next: Arc<tokio::sync::Mutex<UnboundedReceiver<Invocation>>>,
    waiting: Arc<Mutex<HashMap<String, std::sync::mpsc::Sender<Outcome>>>>,
}

/// The API, for one function.
pub struct RuntimeApi {
    server: Server,
    queue: Queue,
    invocations: UnboundedSender<Invocation>,
    count: Mutex<u32>,
}

impl RuntimeApi {
    /// Starts the API.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start() -> Result<Self> {
        let (invocations, next) = unbounded_channel();
        let queue = Queue {
            next: Arc::new(tokio::sync::Mutex::new(next)),
            waiting: Arc::default(),
        };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next_invocation))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(queue.clone());
        let server = Server::start(router)?;
        Ok(Self {
            server,
            queue,
            invocations,
            count: Mutex::new(0),
        })
    }

    /// What the function is told in `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.server.address()
    }

    /// Hands the function an event and waits for its outcome.
    ///
    /// # Errors
    /// Where none comes within `timeout`, which is also the invocation's deadline.
    pub fn invoke(&self, event: Value, timeout: Duration) -> Result<Outcome> {
        let id = {
            let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
            *count += 1;
            format!("00000000-0000-4000-8000-{:012}", *count)
        };
        let (sender, outcome) = std::sync::mpsc::channel();
        lock(&self.queue.waiting).insert(id.clone(), sender);
        let deadline = SystemTime::now() + timeout;
        let deadline_ms = deadline.duration_since(UNIX_EPOCH)?.as_millis();
        if self
            .invocations
            .send(Invocation {
                id,
                event,
                deadline_ms,
            })
            .is_err()
        {
            bail!("the Runtime API is gone");
        }
        outcome
            .recv_timeout(timeout)
            .context("the function did not answer in time")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn next_invocation(State(queue): State<Queue>) -> Response {
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

async fn response(State(queue): State<Queue>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    settle(&queue, &id, Outcome::Answered(body))
}

async fn error(State(queue): State<Queue>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    settle(&queue, &id, Outcome::Failed(body))
}

fn settle(queue: &Queue, id: &str, outcome: Outcome) -> StatusCode {
    match lock(&queue.waiting).remove(id) {
        // The caller may have given up; the function need not know.
        Some(waiting) => waiting
            .send(outcome)
            .map_or(StatusCode::GONE, |()| StatusCode::ACCEPTED),
        None => StatusCode::NOT_FOUND,
    }
}
