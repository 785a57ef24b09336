//! A proxy before an engine that sees every call by name, and may answer in the service's place,
//! change its answer, or do something else at that moment.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::local;
use serde_json::json;
use tempfile::TempDir;

use super::call::Call;
use super::proxy::{Between, Sent, Service, stand};
use super::server::Server;

/// An answer: status and body.
pub type Answer = (u16, String);

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

struct Meddling(Arc<dyn Meddle>);

impl Between for Meddling {
    fn answer(&self, sent: &Sent, service: &Service) -> Result<Response> {
        let call = Call::of(sent);
        if let Some(answer) = self.0.before(&call) {
            return Ok(of(answer));
        }
        let onward = Sent {
            headers: self.0.headers(&call, sent)?,
            ..sent.clone()
        };
        let answer = service.call(&onward)?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let other = self.0.after(&call, &text);
        Ok(other.map_or_else(|| answer.into_response(), of))
    }
}

fn of((status, body): Answer) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, [("content-type", "text/xml")], body).into_response()
}

/// The proxy, and the folder by which programs take it for the local engine.
pub struct Meddler {
    server: Server,
    dir: TempDir,
}

impl Meddler {
    /// Passes calls on to the base URL `to`.
    ///
    /// # Errors
    /// Where no port or no folder is to be had.
    pub fn start(to: &str, meddle: Arc<dyn Meddle>) -> Result<Self> {
        let server = stand(to, Arc::new(Meddling(meddle)))?;
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
