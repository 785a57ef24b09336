//! A stand-in for Bedrock that records what it is sent, and answers as it is told.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::server::Server;

#[derive(Clone)]
struct Log {
    asked: Arc<Mutex<Vec<Value>>>,
    status: StatusCode,
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
        Self::start(StatusCode::OK)
    }

    /// Refuses every prompt as throttled.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn throttling() -> Result<Self> {
        Self::start(StatusCode::TOO_MANY_REQUESTS)
    }

    fn start(status: StatusCode) -> Result<Self> {
        let log = Log {
            asked: Arc::default(),
            status,
        };
        let router = Router::new()
            .route("/model/{id}/converse", post(converse))
            .with_state(log.clone());
        Ok(Self {
            server: Server::start(router)?,
            log,
        })
    }

    /// What a function is told in `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Everything that was sent, in order: the body, with the model's id under `modelId`.
    pub fn asked(&self) -> Vec<Value> {
        self.log
            .asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn converse(
    State(log): State<Log>,
    Path(model): Path<String>,
    Json(mut prompt): Json<Value>,
) -> Response {
    prompt["modelId"] = model.into();
    log.asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(prompt);
    if log.status != StatusCode::OK {
        let kind = [("x-amzn-errortype", "ThrottlingException")];
        return (log.status, kind, Json(json!({ "message": "slow down" }))).into_response();
    }
    Json(json!({
        "output": { "message": {
            "role": "assistant",
            "content": [{ "text": "Thank you for asking." }],
        } },
        "stopReason": "end_turn",
        "usage": { "inputTokens": 100, "outputTokens": 5, "totalTokens": 105 },
        "metrics": { "latencyMs": 1 },
    }))
    .into_response()
}
