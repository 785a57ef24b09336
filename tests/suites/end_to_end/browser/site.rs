//! The committed page on stand-ins: a REST API that answers what a test says, and the frames of
//! [`super::frames`]. Files, rewrites and headers are those of the contract.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use contract::{page, rest};
use platform_tests::harness::Server;
use platform_tests::template::workspace;
use serde_json::{Value, json};

use super::frames::Frames;

/// Status, headers and body of an answer.
#[derive(Clone, Debug)]
pub struct Answer(pub u16, pub Vec<(&'static str, &'static str)>, pub Value);

#[derive(Default)]
struct Said {
    answers: BTreeMap<&'static str, Answer>,
    config: Value,
    headers: Vec<(String, String)>,
}

/// The page and what stands behind it.
pub struct Site {
    server: Server,
    said: Arc<Mutex<Said>>,
    /// The chat's other side.
    pub frames: Frames,
}

impl Site {
    /// Starts both. The profile is of a supporter who has nothing but a name.
    pub fn start() -> Result<Self> {
        let said = Arc::new(Mutex::new(Said::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&said));
        let server = Server::start(router)?;
        let frames = Frames::start()?;
        let site = Self {
            server,
            said,
            frames,
        };
        let api = format!("{}/v1", site.server.url());
        let values = [&api, &site.frames.url, &"us-west-2".into(), &"key".into()];
        let keys = page::CONFIG_KEYS.into_iter().map(str::to_owned);
        site.with(|said| {
            said.config = keys.zip(values.map(|value| json!(value))).collect();
            let origins = format!("{} {}", site.server.url(), site.frames.url);
            said.headers = page::headers(&origins)
                .map(|(name, value)| (name.into(), value))
                .into();
        });
        site.answers("/v1/profile", Answer(200, vec![], supporter("Ada Fern")));
        Ok(site)
    }

    /// Where a browser finds the page, without a slash at the end.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// From now on, this path is answered so.
    pub fn answers(&self, path: &'static str, answer: Answer) {
        self.with(|said| said.answers.insert(path, answer));
    }

    fn with<T>(&self, work: impl FnOnce(&mut Said) -> T) -> T {
        work(&mut self.said.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An error of the contract.
pub fn refusal(status: u16, code: &str) -> Answer {
    let error = json!({ "code": code, "message": code, "requestId": "r" });
    Answer(status, vec![], json!({ "error": error }))
}

/// What `GET /profile` says of somebody.
pub fn supporter(name: &str) -> Value {
    json!({
        "profile": { "userId": "u1", "name": name, "email": null, "joinedAt": null,
            "preferences": { "topics": [], "channel": null, "language": null },
            "engagement": { "eventsAttended": 0, "emailsOpened": 0, "lastSeenAt": null,
                "segments": [] } },
        "donations": [], "donationSummary": { "count": 0, "total": {}, "lastDonatedAt": null },
        "context": null,
    })
}

async fn answer(State(said): State<Arc<Mutex<Said>>>, method: Method, uri: Uri) -> Response {
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    let mut response = match said.answers.get(uri.path()) {
        Some(Answer(status, headers, body)) if method != Method::OPTIONS => {
            let status = StatusCode::from_u16(*status).unwrap_or_default();
            let mut response = (status, axum::Json(body)).into_response();
            for (name, value) in headers {
                let value = HeaderValue::from_static(value);
                response.headers_mut().insert(*name, value);
            }
            let expose = HeaderValue::from_static(rest::EXPOSE_HEADERS);
            response
                .headers_mut()
                .insert("access-control-expose-headers", expose);
            response
        }
        _ => file(uri.path(), &said.config),
    };
    for (name, value) in &said.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn file(path: &str, config: &Value) -> Response {
    let name = if page::is_view(path) {
        page::INDEX
    } else {
        path.trim_start_matches('/')
    };
    if name == page::CONFIG {
        return axum::Json(config).into_response();
    }
    match fs::read(workspace().join(page::DIR).join(name)) {
        Ok(bytes) => ([("content-type", page::media_type(name))], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
