//! A stand-in for the WebSocket API's `@connections`: records the frames that are posted, with
//! their times, and may say that a client has gone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Result;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::server::Server;

/// A frame, and when it came.
#[derive(Clone, Debug)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// Its length in bytes.
    pub bytes: usize,
    /// What; `null` where it is not JSON.
    pub frame: Value,
}

#[derive(Default)]
struct Client {
    heard: Vec<Heard>,
    leaves_after: Option<usize>,
    refused: usize,
}

type Clients = Arc<Mutex<HashMap<String, Client>>>;

/// The stand-in.
pub struct Connections {
    server: Server,
    clients: Clients,
}

impl Connections {
    /// Starts it. Every connection is open until told otherwise.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start() -> Result<Self> {
        let clients = Clients::default();
        let router = Router::new()
            .route("/@connections/{id}", post(take))
            .with_state(Arc::clone(&clients));
        Ok(Self {
            server: Server::start(router)?,
            clients,
        })
    }

    /// What a function is told in `CONNECTIONS_ENDPOINT`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The client behind `connection` is gone after so many frames.
    pub fn leaves_after(&self, connection: &str, frames: usize) {
        self.with(connection, |client| client.leaves_after = Some(frames));
    }

    /// What `connection` was sent.
    pub fn heard(&self, connection: &str) -> Vec<Heard> {
        self.with(connection, |client| client.heard.clone())
    }

    /// Frames that `connection` did not take, being gone.
    pub fn refused(&self, connection: &str) -> usize {
        self.with(connection, |client| client.refused)
    }

    fn with<T>(&self, connection: &str, work: impl FnOnce(&mut Client) -> T) -> T {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        work(clients.entry(connection.to_owned()).or_default())
    }
}

async fn take(State(clients): State<Clients>, Path(id): Path<String>, body: Bytes) -> Response {
    let at = Instant::now();
    let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
    let client = clients.entry(id).or_default();
    if client
        .leaves_after
        .is_some_and(|frames| client.heard.len() >= frames)
    {
        client.refused += 1;
        let kind = [("x-amzn-errortype", "GoneException")];
        return (StatusCode::GONE, kind, Json(json!({ "message": "Gone" }))).into_response();
    }
    client.heard.push(Heard {
        at,
        bytes: body.len(),
        frame: serde_json::from_slice(&body).unwrap_or_default(),
    });
    StatusCode::OK.into_response()
}
