//! A proxy before the engine that breaks what a test tells it to: the calls of real programs are
//! refused, cut off, slowed down, half done, or answered by their sender's death.

use std::collections::BTreeMap;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::proxy::{answered, forward, target_operation};
use super::server::Server;

/// A call, as a rule sees it.
#[derive(Debug)]
pub struct DataCall<'a> {
    /// What is done: the operation's name ("Scan"), or method and what it is about ("PUT segment",
    /// "DELETE checkpoint").
    pub kind: &'a str,
    /// How many of this kind there have been, this one included.
    pub nth: u32,
    /// Path and query.
    pub path: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// What becomes of a call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is passed on.
    None,
    /// It is passed on after this time.
    Slow(Duration),
    /// DynamoDB's throttle.
    Throttle,
    /// The connection breaks instead of an answer.
    Reset,
    /// Of a `BatchWriteItem`, half is done and half comes back.
    HalfDone,
    /// The program is killed; before the call is passed on, or after.
    Kill {
        /// Whether the call is passed on first.
        after: bool,
    },
    /// This answer, and nothing is passed on.
    Answer(u16, Vec<u8>),
}

type Rule = Box<dyn Fn(&DataCall<'_>) -> Fault + Send + Sync>;

struct Inner {
    to: String,
    rule: Mutex<Rule>,
    counts: Mutex<BTreeMap<String, u32>>,
    victim: Mutex<Option<Arc<Mutex<Child>>>>,
    /// Items that were put, as text.
    puts: Mutex<Vec<String>>,
}

/// The proxy.
pub struct FaultyProxy {
    server: Server,
    inner: Arc<Inner>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FaultyProxy {
    /// Stands before the base URL `to`; nothing is broken yet.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(to: &str) -> Result<Self> {
        let inner = Arc::new(Inner {
            to: to.to_owned(),
            rule: Mutex::new(Box::new(|_| Fault::None)),
            counts: Mutex::default(),
            victim: Mutex::default(),
            puts: Mutex::default(),
        });
        let router = Router::new()
            .fallback(pass)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(Arc::clone(&inner));
        Ok(Self {
            server: Server::start(router)?,
            inner,
        })
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// From now on this rule decides, and counts begin anew.
    pub fn set(&self, rule: impl Fn(&DataCall<'_>) -> Fault + Send + Sync + 'static) {
        *locked(&self.inner.rule) = Box::new(rule);
        locked(&self.inner.counts).clear();
    }

    /// Forgets what was put.
    pub fn forget(&self) {
        locked(&self.inner.puts).clear();
    }

    /// The items that were put through it, as text.
    pub fn puts(&self) -> Vec<String> {
        locked(&self.inner.puts).clone()
    }

    /// How many calls of this kind there were since the rule was set.
    pub fn count(&self, kind: &str) -> u32 {
        locked(&self.inner.counts)
            .get(kind)
            .copied()
            .unwrap_or_default()
    }

    /// Whom [`Fault::Kill`] kills.
    pub fn aim(&self, victim: &Arc<Mutex<Child>>) {
        *locked(&self.inner.victim) = Some(Arc::clone(victim));
    }
}

impl Inner {
    fn kill(&self) {
        let victim = locked(&self.victim).clone();
        if let Some(victim) = victim {
            // SIGKILL; whoever waits for it reaps it.
            let _ = locked(&victim).kill();
        }
    }

    fn judge(&self, kind: &str, path: &str, body: &[u8]) -> Fault {
        let nth = {
            let mut counts = locked(&self.counts);
            let count = counts.entry(kind.to_owned()).or_default();
            *count += 1;
            *count
        };
        locked(&self.rule)(&DataCall {
            kind,
            nth,
            path,
            body,
        })
    }
}

async fn pass(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = kind_of(&method, &uri, &headers);
    let path = uri.to_string();
    let fault = inner.judge(&kind, &path, &body);
    let slow = match &fault {
        Fault::Slow(time) => *time,
        _ => Duration::ZERO,
    };
    tokio::time::sleep(slow).await;
    answered(move || {
        let send = |body: &Bytes| {
            note(&inner, body);
            forward(&inner.to, &method, &uri, &headers, body).map(IntoResponse::into_response)
        };
        match fault {
            Fault::None | Fault::Slow(_) => send(&body),
            Fault::Throttle => Ok(throttle()),
            Fault::Reset => Ok(reset()),
            Fault::HalfDone => half(&body, send),
            Fault::Kill { after } => {
                if after {
                    send(&body)?;
                }
                inner.kill();
                Ok(reset())
            }
            Fault::Answer(status, body) => Ok(answer(status, body)),
        }
    })
    .await
}

/// The operation, or for S3 the method and what the object is.
fn kind_of(method: &Method, uri: &Uri, headers: &HeaderMap) -> String {
    if let Some(operation) = target_operation(headers) {
        return operation.to_owned();
    }
    let path = uri.path();
    let what = if path.ends_with("/.lock") {
        "lock"
    } else if path.ends_with("manifest.json") {
        "manifest"
    } else if path.contains("/checkpoints/") {
        "checkpoint"
    } else if path.contains("/.restores/") {
        "journal"
    } else if path.contains(".jsonl.zst") {
        "segment"
    } else if uri.query().is_some_and(|query| query.contains("list-type")) {
        "list"
    } else {
        "other"
    };
    format!("{method} {what}")
}

/// Remembers what a batch puts.
fn note(inner: &Inner, body: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let Some(tables) = body["RequestItems"].as_object() else {
        return;
    };
    for (table, requests) in tables {
        let requests = requests.as_array().map_or(&[][..], Vec::as_slice);
        let items = requests
            .iter()
            .filter_map(|one| one.pointer("/PutRequest/Item"));
        locked(&inner.puts).extend(items.map(|item| format!("{table} {item}")));
    }
}

fn answer(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, body).into_response()
}

fn throttle() -> Response {
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "message": "The level of configured provisioned throughput for the table was exceeded.",
    });
    answer(400, body.to_string().into_bytes())
}

/// The head of an answer, and then the end of the connection.
fn reset() -> Response {
    let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("reset")) });
    Body::from_stream(broken).into_response()
}

fn half(body: &Bytes, send: impl Fn(&Bytes) -> Result<Response>) -> Result<Response> {
    let mut request: Value = serde_json::from_slice(body).context("no batch")?;
    let tables = request["RequestItems"]
        .as_object_mut()
        .context("no batch")?;
    let mut unprocessed = serde_json::Map::new();
    for (table, requests) in tables.iter_mut() {
        let requests = requests.as_array_mut().context("no batch")?;
        let rest = requests.split_off(requests.len().div_ceil(2));
        if !rest.is_empty() {
            unprocessed.insert(table.clone(), Value::Array(rest));
        }
    }
    let done = send(&Bytes::from(request.to_string()))?;
    if done.status() != StatusCode::OK {
        return Ok(done);
    }
    let body = json!({ "UnprocessedItems": unprocessed });
    Ok(answer(200, body.to_string().into_bytes()))
}
