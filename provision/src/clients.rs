//! The SDK's clients for one target, made once.

use aws_config::retry::RetryConfig;
use deploy_target::{Target, TargetArgs, connect};

/// How often a call to CloudFormation is tried where it is throttled or fails for a moment: with
/// the SDK's pauses, which double up to 20 s, about two minutes.
const TRIES: u32 = 10;

/// A target and the clients that reach it.
pub struct Clients {
    /// Where they go.
    pub target: Target,
    /// The service role that CloudFormation is handed with every change, where there is one.
    pub role_arn: Option<String>,
    /// Stacks.
    pub cloudformation: aws_sdk_cloudformation::Client,
    /// Tables.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The REST API, keys and usage plans.
    pub apigateway: aws_sdk_apigateway::Client,
    /// The WebSocket API.
    pub apigatewayv2: aws_sdk_apigatewayv2::Client,
    /// Functions.
    pub lambda: aws_sdk_lambda::Client,
    /// Roles.
    pub iam: aws_sdk_iam::Client,
    /// The artifact bucket.
    pub s3: aws_sdk_s3::Client,
    /// Hosting of the page.
    pub amplify: aws_sdk_amplify::Client,
    /// Models and who may ask them.
    pub bedrock: aws_sdk_bedrock::Client,
    /// What an account may have at most.
    pub service_quotas: aws_sdk_servicequotas::Client,
    /// Who we are.
    pub sts: aws_sdk_sts::Client,
}

impl Clients {
    /// Decides the target and makes the clients; nothing is called yet.
    ///
    /// # Errors
    /// Where the target cannot be decided.
    pub async fn connect(args: &TargetArgs) -> anyhow::Result<Self> {
        let target = args.resolve()?;
        let config = connect(&target).await;
        // An endpoint of one's own has no host a bucket.
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(target.endpoint().is_some())
            .build();
        // CloudFormation throttles sooner than others, and in the middle of what cannot be undone.
        let patient = aws_sdk_cloudformation::config::Builder::from(&config)
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
            .build();
        Ok(Self {
            role_arn: args.role_arn.clone(),
            cloudformation: aws_sdk_cloudformation::Client::from_conf(patient),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            apigateway: aws_sdk_apigateway::Client::new(&config),
            apigatewayv2: aws_sdk_apigatewayv2::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            amplify: aws_sdk_amplify::Client::new(&config),
            bedrock: aws_sdk_bedrock::Client::new(&config),
            service_quotas: aws_sdk_servicequotas::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            target,
        })
    }
}
