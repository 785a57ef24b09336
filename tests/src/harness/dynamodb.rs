//! A stand-in for DynamoDB that answers at once, for measuring: every read finds one supporter with
//! a session, every write succeeds, nothing is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::proxy::target_operation;
use super::server::Server;

/// The stand-in.
pub struct DynamoDb {
    server: Server,
    calls: Arc<AtomicU32>,
}

impl DynamoDb {
    /// Starts it.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start() -> Result<Self> {
        let calls = Arc::<AtomicU32>::default();
        let router = Router::new()
            .route("/", post(answer))
            .with_state(Arc::clone(&calls));
        Ok(Self {
            server: Server::start(router)?,
            calls,
        })
    }

    /// What a function is told in `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// How many calls it answered.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn answer(State(calls): State<Arc<AtomicU32>>, headers: HeaderMap) -> Response {
    calls.fetch_add(1, Ordering::SeqCst);
    let body = match target_operation(&headers) {
        Some("GetItem") => json!({ "Item": supporter() }),
        Some("Query") => json!({ "Items": [], "Count": 0, "ScannedCount": 0 }),
        Some("UpdateItem") => json!({ "Attributes": supporter() }),
        Some("PutItem" | "DeleteItem" | "TransactWriteItems") => json!({}),
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    Json(body).into_response()
}

fn supporter() -> Value {
    json!({
        "userId": { "S": "user-000001" },
        "name": { "S": "Sample Supporter" },
        "sessionId": { "S": "bench" },
    })
}
