//! The WebSocket API: routes, authorizer, stage.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_apigatewayv2::types::{AuthorizationType, Authorizer, Integration, Route};
use contract::{Failure, naming};
use deploy_target::OrExplain;
use futures::try_join;

use crate::clients::Clients;

/// A WebSocket API as it is.
#[derive(Clone, Debug, Default)]
pub struct LiveWebSocket {
    /// How a frame chooses its route.
    pub route_selection: String,
    /// Where the gateway finds the key.
    pub key_selection: String,
    /// Its routes, by key.
    pub routes: BTreeMap<String, LiveRoute>,
    /// Its stage.
    pub stage: Option<LiveSocketStage>,
}

/// A route as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveRoute {
    /// Whether it wants a key.
    pub key_required: bool,
    /// `NONE` or `CUSTOM`.
    pub authorization: String,
    /// The authorizer's kind and URI, where it has one.
    pub authorizer: Option<(String, String)>,
    /// Who answers: the integration's kind and URI.
    pub integration: Option<(String, String)>,
}

/// The stage as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveSocketStage {
    /// Frames a second.
    pub rate: f64,
    /// Frames at once.
    pub burst: i32,
    /// CloudWatch metrics a route.
    pub metrics: bool,
    /// Whether frames are logged whole.
    pub data_trace: bool,
    /// Where access logs go, and one line of them.
    pub access_log: Option<(String, String)>,
}

/// Reads a WebSocket API.
///
/// # Errors
/// Where it cannot be read.
pub async fn websocket(clients: &Clients, api_id: &str) -> Result<LiveWebSocket, Failure> {
    let target = &clients.target;
    let what = || format!("cannot read the WebSocket API {api_id}");
    let api = async {
        let call = clients.apigatewayv2.get_api().api_id(api_id).send().await;
        call.or_explain(target, what())
    };
    let (api, routes, stage) =
        try_join!(api, routes(clients, api_id), socket_stage(clients, api_id))?;
    Ok(LiveWebSocket {
        route_selection: api.route_selection_expression.unwrap_or_default(),
        key_selection: api.api_key_selection_expression.unwrap_or_default(),
        routes,
        stage,
    })
}

async fn routes(clients: &Clients, api_id: &str) -> Result<BTreeMap<String, LiveRoute>, Failure> {
    let (target, v2) = (&clients.target, &clients.apigatewayv2);
    let what = || format!("cannot read the routes of {api_id}");
    let (routes, authorizers, integrations) = try_join!(
        async {
            v2.get_routes()
                .api_id(api_id)
                .send()
                .await
                .or_explain(target, what())
        },
        async {
            v2.get_authorizers()
                .api_id(api_id)
                .send()
                .await
                .or_explain(target, what())
        },
        async {
            v2.get_integrations()
                .api_id(api_id)
                .send()
                .await
                .or_explain(target, what())
        },
    )?;
    let authorizers = authorizers.items.unwrap_or_default().into_iter();
    let authorizers: Parts = authorizers.filter_map(authorizer).collect();
    let integrations = integrations.items.unwrap_or_default().into_iter();
    let integrations: Parts = integrations.filter_map(integration).collect();
    let routes = routes.items.unwrap_or_default().into_iter();
    Ok(routes
        .filter_map(|live| route(live, &authorizers, &integrations))
        .collect())
}

/// Kind and URI by id.
type Parts = HashMap<String, (String, String)>;

fn authorizer(live: Authorizer) -> Option<(String, (String, String))> {
    let kind = live.authorizer_type?.as_str().to_owned();
    Some((live.authorizer_id?, (kind, live.authorizer_uri?)))
}

/// By the name that routes call it.
fn integration(live: Integration) -> Option<(String, (String, String))> {
    let kind = live.integration_type?.as_str().to_owned();
    let id = format!("integrations/{}", live.integration_id?);
    Some((id, (kind, live.integration_uri?)))
}

fn route(live: Route, authorizers: &Parts, integrations: &Parts) -> Option<(String, LiveRoute)> {
    let authorization = live
        .authorization_type
        .as_ref()
        .map_or("NONE", AuthorizationType::as_str);
    let route = LiveRoute {
        key_required: live.api_key_required.unwrap_or_default(),
        authorization: authorization.to_owned(),
        authorizer: live
            .authorizer_id
            .and_then(|id| authorizers.get(&id).cloned()),
        integration: live
            .target
            .and_then(|target| integrations.get(&target).cloned()),
    };
    Some((live.route_key?, route))
}

/// Reads the stage of a WebSocket API.
///
/// # Errors
/// Where it cannot be read.
pub async fn socket_stage(
    clients: &Clients,
    api_id: &str,
) -> Result<Option<LiveSocketStage>, Failure> {
    let call = clients
        .apigatewayv2
        .get_stage()
        .api_id(api_id)
        .stage_name(naming::STAGE);
    let what = format!("cannot read the stage of {api_id}");
    let Some(answer) = call.send().await.found_or_explain(&clients.target, what)? else {
        return Ok(None);
    };
    let access_log = answer
        .access_log_settings
        .as_ref()
        .and_then(|log| Some((log.destination_arn()?.to_owned(), log.format()?.to_owned())));
    let settings = answer.default_route_settings;
    let settings = settings.as_ref();
    Ok(Some(LiveSocketStage {
        rate: settings
            .and_then(aws_sdk_apigatewayv2::types::RouteSettings::throttling_rate_limit)
            .unwrap_or_default(),
        burst: settings
            .and_then(aws_sdk_apigatewayv2::types::RouteSettings::throttling_burst_limit)
            .unwrap_or_default(),
        metrics: settings
            .and_then(aws_sdk_apigatewayv2::types::RouteSettings::detailed_metrics_enabled)
            .unwrap_or_default(),
        data_trace: settings
            .and_then(aws_sdk_apigatewayv2::types::RouteSettings::data_trace_enabled)
            .unwrap_or_default(),
        access_log,
    }))
}
