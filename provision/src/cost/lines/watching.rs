//! CloudWatch: logs, alarms, dashboards.

use contract::{Function, Metric};
use serde_json::Value;

use super::line::{GB, Line, line};
use crate::cost::Prices;
use crate::cost::load::{Load, number};
use crate::plan::document::{Resource, plain};

impl Load<'_> {
    pub fn watching(&self, prices: &Prices, notes: &mut Vec<String>) -> Vec<Line> {
        let (calls, bytes, days) = (self.all_calls(), self.log_bytes(), self.log_days());
        notes.extend((bytes > 0.0).then(|| self.never_expire()).flatten());
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

    /// Days that each group's logs are kept for; `None` for ever.
    fn retentions(&self) -> impl Iterator<Item = Option<f64>> {
        let groups = self.of("AWS::Logs::LogGroup");
        groups.map(|group| number(&group.properties, "RetentionInDays"))
    }

    /// A note, where some logs are kept for ever. Without a group of its own, a function gets one that is.
    fn never_expire(&self) -> Option<String> {
        let some =
            self.retentions().any(|days| days.is_none()) || self.retentions().next().is_none();
        some.then(|| {
            "some logs never expire: they are counted as if kept for ten years, and grow on"
                .to_owned()
        })
    }

    /// Days that logs are kept for, on average over the groups: which of them gets how much of the
    /// traffic's logs is not told apart.
    fn log_days(&self) -> f64 {
        let all = self.retentions().map(|days| days.unwrap_or(LONGEST_DAYS));
        let (days, groups) = all.fold((0.0, 0.0), |(sum, count), days| (sum + days, count + 1.0));
        if groups > 0.0 {
            days / groups
        } else {
            LONGEST_DAYS
        }
    }
}

/// The longest retention that CloudWatch Logs has, ten years. Source: `PutRetentionPolicy`.
const LONGEST_DAYS: f64 = 3653.0;

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
