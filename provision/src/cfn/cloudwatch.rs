//! `AWS::CloudWatch::*`

use serde::Serialize;

use super::{Expr, Handle, Resource, Tag};

/// `AWS::CloudWatch::Alarm` on one metric.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Alarm {
    pub alarm_name: Expr,
    pub alarm_description: String,
    pub namespace: Expr,
    pub metric_name: &'static str,
    pub dimensions: Vec<Dimension>,
    pub statistic: &'static str,
    /// Seconds.
    pub period: u32,
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

impl Handle<Alarm> {
    /// The alarm's ARN.
    pub fn arn(&self) -> Expr {
        self.attribute("Arn")
    }
}

/// `AWS::CloudWatch::Dashboard`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Dashboard {
    pub dashboard_name: Expr,
    /// JSON ("Dashboard body structure and syntax", CloudWatch API reference).
    pub dashboard_body: Expr,
}

impl Resource for Dashboard {
    const TYPE: &'static str = "AWS::CloudWatch::Dashboard";
}

/// A dimension of a metric.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Dimension {
    pub name: &'static str,
    pub value: Expr,
}
