//! How much a platform is used in a month.

use std::fs;
use std::path::Path;

use contract::Failure;
use serde::{Deserialize, Serialize};

const TEXT: &str = include_str!("traffic.yaml");

/// A month of use; what each number is stands in `traffic.yaml`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each number is explained in traffic.yaml, which people copy"
)]
pub struct Traffic {
    pub supporters: f64,
    pub donations_per_supporter: f64,
    pub profile_requests: f64,
    pub search_requests: f64,
    pub personalised_searches: f64,
    pub rest_agent_turns: f64,
    pub chat_sessions: f64,
    pub turns_per_session: f64,
    pub pings_per_session: f64,
    pub minutes_per_session: f64,
    pub turns_remembered: f64,
    pub input_tokens_per_turn: f64,
    pub output_tokens_per_turn: f64,
    pub seconds_per_turn: f64,
    pub seconds_per_request: f64,
    pub frames_per_turn: f64,
    pub user_bytes: f64,
    pub donation_bytes: f64,
    pub context_bytes: f64,
    pub interaction_bytes: f64,
    pub session_bytes: f64,
    pub contexts_per_supporter: f64,
    pub interactions_per_supporter: f64,
    pub log_bytes_per_request: f64,
    pub traced_bytes_per_request: f64,
}

impl Traffic {
    /// The profile in `file`; the bundled one where none is named.
    ///
    /// # Errors
    /// Exit 2 where it cannot be read, or is no profile.
    pub fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else {
            return Self::parse(TEXT).map_err(|problem| {
                Failure::new("the bundled profile is damaged").because(problem)
            });
        };
        let wrong = |problem: String| {
            Failure::usage(format!("{} is no traffic profile", file.display()))
                .because(problem)
                .hint("start from one that is: cargo provision cost --print-traffic")
        };
        let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        Self::parse(&text).map_err(wrong)
    }

    /// The bundled profile, with what its numbers mean.
    pub const fn text() -> &'static str {
        TEXT
    }

    fn parse(text: &str) -> Result<Self, String> {
        let traffic: Self = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        let numbers = serde_json::to_value(&traffic).map_err(|error| error.to_string())?;
        let wrong = |value: &serde_json::Value| value.as_f64().is_none_or(|number| number < 0.0);
        match numbers
            .as_object()
            .into_iter()
            .flatten()
            .find(|(_, value)| wrong(value))
        {
            Some((name, _)) => Err(format!("{name} is not a number from 0")),
            None => Ok(traffic),
        }
    }

    /// Turns that the agent answers, over both APIs.
    pub fn turns(&self) -> f64 {
        self.rest_agent_turns + self.chat_turns()
    }

    /// Turns of chats.
    pub fn chat_turns(&self) -> f64 {
        self.chat_sessions * self.turns_per_session
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_profile_is_whole() {
        assert!(Traffic::read(None).unwrap().turns() > 0.0);
    }

    #[test]
    fn a_misspelt_or_negative_number_is_named() {
        let misspelt = Traffic::parse(&TEXT.replace("supporters:", "suporters:")).unwrap_err();
        assert!(misspelt.contains("suporters"), "{misspelt}");
        let negative = Traffic::parse(&TEXT.replace("chat_sessions: 10000", "chat_sessions: -1"));
        assert_eq!(
            negative.unwrap_err(),
            "chat_sessions is not a number from 0"
        );
    }
}
