//! The AWS APIs of a suite's engine, for what a suite does by hand: look behind the platform, and
//! break it.

use std::future::Future;

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder;
use contract::local;
use serde_json::Value;

/// The clients of the services that suites use.
pub struct Aws {
    runtime: tokio::runtime::Runtime,
    /// API Gateway: REST APIs, keys, usage plans.
    pub apigateway: aws_sdk_apigateway::Client,
    /// API Gateway: WebSocket APIs.
    pub apigatewayv2: aws_sdk_apigatewayv2::Client,
    /// CloudFormation.
    pub cloudformation: aws_sdk_cloudformation::Client,
    /// DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// IAM.
    pub iam: aws_sdk_iam::Client,
    /// Lambda.
    pub lambda: aws_sdk_lambda::Client,
    /// S3.
    pub s3: aws_sdk_s3::Client,
}

impl Aws {
    /// The administrator of the engine at `endpoint`.
    ///
    /// # Errors
    /// Where no runtime can be made.
    pub fn new(endpoint: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot make a runtime")?;
        let config = runtime.block_on(config(endpoint));
        Ok(Self {
            apigateway: aws_sdk_apigateway::Client::new(&config),
            apigatewayv2: aws_sdk_apigatewayv2::Client::new(&config),
            cloudformation: aws_sdk_cloudformation::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(
                // An endpoint of one's own has no host a bucket.
                aws_sdk_s3::config::Builder::from(&config)
                    .force_path_style(true)
                    .build(),
            ),
            runtime,
        })
    }

    /// Waits for a call.
    pub fn wait<F: Future>(&self, call: F) -> F::Output {
        self.runtime.block_on(call)
    }
}

async fn config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new(local::ACCESS_KEY, local::ACCESS_KEY, None, None, "suite");
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(Builder::new().build_http())
        .region(Region::new(local::REGION))
        .endpoint_url(endpoint)
        .credentials_provider(credentials)
        .load()
        .await
}

/// Calls an operation of a JSON service on an engine, where the suite has no client of it or what is
/// sent has to be just this; `target` as in `DynamoDB_20120810.PutItem`.
///
/// # Errors
/// Where the engine refuses.
pub fn post_json(endpoint: &str, service: &str, target: &str, body: &Value) -> Result<()> {
    let scope = format!("20260101/{}/{service}/aws4_request", local::REGION);
    let key = local::ACCESS_KEY;
    let signed = "SignedHeaders=host, Signature=0";
    let answer = ureq::post(endpoint)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", target)
        .header(
            "authorization",
            format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, {signed}"),
        )
        .send(body.to_string());
    answer.with_context(|| format!("{target} is refused"))?;
    Ok(())
}
