//! TLS before stand-ins, with certificates of a real machine's number: what the first call of a
//! function costs on AWS beside the call.

use std::fs;
use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

/// Where systems keep the certificates that all trust; Lambda's is the second.
const BUNDLES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// What a certificate of ours is for.
const HOST: &str = "localhost";

/// Ends connections' TLS before servers that know none.
pub struct Tls {
    acceptor: TlsAcceptor,
    /// The machine's certificates, and ours.
    bundle: NamedTempFile,
    runtime: Runtime,
}

impl Tls {
    /// With a certificate of its own.
    ///
    /// # Errors
    /// Where none can be made, or the machine has no certificates.
    pub fn start() -> Result<Self> {
        let own = generate_simple_self_signed([HOST.to_owned()]);
        let CertifiedKey { cert, signing_key } = own.context("cannot make a certificate")?;
        let key = PrivateKeyDer::try_from(signing_key.serialize_der());
        let key = key.map_err(anyhow::Error::msg)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)?;
        let machine = BUNDLES
            .iter()
            .find_map(|path| fs::read_to_string(path).ok());
        let machine = machine.with_context(|| format!("no certificates at {BUNDLES:?}"))?;
        let bundle = NamedTempFile::new()?;
        fs::write(bundle.path(), machine + &cert.pem())?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            bundle,
            runtime,
        })
    }

    /// The base URL that leads over TLS to a server's own base URL (`http://127.0.0.1:PORT`).
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn before(&self, url: &str) -> Result<String> {
        let address = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = self.runtime.block_on(listener).context("no port is free")?;
        let url = format!("https://{HOST}:{}", listener.local_addr()?.port());
        let acceptor = self.acceptor.clone();
        self.runtime.spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                tokio::spawn(pass(acceptor.clone(), from, address.clone()));
            }
        });
        Ok(url)
    }

    /// Path of a file with the certificates to trust, for `SSL_CERT_FILE`.
    pub fn bundle(&self) -> String {
        self.bundle.path().display().to_string()
    }
}

/// Ends with the connection; how it ends, its client sees.
async fn pass(acceptor: TlsAcceptor, from: TcpStream, address: String) -> std::io::Result<()> {
    from.set_nodelay(true)?;
    let mut from = acceptor.accept(from).await?;
    let mut to = TcpStream::connect(address).await?;
    to.set_nodelay(true)?;
    copy_bidirectional(&mut from, &mut to).await.map(drop)
}
