//! List prices, dated, from named pages.

use std::collections::BTreeMap;

use contract::Failure;
use serde::Deserialize;
use serde_json::{Value, json};

const TEXT: &str = include_str!("prices-us-west-2.yaml");

/// Prices in USD.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The day they were read, `YYYY-MM-DD`; tokens have a day of their own.
    pub read: String,
    /// The region they hold in.
    pub region: String,
    /// The page of each service's prices.
    pub sources: BTreeMap<String, String>,
    /// Lambda.
    pub lambda: Lambda,
    /// Both kinds of API.
    pub apigateway: ApiGateway,
    /// Tables.
    pub dynamodb: DynamoDb,
    /// Keys.
    pub kms: Kms,
    /// Logs, alarms, dashboards.
    pub cloudwatch: CloudWatch,
    /// The model's tokens.
    pub bedrock: Bedrock,
}

/// Lambda's prices.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "as in the data file")]
pub struct Lambda {
    /// A million invocations.
    pub per_million_requests: f64,
    /// A second of a GB on Intel or AMD.
    pub per_gb_second_x86_64: f64,
    /// A second of a GB on Graviton.
    pub per_gb_second_arm64: f64,
}

/// API Gateway's prices.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiGateway {
    /// A million requests to the REST API.
    pub rest_per_million_requests: f64,
    /// A million messages of 32 KB, in or out.
    pub websocket_per_million_messages: f64,
    /// A million minutes of open connections.
    pub websocket_per_million_minutes: f64,
}

/// `DynamoDB`'s prices, on demand.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DynamoDb {
    /// A million read units of 4 KB.
    pub per_million_read_units: f64,
    /// A million write units of 1 KB.
    pub per_million_write_units: f64,
    /// A GB stored for a month.
    pub per_gb_month: f64,
    /// A GB kept recoverable for a month.
    pub recovery_per_gb_month: f64,
}

/// KMS's prices.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kms {
    /// Ten thousand requests.
    pub per_10000_requests: f64,
}

/// `CloudWatch`'s prices.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudWatch {
    /// A GB of logs taken in.
    pub logs_per_gb: f64,
    /// A GB of logs kept for a month.
    pub logs_per_gb_month: f64,
    /// A metric that an alarm looks at, for a month.
    pub per_alarm_metric: f64,
    /// A dashboard, for a month.
    pub per_dashboard: f64,
    /// A metric of the functions' own, for a month in which it is sent every hour.
    pub per_custom_metric: f64,
}

/// Bedrock's prices, on demand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bedrock {
    /// The day they were read, `YYYY-MM-DD`.
    pub read: String,
    /// Of each family of models; of two that fit, the first counts.
    pub families: Vec<Family>,
}

/// What a family of models costs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// What the names of its models begin with, after `anthropic.`.
    pub name: String,
    /// A million tokens of prompts.
    pub per_million_tokens_in: f64,
    /// A million tokens of answers.
    pub per_million_tokens_out: f64,
}

impl Bedrock {
    /// The price of `model` (`us.anthropic.claude-sonnet-4-6`), where it is known.
    pub fn of_model(&self, model: &str) -> Option<&Family> {
        let (_, name) = model.split_once("anthropic.")?;
        self.families
            .iter()
            .find(|family| name.starts_with(&family.name))
    }
}

impl Prices {
    /// Where and when they hold: `list prices of REGION on DAY, of tokens on DAY`.
    pub fn place(&self) -> String {
        format!(
            "list prices of {} on {}, of tokens on {}",
            self.region, self.read, self.bedrock.read
        )
    }

    /// The same for scripts.
    pub fn json(&self) -> Value {
        json!({
            "read": self.read, "tokensRead": self.bedrock.read, "region": self.region,
            "sources": self.sources,
        })
    }

    /// The prices that this program was built with.
    ///
    /// # Errors
    /// Where the file is damaged, which a test excludes.
    pub fn bundled() -> Result<Self, Failure> {
        serde_yaml::from_str(TEXT)
            .map_err(|error| Failure::new("the bundled prices are damaged").because(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_is_dated_and_has_a_source() {
        let prices = Prices::bundled().unwrap();
        for day in [&prices.read, &prices.bedrock.read] {
            assert!(day.parse::<jiff::civil::Date>().is_ok(), "{day}");
        }
        for service in [
            "lambda",
            "apigateway",
            "dynamodb",
            "kms",
            "cloudwatch",
            "bedrock",
        ] {
            assert!(
                prices.sources[service].starts_with("https://aws.amazon.com/"),
                "{service}"
            );
        }
    }

    #[test]
    fn a_tokens_price_is_what_the_status_of_a_platform_counts_with() {
        let Prices {
            bedrock, sources, ..
        } = Prices::bundled().unwrap();
        assert_eq!(bedrock.read, contract::prices::TOKENS_AS_OF);
        assert_eq!(sources["bedrock"], contract::prices::TOKENS_SOURCE);
        let here: Vec<_> = bedrock
            .families
            .iter()
            .map(|family| contract::prices::TokenPrice {
                family: family.name.clone().leak(),
                input_usd_per_million: family.per_million_tokens_in,
                output_usd_per_million: family.per_million_tokens_out,
            })
            .collect();
        assert_eq!(here, contract::prices::TOKENS);
        let model = contract::model::DEFAULT_MODEL;
        let (family, other) = (
            bedrock.of_model(model),
            contract::prices::of_model(model).unwrap(),
        );
        assert_eq!(
            family.map(|family| family.name.as_str()),
            Some(other.family)
        );
    }
}
