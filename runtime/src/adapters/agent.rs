//! The agent function, invoked directly.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::SdkError;
use aws_sdk_lambda::operation::invoke::InvokeError;
use aws_sdk_lambda::primitives::Blob;
use contract::{Failure, env};
use serde_json::Value;

use super::{aws, setting};
use crate::domain::AgentCall;
use crate::ports::{AskAgent, AskError, Cause, Unavailable};

/// The agent function.
pub struct AgentFunction {
    client: Client,
    name: String,
}

impl AgentFunction {
    /// The function that [`env::AGENT_FUNCTION`] names.
    ///
    /// # Errors
    /// Where a variable is missing.
    pub fn from_env() -> Result<Self, Failure> {
        Ok(Self {
            // Tried again, a turn could be answered and written twice.
            client: Client::new(&aws::once("LAMBDA")?),
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

fn explained(error: SdkError<InvokeError>) -> AskError {
    match error.as_service_error() {
        Some(InvokeError::TooManyRequestsException(_)) => AskError::Throttled(error.into()),
        _ => failed(error),
    }
}

impl AskAgent for AgentFunction {
    async fn ask(&self, call: &AgentCall) -> Result<Value, AskError> {
        let payload = serde_json::to_vec(call).map_err(failed)?;
        let answer = self
            .client
            .invoke()
            .function_name(&self.name)
            .payload(Blob::new(payload))
            .send()
            .await
            .map_err(explained)?;
        // The payload of a function that failed may quote its input, so it is not repeated.
        if let Some(kind) = answer.function_error() {
            return Err(failed(format!("it ended with an error ({kind})")));
        }
        let payload = answer.payload().map(AsRef::as_ref).unwrap_or_default();
        serde_json::from_slice(payload).map_err(failed)
    }
}
