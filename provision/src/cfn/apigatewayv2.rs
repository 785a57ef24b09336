//! `AWS::ApiGatewayV2::*`: WebSocket APIs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Expr, Handle, Resource};

macro_rules! resource_type {
    ($($type:ident),+ $(,)?) => {
        $(impl Resource for $type {
            const TYPE: &'static str = concat!("AWS::ApiGatewayV2::", stringify!($type));
        })+
    };
}

resource_type!(Api, Authorizer, Integration, Route, Stage);

/// `AWS::ApiGatewayV2::Api`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Api {
    pub name: Expr,
    pub description: &'static str,
    pub protocol_type: &'static str,
    pub route_selection_expression: &'static str,
    pub api_key_selection_expression: &'static str,
    pub tags: BTreeMap<&'static str, Expr>,
}

/// `AWS::ApiGatewayV2::Authorizer`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Authorizer {
    pub api_id: Expr,
    pub name: &'static str,
    pub authorizer_type: &'static str,
    pub authorizer_uri: Expr,
    pub identity_source: Vec<String>,
}

impl Handle<Authorizer> {
    /// The authorizer's id.
    pub fn authorizer_id(&self) -> Expr {
        self.attribute("AuthorizerId")
    }
}

/// `AWS::ApiGatewayV2::Integration`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Integration {
    pub api_id: Expr,
    pub integration_type: &'static str,
    pub integration_method: &'static str,
    pub integration_uri: Expr,
}

/// `AWS::ApiGatewayV2::Route`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Route {
    pub api_id: Expr,
    pub route_key: &'static str,
    pub authorization_type: &'static str,
    pub authorizer_id: Option<Expr>,
    pub api_key_required: bool,
    pub target: Expr,
}

/// `AWS::ApiGatewayV2::Stage`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Stage {
    pub api_id: Expr,
    pub stage_name: &'static str,
    pub auto_deploy: bool,
    pub access_log_settings: AccessLogSettings,
    pub default_route_settings: RouteSettings,
    pub tags: BTreeMap<&'static str, Expr>,
}

/// Where access logs go, and one line of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct AccessLogSettings {
    pub destination_arn: Expr,
    pub format: String,
}

/// Settings of every route.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct RouteSettings {
    pub data_trace_enabled: bool,
    pub detailed_metrics_enabled: bool,
    pub logging_level: &'static str,
    pub throttling_burst_limit: u32,
    pub throttling_rate_limit: u32,
}
