//! A stand-in for Lambda's own API: functions of the harness, invoked whole or streaming.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures::stream;
use serde_json::json;

use super::event_stream::{CONTENT_TYPE, bytes, event};
use super::runtime_api::{Answer, Invoker, Outcome, Part};
use super::server::Server;

const ERROR_HEADER: &str = "x-amz-function-error";
const UNHANDLED: &str = "Unhandled";

type Functions = HashMap<String, (Invoker, Duration)>;

/// The stand-in.
pub struct Lambda {
    server: Server,
}

impl Lambda {
    /// Serves functions by their names; each with how long it may take.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(functions: &[(&str, Invoker, Duration)]) -> Result<Self> {
        let functions: Functions = functions
            .iter()
            .map(|(name, invoker, timeout)| ((*name).to_owned(), (invoker.clone(), *timeout)))
            .collect();
        let router = Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .route(
                "/2021-11-15/functions/{name}/response-streaming-invocations",
                post(invoke_streaming),
            )
            .layer(DefaultBodyLimit::disable())
            .with_state(functions);
        Ok(Self {
            server: Server::start(router)?,
        })
    }

    /// What a function is told in `AWS_ENDPOINT_URL_LAMBDA`.
    pub fn url(&self) -> String {
        self.server.url()
    }
}

fn begin(functions: &Functions, name: &str, payload: &[u8]) -> Result<Answer, Box<Response>> {
    let Some((invoker, timeout)) = functions.get(name) else {
        let kind = [("x-amzn-errortype", "ResourceNotFoundException")];
        let body = Json(json!({ "Type": "User", "Message": "no such function" }));
        return Err(Box::new(
            (StatusCode::NOT_FOUND, kind, body).into_response(),
        ));
    };
    // Sent as bytes, whatever its type says.
    let Ok(payload) = serde_json::from_slice(payload) else {
        let kind = [("x-amzn-errortype", "InvalidRequestContentException")];
        return Err(Box::new((StatusCode::BAD_REQUEST, kind).into_response()));
    };
    invoker.begin(payload, *timeout).map_err(|error| {
        Box::new((StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response())
    })
}

async fn invoke(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    payload: Bytes,
) -> Response {
    let answer = match begin(&functions, &name, &payload) {
        Ok(answer) => answer,
        Err(refusal) => return *refusal,
    };
    match answer.whole().await {
        Ok(Outcome::Answered(body)) => body.into_response(),
        Ok(Outcome::Failed(body)) => failed(body),
        Err(error) => failed(error.to_string().into()),
    }
}

fn failed(body: Bytes) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(ERROR_HEADER, HeaderValue::from_static(UNHANDLED));
    (headers, body).into_response()
}

async fn invoke_streaming(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    payload: Bytes,
) -> Response {
    let answer = match begin(&functions, &name, &payload) {
        Ok(answer) => answer,
        Err(refusal) => return *refusal,
    };
    let events = stream::unfold(Some(answer), |answer| async {
        let mut answer = answer?;
        Some(match answer.next().await {
            Some(Part::Bytes(chunk)) => (bytes("PayloadChunk", chunk), Some(answer)),
            Some(Part::End) => (complete(None), None),
            Some(Part::Failed(error)) => (complete(Some(&error)), None),
            None => (complete(Some(b"the function is gone")), None),
        })
    });
    ([("content-type", CONTENT_TYPE)], Body::from_stream(events)).into_response()
}

fn complete(error: Option<&[u8]>) -> Result<Bytes> {
    let payload = match error {
        None => json!({}),
        Some(error) => {
            json!({ "ErrorCode": UNHANDLED, "ErrorDetails": String::from_utf8_lossy(error) })
        }
    };
    event("InvokeComplete", &payload)
}
