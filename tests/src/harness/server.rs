//! A small HTTP server on a random loopback port, gone with its owner.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A running server, with a thread of its own.
pub struct Server {
    address: SocketAddr,
    // Dropped with the server: ends what it runs.
    runtime: Runtime,
}

impl Server {
    /// Serves `router`.
    ///
    /// # Errors
    /// Where no thread or no port is to be had.
    pub fn start(router: Router) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot make a runtime")?;
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .context("no port is free")?;
        let address = listener.local_addr()?;
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, runtime })
    }

    /// `127.0.0.1:port`
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits on the calling thread for `work`, `patience` at most.
    ///
    /// # Errors
    /// Where it takes longer.
    pub fn wait<F: Future>(&self, patience: Duration, work: F) -> Result<F::Output> {
        let limited = async { tokio::time::timeout(patience, work).await };
        self.runtime
            .block_on(limited)
            .with_context(|| format!("nothing within {patience:?}"))
    }
}
