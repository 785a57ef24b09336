//! The open connections of the WebSocket API.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use contract::{Failure, env};
use futures::FutureExt;

use super::{aws, setting};
use crate::ports::{PostError, PostFrame, Unavailable};

/// The `@connections` endpoint of the stage.
pub struct Connections {
    client: Client,
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
            .endpoint_url(endpoint)
            .build();
        Ok(Self {
            client: Client::from_conf(config),
        })
    }
}

impl PostFrame for Connections {
    async fn post(&self, connection_id: &str, frame: &str) -> Result<(), PostError> {
        let posted = self
            .client
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
}
