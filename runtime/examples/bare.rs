//! What one writes first: `lambda_runtime` and one DynamoDB client, with TLS as the SDK sets it up,
//! nothing of ours. It answers with as many calls as it is told to make: the event says in how many
//! rounds, how many at once, and which of them go to another endpoint (with a client of its own), as
//! the function beside it does. `cargo xtask bench functions` builds it as the functions are built,
//! and measures their cold starts against its own.

use std::sync::LazyLock;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_http_client::Builder as HttpBuilder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use futures::future::try_join_all;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(HttpBuilder::new().tls_provider(tls).build_https())
        .load()
        .await;
    let client = &Client::new(&config);
    let elsewhere = &LazyLock::new(|| {
        let endpoint = std::env::var("AWS_ENDPOINT_URL_ELSEWHERE").unwrap_or_default();
        Client::from_conf(Builder::from(&config).endpoint_url(endpoint).build())
    });
    let table = &std::env::var("USERS_TABLE")?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        let user = event.payload["userId"].as_str().unwrap_or_default();
        let rounds = event.payload["rounds"].as_array();
        for round in rounds.into_iter().flatten() {
            let client = match round[1] {
                Value::Bool(true) => LazyLock::force(elsewhere),
                _ => client,
            };
            let calls = (0..round[0].as_u64().unwrap_or_default()).map(|_| {
                client
                    .get_item()
                    .table_name(table)
                    .key("userId", AttributeValue::S(user.to_owned()))
                    .send()
            });
            try_join_all(calls).await?;
        }
        Ok::<_, Error>(json!({ "statusCode": 200 }))
    }))
    .await
}
