//! What one writes first: `lambda_runtime` and one DynamoDB client, with TLS as the SDK sets it up,
//! nothing of ours. `cargo xtask bench functions` builds it as the functions are built, and
//! measures their cold starts against its own.

mod answer;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(Builder::new().tls_provider(tls).build_https())
        .load()
        .await;
    answer::run(Client::new(&config)).await
}
