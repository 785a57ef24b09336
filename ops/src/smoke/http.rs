//! Requests to the REST API, and what an answer must look like.

use std::time::Instant;

use contract::rest::{ALLOW_ORIGIN, API_KEY_HEADER};
use contract::{ErrorCode, outputs};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::check::Finding;
use super::compare::{ensure, present, same, shape};
use super::ctx::{ApiKey, Ctx};

/// A key that no plan knows.
pub const WRONG_KEY: &str = "smoke-not-a-key-of-this-platform";

/// Which key goes with a request.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// The stack's.
    Valid,
    /// [`WRONG_KEY`].
    Wrong,
    /// None.
    Absent,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The JSON body, or `null` where it was none.
    pub body: Value,
    what: String,
}

impl Ctx {
    /// `GET` with this query.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        key: Key,
    ) -> Result<Answer, Finding> {
        let request = self.request(Method::GET, path, key).await?;
        self.send(format!("GET {path}"), request.query(query)).await
    }

    /// `POST` with this JSON body.
    pub(super) async fn post(&self, path: &str, body: &Value, key: Key) -> Result<Answer, Finding> {
        let request = self.request(Method::POST, path, key).await?;
        self.send(format!("POST {path}"), request.json(body)).await
    }

    /// A browser's preflight for `method`: no key.
    pub(super) async fn preflight(&self, path: &str, method: &str) -> Result<Answer, Finding> {
        let request = self.request(Method::OPTIONS, path, Key::Absent).await?;
        let request = request
            .header("Origin", "https://example.org")
            .header("Access-Control-Request-Method", method)
            .header("Access-Control-Request-Headers", "content-type,x-api-key");
        self.send(format!("OPTIONS {path}"), request).await
    }

    async fn send(&self, what: String, request: RequestBuilder) -> Result<Answer, Finding> {
        let start = Instant::now();
        let answer = send(what, request).await?;
        if answer.status == 200 && !answer.what.starts_with("OPTIONS") {
            self.took(operation(&answer.what), start.elapsed());
        }
        Ok(answer)
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        key: Key,
    ) -> Result<RequestBuilder, Finding> {
        let url = format!("{}{path}", self.output(outputs::REST_API_URL)?);
        let request = self.http.request(method, url);
        Ok(match key {
            Key::Absent => request,
            Key::Wrong => request.header(API_KEY_HEADER, WRONG_KEY),
            Key::Valid => {
                let ApiKey(value) = self.key().await?;
                request.header(API_KEY_HEADER, value)
            }
        })
    }
}

/// The route that a request took: paths of supporters are one.
fn operation(what: &str) -> &str {
    if what.starts_with("GET /profile/") {
        "GET /profile/{userId}"
    } else {
        what
    }
}

async fn send(what: String, request: RequestBuilder) -> Result<Answer, Finding> {
    let failed = |error: reqwest::Error| {
        let finding = Finding::because(&format!("{what} failed"), &error);
        // No address, no connection: nothing is known of what it leads to.
        if error.is_connect() {
            finding.unreached()
        } else {
            finding
        }
    };
    let response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let bytes = response.bytes().await.map_err(failed)?;
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Ok(Answer {
        status,
        headers,
        body,
        what,
    })
}

impl Answer {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Status 200 with the CORS header, and the body.
    pub fn ok(&self) -> Result<&Value, Finding> {
        ensure(self.status == 200, || {
            format!("{} gives {}", self.what, self.brief())
        })?;
        self.cors()?;
        Ok(&self.body)
    }

    /// The contract's error with this code, its status and the CORS header; gives the message.
    pub fn error(&self, code: ErrorCode) -> Result<&str, Finding> {
        let wanted = code.status();
        ensure(self.status == wanted, || {
            format!(
                "{} gives {}, not {wanted} {}",
                self.what,
                self.brief(),
                code.code()
            )
        })?;
        let message = error_message(&self.body, code).map_err(|finding| finding.at(&self.what))?;
        self.cors()?;
        Ok(message)
    }

    /// The CORS header.
    pub fn cors(&self) -> Result<(), Finding> {
        let name = "access-control-allow-origin";
        let live = self.header(name);
        same(
            &format!("{name} of {} ({})", self.what, self.status),
            &live,
            &Some(ALLOW_ORIGIN),
        )
    }

    /// Status and error, for a finding; never a whole body, which may be about a person.
    fn brief(&self) -> String {
        let error = &self.body["error"];
        match (error["code"].as_str(), error["message"].as_str()) {
            (Some(code), Some(message)) => format!("{} {code} ({message})", self.status),
            _ => self.status.to_string(),
        }
    }
}

/// The message of an error body of the contract's shape, with this code.
pub fn error_message(body: &Value, code: ErrorCode) -> Result<&str, Finding> {
    shape("the body", body, &[("error", "object")])?;
    let fields = [
        ("code", "string"),
        ("message", "string"),
        ("requestId", "string"),
    ];
    shape("error", &body["error"], &fields)?;
    same(
        "error.code",
        &body["error"]["code"].as_str(),
        &Some(code.code()),
    )?;
    ensure(body["error"]["requestId"] != "", || {
        "error.requestId is empty".to_owned()
    })?;
    present("error.message", body["error"]["message"].as_str())
}
