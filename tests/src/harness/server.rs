//! A small HTTP server on a random loopback port, gone with its owner.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A running server, with a thread of its own.
pub struct Server {
    address: SocketAddr,
    // Dropped with the server: ends what it runs.
    _runtime: Runtime,
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
        Ok(Self {
            address,
            _runtime: runtime,
        })
    }

    /// `127.0.0.1:port`
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Base URL, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}
