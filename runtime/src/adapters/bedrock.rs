//! The model on Amazon Bedrock, through Converse.

use std::time::Duration;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::error::{BuildError, SdkError};
use aws_sdk_bedrockruntime::operation::converse::{ConverseError as Refusal, ConverseOutput};
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, Message, SystemContentBlock, TokenUsage,
};
use contract::{Failure, env};

use super::{aws, setting};
use crate::domain::Prompt;
use crate::domain::prompt::{self, Answer, REPLY_MAX_TOKENS, Role};
use crate::ports::{Cause, Converse, ConverseError, Unavailable};

/// The configured model.
pub struct Model {
    client: Client,
    id: String,
}

impl Model {
    /// The model that [`env::MODEL_ID`] names.
    ///
    /// # Errors
    /// Where a variable is missing.
    pub fn from_env() -> Result<Self, Failure> {
        Ok(Self {
            // The handler tries again, as far as the time that is left allows.
            client: Client::new(&aws::once("BEDROCK_RUNTIME")?),
            id: setting(env::MODEL_ID)?,
        })
    }
}

impl Converse for Model {
    fn model(&self) -> &str {
        &self.id
    }

    async fn converse(&self, prompt: &Prompt) -> Result<Answer, ConverseError> {
        let messages = prompt.messages.iter().map(message);
        let messages = messages.collect::<Result<_, _>>().map_err(unavailable)?;
        // Newer models refuse sampling parameters: only the length is bounded.
        let inference = InferenceConfiguration::builder()
            .max_tokens(REPLY_MAX_TOKENS)
            .build();
        self.client
            .converse()
            .model_id(&self.id)
            .system(SystemContentBlock::Text(prompt.system.clone()))
            .set_messages(Some(messages))
            .inference_config(inference)
            .send()
            .await
            .map(|output| answer(&output))
            .map_err(explained)
    }
}

fn message(message: &prompt::Message) -> Result<Message, BuildError> {
    let role = match message.role {
        Role::User => ConversationRole::User,
        Role::Assistant => ConversationRole::Assistant,
    };
    Message::builder()
        .role(role)
        .content(ContentBlock::Text(message.text.clone()))
        .build()
}

fn answer(output: &ConverseOutput) -> Answer {
    let message = output.output().and_then(|output| output.as_message().ok());
    let blocks = message.map(Message::content).unwrap_or_default();
    let texts = blocks.iter().filter_map(|block| block.as_text().ok());
    let tokens = |count: fn(&TokenUsage) -> i32| {
        let count = output.usage().map_or(0, count);
        u64::try_from(count).unwrap_or(0)
    };
    Answer {
        text: texts.map(String::as_str).collect(),
        input_tokens: tokens(TokenUsage::input_tokens),
        output_tokens: tokens(TokenUsage::output_tokens),
    }
}

fn explained(error: SdkError<Refusal>) -> ConverseError {
    let timed_out = match &error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_timeout(),
        _ => false,
    };
    if timed_out {
        return ConverseError::TimedOut(error.into());
    }
    match error.as_service_error() {
        Some(Refusal::ModelTimeoutException(_)) => ConverseError::TimedOut(error.into()),
        Some(
            Refusal::ThrottlingException(_)
            | Refusal::ModelNotReadyException(_)
            | Refusal::ServiceUnavailableException(_),
        ) => ConverseError::Throttled {
            retry_after: retry_after(&error),
            source: error.into(),
        },
        _ => unavailable(error),
    }
}

fn unavailable(source: impl Into<Cause>) -> ConverseError {
    ConverseError::Unavailable(Unavailable {
        what: "ask the model",
        source: source.into(),
    })
}

fn retry_after(error: &SdkError<Refusal>) -> Option<Duration> {
    let header = error.raw_response()?.headers().get("retry-after")?;
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use aws_sdk_bedrockruntime::config::http::HttpResponse;
    use aws_sdk_bedrockruntime::types::error::{
        AccessDeniedException, ModelNotReadyException, ModelTimeoutException,
        ServiceUnavailableException, ThrottlingException, ValidationException,
    };
    use aws_sdk_bedrockruntime::types::{ConverseOutput as Output, Message};

    use super::*;

    fn refused(refusal: Refusal, retry_after: Option<&'static str>) -> ConverseError {
        let status = 429_u16.try_into().unwrap();
        let mut response = HttpResponse::new(status, "".into());
        if let Some(seconds) = retry_after {
            response.headers_mut().insert("retry-after", seconds);
        }
        explained(SdkError::service_error(refusal, response))
    }

    #[test]
    fn load_is_throttling_and_says_when_to_come_back() {
        let load = [
            Refusal::ThrottlingException(ThrottlingException::builder().build()),
            Refusal::ModelNotReadyException(ModelNotReadyException::builder().build()),
            Refusal::ServiceUnavailableException(ServiceUnavailableException::builder().build()),
        ];
        for refusal in load {
            let ConverseError::Throttled { retry_after, .. } = refused(refusal, Some("7")) else {
                panic!("throttled");
            };
            assert_eq!(retry_after, Some(Duration::from_secs(7)));
        }
        let refusal = Refusal::ThrottlingException(ThrottlingException::builder().build());
        assert!(matches!(
            refused(refusal, None),
            ConverseError::Throttled {
                retry_after: None,
                ..
            }
        ));
    }

    #[test]
    fn a_model_that_was_too_slow_timed_out() {
        let refusal = Refusal::ModelTimeoutException(ModelTimeoutException::builder().build());
        assert!(matches!(refused(refusal, None), ConverseError::TimedOut(_)));
        let ours = SdkError::timeout_error("too slow");
        assert!(matches!(explained(ours), ConverseError::TimedOut(_)));
    }

    #[test]
    fn anything_else_is_a_failure_of_ours() {
        for refusal in [
            Refusal::AccessDeniedException(AccessDeniedException::builder().build()),
            Refusal::ValidationException(ValidationException::builder().build()),
        ] {
            assert!(matches!(
                refused(refusal, None),
                ConverseError::Unavailable(_)
            ));
        }
    }

    #[test]
    fn the_texts_of_an_answer_are_joined() {
        let message = Message::builder()
            .role(ConversationRole::Assistant)
            .content(ContentBlock::Text("Hel".into()))
            .content(ContentBlock::Text("lo".into()));
        let output = ConverseOutput::builder()
            .output(Output::Message(message.build().unwrap()))
            .usage(
                TokenUsage::builder()
                    .input_tokens(5)
                    .output_tokens(2)
                    .total_tokens(7)
                    .build()
                    .unwrap(),
            )
            .stop_reason("end_turn".into())
            .build()
            .unwrap();
        assert_eq!(
            answer(&output),
            Answer {
                text: "Hello".into(),
                input_tokens: 5,
                output_tokens: 2,
            }
        );
    }
}
