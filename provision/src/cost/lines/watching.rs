//! CloudWatch: logs, alarms, dashboards.

use contract::{Function, Metric, limits};
use serde_json::Value;

use super::line::{GB, Line, line};
use crate::cost::Prices;
use crate::cost::load::{Load, number};
use crate::plan::document::{Resource, plain};

impl Load<'_> {
    pub fn watching(&self, prices: &Prices) -> Vec<Line> {
        let (calls, bytes, days) = (self.all_calls(), self.log_bytes(), self.log_days());
        let alarms: f64 = self.of("AWS::CloudWatch::Alarm").map(alarm_metrics).sum();
        let dashboards: f64 = self.of("AWS::CloudWatch::Dashboard").map(|_| 1.0).sum();
        let price = &prices.cloudwatch;
        vec![
            line(
                ("CloudWatch", "logs taken in"),
                bytes / GB,
                "GB",
                price.logs_per_gb,
            ),
            // Stored logs are compressed to about a sixth.
            line(
                ("CloudWatch", "logs kept"),
                bytes / GB / 6.0 * days / 30.0,
                "GB",
                price.logs_per_gb_month,
            ),
            line(
                ("CloudWatch", "alarms"),
                alarms,
                "metrics",
                price.per_alarm_metric,
            ),
            line(
                ("CloudWatch", "custom metrics, at most"),
                custom_metrics(calls),
                "metrics",
                price.per_custom_metric,
            ),
            line(
                ("CloudWatch", "dashboards"),
                dashboards,
                "dashboards",
                price.per_dashboard,
            ),
        ]
    }

    fn all_calls(&self) -> f64 {
        let calls = Function::ALL.into_iter();
        calls.map(|function| self.calls(function).0).sum()
    }

    /// Bytes that go to logs.
    fn log_bytes(&self) -> f64 {
        let traffic = self.traffic;
        let traced = self.of("AWS::ApiGateway::Stage").any(|stage| {
            let setting = stage
                .properties
                .pointer("/MethodSettings/0/DataTraceEnabled");
            setting.map(plain).as_deref() == Some("true")
        });
        let mut bytes = (self.all_calls() + self.pings()) * traffic.log_bytes_per_request;
        if traced {
            bytes += self.rest_requests() * traffic.traced_bytes_per_request;
        }
        bytes
    }

    /// Days that the longest kept logs are kept for.
    fn log_days(&self) -> f64 {
        self.of("AWS::Logs::LogGroup")
            .filter_map(|group| number(&group.properties, "RetentionInDays"))
            .fold(f64::from(limits::LOG_RETENTION_DAYS), f64::max)
    }
}

/// Hours of a month, as CloudWatch bills metrics.
const HOURS: f64 = 730.0;

/// Metrics that the functions send, as many as if each call sent all of them: a metric is billed for
/// the hours in which it is sent, and there are no more of those than calls.
fn custom_metrics(calls: f64) -> f64 {
    let metrics: usize = Metric::ALL.into_iter().map(Metric::billed).sum();
    let metrics: f64 = (0..metrics).map(|_| 1.0).sum();
    metrics * (calls / HOURS).min(1.0)
}

/// An alarm over an expression is billed for each metric in it.
fn alarm_metrics(alarm: &Resource) -> f64 {
    let queries = alarm.properties.get("Metrics").and_then(Value::as_array);
    let metrics = queries
        .into_iter()
        .flatten()
        .filter(|query| query.get("MetricStat").is_some());
    let count = metrics.map(|_| 1.0).sum::<f64>();
    if count > 0.0 { count } else { 1.0 }
}
