//! The program beside without TLS, which could not call AWS: the least that a cold start can be.

#[path = "../bare/answer.rs"]
mod answer;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_smithy_http_client::Builder;
use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(Builder::new().build_http())
        .load()
        .await;
    answer::run(Client::new(&config)).await
}
