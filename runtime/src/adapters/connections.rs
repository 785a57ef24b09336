//! The open connections of the WebSocket API.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::config::interceptors::InterceptorContext;
use aws_sdk_apigatewaymanagement::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::retries::classifiers::RetryClassifierPriority;
use contract::{Failure, env};
use futures::FutureExt;

use super::{Later, aws, setting};
use crate::ports::{PostError, PostFrame, Unavailable};

/// The `@connections` endpoint of the stage.
pub struct Connections {
    client: Client,
    /// Tries again only where nothing was sent.
    once: Later<Client>,
}

impl Connections {
    /// The endpoint that [`env::CONNECTIONS_ENDPOINT`] names.
    ///
    /// # Errors
    /// Where a variable is missing.
    pub fn from_env() -> Result<Self, Failure> {
        let endpoint = setting(env::CONNECTIONS_ENDPOINT)?;
        let config = aws::quick("APIGATEWAYMANAGEMENTAPI")?;
        let config = Builder::from(&config)
            .http_client(aws::http_client(endpoint.starts_with("http://")))
            .endpoint_url(endpoint);
        let once = config.clone().retry_classifier(OnlyAnswers).build();
        Ok(Self {
            client: Client::from_conf(config.build()),
            once: Later::new(Box::new(move || Client::from_conf(once))),
        })
    }
}

/// Where an answer was lost, the frame may have been sent.
#[derive(Debug)]
struct OnlyAnswers;

impl ClassifyRetry for OnlyAnswers {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let unanswered = |error: &OrchestratorError<_>| {
            error.is_connector_error() || error.is_timeout_error() || error.is_response_error()
        };
        match context.output_or_error() {
            Some(Err(error)) if unanswered(error) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "only what was answered"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

impl PostFrame for Connections {
    async fn post(&self, connection_id: &str, frame: &str) -> Result<(), PostError> {
        send(&self.client, connection_id, frame).await
    }

    async fn post_once(&self, connection_id: &str, frame: &str) -> Result<(), PostError> {
        send(&self.once, connection_id, frame).await
    }
}

async fn send(client: &Client, connection_id: &str, frame: &str) -> Result<(), PostError> {
    let posted = client
        .post_to_connection()
        .connection_id(connection_id)
        .data(Blob::new(frame))
        .send()
        .boxed()
        .await;
    match posted {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            Some(PostToConnectionError::GoneException(_)) => Err(PostError::Gone),
            _ => Err(PostError::Unavailable(Unavailable {
                what: "post to the connection",
                source: error.into(),
            })),
        },
    }
}
