//! The page on this machine: the same files, rewrites and headers as on AWS, on loopback.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use contract::page;
use futures::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::Bundle;
use super::config::Config;

/// Looks up what the page is told; `None` where that cannot be told now.
pub type Lookup = Box<dyn Fn() -> BoxFuture<'static, Option<Config>> + Send + Sync>;

/// How long a look may take before the page is told what it was told last.
const PATIENCE: Duration = Duration::from_secs(2);

struct Site {
    dir: PathBuf,
    config: Mutex<Config>,
    lookup: Lookup,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Serves the page in `dir` until `leave` ends. Files are read, and `config` looked up again, at each
/// request for them: a change, and a new key, show when the page is loaded again.
///
/// # Errors
/// Where the folder is no page, or the listener fails.
pub async fn serve(
    listener: TcpListener,
    dir: PathBuf,
    (config, lookup): (Config, Lookup),
    leave: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    Bundle::read(&dir, &config)?;
    let mut headers = Vec::new();
    for (name, value) in page::headers(&config.origins()) {
        let name = HeaderName::try_from(name).context(name)?;
        headers.push((name, HeaderValue::try_from(value)?));
    }
    let site = Site {
        dir,
        config: Mutex::new(config),
        lookup,
        headers,
    };
    let router = Router::new().fallback(answer).with_state(Arc::new(site));
    axum::serve(listener, router)
        .with_graceful_shutdown(leave)
        .await
        .context("the page's server failed")
}

async fn answer(State(site): State<Arc<Site>>, method: Method, uri: Uri) -> Response {
    if uri.path().strip_prefix('/') == Some(page::CONFIG) {
        site.look_up().await;
    }
    let mut response = if method == Method::GET || method == Method::HEAD {
        file(&site, uri.path()).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
    } else {
        StatusCode::METHOD_NOT_ALLOWED.into_response()
    };
    for (name, value) in &site.headers {
        response
            .headers_mut()
            .entry(name)
            .or_insert_with(|| value.clone());
    }
    response
}

impl Site {
    fn config(&self) -> MutexGuard<'_, Config> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn look_up(&self) {
        if let Ok(Some(config)) = timeout(PATIENCE, (self.lookup)()).await {
            *self.config() = config;
        }
    }
}

/// The file that a path names. Only names of the bundle are answered, so no path leads out of it.
fn file(site: &Site, path: &str) -> Option<Response> {
    let name = match path {
        path if page::is_view(path) => page::INDEX,
        path => path.strip_prefix('/')?,
    };
    let bundle = Bundle::read(&site.dir, &site.config()).ok()?;
    let bytes = bundle.files.get(name)?.clone();
    let media_type = HeaderValue::from_static(page::media_type(name));
    let mut response = ([(CONTENT_TYPE, media_type)], bytes).into_response();
    if name == page::CONFIG {
        let (header, value) = page::CONFIG_CACHING;
        let header = HeaderName::try_from(header).ok()?;
        response
            .headers_mut()
            .insert(header, HeaderValue::from_static(value));
    }
    Some(response)
}
