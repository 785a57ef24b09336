//! One signed POST a call.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sdk_dynamodb::error::SdkError;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::error::{Said, WireError, broken, garbled, unsent};

/// The service's name in signatures, and the version in its targets.
const SERVICE: &str = "dynamodb";
const TARGET: &str = "DynamoDB_20120810";

/// How long a call may take, from sending to the last byte of the answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Credentials this close to their end are fetched anew.
const REFRESH: Duration = Duration::from_mins(5);

/// A client of one region's DynamoDB.
#[derive(Debug)]
pub struct Wire {
    http: reqwest::Client,
    endpoint: String,
    region: String,
    provider: SharedCredentialsProvider,
    identity: Mutex<Option<Identity>>,
}

impl Wire {
    /// A client of the target that `config` reaches. Nothing is called yet.
    ///
    /// # Errors
    /// Where the configuration has no region or credentials, or TLS cannot be set up.
    pub fn new(config: &SdkConfig) -> anyhow::Result<Self> {
        let region = config.region().context("no region is configured")?;
        let provider = config
            .credentials_provider()
            .context("no credentials are configured")?;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .tcp_nodelay(true)
            .build()
            .context("cannot set up TLS")?;
        Ok(Self {
            http,
            endpoint: endpoint(config, region.as_ref())?,
            region: region.to_string(),
            provider,
            identity: Mutex::default(),
        })
    }

    /// Calls `operation` ("Scan") with this JSON body; gives the JSON of the answer.
    ///
    /// # Errors
    /// What the service says, or why it could not be asked. Nothing is tried again here.
    pub async fn call(&self, operation: &str, body: Bytes) -> Result<Bytes, WireError> {
        let headers = self.headers(operation, &body).await?;
        let request = self.http.post(&self.endpoint).headers(headers).body(body);
        let answer = request.send().await.map_err(broken)?;
        let status = answer.status().as_u16();
        let checksum = crc32_of(answer.headers());
        let body = answer.bytes().await.map_err(broken)?;
        if checksum.is_some_and(|sent| sent != crc32fast::hash(&body)) {
            return Err(garbled("the answer's checksum does not fit"));
        }
        if status == 200 {
            return Ok(body);
        }
        Err(Said::of(status, &body))
    }

    async fn headers(&self, operation: &str, body: &[u8]) -> Result<HeaderMap, WireError> {
        let identity = self.identity().await?;
        let target = format!("{TARGET}.{operation}");
        let fixed = [
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", target.as_str()),
        ];
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(SERVICE)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(unsent)?
            .into();
        let request = SignableRequest::new(
            "POST",
            self.endpoint.as_str(),
            fixed.into_iter(),
            SignableBody::Bytes(body),
        );
        let (signed, _) = sign(request.map_err(unsent)?, &params)
            .map_err(unsent)?
            .into_parts();
        let mut headers = HeaderMap::with_capacity(8);
        for (name, value) in fixed.into_iter().chain(signed.headers()) {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(unsent)?;
            headers.insert(name, HeaderValue::from_str(value).map_err(unsent)?);
        }
        Ok(headers)
    }

    async fn identity(&self) -> Result<Identity, WireError> {
        if let Some(identity) = self.cached() {
            return Ok(identity);
        }
        let credentials = self.provider.provide_credentials().await.map_err(|error| {
            SdkError::dispatch_failure(ConnectorError::other(Box::new(error), None))
        })?;
        let identity = Identity::from(credentials);
        let mut cache = self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        *cache = Some(identity.clone());
        Ok(identity)
    }

    fn cached(&self) -> Option<Identity> {
        let cache = self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = SystemTime::now() + REFRESH;
        cache
            .clone()
            .filter(|identity| identity.expiration().is_none_or(|end| end > limit))
    }
}

fn endpoint(config: &SdkConfig, region: &str) -> anyhow::Result<String> {
    if let Some(url) = config.endpoint_url() {
        return Ok(format!("{}/", url.trim_end_matches('/')));
    }
    let params = Params::builder().region(region).build()?;
    let found = futures::executor::block_on(DefaultResolver::new().resolve_endpoint(&params))
        .map_err(|error| anyhow::anyhow!("region `{region}` has no endpoint: {error}"))?;
    Ok(format!("{}/", found.url().trim_end_matches('/')))
}

fn crc32_of(headers: &HeaderMap) -> Option<u32> {
    headers.get("x-amz-crc32")?.to_str().ok()?.parse().ok()
}
