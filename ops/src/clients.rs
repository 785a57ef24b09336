//! One client a service, all built from the target's configuration.

use aws_config::SdkConfig;

/// The services a running platform is read through.
#[derive(Clone, Debug)]
pub struct Clients {
    /// REST API, keys, usage plans.
    pub apigateway: aws_sdk_apigateway::Client,
    /// WebSocket API.
    pub apigatewayv2: aws_sdk_apigatewayv2::Client,
    /// Stack.
    pub cloudformation: aws_sdk_cloudformation::Client,
    /// Metrics and alarms.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// Tables.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Roles.
    pub iam: aws_sdk_iam::Client,
    /// Functions.
    pub lambda: aws_sdk_lambda::Client,
    /// Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// The artifact bucket, and archives.
    pub s3: aws_sdk_s3::Client,
}

impl Clients {
    /// Builds every client once.
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            apigateway: aws_sdk_apigateway::Client::new(config),
            apigatewayv2: aws_sdk_apigatewayv2::Client::new(config),
            cloudformation: aws_sdk_cloudformation::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
            dynamodb: aws_sdk_dynamodb::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            lambda: aws_sdk_lambda::Client::new(config),
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            s3: aws_sdk_s3::Client::from_conf(
                aws_sdk_s3::config::Builder::from(config)
                    .force_path_style(config.endpoint_url().is_some())
                    .build(),
            ),
        }
    }
}
