//! The page on this machine: the same files, rewrites and headers as on AWS, on loopback.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use contract::page;
use tokio::net::TcpListener;

use super::Bundle;
use super::config::Config;

struct Site {
    dir: PathBuf,
    config: Config,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Serves the page in `dir` until `leave` ends. Files are read at each request: a change shows when
/// the page is loaded again.
///
/// # Errors
/// Where the folder is no page, or the listener fails.
pub async fn serve(
    listener: TcpListener,
    dir: PathBuf,
    config: Config,
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
        config,
        headers,
    };
    let router = Router::new().fallback(answer).with_state(Arc::new(site));
    axum::serve(listener, router)
        .with_graceful_shutdown(leave)
        .await
        .context("the page's server failed")
}

async fn answer(State(site): State<Arc<Site>>, method: Method, uri: Uri) -> Response {
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

/// The file that a path names. Only names of the bundle are answered, so no path leads out of it.
fn file(site: &Site, path: &str) -> Option<Response> {
    let name = match path {
        path if page::is_view(path) => page::INDEX,
        path => path.strip_prefix('/')?,
    };
    let bundle = Bundle::read(&site.dir, &site.config).ok()?;
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
