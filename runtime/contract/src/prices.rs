//! What the model's tokens cost, for the status of a running platform. The estimate before a deployment
//! has the same prices, date and source in its data file, `provision/src/cost/prices-us-west-2.yaml`;
//! a test there holds both equal.
//!
//! List prices on demand, in US dollars, of the model provider Anthropic. From the 4.5 generation on, an inference profile that keeps requests in
//! a geography (`us.`, `eu.`, …: the only kind the platform takes) costs a tenth more than the
//! global one; the prices here include that.

/// When the prices were looked up.
pub const TOKENS_AS_OF: &str = "2026-11-01";

/// Where.
pub const TOKENS_SOURCE: &str = "https://aws.amazon.com/bedrock/pricing/";

/// Prices of a family of models.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenPrice {
    /// What the names of its models begin with, after `anthropic.`.
    pub family: &'static str,
    /// US dollars for a million tokens of prompts.
    pub input_usd_per_million: f64,
    /// US dollars for a million tokens of answers.
    pub output_usd_per_million: f64,
}

const fn price(family: &'static str, input: f64, output: f64) -> TokenPrice {
    TokenPrice {
        family,
        input_usd_per_million: input,
        output_usd_per_million: output,
    }
}

/// Known prices; of two families that fit, the first.
pub const TOKENS: &[TokenPrice] = &[
    price("claude-sonnet-4-6", 3.30, 16.50),
    price("claude-sonnet-4-5", 3.30, 16.50),
    price("claude-sonnet-4", 3.00, 15.00),
    price("claude-haiku-4-5", 1.10, 5.50),
    price("claude-opus-4-7", 5.50, 27.50),
    price("claude-opus-4-6", 5.50, 27.50),
    price("claude-opus-4-5", 5.50, 27.50),
];

/// The price of `model` (`us.anthropic.claude-sonnet-4-6`), where it is known.
pub fn of_model(model: &str) -> Option<&'static TokenPrice> {
    let (_, name) = model.split_once("anthropic.")?;
    TOKENS.iter().find(|price| name.starts_with(price.family))
}

impl TokenPrice {
    /// US dollars for so many tokens.
    pub fn usd(&self, input_tokens: f64, output_tokens: f64) -> f64 {
        (input_tokens * self.input_usd_per_million + output_tokens * self.output_usd_per_million)
            / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_has_its_familys_price() {
        let of = |model| of_model(model).map(|price| price.family);
        assert_eq!(of(crate::model::DEFAULT_MODEL), Some("claude-sonnet-4-6"));
        let dated = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
        assert_eq!(of(dated), Some("claude-sonnet-4-5"));
        assert_eq!(of("us.anthropic.claude-next"), None);
        assert_eq!(of("claude-sonnet-4-6"), None);
    }

    #[test]
    fn a_chat_turn_costs_about_a_cent() {
        let usd = of_model(crate::model::DEFAULT_MODEL).map(|price| price.usd(1500.0, 300.0));
        assert!(
            usd.is_some_and(|usd| (0.009..0.011).contains(&usd)),
            "{usd:?}"
        );
    }
}
