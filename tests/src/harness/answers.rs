//! An endpoint that answers some calls as a test says, and passes the others on to an engine.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::call::Call;
use super::proxy::{Between, Sent, Service, stand};
use super::server::Server;

/// What a test answers: status, content type, body.
pub type Reply = (u16, &'static str, String);

type Script = dyn Fn(&Call) -> Option<Reply> + Send + Sync;

struct Modelled {
    script: Box<Script>,
    calls: Mutex<Vec<Call>>,
}

impl Between for Modelled {
    fn answer(&self, sent: &Sent, service: &Service) -> Result<Response> {
        let call = Call::of(sent);
        let Some((status, kind, text)) = (self.script)(&call) else {
            return Ok(service.call(sent)?.into_response());
        };
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call);
        let status = StatusCode::from_u16(status)?;
        Ok((status, [("content-type", kind)], text).into_response())
    }
}

/// The endpoint.
pub struct AwsAnswers {
    server: Server,
    modelled: Arc<Modelled>,
}

impl AwsAnswers {
    /// Answers what `script` answers, and passes the rest on to the base URL `to`.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(
        to: &str,
        script: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static,
    ) -> Result<Self> {
        let modelled = Arc::new(Modelled {
            script: Box::new(script),
            calls: Mutex::default(),
        });
        Ok(Self {
            server: stand(to, Arc::clone(&modelled))?,
            modelled,
        })
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The calls that the script answered, in order.
    pub fn answered(&self) -> Vec<Call> {
        let calls = self.modelled.calls.lock();
        calls.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
