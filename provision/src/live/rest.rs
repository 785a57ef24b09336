//! The REST API: methods, validators, gateway responses, stage.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_apigateway::types::{Method, RequestValidator, Resource};
use contract::{Failure, naming};
use deploy_target::OrExplain;
use futures::try_join;

use crate::clients::Clients;

/// A REST API as it is.
#[derive(Clone, Debug, Default)]
pub struct LiveRest {
    /// Every method of every path.
    pub methods: Vec<LiveMethod>,
    /// What the gateway answers by itself, by response type; those that were customised.
    pub answers: BTreeMap<String, GatewayAnswer>,
    /// The settings of all methods of the stage.
    pub stage: Option<LiveStage>,
}

/// A method as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveMethod {
    /// Path template.
    pub path: String,
    /// The path's resource id.
    pub resource_id: String,
    /// HTTP method.
    pub method: String,
    /// Whether it wants a key.
    pub key_required: bool,
    /// Whether the gateway validates body and parameters.
    pub validates: (bool, bool),
    /// Parameters the gateway wants, e.g. `method.request.querystring.userId`.
    pub required: Vec<String>,
    /// The model of a JSON body.
    pub model: Option<String>,
    /// Who answers: the integration's URI.
    pub integration: Option<String>,
}

/// What the gateway answers by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GatewayAnswer {
    /// Status code, where it is not the gateway's own.
    pub status: Option<String>,
    /// Headers by mapping expression.
    pub headers: BTreeMap<String, String>,
    /// JSON body template.
    pub body: Option<String>,
}

/// Settings of a stage's methods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveStage {
    /// Requests a second.
    pub rate: f64,
    /// Requests at once.
    pub burst: i32,
    /// CloudWatch metrics a method.
    pub metrics: bool,
    /// `OFF`, `ERROR` or `INFO`.
    pub logging_level: String,
    /// Whether whole requests and responses are logged.
    pub data_trace: bool,
    /// Where access logs go, and one line of them.
    pub access_log: Option<(String, String)>,
}

/// Reads a REST API.
///
/// # Errors
/// Where it cannot be read.
pub async fn rest(clients: &Clients, api_id: &str) -> Result<LiveRest, Failure> {
    let (methods, answers, stage) = try_join!(
        methods(clients, api_id),
        answers(clients, api_id),
        stage(clients, api_id)
    )?;
    Ok(LiveRest {
        methods,
        answers,
        stage,
    })
}

/// Reads every method of an API.
///
/// # Errors
/// Where they cannot be read.
pub async fn methods(clients: &Clients, api_id: &str) -> Result<Vec<LiveMethod>, Failure> {
    let what = || format!("cannot read the REST API {api_id}");
    let api = &clients.apigateway;
    let (resources, validators) = try_join!(
        async {
            let pages = api
                .get_resources()
                .rest_api_id(api_id)
                .embed("methods")
                .limit(500);
            pages.send().await.or_explain(&clients.target, what())
        },
        async {
            let call = api
                .get_request_validators()
                .rest_api_id(api_id)
                .limit(500)
                .send()
                .await;
            call.or_explain(&clients.target, what())
        },
    )?;
    let validators: HashMap<String, (bool, bool)> = validators
        .items
        .unwrap_or_default()
        .into_iter()
        .filter_map(validator)
        .collect();
    let resources = resources.items.unwrap_or_default();
    let mut methods: Vec<LiveMethod> = resources
        .iter()
        .flat_map(|resource| {
            let methods = resource.resource_methods().into_iter().flatten();
            methods.map(|(name, method)| live_method(resource, name, method, &validators))
        })
        .collect();
    methods.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    Ok(methods)
}

fn validator(live: RequestValidator) -> Option<(String, (bool, bool))> {
    Some((
        live.id?,
        (live.validate_request_body, live.validate_request_parameters),
    ))
}

fn live_method(
    resource: &Resource,
    name: &str,
    method: &Method,
    validators: &HashMap<String, (bool, bool)>,
) -> LiveMethod {
    let required = method
        .request_parameters()
        .into_iter()
        .flatten()
        .filter(|(_, must)| **must);
    let mut required: Vec<String> = required.map(|(name, _)| name.clone()).collect();
    required.sort();
    let validator = method
        .request_validator_id()
        .and_then(|id| validators.get(id));
    let models = method.request_models();
    LiveMethod {
        path: resource.path().unwrap_or_default().to_owned(),
        resource_id: resource.id().unwrap_or_default().to_owned(),
        method: name.to_owned(),
        key_required: method.api_key_required().unwrap_or_default(),
        validates: validator.copied().unwrap_or_default(),
        required,
        model: models
            .and_then(|models| models.get("application/json"))
            .cloned(),
        integration: method
            .method_integration()
            .and_then(|integration| integration.uri())
            .map(str::to_owned),
    }
}

async fn answers(
    clients: &Clients,
    api_id: &str,
) -> Result<BTreeMap<String, GatewayAnswer>, Failure> {
    let call = clients
        .apigateway
        .get_gateway_responses()
        .rest_api_id(api_id)
        .limit(500);
    let what = format!("cannot read the gateway responses of {api_id}");
    let answer = call.send().await.or_explain(&clients.target, what)?;
    let custom = answer
        .items
        .unwrap_or_default()
        .into_iter()
        .filter(|live| !live.default_response);
    Ok(custom
        .filter_map(|live| {
            let kind = live.response_type?.as_str().to_owned();
            let body = live
                .response_templates
                .and_then(|mut all| all.remove("application/json"));
            let headers = live
                .response_parameters
                .unwrap_or_default()
                .into_iter()
                .collect();
            Some((
                kind,
                GatewayAnswer {
                    status: live.status_code,
                    headers,
                    body,
                },
            ))
        })
        .collect())
}

async fn stage(clients: &Clients, api_id: &str) -> Result<Option<LiveStage>, Failure> {
    let call = clients
        .apigateway
        .get_stage()
        .rest_api_id(api_id)
        .stage_name(naming::STAGE);
    let what = format!("cannot read the stage of {api_id}");
    let Some(answer) = call.send().await.found_or_explain(&clients.target, what)? else {
        return Ok(None);
    };
    let access_log = answer
        .access_log_settings
        .as_ref()
        .and_then(|log| Some((log.destination_arn()?.to_owned(), log.format()?.to_owned())));
    let settings = answer.method_settings.unwrap_or_default().remove("*/*");
    Ok(Some(settings.map_or_else(LiveStage::default, |settings| {
        LiveStage {
            rate: settings.throttling_rate_limit,
            burst: settings.throttling_burst_limit,
            metrics: settings.metrics_enabled,
            logging_level: settings.logging_level.unwrap_or_default(),
            data_trace: settings.data_trace_enabled,
            access_log,
        }
    })))
}
