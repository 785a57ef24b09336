//! `AWS::CloudWatch::*`

use serde::Serialize;

use super::{Expr, Resource, Tag};

/// `AWS::CloudWatch::Alarm`, on a metric or on an expression over several.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Alarm {
    pub alarm_name: Expr,
    pub alarm_description: String,
    pub metrics: Vec<MetricQuery>,
    pub comparison_operator: &'static str,
    pub threshold: u32,
    pub evaluation_periods: u32,
    pub treat_missing_data: &'static str,
    pub alarm_actions: Expr,
    #[serde(rename = "OKActions")]
    pub ok_actions: Expr,
    pub tags: Vec<Tag>,
}

impl Resource for Alarm {
    const TYPE: &'static str = "AWS::CloudWatch::Alarm";
}

/// One series of an alarm: a metric, or an expression over the others.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct MetricQuery {
    pub id: String,
    pub label: Option<String>,
    pub expression: Option<String>,
    pub metric_stat: Option<MetricStat>,
    pub return_data: bool,
}

/// A metric and how it is summed up.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct MetricStat {
    pub metric: Metric,
    /// Seconds.
    pub period: u32,
    pub stat: &'static str,
}

/// A metric's name.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Metric {
    pub namespace: &'static str,
    pub metric_name: &'static str,
    pub dimensions: Vec<Dimension>,
}

/// A dimension of a metric.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Dimension {
    pub name: &'static str,
    pub value: Expr,
}
