//! `AWS::ApiGateway::*`: REST APIs, keys and usage plans.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Expr, Handle, Resource as CfnResource, Tag};

macro_rules! resource_type {
    ($($type:ident),+ $(,)?) => {
        $(impl CfnResource for $type {
            const TYPE: &'static str = concat!("AWS::ApiGateway::", stringify!($type));
        })+
    };
}

resource_type!(
    Account,
    ApiKey,
    Deployment,
    GatewayResponse,
    Method,
    Model,
    RequestValidator,
    Resource,
    RestApi,
    Stage,
    UsagePlan,
    UsagePlanKey,
);

/// `AWS::ApiGateway::RestApi`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct RestApi {
    pub name: Expr,
    pub description: &'static str,
    pub api_key_source_type: &'static str,
    pub endpoint_configuration: EndpointConfiguration,
    pub tags: Vec<Tag>,
}

/// Where the API is reached.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct EndpointConfiguration {
    pub types: Vec<&'static str>,
}

impl Handle<RestApi> {
    /// The id of the path `/`.
    pub fn root(&self) -> Expr {
        self.attribute("RootResourceId")
    }
}

/// `AWS::ApiGateway::Resource`: one part of a path.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Resource {
    pub rest_api_id: Expr,
    pub parent_id: Expr,
    pub path_part: String,
}

/// `AWS::ApiGateway::Method`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Method {
    pub rest_api_id: Expr,
    pub resource_id: Expr,
    pub http_method: &'static str,
    pub authorization_type: &'static str,
    pub api_key_required: bool,
    pub request_validator_id: Option<Expr>,
    pub request_parameters: Option<BTreeMap<String, bool>>,
    pub request_models: Option<BTreeMap<&'static str, Expr>>,
    pub integration: Integration,
    pub method_responses: Option<Vec<MethodResponse>>,
}

/// Who answers a method.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Integration {
    pub r#type: &'static str,
    pub integration_http_method: Option<&'static str>,
    pub uri: Option<Expr>,
    pub request_templates: Option<BTreeMap<&'static str, String>>,
    pub passthrough_behavior: Option<&'static str>,
    pub integration_responses: Option<Vec<IntegrationResponse>>,
}

/// How an integration's answer becomes the method's.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct IntegrationResponse {
    pub status_code: &'static str,
    pub response_parameters: BTreeMap<String, String>,
}

/// What a method may answer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct MethodResponse {
    pub status_code: &'static str,
    pub response_parameters: BTreeMap<String, bool>,
}

/// `AWS::ApiGateway::RequestValidator`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct RequestValidator {
    pub rest_api_id: Expr,
    pub name: &'static str,
    pub validate_request_body: bool,
    pub validate_request_parameters: bool,
}

/// `AWS::ApiGateway::Model`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Model {
    pub rest_api_id: Expr,
    pub name: &'static str,
    pub content_type: &'static str,
    pub schema: serde_json::Value,
}

/// `AWS::ApiGateway::GatewayResponse`: what the gateway answers by itself.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct GatewayResponse {
    pub rest_api_id: Expr,
    pub response_type: &'static str,
    pub status_code: Option<String>,
    pub response_parameters: BTreeMap<String, String>,
    pub response_templates: BTreeMap<&'static str, String>,
}

/// `AWS::ApiGateway::Deployment`: an immutable snapshot of the API.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Deployment {
    pub rest_api_id: Expr,
    pub description: String,
}

/// `AWS::ApiGateway::Stage`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Stage {
    pub rest_api_id: Expr,
    pub deployment_id: Expr,
    pub stage_name: &'static str,
    pub access_log_setting: AccessLogSetting,
    pub method_settings: Vec<MethodSetting>,
    pub tags: Vec<Tag>,
}

/// Where access logs go, and one line of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct AccessLogSetting {
    pub destination_arn: Expr,
    pub format: String,
}

/// Settings of the methods that match.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct MethodSetting {
    pub resource_path: &'static str,
    pub http_method: &'static str,
    pub metrics_enabled: bool,
    pub logging_level: Expr,
    pub data_trace_enabled: Expr,
    pub throttling_rate_limit: u32,
    pub throttling_burst_limit: u32,
}

/// `AWS::ApiGateway::ApiKey`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct ApiKey {
    pub name: Expr,
    pub description: &'static str,
    pub enabled: bool,
    pub tags: Vec<Tag>,
}

impl Handle<ApiKey> {
    /// The key's id (not its value).
    pub fn key_id(&self) -> Expr {
        self.attribute("APIKeyId")
    }
}

/// `AWS::ApiGateway::UsagePlan`; WebSocket stages may be in one as well.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct UsagePlan {
    pub usage_plan_name: Expr,
    pub description: Expr,
    pub api_stages: Vec<ApiStage>,
    pub throttle: Throttle,
    pub quota: Option<Quota>,
    pub tags: Vec<Tag>,
}

/// A stage that a plan covers.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct ApiStage {
    pub api_id: Expr,
    pub stage: Expr,
}

/// Requests a second and at once.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Throttle {
    pub rate_limit: u32,
    pub burst_limit: u32,
}

/// Requests a period.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Quota {
    pub limit: u32,
    pub period: &'static str,
}

impl Handle<UsagePlan> {
    /// The plan's id.
    pub fn plan_id(&self) -> Expr {
        self.attribute("Id")
    }
}

/// `AWS::ApiGateway::UsagePlanKey`: a key in a plan.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct UsagePlanKey {
    pub key_id: Expr,
    pub key_type: &'static str,
    pub usage_plan_id: Expr,
}

/// `AWS::ApiGateway::Account`: one per account and region.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Account {
    pub cloud_watch_role_arn: Expr,
}
