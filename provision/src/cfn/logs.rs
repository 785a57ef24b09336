//! `AWS::Logs::*`

use serde::Serialize;

use super::{Expr, Handle, Resource, Tag, account, partition, region, sub};

/// `AWS::Logs::LogGroup`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct LogGroup {
    pub log_group_name: Expr,
    pub retention_in_days: Expr,
    pub tags: Vec<Tag>,
}

impl Resource for LogGroup {
    const TYPE: &'static str = "AWS::Logs::LogGroup";
}

impl Handle<LogGroup> {
    /// The ARN of every stream of the group (`…:*`).
    pub fn streams_arn(&self) -> Expr {
        self.attribute("Arn")
    }

    /// The group's own ARN, without the `:*` that the `Arn` attribute ends with; API Gateway
    /// stores its destination that way, and would show a drift otherwise.
    pub fn destination_arn(&self) -> Expr {
        sub![
            "arn:",
            partition(),
            ":logs:",
            region(),
            ":",
            account(),
            ":log-group:",
            self
        ]
    }
}
