//! What may become of a call, and the answers that say so.

use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::gate::Gate;
use super::proxy::{Sent, target_operation};

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
    /// It is passed on when the gate is open.
    Held(Gate),
    /// DynamoDB's throttle.
    Throttle,
    /// The connection breaks instead of an answer.
    Reset,
    /// It is passed on, and the connection breaks instead of the answer.
    Lost,
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

/// The operation, or for S3 the method and what the object is.
pub(super) fn kind_of(sent: &Sent) -> String {
    let Sent { method, uri, .. } = sent;
    if let Some(operation) = target_operation(&sent.headers) {
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

/// Any answer.
pub(super) fn answer(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, body).into_response()
}

/// DynamoDB's throttle.
pub(super) fn throttle() -> Response {
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "message": "The level of configured provisioned throughput for the table was exceeded.",
    });
    answer(400, body.to_string().into_bytes())
}

/// The head of an answer, and then the end of the connection.
pub(super) fn reset() -> Response {
    let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("reset")) });
    Body::from_stream(broken).into_response()
}

/// Does the first half of a batch, and gives the rest back.
pub(super) fn half(body: &Bytes, send: impl Fn(Bytes) -> Result<Response>) -> Result<Response> {
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
    let done = send(Bytes::from(request.to_string()))?;
    if done.status() != StatusCode::OK {
        return Ok(done);
    }
    let body = json!({ "UnprocessedItems": unprocessed });
    Ok(answer(200, body.to_string().into_bytes()))
}
