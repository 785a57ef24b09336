//! `AWS::DynamoDB::*`

use serde::Serialize;

use super::{Expr, Handle, Resource, Tag};

/// `AWS::DynamoDB::Table`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Table {
    pub table_name: Expr,
    pub billing_mode: &'static str,
    pub attribute_definitions: Vec<AttributeDefinition>,
    pub key_schema: Vec<KeyElement>,
    #[serde(rename = "SSESpecification")]
    pub sse_specification: SseSpecification,
    pub point_in_time_recovery_specification: PointInTimeRecovery,
    pub time_to_live_specification: Option<TimeToLive>,
    pub deletion_protection_enabled: bool,
    pub tags: Vec<Tag>,
}

/// An attribute's type.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct AttributeDefinition {
    pub attribute_name: &'static str,
    pub attribute_type: &'static str,
}

/// An attribute's part in the key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct KeyElement {
    pub attribute_name: &'static str,
    pub key_type: &'static str,
}

/// Encryption at rest.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct SseSpecification {
    #[serde(rename = "SSEEnabled")]
    pub sse_enabled: bool,
}

/// Point-in-time recovery.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct PointInTimeRecovery {
    pub point_in_time_recovery_enabled: bool,
    pub recovery_period_in_days: u32,
}

/// Expiry of items.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct TimeToLive {
    pub attribute_name: &'static str,
    pub enabled: bool,
}

impl Resource for Table {
    const TYPE: &'static str = "AWS::DynamoDB::Table";
}

impl Handle<Table> {
    /// The table's ARN.
    pub fn arn(&self) -> Expr {
        self.attribute("Arn")
    }
}
