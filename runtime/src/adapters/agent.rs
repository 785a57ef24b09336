//! The agent function, invoked directly; its answer is read as it is made.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::SdkError;
use aws_sdk_lambda::operation::invoke_with_response_stream::InvokeWithResponseStreamError;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::primitives::event_stream::EventReceiver;
use aws_sdk_lambda::types::InvokeWithResponseStreamResponseEvent as Event;
use aws_sdk_lambda::types::error::InvokeWithResponseStreamResponseEventError;
use contract::{Failure, env};
use futures::FutureExt;
use serde_json::Value;

use super::{Later, aws, setting};
use crate::domain::{Abandoned, AgentCall};
use crate::ports::{AskAgent, AskError, Cause, Chunks, Unavailable};

/// The agent function.
pub struct AgentFunction {
    client: Later<Client>,
    name: String,
}

impl AgentFunction {
    /// The function that [`env::AGENT_FUNCTION`] names.
    ///
    /// # Errors
    /// Where a variable is missing.
    pub fn from_env() -> Result<Self, Failure> {
        // Tried again, a turn could be answered and written twice.
        let config = aws::once("LAMBDA")?;
        Ok(Self {
            client: Later::new(Box::new(move || Client::new(&config))),
            name: setting(env::AGENT_FUNCTION)?,
        })
    }
}

fn failed(source: impl Into<Cause>) -> AskError {
    AskError::Unavailable(Unavailable {
        what: "invoke the agent function",
        source: source.into(),
    })
}

fn explained(error: SdkError<InvokeWithResponseStreamError>) -> AskError {
    match error.as_service_error() {
        Some(InvokeWithResponseStreamError::TooManyRequestsException(_)) => {
            AskError::Throttled(error.into())
        }
        _ => failed(error),
    }
}

impl AskAgent for AgentFunction {
    type Chunks = EventReceiver<Event, InvokeWithResponseStreamResponseEventError>;

    async fn ask(&self, call: &AgentCall) -> Result<Self::Chunks, AskError> {
        let payload = serde_json::to_vec(call).map_err(failed)?;
        let answer = self
            .client
            .invoke_with_response_stream()
            .function_name(&self.name)
            .payload(Blob::new(payload))
            .send()
            .boxed()
            .await
            .map_err(explained)?;
        Ok(answer.event_stream)
    }

    async fn abandon(&self, abandoned: &Abandoned) -> Result<(), AskError> {
        let answer = self
            .client
            .invoke()
            .function_name(&self.name)
            .payload(Blob::new(abandoned.to_call().to_string()))
            .send()
            .boxed()
            .await
            .map_err(failed)?;
        if let Some(error) = answer.function_error() {
            return Err(failed(format!("it ended with an error ({error})")));
        }
        let said = answer.payload().map(Blob::as_ref).unwrap_or_default();
        let said: Value = serde_json::from_slice(said).map_err(failed)?;
        match said["statusCode"].as_u64() {
            Some(200) => Ok(()),
            status => Err(failed(format!("it answered with {status:?}"))),
        }
    }
}

impl Chunks for EventReceiver<Event, InvokeWithResponseStreamResponseEventError> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, AskError> {
        loop {
            match self.recv().await.map_err(failed)? {
                Some(Event::PayloadChunk(chunk)) => {
                    let bytes = chunk.payload.map(Blob::into_inner);
                    return Ok(Some(bytes.unwrap_or_default()));
                }
                // The details of a function that failed may quote its input: they stay here.
                Some(Event::InvokeComplete(end)) => match end.error_code {
                    Some(code) => return Err(failed(format!("it ended with an error ({code})"))),
                    None => return Ok(None),
                },
                Some(_) => {}
                None => return Err(failed("its stream ended early")),
            }
        }
    }
}
