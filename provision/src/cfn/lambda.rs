//! `AWS::Lambda::*`

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Expr, Handle, Resource, Tag, partition, region, sub};

/// `AWS::Lambda::Function`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Function {
    pub function_name: Expr,
    pub description: &'static str,
    pub runtime: &'static str,
    pub handler: &'static str,
    pub architectures: Vec<Expr>,
    pub code: Code,
    pub role: Expr,
    pub memory_size: u32,
    /// Seconds.
    pub timeout: u64,
    pub environment: Option<Environment>,
    pub logging_config: LoggingConfig,
    pub tags: Vec<Tag>,
}

/// Where the package is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Code {
    pub s3_bucket: Expr,
    pub s3_key: Expr,
}

/// The function's environment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Environment {
    pub variables: BTreeMap<&'static str, Expr>,
}

/// Where and how logs are written.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct LoggingConfig {
    pub log_format: &'static str,
    pub log_group: Expr,
}

impl Resource for Function {
    const TYPE: &'static str = "AWS::Lambda::Function";
}

impl Handle<Function> {
    /// The function's ARN.
    pub fn arn(&self) -> Expr {
        self.attribute("Arn")
    }

    /// The URI by which API Gateway invokes the function.
    pub fn invocation_uri(&self) -> Expr {
        sub![
            "arn:",
            partition(),
            ":apigateway:",
            region(),
            ":lambda:path/2015-03-31/functions/",
            self.arn(),
            "/invocations"
        ]
    }
}

/// `AWS::Lambda::Permission`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Permission {
    pub function_name: Expr,
    pub action: &'static str,
    pub principal: &'static str,
    pub source_account: Expr,
    pub source_arn: Expr,
}

impl Resource for Permission {
    const TYPE: &'static str = "AWS::Lambda::Permission";
}
