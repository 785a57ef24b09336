//! The WebSocket API (WS-1 to WS-4).

use contract::websocket::{
    API_KEY_SELECTION, AUTHORIZER, ROUTE_SELECTION, ROUTES, Route, USER_ID_PARAMETER,
};
use contract::{Function, limits, naming};

use super::apis::{access_log_line, execute_arn, log_groups, stage_url};
use super::functions::Functions;
use super::names::{prefixed, tag_map};
use crate::cfn::apigatewayv2::{
    self, AccessLogSettings, Api, Authorizer, Integration, RouteSettings, Stage,
};
use crate::cfn::{Expr, Handle, Template, account, lambda, sub};

/// One line of the access log. No query string: it may hold a key.
const ACCESS_LOG: &[(&str, &str)] = &[
    ("requestId", "$context.requestId"),
    ("time", "$context.requestTime"),
    ("event", "$context.eventType"),
    ("route", "$context.routeKey"),
    ("status", "$context.status"),
    ("connectionId", "$context.connectionId"),
    ("connectedAt", "$context.connectedAt"),
    ("integrationLatency", "$context.integrationLatency"),
    ("integrationStatus", "$context.integration.status"),
    ("error", "$context.error.message"),
    ("authorizerError", "$context.authorizer.error"),
];

/// The API as others see it.
pub struct WebSocketApi {
    /// The API.
    pub api: Handle<Api>,
}

/// Declares the API itself; its routes need the functions, which need the API.
pub fn api(template: &mut Template) -> WebSocketApi {
    let resource = Api {
        name: prefixed("-websocket"),
        description: "Real-time chat with the personalization agent",
        protocol_type: "WEBSOCKET",
        route_selection_expression: ROUTE_SELECTION,
        api_key_selection_expression: API_KEY_SELECTION,
        tags: tag_map(),
    };
    WebSocketApi {
        api: template.add("WebSocketApi", &resource),
    }
}

impl WebSocketApi {
    /// What clients connect to.
    pub fn url(&self) -> Expr {
        stage_url(&self.api.reference(), "wss", true)
    }

    /// Where the platform posts frames to connections.
    pub fn connections_endpoint(&self) -> Expr {
        stage_url(&self.api.reference(), "https", false)
    }

    /// The ARN of posting to any connection of the stage.
    pub fn connections_arn(&self) -> Expr {
        execute_arn(&self.api, sub![naming::STAGE, "/POST/@connections/*"])
    }
}

/// Declares routes, authorizer and stage.
pub fn routes(
    template: &mut Template,
    sockets: &WebSocketApi,
    functions: &Functions,
) -> Handle<Stage> {
    let authorizer = template.add("HandshakeAuthorizer", &authorizer(sockets, functions));
    let routes = ROUTES
        .iter()
        .map(|route| {
            declare(template, sockets, route, &authorizer, functions)
                .id()
                .to_owned()
        })
        .collect();
    stage(template, sockets, routes)
}

/// The handshake's authorizer. Without a `userId` the gateway refuses before it calls the
/// function; the key may stand in two places, so the function looks for it.
fn authorizer(sockets: &WebSocketApi, functions: &Functions) -> Authorizer {
    Authorizer {
        api_id: sockets.api.reference(),
        name: "handshake",
        authorizer_type: "REQUEST",
        authorizer_uri: invocation_uri(functions, AUTHORIZER),
        identity_source: vec![format!("route.request.querystring.{USER_ID_PARAMETER}")],
    }
}

fn declare(
    template: &mut Template,
    sockets: &WebSocketApi,
    route: &Route,
    authorizer: &Handle<Authorizer>,
    functions: &Functions,
) -> Handle<apigatewayv2::Route> {
    let integration = template.add(
        format!("{}Integration", route.id),
        &Integration {
            api_id: sockets.api.reference(),
            integration_type: "AWS_PROXY",
            integration_method: "POST",
            integration_uri: invocation_uri(functions, route.function),
        },
    );
    // API Gateway authorises the handshake; what follows on the connection is let through.
    let handshake = route.key == "$connect";
    let resource = apigatewayv2::Route {
        api_id: sockets.api.reference(),
        route_key: route.key,
        authorization_type: if handshake { "CUSTOM" } else { "NONE" },
        authorizer_id: handshake.then(|| authorizer.authorizer_id()),
        api_key_required: handshake,
        target: sub!["integrations/", &integration],
    };
    template.add(format!("{}Route", route.id), &resource)
}

fn invocation_uri(functions: &Functions, function: Function) -> Expr {
    functions
        .get(&function)
        .map_or(Expr::NoValue, Handle::<lambda::Function>::invocation_uri)
}

fn stage(template: &mut Template, sockets: &WebSocketApi, routes: Vec<String>) -> Handle<Stage> {
    let logs = log_groups(
        template,
        "WebSocket",
        "/websocket/access",
        sub!["/aws/apigateway/", &sockets.api, "/", naming::STAGE],
    );
    let resource = Stage {
        api_id: sockets.api.reference(),
        stage_name: naming::STAGE,
        auto_deploy: true,
        access_log_settings: AccessLogSettings {
            destination_arn: logs.access.destination_arn(),
            format: access_log_line(ACCESS_LOG),
        },
        default_route_settings: RouteSettings {
            // Frames are what people say to the charity: errors are logged, contents never.
            data_trace_enabled: false,
            detailed_metrics_enabled: true,
            logging_level: "ERROR",
            throttling_burst_limit: limits::BURST,
            throttling_rate_limit: limits::RATE_PER_SECOND,
        },
        tags: tag_map(),
    };
    let stage = template.add("WebSocketStage", &resource);
    let mut before = routes;
    before.push(logs.execution.id().to_owned());
    template.depends_on(&stage, before);
    stage
}

/// Lets the API invoke `function`: one permission for each route, and for the authorizer.
pub fn permit(
    template: &mut Template,
    sockets: &WebSocketApi,
    function: Function,
    functions: &Functions,
) {
    let Some(handle) = functions.get(&function) else {
        return;
    };
    let permission = |source| lambda::Permission {
        function_name: handle.reference(),
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        source_account: account(),
        source_arn: execute_arn(&sockets.api, source),
    };
    for route in ROUTES.iter().filter(|route| route.function == function) {
        let source = sub![naming::STAGE, "/", route.key];
        template.add(format!("{}RoutePermission", route.id), &permission(source));
    }
    if function == AUTHORIZER {
        let source = sub![
            "authorizers/",
            Expr::GetAtt("HandshakeAuthorizer".into(), "AuthorizerId")
        ];
        template.add("HandshakeAuthorizerPermission", &permission(source));
    }
}
