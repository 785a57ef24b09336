//! The model on Amazon Bedrock, through Converse and `ConverseStream`.

mod refusal;
mod settings;
mod stream;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::operation::converse::ConverseOutput;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, Message, StopReason, SystemContentBlock, TokenUsage,
};
use contract::{Failure, env};
use futures::FutureExt;

use self::refusal::{explained, unavailable};
use self::settings::Settings;
use self::stream::AnswerStream;
use super::{aws, setting};
use crate::domain::Prompt;
use crate::domain::prompt::{Answer, Role};
use crate::ports::{Converse, ConverseError};

/// The configured model.
pub struct Model {
    client: Client,
    id: String,
    settings: Settings,
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
        let messages = self.messages(prompt).map_err(unavailable)?;
        let guardrail = self.settings.guardrail_of_a_stream();
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
            .map_err(explained)
    }

    fn model(&self) -> &str {
        &self.id
    }

    async fn converse(&self, prompt: &Prompt) -> Result<Answer, ConverseError> {
        let messages = self.messages(prompt).map_err(unavailable)?;
        let guardrail = self.settings.guardrail();
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

impl Model {
    fn messages(&self, prompt: &Prompt) -> Result<Vec<Message>, BuildError> {
        let newest = prompt.messages.len().saturating_sub(1);
        let messages = prompt.messages.iter().enumerate().map(|(at, message)| {
            let role = match message.role {
                Role::User => ConversationRole::User,
                Role::Assistant => ConversationRole::Assistant,
            };
            let content = if at == newest {
                self.settings.assessed(&message.text)?
            } else {
                ContentBlock::Text(message.text.clone())
            };
            Message::builder().role(role).content(content).build()
        });
        messages.collect()
    }
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
        blocked: *output.stop_reason() == StopReason::GuardrailIntervened,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_bedrockruntime::types::ConverseOutput as Output;

    use super::*;

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
                blocked: false,
            }
        );
    }
}
