//! Where a request comes from: its id and its route, read from whatever event came in.

use contract::metrics::{self, AUTHORIZER, DIRECT, UNKNOWN};
use contract::{Function, rest, websocket};
use serde_json::Value;

/// Longest id that is taken over from an event.
const ID_MAX: usize = 128;

/// A request's id and route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The id that follows the request: API Gateway's, the calling function's, else Lambda's.
    pub request_id: String,
    /// One of [`metrics::routes`], or [`UNKNOWN`].
    pub route: &'static str,
}

impl Origin {
    /// Reads `event`, which `function` got with Lambda's own id.
    pub fn of(function: Function, event: &Value, lambda_request_id: &str) -> Self {
        let id = ["/requestContext/requestId", "/requestId"]
            .iter()
            .find_map(|place| event.pointer(place).and_then(Value::as_str))
            .filter(|id| is_id(id));
        Self {
            request_id: id.unwrap_or(lambda_request_id).to_owned(),
            route: route(function, event),
        }
    }
}

/// Nothing that would stretch a line, or write into it.
fn is_id(text: &str) -> bool {
    (1..=ID_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn route(function: Function, event: &Value) -> &'static str {
    let text = |place: &str| event.pointer(place).and_then(Value::as_str);
    if text("/type") == Some("REQUEST") {
        return AUTHORIZER;
    }
    if let Some(key) = text("/requestContext/routeKey") {
        let known = websocket::ROUTES.iter().find(|route| route.key == key);
        return known.map_or(UNKNOWN, |route| route.key);
    }
    if let (Some(method), Some(path)) = (text("/httpMethod"), text("/resource")) {
        let known = rest::ROUTES
            .iter()
            .find(|route| route.method.as_str() == method && route.path == path);
        return known.map_or(UNKNOWN, metrics::rest_route);
    }
    match function {
        Function::PersonalizationAgent if event.get("requestContext").is_none() => DIRECT,
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn origin(function: Function, event: &Value) -> Origin {
        Origin::of(function, event, "lambda-1")
    }

    #[test]
    fn a_request_has_its_gateways_id_and_its_routes_name() {
        let rest = json!({
            "httpMethod": "GET", "resource": "/profile/{userId}", "path": "/profile/ada",
            "requestContext": {"requestId": "r-1"},
        });
        let socket = json!({"requestContext": {"routeKey": "$default", "requestId": "r-2"}});
        let handshake = json!({
            "type": "REQUEST", "methodArn": "arn",
            "requestContext": {"routeKey": "$connect", "requestId": "r-3"},
        });
        let call = json!({"userId": "ada", "requestId": "r-2"});
        for (function, event, request_id, route) in [
            (Function::GetProfile, rest, "r-1", "GET /profile/{userId}"),
            (Function::WsMessage, socket, "r-2", "$default"),
            (Function::WsConnect, handshake, "r-3", AUTHORIZER),
            (Function::PersonalizationAgent, call, "r-2", DIRECT),
        ] {
            let expected = Origin {
                request_id: request_id.to_owned(),
                route,
            };
            assert_eq!(origin(function, &event), expected);
        }
    }

    #[test]
    fn nothing_of_an_event_gets_into_a_line_as_it_is() {
        let odd = json!({
            "httpMethod": "GET", "resource": "/ada@example.org",
            "requestContext": {"requestId": "a\n{\"level\":\"ERROR\"}"},
        });
        let expected = Origin {
            request_id: "lambda-1".to_owned(),
            route: UNKNOWN,
        };
        assert_eq!(origin(Function::Search, &odd), expected);
        let endless = json!({"requestContext": {"requestId": "x".repeat(200)}});
        assert_eq!(origin(Function::Search, &endless), expected);
    }
}
