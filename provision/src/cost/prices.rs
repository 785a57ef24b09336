//! List prices, read on one day from named pages.

use std::collections::BTreeMap;

use contract::Failure;
use serde::Deserialize;

const TEXT: &str = include_str!("prices-us-west-2.yaml");

/// Prices in USD.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The day they were read, `YYYY-MM-DD`.
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

impl Prices {
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
        assert!(prices.read.parse::<jiff::civil::Date>().is_ok());
        for service in ["lambda", "apigateway", "dynamodb", "kms", "cloudwatch"] {
            assert!(
                prices.sources[service].starts_with("https://aws.amazon.com/"),
                "{service}"
            );
        }
    }
}
