//! Bedrock.

use contract::Function;

use super::line::{Line, MILLION, line};
use crate::cost::Prices;
use crate::cost::load::Load;
use crate::plan::document::plain;

impl Load<'_> {
    pub fn model(&self, prices: &Prices, notes: &mut Vec<String>) -> Vec<Line> {
        let Some(agent) = self.function(Function::PersonalizationAgent) else {
            return Vec::new();
        };
        let variable = format!("/Environment/Variables/{}", contract::env::MODEL_ID);
        let id = agent
            .properties
            .pointer(&variable)
            .map(plain)
            .unwrap_or_default();
        let Some(price) = prices.bedrock.of_model(&id) else {
            notes.push(format!(
                "no price is known for the model {id}: its tokens are not counted"
            ));
            return Vec::new();
        };
        let turns = self.traffic.turns();
        let (input, output) = (
            turns * self.traffic.input_tokens_per_turn,
            turns * self.traffic.output_tokens_per_turn,
        );
        vec![
            line(
                ("Bedrock", "tokens in"),
                input,
                "tokens",
                price.per_million_tokens_in / MILLION,
            ),
            line(
                ("Bedrock", "tokens out"),
                output,
                "tokens",
                price.per_million_tokens_out / MILLION,
            ),
        ]
    }
}
