//! An endpoint that answers some calls as a test says, and passes the others on to an engine.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::proxy::{answered, forward, target_operation};
use super::server::Server;

/// A call of an AWS API.
#[derive(Clone, Debug)]
pub struct AwsCall {
    /// `GET`
    pub method: String,
    /// With the query.
    pub path: String,
    /// The operation: of `x-amz-target`, or of the form's `Action`; empty for REST APIs.
    pub operation: String,
    /// As it was sent.
    pub body: String,
}

impl AwsCall {
    /// A field of its form, as it stands there.
    pub fn field(&self, name: &str) -> Option<String> {
        form(&self.body, name)
    }
}

/// What a test answers: status, content type, body.
pub type Reply = (u16, &'static str, String);

type Script = dyn Fn(&AwsCall) -> Option<Reply> + Send + Sync;

#[derive(Clone)]
struct Modelled {
    to: String,
    script: Arc<Script>,
    calls: Arc<Mutex<Vec<AwsCall>>>,
}

/// The endpoint.
pub struct AwsAnswers {
    server: Server,
    calls: Arc<Mutex<Vec<AwsCall>>>,
}

impl AwsAnswers {
    /// Answers what `script` answers, and passes the rest on to the base URL `to`.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(
        to: &str,
        script: impl Fn(&AwsCall) -> Option<Reply> + Send + Sync + 'static,
    ) -> Result<Self> {
        let calls = Arc::default();
        let modelled = Modelled {
            to: to.to_owned(),
            script: Arc::new(script),
            calls: Arc::clone(&calls),
        };
        let router = Router::new().fallback(answer).with_state(modelled);
        Ok(Self {
            server: Server::start(router)?,
            calls,
        })
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The calls that the script answered, in order.
    pub fn answered(&self) -> Vec<AwsCall> {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn answer(
    State(modelled): State<Modelled>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = call(&method, &uri, &headers, &body);
    if let Some((status, kind, text)) = (modelled.script)(&call) {
        let mut calls = modelled
            .calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        calls.push(call);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return (status, [("content-type", kind)], text).into_response();
    }
    answered(move || forward(&modelled.to, &method, &uri, &headers, &body)).await
}

fn call(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> AwsCall {
    let body = String::from_utf8_lossy(body).into_owned();
    let operation = match target_operation(headers) {
        Some(operation) => operation.to_owned(),
        None => form(&body, "Action").unwrap_or_default(),
    };
    AwsCall {
        method: method.to_string(),
        path: uri.to_string(),
        operation,
        body,
    }
}

/// A field of a form, as it stands there.
fn form(body: &str, name: &str) -> Option<String> {
    let fields = body.split('&').filter_map(|field| field.split_once('='));
    let mut named = fields.filter(|(key, _)| *key == name);
    named.next().map(|(_, value)| value.to_owned())
}
