//! Calls to the REST API, and what came back.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use contract::rest::API_KEY_HEADER;
use serde_json::Value;
use ureq::http::Request;

use crate::platform::Platform;

/// A call that is not sent yet.
pub struct Call {
    method: String,
    url: String,
    key: Option<String>,
    body: String,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; `null` where it is not JSON.
    pub body: Value,
}

impl Call {
    /// A call with the platform's key and no body.
    pub fn new(platform: &Platform, method: &str, path: &str) -> Self {
        Self {
            method: method.into(),
            url: platform.rest(path),
            key: Some(platform.key().into()),
            body: String::new(),
        }
    }

    /// `GET`
    pub fn get(platform: &Platform, path: &str) -> Self {
        Self::new(platform, "GET", path)
    }

    /// `POST` of JSON.
    pub fn post(platform: &Platform, path: &str, body: &Value) -> Self {
        Self {
            body: body.to_string(),
            ..Self::new(platform, "POST", path)
        }
    }

    /// With another key, or none.
    #[must_use]
    pub fn key(mut self, key: Option<&str>) -> Self {
        self.key = key.map(Into::into);
        self
    }

    /// Sends it.
    ///
    /// # Errors
    /// Where no answer comes; a status that says failure is an answer.
    pub fn send(&self) -> Result<Answer> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.url)
            .header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header(API_KEY_HEADER, key);
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .new_agent();
        let request = request.body(self.body.clone())?;
        let mut response = agent
            .run(request)
            .with_context(|| format!("no answer: {}", self.url))?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into(),
                )
            })
            .collect();
        let text = response.body_mut().read_to_string()?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
        })
    }
}

impl Answer {
    /// A header's value, empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Holds that this is the contract's error with this code.
    ///
    /// # Errors
    /// Where it is not, with all of the answer.
    pub fn is_error(&self, status: u16, code: &str) -> Result<()> {
        let error = &self.body["error"];
        let shaped = error["message"].is_string() && error["requestId"].is_string();
        ensure!(
            self.status == status && error["code"] == code && shaped,
            "expected {status} {code}: {self:?}"
        );
        Ok(())
    }
}
