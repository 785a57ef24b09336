//! The answer: as many calls of DynamoDB as it is told to make. The event says in how many rounds,
//! and how many at once, as the function beside it does.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join_all;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

/// Answers events until Lambda ends the process.
pub async fn run(client: Client) -> Result<(), Error> {
    let client = &client;
    let table = &std::env::var("USERS_TABLE")?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        let user = event.payload["userId"].as_str().unwrap_or_default();
        let rounds = event.payload["rounds"].as_array();
        for calls in rounds.into_iter().flatten() {
            let calls = (0..calls.as_u64().unwrap_or_default()).map(|_| {
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
