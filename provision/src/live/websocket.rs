//! The WebSocket API: routes, authorizer, stage.

use std::collections::{BTreeMap, HashMap};

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
    let (api, routes, stage) = try_join!(api, routes(clients, api_id), stage(clients, api_id))?;
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
    let authorizers: HashMap<String, (String, String)> = authorizers
        .items
        .unwrap_or_default()
        .into_iter()
        .filter_map(|a| {
            let kind = a.authorizer_type?.as_str().to_owned();
            Some((a.authorizer_id?, (kind, a.authorizer_uri?)))
        })
        .collect();
    let integrations: HashMap<String, (String, String)> = integrations
        .items
        .unwrap_or_default()
        .into_iter()
        .filter_map(|i| {
            let kind = i.integration_type?.as_str().to_owned();
            Some((
                format!("integrations/{}", i.integration_id?),
                (kind, i.integration_uri?),
            ))
        })
        .collect();
    let live = routes
        .items
        .unwrap_or_default()
        .into_iter()
        .filter_map(|route| {
            let kind = route
                .authorization_type
                .as_ref()
                .map_or("NONE", |kind| kind.as_str());
            let authorizer = route
                .authorizer_id
                .and_then(|id| authorizers.get(&id).cloned());
            let live = LiveRoute {
                key_required: route.api_key_required.unwrap_or_default(),
                authorization: kind.to_owned(),
                authorizer,
                integration: route
                    .target
                    .and_then(|target| integrations.get(&target).cloned()),
            };
            Some((route.route_key?, live))
        });
    Ok(live.collect())
}

async fn stage(clients: &Clients, api_id: &str) -> Result<Option<LiveSocketStage>, Failure> {
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
