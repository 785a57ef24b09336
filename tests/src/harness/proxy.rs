//! A proxy that puts time on every call.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::server::Server;

#[derive(Clone)]
struct Onward {
    to: String,
    delay: Duration,
    calls: Arc<AtomicU32>,
}

/// The proxy.
pub struct DelayingProxy {
    server: Server,
    calls: Arc<AtomicU32>,
}

impl DelayingProxy {
    /// Passes every call on to the base URL `to`, after `delay`.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(to: &str, delay: Duration) -> Result<Self> {
        let calls = Arc::new(AtomicU32::new(0));
        let onward = Onward {
            to: to.to_owned(),
            delay,
            calls: Arc::clone(&calls),
        };
        let router = Router::new().fallback(pass).with_state(onward);
        Ok(Self {
            server: Server::start(router)?,
            calls,
        })
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// How many calls it passed on.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn pass(
    State(onward): State<Onward>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    onward.calls.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(onward.delay).await;
    answered(move || forward(&onward.to, &method, &uri, &headers, &body)).await
}

/// The answer that blocking `work` gives; where it fails, a bad gateway's.
pub async fn answered<R: IntoResponse + Send + 'static>(
    work: impl FnOnce() -> Result<R> + Send + 'static,
) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(answer)) => answer.into_response(),
        Ok(Err(error)) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

/// The operation that a JSON service is called for: `Scan` of `DynamoDB_20120810.Scan`.
pub fn target_operation(headers: &HeaderMap) -> Option<&str> {
    headers
        .get("x-amz-target")?
        .to_str()
        .ok()?
        .rsplit('.')
        .next()
}

/// What a service answered.
pub struct Forwarded {
    status: StatusCode,
    headers: HeaderMap,
    /// Its body, whole.
    pub body: Vec<u8>,
}

impl IntoResponse for Forwarded {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

/// Headers of the way, not of the answer.
const OF_THE_WAY: [&str; 4] = [
    "connection",
    "content-length",
    "keep-alive",
    "transfer-encoding",
];

/// One for all calls: making one reads the machine's certificates.
static AGENT: OnceLock<ureq::Agent> = OnceLock::new();

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .new_agent()
}

/// Calls the base URL `to`, and gives its answer, with whatever status it has.
///
/// # Errors
/// Where it cannot be called.
pub fn forward(
    to: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Forwarded> {
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{to}{uri}"));
    // The body's own length is sent: whoever is between may have changed it.
    for (name, value) in headers.iter().filter(|(name, _)| *name != "content-length") {
        request = request.header(name, value);
    }
    let agent = AGENT.get_or_init(agent);
    // Methods without a body are refused one, even an empty one.
    let bare = body.is_empty() && *method != Method::POST && *method != Method::PUT;
    let mut answer = if bare {
        agent.run(request.body(())?)?
    } else {
        agent.run(request.body(body.to_vec())?)?
    };
    let status = answer.status();
    let mut headers = answer.headers().clone();
    for name in OF_THE_WAY {
        headers.remove(name);
    }
    let body = answer.body_mut().read_to_vec()?;
    Ok(Forwarded {
        status,
        headers,
        body,
    })
}
