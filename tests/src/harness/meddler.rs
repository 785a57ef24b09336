//! A proxy before an engine that sees every call by name, and may answer in the service's place,
//! change its answer, or do something else at that moment.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use contract::local;
use serde_json::json;
use tempfile::TempDir;

use super::proxy::{answered, forward, target_operation};
use super::server::Server;

/// A call to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `CloudFormation` style: `ExecuteChangeSet`; for the services that are addressed by path,
    /// `PUT /path`.
    pub action: String,
    /// Its body.
    pub body: String,
}

impl Call {
    fn of(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Self {
        let body = String::from_utf8_lossy(body).into_owned();
        let named = target_operation(headers).or_else(|| {
            let mut form = body.split('&');
            form.find_map(|pair| pair.strip_prefix("Action="))
        });
        let action = named.map_or_else(|| format!("{method} {}", uri.path()), str::to_owned);
        Self { action, body }
    }
}

/// An answer: status and body.
pub type Answer = (u16, String);

/// A request as it came.
pub struct Sent<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Path and query.
    pub uri: &'a Uri,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body.
    pub body: &'a Bytes,
}

/// What may be done about a call. All of it is optional.
pub trait Meddle: Send + Sync + 'static {
    /// The headers that a call goes on with.
    ///
    /// # Errors
    /// Where it cannot go on.
    fn headers(&self, _call: &Call, sent: &Sent) -> Result<HeaderMap> {
        Ok(sent.headers.clone())
    }

    /// Answers in the service's place; the call does not reach it.
    fn before(&self, _call: &Call) -> Option<Answer> {
        None
    }

    /// Answers with something else than the service has.
    fn after(&self, _call: &Call, _answer: &str) -> Option<Answer> {
        None
    }
}

/// The proxy, and the folder by which programs take it for the local engine.
pub struct Meddler {
    server: Server,
    dir: TempDir,
}

#[derive(Clone)]
struct Between {
    to: String,
    meddle: Arc<dyn Meddle>,
}

impl Meddler {
    /// Passes calls on to the base URL `to`.
    ///
    /// # Errors
    /// Where no port or no folder is to be had.
    pub fn start(to: &str, meddle: Arc<dyn Meddle>) -> Result<Self> {
        let between = Between {
            to: to.to_owned(),
            meddle,
        };
        let router = Router::new()
            .fallback(pass)
            .layer(DefaultBodyLimit::disable())
            .with_state(between);
        let server = Server::start(router)?;
        let dir = tempfile::tempdir().context("cannot make a folder for the proxy")?;
        let port = server
            .address()
            .rsplit(':')
            .next()
            .unwrap_or_default()
            .parse::<u16>()?;
        let description = json!({ "pid": 0, "port": port, "endpoint": server.url() });
        fs::write(dir.path().join(local::ENGINE_FILE), description.to_string())?;
        Ok(Self { server, dir })
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The folder whose description of the engine the programs read ([`local::DIR_ENV`]).
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }
}

/// A CloudFormation error, as the service words it.
pub fn cloudformation_error(status: u16, code: &str, message: &str) -> Answer {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>\
         </Error><RequestId>0</RequestId></ErrorResponse>"
    );
    (status, body)
}

async fn pass(
    State(between): State<Between>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let work = move || {
        let call = Call::of(&method, &uri, &headers, &body);
        if let Some(answer) = between.meddle.before(&call) {
            return Ok(of(answer));
        }
        let sent = Sent {
            method: &method,
            uri: &uri,
            headers: &headers,
            body: &body,
        };
        let onward = between.meddle.headers(&call, &sent)?;
        let answer = forward(&between.to, &method, &uri, &onward, &body)?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let other = between.meddle.after(&call, &text);
        anyhow::Ok(other.map_or_else(|| answer.into_response(), of))
    };
    answered(work).await
}

fn of((status, body): Answer) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, [("content-type", "text/xml")], body).into_response()
}
