//! The SDK configuration for a target: credentials, region, endpoint, one TLS stack.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use contract::local;

use crate::{Place, Target};

/// Makes the configuration that every client of a program is built from. Does not call anything:
/// missing credentials show with the first request.
pub async fn connect(target: &Target) -> SdkConfig {
    let http = match &target.place {
        // Reading this machine's certificates takes longer than the engine's first answers.
        Place::Local(engine) if engine.endpoint.starts_with("http://") => {
            Builder::new().build_http()
        }
        _ => Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https(),
    };
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(target.region().to_owned()));
    match &target.place {
        Place::Local(engine) => {
            let credentials =
                Credentials::new(local::ACCESS_KEY, local::ACCESS_KEY, None, None, "local");
            loader
                .endpoint_url(&engine.endpoint)
                .credentials_provider(credentials)
                .load()
                .await
        }
        Place::Aws {
            profile: Some(profile),
            ..
        } => loader.profile_name(profile).load().await,
        Place::Aws { profile: None, .. } => loader.load().await,
    }
}
