//! How the model is asked.

use std::str::FromStr;

use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, GuardrailConfiguration, GuardrailConverseContentBlock,
    GuardrailConverseTextBlock, GuardrailStreamConfiguration, InferenceConfiguration,
};
use contract::{Failure, env};

/// How the model is asked. What is not set is not sent: newer models refuse sampling parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Settings {
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
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
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
    pub fn inference(&self) -> Option<InferenceConfiguration> {
        (self.temperature.is_some() || self.max_tokens.is_some()).then(|| {
            InferenceConfiguration::builder()
                .set_temperature(self.temperature)
                .set_max_tokens(self.max_tokens)
                .build()
        })
    }

    /// What the supporter says now. Under a guardrail it is marked as what to assess: else all that
    /// the prompt holds would be, the conversation so far with each turn again.
    pub fn assessed(&self, text: &str) -> Result<ContentBlock, BuildError> {
        if self.guardrail.is_none() {
            return Ok(ContentBlock::Text(text.to_owned()));
        }
        let text = GuardrailConverseTextBlock::builder().text(text).build()?;
        let text = GuardrailConverseContentBlock::Text(text);
        Ok(ContentBlock::GuardContent(text))
    }

    /// `None` where there is none.
    pub fn guardrail(&self) -> Option<GuardrailConfiguration> {
        let Guardrail { id, version } = self.guardrail.as_ref()?;
        let guardrail = GuardrailConfiguration::builder()
            .guardrail_identifier(id)
            .guardrail_version(version);
        Some(guardrail.build())
    }

    /// The same, for an answer that is streamed.
    pub fn guardrail_of_a_stream(&self) -> Option<GuardrailStreamConfiguration> {
        let Guardrail { id, version } = self.guardrail.as_ref()?;
        let guardrail = GuardrailStreamConfiguration::builder()
            .guardrail_identifier(id)
            .guardrail_version(version);
        Some(guardrail.build())
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

#[cfg(test)]
mod tests {
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
        let sent = settings(&whole).unwrap().guardrail().unwrap();
        assert_eq!(sent.guardrail_identifier(), "abc1");
        assert_eq!(sent.guardrail_version(), "DRAFT");
        let assessed = settings(&whole).unwrap().assessed("Hi").unwrap();
        assert!(assessed.is_guard_content());
        assert!(settings(&[]).unwrap().assessed("Hi").unwrap().is_text());
        for half in [&whole[..1], &whole[1..]] {
            assert!(settings(half).is_err());
        }
        assert!(settings(&[(env::MODEL_TEMPERATURE, "warm")]).is_err());
    }
}
