//! The model on Amazon Bedrock, through Converse and `ConverseStream`.

use std::str::FromStr;
use std::time::Duration;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::error::{BuildError, SdkError};
use aws_sdk_bedrockruntime::operation::converse::{ConverseError as Refusal, ConverseOutput};
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, GuardrailConfiguration, GuardrailStreamConfiguration,
    InferenceConfiguration, Message, SystemContentBlock, TokenUsage,
};
use contract::{Failure, env};
use futures::FutureExt;

use super::bedrock_stream::AnswerStream;
use super::{aws, setting};
use crate::domain::Prompt;
use crate::domain::prompt::{self, Answer, Role};
use crate::ports::{Cause, Converse, ConverseError, Unavailable};

/// The configured model.
pub struct Model {
    client: Client,
    id: String,
    settings: Settings,
}

/// How the model is asked. What is not set is not sent: newer models refuse sampling parameters.
#[derive(Clone, Debug, Default, PartialEq)]
struct Settings {
    temperature: Option<f32>,
    max_tokens: Option<i32>,
    guardrail: Option<Guardrail>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Guardrail {
    id: String,
    version: String,
}

impl Settings {
    /// The settings by variable ([`env::MODEL_SETTINGS`]).
    ///
    /// # Errors
    /// Where a value is none, or a guardrail lacks its version.
    fn read(value: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let guardrail = match (value(env::GUARDRAIL_ID), value(env::GUARDRAIL_VERSION)) {
            (None, None) => None,
            (Some(id), Some(version)) => Some(Guardrail { id, version }),
            _ => {
                let message = "a guardrail needs both an id and a version";
                return Err(Failure::new(message)
                    .hint("deploy again with --guardrail-id and --guardrail-version"));
            }
        };
        Ok(Self {
            temperature: number(env::MODEL_TEMPERATURE, &value)?,
            max_tokens: number(env::MODEL_MAX_TOKENS, &value)?,
            guardrail,
        })
    }

    /// `None` where nothing is set.
    fn inference(&self) -> Option<InferenceConfiguration> {
        (self.temperature.is_some() || self.max_tokens.is_some()).then(|| {
            InferenceConfiguration::builder()
                .set_temperature(self.temperature)
                .set_max_tokens(self.max_tokens)
                .build()
        })
    }
}

fn number<N: FromStr>(
    variable: &str,
    value: impl Fn(&str) -> Option<String>,
) -> Result<Option<N>, Failure> {
    let Some(text) = value(variable) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        Failure::new(format!("{variable} is no number: `{text}`"))
            .hint("the stack's parameters set it; deploy again")
    })
}

fn guardrail(guardrail: &Guardrail) -> GuardrailConfiguration {
    GuardrailConfiguration::builder()
        .guardrail_identifier(&guardrail.id)
        .guardrail_version(&guardrail.version)
        .build()
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
            settings: Settings::read(|name| setting(name).ok())?,
        })
    }
}

impl Converse for Model {
    type Parts = AnswerStream;

    async fn converse_stream(&self, prompt: &Prompt) -> Result<AnswerStream, ConverseError> {
        let messages = prompt.messages.iter().map(message);
        let messages = messages.collect::<Result<_, _>>().map_err(unavailable)?;
        let guardrail = self.settings.guardrail.as_ref().map(guardrail_stream);
        self.client
            .converse_stream()
            .model_id(&self.id)
            .system(SystemContentBlock::Text(prompt.system.clone()))
            .set_messages(Some(messages))
            .set_inference_config(self.settings.inference())
            .set_guardrail_config(guardrail)
            .send()
            .boxed()
            .await
            .map(|output| AnswerStream::new(output.stream))
            .map_err(super::bedrock_stream::explained)
    }

    fn model(&self) -> &str {
        &self.id
    }

    async fn converse(&self, prompt: &Prompt) -> Result<Answer, ConverseError> {
        let messages = prompt.messages.iter().map(message);
        let messages = messages.collect::<Result<_, _>>().map_err(unavailable)?;
        let guardrail = self.settings.guardrail.as_ref().map(guardrail);
        self.client
            .converse()
            .model_id(&self.id)
            .system(SystemContentBlock::Text(prompt.system.clone()))
            .set_messages(Some(messages))
            .set_inference_config(self.settings.inference())
            .set_guardrail_config(guardrail)
            .send()
            .boxed()
            .await
            .map(|output| answer(&output))
            .map_err(explained)
    }
}

