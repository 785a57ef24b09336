//! CloudWatch's embedded metric format: what makes metrics of a log line's fields.
//!
//! Source: "Specification: Embedded metric format", Amazon CloudWatch user guide. Metrics that
//! share dimensions share a directive.

use std::collections::BTreeMap;

use contract::Metric;
use contract::metrics::Dimension;
use serde_json::{Value, json};

/// The member `_aws` of a line that has these metrics as fields.
pub(super) fn metadata(
    namespace: &str,
    epoch_ms: i64,
    metrics: impl IntoIterator<Item = Metric>,
) -> Value {
    let mut by_dimension: BTreeMap<Option<&str>, Vec<Value>> = BTreeMap::new();
    for metric in metrics {
        by_dimension
            .entry(metric.dimension().map(Dimension::name))
            .or_default()
            .push(json!({"Name": metric.name(), "Unit": metric.unit().as_str()}));
    }
    let directives: Vec<Value> = by_dimension
        .into_iter()
        .map(|(dimension, metrics)| {
            let dimensions: Vec<&str> = dimension.into_iter().collect();
            json!({"Namespace": namespace, "Dimensions": [dimensions], "Metrics": metrics})
        })
        .collect();
    json!({"Timestamp": epoch_ms, "CloudWatchMetrics": directives})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_that_share_dimensions_share_a_directive() {
        let metrics = [Metric::Latency, Metric::InputTokens, Metric::OutputTokens];
        let metadata = metadata("Blue", 7, metrics);
        assert_eq!(
            metadata,
            json!({
                "Timestamp": 7,
                "CloudWatchMetrics": [
                    {"Namespace": "Blue", "Dimensions": [[]], "Metrics": [
                        {"Name": "InputTokens", "Unit": "Count"},
                        {"Name": "OutputTokens", "Unit": "Count"},
                    ]},
                    {"Namespace": "Blue", "Dimensions": [["Route"]], "Metrics": [
                        {"Name": "Latency", "Unit": "Milliseconds"},
                    ]},
                ],
            })
        );
    }
}
