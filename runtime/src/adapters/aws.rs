//! What every AWS client of a function starts from.
//!
//! A function has its region and credentials in its environment, so nothing else is asked: the
//! SDK's default chain would read files and probe endpoints on every cold start.

use std::sync::OnceLock;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpClient, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use contract::Failure;

use super::setting;

/// How long a connection may take to open. Everything a function calls is in its own region.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// A call that is quick, or has failed: tried three times, in 8 seconds at most (the shortest
/// function has 10).
pub(super) fn quick(service: &str) -> Result<SdkConfig, Failure> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build();
    config(service, RetryConfig::standard(), timeouts)
}

/// A call that may take as long as the caller waits, made once: it costs, or is not idempotent.
pub(super) fn once(service: &str) -> Result<SdkConfig, Failure> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .build();
    config(service, RetryConfig::disabled(), timeouts)
}

fn config(
    service: &str,
    retries: RetryConfig,
    timeouts: TimeoutConfig,
) -> Result<SdkConfig, Failure> {
    let endpoint = endpoint(service);
    let plain = endpoint
        .as_deref()
        .is_some_and(|url| url.starts_with("http://"));
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(setting("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .http_client(http_client(plain))
        .retry_config(retries)
        .timeout_config(timeouts)
        // Bodies are small, and every call has its own end.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_endpoint_url(endpoint);
    Ok(config.build())
}

/// `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`, else the service's own.
fn endpoint(service: &str) -> Option<String> {
    [
        format!("AWS_ENDPOINT_URL_{service}"),
        "AWS_ENDPOINT_URL".to_owned(),
    ]
    .iter()
    .find_map(|name| setting(name).ok())
}

/// The HTTP client for an endpoint. Certificates are read with the first request that needs them,
/// once for all clients: the SDK would read them as each client is made, and twice.
pub(super) fn http_client(plain: bool) -> SharedHttpClient {
    static TLS: OnceLock<SharedHttpClient> = OnceLock::new();
    if plain {
        return Builder::new().build_http();
    }
    http_client_fn(|settings, components| -> SharedHttpConnector {
        let tls = TLS.get_or_init(|| {
            Builder::new()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build_https()
        });
        tls.http_connector(settings, components)
    })
}