fn guardrail_stream(guardrail: &Guardrail) -> GuardrailStreamConfiguration {
    GuardrailStreamConfiguration::builder()
        .guardrail_identifier(&guardrail.id)
        .guardrail_version(&guardrail.version)
        .build()
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
    let kind = match error.as_service_error() {
        Some(Refusal::ModelTimeoutException(_)) => Kind::TimedOut,
        Some(
            Refusal::ThrottlingException(_)
            | Refusal::ModelNotReadyException(_)
            | Refusal::ServiceUnavailableException(_),
        ) => Kind::Throttled,
        Some(Refusal::ModelErrorException(_) | Refusal::InternalServerException(_)) => Kind::Failed,
        Some(_) => Kind::Refused,
        None => Kind::of_transport(&error),
    };
    kind.of(error)
}

/// What an error of the service's comes to.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    TimedOut,
    Throttled,
    Failed,
    Refused,
}

impl Kind {
    /// Nothing that the service said: it took too long, the connection broke, or what came makes
    /// no sense.
    pub fn of_transport<E, R>(error: &SdkError<E, R>) -> Self {
        match error {
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::TimedOut,
            _ => Self::Failed,
        }
    }

    pub fn of<E>(self, error: SdkError<E>) -> ConverseError
    where
        SdkError<E>: Into<Cause>,
    {
        match self {
            Self::TimedOut => ConverseError::TimedOut(error.into()),
            Self::Throttled => ConverseError::Throttled {
                retry_after: retry_after(&error),
                source: error.into(),
            },
            Self::Failed => ConverseError::Failed(error.into()),
            Self::Refused => unavailable(error),
        }
    }
}

fn unavailable(source: impl Into<Cause>) -> ConverseError {
    ConverseError::Unavailable(Unavailable {
        what: "ask the model",
        source: source.into(),
    })
}

fn retry_after<E>(error: &SdkError<E>) -> Option<Duration> {
    let header = error.raw_response()?.headers().get("retry-after")?;
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use aws_sdk_bedrockruntime::config::http::HttpResponse;
    use aws_sdk_bedrockruntime::types::error::{
        AccessDeniedException, InternalServerException, ModelErrorException,
        ModelNotReadyException, ModelTimeoutException, ServiceUnavailableException,
        ThrottlingException, ValidationException,
    };
    use aws_sdk_bedrockruntime::types::{ConverseOutput as Output, Message};

    use super::*;

    fn settings(set: &[(&str, &str)]) -> Result<Settings, Failure> {
        Settings::read(|name| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        let none = settings(&[]).unwrap();
        assert_eq!(none, Settings::default());
        assert!(none.inference().is_none());
        let some = settings(&[(env::MODEL_MAX_TOKENS, "300")]).unwrap();
        let inference = some.inference().unwrap();
        assert_eq!(inference.max_tokens(), Some(300));
        assert_eq!(inference.temperature(), None);
        let warm = settings(&[(env::MODEL_TEMPERATURE, "0.5")]).unwrap();
        assert_eq!(warm.inference().unwrap().temperature(), Some(0.5));
    }

    #[test]
    fn a_guardrail_is_an_id_and_a_version() {
        let whole = [
            (env::GUARDRAIL_ID, "abc1"),
            (env::GUARDRAIL_VERSION, "DRAFT"),
        ];
        let sent = guardrail(&settings(&whole).unwrap().guardrail.unwrap());
        assert_eq!(sent.guardrail_identifier(), "abc1");
        assert_eq!(sent.guardrail_version(), "DRAFT");
        for half in [&whole[..1], &whole[1..]] {
            assert!(settings(half).is_err());
        }
        assert!(settings(&[(env::MODEL_TEMPERATURE, "warm")]).is_err());
    }

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
    fn what_may_pass_is_worth_another_attempt() {
        for refusal in [
            Refusal::ModelErrorException(ModelErrorException::builder().build()),
            Refusal::InternalServerException(InternalServerException::builder().build()),
        ] {
            assert!(matches!(refused(refusal, None), ConverseError::Failed(_)));
        }
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
