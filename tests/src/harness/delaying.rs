//! A proxy that puts time on every call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use axum::response::{IntoResponse, Response};

use super::proxy::{Between, Sent, Service, stand};
use super::server::Server;

struct Delay {
    delay: Duration,
    calls: AtomicU32,
}

impl Between for Delay {
    fn answer(&self, sent: &Sent, service: &Service) -> Result<Response> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        thread::sleep(self.delay);
        Ok(service.call(sent)?.into_response())
    }
}

/// The proxy.
pub struct DelayingProxy {
    server: Server,
    delay: Arc<Delay>,
}

impl DelayingProxy {
    /// Passes every call on to the base URL `to`, after `delay`.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(to: &str, delay: Duration) -> Result<Self> {
        let delay = Arc::new(Delay {
            delay,
            calls: AtomicU32::new(0),
        });
        Ok(Self {
            server: stand(to, Arc::clone(&delay))?,
            delay,
        })
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// How many calls it passed on.
    pub fn calls(&self) -> u32 {
        self.delay.calls.load(Ordering::SeqCst)
    }
}
