//! A proxy between programs and a service: it sees every call, and whoever stands there answers it,
//! or has it passed on.

use std::sync::{Arc, OnceLock};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::server::Server;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Who stands between.
pub(super) trait Between: Send + Sync + 'static {
    /// The answer to a call; may take its time, on a thread of its own.
    ///
    /// # Errors
    /// Answered as a bad gateway's.
    fn answer(&self, sent: &Sent, service: &Service) -> Result<Response>;
}

/// Where calls go on to.
pub(super) struct Service {
    /// Base URL, without a trailing slash.
    to: String,
}

/// Starts a proxy before the base URL `to`.
///
/// # Errors
/// Where no port is to be had.
pub(super) fn stand<B: Between>(to: &str, between: Arc<B>) -> Result<Server> {
    let service = Arc::new(Service { to: to.to_owned() });
    let router = Router::new()
        .fallback(pass::<B>)
        .layer(DefaultBodyLimit::disable())
        .with_state((between, service));
    Server::start(router)
}

async fn pass<B: Between>(
    State((between, service)): State<(Arc<B>, Arc<Service>)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let sent = Sent {
        method,
        uri,
        headers,
        body,
    };
    let work = tokio::task::spawn_blocking(move || between.answer(&sent, &service));
    match work.await {
        Ok(Ok(answer)) => answer,
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

impl Service {
    /// Calls the service, and gives its answer, with whatever status it has.
    ///
    /// # Errors
    /// Where it cannot be called.
    pub(super) fn call(&self, sent: &Sent) -> Result<Forwarded> {
        let Sent {
            method,
            uri,
            headers,
            body,
        } = sent;
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{uri}", self.to));
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
}
